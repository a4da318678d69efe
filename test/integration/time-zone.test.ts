import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { UTC, type Zone } from '../../src/model/zone.ts';
import { readLogin, seesRoleSettings } from '../../src/postgres/login.ts';
import {
  alterStatement,
  type EffectiveTimeZone,
  readZone,
  sameClock,
  serverZone,
  zoneExists,
  effectiveTimeZone as zoneOfLogin,
} from '../../src/postgres/time-zone.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';

let embedded: Server;
let debian: Server | null = null;
before(async () => {
  embedded = await startServer('embedded');
  // Only where it is installed. Its zones are the system's, not its own.
  if (debian15() !== null) debian = await startServer('debian-15');
  await embedded.run('postgres', 'CREATE ROLE daemon LOGIN; CREATE ROLE "o\'Hara ""x""" LOGIN');
});
after(() => {
  embedded.stop();
  debian?.stop();
});

const servers = (): Server[] => [embedded, ...(debian === null ? [] : [debian])];

/** @param role null for that of the session */
async function effectiveTimeZone(client: pg.Client, role: string | null): Promise<EffectiveTimeZone> {
  const login = await readLogin(client, role, await seesRoleSettings(client));
  return zoneOfLogin(client, login, await serverZone(client));
}

/** A session of its own; `options` is what libpq makes of PGTZ and PGOPTIONS. */
async function withSession<T>(
  server: Server,
  work: (client: pg.Client) => Promise<T>,
  { user = 'postgres', database = 'postgres', options = '' } = {},
): Promise<T> {
  const client = new pg.Client({ connectionString: server.uri(database, user), options, pipeline: true });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const read = (server: Server, name: string, now: string): Promise<Zone> =>
  withSession(server, (client) => readZone(client, name, Date.parse(now)));

const show = async (client: pg.Client): Promise<string> =>
  (await client.query('SHOW TimeZone')).rows[0].TimeZone;

/** The offsets up to a year's end, as a person writes them: the first, then each change. */
function written({ offsets }: Zone, endOfYear: number): string[] {
  return offsets
    .filter(({ from }) => from < Date.UTC(endOfYear + 1, 0))
    .map(({ from, seconds }) =>
      from === -Infinity ? `${seconds}` : `${new Date(from).toISOString().replace('.000Z', 'Z')} ${seconds}`,
    );
}

const BERLIN = ['3600', '2026-03-29T01:00:00Z 7200', '2026-10-25T01:00:00Z 3600'];
const NEW_YORK = ['-18000', '2026-03-08T07:00:00Z -14400', '2026-11-01T06:00:00Z -18000'];

/** A zone as somebody writes it, as PostgreSQL does, and its offsets from 25 February 2026 to the year's end. */
const ZONES: readonly (readonly [written: string, name: string, offsets: readonly string[]])[] = [
  ['Europe/Berlin', 'Europe/Berlin', BERLIN],
  ['eUROPE/berlin', 'Europe/Berlin', BERLIN],
  ['America/New_York', 'America/New_York', NEW_YORK],
  [
    'Australia/Lord_Howe',
    'Australia/Lord_Howe',
    ['39600', '2026-04-04T15:00:00Z 37800', '2026-10-03T15:30:00Z 39600'],
  ],
  ['Asia/Kolkata', 'Asia/Kolkata', ['19800']],
  // Ramadan 2026 is under way; the clocks go back to the usual hour on 22 March.
  ['Africa/Casablanca', 'Africa/Casablanca', ['0', '2026-03-22T02:00:00Z 3600']],
  ['CET-1CEST,M3.5.0,M10.5.0/3', 'CET-1CEST,M3.5.0,M10.5.0/3', BERLIN],
  [
    'A-1B,M3.5.0/2:00:30,M10.5.0/3',
    'A-1B,M3.5.0/2:00:30,M10.5.0/3',
    ['3600', '2026-03-29T01:00:30Z 7200', BERLIN[2] ?? ''],
  ],
  ['<+03>-3', '<+03>-3', ['10800']],
  ['5.5', '<+05:30>-05:30', ['19800']],
  ['UTC+2', 'UTC+2', ['-7200']],
  // Among the abbreviations, where AT TIME ZONE looks first, CET is one hour east all year.
  ['CET', 'CET', BERLIN],
  ['est5edt', 'EST5EDT', NEW_YORK],
];

for (const [typed, name, offsets] of ZONES) {
  test(`the zone ${typed} is read as the setting TimeZone reads it`, async () => {
    for (const server of servers()) {
      const zone = await read(server, typed, '2026-02-25T12:34:56.789Z');
      assert.deepEqual([zone.name, ...written(zone, 2026)], [name, ...offsets], server.distribution);
    }
  });
}

test('UTC has no rules', async () => {
  assert.deepEqual(await read(embedded, 'utc', '2026-02-25'), UTC);
});

test('Samoa went over the date line', async () => {
  const apia = await read(embedded, 'Pacific/Apia', '2011-12-25');
  assert.deepEqual(written(apia, 2011), ['-36000', '2011-12-30T10:00:00Z 50400']);
});

test('Morocco goes back for Ramadan and forward after it', async () => {
  const casablanca = await read(embedded, 'Africa/Casablanca', '2026-02-10');
  assert.deepEqual(written(casablanca, 2026), [
    '3600',
    '2026-02-15T02:00:00Z 0',
    '2026-03-22T02:00:00Z 3600',
  ]);
});

test('a change of the last days is read, one before them is not', async () => {
  const afterTheChange = await read(embedded, 'Europe/Berlin', '2026-04-02');
  assert.deepEqual(written(afterTheChange, 2026), BERLIN);
  const laterStill = await read(embedded, 'Europe/Berlin', '2026-04-10');
  assert.deepEqual(written(laterStill, 2026), ['7200', BERLIN[2]]);
});

test('for 30 years, the clocks of Berlin change at 01:00 UTC on the last Sundays of March and October', async () => {
  const { offsets } = await read(embedded, 'Europe/Berlin', '2026-02-25');
  const changes = offsets.slice(1).map(({ from }) => new Date(from));
  assert.equal(changes.length, 60);
  for (const change of changes) {
    assert.match(change.toISOString(), /-(03|10)-(2[5-9]|3[01])T01:00:00.000Z$/);
    assert.equal(change.getUTCDay(), 0);
  }
});

test('the session’s own settings disturb nothing, and stay', async () => {
  await withSession(embedded, async (client) => {
    await client.query("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'SQL, DMY'");
    await client.query("SET IntervalStyle = 'sql_standard'; SET extra_float_digits = -15");
    const zone = await readZone(client, 'Europe/Berlin', Date.parse('2026-02-25'));
    assert.deepEqual(written(zone, 2026), BERLIN);
    assert.equal(await show(client), 'Asia/Tokyo');
    assert.equal(client.getTransactionStatus(), 'I');
  });
});

test('a read-only transaction goes on after a zone was read, after an unknown one too', async () => {
  for (const server of servers()) {
    await withSession(server, async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query("SET LOCAL TimeZone = 'Asia/Tokyo'");
      await readZone(client, 'Europe/Berlin', Date.now());
      await assert.rejects(readZone(client, 'Europe/Berln', Date.now()), { code: '22023' });
      assert.equal(await zoneExists(client, 'Europe/Berln'), false);
      assert.equal((await effectiveTimeZone(client, null)).kind, 'known');
      assert.equal(await show(client), 'Asia/Tokyo');
      assert.equal(client.getTransactionStatus(), 'T');
    });
  }
});

test('an unknown zone leaves no transaction behind where there was none', async () => {
  await withSession(embedded, async (client) => {
    assert.equal(await zoneExists(client, 'Europe/Berln'), false);
    assert.equal(client.getTransactionStatus(), 'I');
  });
});

const KNOWN = [
  ...[
    'UTC',
    'utc',
    'Europe/Berlin',
    'europe/BERLIN',
    'Europe/Kyiv',
    'Etc/GMT+5',
    'America/Argentina/Buenos_Aires',
  ],
  ...['CET', 'EST5EDT', 'Foo5', 'UTC+2', '<+03>-3', 'CET-1CEST,M3.5.0/2,M10.5.0/3', '5', '-5.5'],
];
const UNKNOWN = [
  ...[
    'Europe/Berln',
    'Europe',
    'Berlin',
    'Foo',
    'PST',
    'CEST',
    'MSK',
    'local',
    'default',
    '',
    ' Europe/Berlin',
  ],
  ...['Europe/Berlin2', 'Etc/GMT+15', 'europe/berlin+1', 'right/Europe/Berlin', '../../etc/passwd'],
  ...['CET-1CEST,M13.5.0,M10.5.0', '1000', 'nan', 'Europe/Berlin\0', 'x'.repeat(1000)],
];

test('a zone exists if TimeZone can be set to it', async () => {
  for (const server of servers()) {
    await withSession(server, async (client) => {
      for (const name of KNOWN) assert.equal(await zoneExists(client, name), true, name);
    });
  }
});

test('a zone does not exist if TimeZone refuses it, or if a place would become an abbreviation', async () => {
  for (const server of servers()) {
    await withSession(server, async (client) => {
      for (const name of UNKNOWN) assert.equal(await zoneExists(client, name), false, name);
    });
  }
});

test('which zones there are is each server’s own: Debian’s takes those of the system', async () => {
  const isThere = (server: Server): Promise<boolean> =>
    withSession(server, (client) => zoneExists(client, 'posix/Europe/Berlin'));
  assert.equal(await isThere(embedded), false);
  if (debian !== null) assert.equal(await isThere(debian), true);
});

/** What a login as a role gets, said by a login. */
const loggedIn = (user: string, database: string): Promise<string> =>
  withSession(embedded, show, { user, database });

const known = (name: string, from: string, database: string, role = 'daemon'): unknown => ({
  kind: 'known',
  name,
  from,
  role,
  database,
});

const LEVELS = [
  ['-- nothing is set', 'UTC', 'server', 'ALTER DATABASE "levels" SET'],
  ["ALTER ROLE ALL SET TimeZone = 'Asia/Tokyo'", 'Asia/Tokyo', 'all roles', 'ALTER DATABASE "levels" SET'],
  [
    "ALTER DATABASE levels SET TIME ZONE 'asia/kolkata'",
    'Asia/Kolkata',
    'database',
    'ALTER DATABASE "levels" SET',
  ],
  [
    "ALTER ROLE daemon SET timezone = 'Europe/Paris'",
    'Europe/Paris',
    'role',
    'ALTER ROLE "daemon" IN DATABASE "levels" SET',
  ],
  [
    'ALTER ROLE daemon IN DATABASE levels SET TIMEZONE = 5',
    '<+05>-05',
    'role in database',
    'ALTER ROLE "daemon" IN DATABASE "levels" SET',
  ],
] as const;

test('each level of settings is stronger than the one before, and the statement that is given is stronger still', async () => {
  await embedded.createDatabase('levels');
  for (const [statement, name, from, alter] of LEVELS) {
    await embedded.run('levels', statement);
    const found = await withSession(embedded, (client) => effectiveTimeZone(client, 'daemon'), {
      database: 'levels',
    });
    assert.deepEqual(found, known(name, from, 'levels'));
    assert.equal(await loggedIn('daemon', 'levels'), name);
    assert.equal(statementFor(found, 'Africa/Lagos'), `${alter} TimeZone = 'Africa/Lagos';`);
  }
  await embedded.run('levels', 'ALTER ROLE ALL RESET TimeZone');
});

function statementFor(found: EffectiveTimeZone, zone: string): string {
  assert.notEqual(found.kind, 'no-such-role');
  return found.kind === 'no-such-role' ? '' : alterStatement(found, zone);
}

for (const [level, statement] of [
  ['database', 'SELECT 1'],
  ['role', 'ALTER ROLE "o\'Hara ""x""" SET TimeZone = \'Europe/Paris\''],
] as const) {
  test(`the statement works as it stands over a setting of the ${level}, whatever the names`, async () => {
    const database = `my "${level}"`;
    const role = 'o\'Hara "x"';
    await embedded.createDatabase(database);
    await embedded.run(
      database,
      `ALTER DATABASE "my ""${level}""" SET TimeZone = 'Asia/Tokyo'; ${statement}`,
    );
    const find = (): Promise<EffectiveTimeZone> =>
      withSession(embedded, (client) => effectiveTimeZone(client, role), { database });
    for (const zone of ['Africa/Lagos', "Fo'o\\5"]) {
      await embedded.run(database, statementFor(await find(), zone));
      const from = level === 'role' ? 'role in database' : level;
      assert.deepEqual(
        await find(),
        known(zone.replace('Fo', 'FO').replace("'o", "'O"), from, database, role),
      );
    }
  });
}

test('the settings of another role, another database and of a group do not count', async () => {
  await embedded.createDatabase('others');
  await embedded.run(
    'others',
    `CREATE ROLE team LOGIN; GRANT team TO daemon; ALTER ROLE team SET TimeZone = 'Europe/Paris';
     ALTER DATABASE template1 SET TimeZone = 'Asia/Tokyo';
     ALTER ROLE daemon RESET ALL; ALTER ROLE daemon IN DATABASE template1 SET TimeZone = 'Asia/Tokyo'`,
  );
  await withSession(
    embedded,
    async (client) => {
      await client.query('SET ROLE team');
      assert.deepEqual(await effectiveTimeZone(client, null), known('UTC', 'server', 'others'));
    },
    { user: 'daemon', database: 'others' },
  );
  assert.equal(await loggedIn('daemon', 'others'), 'UTC');
});

test('an ordinary role learns what another role gets', async () => {
  await embedded.createDatabase('plain');
  await embedded.run(
    'plain',
    `CREATE ROLE planner LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC;
     ALTER ROLE daemon IN DATABASE plain SET TimeZone = 'Europe/Paris'`,
  );
  await withSession(
    embedded,
    async (client) => {
      const found = [await effectiveTimeZone(client, 'daemon'), await effectiveTimeZone(client, null)];
      assert.deepEqual(found, [
        known('Europe/Paris', 'role in database', 'plain'),
        known('UTC', 'server', 'plain', 'planner'),
      ]);
      assert.equal((await readZone(client, 'Asia/Kolkata', Date.now())).name, 'Asia/Kolkata');
      assert.equal(await zoneExists(client, 'Europe/Berln'), false);
    },
    { user: 'planner', database: 'plain' },
  );
});

test('a role that is not there is said to be none', async () => {
  await withSession(embedded, async (client) => {
    for (const role of ['nobody', 'DAEMON', 'public', 'none', '-', '', '10', '"daemon"'])
      assert.deepEqual(await effectiveTimeZone(client, role), { kind: 'no-such-role' }, role);
  });
});

test('a setting whose zone the server no longer knows is passed over, as a login does', async () => {
  await embedded.createDatabase('worn');
  await embedded.run(
    'worn',
    `ALTER DATABASE worn SET TimeZone = 'Asia/Tokyo'; ALTER ROLE daemon SET TimeZone = 'Europe/Paris';
     UPDATE pg_db_role_setting SET setconfig = '{TimeZone=US/Pacific-New}'
      WHERE setrole = 'daemon'::regrole AND setdatabase = 0`,
  );
  const found = await withSession(embedded, (client) => effectiveTimeZone(client, 'daemon'), {
    database: 'worn',
  });
  assert.deepEqual(found, known('Asia/Tokyo', 'database', 'worn'));
  assert.equal(await loggedIn('daemon', 'worn'), 'Asia/Tokyo');
  await embedded.run('worn', 'ALTER ROLE daemon RESET ALL');
});

test('what this session set for itself does not count, and stays', async () => {
  await withSession(
    embedded,
    async (client) => {
      await client.query("SET TimeZone = 'Asia/Tokyo'");
      assert.deepEqual(await effectiveTimeZone(client, null), known('UTC', 'server', 'postgres'));
      assert.equal(await show(client), 'Asia/Tokyo');
    },
    { user: 'daemon' },
  );
});

const PGTZ = { options: '-c TimeZone=Europe/Paris' };

test('a zone that the client asked for does not count: a superuser sees the configuration files', async () => {
  for (const server of servers()) {
    const found = await withSession(
      server,
      async (client) => {
        assert.equal(await show(client), 'Europe/Paris');
        return effectiveTimeZone(client, null);
      },
      PGTZ,
    );
    assert.deepEqual(found, known('UTC', 'server', 'postgres', 'postgres'));
  }
});

test('a zone that the client asked for hides the server’s from an ordinary role, not that of its database', async () => {
  await embedded.createDatabase('asked');
  const asDaemon = { user: 'daemon', database: 'asked', ...PGTZ };
  const find = (): Promise<EffectiveTimeZone> =>
    withSession(embedded, (client) => effectiveTimeZone(client, null), asDaemon);
  const hidden = await find();
  assert.deepEqual(hidden, { kind: 'unknown', hidden: 'server setting', role: 'daemon', database: 'asked' });
  assert.equal(statementFor(hidden, 'UTC'), `ALTER DATABASE "asked" SET TimeZone = 'UTC';`);
  await embedded.run('asked', "ALTER DATABASE asked SET TimeZone = 'Asia/Tokyo'");
  assert.deepEqual(await find(), known('Asia/Tokyo', 'database', 'asked'));
});

test('ALTER SYSTEM is the server’s setting, seen from a session that has it and from one that has not', async () => {
  await embedded.run('postgres', "ALTER SYSTEM SET TimeZone = 'america/bogota'");
  await embedded.run('postgres', 'SELECT pg_reload_conf(), pg_sleep(0.2)');
  for (const options of ['', PGTZ.options]) {
    const found = await withSession(embedded, (client) => effectiveTimeZone(client, 'daemon'), { options });
    assert.deepEqual(found, known('America/Bogota', 'server', 'postgres'));
  }
  await embedded.run('postgres', 'ALTER SYSTEM RESET TimeZone');
  await embedded.run('postgres', 'SELECT pg_reload_conf(), pg_sleep(0.2)');
});

test('a zone on the server’s command line is stronger than its files, so that the files do not tell', async () => {
  // As the server writes it when it is started with -c timezone=Asia/Tokyo.
  const commandLine = join(embedded.dataDirectory, 'postmaster.opts');
  const asStarted = readFileSync(commandLine, 'utf8');
  appendFileSync(commandLine, '"-c" "timezone=Asia/Tokyo"\n');
  const found = await withSession(embedded, (client) => effectiveTimeZone(client, null), PGTZ);
  writeFileSync(commandLine, asStarted);
  assert.deepEqual(found, {
    kind: 'unknown',
    hidden: 'server setting',
    role: 'postgres',
    database: 'postgres',
  });
});

test('where an administrator hides the settings of roles, the answer is that it cannot be told', async () => {
  await embedded.createDatabase('hidden');
  await embedded.run('hidden', 'REVOKE ALL ON pg_db_role_setting FROM PUBLIC');
  const found = await withSession(embedded, (client) => effectiveTimeZone(client, null), {
    user: 'daemon',
    database: 'hidden',
  });
  assert.deepEqual(found, { kind: 'unknown', hidden: 'role settings', role: 'daemon', database: 'hidden' });
  assert.equal(statementFor(found, 'UTC'), `ALTER ROLE "daemon" IN DATABASE "hidden" SET TimeZone = 'UTC';`);
});

/** Whether two zones show the same, from one day to another. */
async function same(a: string, b: string, from = '2026-01-01', to = '2027-01-01'): Promise<boolean> {
  const now = '2025-12-20';
  const zones = [await read(embedded, a, now), await read(embedded, b, now)] as const;
  return sameClock(...zones, Date.parse(from), Date.parse(to));
}

test('Berlin and Paris show the same, under whatever name', async () => {
  assert.equal(await same('Europe/Berlin', 'Europe/Paris'), true);
  assert.equal(await same('Europe/Berlin', 'CET-1CEST,M3.5.0,M10.5.0/3'), true);
  assert.equal(await same('Asia/Kolkata', '<+0530>-5:30'), true);
});

test('Berlin and UTC, and Berlin and London, do not show the same', async () => {
  assert.equal(await same('Europe/Berlin', 'UTC'), false);
  assert.equal(await same('Europe/Berlin', 'Europe/London'), false);
});

test('London and UTC show the same until the clocks go forward at 01:00 UTC, and from when they go back', async () => {
  assert.equal(await same('Europe/London', 'UTC', '2026-01-01', '2026-03-29T01:00Z'), true);
  assert.equal(await same('Europe/London', 'UTC', '2026-01-01', '2026-03-29T01:01Z'), false);
  assert.equal(await same('Europe/London', 'UTC', '2026-10-25T00:59Z', '2026-12-31'), false);
  assert.equal(await same('Europe/London', 'UTC', '2026-10-25T01:00Z', '2026-12-31'), true);
});
