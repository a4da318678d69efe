import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { lastScreenOf } from '../cli/readme-screen.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent } from '../pgagent/insert-job.ts';
import { insertsOf } from '../pgagent/inserts.ts';
import { plausibleJobs } from '../pgagent/plausible-jobs.ts';
import { agentProgram, createPgAgent } from '../pgagent/real.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';
import { onTerminal, screenOf } from './pseudo-terminal.ts';

const { rows, truth } = plausibleJobs(300);
const COUNTS = '300 jobs: 220 unchanged (20 paused), 60 to decide, 10 stay, 10 not scheduled';
/** A dry run with jobs that stay. */
const LEFT_OUT = 6;
/** A check of them. */
const DIFFERS = 5;

let server: Server;
const dryRun = (): string[] => ['--dry-run', '-s', server.uri('app'), '--no-color', '--no-progress'];

before(async () => {
  const isReal = agentProgram() !== null && debian15() !== null;
  server = await startServer(isReal ? 'debian-15' : 'embedded');
  await server.createDatabase('app');
  await (isReal ? createPgAgent : createStandInPgAgent)(server, 'app');
  await createTimetable(server, 'app');
  await server.run('app', insertsOf(rows, 'app'));
});
after(() => server.stop());

test('the jobs are what the counts below say', () => {
  const { decisions, ...counts } = truth;
  assert.deepEqual(counts, {
    unchanged: 220,
    paused: 20,
    decide: 60,
    stay: 10,
    notScheduled: 10,
  });
  assert.deepEqual(decisions, { 'overlapping-schedules': 40, 'shared-session': 20 });
});

for (const columns of [60, 80, 100, 120, 200])
  test(`the plan of 300 jobs of pgAgent on a terminal of ${columns} columns`, async () => {
    const { code, output } = await onTerminal(dryRun(), { columns });
    assert.equal(code, LEFT_OUT, output.slice(-2_000));
    const screen = screenOf(output, columns);
    if (columns >= 100) assert.ok(screen.length - 1 <= 120, `${screen.length} lines\n${output}`);
    const text = screen.join('\n');
    assert.ok(text.replaceAll(/\n(?! )/g, ' ').includes(COUNTS), text);
    assert.match(text, /^ {2}40 jobs run twice in shared minutes -> --overlap exact/m);
    assert.match(text, /^ {2}20 jobs need .* -> --transaction JOB=joined/m);
    assert.equal(text.match(/^ {2}job \d+ ".* -> --step-conninfo/gm)?.length, truth.stay);
    assert.match(text, /^Next: npx pga2timetable --source /m);
    assert.match(text, /^320 chains\. To list them: --verbose\./m);
  });

test('the same in a pipe, with every chain', async () => {
  const { code, stdout } = await pga2timetable(dryRun(), { COLUMNS: '80' });
  assert.equal(code, LEFT_OUT);
  const lines = stdout.split('\n');
  assert.ok(lines.includes(COUNTS), stdout.slice(-3_000));
  assert.match(stdout, /^ {2}40 jobs run twice in shared minutes -> --overlap exact/m);
  assert.equal(lines.filter((line) => /^\d+ {2,}\S.* (?:yes|no) +\d+$/.test(line)).length, 320 + 10);
});

test('the picture of the README has the last screen of these jobs (npm run usage)', async () => {
  const svg = readFileSync(new URL('../../docs/images/last-screen.svg', import.meta.url), 'utf8');
  const shown = [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, line = '']) =>
    line
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
  const screen = stripVTControlCharacters(await lastScreenOf(server))
    .trimEnd()
    .split('\n');
  // The first line names the version of the schema, which a stand-in has not.
  assert.deepEqual(shown.slice(1), screen.slice(1));
});

test('once they are migrated a screen says what was written, what to watch and what comes next', async () => {
  const { code, output } = await onTerminal([...dryRun().slice(1), '--yes']);
  assert.equal(code, LEFT_OUT);
  const screen = screenOf(output, 100);
  const text = screen.join('\n');
  assert.match(text, /^Written: 320 chains with \d+ tasks$/m);
  assert.ok(text.includes(COUNTS.replace('to decide', 'to watch')), text);
  assert.match(
    text,
    /^The run as a whole\n {2}Jobs stay enabled in pgAgent.*\nWatch\n {2}40 jobs run twice/m,
  );
  assert.match(text, /^Next: npx pga2timetable verify --source /m);
  assert.doesNotMatch(text, /^(?:warning|info) [a-z-]+/m);
  assert.ok(screen.length <= 60, text);
  const { rows: found } = await server.run('app', 'SELECT count(*)::int AS n FROM timetable.chain');
  assert.deepEqual(found, [{ n: 320 }]);
});

test('then every job that moved starts when it did', async () => {
  const { code, stdout } = await pga2timetable([
    ...['verify', '--format', 'json', '--without-client', '-s', server.uri('app')],
  ]);
  const { unchanged, paused, decide, stay, notScheduled } = truth;
  assert.deepEqual(JSON.parse(stdout).summary, {
    jobs: 300,
    equal: unchanged - paused + decide,
    paused: 0,
    different: stay,
    idle: paused + notScheduled,
  });
  assert.equal(code, DIFFERS);
});
