import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { readLogin } from '../../src/postgres/login.ts';
import { readDaemonLogins } from '../../src/session/daemon-logins.ts';
import { actingRole, type LiveLogins, readLogins } from '../../src/session/logins.ts';
import { type SettingDifference, settingDifferences } from '../../src/timetable/role-settings.ts';
import { readSessionFacts, type SessionFacts } from '../../src/timetable/target.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';

let embedded: Server;
let debian: Server | null = null;
before(async () => {
  embedded = await startServer('embedded', { lock_timeout: '7s', bytea_output: 'escape' });
  if (debian15() !== null) debian = await startServer('debian-15', { lock_timeout: '7s', work_mem: '8MB' });
});
after(() => {
  embedded.stop();
  debian?.stop();
});

async function session(server: Server, database: string, user = 'postgres'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.uri(database, user), pipeline: true });
  await client.connect();
  return client;
}

async function loginsOf(
  roles: { readonly sourceRole: string; readonly targetRole: string },
  source: pg.Client,
  target: pg.Client,
  isSameServer: boolean,
): Promise<LiveLogins> {
  const side = (client: pg.Client) => ({
    client,
    user: client.user ?? '',
    database: client.database ?? '',
    seesStored: true,
  });
  const daemons = await readDaemonLogins(roles, side(source), side(target), isSameServer);
  return readLogins(roles, daemons, source, target, isSameServer);
}

async function sessionFacts(client: pg.Client, role: string | null): Promise<SessionFacts> {
  return readSessionFacts(client, await readLogin(client, role, true));
}

/** What the tool tells of two logins. */
async function told(
  [source, sourceRole]: readonly [Server, string],
  [target, targetRole]: readonly [Server, string],
  database: string,
  user = 'postgres',
): Promise<readonly SettingDifference[]> {
  const clients = [await session(source, database, user), await session(target, database, user)] as const;
  try {
    // As in a run, whose own search_path is this.
    for (const client of clients) await client.query('SET search_path = pg_catalog');
    const logins = await loginsOf({ sourceRole, targetRole }, ...clients, source === target);
    return settingDifferences(logins.source, logins.target, logins.isSameServer);
  } finally {
    for (const client of clients) await client.end();
  }
}

/** What the server itself gives a login, `"$user"` looked up. */
async function given(server: Server, database: string, role: string): Promise<ReadonlyMap<string, string>> {
  const client = await session(server, database, role);
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT name, setting AS value FROM pg_settings WHERE name NOT IN ('TimeZone', 'search_path', 'transaction_read_only')
      UNION ALL SELECT 'search_path', array_to_string(current_schemas(false), ', ')
      UNION ALL SELECT 'app.tenant', coalesce(nullif(current_setting('app.tenant', true), ''), 'not set')`,
  );
  await client.end();
  return new Map(rows.map(({ name, value }) => [name, value]));
}

async function different(
  server: Server,
  database: string,
  one: string,
  other: string,
): Promise<readonly string[]> {
  const [a, b] = [await given(server, database, one), await given(server, database, other)];
  // Some roles see more settings than others.
  return [...a.keys()].filter((name) => b.has(name) && a.get(name) !== b.get(name)).sort();
}

let count = 0;
/** A database DB and the roles AGENT and RUNNER, of names that need no quotes, and what is done to them. */
async function prepared(
  server: Server,
  statements: string,
): Promise<{ database: string; agent: string; runner: string }> {
  const names = { database: `settings_${++count}`, agent: `agent_${count}`, runner: `runner_${count}` };
  await server.createDatabase(names.database);
  await server.run(
    names.database,
    `CREATE ROLE AGENT LOGIN; CREATE ROLE RUNNER LOGIN; ${statements}`
      .replaceAll('DB', names.database)
      .replaceAll('AGENT', names.agent)
      .replaceAll('RUNNER', names.runner),
  );
  return names;
}

interface Case {
  readonly name: string;
  readonly statements: string;
  readonly differ: readonly string[];
}

const CASES: readonly Case[] = [
  { name: 'nothing given to either', statements: '', differ: [] },
  { name: 'the role', statements: "ALTER ROLE AGENT SET work_mem = '64MB'", differ: ['work_mem'] },
  {
    name: 'the other role',
    statements: "ALTER ROLE RUNNER SET statement_timeout = '5min'",
    differ: ['statement_timeout'],
  },
  {
    name: 'the same for both, written in another way',
    statements: "ALTER ROLE AGENT SET work_mem = '64MB'; ALTER ROLE RUNNER SET work_mem = 65536",
    differ: [],
  },
  {
    name: 'what the server says anyway',
    statements: "ALTER ROLE AGENT SET lock_timeout = '7000ms'",
    differ: [],
  },
  { name: 'the database, which both get', statements: "ALTER DATABASE DB SET work_mem = '64MB'", differ: [] },
  {
    name: 'a role is stronger than the database',
    statements: "ALTER DATABASE DB SET work_mem = '64MB'; ALTER ROLE RUNNER SET work_mem = '32MB'",
    differ: ['work_mem'],
  },
  {
    name: 'a role in the database is stronger than the role',
    statements: `ALTER ROLE AGENT SET work_mem = '64MB'; ALTER ROLE AGENT IN DATABASE DB SET work_mem = '32MB';
      ALTER ROLE RUNNER SET work_mem = '32MB'`,
    differ: [],
  },
  {
    name: 'all roles is the weakest',
    statements: `ALTER ROLE ALL SET maintenance_work_mem = '99MB'; ALTER ROLE RUNNER SET maintenance_work_mem = '98MB'`,
    differ: ['maintenance_work_mem'],
  },
  {
    name: 'a role in another database does not count',
    statements: "ALTER ROLE AGENT IN DATABASE postgres SET work_mem = '64MB'",
    differ: [],
  },
  {
    name: 'a group does not count',
    statements:
      "CREATE ROLE group_of_AGENT; ALTER ROLE group_of_AGENT SET work_mem = '64MB'; GRANT group_of_AGENT TO AGENT",
    differ: [],
  },
  {
    name: 'several at once, switches and styles',
    statements: `ALTER ROLE AGENT SET DateStyle = 'German'; ALTER ROLE AGENT SET IntervalStyle = iso_8601;
      ALTER ROLE RUNNER SET default_transaction_read_only = on; ALTER ROLE AGENT SET synchronous_commit = off`,
    differ: ['DateStyle', 'IntervalStyle', 'default_transaction_read_only', 'synchronous_commit'],
  },
  {
    name: 'a DateStyle that says only half',
    statements: "ALTER ROLE AGENT SET DateStyle = 'iso'; ALTER ROLE RUNNER SET DateStyle = 'ISO, MDY'",
    differ: [],
  },
  {
    name: 'a search_path',
    statements:
      'CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO PUBLIC; ALTER ROLE AGENT SET search_path = app, public',
    differ: ['search_path'],
  },
  {
    name: 'a schema that is called like the one role',
    statements: 'CREATE SCHEMA AUTHORIZATION AGENT; GRANT USAGE ON SCHEMA AGENT TO PUBLIC',
    differ: ['search_path'],
  },
  {
    name: 'a schema that is called like the other role',
    statements: 'CREATE SCHEMA AUTHORIZATION RUNNER',
    differ: ['search_path'],
  },
  {
    name: 'a path without "$user", for which such a schema does not matter',
    statements: 'CREATE SCHEMA AUTHORIZATION RUNNER; ALTER DATABASE DB SET search_path = public',
    differ: [],
  },
  {
    name: 'a schema with a name that needs quotes',
    statements: `CREATE SCHEMA "My, ""App"""; GRANT USAGE ON SCHEMA "My, ""App""" TO PUBLIC;
      ALTER ROLE AGENT SET search_path = "My, ""App""", public`,
    differ: ['search_path'],
  },
  {
    name: 'a setting that an application made up',
    statements: "ALTER ROLE AGENT SET app.tenant = 'x'",
    differ: ['app.tenant'],
  },
  {
    name: 'a role to begin as',
    statements: 'GRANT pg_monitor TO AGENT; ALTER ROLE AGENT SET role = pg_monitor',
    differ: ['role'],
  },
];

describe('what is told is what the server gives the two roles, and mended it is the same', () => {
  for (const { name, statements, differ } of CASES) {
    test(name, async () => {
      for (const server of [embedded, ...(debian === null ? [] : [debian])]) {
        const { database, agent, runner } = await prepared(server, statements);
        const found = await told([server, agent], [server, runner], database);
        assert.deepEqual(found.map((one) => one.name).sort(), [...differ].sort(), server.distribution);
        // `role` is a setting that pg_settings does not show.
        const shown = differ.filter((one) => one !== 'role');
        assert.deepEqual(
          await different(server, database, agent, runner),
          [...shown].sort(),
          server.distribution,
        );
        const mends = found.map(({ mend }) => mend?.replace("'...'", "'x'")).join('\n');
        await server.run(database, mends);
        if (differ.includes('role')) await server.run(database, `GRANT pg_monitor TO ${runner}`);
        assert.deepEqual(await different(server, database, agent, runner), [], server.distribution);
        assert.deepEqual(await told([server, agent], [server, runner], database), [], server.distribution);
        await server.run('postgres', 'ALTER ROLE ALL RESET ALL');
      }
    });
  }
});

test('the words: what it was, what it will be, the statement', async () => {
  const { database, agent, runner } = await prepared(
    embedded,
    "CREATE SCHEMA AUTHORIZATION AGENT; ALTER ROLE RUNNER SET statement_timeout = '5min'; ALTER ROLE AGENT SET work_mem = '64MB'",
  );
  assert.deepEqual(await told([embedded, agent], [embedded, runner], database), [
    {
      name: 'search_path',
      had: `"$user", public (where "$user" is the schema "${agent}")`,
      will: '"$user", public (where "$user" is no schema)',
      mend: `ALTER ROLE "${runner}" IN DATABASE "${database}" SET search_path = "${agent}", "public";`,
    },
    {
      name: 'statement_timeout',
      had: '0',
      will: '5min',
      mend: `ALTER ROLE "${runner}" IN DATABASE "${database}" SET statement_timeout = '0';`,
    },
    {
      name: 'work_mem',
      had: '64MB',
      will: '4MB',
      mend: `ALTER ROLE "${runner}" IN DATABASE "${database}" SET work_mem = '64MB';`,
    },
  ]);
});

test('the value of a setting that an application made up is not shown', async () => {
  const { database, agent, runner } = await prepared(
    embedded,
    "ALTER ROLE AGENT SET app.jwt_key = 'hunter2'; ALTER ROLE RUNNER SET app.jwt_key = 'hunter3'; ALTER ROLE RUNNER SET app.other = 'hunter4'",
  );
  const found = await told([embedded, agent], [embedded, runner], database);
  assert.deepEqual(
    found.map(({ name }) => name),
    ['app.jwt_key', 'app.other'],
  );
  assert.doesNotMatch(JSON.stringify(found), /hunter/);
  assert.equal(found[1]?.mend, `ALTER ROLE "${runner}" RESET app.other;`);
});

test('what this session was given itself counts for neither side', async () => {
  const { database, agent, runner } = await prepared(embedded, '');
  await embedded.run(
    'postgres',
    "CREATE ROLE dba SUPERUSER LOGIN; ALTER ROLE dba SET work_mem = '1GB'; ALTER ROLE dba SET search_path = x",
  );
  assert.deepEqual(await told([embedded, agent], [embedded, runner], database, 'dba'), []);
});

test('where this session hides the server’s own value, and may read no file, it is called that', async () => {
  const { database, agent, runner } = await prepared(
    embedded,
    "CREATE ROLE looker LOGIN; ALTER ROLE looker SET work_mem = '1GB'; ALTER ROLE AGENT SET work_mem = '64MB'",
  );
  const [found] = await told([embedded, agent], [embedded, runner], database, 'looker');
  assert.deepEqual([found?.name, found?.had, found?.will], ['work_mem', '64MB', "the server's own"]);
  assert.equal((await told([embedded, runner], [embedded, agent], database, 'looker'))[0]?.mend, null);
});

test('between two servers their own values count too, of what changes how a statement behaves', async (t) => {
  if (debian === null) return t.skip('one server only');
  const database = 'two_servers';
  for (const server of [embedded, debian]) {
    await server.createDatabase(database);
    await server.run(database, 'CREATE ROLE shared LOGIN');
  }
  const found = await told([debian, 'shared'], [embedded, 'shared'], database);
  const values = new Map(found.map(({ name, had, will }) => [name, [had, will]]));
  assert.deepEqual(values.get('work_mem'), ['8MB', '4MB']);
  assert.deepEqual(values.get('bytea_output'), ['hex', 'escape']);
  assert.equal(values.has('port'), false);
  assert.equal(values.has('search_path'), false);
  await embedded.run(database, found.flatMap(({ mend }) => mend ?? []).join('\n'));
  assert.deepEqual(await told([debian, 'shared'], [embedded, 'shared'], database), []);
});

test('of another server the database of the same name counts', async (t) => {
  if (debian === null) return t.skip('one server only');
  for (const server of [embedded, debian]) {
    await server.createDatabase('moved');
    await server.run('moved', 'CREATE ROLE mover LOGIN');
  }
  await debian.run(
    'postgres',
    'ALTER DATABASE moved SET extra_float_digits = 3; ALTER DATABASE postgres SET extra_float_digits = 2',
  );
  const clients = [await session(debian, 'postgres'), await session(embedded, 'moved')] as const;
  const logins = await loginsOf({ sourceRole: 'mover', targetRole: 'mover' }, ...clients, false);
  assert.equal(logins.source.database, 'moved');
  assert.equal(logins.source.settings.get('extra_float_digits')?.value, '3');
  assert.equal(actingRole(logins.source), 'mover');
  for (const client of clients) await client.end();
});

describe('timeouts of a transaction', () => {
  const TIMEOUTS: readonly (readonly [name: string, statements: string, expected: readonly string[]])[] = [
    ['none', '', []],
    [
      'of the role',
      "ALTER ROLE RUNNER SET idle_in_transaction_session_timeout = '5min'",
      ['idle_in_transaction_session_timeout = 5min'],
    ],
    [
      'of the database, without a unit',
      'ALTER DATABASE DB SET idle_in_transaction_session_timeout = 60000',
      ['idle_in_transaction_session_timeout = 60000'],
    ],
    [
      'both',
      "ALTER ROLE RUNNER SET transaction_timeout = '1h'; ALTER ROLE RUNNER SET idle_in_transaction_session_timeout = '1min'",
      ['idle_in_transaction_session_timeout = 1min', 'transaction_timeout = 1h'],
    ],
    [
      'of the database, switched off for the role',
      "ALTER DATABASE DB SET idle_in_transaction_session_timeout = '5min'; ALTER ROLE RUNNER SET idle_in_transaction_session_timeout = '0s'",
      [],
    ],
    ['of the other role', "ALTER ROLE AGENT SET idle_in_transaction_session_timeout = '5min'", []],
  ];
  for (const [name, statements, expected] of TIMEOUTS) {
    test(name, async () => {
      const { database, runner } = await prepared(embedded, statements);
      await createTimetable(embedded, database);
      const client = await session(embedded, database);
      assert.deepEqual((await sessionFacts(client, runner)).transactionTimeouts, expected);
      await client.end();
    });
  }

  test('of the server, seen by a session whose own role has another one', async () => {
    const server = await startServer('embedded', { idle_in_transaction_session_timeout: '3min' });
    await createTimetable(server, 'postgres');
    await server.run(
      'postgres',
      'CREATE ROLE runner LOGIN; ALTER ROLE postgres SET idle_in_transaction_session_timeout = 0',
    );
    const client = await session(server, 'postgres');
    assert.deepEqual((await sessionFacts(client, 'runner')).transactionTimeouts, [
      'idle_in_transaction_session_timeout = 3min',
    ]);
    assert.deepEqual((await sessionFacts(client, null)).transactionTimeouts, []);
    await client.end();
    server.stop();
  });
});

describe('in a run', () => {
  let names: { database: string; agent: string; runner: string };
  before(async () => {
    names = await prepared(
      embedded,
      "ALTER ROLE AGENT SET work_mem = '64MB'; ALTER ROLE AGENT SUPERUSER; ALTER ROLE RUNNER SUPERUSER",
    );
    await createStandInPgAgent(embedded, names.database);
    await createTimetable(embedded, names.database);
    await insertJob(embedded, names.database, {
      name: 'local',
      steps: [{ name: 'sql', code: 'SELECT 1' }],
    });
    await insertJob(embedded, names.database, {
      name: 'remote',
      steps: [{ name: 'sql', code: 'SELECT 1', conninfo: 'host=db2 user=app dbname=x' }],
    });
  });

  const run = (...options: string[]): ReturnType<typeof pga2timetable> =>
    pga2timetable(
      [
        '-s',
        embedded.uri(names.database),
        '--dry-run',
        '--source-role',
        names.agent,
        '--target-role',
        names.runner,
        ...options,
      ],
      { COLUMNS: '1000' },
    );

  test('a warning says what was, what will be, and what to do', async () => {
    const { code, stderr } = await run();
    assert.equal(code, 0);
    const { agent, runner, database } = names;
    assert.match(
      stderr,
      new RegExp(
        `warning settings-differ\\n {2}local SQL steps ran in sessions of "${agent}" in "${database}", and will in sessions of "${runner}" in "${database}"`,
      ),
    );
    assert.match(stderr, /work_mem was 64MB and will be 4MB\./);
    assert.match(
      stderr,
      new RegExp(`ALTER ROLE "${runner}" IN DATABASE "${database}" SET work_mem = '64MB';`),
    );
  });

  test('a run without a local SQL step has none', async () => {
    assert.doesNotMatch((await run('--job', 'remote')).stderr, /settings-differ/);
  });

  test('a timeout of the target is a warning by itself, told once', async () => {
    await embedded.run(
      'postgres',
      `ALTER ROLE ${names.runner} SET idle_in_transaction_session_timeout = '5min'`,
    );
    const { stderr } = await run();
    assert.match(
      stderr,
      /warning transaction-timeout\n {2}the target has idle_in_transaction_session_timeout = 5min/,
    );
    assert.match(stderr, /The steps continue and commit/);
    assert.doesNotMatch(stderr, /idle_in_transaction_session_timeout was/);
    const chain = await run('--transaction', 'chain');
    assert.match(chain.stderr, /With --transaction chain its SQL steps are rolled back/);
    await embedded.run('postgres', `ALTER ROLE ${names.runner} RESET idle_in_transaction_session_timeout`);
    assert.doesNotMatch((await run()).stderr, /transaction-timeout/);
  });

  test('an isolation level that keeps the snapshot of a chain is a warning by itself', async () => {
    assert.doesNotMatch((await run()).stderr, /chain-isolation/);
    const set = (value: string): Promise<unknown> =>
      embedded.run('postgres', `ALTER ROLE ${names.runner} SET default_transaction_isolation = '${value}'`);
    await set('repeatable read');
    assert.match(
      (await run()).stderr,
      /warning chain-isolation\n {2}the target has default_transaction_isolation = repeatable read/,
    );
    await set('read committed');
    assert.doesNotMatch((await run()).stderr, /chain-isolation/);
    await embedded.run('postgres', `ALTER ROLE ${names.runner} RESET default_transaction_isolation`);
  });
});

describe('what pg_timetable gets texts in', () => {
  const cases: readonly [string, string, string][] = [
    ['that of the database', 'SELECT 1', 'UTF8'],
    ['or of the role', "ALTER ROLE RUNNER SET client_encoding = 'LATIN1'", 'LATIN1'],
    [
      'or of the database, if it is given one',
      "ALTER DATABASE DB SET client_encoding = 'WIN1252'",
      'WIN1252',
    ],
  ];
  for (const [name, statements, expected] of cases) {
    test(name, async () => {
      const { database, runner } = await prepared(embedded, statements);
      await createTimetable(embedded, database);
      const client = await session(embedded, database);
      assert.equal((await sessionFacts(client, runner)).encoding, expected);
      await client.end();
    });
  }
});
