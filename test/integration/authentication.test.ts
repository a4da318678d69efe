import assert from 'node:assert/strict';
import { appendFileSync, chownSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  byPsql,
  byTool,
  failureOf,
  messages,
  type Outcome,
  PSQL,
  type Variables,
} from '../postgres/outcome.ts';
import {
  type Authority,
  type Certificate,
  createAuthority,
  createHome,
  encryptKey,
  hasOpenssl,
} from '../servers/certificates.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const SECRET = 'pw-tops3cret';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
const OUTCOMES: Readonly<Record<string, Outcome>> = { P: 'plain', T: 'tls', '-': 'fails' };

/** What comes of each sslmode in turn, by psql and by the tool: P plain, T with TLS, - not at all. */
async function assertModes(conninfo: string, env: Variables, expected: string): Promise<void> {
  const letters = expected.replaceAll(' ', '');
  await Promise.all(
    MODES.map((mode, index) =>
      assertOutcome(`${conninfo} sslmode=${mode}`, env, OUTCOMES[letters[index] ?? ''] ?? 'fails'),
    ),
  );
}

async function assertOutcome(conninfo: string, env: Variables, expected: Outcome): Promise<void> {
  const [mine, theirs] = await Promise.all([
    byTool(conninfo, env),
    PSQL === null ? expected : byPsql(PSQL, conninfo, env),
  ]);
  assert.equal(theirs, expected, `psql ${conninfo}`);
  assert.equal(mine, expected, conninfo);
}

const HBA = `
local all peered peer map=tests
local all all trust
host all rejected 127.0.0.1/32 reject
hostssl all tls_only 127.0.0.1/32 trust
hostnossl all plain_only 127.0.0.1/32 trust
host all either 127.0.0.1/32 trust
host all scram 127.0.0.1/32 scram-sha-256
hostssl all scram_tls 127.0.0.1/32 scram-sha-256
host all hashed 127.0.0.1/32 md5
host all clear 127.0.0.1/32 password
hostssl all certified 127.0.0.1/32 cert
hostssl all presented 127.0.0.1/32 trust clientcert=verify-ca
host all kerberos 127.0.0.1/32 gss
`;

const ROLES = [
  'tls_only',
  'plain_only',
  'either',
  'rejected',
  'peered',
  'certified',
  'presented',
  'kerberos',
];
const WITH_PASSWORD = ['scram', 'scram_tls', 'clear'];

const skip = hasOpenssl ? false : 'openssl is not installed';

describe('connections as libpq makes them', { skip }, () => {
  let server: Server;
  let ca: Authority;
  let other: Authority;
  let own: Certificate;
  let revoked: string;
  let nothingRevoked: string;
  let client: Certificate;
  let strange: Certificate;
  let base: string;

  /** Settings and files that a server of another kind has; they hold for sessions that begin from now on. */
  const serve = async (certificate: Certificate | null): Promise<void> => {
    const install = (file: string, name: string): void => {
      const to = join(server.dataDirectory, name);
      copyFileSync(file, to);
      const { uid, gid } = statSync(server.dataDirectory);
      chownSync(to, uid, gid);
    };
    const name = certificate === null ? 'none' : basename(certificate.certificate);
    if (certificate !== null) {
      install(ca.certificate, 'ca.crt');
      install(certificate.certificate, name);
      install(certificate.key, `${name}.key`);
      await server.run('postgres', "ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
      await server.run('postgres', `ALTER SYSTEM SET ssl_cert_file = '${name}'`);
      await server.run('postgres', `ALTER SYSTEM SET ssl_key_file = '${name}.key'`);
    }
    await server.run('postgres', `ALTER SYSTEM SET ssl = ${certificate === null ? 'off' : 'on'}`);
    await server.run('postgres', 'SELECT pg_reload_conf()');
    for (;;) {
      const { rows } = await server.run(
        'postgres',
        "SELECT current_setting('ssl') AS ssl, current_setting('ssl_cert_file') AS file",
      );
      if (certificate === null ? rows[0].ssl === 'off' : rows[0].ssl === 'on' && rows[0].file === name)
        return;
    }
  };

  before(async () => {
    server = await startServer(
      PSQL === null ? 'embedded' : 'debian-15',
      { password_encryption: 'scram-sha-256' },
      HBA,
    );
    appendFileSync(join(server.dataDirectory, 'pg_ident.conf'), `tests ${userInfo().username} peered\n`);
    await server.run('postgres', ROLES.map((role) => `CREATE ROLE ${role} LOGIN;`).join('\n'));
    await server.run(
      'postgres',
      WITH_PASSWORD.map((role) => `CREATE ROLE ${role} LOGIN PASSWORD '${SECRET}';`).join('\n'),
    );
    await server.run(
      'postgres',
      `SET password_encryption = md5; CREATE ROLE hashed LOGIN PASSWORD '${SECRET}'`,
    );
    ca = createAuthority('authority of the test');
    other = createAuthority('another authority');
    own = ca.issue('ignored', 'DNS:localhost');
    client = ca.issue('certified');
    strange = other.issue('certified');
    nothingRevoked = ca.revoke('none.crl', []);
    revoked = ca.revoke('revoked.crl', [own]);
    base = `host=localhost hostaddr=127.0.0.1 port=${server.port} dbname=postgres`;
    await serve(own);
  });
  after(() => server?.stop('immediate'));

  const read = (file: string): string => readFileSync(file, 'utf8');
  const bare = (): Variables => ({ HOME: createHome({}) });
  const trusting = (): Variables => ({ HOME: createHome({ '.postgresql/root.crt': read(ca.certificate) }) });
  const mistrusting = (): Variables => ({
    HOME: createHome({ '.postgresql/root.crt': read(other.certificate) }),
  });

  describe('sslmode: disable, allow, prefer, require, verify-ca, verify-full', () => {
    test('a server that takes both', async () => {
      await assertModes(`${base} user=either`, trusting(), 'P P T T T T');
      await assertModes(`${base} user=either`, bare(), 'P P T T - -');
    });
    test('an authority that signed it not', async () => {
      await assertModes(`${base} user=either`, mistrusting(), 'P P P - - -');
      await assertModes(`${base} user=tls_only`, mistrusting(), '- - - - - -');
    });
    test('a server that wants TLS', async () => {
      await assertModes(`${base} user=tls_only`, trusting(), '- T T T T T');
      await assertModes(`${base} user=tls_only`, bare(), '- T T T - -');
    });
    test('a server that wants none', () => assertModes(`${base} user=plain_only`, trusting(), 'P P P - - -'));
    test('a server that wants nobody', () => assertModes(`${base} user=rejected`, trusting(), '- - - - - -'));
    test('a certificate of another host', async () => {
      await assertModes(
        `host=127.0.0.1 port=${server.port} dbname=postgres user=either`,
        trusting(),
        'P P T T T -',
      );
      await assertModes(
        `host=db1 hostaddr=127.0.0.1 port=${server.port} dbname=postgres user=either`,
        trusting(),
        'P P T T T -',
      );
    });
    test('an address and no name', () =>
      assertModes(
        `hostaddr=127.0.0.1 port=${server.port} dbname=postgres user=either`,
        trusting(),
        'P P T T T -',
      ));
    test('a revoked certificate', async () => {
      await assertModes(`${base} user=either sslcrl=${revoked}`, trusting(), 'P P P - - -');
      const env = {
        HOME: createHome({
          '.postgresql/root.crt': read(ca.certificate),
          '.postgresql/root.crl': read(revoked),
        }),
      };
      await assertModes(`${base} user=either`, env, 'P P P - - -');
    });
    test('a list of revoked certificates that leaves this one out, or is not there', async () => {
      await assertModes(`${base} user=either sslcrl=${nothingRevoked}`, trusting(), 'P P T T T T');
      await assertModes(`${base} user=either sslcrl=/nowhere`, trusting(), 'P P T T T T');
    });
    test('a folder of lists, under the names that OpenSSL looks for', async () => {
      const folder = createHome({});
      await assertModes(`${base} user=either sslcrldir=${folder}`, trusting(), 'P P P - - -');
      const list = read(nothingRevoked);
      writeFileSync(join(folder, `${ca.hash}.r0`), list);
      await assertModes(`${base} user=either sslcrldir=${folder}`, trusting(), 'P P T T T T');
      writeFileSync(join(folder, `${ca.hash}.r0`), read(revoked));
      await assertModes(`${base} user=either sslcrldir=${folder}`, trusting(), 'P P P - - -');
    });
    test('without an authority a list of revoked certificates says nothing', () =>
      assertModes(`${base} user=either sslcrl=${revoked}`, bare(), 'P P T T - -'));
    test('by a Unix socket it says nothing', () =>
      assertModes(
        `host=${server.socketDirectory} port=${server.port} dbname=postgres user=either`,
        bare(),
        'P P P P P P',
      ));
    test('it comes from PGSSLMODE, PGREQUIRESSL and the old requiressl too', async () => {
      await assertOutcome(`${base} user=either`, { ...bare(), PGSSLMODE: 'disable' }, 'plain');
      await assertOutcome(`${base} user=plain_only`, { ...bare(), PGREQUIRESSL: '1' }, 'fails');
      await assertOutcome(
        `${base} user=either`,
        { ...bare(), PGREQUIRESSL: '1', PGSSLMODE: 'disable' },
        'plain',
      );
    });
    test('the authority comes from sslrootcert and PGSSLROOTCERT too', async () => {
      await assertModes(`${base} user=either sslrootcert=${ca.certificate}`, mistrusting(), 'P P T T T T');
      await assertModes(`${base} user=either`, { ...bare(), PGSSLROOTCERT: ca.certificate }, 'P P T T T T');
      await assertModes(`${base} user=either sslrootcert=/nowhere`, trusting(), 'P P T T - -');
    });
    test('a file of an authority that holds none', async () => {
      await assertModes(
        `${base} user=either`,
        { HOME: createHome({ '.postgresql/root.crt': '' }) },
        'P P P - - -',
      );
    });
    test('a version of TLS that the server has not', async () => {
      await server.run('postgres', "ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'");
      await serve(own);
      await assertModes(`${base} user=either ssl_min_protocol_version=TLSv1.3`, trusting(), 'P P P - - -');
      await assertModes(`${base} user=either ssl_max_protocol_version=tlsv1.2`, trusting(), 'P P T T T T');
      await server.run('postgres', 'ALTER SYSTEM RESET ssl_max_protocol_version');
      await server.run('postgres', "ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.3'");
      await serve(ca.issue('y', 'DNS:localhost'));
      await assertModes(`${base} user=either ssl_max_protocol_version=TLSv1.2`, trusting(), 'P P P - - -');
      await server.run('postgres', 'ALTER SYSTEM RESET ssl_min_protocol_version');
      await serve(own);
    });
    test('a certificate that has expired', async () => {
      await serve(ca.issue('localhost', '', '20210101000000Z'));
      await assertModes(`${base} user=either`, trusting(), 'P P P - - -');
      await assertModes(`${base} user=either`, bare(), 'P P T T - -');
      assert.match(
        await failureOf(`${base} user=either sslmode=require`, trusting()),
        /certificate has expired/,
      );
    });
    test('the common name counts where no alternative name is of the kind', async () => {
      await serve(ca.issue('localhost'));
      await assertModes(`${base} user=either`, trusting(), 'P P T T T T');
      await serve(ca.issue('localhost', 'DNS:db1'));
      await assertModes(`${base} user=either`, trusting(), 'P P T T T -');
      await serve(ca.issue('127.0.0.1', 'DNS:db1'));
      await assertModes(
        `host=127.0.0.1 port=${server.port} dbname=postgres user=either`,
        trusting(),
        'P P T T T T',
      );
    });
    test('an address in the certificate, and a joker', async () => {
      await serve(ca.issue('x', 'DNS:*.example.org,IP:127.0.0.1'));
      const to = (host: string): string =>
        `host=${host} hostaddr=127.0.0.1 port=${server.port} dbname=postgres user=either`;
      await assertModes(to('127.0.0.1'), trusting(), 'P P T T T T');
      await assertModes(to('db1.example.org'), trusting(), 'P P T T T T');
      await assertModes(to('a.db1.example.org'), trusting(), 'P P T T T -');
      await assertModes(to('example.org'), trusting(), 'P P T T T -');
    });
    test('a server without TLS', async () => {
      await serve(null);
      await assertModes(`${base} user=either`, trusting(), 'P P P - - -');
      await assertModes(`${base} user=tls_only`, trusting(), '- - - - - -');
      assert.match(await failureOf(`${base} user=either sslmode=require`, bare()), /does not speak TLS/);
      await serve(own);
    });
  });

  describe('client certificates', () => {
    const at = (files: Variables): Variables => ({
      HOME: createHome({ '.postgresql/root.crt': read(ca.certificate), ...files }),
    });
    const inHome = ({ certificate, key }: Certificate): Variables =>
      at({ '.postgresql/postgresql.crt': read(certificate), '.postgresql/postgresql.key': read(key) });
    const named = ({ certificate, key }: Certificate): string => `sslcert=${certificate} sslkey=${key}`;

    test('one that the server demands, from the home folder, a keyword or a variable', async () => {
      await assertModes(`${base} user=certified`, inHome(client), '- T T T T T');
      await assertOutcome(`${base} user=certified sslmode=require ${named(client)}`, bare(), 'tls');
      const env = { PGSSLCERT: client.certificate, PGSSLKEY: client.key };
      await assertOutcome(`${base} user=certified sslmode=require`, { ...bare(), ...env }, 'tls');
      await assertOutcome(`${base} user=presented sslmode=require ${named(client)}`, bare(), 'tls');
    });
    test('none, one of a strange authority, or one of another user', async () => {
      await assertModes(`${base} user=certified`, trusting(), '- - - - - -');
      await assertOutcome(`${base} user=certified sslmode=require ${named(strange)}`, bare(), 'fails');
      await assertOutcome(`${base} user=certified sslmode=require ${named(own)}`, bare(), 'fails');
      assert.match(await failureOf(`${base} user=certified sslmode=require`, bare()), /client certificate/);
      assert.match(
        await failureOf(`${base} user=certified sslmode=require ${named(strange)}`, bare()),
        /client certificate/,
      );
    });
    test('a certificate that is not there is none; a key that is not there is an error', async () => {
      await assertOutcome(`${base} user=tls_only sslmode=require sslcert=/nowhere`, bare(), 'tls');
      await assertOutcome(
        `${base} user=tls_only sslmode=require sslcert=${client.certificate} sslkey=/nowhere`,
        bare(),
        'fails',
      );
      await assertOutcome(
        `${base} user=either sslcert=${client.certificate} sslkey=/nowhere`,
        bare(),
        'plain',
      );
    });
    test('a key that others may read, or of another certificate', async () => {
      const files = {
        '.postgresql/postgresql.crt': read(client.certificate),
        '.postgresql/postgresql.key': read(client.key),
      };
      const open = { HOME: createHome(files, 0o604) };
      await assertOutcome(`${base} user=certified sslmode=require`, open, 'fails');
      assert.match(
        await failureOf(`${base} user=certified sslmode=require`, open),
        /read by others.*chmod 600/,
      );
      const group = { HOME: createHome(files, 0o640) };
      await assertOutcome(
        `${base} user=certified sslmode=require`,
        group,
        process.getuid?.() === 0 ? 'tls' : 'fails',
      );
      // A group may read keys of root's alone.
      if (process.getuid?.() === 0) chownSync(join(group.HOME, '.postgresql/postgresql.key'), 65534, 65534);
      await assertOutcome(`${base} user=certified sslmode=require`, group, 'fails');
      await assertOutcome(
        `${base} user=certified sslmode=require sslcert=${client.certificate} sslkey=${own.key}`,
        bare(),
        'fails',
      );
    });
    test('a key with a password', async () => {
      const encrypted = `${base} user=certified sslmode=require ${named(encryptKey(client, SECRET))}`;
      await assertOutcome(`${encrypted} sslpassword=${SECRET}`, bare(), 'tls');
      await assertOutcome(`${encrypted} sslpassword=${SECRET}x`, bare(), 'fails');
      assert.match(
        await failureOf(`${encrypted} sslpassword=${SECRET}x`, bare()),
        /password of the client key is wrong/,
      );
      assert.match(await failureOf(encrypted, bare()), /is encrypted\. .*sslpassword/);
    });
  });

  describe('passwords', () => {
    test('SCRAM, MD5 and in clear, with TLS and without', async () => {
      for (const user of ['scram', 'hashed', 'clear']) {
        await assertModes(`${base} user=${user} password=${SECRET}`, trusting(), 'P P T T T T');
        await assertModes(`${base} user=${user} password=${SECRET}x`, trusting(), '- - - - - -');
        await assertOutcome(`${base} user=${user}`, { ...bare(), PGPASSWORD: SECRET }, 'tls');
        assert.match(
          await failureOf(`${base} user=${user} password=${SECRET}x`, bare()),
          /password is wrong/,
        );
        assert.match(await failureOf(`${base} user=${user}`, bare()), /asks for a password/);
      }
    });
    test('SCRAM with TLS only', () =>
      assertModes(`${base} user=scram_tls password=${SECRET}`, trusting(), '- T T T T T'));

    test('channel_binding=require: SCRAM with TLS, and nothing else', async () => {
      const bound = `${base} password=${SECRET} channel_binding=require`;
      await assertModes(`${bound} user=scram`, trusting(), '- - T T T T');
      await assertModes(`${bound} user=hashed`, trusting(), '- - - - - -');
      await assertModes(`${bound} user=either`, trusting(), '- - - - - -');
      await assertOutcome(
        `${base} user=hashed password=${SECRET}`,
        { ...bare(), PGCHANNELBINDING: 'require' },
        'fails',
      );
      await assertOutcome(`${bound} host=${server.socketDirectory} hostaddr='' user=either`, bare(), 'fails');
      assert.match(await failureOf(`${bound} user=hashed`, bare()), /channel_binding=require/);
    });
    test('channel_binding=disable and prefer', async () => {
      await assertModes(
        `${base} user=scram password=${SECRET} channel_binding=disable`,
        trusting(),
        'P P T T T T',
      );
      await assertModes(
        `${base} user=hashed password=${SECRET} channel_binding=prefer`,
        trusting(),
        'P P T T T T',
      );
    });
    test('a server that asks for Kerberos', async () => {
      await assertModes(`${base} user=kerberos password=${SECRET}`, trusting(), '- - - - - -');
      if (PSQL !== null) assert.match(await failureOf(`${base} user=kerberos`, bare()), /Kerberos/);
    });
    test('peer, by a Unix socket', async () => {
      const socket = `host=${server.socketDirectory} port=${server.port} dbname=postgres`;
      await assertOutcome(`${socket} user=peered`, bare(), 'plain');
      await server.run('postgres', 'ALTER ROLE peered RENAME TO passed_over');
      await assertOutcome(`${socket} user=peered`, bare(), 'fails');
      await server.run('postgres', 'ALTER ROLE passed_over RENAME TO peered');
    });
  });

  describe('the password file', () => {
    const entry = (host: string, password = SECRET): string =>
      `${host}:${server.port}:postgres:scram:${password}\n`;
    const home = (text: string, mode = 0o600): Variables => ({ HOME: createHome({ '.pgpass': text }, mode) });
    const asScram = (): string => `${base} user=scram`;

    test('is asked for the host, not for the address', async () => {
      await assertOutcome(asScram(), home(entry('localhost')), 'tls');
      await assertOutcome(asScram(), home(entry('127.0.0.1')), 'fails');
      await assertOutcome(
        `hostaddr=127.0.0.1 port=${server.port} dbname=postgres user=scram`,
        home(entry('127.0.0.1')),
        'tls',
      );
    });
    test('the first line that fits counts; jokers, comments and escapes', async () => {
      await assertOutcome(asScram(), home(entry('localhost', 'wrong') + entry('localhost')), 'fails');
      await assertOutcome(
        asScram(),
        home(`#${entry('*', 'wrong')}other:*:*:*:wrong\n*:*:*:*:${SECRET}`),
        'tls',
      );
      await assertOutcome(asScram(), home(entry('local\\host', SECRET.replace('-', '\\-'))), 'tls');
      await assertOutcome(asScram(), home(entry('localhost', `${SECRET}:more`)), 'tls');
      await assertOutcome(asScram(), home(entry('local*')), 'fails');
    });
    test('is named where its password is wrong', async () => {
      const wrong = home(entry('*', 'wrong'));
      assert.match(
        await failureOf(asScram(), wrong),
        new RegExp(`password is wrong \\(it came from ${wrong.HOME}/.pgpass`),
      );
      assert.doesNotMatch(await failureOf(`${asScram()} password=wrong`, wrong), /came from/);
    });
    test('is passed over where others may read it, and the message says so', async () => {
      await assertOutcome(asScram(), home(entry('*'), 0o640), 'fails');
      assert.match(
        await failureOf(asScram(), home(entry('*'), 0o604)),
        /asks for a password.*others may read it: chmod 600/,
      );
    });
    test('passfile beats PGPASSFILE, which beats ~/.pgpass; a password beats them all', async () => {
      const [right, wrong] = [home(entry('*')).HOME, home(entry('*', 'wrong')).HOME];
      const env = { HOME: wrong ?? '', PGPASSFILE: `${right}/.pgpass` };
      await assertOutcome(asScram(), env, 'tls');
      await assertOutcome(`${asScram()} passfile=${wrong}/.pgpass`, env, 'fails');
      await assertOutcome(`${asScram()} password=${SECRET} passfile=${wrong}/.pgpass`, env, 'tls');
      await assertOutcome(`${asScram()} password=''`, { ...env, PGPASSWORD: 'wrong' }, 'tls');
      await assertOutcome(`${asScram()} passfile=/nowhere`, env, 'fails');
    });
  });

  describe('the service file', () => {
    const service = (more = ''): string =>
      `[app]\nhost=localhost\nhostaddr=127.0.0.1\nport=${server.port}\ndbname=postgres\nuser=either\n${more}`;
    const home = (text: string): Variables => ({ HOME: createHome({ '.pg_service.conf': text }) });

    test('is found by service=, PGSERVICE, PGSERVICEFILE and PGSYSCONFDIR', async () => {
      await assertOutcome('service=app', home(service()), 'tls');
      await assertOutcome('', { ...home(service()), PGSERVICE: 'app' }, 'tls');
      await assertOutcome('postgresql://?service=app', home(service()), 'tls');
      const file = `${home(service()).HOME}/.pg_service.conf`;
      await assertOutcome('service=app', { ...home('[app]\nhost=/nowhere'), PGSERVICEFILE: file }, 'tls');
      const folder = bare().HOME ?? '';
      writeFileSync(join(folder, 'pg_service.conf'), service());
      await assertOutcome('service=app', { ...home('[other]\nhost=/nowhere'), PGSYSCONFDIR: folder }, 'tls');
    });
    test('a keyword beats the service, which beats the environment', async () => {
      const env = home(service('sslmode=require\n'));
      await assertOutcome('service=app', { ...env, PGSSLMODE: 'disable' }, 'tls');
      await assertOutcome('service=app sslmode=disable', env, 'plain');
      await assertOutcome('service=app user=rejected', { ...env, PGUSER: 'either' }, 'fails');
      await assertOutcome('service=app', { ...env, PGUSER: 'rejected' }, 'tls');
      await assertOutcome('service=app', { ...env, PGSERVICE: 'none' }, 'tls');
      await assertOutcome('service=app', home(`${service()}user=rejected\n`), 'tls');
    });
    test('what libpq would not read is refused', async () => {
      const cases = {
        'no such service': '[other]\nhost=localhost\n',
        'blanks around =': service('sslmode = disable\n'),
        'a keyword that is none': service('colour=red\n'),
        'no =': service('colour\n'),
        'a service in it': service('service=other\n'),
      };
      for (const [what, text] of Object.entries(cases)) {
        if (PSQL !== null) assert.equal(await byPsql(PSQL, 'service=app', home(text)), 'fails', what);
        assert.equal(await byTool('service=app', home(text)), 'fails', what);
      }
      // libpq would go on without it where no server of LDAP answers.
      const ldap = service('ldap://127.0.0.1:1/dc=example?description?one?(cn=app)\n');
      assert.match(await failureOf('service=app', home(ldap)), /LDAP/);
      await assertOutcome('service=app', { ...home(service()), PGSERVICEFILE: '/nowhere' }, 'fails');
    });
    test('comments, blanks and other services do not matter', () =>
      assertOutcome(
        'service=app',
        home(
          `# x\n[other]\nuser=rejected\n\n  [app] \n${service().replace('[app]\n', ' # y\n\t')}\n[third]\nuser=rejected`,
        ),
        'tls',
      ));
  });

  describe('what else a connection string says', () => {
    test('target_session_attrs', async () => {
      const wanted = (attributes: string): string => `${base} user=either target_session_attrs=${attributes}`;
      for (const attributes of ['any', 'read-write', 'primary', 'prefer-standby'])
        await assertOutcome(wanted(attributes), bare(), 'tls');
      for (const attributes of ['read-only', 'standby', 'best'])
        await assertOutcome(wanted(attributes), bare(), 'fails');
      const readOnly = { ...bare(), PGOPTIONS: '-c default_transaction_read_only=on' };
      await assertOutcome(wanted('read-write'), readOnly, 'fails');
      await assertOutcome(wanted('read-only'), readOnly, 'tls');
    });
    test('values that do not exist', async () => {
      const values = [
        'sslmode=on',
        'channel_binding=yes',
        'gssencmode=on',
        'ssl_min_protocol_version=TLSv2',
        'hostaddr=localhost',
        'connect_timeout=soon',
      ];
      for (const value of [
        ...values,
        'ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2',
        'host=a,b hostaddr=127.0.0.1',
      ])
        await assertOutcome(`${base} user=either ${value}`, bare(), 'fails');
    });
    test('no message holds a password', () => {
      for (const message of messages)
        assert.ok(!message.includes('tops3cret') && !message.includes('wrong\n'), message);
    });
  });
});
