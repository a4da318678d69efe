import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-needs-'));
before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('app');
  await createStandInPgAgent(server, 'app');
  await createTimetable(server, 'app');
  // Job 1 moves; jobs 2 and 3 need --step-conninfo, and a step of job 3 holds a password besides.
  await insertJob(server, 'app', {
    name: 'here',
    schedules: [{ minutes: [15], hours: [3] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await insertJob(server, 'app', {
    name: 'far',
    schedules: [{ name: 'daily', minutes: [0], hours: [2] }],
    steps: [{ name: 'a', code: 'VACUUM orders', database: 'archive' }],
  });
  await insertJob(server, 'app', {
    name: 'both',
    schedules: [{ name: 'hourly', hours: [4] }],
    steps: [
      { name: 'a', code: 'SELECT 1', database: 'archive' },
      { name: 'b', code: 'SELECT 1', conninfo: 'host=db2 user=me password=hunter2 dbname=x' },
    ],
  });
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

const dry = (...more: string[]) => pga2timetable(['-s', server.uri('app'), '--dry-run', ...more]);
const chains = async (): Promise<readonly string[]> =>
  (await server.run('app', 'SELECT chain_name FROM timetable.chain ORDER BY 1')).rows.map(
    ({ chain_name }) => chain_name,
  );

test('table: chains of their own, marked, and exit code 6', async () => {
  const { code, stdout, stderr } = await dry('--verbose', '--exclude-job', '3');
  assert.equal(code, 6, stderr);
  const [written = '', section = ''] = stdout.split('\nneeds --step-conninfo');
  assert.match(written, /^1 +here @ schedule 1 +15 3 \* \* \*/m);
  assert.doesNotMatch(written, /far @ daily/);
  assert.match(section, /^; not written\n/);
  assert.match(section, /^2 +far @ daily +0 2 \* \* \*/m);
  assert.match(section, /VACUUM orders/);
  assert.match(section, /job 2 "far": needs --step-conninfo, so it stays on pgAgent/);
  assert.match(stdout, /2 jobs: 1 to move, 0 not scheduled, 1 left out\. 1 chain \(1 live\)/);
});

test('table: what warns of chains that are not written yet is said, what is good to know of them is not', async () => {
  const { stdout, stderr } = await dry('--job', '3');
  assert.match(stdout, /^No chain to write\.\n/m);
  assert.match(stderr, /^warning never-ran$/m);
  assert.doesNotMatch(stderr + stdout, /every-minute-of-the-hour/);
});

test('json: a member of their own', async () => {
  const { code, stdout } = await dry('--format', 'json');
  assert.equal(code, 6);
  const { jobs, summary } = planSchema.parse(JSON.parse(stdout));
  assert.deepEqual(
    jobs.map(({ chains, withStepConninfo }) => [chains.length, withStepConninfo?.chains.length]),
    [
      [1, undefined],
      [0, 1],
      [0, 1],
    ],
  );
  assert.deepEqual(
    jobs[2]?.withStepConninfo?.chains[0]?.tasks.map(({ databaseConnection }) => databaseConnection),
    [null, 'host=... user=... dbname=archive', 'host=db2 user=me password=***** dbname=x'],
  );
  assert.equal(summary.chains, 1);
  assert.doesNotMatch(stdout, /hunter2/);
});

test('html: their chains with the mark in place of "live"', async () => {
  const { stdout } = await dry('--format', 'html');
  assert.match(
    stdout,
    /<bdi>far @ daily<\/bdi>.*<span class="rests">needs --step-conninfo: not written<\/span>/,
  );
  assert.match(stdout, /<span id="shown">1 chain in 3 jobs<\/span>/);
  assert.doesNotMatch(stdout, /hunter2/);
});

for (const [format, mark] of [
  ['sql', '--'],
  ['yaml', '#'],
] as const) {
  test(`${format}: as comments alone`, async () => {
    const { code, stdout, stderr } = await dry('--format', format);
    assert.equal(code, 6, stderr);
    const lines = stdout.split('\n').filter((line) => /far @ daily|both @ hourly/.test(line));
    assert.equal(lines.length, 2, lines.join('\n'));
    for (const line of lines) assert.ok(line.startsWith(`${mark}   needs --step-conninfo: `), line);
    assert.match(stdout, /host=\.\.\. user=\.\.\. dbname=archive/);
    assert.doesNotMatch(stdout, /hunter2|VACUUM orders/);
  });
}

test('nothing of them is written, by a saved plan neither', async () => {
  const file = join(folder, 'plan.json');
  assert.equal((await dry('--format', 'json', '--output', file)).code, 6);
  const written = await pga2timetable(['-s', server.uri('app'), '--plan', file]);
  assert.equal(written.code, 6, written.stderr);
  assert.doesNotMatch(written.stdout, /far @ daily/);
  assert.deepEqual(await chains(), ['here @ schedule 1']);
});
