import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pga2timetable, type Result, start } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const HBA =
  'local all all trust\nhost all guarded 127.0.0.1/32 scram-sha-256\nhost all barred 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 trust\n';

let server: Server;
before(async () => {
  server = await startServer('embedded', {}, HBA);
  await server.run(
    'postgres',
    "CREATE ROLE guarded LOGIN PASSWORD 'right'; CREATE ROLE barred LOGIN; CREATE ROLE plain LOGIN",
  );
});
after(() => server.stop());

let databases = 0;
async function database(...schemas: ('pgagent' | 'timetable')[]): Promise<string> {
  const name = `bad_${++databases}`;
  await server.createDatabase(name);
  if (schemas.includes('pgagent')) {
    await createStandInPgAgent(server, name);
    await insertJob(server, name, { name: 'a job', steps: [{ name: 'a', code: 'SELECT 1' }] });
  }
  if (schemas.includes('timetable')) await createTimetable(server, name);
  return name;
}

async function chains(name: string): Promise<number> {
  return (await server.run(name, 'SELECT count(*)::int AS n FROM timetable.chain')).rows[0].n;
}

/** One or two plain lines, no stack trace, the exit code. */
function assertPlain({ code, stdout, stderr }: Result, expectedCode: number, message: RegExp): void {
  assert.match(stderr, message);
  assert.equal(code, expectedCode, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^pga2timetable: [^\n]+\n {2}[^\n]+\n$/);
  assert.doesNotMatch(stderr, /\n +at |node:|\.ts:|\.js:/);
}

test('no server there', async () => {
  assertPlain(
    await pga2timetable(['-s', 'host=127.0.0.1 port=1 user=me dbname=app']),
    1,
    /Cannot connect to the source \(127\.0\.0\.1:1, database "app", user "me"\): no server listens there/,
  );
  assertPlain(await pga2timetable(['-s', 'host=/no/such/folder']), 1, /there is no such Unix socket/);
  assertPlain(
    await pga2timetable(['-s', 'postgresql://nobody.invalid/app']),
    1,
    /there is no such host|cannot be looked up/,
  );
});

test('a target that is not there is called the target', async () => {
  const name = await database('pgagent');
  assertPlain(
    await pga2timetable(['-s', server.uri(name), '-t', 'host=127.0.0.1 port=1']),
    1,
    /Cannot connect to the target/,
  );
});

test('a wrong password, and none, and a user who may not come in', async () => {
  const uri = server.uri('postgres', 'guarded');
  const wrong = await pga2timetable(['-s', uri.replace('guarded@', 'guarded:wrongpassword@')]);
  assertPlain(wrong, 1, /the password is wrong/);
  assert.doesNotMatch(wrong.stderr, /wrongpassword/);
  const verbose = await pga2timetable(['-s', uri.replace('guarded@', 'guarded:wrongpassword@'), '--verbose']);
  assert.doesNotMatch(verbose.stderr, /wrongpassword/);
  assert.match(verbose.stderr, /\n +at /, '--verbose shows where an error comes from');
  assertPlain(
    await pga2timetable(['-s', uri], { HOME: '/nonexistent' }),
    1,
    /the server asks for a password/,
  );
  assertPlain(await pga2timetable(['-s', server.uri('postgres', 'barred')]), 1, /does not let this user in/);
  assertPlain(await pga2timetable(['-s', server.uri('no such', 'plain')]), 1, /there is no such database/);
});

test('the environment names the source as it does for psql', async () => {
  const name = await database('pgagent', 'timetable');
  const env = {
    PGHOST: server.socketDirectory,
    PGPORT: String(server.port),
    PGUSER: 'postgres',
    PGDATABASE: name,
  };
  assert.equal((await pga2timetable(['--dry-run'], env)).code, 0);
  assertPlain(await pga2timetable(['--dry-run'], { ...env, PGDATABASE: 'no such' }), 1, /database "no such"/);
  assertPlain(await pga2timetable(['--dry-run'], { ...env, PGSERVICE: 'x' }), 2, /PGSERVICE/);
});

test('no schema pgagent here; the databases of the server that have one are named', async () => {
  const holder = await database('pgagent');
  const name = await database('timetable');
  const result = await pga2timetable(['-s', server.uri(name)]);
  assertPlain(result, 1, new RegExp(`The database "${name}" has no schema pgagent`));
  assert.match(result.stderr, new RegExp(`pgAgent is in [^\n]*"${holder}"`));
});

test('no schema pgagent on the whole server', async () => {
  const empty = await startServer('embedded');
  try {
    assertPlain(
      await pga2timetable(['-s', empty.uri('postgres')]),
      1,
      /"postgres" has no schema pgagent\.\n[\s\S]*Name the database/,
    );
  } finally {
    empty.stop();
  }
});

test('a schema pgagent that DROP EXTENSION left empty; one table is enough for a schema that is too old', async () => {
  const name = await database('timetable');
  await server.run(name, 'CREATE SCHEMA pgagent; CREATE TABLE pgagent.other (jobid int)');
  const result = await pga2timetable(['-s', server.uri(name)]);
  assertPlain(result, 1, /schema pgagent in the database [^\n]* has none of pgAgent's tables\./);
  assert.doesNotMatch(result.stderr, new RegExp(`pgAgent is in [^\n]*"${name}"`));
  await server.run(name, 'CREATE TABLE pgagent.pga_job (jobid int)');
  assertPlain(
    await pga2timetable(['-s', server.uri(name)]),
    1,
    /older than 3\.4: it has no pga_job\.jobjclid/,
  );
});

test('a schema older than 3.4', async () => {
  const name = await database('pgagent', 'timetable');
  await server.run(name, 'ALTER TABLE pgagent.pga_jobstep DROP COLUMN jstconnstr');
  assertPlain(
    await pga2timetable(['-s', server.uri(name)]),
    1,
    /older than 3\.4: it has no pga_jobstep\.jstconnstr\.[\s\S]*ALTER EXTENSION pgagent UPDATE/,
  );
});

test('no schema timetable: the message says which command of pg_timetable makes it', async () => {
  const name = await database('pgagent');
  assertPlain(
    await pga2timetable(['-s', server.uri(name)]),
    1,
    /has no schema timetable\.\n[\s\S]*pg_timetable --init/,
  );
});

test('a target of schema 4.0', async () => {
  const name = await database('pgagent');
  await createTimetable(server, name, '4.0.0');
  assertPlain(await pga2timetable(['-s', server.uri(name)]), 1, /pg_timetable 4\.0[\s\S]*--upgrade/);
});

test('no right to read, naming the table', async () => {
  const name = await database('pgagent', 'timetable');
  const asPlain = ['-s', server.uri(name, 'plain')];
  assertPlain(await pga2timetable(asPlain), 1, /"plain" may not use the schema pgagent/);
  await server.run(
    name,
    'GRANT USAGE ON SCHEMA pgagent TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO plain; REVOKE SELECT ON pgagent.pga_jobstep FROM plain',
  );
  assertPlain(await pga2timetable(asPlain), 1, /"plain" may not read pgagent\.pga_jobstep\.\n[\s\S]*GRANT/);
});

test('no right to write, naming the tables', async () => {
  const name = await database('pgagent', 'timetable');
  await server.run(
    name,
    `GRANT USAGE ON SCHEMA pgagent, timetable TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent, timetable TO plain;
    GRANT INSERT ON timetable.chain, timetable.task TO plain; GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO plain; REVOKE SELECT ON timetable.task FROM plain`,
  );
  const { code, stderr } = await pga2timetable(['-s', server.uri(name, 'plain')]);
  assert.equal(code, 3);
  assert.match(
    stderr,
    /The user "plain" lacks on the target: SELECT on timetable\.task, INSERT on timetable\.parameter\./,
  );
  assert.equal(await chains(name), 0);
  await server.run(
    name,
    'GRANT SELECT ON timetable.task TO plain; GRANT INSERT ON timetable.parameter TO plain; CREATE SCHEMA pga2timetable AUTHORIZATION plain',
  );
  assert.equal(
    (await pga2timetable(['-s', server.uri(name, 'plain')])).code,
    0,
    'these rights are all that a run needs',
  );
  await server.run(name, 'REVOKE USAGE ON SCHEMA timetable FROM plain');
  const outside = await pga2timetable(['-s', server.uri(name, 'plain')]);
  assert.equal(outside.code, 3);
  assert.match(outside.stderr, /USAGE on schema timetable/);
});

test('a target in recovery', async () => {
  const name = await database('pgagent', 'timetable');
  const replica = await startServer('embedded');
  try {
    await replica.createDatabase('replica');
    await createTimetable(replica, 'replica');
    replica.stop();
    writeFileSync(join(replica.dataDirectory, 'standby.signal'), '');
    replica.start();
    const { code, stderr } = await pga2timetable([
      '-s',
      server.uri(name),
      '-t',
      replica.uri('replica'),
      '--step-conninfo',
      'host=a user=b',
    ]);
    assert.equal(code, 3);
    assert.match(stderr, /The target is in recovery \(a replica\)/);
  } finally {
    replica.stop();
  }
});

const CORRUPTIONS: readonly (readonly [what: string, sql: string, message: RegExp])[] = [
  [
    '59 minutes',
    'UPDATE pgagent.pga_schedule SET jscminutes = array_fill(false, ARRAY[59])',
    /Row 1 of pgagent\.pga_schedule, of job 1, cannot be read: jscminutes has not 60 elements/,
  ],
  [
    'a NULL among the hours',
    'UPDATE pgagent.pga_schedule SET jschours[3] = NULL',
    /jschours is no plain list/,
  ],
  [
    'an array that begins at 0',
    "UPDATE pgagent.pga_schedule SET jscweekdays = '[0:6]={f,f,f,f,f,f,f}'",
    /jscweekdays is no plain list/,
  ],
  [
    'two dimensions',
    'UPDATE pgagent.pga_schedule SET jscmonths = array_fill(false, ARRAY[12, 2])',
    /jscmonths is no plain list/,
  ],
  ['an empty array', "UPDATE pgagent.pga_schedule SET jscmonthdays = '{}'", /jscmonthdays is no plain list/],
  [
    'an unknown kind of step',
    "UPDATE pgagent.pga_jobstep SET jstkind = 'x'",
    /Row 1 of pgagent\.pga_jobstep, of job 1, cannot be read: jstkind is neither s nor b/,
  ],
  [
    'an unknown way to deal with errors',
    "UPDATE pgagent.pga_jobstep SET jstonerror = 'q'",
    /jstonerror is none of f, s and i/,
  ],
  [
    'a step that names no database',
    "UPDATE pgagent.pga_jobstep SET jstdbname = ''",
    /jstdbname and jstconnstr are both empty/,
  ],
];
for (const [what, sql, message] of CORRUPTIONS) {
  test(`a row that the checks of an old schema let through: ${what}`, async () => {
    const name = await database('pgagent', 'timetable');
    await insertJob(server, name, { name: 'healthy', steps: [{ name: 'a', code: 'SELECT 1' }] });
    await server.run(
      name,
      `
      DO $$ DECLARE c record; BEGIN
        FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'pgagent'::regnamespace
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$;`,
    );
    await server.run(name, `${sql} WHERE ${sql.includes('jobstep') ? 'jstjobid' : 'jscjobid'} = 1`);
    assertPlain(await pga2timetable(['-s', server.uri(name)]), 1, message);
    assert.equal(await chains(name), 0);
    assert.equal(
      (await pga2timetable(['-s', server.uri(name), '--exclude-job', '1'])).code,
      0,
      'and --exclude-job leaves it out, as the message says',
    );
  });
}

const USAGE: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['--dryrun'], /Unknown argument: dryrun\.\n {2}Did you mean --dry-run\?/],
  [['--exlude-job', '1'], /Did you mean --exclude-job\?/],
  [['--overlap', 'excat'], /--overlap takes keep or exact/],
  [['--schedules', 'now'], /--schedules takes pending, active or all/],
  [['--last-day', 'yes'], /--last-day takes keep or honor/],
  [['--on-conflict', 'leave'], /--on-conflict takes error, skip or replace/],
  [['--wait', '5 parsecs'], /--wait is "5 parsecs": it takes a time of at most a day/],
  [['--wait', '25h'], /--wait is "25h": it takes a time of at most a day/],
  [['redo'], /Unknown (?:command|argument): redo/],
  [['--format', 'xml'], /--format takes table, json, sql, yaml, html or markdown/],
  [['--format', 'json', '--format', 'table'], /--format is given more than once/],
  [['--shell', 'fish'], /--shell is "fish": it takes sh, bash/],
  [['--shell', ''], /--shell is empty/],
  [['--shell', 'sh', '--shell', 'bash'], /--shell is given more than once/],
  [['--shell', 'a=sh', '--shell', 'a=cmd'], /--shell names the host "a" twice/],
  [['--shell', 'a=fish'], /--shell is "a=fish"/],
  [['--shell', 'bash -l'], /--shell is "bash -l"/],
  [['--shell', '"/opt/my tools/sh" -c'], /--shell is/],
  [['--transaction', 'joined'], /--transaction is "joined": it takes step, chain, JOB=chain or JOB=joined/],
  [['--transaction', 'a=b'], /--transaction is "a=b"/],
  [['--transaction', 'step', '--transaction', 'chain'], /--transaction is given more than once/],
  [['--transaction', 'a=chain', '--transaction', 'a=step'], /--transaction names the job "a" twice/],
  [['--client-name', 'node1'], /--client-name is "node1": it takes HOST=NAME or =NAME/],
  [['--client-name', 'a=b', '--client-name', 'a=c'], /names the host "a" twice/],
  [['--step-conninfo', 'host=a dbname=b'], /has a dbname/],
  [['--step-conninfo', 'user=a'], /has no host/],
  [['--step-conninfo', 'host=a'], /has no user/],
  [['--step-conninfo', 'host=a password'], /is no connection string/],
  [['--source', 'what is this'], /--source is no connection string/],
  [['--source', 'postgresql://a:b@c:port/d'], /port that is no number/],
  [['--source', 'host=a,b'], /names several hosts/],
  [['--source', 'host=a colour=red'], /has "colour" in it/],
  [['--source', 'host=a sslmode=maybe'], /an sslmode that does not exist/],
  [['--source'], /--source needs a value/],
  [['--dry-run=yes'], /--dry-run takes no value/],
  [['--dry-run', 'false'], /--dry-run takes no value/],
  [['--paused=true'], /--paused takes no value/],
  [['--', '--dry-run'], /Unknown argument: --dry-run/],
  [['migrate', '--', '--dry-run'], /Unknown argument: --dry-run/],
  [['--step-conninfo', "host='' user=a"], /has no host/],
  [['--step-conninfo', 'host=a user=b sslmode=foo'], /sslmode does not exist/],
  [['--step-conninfo', 'host=a user=b colour=red'], /libpq does not know "colour"/],
  [['--client-name', 'a=b '], /begins or ends with a blank/],
  [['--source', 'postgresql://me:a@b@db1/app'], /write %40 for @/],
  [['--source', 'host=a port=99999'], /a port that does not exist/],
  [['--quiet', '--verbose'], /contradict/],
];
for (const [args, message] of USAGE) {
  test(`usage: ${args.join(' ')}`, async () => assertPlain(await pga2timetable(args), 2, message));
}

test('jobs and hosts that are not there', async () => {
  const name = await database('pgagent', 'timetable');
  const source = ['-s', server.uri(name)];
  assertPlain(await pga2timetable([...source, '--job', '99']), 2, /--job 99: no job has that id/);
  assertPlain(await pga2timetable([...source, '--job', 'A JOB']), 2, /--job .A JOB.: no job has that name/);
  assertPlain(
    await pga2timetable([...source, '--exclude-job', 'salaries*']),
    2,
    /--exclude-job .salaries\*.: no job has that name/,
  );
  assertPlain(
    await pga2timetable([...source, '--client-name', 'node1=w']),
    2,
    /no job is for the host "node1"/,
  );
  assertPlain(
    await pga2timetable([...source, '--shell', 'node1=cmd']),
    2,
    /--shell node1=cmd: no job is for the host "node1"/,
  );
  assertPlain(
    await pga2timetable([...source, '--transaction', 'salaries*=joined']),
    2,
    /--transaction .salaries\*.: no job has that name/,
  );
  assert.equal(await chains(name), 0);
});

test('a source without jobs is no mistake in an option: a loop over databases goes on', async () => {
  const name = await database('timetable');
  await createStandInPgAgent(server, name);
  const options = [
    ...['--client-name', 'node1=w', '--client-name', '=w', '--shell', 'node1=cmd'],
    ...['--transaction', 'a=joined', '--exclude-job', 'b'],
  ];
  for (const more of [['--dry-run'], []]) {
    const { code, stderr } = await pga2timetable(['-s', server.uri(name), ...options, ...more]);
    assert.equal(code, 0, stderr);
  }
  const undone = await pga2timetable(['undo', '-s', server.uri(name), '--exclude-job', 'b']);
  assert.equal(undone.code, 0, undone.stderr);
  assertPlain(
    await pga2timetable(['-s', server.uri(name), '--job', 'b']),
    2,
    /--job b: no job has that name/,
  );
});

test('a host with a blank stands in quotes', async () => {
  const name = await database('pgagent', 'timetable');
  assertPlain(
    await pga2timetable(['-s', server.uri(name), '--client-name', 'my host=w']),
    2,
    /--client-name 'my host=w': no job is for the host "my host"/,
  );
});

test('a selection that leaves no job', async () => {
  const name = await database('pgagent', 'timetable');
  assertPlain(await pga2timetable(['-s', server.uri(name), '--exclude-job', '*']), 2, /leave no job/);
});

test('a target whose sessions are read-only: the dry run ends as the run', async () => {
  const name = await database('pgagent', 'timetable');
  await server.run(name, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  for (const args of [[], ['--dry-run']]) {
    const { code, stderr } = await pga2timetable(['-s', server.uri(name), ...args]);
    assert.equal(code, 3);
    assert.match(stderr, /The target is read-only for the user "postgres"/);
  }
});

test('Ctrl-C while a server does not answer: 130 at once', async () => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { child, result } = start(['-s', `host=127.0.0.1 port=${port} connect_timeout=0`]);
  await once(silent, 'connection');
  child.kill('SIGINT');
  const { code, stderr } = await result;
  assert.equal(code, 130);
  assert.match(stderr, /interrupted\. Nothing was written/);
  silent.close();
});

test('a standard error that cannot be written changes nothing about the run', async () => {
  const name = await database('pgagent', 'timetable');
  const { child, result } = start(['-s', server.uri(name)]);
  child.stderr?.destroy();
  assert.equal((await result).code, 0);
  assert.equal(await chains(name), 1);
  await server.run(name, "UPDATE timetable.chain SET run_at = '0 0 1 1 *'");
  const conflict = start(['-s', server.uri(name)]);
  conflict.child.stderr?.destroy();
  assert.equal((await conflict.result).code, 4);
});

test('--help and --version need no server', async () => {
  const help = await pga2timetable(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--step-conninfo/);
  const version = await pga2timetable(['--version']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

/** A database in whose target the first task inserted waits for a minute. */
async function slowTarget(): Promise<string> {
  const name = await database('pgagent', 'timetable');
  await server.run(
    name,
    `
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
    CREATE TRIGGER slow BEFORE INSERT ON timetable.task FOR EACH ROW EXECUTE FUNCTION slow()`,
  );
  return name;
}

async function untilWriting(name: string): Promise<void> {
  await until(async () => {
    const { rows } = await server.run(
      name,
      `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}' AND wait_event = 'PgSleep' AND application_name = 'pga2timetable'`,
    );
    return rows.length === 1;
  });
}

test('Ctrl-C in the middle of the write: 130, nothing written', async () => {
  const name = await slowTarget();
  const { child, result } = start(['-s', server.uri(name), '--quiet']);
  await untilWriting(name);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await result;
  assert.equal(code, 130);
  assert.equal(stdout, '');
  assert.match(stderr, /^pga2timetable: interrupted\. Nothing was written\.\n$/);
  await server.run(
    name,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '${name}'`,
  );
  assert.equal(await chains(name), 0);
});

test('an agent that starts during the write stops it: 3, nothing written', async () => {
  const name = await database('pgagent', 'timetable');
  await server.run(
    name,
    `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END';
     CREATE TRIGGER slow BEFORE INSERT ON timetable.chain FOR EACH ROW EXECUTE FUNCTION slow()`,
  );
  const { result } = start(['-s', server.uri(name)]);
  await untilWriting(name);
  const agent = await server.connect(name);
  await agent.query(`INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'db1')`);
  const { code, stderr } = await result;
  await agent.end();
  assert.equal(code, 3);
  assert.match(stderr, /A pgAgent is connected to the source, on "db1"/);
  assert.equal(await chains(name), 0);
});

test('a target that dies in the middle of the write: 1, nothing written', async () => {
  const name = await slowTarget();
  const { result } = start(['-s', server.uri(name), '--quiet']);
  await untilWriting(name);
  server.stop('immediate');
  assertPlain(await result, 1, /The connection to the target was lost\. Nothing was written\./);
  server.start();
  assert.equal(await chains(name), 0);
});

test('a backend that an administrator ends in the middle of the write: 1, nothing written', async () => {
  const name = await slowTarget();
  const { result } = start(['-s', server.uri(name), '--quiet']);
  await untilWriting(name);
  await server.run(
    name,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '${name}'`,
  );
  assertPlain(await result, 1, /The connection to the target was lost: terminating connection due to admin/);
  assert.equal(await chains(name), 0);
});

test('what the target refuses is told in its own words', async () => {
  const name = await database('pgagent', 'timetable');
  await server.run(name, 'ALTER TABLE timetable.chain ADD CONSTRAINT house_rule CHECK (max_instances > 1)');
  assertPlain(
    await pga2timetable(['-s', server.uri(name), '--quiet']),
    1,
    /The target refused: [^\n]*house_rule[^\n]*Nothing was written/,
  );
  await server.run(
    name,
    `CREATE RULE swallow AS ON INSERT TO timetable.task DO INSTEAD NOTHING; ALTER TABLE timetable.chain DROP CONSTRAINT house_rule`,
  );
  assert.equal((await pga2timetable(['-s', server.uri(name)])).code, 1);
  assert.equal(await chains(name), 0);
});

test('a standard output that closes in the middle is no error of a dry run, and undoes no migration', async () => {
  const name = await database('pgagent', 'timetable');
  await server.run(
    name,
    `
    INSERT INTO pgagent.pga_job (jobid, jobjclid, jobname) SELECT n, 1, 'many ' || n FROM generate_series(1000, 6000) n;
    INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart) SELECT n, 's', '2020-01-01' FROM generate_series(1000, 6000) n`,
  );
  for (const args of [['--dry-run'], ['--dry-run', '--format', 'json'], []]) {
    const { child, result } = start(['-s', server.uri(name), '--quiet', ...args]);
    if (child.stdout) await once(child.stdout, 'data');
    child.stdout?.destroy();
    const { code, stderr } = await result;
    assert.equal(code, 0, args.join(' '));
    assert.equal(stderr, '');
  }
  assert.equal(await chains(name), 5002);
});
