import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { byTool, failureOf, type Outcome, type Variables } from '../postgres/outcome.ts';
import { type Authority, createAuthority, createHome, hasOpenssl } from '../servers/certificates.ts';
import { embeddedLibrary, type Server, startServer } from '../servers/postgres.ts';

const PROGRAM = fileURLToPath(new URL('libpq-connect.py', import.meta.url));
const SECRET = 'pw-tops3cret';

type Case = readonly [conninfo: string, expected: Outcome, env?: Variables | undefined];

/** What libpq 18 makes of each; null where it cannot be loaded. */
function byLibpq(cases: readonly Case[], home: string): readonly unknown[] | null {
  const library = embeddedLibrary();
  if (library === null) return null;
  const input = cases
    .map(([conninfo, , env]) => `${JSON.stringify({ conninfo, env: env ?? {} })}\n`)
    .join('');
  const { status, stdout } = spawnSync('python3', [PROGRAM, library], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home },
  });
  return status === 0
    ? stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : null;
}

const HBA = `
local all all trust
host all trusted 127.0.0.1/32 trust
host all scram 127.0.0.1/32 scram-sha-256
host all hashed 127.0.0.1/32 md5
host all clear 127.0.0.1/32 password
hostssl all certified 127.0.0.1/32 cert
`;

describe('what libpq learnt after version 15', {
  skip: hasOpenssl ? false : 'openssl is not installed',
}, () => {
  let server: Server;
  let ca: Authority;
  let base: string;
  const home = createHome({});

  before(async () => {
    server = await startServer('embedded', {}, HBA);
    ca = createAuthority('authority of the test');
    const { certificate, key } = ca.issue('x', 'DNS:localhost');
    const { uid, gid } = statSync(server.dataDirectory);
    for (const [file, name] of [
      [certificate, 'server.crt'],
      [key, 'server.key'],
      [ca.certificate, 'ca.crt'],
    ] as const) {
      copyFileSync(file, join(server.dataDirectory, name));
      chownSync(join(server.dataDirectory, name), uid, gid);
    }
    await server.run('postgres', 'CREATE ROLE trusted LOGIN; CREATE ROLE certified LOGIN');
    await server.run(
      'postgres',
      `CREATE ROLE scram LOGIN PASSWORD '${SECRET}'; CREATE ROLE clear LOGIN PASSWORD '${SECRET}'`,
    );
    await server.run(
      'postgres',
      `SET password_encryption = md5; CREATE ROLE hashed LOGIN PASSWORD '${SECRET}'`,
    );
    await server.run('postgres', "ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
    await server.run('postgres', 'ALTER SYSTEM SET ssl = on');
    server.restart();
    base = `host=localhost hostaddr=127.0.0.1 port=${server.port} dbname=postgres password=${SECRET}`;
  });
  after(() => server?.stop('immediate'));

  async function assertCases(cases: readonly Case[]): Promise<void> {
    const whole = cases.map(([more, expected, env]): Case => [`${base} ${more}`, expected, env]);
    const oracle = byLibpq(whole, home);
    for (const [index, [conninfo, expected, env]] of whole.entries()) {
      const theirs = oracle?.[index] ?? expected;
      assert.equal(
        typeof theirs === 'string' ? theirs : 'fails',
        expected,
        `libpq: ${JSON.stringify(theirs)}: ${conninfo}`,
      );
      assert.equal(await byTool(conninfo, { HOME: home, ...env }), expected, conninfo);
    }
  }

  test('require_auth: the server asks for one of these, or for none of those', async () => {
    await assertCases([
      ['user=scram require_auth=scram-sha-256', 'tls'],
      ['user=scram require_auth=md5,scram-sha-256', 'tls'],
      ['user=scram require_auth=md5', 'fails'],
      ['user=scram require_auth=md5,none', 'fails'],
      ['user=scram require_auth=!md5', 'tls'],
      ['user=scram require_auth=!scram-sha-256', 'fails'],
      ['user=scram require_auth=!none', 'tls'],
      ['user=hashed require_auth=md5', 'tls'],
      ['user=hashed require_auth=scram-sha-256', 'fails'],
      ['user=hashed require_auth=!md5,!password', 'fails'],
      ['user=clear require_auth=password', 'tls'],
      ['user=clear require_auth=!password', 'fails'],
      ['user=clear require_auth=scram-sha-256', 'fails'],
      ['user=trusted require_auth=none', 'tls'],
      ['user=trusted require_auth=none,md5', 'tls'],
      ['user=trusted require_auth=scram-sha-256', 'fails'],
      ['user=trusted require_auth=!none', 'fails'],
      ['user=trusted require_auth=!md5', 'tls'],
      ["user=trusted require_auth=''", 'tls', { PGREQUIREAUTH: 'md5' }],
      ['user=trusted', 'fails', { PGREQUIREAUTH: 'md5' }],
      ['user=trusted require_auth=!md5,none', 'fails'],
      ['user=trusted require_auth=none,none', 'fails'],
      ['user=trusted require_auth=peer', 'fails'],
      ['user=trusted require_auth=none,', 'fails'],
    ]);
  });

  test('require_auth beside channel_binding=require', () =>
    assertCases([
      ['user=scram require_auth=scram-sha-256 channel_binding=require', 'tls'],
      ['user=scram require_auth=scram-sha-256 channel_binding=require sslmode=disable', 'fails'],
    ]));

  test('sslnegotiation=direct needs TLS that cannot be left', () =>
    assertCases([
      ['user=trusted sslnegotiation=direct sslmode=require', 'tls'],
      [`user=trusted sslnegotiation=direct sslmode=verify-full sslrootcert=${ca.certificate}`, 'tls'],
      ['user=scram sslnegotiation=direct sslmode=require channel_binding=require', 'tls'],
      ['user=trusted sslnegotiation=direct', 'fails'],
      ['user=trusted sslnegotiation=direct sslmode=prefer', 'fails'],
      ['user=trusted sslmode=require', 'tls', { PGSSLNEGOTIATION: 'direct' }],
      ['user=trusted sslnegotiation=postgres sslmode=disable', 'plain', { PGSSLNEGOTIATION: 'direct' }],
    ]));

  test('sslrootcert=system: the authorities of the machine, and verify-full', async () => {
    const known = { SSL_CERT_FILE: ca.certificate };
    const before = process.env.SSL_CERT_FILE;
    process.env.SSL_CERT_FILE = ca.certificate;
    await assertCases([
      ['user=trusted sslrootcert=system', 'tls', known],
      ['user=trusted sslrootcert=system sslmode=verify-full', 'tls', known],
      ['user=trusted sslrootcert=system sslmode=verify-ca', 'fails', known],
      ['user=trusted sslrootcert=system sslmode=disable', 'fails', known],
      ['user=trusted sslrootcert=system host=db1', 'fails', known],
    ]);
    if (before === undefined) delete process.env.SSL_CERT_FILE;
    else process.env.SSL_CERT_FILE = before;
    assert.equal(await byTool(`${base} user=trusted sslrootcert=system`, { HOME: home }), 'fails');
  });

  test('sslcertmode=disable sends no certificate', async () => {
    const { certificate, key } = ca.issue('certified');
    const certified = `user=certified sslmode=require sslcert=${certificate} sslkey=${key}`;
    await assertCases([
      [certified, 'tls'],
      [`${certified} sslcertmode=allow`, 'tls'],
      [`${certified} sslcertmode=disable`, 'fails'],
      [certified, 'fails', { PGSSLCERTMODE: 'disable' }],
    ]);
    assert.match(
      await failureOf(`${base} ${certified} sslcertmode=require`, { HOME: home }),
      /sslcertmode=require/,
    );
  });

  test('keywords that change nothing here, and those that cannot be followed', () =>
    assertCases([
      ['user=trusted load_balance_hosts=random gssdelegation=0 max_protocol_version=latest sslsni=0', 'tls'],
      ['user=trusted keepalives=0 tcp_user_timeout=5 krbsrvname=pg replication=false', 'tls'],
      ['user=trusted min_protocol_version=3.0', 'tls'],
      ['user=trusted min_protocol_version=2.0', 'fails'],
      ['user=trusted gssencmode=require', 'fails'],
    ]));
});
