import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable, type TimetableVersion } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const SAMPLE = readFileSync(new URL('../../fixtures/jobs/sample.sql', import.meta.url), 'utf8');

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;
/** A database with both schemas. */
async function bothSchemas(version: TimetableVersion = '7.0.0'): Promise<string> {
  const name = `both_${++databases}`;
  await server.createDatabase(name);
  await createStandInPgAgent(server, name);
  await createTimetable(server, name, version);
  return name;
}

async function rows(database: string, sql: string): Promise<unknown[]> {
  return (await server.run(database, sql)).rows;
}

async function countOfChains(database: string): Promise<number> {
  return Number(
    ((await rows(database, 'SELECT count(*) AS n FROM timetable.chain')) as { n: string }[])[0]?.n,
  );
}

const stepConninfo = (): string[] => ['--step-conninfo', `host=127.0.0.1 port=${server.port} user=postgres`];

test('the job of the published article comes out right, in the rows of the target', async () => {
  const database = await bothSchemas();
  await server.run(database, SAMPLE);
  const { code } = await pga2timetable(['-s', server.uri(database), ...stepConninfo()]);
  assert.equal(code, 0);
  assert.deepEqual(
    await rows(
      database,
      `SELECT chain_name, run_at, client_name, live, max_instances FROM timetable.chain WHERE client_name = 'node1' ORDER BY 1`,
    ),
    [
      {
        chain_name: 'Download locations and aggregate @ every min',
        run_at: '* * * * *',
        client_name: 'node1',
        live: true,
        max_instances: 1,
      },
      {
        chain_name: 'Download locations and aggregate @ run download',
        run_at: '0,5 * * * 1-5',
        client_name: 'node1',
        live: true,
        max_instances: 1,
      },
      {
        chain_name: 'Download locations and aggregate @ test schedule',
        run_at: '2 3,6 4 4 0',
        client_name: 'node1',
        live: true,
        max_instances: 1,
      },
    ],
  );
  const tasks = await rows(
    database,
    `SELECT task_order AS o, task_name AS name, kind, command, database_connection AS connection, ignore_error AS ignored,
            autonomous, t.live, (SELECT json_agg(value ORDER BY order_id) FROM timetable.parameter p WHERE p.task_id = t.task_id) AS parameters
       FROM timetable.task t JOIN timetable.chain USING (chain_id)
      WHERE chain_name LIKE '% @ every min' ORDER BY task_order`,
  );
  const other = `host=127.0.0.1 port=${server.port} user=postgres dbname=archive`;
  const local = { connection: null, ignored: false, live: true, parameters: null };
  const [lock, ...steps] = tasks as { command: string }[];
  const { command, ...rest } = lock ?? { command: '' };
  assert.deepEqual(rest, { o: 1, name: 'one run at a time', kind: 'SQL', ...local, autonomous: false });
  assert.match(command, /pg_try_advisory_xact_lock/);
  assert.deepEqual(steps, [
    {
      o: 10,
      name: '1 - truncate',
      kind: 'SQL',
      command: "DELETE FROM public.demo_log WHERE what = 'location'",
      ...local,
      autonomous: true,
    },
    {
      o: 20,
      name: '2 - download',
      kind: 'PROGRAM',
      command: 'sh',
      ...local,
      autonomous: false,
      parameters: [['-c', 'set -e\necho "downloading"\necho done']],
    },
    {
      o: 30,
      name: '3 - old download',
      kind: 'PROGRAM',
      command: 'sh',
      ...local,
      autonomous: false,
      live: false,
      parameters: [['-c', 'curl https://example.com/locations.csv']],
    },
    {
      o: 40,
      name: '4 - archive',
      kind: 'SQL',
      command: "SELECT 'archived'",
      ...local,
      connection: other,
      autonomous: false,
    },
    {
      o: 50,
      name: '5 - aggregate',
      kind: 'SQL',
      command: "INSERT INTO public.demo_log (what) VALUES ('location')",
      ...local,
      ignored: true,
      autonomous: true,
    },
  ]);
});

test('a dry run writes nothing and ends with the code of the run', async () => {
  const database = await bothSchemas();
  await server.run(database, SAMPLE);
  const { code, stdout } = await pga2timetable(['-s', server.uri(database), '--dry-run']);
  assert.equal(code, 6);
  assert.match(stdout, /^2 +Nightly clean-up @ at night +30 2 \* \* \* +\(every\) +yes +3$/m);
  assert.match(stdout, /Nothing was written\.\n$/);
  assert.equal(await countOfChains(database), 0);
});

test('the JSON is one document of the published shape, with the ids of the target once written', async () => {
  const database = await bothSchemas();
  await server.run(database, SAMPLE);
  const planned = await pga2timetable(['-s', server.uri(database), '--dry-run', '--format', 'json']);
  const plan = planSchema.parse(JSON.parse(planned.stdout));
  assert.equal(plan.summary.written, false);
  assert.deepEqual(
    plan.jobs.map(({ moved }) => moved),
    ['none', 'whole', 'whole', 'whole', 'none'],
  );
  const written = planSchema.parse(
    JSON.parse((await pga2timetable(['-s', server.uri(database), '--format', 'json'])).stdout),
  );
  const ids = written.jobs.flatMap(({ chains }) =>
    chains.map(({ chainId, chainName }) => ({ id: String(chainId), name: chainName })),
  );
  assert.deepEqual(
    ids,
    await rows(database, 'SELECT chain_id AS id, chain_name AS name FROM timetable.chain ORDER BY chain_id'),
  );
  const taskIds = written.jobs.flatMap(({ chains }) =>
    chains.flatMap(({ tasks }) =>
      tasks.map(({ taskId, taskName }) => ({ id: String(taskId), name: taskName })),
    ),
  );
  assert.deepEqual(
    taskIds,
    await rows(database, 'SELECT task_id AS id, task_name AS name FROM timetable.task ORDER BY task_id'),
  );
  assert.equal(written.summary.written, true);
  const withoutIds = JSON.parse(
    JSON.stringify(written.jobs, (name, value) =>
      name === 'chainId' || name === 'taskId' ? undefined : value,
    ),
  );
  // A run that writes knows nothing of what would be with another option.
  const { jobs } = JSON.parse(
    JSON.stringify(plan, (name, value) => (name === 'withStepConninfo' ? undefined : value)),
  );
  assert.deepEqual(withoutIds, jobs);
  assert.deepEqual(
    plan.jobs.map(({ withStepConninfo }) => withStepConninfo !== undefined),
    [true, false, false, false, false],
  );
});

test('source and target may be different servers', async () => {
  const other = await startServer('embedded');
  try {
    const database = await bothSchemas();
    await insertJob(server, database, { name: 'far', steps: [{ name: 'a', code: 'SELECT 1' }] });
    await other.createDatabase('scheduler');
    await createTimetable(other, 'scheduler');
    const sides = ['--source', server.conninfo(database), '--target', other.uri('scheduler')];
    const refused = await pga2timetable(sides);
    assert.equal(refused.code, 6, 'a database of that name on the other server is not the step’s');
    assert.match(refused.stdout, /^ {2}job 1 "far": .* -> --step-conninfo /m);
    const { code } = await pga2timetable([...sides, ...stepConninfo()]);
    assert.equal(code, 0);
    assert.deepEqual(
      (
        await other.run(
          'scheduler',
          'SELECT database_connection AS c, autonomous AS a FROM timetable.task ORDER BY task_order',
        )
      ).rows,
      [
        { c: null, a: false },
        { c: `host=127.0.0.1 port=${server.port} user=postgres dbname=${database}`, a: false },
      ],
    );
  } finally {
    other.stop();
  }
});

for (const version of ['4.9.0', '5.0.0', '5.13.0', '6.3.0'] as const) {
  test(`a target of ${version} gets the chains; a disabled step, which it cannot hold, is left out and named`, async () => {
    const database = await bothSchemas(version);
    await insertJob(server, database, {
      name: 'old',
      steps: [
        { name: 'a', code: 'SELECT 1' },
        { name: 'b', code: 'SELECT 2', enabled: false },
      ],
    });
    const { code, stderr } = await pga2timetable(['-s', server.uri(database), '--verbose']);
    assert.equal(code, 0);
    assert.match(stderr, /^info disabled-step-left-out$/m);
    assert.equal(/info [\s\S]*unrecorded-target/.test(stderr), version === '4.9.0' || version === '5.0.0');
    assert.equal(/warning old-target/.test(stderr), version === '4.9.0' || version === '5.0.0');
    assert.deepEqual(
      await rows(
        database,
        'SELECT task_name AS name, task_order AS o FROM timetable.task ORDER BY task_order',
      ),
      [
        { name: 'release snapshot', o: 1 },
        { name: 'a', o: 10 },
      ],
    );
  });
}

test('steps keep the order of the source’s collation', async () => {
  // ICU's English order puts "a" before "B"; by code points "B" comes first.
  const database = 'collated';
  await server.createDatabase(
    database,
    "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'",
  );
  await createStandInPgAgent(server, database);
  await createTimetable(server, database);
  await insertJob(server, database, {
    name: 'sorted',
    steps: ['B', 'a', '10', '9'].map((name) => ({ name, code: `SELECT '${name}'` })),
  });
  await pga2timetable(['-s', server.uri(database)]);
  assert.deepEqual(
    (
      await rows(
        database,
        'SELECT task_name AS name FROM timetable.task WHERE task_order >= 10 ORDER BY task_order',
      )
    ).map((row) => (row as { name: string }).name),
    ['10', '9', 'a', 'B'],
  );
});

test('two schedules of one name get their ids, whether both are selected or not', async () => {
  const database = await bothSchemas();
  const step = [{ name: 'a', code: 'SELECT 1' }];
  const first = await insertJob(server, database, {
    name: 'twin',
    schedules: [{ name: 'daily' }],
    steps: step,
  });
  await insertJob(server, database, { name: 'twin', schedules: [{ name: 'daily' }], steps: step });
  const names = async (...args: string[]): Promise<string[]> =>
    planSchema
      .parse(
        JSON.parse(
          (await pga2timetable(['-s', server.uri(database), '--dry-run', '--format', 'json', ...args]))
            .stdout,
        ),
      )
      .jobs.flatMap(({ chains }) => chains.map(({ chainName }) => chainName));
  assert.deepEqual(await names(), ['twin @ daily #1', 'twin @ daily #2']);
  assert.deepEqual(await names('--job', String(first)), ['twin @ daily #1']);
  assert.equal((await pga2timetable(['-s', server.uri(database)])).code, 0);
});

test('--job and --exclude-job take ids and globs, and --exclude-job wins', async () => {
  const database = await bothSchemas();
  for (const name of ['pay salaries', 'pay taxes', 'back up (1)', '*'])
    await insertJob(server, database, { name, steps: [{ name: 'a', code: 'SELECT 1' }] });
  const selected = async (...args: string[]): Promise<string[]> =>
    JSON.parse(
      (await pga2timetable(['-s', server.uri(database), '--dry-run', '--format', 'json', ...args])).stdout,
    ).jobs.map(({ jobName }: { jobName: string }) => jobName);
  assert.deepEqual(await selected('--job', 'pay *'), ['pay salaries', 'pay taxes']);
  assert.deepEqual(await selected('--job', '1', '--job', 'back up (?)'), ['pay salaries', 'back up (1)']);
  assert.deepEqual(await selected('--exclude-job', 'pay *', '--exclude-job', '4'), ['back up (1)']);
  assert.deepEqual(await selected('--job', 'pay *', '--exclude-job', '*taxes'), ['pay salaries']);
});

test('--partial takes what can move of a job and still ends with 6', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, {
    name: 'half',
    schedules: [{ name: 'nightly', hours: [2], minutes: [0] }],
    steps: [
      { name: 'a', code: 'SELECT 1' },
      { name: 'b', code: 'DELETE FROM pgagent.pga_joblog' },
    ],
  });
  assert.equal((await pga2timetable(['-s', server.uri(database)])).code, 6);
  assert.equal(await countOfChains(database), 0);
  const { code, stdout } = await pga2timetable(['-s', server.uri(database), '--partial']);
  assert.equal(code, 6);
  assert.match(stdout, /step "b" is not carried over/);
  assert.deepEqual(
    await rows(
      database,
      'SELECT chain_name, run_at, array_agg(task_name ORDER BY task_order) AS tasks FROM timetable.chain JOIN timetable.task USING (chain_id) GROUP BY 1, 2',
    ),
    [{ chain_name: 'half @ nightly', run_at: '0 2 * * *', tasks: ['release snapshot', 'a'] }],
  );
});

test('--paused creates every chain with live = false; --client-name renames hosts', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'anywhere', steps: [{ name: 'a', code: 'SELECT 1' }] });
  await insertJob(server, database, { name: 'there', host: 'db1', steps: [{ name: 'a', code: 'SELECT 1' }] });
  await insertJob(server, database, {
    name: 'elsewhere',
    host: 'db2',
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  const { code } = await pga2timetable([
    '-s',
    server.uri(database),
    '--paused',
    '--client-name',
    '=main',
    '--client-name',
    'db1=worker=1',
  ]);
  assert.equal(code, 0);
  assert.deepEqual(
    await rows(
      database,
      'SELECT chain_name AS name, live, client_name AS client FROM timetable.chain ORDER BY chain_id',
    ),
    [
      { name: 'anywhere @ schedule 1', live: false, client: 'main' },
      { name: 'there @ schedule 1', live: false, client: 'worker=1' },
      { name: 'elsewhere @ schedule 1', live: false, client: 'db2' },
    ],
  );
});

test('a job for any host has NULL as client_name, never the empty text that matches no client', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'anywhere', steps: [{ name: 'a', code: 'SELECT 1' }] });
  await pga2timetable(['-s', server.uri(database)]);
  assert.deepEqual(await rows(database, 'SELECT client_name AS c FROM timetable.chain'), [{ c: null }]);
});

test('where the target knows two clients, a job for any host is a warning, and --strict stops the run', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'anywhere', steps: [{ name: 'a', code: 'SELECT 1' }] });
  await server.run(
    database,
    `INSERT INTO timetable.active_session (client_pid, server_pid, client_name) VALUES (1, 1, 'w1'), (2, 2, 'w2')`,
  );
  const strict = await pga2timetable(['-s', server.uri(database), '--strict']);
  assert.equal(strict.code, 3);
  assert.match(strict.stderr, /warning any-host-several-clients\n[\s\S]*w1, w2/);
  assert.equal(await countOfChains(database), 0);
  assert.equal((await pga2timetable(['-s', server.uri(database), '--dry-run', '--strict'])).code, 3);
  assert.equal((await pga2timetable(['-s', server.uri(database)])).code, 0);
  assert.equal(await countOfChains(database), 1);
});

test('where the plan names two clients, a job for any host is a warning before the first run, and no cutover', async () => {
  const database = await bothSchemas();
  const steps = [{ name: 'a', code: 'SELECT 1' }];
  const source = server.uri(database);
  const cutover = ['-s', source, '--disable-source', '--without-client'];
  const isDry = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await pga2timetable([...cutover, '--dry-run', ...args]);
    return `${code} ${stderr}`;
  };
  await insertJob(server, database, { name: 'anywhere', steps });
  await insertJob(server, database, { name: 'one', host: 'h1', steps });
  assert.match(await isDry(), /^0 [\s\S]*info [\s\S]*^ {2}any-host$/m);
  await insertJob(server, database, { name: 'two', host: 'h2', steps });
  const warning = /warning any-host-several-clients\n[\s\S]*2 clients: h1, w2/;
  const renamed = ['--client-name', 'h2=w2'];
  assert.match((await pga2timetable(['-s', source, '--dry-run', ...renamed])).stderr, warning);
  const refused = await pga2timetable([...cutover, ...renamed]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, warning);
  assert.match(refused.stderr, /1 job of any host would run on several clients.*\n.*--client-name =NAME/);
  assert.equal(await countOfChains(database), 0);
  assert.match(await isDry(...renamed), /^3 /);
  assert.match(await isDry('--exclude-job', 'anywhere'), /^0 /);
  assert.match(await isDry('--client-name', '=h1'), /^0 /);
  assert.match(await isDry('--client-name', 'h2=h1'), /^0 /, 'two hosts, one client');
  assert.match(await isDry('--every-client'), /^0 [\s\S]*info [\s\S]*^ {2}any-host$/m);
  assert.match(await isDry('--every-client', '--client-name', '=h1'), /^2 /);
});

test('where the two sides read different wall clocks, nothing is written', async () => {
  const source = await bothSchemas();
  const target = await bothSchemas();
  await insertJob(server, source, {
    name: 'nine',
    steps: [{ name: 'a', code: 'SELECT 1', database: target }],
  });
  await server.run(target, `ALTER DATABASE ${target} SET TimeZone = 'Europe/Berlin'`);
  const args = ['-s', server.uri(source), '-t', server.uri(target)];
  const { code, stderr } = await pga2timetable(args);
  assert.equal(code, 3);
  assert.match(stderr, /error time-zone-differs\n/);
  assert.equal(await countOfChains(target), 0);
  await server.run(target, `ALTER DATABASE ${target} SET TimeZone = 'Etc/Zulu'`);
  assert.equal((await pga2timetable(args)).code, 0, 'UTC by another name');
});

test('names arrive exactly, however nasty, and are shown harmlessly', async () => {
  const database = await bothSchemas();
  const nasty = [
    "Robert'); DROP TABLE x;--",
    'two\nlines\tand "quotes"',
    '\u001b[31mred\u001b[0m',
    '\u009b2Jc1',
    '夜间备份 👩‍💻',
    '\u202Eabc',
    '$1 %s \\n {{x}}',
    '$$',
  ];
  for (const name of nasty)
    await insertJob(server, database, {
      name,
      schedules: [{ name }],
      steps: [{ name, code: `SELECT '${name.replaceAll("'", "''")}'` }],
    });
  const dry = await pga2timetable(['-s', server.uri(database), '--dry-run', '--verbose']);
  assert.equal(dry.code, 0);
  const json = await pga2timetable(['-s', server.uri(database), '--format', 'json']);
  assert.equal(json.code, 0);
  for (const shown of [dry.stdout, dry.stderr, json.stdout, json.stderr])
    assert.doesNotMatch(shown, /[^\P{Cc}\n]|[\u202a-\u202e]/u);
  assert.deepEqual(
    JSON.parse(json.stdout).jobs.map(({ jobName }: { jobName: string }) => jobName),
    nasty,
  );
  assert.deepEqual(
    await rows(
      database,
      'SELECT chain_name AS chain, task_name AS task, command FROM timetable.chain JOIN timetable.task USING (chain_id) WHERE task_order = 10 ORDER BY chain_id',
    ),
    nasty.map((name) => ({
      chain: `${name} @ ${name}`,
      task: name,
      command: `SELECT '${name.replaceAll("'", "''")}'`,
    })),
  );
});

test('a password is stored as it is and shown nowhere', async () => {
  const database = await bothSchemas();
  const secret = 'S3cr3t-of-the-house';
  await insertJob(server, database, {
    name: 'secretive',
    steps: [
      { name: 'a', code: 'SELECT 1', conninfo: `host=db1 user=me dbname=app password=${secret}` },
      {
        name: 'b',
        kind: 'b',
        code: `PGPASSWORD='${secret}' pg_dump app; psql postgresql://me:${secret}@db1/app`,
      },
      { name: 'c', code: `ALTER ROLE me PASSWORD '${secret}'` },
    ],
  });
  for (const args of [['--dry-run', '--verbose'], ['--dry-run', '--format', 'json'], ['--verbose']]) {
    const { stdout, stderr, code } = await pga2timetable(['-s', server.uri(database), ...args]);
    assert.equal(code, 0);
    assert.equal(`${stdout}${stderr}`.includes(secret), false, args.join(' '));
    if (!args.includes('json')) assert.match(stderr, /warning stored-password/);
  }
  const stored = JSON.stringify(
    await rows(
      database,
      'SELECT command, database_connection, value FROM timetable.task LEFT JOIN timetable.parameter USING (task_id)',
    ),
  );
  assert.equal(stored.split(secret).length - 1, 4);
});

test('a pgAgent that is connected stops live chains, not paused ones', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'twice?', steps: [{ name: 'a', code: 'SELECT 1' }] });
  const agent = await server.connect(database);
  await agent.query(
    `INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'db1.example')`,
  );
  const refused = await pga2timetable(['-s', server.uri(database)]);
  assert.equal(refused.code, 3);
  assert.match(
    refused.stderr,
    /A pgAgent is connected to the source, on "db1\.example"[\s\S]*stop the agent first, or use --paused/,
  );
  assert.equal(await countOfChains(database), 0);
  assert.equal((await pga2timetable(['-s', server.uri(database), '--dry-run'])).code, 3);
  assert.equal((await pga2timetable(['-s', server.uri(database), '--dry-run', '--paused'])).code, 0);
  await agent.end();
  assert.equal(
    (await pga2timetable(['-s', server.uri(database)])).code,
    0,
    'the row that an agent leaves behind is no agent',
  );
});

test('--quiet leaves only errors on standard error', async () => {
  const database = await bothSchemas();
  await server.run(database, SAMPLE);
  const { stderr } = await pga2timetable(['-s', server.uri(database), '--dry-run', '--quiet']);
  assert.match(stderr, /^\nerror step-needs-conninfo/);
  assert.doesNotMatch(stderr, /^(?:info|warning) /m);
  assert.equal(
    (await pga2timetable(['-s', server.uri(database), '--dry-run', '--quiet', '--job', 'Nightly*'])).stderr,
    '',
  );
});

test('a database without jobs is no failure', async () => {
  const database = await bothSchemas();
  const { code, stdout } = await pga2timetable(['-s', server.uri(database)]);
  assert.equal(code, 0);
  assert.match(stdout, /No chain to write\.\n\n?0 jobs: 0 moved/);
  const json = await pga2timetable(['-s', server.uri(database), '--format', 'json']);
  assert.deepEqual(planSchema.parse(JSON.parse(json.stdout)).jobs, []);
});

test('a second run finds its chains there as planned, and changes nothing', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'once', steps: [{ name: 'a', code: 'SELECT 1' }] });
  assert.equal((await pga2timetable(['-s', server.uri(database)])).code, 0);
  const again = await pga2timetable(['-s', server.uri(database)]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /1 job there already, as planned\. Nothing was written\.\n$/);
  assert.equal(await countOfChains(database), 1);
});

test('a chain of the same name that somebody else made: exit 4, named, nothing written', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'once', steps: [{ name: 'a', code: 'SELECT 1' }] });
  await server.run(
    database,
    "INSERT INTO timetable.chain (chain_name, run_at) VALUES ('once @ schedule 1', '* * * * *')",
  );
  const refused = await pga2timetable(['-s', server.uri(database)]);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /job 1 "once": "once @ schedule 1" is a chain that this tool did not make/);
  assert.equal(await countOfChains(database), 1);
  assert.equal((await pga2timetable(['-s', server.uri(database), '--dry-run'])).code, 4);
});

test('two runs at the same time: one writes, the other says so', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'race', steps: [{ name: 'a', code: 'SELECT 1' }] });
  const other = await server.connect(database);
  await other.query('BEGIN');
  await other.query('SELECT pg_advisory_xact_lock(7377262311872209)');
  const { code, stderr } = await pga2timetable(['-s', server.uri(database)]);
  await other.end();
  assert.equal(code, 1);
  assert.match(stderr, /Another pga2timetable is writing/);
  assert.equal(await countOfChains(database), 0);
});

test('a hostile search_path of the role changes nothing', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, { name: 'plain', steps: [{ name: 'a', code: 'SELECT 1' }] });
  await server.run(
    database,
    `CREATE SCHEMA evil;
     CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''1999-01-01''::timestamptz';
     CREATE FUNCTION evil.never(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
     CREATE OPERATOR evil.= (LEFTARG = int, RIGHTARG = int, FUNCTION = evil.never);
     ALTER DATABASE ${database} SET search_path = evil, pg_catalog`,
  );
  assert.equal((await pga2timetable(['-s', server.uri(database)])).code, 0);
  assert.equal(await countOfChains(database), 1);
});

test('COPY ... FROM STDIN in a step, and pgAgent’s tables in a script, are warnings', async () => {
  const database = await bothSchemas();
  await insertJob(server, database, {
    name: 'old habits',
    steps: [
      { name: 'load', code: "SET x.y = 'z';\ncopy t (a, b)\n  FROM STDIN WITH CSV" },
      { name: 'purge', kind: 'b', code: 'psql -c "DELETE FROM pgagent.pga_joblog WHERE true"' },
      { name: 'fine', code: "COPY t FROM '/tmp/x'; SELECT 'from stdin'" },
    ],
  });
  const { stderr } = await pga2timetable(['-s', server.uri(database), '--dry-run']);
  assert.match(stderr, /warning copy-from-stdin\n {2}job 1 "old habits", step 1 "load" has COPY/);
  assert.match(stderr, /warning pgagent-in-script\n {2}job 1 "old habits", step 2 "purge" seems/);
});
