import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { NeededObjects, type UsedObject } from '../../src/timetable/needed-objects.ts';
import { findMissingRights, type MissingRight } from '../../src/timetable/rights.ts';
import { rightsOfStep } from '../../src/transform/rights-of-step.ts';
import { loadSqlParser } from '../../src/transform/sql/parse.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';

let embedded: Server;
const servers: Server[] = [];
before(async () => {
  await loadSqlParser();
  embedded = await startServer('embedded');
  servers.push(embedded);
  // Two majors, where both are there: PostgreSQL 17 brought MAINTAIN.
  if (debian15() !== null) servers.push(await startServer('debian-15'));
  for (const server of servers) {
    await server.createDatabase('base');
    await server.run('base', OBJECTS);
  }
});
after(() => {
  for (const server of servers) server.stop();
});

/** What pgAgent's role `agent` owns. Nobody else may do anything with it. */
const OBJECTS = `
  CREATE ROLE agent LOGIN;
  GRANT CREATE ON DATABASE base TO agent;
  GRANT CREATE ON SCHEMA public TO agent;
  ALTER DEFAULT PRIVILEGES FOR ROLE agent REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
  SET ROLE agent;
  CREATE SCHEMA app;
  CREATE TABLE app.log (id serial, at timestamptz, msg text);
  CREATE TABLE app.kept (id int GENERATED ALWAYS AS IDENTITY, msg text);
  CREATE TABLE app."Strange name" (id int);
  CREATE VIEW app.recent AS SELECT * FROM app.log;
  CREATE MATERIALIZED VIEW app.daily AS SELECT 1 AS n;
  CREATE SEQUENCE app.counter;
  CREATE INDEX log_at ON app.log (at);
  CREATE TABLE app.private (id int, whose text);
  ALTER TABLE app.private ENABLE ROW LEVEL SECURITY;
  INSERT INTO app.private VALUES (1, 'agent');
  CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION app.two(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION app.two(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE app.work() LANGUAGE sql AS 'SELECT 1';
  CREATE TABLE public.plain (id int);
  RESET ROLE`;

let databases = 0;

interface Case {
  readonly name: string;
  /** What the role has already; it is called ROLE. */
  readonly given?: string;
  readonly code: string;
  /** What is missing, on every version. */
  readonly missing: readonly string[];
  /** Whether the server lets the role run the code as things stand. */
  readonly refused: boolean;
  readonly path?: readonly string[];
}

const USE = 'GRANT USAGE ON SCHEMA app TO ROLE;';

const CASES: readonly Case[] = [
  {
    name: 'a table in a schema that the role may not use',
    code: 'SELECT * FROM app.log',
    missing: ['USAGE on schema app', 'SELECT on app.log'],
    refused: true,
  },
  {
    name: 'a DELETE with a condition',
    given: USE,
    code: 'DELETE FROM app.log WHERE at < now()',
    missing: ['DELETE, SELECT on app.log'],
    refused: true,
  },
  {
    name: 'what is granted already',
    given: `${USE} GRANT SELECT, DELETE ON app.log TO ROLE;`,
    code: 'DELETE FROM app.log WHERE at < now()',
    missing: [],
    refused: false,
  },
  {
    name: 'what everybody is granted',
    given: 'GRANT USAGE ON SCHEMA app TO PUBLIC; GRANT SELECT ON app.log TO PUBLIC;',
    code: 'SELECT count(*) FROM app.log',
    missing: [],
    refused: false,
  },
  {
    name: 'what a group has that the role is in',
    given: 'GRANT agent TO ROLE;',
    code: 'TRUNCATE app.log; ALTER TABLE app.log ADD COLUMN more int',
    missing: [],
    refused: false,
  },
  {
    name: 'an INSERT and the sequence of its serial column',
    given: `${USE} GRANT INSERT ON app.log TO ROLE;`,
    code: "INSERT INTO app.log (msg) VALUES ('x')",
    missing: ['USAGE on sequence app.log_id_seq'],
    refused: true,
  },
  {
    name: 'an INSERT into a table with an identity column needs no sequence',
    given: `${USE} GRANT INSERT ON app.kept TO ROLE;`,
    code: "INSERT INTO app.kept (msg) VALUES ('x')",
    missing: [],
    refused: false,
  },
  {
    name: 'an INSERT that reads another table',
    given: `${USE} GRANT INSERT ON app.kept TO ROLE;`,
    code: 'INSERT INTO app.kept (msg) SELECT msg FROM app.log',
    missing: ['SELECT on app.log'],
    refused: true,
  },
  {
    name: 'a column that is granted may be all that is needed',
    given: `${USE} GRANT SELECT (msg) ON app.log TO ROLE;`,
    code: 'SELECT msg FROM app.log',
    missing: [],
    refused: false,
  },
  {
    name: 'a name with capitals and a blank',
    given: USE,
    code: 'UPDATE app."Strange name" SET id = 1',
    missing: ['UPDATE on app."Strange name"'],
    refused: true,
  },
  {
    name: 'TRUNCATE',
    given: `${USE} GRANT SELECT, INSERT, UPDATE, DELETE ON app.log TO ROLE;`,
    code: 'TRUNCATE app.log',
    missing: ['TRUNCATE on app.log'],
    refused: true,
  },
  {
    name: 'a view, not what it reads',
    given: USE,
    code: 'SELECT * FROM app.recent',
    missing: ['SELECT on app.recent'],
    refused: true,
  },
  {
    name: 'a materialized view is refreshed by its owner',
    given: `${USE} GRANT SELECT ON app.daily TO ROLE;`,
    code: 'REFRESH MATERIALIZED VIEW app.daily',
    missing: ['ownership of app.daily'],
    refused: true,
  },
  {
    name: 'ALTER TABLE is for the owner',
    given: `${USE} GRANT SELECT, INSERT, UPDATE, DELETE ON app.log TO ROLE;`,
    code: 'ALTER TABLE app.log ADD COLUMN more int',
    missing: ['ownership of app.log'],
    refused: true,
  },
  {
    name: 'a function',
    given: USE,
    code: 'SELECT app.one()',
    missing: ['EXECUTE on app.one()'],
    refused: true,
  },
  {
    name: 'a procedure',
    given: USE,
    code: 'CALL app.work()',
    missing: ['EXECUTE on app.work()'],
    refused: true,
  },
  {
    name: 'a function in a schema that the role may not use',
    given: 'GRANT EXECUTE ON FUNCTION app.one() TO ROLE;',
    code: 'SELECT app.one()',
    missing: ['USAGE on schema app'],
    refused: true,
  },
  {
    name: 'one of two functions of a name may be the one that is called',
    given: `${USE} GRANT EXECUTE ON FUNCTION app.two(int) TO ROLE;`,
    code: 'SELECT app.two(1)',
    missing: [],
    refused: false,
  },
  {
    name: 'both of two functions of a name',
    given: USE,
    code: 'SELECT app.two(1)',
    missing: ['EXECUTE on app.two(integer)', 'EXECUTE on app.two(text)'],
    refused: true,
  },
  {
    name: 'PostgreSQL’s own functions',
    code: "SELECT now(), count(*), upper('x'), pg_sleep(0)",
    missing: [],
    refused: false,
  },
  {
    name: 'one of PostgreSQL’s own functions that is not for everybody',
    code: 'SELECT pg_stat_reset()',
    missing: ['EXECUTE on pg_stat_reset()'],
    refused: true,
  },
  {
    name: 'one of PostgreSQL’s own tables that is not for everybody',
    code: 'SELECT rolname FROM pg_authid',
    missing: ['SELECT on pg_authid'],
    refused: true,
  },
  {
    name: 'a name without a schema, by the search_path',
    code: 'SELECT * FROM plain',
    missing: ['SELECT on public.plain'],
    refused: true,
  },
  {
    name: 'a name without a schema, in the first schema of the path that has it',
    given: `${USE} GRANT SELECT ON public.plain TO ROLE; CREATE TABLE app.plain (id int);`,
    path: ['app', 'public'],
    code: 'SELECT * FROM plain',
    missing: ['SELECT on app.plain'],
    refused: true,
  },
  {
    name: 'a name behind a search_path of the step’s own is not looked for',
    code: 'SET LOCAL search_path = pg_catalog; SELECT count(*) FROM pg_class',
    missing: [],
    refused: false,
  },
  {
    name: 'what does not exist is the step’s own matter',
    given: USE,
    code: 'SELECT 1 FROM pg_class WHERE false AND to_regclass($$app.nothing$$) IS NULL',
    missing: [],
    refused: false,
  },
  {
    name: 'what the step makes itself',
    given: 'GRANT CREATE ON SCHEMA public TO ROLE;',
    code: 'CREATE TABLE public.own (id int); INSERT INTO public.own VALUES (1); SELECT * FROM own; DROP TABLE own',
    missing: [],
    refused: false,
  },
  {
    name: 'a table that the step makes, in a schema where the role may not',
    given: USE,
    code: 'CREATE TABLE app.own (id int)',
    missing: ['CREATE on schema app'],
    refused: true,
  },
  {
    name: 'a table without a schema goes into the first one of the path',
    given: USE,
    path: ['app', 'public'],
    code: 'CREATE TABLE own AS SELECT 1 AS n',
    missing: ['CREATE on schema app'],
    refused: true,
  },
  {
    name: 'CREATE DATABASE',
    code: 'CREATE DATABASE another',
    missing: ['the attribute CREATEDB'],
    refused: true,
  },
  {
    name: 'CREATE ROLE',
    code: 'CREATE ROLE another_role',
    missing: ['the attribute CREATEROLE'],
    refused: true,
  },
  {
    name: 'a file of the server',
    code: "COPY (SELECT 1) TO '/dev/null'",
    missing: ['membership in pg_write_server_files'],
    refused: true,
  },
  {
    name: 'a program of the server',
    code: "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'",
    missing: ['membership in pg_execute_server_program'],
    refused: true,
  },
  {
    name: 'a statement in a DO block',
    given: USE,
    code: 'DO $$ BEGIN DELETE FROM app.log; END $$',
    missing: ['DELETE on app.log'],
    refused: true,
  },
];

const runsInTransaction = (code: string): boolean => !/CREATE DATABASE/.test(code);

/** Whether the server refuses it to the role for want of a right. */
async function isRefused(
  client: pg.Client,
  role: string,
  code: string,
  path: readonly string[],
): Promise<boolean> {
  await client.query(`SET ROLE ${role}; SET search_path = ${path.join(', ')}`);
  try {
    if (runsInTransaction(code)) await client.query(`BEGIN; ${code}; ROLLBACK`);
    else await client.query(code);
    return false;
  } catch (error) {
    await client.query('ROLLBACK');
    assert.equal((error as pg.DatabaseError).code, '42501', (error as Error).message);
    return true;
  } finally {
    await client.query('RESET ROLE; SET search_path = pg_catalog');
  }
}

async function missingFor(
  client: pg.Client,
  role: string,
  objects: readonly UsedObject[],
  path: readonly string[],
  formerRole: string | null = 'agent',
): Promise<readonly MissingRight[]> {
  const needed = new NeededObjects();
  needed.add({ jobId: 3, stepId: 7, stepName: 'clean' }, objects);
  return findMissingRights(client, { role, path, formerRole }, needed);
}

/** A database of the objects above, and a role that has what is given. */
async function prepared(server: Server, given: string): Promise<{ client: pg.Client; role: string }> {
  const database = `rights_${++databases}`;
  const role = `scheduler_${databases}`;
  await server.run('postgres', `CREATE ROLE ${role} LOGIN`);
  await server.createDatabase(database, 'TEMPLATE base');
  const client = await server.connect(database);
  await client.query(given.replaceAll('ROLE', role));
  await client.query('SET search_path = pg_catalog');
  return { client, role };
}

describe('the server refuses what is told to be missing, and takes it once that is mended', () => {
  for (const { name, given = '', code, missing, refused, path = ['public'] } of CASES) {
    test(name, async () => {
      for (const server of servers) {
        const { client, role } = await prepared(server, given);
        const objects = rightsOfStep(code);
        const found = await missingFor(client, role, objects, path, null);
        assert.deepEqual(found.map(({ what }) => what).sort(), [...missing].sort(), server.distribution);
        assert.equal(await isRefused(client, role, code, path), refused, server.distribution);
        if (missing.length > 0) {
          await client.query(found.map(({ mend }) => mend).join('\n'));
          assert.deepEqual(await missingFor(client, role, objects, path, null), [], server.distribution);
          assert.equal(await isRefused(client, role, code, path), false, server.distribution);
        }
        await client.end();
      }
    });
  }
});

describe('what cannot be told is not told', () => {
  const CANNOT: readonly (readonly [name: string, code: string])[] = [
    ['the rights of another role, behind SET ROLE', 'SET ROLE agent; DELETE FROM app.log; RESET ROLE'],
    ['a name in a path of the step’s own', 'SET search_path = app; DELETE FROM plain'],
    [
      'a name in a path that a function sets',
      "SELECT set_config('search_path', 'app', true); DELETE FROM plain",
    ],
    ['text that is no SQL', 'DELETE app.log FROM'],
    [
      'text that is put together at run time',
      "DO $$ DECLARE t text := 'app.log'; BEGIN EXECUTE 'DELETE FROM ' || t; END $$",
    ],
  ];
  for (const [name, code] of CANNOT) {
    test(name, async () => {
      const { client, role } = await prepared(embedded, '');
      assert.deepEqual(await missingFor(client, role, rightsOfStep(code), ['public']), []);
      await client.end();
    });
  }
});

test('a superuser lacks nothing, whatever attributes it is written down without', async () => {
  const { client, role } = await prepared(embedded, 'ALTER USER ROLE SUPERUSER NOCREATEDB NOBYPASSRLS');
  const objects = rightsOfStep('DELETE FROM app.log; SELECT * FROM app.private; CREATE DATABASE x');
  for (const former of ['agent', null])
    assert.deepEqual(await missingFor(client, role, objects, ['public'], former), []);
  await client.end();
});

test('what the former role lacked too is not told: such a step failed before', async () => {
  const { client, role } = await prepared(embedded, USE);
  const objects = rightsOfStep('SELECT * FROM pg_authid, app.log');
  const found = await missingFor(client, role, objects, ['public']);
  assert.deepEqual(
    found.map(({ what }) => what),
    ['SELECT on app.log'],
  );
  await client.end();
});

test('row-level security that hides rows from the one role and not from the other is told, and mended', async () => {
  const { client, role } = await prepared(embedded, `${USE} GRANT SELECT ON app.private TO ROLE;`);
  const objects = rightsOfStep('SELECT * FROM app.private');
  const rows = async (): Promise<number | null> => {
    await client.query(`SET ROLE ${role}`);
    const { rowCount } = await client.query('SELECT * FROM app.private');
    await client.query('RESET ROLE');
    return rowCount;
  };
  const [found, ...others] = await missingFor(client, role, objects, ['public']);
  assert.equal(others.length, 0);
  assert.match(found?.what ?? '', /^the row-level security of app\.private/);
  assert.equal(await rows(), 0);
  await client.query(found?.mend ?? '');
  assert.equal(await rows(), 1);
  assert.deepEqual(await missingFor(client, role, objects, ['public']), []);
  // Of another server's former role it is not known what it saw.
  await client.query(`ALTER ROLE ${role} NOBYPASSRLS`);
  assert.deepEqual(await missingFor(client, role, objects, ['public'], null), []);
  await client.end();
});

test('where a superuser is the owner, no membership in its role is proposed', async () => {
  for (const server of servers) {
    const { client, role } = await prepared(server, `${USE} CREATE TABLE app.of_super (id int);`);
    const objects = rightsOfStep('ALTER TABLE app.of_super ADD x int; VACUUM');
    const found = await missingFor(client, role, objects, ['public'], null);
    const database = `rights_${databases}`;
    assert.deepEqual(
      found.map(({ what, mend }) => [what, mend]),
      [
        [
          'ownership of app.of_super',
          server.major >= 17
            ? `GRANT MAINTAIN ON TABLE app.of_super TO "${role}";`
            : `ALTER TABLE app.of_super OWNER TO "${role}";`,
        ],
        [`ownership of the database ${database}`, `ALTER DATABASE ${database} OWNER TO "${role}";`],
      ],
      server.distribution,
    );
    await client.end();
  }
});

test('who may maintain a table may be all that VACUUM needs, since PostgreSQL 17', async () => {
  assert.ok(embedded.major >= 17);
  const { client, role } = await prepared(embedded, `${USE} GRANT MAINTAIN ON app.log TO ROLE;`);
  assert.deepEqual(await missingFor(client, role, rightsOfStep('VACUUM app.log'), ['public']), []);
  await client.end();
});

test('each right is told once, with the first three of the steps that need it', async () => {
  const { client, role } = await prepared(embedded, USE);
  const needed = new NeededObjects();
  const step = (stepId: number): { jobId: number; stepId: number; stepName: string } => ({
    jobId: 1,
    stepId,
    stepName: `s${stepId}`,
  });
  for (const stepId of [1, 2, 3, 4])
    needed.add(step(stepId), rightsOfStep('SELECT * FROM app.log; SELECT 1 FROM app.log'));
  needed.add(step(5), rightsOfStep('INSERT INTO app.kept DEFAULT VALUES'));
  const found = await findMissingRights(client, { role, path: ['public'], formerRole: null }, needed);
  assert.deepEqual(found, [
    {
      what: 'SELECT on app.log',
      mend: `GRANT SELECT ON TABLE app.log TO "${role}";`,
      steps: [step(1), step(2), step(3)],
      hasMoreSteps: true,
    },
    {
      what: 'INSERT on app.kept',
      mend: `GRANT INSERT ON TABLE app.kept TO "${role}";`,
      steps: [step(5)],
      hasMoreSteps: false,
    },
  ]);
  await client.end();
});

test('of a hundred thousand tables ten thousand are kept, and asked for in seconds', async () => {
  const { client, role } = await prepared(embedded, USE);
  const needed = new NeededObjects();
  for (let index = 0; index < 100_000; index += 1) {
    const object: UsedObject = { kind: 'relation', schema: null, name: `t${index}`, rights: ['SELECT'] };
    needed.add({ jobId: index, stepId: index, stepName: 's' }, [object]);
  }
  assert.equal(needed.all().length, 10_000);
  const begun = Date.now();
  assert.deepEqual(await findMissingRights(client, { role, path: ['public'], formerRole: null }, needed), []);
  assert.ok(Date.now() - begun < 10_000, `${Date.now() - begun} ms`);
  await client.end();
});

describe('in a run', () => {
  const RUN = `
    CREATE SCHEMA app AUTHORIZATION agent;
    CREATE TABLE app.log (at timestamptz);
    ALTER TABLE app.log OWNER TO agent`;
  let database: string;
  before(async () => {
    database = 'rights_run';
    await embedded.createDatabase(database);
    await createStandInPgAgent(embedded, database);
    await createTimetable(embedded, database);
    await embedded.run(database, `${RUN}; CREATE ROLE runner LOGIN; CREATE ROLE boss SUPERUSER LOGIN`);
    await insertJob(embedded, database, {
      name: 'nightly',
      steps: [
        { name: 'clean', code: "DELETE FROM app.log WHERE at < now() - interval '1 year'" },
        { name: 'disabled', code: 'TRUNCATE app.log', enabled: false },
        { name: 'elsewhere', code: 'TRUNCATE app.log', conninfo: 'host=db2 user=app dbname=x' },
        { name: 'batch', kind: 'b', code: 'psql -c "TRUNCATE app.log"' },
      ],
    });
  });

  const run = (...options: string[]): ReturnType<typeof pga2timetable> =>
    pga2timetable(['-s', embedded.uri(database), '--dry-run', ...options], { COLUMNS: '1000' });

  test('a warning lists what the enabled local SQL steps need, and the statements that mend it', async () => {
    const { code, stderr } = await run('--source-role', 'agent', '--target-role', 'runner');
    assert.equal(code, 0);
    assert.match(
      stderr,
      /warning missing-rights\n {2}local SQL steps ran as "agent" and will run as "runner"/,
    );
    assert.match(stderr, /DELETE, SELECT on app\.log \(job 1 step 1 "clean"\)/);
    assert.match(stderr, /GRANT DELETE, SELECT ON TABLE app\.log TO "runner";/);
    assert.match(stderr, /GRANT USAGE ON SCHEMA app TO "runner";/);
    assert.doesNotMatch(stderr, /TRUNCATE on/);
  });

  for (const roles of [
    ['--source-role', 'agent', '--target-role', 'agent'],
    ['--source-role', 'agent', '--target-role', 'boss'],
    [],
  ]) {
    test(`nothing is missing for ${roles.join(' ') || 'the one role of the run'}`, async () => {
      assert.doesNotMatch((await run(...roles)).stderr, /missing-rights/);
    });
  }

  test('a role that begins as another one has the rights of that', async () => {
    await embedded.run(
      database,
      'CREATE ROLE acting LOGIN; GRANT agent TO acting; ALTER ROLE acting SET role = agent',
    );
    const { stderr } = await run('--source-role', 'agent', '--target-role', 'acting');
    assert.doesNotMatch(stderr, /missing-rights/);
    await embedded.run(database, 'ALTER ROLE acting SET role = runner');
    assert.match(
      (await run('--source-role', 'agent', '--target-role', 'acting')).stderr,
      /will run as "runner"/,
    );
  });

  describe('with both schedulers connected', () => {
    const opened: pg.Client[] = [];
    before(async () => {
      await embedded.run(
        database,
        `GRANT USAGE ON SCHEMA pgagent, timetable TO agent, runner;
         GRANT INSERT ON pgagent.pga_jobagent TO agent; GRANT INSERT ON timetable.active_session TO runner`,
      );
      await connectAs(
        'agent',
        "INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'db1')",
      );
      await connectAs('runner', CLIENT);
    });
    after(async () => {
      await Promise.all(opened.map((client) => client.end()));
    });

    const CLIENT =
      "INSERT INTO timetable.active_session (client_pid, server_pid, client_name) VALUES (1, pg_backend_pid(), 'main')";

    async function connectAs(role: string, statement: string): Promise<void> {
      const client = new pg.Client({
        connectionString: embedded.uri(database).replace('postgres@', `${role}@`),
      });
      await client.connect();
      opened.push(client);
      await client.query(statement);
    }

    async function told(...options: string[]): Promise<string> {
      const { stdout, stderr } = await run('--verbose', ...options);
      return stdout + stderr;
    }

    test('the plan is for the roles as which they are connected', async () => {
      const text = await told();
      assert.match(text, /local SQL steps ran as "agent" and will run as "runner"/);
      assert.match(text, /pgAgent is connected as "agent", and the plan is for this role\./);
      assert.match(text, /pg_timetable is connected as "runner", and the plan is for this role\./);
    });

    test('roles that are named count, and the plan warns of the others', async () => {
      const text = await told('--source-role', 'boss', '--target-role', 'boss');
      assert.doesNotMatch(text, /missing-rights/);
      assert.match(text, /pgAgent is connected as "agent", and the plan is for "boss".*--source-role agent/s);
      assert.match(
        text,
        /pg_timetable is connected as "runner", and the plan is for "boss".*--target-role runner/s,
      );
    });

    test('clients of several roles leave the role to the user', async () => {
      await embedded.run(database, 'GRANT INSERT ON timetable.active_session TO agent');
      await connectAs('agent', CLIENT.replace('main', 'other'));
      const text = await told();
      assert.match(text, /pg_timetable is connected as "agent", "runner", and the plan is for "postgres"/);
    });
  });

  for (const [option, side] of [
    ['--target-role', 'target'],
    ['--source-role', 'source'],
  ] as const) {
    test(`${option} that names no role is a usage error`, async () => {
      const { code, stderr } = await run(option, 'nobody_here', '--source-time-zone', 'UTC');
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`${option} nobody_here: the ${side} has no such role`));
    });
  }
});
