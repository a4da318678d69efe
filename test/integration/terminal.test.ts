import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { type OnTerminal, onTerminal, screenOf } from './pseudo-terminal.ts';

const JOBS = 1_600;
const COLOR = '\u001b[';
const CLEAR = '\r\u001b[K';

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-terminal-'));

before(async () => {
  server = await startServer('embedded');
  for (const name of ['few', 'many']) {
    await server.createDatabase(name);
    await createStandInPgAgent(server, name);
    await createTimetable(server, name);
  }
  await insertJob(server, 'few', {
    name: '夜間バックアップ 👨\u200d👩\u200d👧',
    schedules: [{ name: 'at two', minutes: [0], hours: [2], weekdays: [1, 2, 3, 4, 5] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await insertJob(server, 'few', {
    name: 'switched off',
    enabled: false,
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await server.run(
    'many',
    `INSERT INTO pgagent.pga_job (jobjclid, jobname) SELECT 1, 'job ' || n FROM generate_series(1, ${JOBS}) n;
     INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart) SELECT jobid, 's', '2020-01-01' FROM pgagent.pga_job;
     INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname) SELECT jobid, 'a', 's', 'SELECT 1', 'many' FROM pgagent.pga_job;
     ANALYZE`,
  );
  // Each of eight batches of jobs takes a while to be read, and their chains a while to be written and taken out.
  await server.run(
    'many',
    `ALTER TABLE pgagent.pga_exception RENAME TO pga_exception_kept;
     CREATE FUNCTION pgagent.slowly() RETURNS SETOF pgagent.pga_exception_kept LANGUAGE plpgsql AS
       'BEGIN PERFORM pg_sleep(0.13); RETURN QUERY SELECT * FROM pgagent.pga_exception_kept; END';
     CREATE VIEW pgagent.pga_exception AS SELECT * FROM pgagent.slowly();
     CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.8); RETURN NULL; END';
     CREATE TRIGGER slow BEFORE INSERT OR DELETE ON timetable.chain FOR EACH STATEMENT EXECUTE FUNCTION slow()`,
  );
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

const few = (): string[] => ['-s', server.uri('few'), '--dry-run'];
const many = (...args: string[]): string[] => [...args, '-s', server.uri('many')];

test('on a terminal the table is as wide as that, in colours, and lines up', async () => {
  for (const columns of [45, 80, 120]) {
    const { code, output } = await onTerminal(few(), { columns });
    assert.equal(code, 0);
    assert.ok(output.includes(COLOR));
    const screen = screenOf(output, columns);
    assert.equal(screen.join('\n').includes('At 02:00, Monday through Friday'), columns >= 120);
    // A command stays in one piece, so that it can be copied.
    const folded = stripVTControlCharacters(output).replaceAll(/^(?:Next|Back)[^:]*: .*$/gm, '');
    for (const line of folded.split('\n'))
      assert.equal(screenOf(line, columns).length, 1, `wider than ${columns}: ${line}`);
  }
});

test('colours go to terminals only, unless they are forced', async () => {
  const file = join(folder, 'colours');
  const colored = async (args: readonly string[], environment = {}, stdout?: string): Promise<boolean> => {
    const { output } = await onTerminal([...few(), ...args], {
      environment,
      ...(stdout === undefined ? {} : { stdout }),
    });
    return output.includes(COLOR) || (stdout !== undefined && readFileSync(stdout, 'utf8').includes(COLOR));
  };
  assert.equal(await colored([]), true);
  assert.equal(await colored([], { NO_COLOR: '1' }), false);
  assert.equal(await colored([], { TERM: 'dumb' }), false);
  assert.equal(await colored(['--no-color'], { FORCE_COLOR: '1' }), false);
  assert.equal(await colored(['--quiet'], {}, file), false, 'a file that the shell opened');
  assert.equal(await colored(['--quiet'], { FORCE_COLOR: '1' }, file), true);
  assert.equal(
    await colored(['--quiet', '--output', file, '--overwrite'], { FORCE_COLOR: '1' }, file),
    false,
    'a file of --output',
  );
  for (const [environment, expected] of [
    [{}, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ] as const) {
    const { stdout, stderr } = await pga2timetable(few(), environment);
    assert.deepEqual([stdout.includes(COLOR), stderr.includes(COLOR)], [expected, expected]);
    assert.doesNotMatch(stderr, /Warning/, 'of Node’s own about both');
  }
  const { stdout } = await pga2timetable([...few(), '--format', 'json'], { FORCE_COLOR: '1' });
  assert.ok(!stdout.includes(COLOR) && JSON.parse(stdout));
});

/** The doings that a bar showed, each once, in their order. */
function shown({ output }: OnTerminal): readonly string[] {
  const found = [...output.replaceAll(CLEAR, '⌫').matchAll(/⌫(\w[\w ]*?)(?: \[| [\d,]+ of |, \d)/g)].map(
    ([, doing]) => doing,
  );
  return found.filter((doing, index) => doing !== found[index - 1]).map((doing) => doing ?? '');
}

test('a bar shows how far the planning is, and nothing of it stays on the screen', async () => {
  const withBar = await onTerminal(many('--dry-run', '--no-color', '--output', join(folder, 'all')), {
    answers: [
      ['Planning', 'resize', 120],
      ['Planning', 'resize', 20],
      ['Planning', 'resize', 100],
    ],
  });
  // On a slow machine the printing takes long enough for a bar too.
  assert.equal(shown(withBar)[0], 'Planning');
  assert.match(withBar.output, /Planning \[#+-+\] [\d,]+ of 1,600 jobs, \d+ s left\r/);
  assert.match(
    withBar.output.replaceAll(CLEAR, '⌫'),
    /⌫Planning \d+ %⌫/,
    'twenty columns have room for no more',
  );
  const whole = await onTerminal(
    many('--dry-run', '--no-color', '--no-progress', '--output', join(folder, 'all2')),
  );
  assert.deepEqual(screenOf(withBar.output, 100), screenOf(whole.output, 100));
  assert.equal(
    readFileSync(join(folder, 'all'), 'utf8').length,
    readFileSync(join(folder, 'all2'), 'utf8').length,
  );
});

test('with the table on the same terminal no bar stands in between', async () => {
  const args = many('--dry-run', '--no-color', '--verbose');
  const withBar = await onTerminal(args);
  const rest = withBar.output.slice(withBar.output.indexOf('pgAgent '));
  assert.deepEqual(shown(withBar), ['Planning']);
  assert.ok(!rest.includes('\u001b'), 'once the result is printed');
  assert.equal(screenOf(withBar.output, 100).filter((line) => /^\d+ +job \d+ @ s/.test(line)).length, JOBS);
});

test('a long table is one line on a terminal, and whole in a file', async () => {
  const file = join(folder, 'table');
  const { output } = await onTerminal(many('--dry-run', '--no-color'));
  const brief = screenOf(output, 100);
  assert.ok(
    brief.some((line) => line.startsWith(`${JOBS} chains. To list them: --verbose.`)),
    output,
  );
  assert.ok(!brief.some((line) => /job \d+ @ s/.test(line)));
  await onTerminal(many('--dry-run', '--no-color'), { stdout: file });
  const rows = readFileSync(file, 'utf8').match(/^\d+ +job \d+ @ s/gm);
  assert.equal(rows?.length, JOBS);
});

test('no bar with --quiet, --no-progress or TERM=dumb, and where standard error is no terminal', async () => {
  const stdout = join(folder, 'none');
  const args = many('--dry-run');
  const outputs = await Promise.all([
    onTerminal([...args, '--quiet'], { stdout }).then(({ output }) => output),
    onTerminal([...args, '--no-progress'], { stdout }).then(({ output }) => output),
    onTerminal(args, { stdout, environment: { TERM: 'dumb' } }).then(({ output }) => output),
    pga2timetable(args, { FORCE_COLOR: '1' }).then(({ stderr }) => stderr),
  ]);
  for (const output of outputs) assert.doesNotMatch(output, /Planning|Printing|\r(?!\n)/);
});

test('Ctrl-C under a bar: 130, and a clean line behind it', async () => {
  for (const doing of ['Planning', 'Writing']) {
    const { code, output } = await onTerminal(many('--paused', '--yes'), {
      answers: [[doing, 'type', '\u0003']],
    });
    assert.equal(code, 130, output);
    assert.ok(output.endsWith(`${CLEAR}pga2timetable: interrupted. Nothing was written.\r\n`), output);
    assert.equal(screenOf(output, 100).at(-2), 'pga2timetable: interrupted. Nothing was written.');
  }
  assert.equal((await server.run('many', 'SELECT 1 FROM timetable.chain LIMIT 1')).rows.length, 0);
});

/** The session of a run that was interrupted holds its lock until its statement ends. */
async function noRunIsLeft(): Promise<void> {
  const left = "SELECT FROM pg_locks WHERE locktype = 'advisory'";
  while (((await server.run('many', left)).rowCount ?? 0) > 0) await setTimeout(100);
}

test('writing, verifying and undoing show a bar', async () => {
  await noRunIsLeft();
  const moved = await onTerminal(many('--paused', '--yes'), { stdout: join(folder, 'moved') });
  assert.equal(moved.code, 0, moved.output.slice(-500));
  assert.deepEqual(
    shown(moved).filter((doing) => doing !== 'Looking at both sides'),
    ['Planning', 'Writing'],
  );
  const file = join(folder, 'verified');
  const verified = await onTerminal(many('verify'), { stdout: file });
  assert.equal(verified.code, 0);
  assert.deepEqual(shown(verified), ['Comparing']);
  assert.ok(
    verified.output.includes(`of ${JOBS} jobs`) ||
      verified.output.includes(`of ${JOBS.toLocaleString('en-US')} jobs`),
    verified.output,
  );
  assert.deepEqual(screenOf(verified.output, 100), ['']);
  const bare = await onTerminal(many('verify', '--job', 'job 11*', '--no-progress'), { stdout: file });
  assert.equal(bare.output, '');
  const undone = await onTerminal(many('undo', '--yes'), { stdout: join(folder, 'undone') });
  assert.equal(undone.code, 0, undone.output);
  assert.match(undone.output.replaceAll(CLEAR, '⌫'), /⌫Undoing, \d+ s⌫/);
  assert.deepEqual(screenOf(undone.output, 100), ['']);
});
