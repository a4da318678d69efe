import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/model/failure.ts';
import { ConninfoError, formatConninfo, parseConninfo } from '../../src/postgres/conninfo.ts';
import { type Environment, readEndpoint } from '../../src/postgres/endpoint.ts';
import { maskSecrets } from '../../src/secrets/mask.ts';
import { HIDING, shownJobPlan } from '../../src/secrets/masked.ts';
import { context, job, sqlStep } from '../job-builders.ts';
import { MARK } from '../planted/secrets.ts';
import { plan } from '../transform/plans.ts';
import { assertPlainFailure, longTexts, SECRET, secretConninfos, texts } from './inputs.ts';
import { trapped } from './trapped.ts';

const STRINGS = 9_000;
const ENVIRONMENTS = 6_000;
const STEPS = 4_000;

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-fuzz-'));
after(() => rmSync(folder, { recursive: true }));
const SERVICES = join(folder, 'services.conf');
writeFileSync(
  SERVICES,
  `# some\n[db1]\nhost=db1\npassword=${SECRET}\n[odd]\nhost = db1\n[ldap]\nldap://x\n[bad]\nnosuch=${SECRET}\n[\u001b]\nport=\u202e\n`,
);

const KEYWORDS = [
  ...[
    'host',
    'hostaddr',
    'port',
    'user',
    'dbname',
    'sslmode',
    'connect_timeout',
    'options',
    'application_name',
  ],
  ...[
    'target_session_attrs',
    'channel_binding',
    'require_auth',
    'gssencmode',
    'requirepeer',
    'requiressl',
    'passfile',
  ],
  ...[
    'sslrootcert',
    'ssl_min_protocol_version',
    'sslnegotiation',
    'replication',
    'client_encoding',
    'keepalives',
  ],
  ...['nosuch', 'HOST', '__proto__', 'constructor', 'scram_client_key', 'load_balance_hosts', 'sslcertmode'],
];
const VALUES = [
  ...[
    'db1',
    'a,b',
    '/tmp',
    '@abstract',
    '127.0.0.1',
    '::1',
    '5432',
    '0',
    '+5432',
    '99999999999',
    'prefer',
    'require',
  ],
  ...['verify-full', 'any', 'no', 'on', 'TLSv1.2', 'system', 'x'],
];
const values = fc.oneof(fc.constantFrom(...VALUES), fc.constantFrom(...VALUES), texts);
const keywords = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...KEYWORDS) },
  { weight: 1, arbitrary: texts },
);
const quoted = (value: string): string => `'${value.replace(/['\\]/g, '\\$&')}'`;
const pair = fc
  .tuple(keywords, values, fc.constantFrom('=', ' = ', '', '=='), fc.boolean())
  .map(([keyword, value, sign, isQuoted]) => `${keyword}${sign}${isQuoted ? quoted(value) : value}`);
const secretPair = fc.constantFrom(
  ...[
    `password=${SECRET}`,
    `password='${SECRET}'`,
    `sslpassword=${SECRET}`,
    `password='a ${SECRET}`,
    `password=a ${SECRET}`,
  ],
);
const pairs = fc.array(fc.oneof({ weight: 6, arbitrary: pair }, { weight: 1, arbitrary: secretPair }), {
  maxLength: 5,
});
const uris = fc
  .tuple(
    fc.constantFrom('postgres://', 'postgresql://', 'postgres:/', 'POSTGRES://'),
    fc.constantFrom(
      '',
      'me@',
      `me:${SECRET}@`,
      `:${SECRET}@`,
      `m%40:%5a${SECRET}@`,
      `me:a/${SECRET}@`,
      `me:${SECRET}@x@`,
    ),
    fc.oneof(fc.constantFrom('db1', 'db1:5433', '[::1]:5432', '[::1', 'a,b:1', '%2Ftmp', ':', ''), texts),
    fc.oneof(
      fc.constantFrom('', '/', '/app', '/a%00b', '/a%'),
      texts.map((text) => `/${encodeURIComponent(text.replace(/\p{Cs}/gu, ''))}`),
    ),
    fc.oneof(
      fc.constantFrom(
        '',
        '?',
        '?ssl=true',
        '?sslmode=nosuch&',
        `?password=${SECRET}`,
        '?a=b=c',
        '?host',
        '?&',
      ),
      fc.array(pair, { maxLength: 3 }).map((all) => `?${all.join('&')}`),
    ),
  )
  .map((parts) => parts.join(''));
const conninfos = fc.oneof(
  { weight: 5, arbitrary: pairs.map((all) => all.join(' ')) },
  { weight: 5, arbitrary: uris },
  { weight: 3, arbitrary: secretConninfos },
  // Cut anywhere.
  { weight: 2, arbitrary: fc.tuple(secretConninfos, fc.nat(60)).map(([text, length]) => text.slice(length)) },
  { weight: 2, arbitrary: texts },
  { weight: 1, arbitrary: longTexts },
);

const VARIABLES = [
  ...[
    'PGHOST',
    'PGHOSTADDR',
    'PGPORT',
    'PGUSER',
    'PGDATABASE',
    'PGOPTIONS',
    'PGCONNECT_TIMEOUT',
    'PGSSLMODE',
  ],
  ...[
    'PGTARGETSESSIONATTRS',
    'PGCHANNELBINDING',
    'PGREQUIREAUTH',
    'PGREQUIRESSL',
    'PGSSLROOTCERT',
    'PGPASSFILE',
  ],
  ...[
    'PGSSLMINPROTOCOLVERSION',
    'PGGSSENCMODE',
    'PGSYSCONFDIR',
    'PGREQUIREPEER',
    'PGSSLCERT',
    'PGMINPROTOCOLVERSION',
  ],
];
const environments: fc.Arbitrary<Environment> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...VARIABLES), values, { maxKeys: 4 }),
    fc.constantFrom({}, {}, { PGPASSWORD: SECRET }),
    fc.constantFrom<Environment>(
      {},
      {},
      { PGSERVICE: 'nosuch' },
      { PGSERVICE: '\u001b' },
      { PGSERVICE: '__proto__' },
      ...['db1', 'odd', 'ldap', 'bad', '\u001b'].map((name) => ({
        PGSERVICE: name,
        PGSERVICEFILE: SERVICES,
      })),
      { PGSERVICE: 'a', PGSERVICEFILE: folder },
    ),
  )
  .map((all) => Object.assign({ HOME: folder }, ...all));

/** A value, or the error of that class that it throws. */
function outcome<T>(work: () => T, kind: new (...given: never[]) => Error): T | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
}

test('a connection string, whatever it is, is read or refused without repeating a password', async (t) => {
  const sprung = await trapped(async () =>
    fc.assert(
      fc.property(conninfos, (text) => {
        const parsed = outcome(() => parseConninfo(text), ConninfoError);
        if (parsed instanceof Error) {
          assert.ok(!parsed.message.includes(MARK), parsed.message);
          assert.doesNotMatch(parsed.message, /\p{C}/u);
        } else if ([...parsed.keys()].every((keyword) => /^\w+$/.test(keyword))) {
          assert.deepEqual(parseConninfo(formatConninfo(parsed)), parsed);
        }
        const endpoint = outcome(() => readEndpoint(text, '--target', { HOME: folder }), Failure);
        if (endpoint instanceof Failure) {
          assert.equal(endpoint.code, 'usage');
          assertPlainFailure(endpoint);
        }
      }),
      { numRuns: STRINGS },
    ),
  );
  assert.deepEqual(sprung, []);
  t.diagnostic(`${STRINGS} inputs: connection strings`);
});

test('PG* variables and services, whatever they are, make an endpoint or one plain line', async (t) => {
  const strings = fc.option(conninfos, { freq: 2 });
  const sprung = await trapped(async () =>
    fc.assert(
      fc.property(strings, environments, (text, environment) => {
        const endpoint = outcome(() => readEndpoint(text, '--source', environment), Failure);
        if (!(endpoint instanceof Failure)) return;
        assert.equal(endpoint.code, 'usage');
        assertPlainFailure(endpoint);
      }),
      { numRuns: ENVIRONMENTS },
    ),
  );
  assert.deepEqual(sprung, []);
  assert.deepEqual(readdirSync(folder), ['services.conf']);
  t.diagnostic(`${ENVIRONMENTS} inputs: environments`);
});

test('a step’s connection string, whatever it is, is planned, and nothing that is shown holds its password', (t) => {
  const where = fc.constantFrom(
    context(),
    context({ options: { stripPasswords: true, partial: true } }),
    context({
      target: { isSourceServer: false, knowsSslNegotiation: false },
      options: { transaction: 'chain' },
    }),
    context({
      options: {
        stepConninfo: new Map([
          ['host', 'h'],
          ['user', 'u'],
        ]),
      },
    }),
  );
  fc.assert(
    fc.property(conninfos, where, (conninfo, given) => {
      fc.pre(conninfo !== '');
      const found = plan(job({ steps: [sqlStep({ connection: { kind: 'conninfo', conninfo } })] }), given);
      const shown = shownJobPlan(found, HIDING);
      for (const { message } of [...found.advisories, ...found.skipped])
        assert.ok(!message.includes(MARK), message);
      for (const { databaseConnection } of shown.chains.flatMap(({ tasks }) => tasks))
        assert.ok(!databaseConnection?.includes(MARK), databaseConnection ?? '');
      assert.ok(!maskSecrets(JSON.stringify(shown.advisories)).includes(MARK));
    }),
    { numRuns: STEPS },
  );
  t.diagnostic(`${STEPS} inputs: connection strings of steps`);
});
