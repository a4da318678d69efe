import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pga2timetable, type Result, start } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const FORMATS = ['table', 'json', 'sql', 'yaml', 'html'];
const MACHINE_FORMATS = ['sql', 'yaml'];

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));
const JOBS = 900;

let server: Server;
let small: string | null = null;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-output-'));

before(async () => {
  server = await startServer('embedded');
  for (const name of ['many', 'secret']) {
    await server.createDatabase(name);
    await createStandInPgAgent(server, name);
    await createTimetable(server, name);
  }
  await server.run(
    'many',
    `INSERT INTO pgagent.pga_job (jobjclid, jobname) SELECT 1, 'a job of some length, number ' || n || repeat(' x', 60) FROM generate_series(1, ${JOBS}) n;
     INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart) SELECT jobid, 's', '2020-01-01' FROM pgagent.pga_job;
     INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname) SELECT jobid, 'a', 's', 'SELECT 1', 'many' FROM pgagent.pga_job`,
  );
  await insertJob(server, 'secret', {
    name: 'dump',
    steps: [{ name: 'a', kind: 'b', code: 'PGPASSWORD=hunter2 pg_dump app' }],
  });
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]).status === 0) small = disk;
});
after(() => {
  if (small !== null) spawnSync('umount', [small]);
  server.stop();
  rmSync(folder, { recursive: true });
});

let places = 0;
function place(): string {
  const there = join(folder, String(++places));
  mkdirSync(there);
  return there;
}

/** One or two plain lines, no stack trace, no result. */
function assertPlain({ code, stdout, stderr }: Result, expected: number, message: RegExp): void {
  assert.equal(code, expected, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, message);
  assert.match(stderr, /^pga2timetable: [^\n]+\n {2}[^\n]+\n$/);
}

/** Where nobody may write: root may write everywhere but into what the kernel makes. */
function closedFolder(): string {
  if (process.getuid?.() === 0) return '/sys';
  const there = place();
  chmodSync(there, 0o500);
  return there;
}

/** In bash, which says how each program of a pipe ended. */
async function inBash(script: string, ...args: string[]): Promise<Result> {
  const bare = Object.entries(process.env).filter(([name]) => !/^PG|COLOR$/.test(name));
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(bare),
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

for (const format of FORMATS) {
  describe(`--format ${format}`, () => {
    const plan = (...more: string[]): string[] => [
      ...['-s', server.uri('many'), '--dry-run', '--quiet', '--format', format],
      ...more,
    ];

    test('a place that cannot be written is a mistake, before any connection is made', async () => {
      const there = place();
      writeFileSync(join(there, 'former'), 'former');
      const places: readonly (readonly [output: string, message: RegExp])[] = [
        [there, / is a folder\./],
        [join(there, 'none', 'plan'), /: its folder is not there\./],
        [join(there, 'former', 'plan'), /: its folder is a file\./],
        [join(closedFolder(), 'plan'), /: (?:you may not write there|the file system is read-only)\./],
        [join(there, 'x'.repeat(300)), /: its name is too long\./],
        ['/dev/full', / is no file\./],
        ['/dev/stdout', / is no file\./],
        [join(there, 'former'), / is there already\.\n {2}Name another file, or add --overwrite/],
      ];
      for (const [output, message] of places) {
        const nowhere = ['-s', 'host=127.0.0.1 port=1', '--format', format, '--dry-run'];
        assertPlain(await pga2timetable([...nowhere, '--output', output]), 2, message);
      }
      assert.deepEqual(readdirSync(there), ['former']);
      assert.equal(readFileSync(join(there, 'former'), 'utf8'), 'former');
    });

    test('--overwrite replaces a file that is there, as a whole', async () => {
      const file = join(place(), 'plan');
      writeFileSync(file, 'former\n'.repeat(1_000_000));
      const { code, stdout } = await pga2timetable(plan('--output', file, '--overwrite'));
      assert.equal(code, 0);
      assert.equal(stdout, '');
      const written = readFileSync(file, 'utf8');
      assert.ok(!written.includes('former') && written.includes(`number ${JOBS}`));
      assert.deepEqual(readdirSync(join(file, '..')), ['plan']);
    });

    test('a run that fails leaves the former file, --overwrite or not', async () => {
      const file = join(place(), 'plan');
      writeFileSync(file, 'former');
      const args = ['-s', 'host=127.0.0.1 port=1', '--format', format, '--dry-run', '--output', file];
      assertPlain(await pga2timetable([...args, '--overwrite']), 1, /no server listens there/);
      assert.equal(readFileSync(file, 'utf8'), 'former');
      assert.deepEqual(readdirSync(join(file, '..')), ['plan']);
    });

    test('a file that comes while the run is on stays', async () => {
      const there = place();
      const { result } = start(plan('--output', join(there, 'plan')));
      await until(async () => readdirSync(there).length === 1);
      writeFileSync(join(there, 'plan'), 'of somebody else');
      assertPlain(await result, 2, / is there already\./);
      assert.equal(readFileSync(join(there, 'plan'), 'utf8'), 'of somebody else');
      assert.deepEqual(readdirSync(there), ['plan']);
    });

    test('a full disk: 1, and nothing of the file is left', async () => {
      const there = small ?? place();
      const output = ['--output', join(there, 'plan')];
      const found =
        small === null
          ? await inBash(`trap '' XFSZ; ulimit -f 8; exec "$@"`, ...plan(...output))
          : await pga2timetable(plan(...output));
      assertPlain(found, 1, /The file [^\n]+ cannot be written: (?:no space is left there|EFBIG)/);
      assert.deepEqual(readdirSync(there), []);
    });

    test('a full disk behind standard output: 1', async () => {
      assertPlain(
        await inBash('"$@" > /dev/full', ...plan()),
        1,
        /Standard output cannot be written: no space is left there\./,
      );
    });

    test('a pipe that closes in the middle ends a dry run as it would have ended, without a word', async () => {
      const whole = await pga2timetable(plan());
      assert.ok(whole.stdout.length > 200_000, `a pipe holds a part of ${whole.stdout.length} characters`);
      const { stdout, stderr } = await inBash(`"$@" | head -n 1; echo "\${PIPESTATUS[*]}"`, ...plan());
      const [first] = whole.stdout.split('\n');
      assert.equal(stdout, `${first}\n${whole.code} 0\n`);
      assert.equal(stderr, '');
    });

    test('a pipe that nobody reads ends it the same way', async () => {
      const { stdout, stderr } = await inBash(
        `{ sleep 0.2; "$@"; echo "ended $?" >&2; } | true; echo through`,
        ...plan(),
      );
      assert.equal(stdout, 'through\n');
      assert.equal(stderr, 'ended 0\n');
    });
  });
}

for (const format of MACHINE_FORMATS) {
  test(`a plan that holds a password is refused in ${format}: 3, and no file`, async () => {
    const there = place();
    const args = ['-s', server.uri('secret'), '--format', format, '--quiet'];
    for (const more of [[], ['--output', join(there, 'plan')]]) {
      const result = await pga2timetable([...args, ...more]);
      assertPlain(
        result,
        3,
        /Steps of 1 job hold a password, [^\n]+: job 1 "dump"\.\n {2}[^\n]+--show-secrets/,
      );
      assert.doesNotMatch(result.stderr, /hunter2/);
    }
    assert.deepEqual(readdirSync(there), []);
  });
}

test('a listing that finds no room undoes no migration', async () => {
  const there = small ?? place();
  const args = ['-s', server.uri('many'), '--paused', '--quiet', '--output', join(there, 'listing')];
  const { code, stderr } =
    small === null
      ? await inBash(`trap '' XFSZ; ulimit -f 8; exec "$@"`, ...args)
      : await pga2timetable(args);
  assert.equal(code, 8, stderr);
  assert.match(
    stderr,
    /The chains are written, but the listing broke off: The file [^\n]+ cannot be written/,
  );
  assert.ok(!existsSync(join(there, 'listing')) && readdirSync(there).length === 0);
  const { rows } = await server.run('many', 'SELECT count(*)::int AS chains FROM timetable.chain');
  assert.deepEqual(rows, [{ chains: JOBS }]);
});

for (const format of ['table', 'json', 'html', 'markdown']) {
  test(`--format ${format} into a full disk after a commit: 8, for undo too`, async () => {
    const name = `full_${format}`;
    await server.createDatabase(name);
    await createStandInPgAgent(server, name);
    await createTimetable(server, name);
    await insertJob(server, name, {
      name: 'a',
      schedules: [{ minutes: [0], hours: [3] }],
      steps: [{ name: 'a', code: 'SELECT 1' }],
    });
    const full = (...args: string[]): Promise<Result> =>
      inBash('"$@" > /dev/full', ...args, '-s', server.uri(name), '--quiet');
    const rows = async (sql: string): Promise<number> => (await server.run(name, sql)).rows.length;
    const cutover = ['--disable-source', '--without-client', '--wait', '0'];

    assertPlain(
      await full('--dry-run', '--format', format),
      1,
      /Standard output cannot be written: no space is left there\./,
    );
    assert.equal(await rows('SELECT FROM timetable.chain'), 0);

    const moved = await full(...cutover, '--format', format);
    assert.equal(moved.code, 8, moved.stderr);
    assert.match(moved.stderr, /The chains are written, but the listing broke off: Standard output/);
    assert.match(moved.stderr, /Cutover: 1 job disabled in pgAgent at /);
    assert.doesNotMatch(moved.stderr, /Nothing was written/);
    assert.equal(await rows('SELECT FROM timetable.chain WHERE live'), 1);

    const reader = await inBash(`"$@" | true; exit "\${PIPESTATUS[0]}"`, '-s', server.uri(name), '--quiet');
    assert.equal(reader.code, 0, reader.stderr);
    if (format === 'html' || format === 'markdown') return;
    assert.equal((await full('undo', '--dry-run', '--format', format)).code, 1);
    assert.equal((await full('verify', '--without-client', '--format', format)).code, 1);
    const undone = await full('undo', '--format', format);
    assert.equal(undone.code, 8, undone.stderr);
    assert.match(undone.stderr, /The jobs are back in pgAgent, but the listing broke off: Standard output/);
    assert.match(undone.stderr, /\n1 job, 1 chain removed, 1 job enabled in pgAgent\./);
    assert.equal(await rows('SELECT FROM pgagent.pga_job WHERE jobenabled'), 1);
    assert.equal(await rows('SELECT FROM timetable.chain'), 0);
  });
}

test('--overwrite without --output says nothing', async () => {
  assertPlain(await pga2timetable(['--overwrite']), 2, /--overwrite needs --output/);
});
