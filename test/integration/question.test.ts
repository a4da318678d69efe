import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { type Answer, type OnTerminal, onTerminal } from './pseudo-terminal.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-question-'));

before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('app');
  await createStandInPgAgent(server, 'app');
  await createTimetable(server, 'app');
  for (const name of ['nightly', 'hourly'])
    await insertJob(server, 'app', {
      name,
      schedules: [{ name: 's', minutes: [0], hours: [2] }],
      steps: [{ name: 'a', code: 'SELECT 1' }],
    });
});
beforeEach(async () => {
  await server.run('app', 'DELETE FROM timetable.chain; DROP SCHEMA IF EXISTS pga2timetable CASCADE');
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

const run = (answers: readonly Answer[], ...more: readonly string[]): Promise<OnTerminal> =>
  onTerminal([...more, '-s', server.uri('app')], { answers, environment: { CI: '' } });

const chains = async (): Promise<number> =>
  (await server.run('app', 'SELECT FROM timetable.chain')).rowCount ?? 0;

const QUESTION = 'Write 2 chains to "app" on 127.0.0.1:';

test('a run on a terminal shows the last screen and asks; yes writes', async () => {
  const { code, output } = await run([[QUESTION, 'type', 'yes\n']]);
  const text = stripVTControlCharacters(output);
  assert.equal(code, 0, text);
  assert.ok(text.indexOf('2 jobs: 2 unchanged') < text.indexOf(QUESTION), text);
  assert.match(text, /Write 2 chains to "app" on 127\.0\.0\.1:\d+\? yes\/no yes/);
  assert.equal(await chains(), 2);
});

for (const [what, keys] of [
  ['no', 'no\n'],
  ['the end of input', CTRL_D],
  ['Ctrl-C', CTRL_C],
] as const)
  test(`${what} ends the run with 130, and nothing is written`, async () => {
    const { code, output } = await run([[QUESTION, 'type', keys]]);
    assert.equal(code, 130);
    assert.match(output, /Nothing was written\./);
    assert.equal(await chains(), 0);
  });

test('what is neither yes nor no is asked again', async () => {
  const { code } = await run([
    [QUESTION, 'type', 'sure\n'],
    ['Type yes or no: ', 'type', '\n'],
    ['Type yes or no: ', 'type', 'Y\n'],
  ]);
  assert.equal(code, 0);
  assert.equal(await chains(), 2);
});

test('--yes and CI ask nobody, nor does a run that has nothing to write', async () => {
  const asked = (output: string): boolean => output.includes('yes/no');
  const { code, output } = await run([], '--yes');
  assert.equal(code, 0, output);
  assert.equal(asked(output), false);
  assert.equal(await chains(), 2);
  assert.equal(asked((await run([])).output), false);
  await server.run('app', 'DELETE FROM timetable.chain; DROP SCHEMA pga2timetable CASCADE');
  const inCi = await onTerminal(['-s', server.uri('app')], { environment: { CI: 'true' } });
  assert.equal(inCi.code, 0, inCi.output);
  assert.equal(asked(inCi.output), false);
  assert.equal(await chains(), 2);
});

test('a saved plan is asked for, too', async () => {
  const plan = join(folder, 'plan.json');
  const made = await pga2timetable(['-s', server.uri('app'), '-n', '-f', 'json', '-o', plan]);
  assert.equal(made.code, 0, made.stderr);
  const { code, output } = await run([[QUESTION, 'type', 'yes\n']], '--plan', plan);
  assert.equal(code, 0, output);
  assert.equal(await chains(), 2);
});

/** While the question stands. @param meanwhile is done before it is answered by yes */
async function whileAsked(
  meanwhile: () => Promise<void>,
  ...command: readonly string[]
): Promise<OnTerminal> {
  const file = join(folder, `${Math.random()}`);
  const asked = run(
    [
      ['yes/no', 'wait', file],
      ['', 'type', 'yes\n'],
    ],
    ...command,
  );
  while (!existsSync(`${file}.seen`)) await setTimeout(20);
  try {
    await meanwhile();
  } finally {
    writeFileSync(file, '');
  }
  return asked;
}

test('while the question stands no session is open, and what changes then is refused', async () => {
  let sessions = -1;
  const { code, output } = await whileAsked(async () => {
    const { rowCount } = await server.run(
      'app',
      "SELECT FROM pg_stat_activity WHERE datname = 'app' AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    sessions = rowCount ?? -1;
    await server.run('app', "UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2' WHERE jstid = 1");
  });
  const text = stripVTControlCharacters(output).replace(/\s+/g, ' ');
  assert.equal(sessions, 0);
  assert.equal(code, 4, text);
  assert.match(text, /changed after the plan was shown: job 1 "nightly"\. Nothing was written\./);
  assert.equal(await chains(), 0);
});

test('undo asks, too, and takes out what it said', async () => {
  assert.equal((await run([], '--yes')).code, 0);
  const UNDO = 'Remove 2 chains from "app" on 127.0.0.1:';
  const declined = await run([[UNDO, 'type', 'no\n']], 'undo');
  assert.equal(declined.code, 130, declined.output);
  assert.equal(await chains(), 2);
  const done = await run([[UNDO, 'type', 'yes\n']], 'undo');
  assert.equal(done.code, 0, done.output);
  assert.equal(await chains(), 0);
});
