import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { FORMATS } from '../../src/session/settings.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { findProgram } from '../engine/engine.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

let databases = 0;

/** pgAgent with two jobs, beside which pg_timetable has not made its schema. */
async function place(): Promise<string> {
  const name = `app_${++databases}`;
  await server.createDatabase(name);
  await createStandInPgAgent(server, name);
  const schedules = [{ name: 'nightly', hours: [2], minutes: [0] }];
  await insertJob(server, name, { name: 'any', schedules, steps: [{ name: 'a', code: 'SELECT 1' }] });
  await insertJob(server, name, {
    ...{ name: 'part', host: 'h1', schedules },
    steps: [
      { name: 'a', code: 'SELECT 1' },
      { name: 'b', code: 'SELECT 2', enabled: false },
    ],
  });
  return name;
}

const run = (name: string, ...args: readonly string[]): Promise<Result> =>
  pga2timetable([...args, '-s', server.uri(name)]);
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

test('a dry run plans for pg_timetable 7.0.0, shows the command that makes the schema, and ends with 3', async () => {
  const name = await place();
  const { code, stdout, stderr } = await run(name, '--dry-run');
  assert.equal(code, 3, stderr);
  assert.match(stdout, /^any +any +|any @ nightly/m);
  const screen = stdout.slice(stdout.lastIndexOf('\npgAgent 4') + 1).split('\n');
  assert.match(screen[0] ?? '', /^pgAgent .* -> pg_timetable 7\.0\.0 \(no schema yet\) in "app_1" on /);
  const [next = ''] = screen.filter((line) => line.startsWith('Next'));
  assert.match(
    next,
    new RegExp(
      `^Next: pg_timetable --init --clientname=any --connstr 'host=\\S+ port=\\d+ dbname=${name} user=\\w+'$`,
    ),
  );
  const [then = ''] = screen.filter((line) => line.startsWith('Then'));
  assert.equal(then, `Then: npx pga2timetable --source ${server.uri(name)} --dry-run`);
  assert.match(
    inOneLine(stderr),
    /A run would stop here: The target database "app_1" has no schema timetable\. This is a plan for pg_timetable 7\.0\.0\. Create the schema: pg_timetable --init /,
  );
  assert.equal((await server.run(name, "SELECT to_regnamespace('timetable') AS it")).rows[0]?.it, null);
});

test('the plan is that of a target with the schema, and the command makes one', async () => {
  const name = await place();
  const chainsOf = ({ stdout }: Result): unknown =>
    (JSON.parse(stdout) as { jobs: { chains: unknown }[] }).jobs.map(({ chains }) => chains);
  const without = await run(name, '--dry-run', '--format', 'json');
  assert.equal(without.code, 3, without.stderr);
  const program = findProgram();
  const [, command = ''] = /^Next: (pg_timetable --init .*)$/m.exec(without.stderr) ?? [];
  if (program === null) await createTimetable(server, name);
  else execFileSync('sh', ['-c', command.replace('pg_timetable', program)], { stdio: 'pipe' });
  const beside = await run(name, '--dry-run', '--format', 'json');
  assert.equal(beside.code, 0, beside.stderr);
  assert.deepEqual(chainsOf(without), chainsOf(beside));
  assert.equal((chainsOf(without) as unknown[]).length, 2);
});

test('every format says that the schema is not there', async () => {
  const name = await place();
  for (const format of FORMATS) {
    const { code, stdout, stderr } = await run(name, '--dry-run', '--format', format);
    assert.equal(code, 3, `${format}: ${stderr}`);
    assert.match(inOneLine(stdout), /7\.0\.0 \(no schema yet\)/, format);
    assert.match(
      format === 'table' ? stdout : stderr,
      /^(?:Next|To create the schema here): pg_timetable --init /m,
      format,
    );
  }
});

test('a run that writes, verify and undo fail as they are', async () => {
  const name = await place();
  for (const args of [['migrate'], ['verify'], ['undo'], ['undo', '--dry-run']]) {
    const { code, stderr } = await run(name, ...args);
    assert.equal(code, 1, args.join(' '));
    assert.match(stderr, /^pga2timetable: The target database "app_\d+" has no schema timetable\.\n/m);
    // What an earlier run wrote is in no schema that is yet to be made.
    assert.equal(stderr.includes('--init'), args[0] === 'migrate', stderr);
  }
});

test('a forgotten --target: each command names the database that has the schema', async () => {
  const name = await place();
  await server.createDatabase('scheduler');
  await createTimetable(server, 'scheduler');
  try {
    const there =
      /pg_timetable is in (?:"app_\d+", )*"scheduler" on this server: name it by --target "dbname=\.\.\."\./;
    for (const args of [['migrate'], ['migrate', '--dry-run'], ['verify'], ['undo']]) {
      const { stderr } = await run(name, ...args);
      assert.match(inOneLine(stderr), there, args.join(' '));
    }
    const { stdout } = await run(name, '--dry-run');
    assert.match(stdout, /^To create the schema here: pg_timetable --init /m);
  } finally {
    await server.run('postgres', 'DROP DATABASE scheduler');
  }
});

test('a schema timetable without the tables of pg_timetable is not taken for one that is not there', async () => {
  const name = await place();
  await server.run(name, 'CREATE SCHEMA timetable');
  assert.equal((await run(name, '--dry-run')).code, 1);
});
