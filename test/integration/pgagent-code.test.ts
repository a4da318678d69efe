import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { findCodeThatUsesPgAgent, type UsingCode } from '../../src/pgagent/code-that-uses-pgagent.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { agentProgram, createPgAgent } from '../pgagent/real.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';

let embedded: Server;
const servers: Server[] = [];
before(async () => {
  embedded = await startServer('embedded');
  servers.push(embedded);
  if (debian15() !== null) servers.push(await startServer('debian-15'));
});
after(() => {
  for (const server of servers) server.stop();
});

let databases = 0;
/** A database with pgAgent's schema, the real one where it is installed, and what is made there. */
async function prepared(server: Server, statements: string): Promise<string> {
  const name = `code_${++databases}`;
  await server.createDatabase(name);
  if (agentProgram() === null) await createStandInPgAgent(server, name);
  else await createPgAgent(server, name);
  await server.run(name, `CREATE SCHEMA app; ${statements}`);
  return name;
}

async function found(server: Server, database: string, user = 'postgres'): Promise<readonly UsingCode[]> {
  const client = new pg.Client({ connectionString: server.uri(database, user), pipeline: true });
  await client.connect();
  await client.query('SET search_path = pg_catalog');
  try {
    const search = await findCodeThatUsesPgAgent(client);
    assert.equal(search.kind, 'found');
    return search.kind === 'found' ? search.code : [];
  } finally {
    await client.end();
  }
}

const CASES: readonly (readonly [
  name: string,
  statements: string,
  certain: readonly string[],
  byWords?: readonly string[],
])[] = [
  ['pgAgent itself', '', []],
  ['a view', 'CREATE VIEW app.jobs AS SELECT jobname FROM pgagent.pga_job', ['view app.jobs']],
  [
    'a view whose name needs quotes, by a join and an alias',
    'CREATE VIEW app."My jobs" AS SELECT j.* FROM (VALUES (1)) v (id) JOIN pgagent.pga_job j ON j.jobid = v.id',
    ['view app."My jobs"'],
  ],
  [
    'a materialized view',
    'CREATE MATERIALIZED VIEW app.failures AS SELECT * FROM pgagent.pga_joblog',
    ['materialized view app.failures'],
  ],
  [
    'a rule of another table',
    'CREATE TABLE app.t (id int); CREATE RULE stop AS ON DELETE TO app.t DO ALSO UPDATE pgagent.pga_job SET jobenabled = false',
    ['rule stop on app.t'],
  ],
  [
    'a rule of one of pgAgent’s tables',
    'CREATE RULE keep AS ON DELETE TO pgagent.pga_joblog DO INSTEAD NOTHING',
    ['rule keep on pgagent.pga_joblog'],
  ],
  [
    'a trigger of one’s own on one of pgAgent’s tables',
    `CREATE FUNCTION app.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER audit AFTER UPDATE ON pgagent.pga_job FOR EACH ROW EXECUTE FUNCTION app.audit()`,
    ['trigger audit on pgagent.pga_job'],
  ],
  [
    'a function by its text',
    `CREATE FUNCTION app.run_now(id int) RETURNS void LANGUAGE plpgsql AS
       'BEGIN UPDATE pgagent.pga_job SET jobnextrun = now() WHERE jobid = id; END'`,
    [],
    ['function app.run_now(integer)'],
  ],
  [
    'a function by a table of pgAgent’s without its schema',
    `CREATE FUNCTION app.count_jobs() RETURNS bigint LANGUAGE sql SET search_path = pgagent
       AS 'SELECT count(*) FROM pga_job'`,
    [],
    ['function app.count_jobs()'],
  ],
  [
    'a procedure, with quotes and a blank before the point',
    `CREATE PROCEDURE app.purge() LANGUAGE sql AS 'DELETE FROM "pgagent" . pga_joblog'`,
    [],
    ['procedure app.purge()'],
  ],
  [
    'a function in standard SQL, by what PostgreSQL knows',
    'CREATE FUNCTION app.names() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT jobname FROM pgagent.pga_job; END',
    ['function app.names()'],
  ],
  [
    'a function that returns rows of pgAgent’s, once',
    `CREATE FUNCTION app.all_jobs() RETURNS SETOF pgagent.pga_job LANGUAGE sql AS 'SELECT * FROM pgagent.pga_job'`,
    ['function app.all_jobs()'],
  ],
  [
    'a foreign key',
    'CREATE TABLE app.owners (jobid int CONSTRAINT of_job REFERENCES pgagent.pga_job ON DELETE CASCADE)',
    ['foreign key of_job of app.owners'],
  ],
  [
    'a default',
    `CREATE TABLE app.numbers (id int DEFAULT nextval('pgagent.pga_job_jobid_seq'))`,
    ['default of id of app.numbers'],
  ],
  [
    'names that only look alike',
    `CREATE SCHEMA mypgagent; CREATE TABLE mypgagent.pga_jobs (id int);
     CREATE VIEW app.v AS SELECT * FROM mypgagent.pga_jobs;
     CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM mypgagent.pga_jobs /* pgagents */'`,
    [],
  ],
  [
    'somebody’s own function in pgAgent’s schema',
    `CREATE FUNCTION pgagent.own() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pgagent.pga_job'`,
    [],
  ],
];

describe('what uses pgAgent in the source database', () => {
  for (const [name, statements, certain, byWords = []] of CASES) {
    test(name, async () => {
      for (const server of servers) {
        const database = await prepared(server, statements);
        const expected = [
          ...certain.map((what) => ({ what, isCertain: true })),
          ...byWords.map((what) => ({ what, isCertain: false })),
        ];
        assert.deepEqual(await found(server, database), expected, server.distribution);
      }
    });
  }
});

test('a user without any right sees it too', async () => {
  const database = await prepared(
    embedded,
    'CREATE VIEW app.jobs AS SELECT jobname FROM pgagent.pga_job; CREATE ROLE nobody_much LOGIN',
  );
  assert.deepEqual(await found(embedded, database, 'nobody_much'), [
    { what: 'view app.jobs', isCertain: true },
  ]);
});

test('what an extension brought along is its own matter', async () => {
  const database = await prepared(
    embedded,
    `CREATE FUNCTION app.brought() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pgagent.pga_job';
     CREATE FUNCTION app.own() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pgagent.pga_job';
     ALTER EXTENSION plpgsql ADD FUNCTION app.brought()`,
  );
  assert.deepEqual(await found(embedded, database), [{ what: 'function app.own()', isCertain: false }]);
});

test('where an administrator hides the catalogs, a run says so and goes on', async () => {
  const database = await prepared(embedded, 'CREATE VIEW app.jobs AS SELECT jobname FROM pgagent.pga_job');
  await embedded.run(
    database,
    `
    CREATE ROLE looker LOGIN;
    GRANT USAGE ON SCHEMA pgagent TO looker;
    GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO looker;
    REVOKE SELECT ON pg_catalog.pg_rewrite FROM PUBLIC`,
  );
  await createTimetable(embedded, database);
  await embedded.run(
    database,
    'CREATE SCHEMA pga2timetable AUTHORIZATION looker; GRANT ALL ON SCHEMA timetable TO looker; GRANT ALL ON ALL TABLES IN SCHEMA timetable TO looker; GRANT ALL ON ALL SEQUENCES IN SCHEMA timetable TO looker',
  );
  await insertJob(embedded, database, { name: 'any', steps: [{ name: 'a', code: 'SELECT 1' }] });
  const { code, stderr } = await pga2timetable(['-s', embedded.uri(database, 'looker'), '--dry-run'], {
    COLUMNS: '1000',
  });
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /warning pgagent-code\n {2}the functions, .* are not known: permission denied for .*pg_rewrite/,
  );
});

describe('in a run', () => {
  let database: string;
  before(async () => {
    database = await prepared(
      embedded,
      `CREATE VIEW app.jobs AS SELECT jobname FROM pgagent.pga_job;
       CREATE PROCEDURE app.purge() LANGUAGE sql AS 'DELETE FROM pgagent.pga_joblog'`,
    );
    await createTimetable(embedded, database);
    const steps = {
      writer: "UPDATE pgagent.pga_job SET jobnextrun = now() WHERE jobname = 'other'",
      reader: 'SELECT count(*) FROM pgagent.pga_joblog WHERE jlgstatus = $$f$$',
      neither: "SELECT 'pgagent.pga_job' -- UPDATE pgagent.pga_job",
    };
    for (const [name, code] of Object.entries(steps))
      await insertJob(embedded, database, { name, steps: [{ name, code }] });
    await insertJob(embedded, database, {
      name: 'script',
      steps: [{ name: 'script', kind: 'b', code: 'psql -c "DELETE FROM pgagent.pga_joblog"' }],
    });
  });

  const run = (...options: string[]): ReturnType<typeof pga2timetable> =>
    pga2timetable(['-s', embedded.uri(database), '--dry-run', ...options], { COLUMNS: '1000' });

  test('a list of the code, what only words tell apart from the rest', async () => {
    const { stderr } = await run();
    assert.match(
      stderr,
      /warning pgagent-code\n {2}code in the source database uses pgAgent's tables or functions: view app\.jobs; seems, by its words, to use them: procedure app\.purge\(\)\./,
    );
  });

  test('a step that writes keeps its job on pgAgent: exit 6', async () => {
    const { code, stderr, stdout } = await run();
    assert.equal(code, 6);
    assert.match(
      stderr,
      /error pgagent-written\n {2}job 1 "writer", step 1 "writer" writes to pgagent\.pga_job\./,
    );
    assert.match(stdout, /it stays on pgAgent: see its advisories pgagent-written/);
  });

  test('a step that reads moves with a warning, and so does a script with such words; a string is no statement', async () => {
    const { stderr } = await run();
    assert.match(
      stderr,
      /warning pgagent-read\n {2}job 2 "reader", step 2 "reader" reads pgagent\.pga_joblog,/,
    );
    assert.match(stderr, /warning pgagent-in-script\n {2}job 4 "script", step 4 "script" seems to use/);
    assert.doesNotMatch(stderr, /pgagent-(?:read|written)\n(?: .*\n)*.*"neither"/);
  });

  test('without code that uses it, and with a job that stays, nothing is said', async () => {
    assert.doesNotMatch((await run('--job', 'writer')).stderr, /pgagent-code/);
  });
});
