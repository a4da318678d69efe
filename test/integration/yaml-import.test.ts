import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { releaseSnapshot } from '../../src/transform/guard.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { chainRows, importChainFile, readChainFile } from '../engine/chain-file.ts';
import { findEngine } from '../engine/engine.ts';
import { createTimetable, type TimetableVersion } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob, type JobRow } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { psql } from './script-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-yaml-'));
let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

let places = 0;

/** A pgAgent with jobs, and two databases of pg_timetable: one to migrate to, and one to import into. */
class Place {
  readonly source = `source_${++places}`;
  readonly target = `target_${places}`;
  readonly imported = `imported_${places}`;

  static async create(jobs: readonly JobRow[], version?: TimetableVersion): Promise<Place> {
    const place = new Place();
    for (const name of [place.source, place.target, place.imported]) await server.createDatabase(name);
    await createStandInPgAgent(server, place.source);
    for (const job of jobs) await insertJob(server, place.source, job);
    for (const name of [place.target, place.imported]) {
      if (version === undefined) await findEngine().init(server, name);
      else await createTimetable(server, name, version);
    }
    return place;
  }

  run(...args: readonly string[]): Promise<Result> {
    const conninfo = `host=127.0.0.1 port=${server.port} user=postgres`;
    const where = ['-s', server.uri(this.source), '-t', server.uri(this.target), '--step-conninfo', conninfo];
    return pga2timetable([...where, ...args]);
  }

  /** Prints the chain file, and imports it. */
  async import(...args: readonly string[]): Promise<Result> {
    const result = await this.run('--format', 'yaml', ...args);
    await this.importText(result.stdout);
    return result;
  }

  async importText(text: string): Promise<void> {
    const file = join(folder, `${this.imported}.yaml`);
    writeFileSync(file, text);
    await importChainFile(server, this.imported, file);
  }

  /** Imports, migrates with the same options, and holds the rows of both against each other, and against the file. */
  async holds(...args: readonly string[]): Promise<{ readonly file: Result; readonly chains: number }> {
    const file = await this.import(...args);
    const migrated = await this.run(...args);
    assert.equal(file.code, migrated.code, file.stderr + migrated.stderr);
    const wanted = await chainRows(server, this.target);
    assert.deepEqual(await chainRows(server, this.imported), wanted);
    const byName = [...readChainFile(file.stdout)].sort((a, b) =>
      Buffer.compare(Buffer.from(a.chain_name), Buffer.from(b.chain_name)),
    );
    assert.deepEqual(byName, wanted);
    return { file, chains: wanted.length };
  }
}

const NIGHTLY = { name: 'nightly', hours: [2], minutes: [0] };

const TEXTS: readonly string[] = [
  'SELECT 1',
  'SELECT 1\n',
  'SELECT 1\n\n\n',
  '\n\n  SELECT 1;\n\tSELECT 2;',
  'SELECT 1;\r\nSELECT 2;\r\n',
  'SELECT \'a\\nb\', "x" -- # no comment: [ { & * ! | > % @ ` ,\n  ,2',
  'SELECT 1; \n   \n\t\nSELECT 2;   ',
  "SELECT '\u00a0\u0085\u2028\u2029\ufeff\u007f\u0001\u001b\u202e\ufffe\uffff 日本 é 👨‍👩‍👧 \u{e0001}'",
  "SELECT '\u0085';\nSELECT '\u2028' -- in lines",
  'SELECT 1\n---\n...\n%YAML 1.1\n# not a comment\n- a: b\nSELECT 2',
  '-- only a comment',
  ' ',
];

const NAMES = [
  'yes',
  '~',
  '1e3',
  '0x1F',
  '2026-01-01',
  '<<',
  'a: b # c',
  'it\'s "so"\\n',
  ' blanks ',
  'two\nlines',
  '日本 👨‍👩‍👧',
  '- x',
];

const step = (code: string, index: number) => ({
  name: `${String(index).padStart(2, '0')} ${NAMES[index] ?? ''}`,
  code,
});

const JOBS: readonly JobRow[] = [
  { name: 'texts', schedules: [NIGHTLY], steps: TEXTS.map(step) },
  {
    name: 'scripts',
    schedules: [NIGHTLY],
    steps: TEXTS.map((code, index) => ({ ...step(code, index), kind: 'b' as const })),
  },
  ...NAMES.map((name) => ({
    name,
    schedules: [{ ...NIGHTLY, name }],
    steps: [{ name, code: 'SELECT 1' }],
  })),
  {
    name: 'traits',
    host: 'true',
    description: '@JOB_TIMEOUT=90s;',
    schedules: [NIGHTLY],
    steps: [
      { name: '1 goes on', code: 'SELECT 1', onError: 'i' },
      { name: '2 is disabled', code: 'SELECT 1', enabled: false },
      { name: '3 elsewhere', code: 'SELECT 1', conninfo: "host=db1 user=o'brien dbname='my app'" },
      { name: '4 a file', code: '#!/usr/bin/perl\nprint "$0";', kind: 'b' },
      { name: '5 an argument', code: '#!/usr/bin/env -S python3 -u\nprint("1")', kind: 'b' },
    ],
  },
  {
    name: 'schedules',
    schedules: [
      { name: 'last', monthDays: [32], hours: [1], minutes: [0] },
      { name: 'often', minutes: [0, 30], exceptions: [{ date: '2099-12-24' }, { time: '12:00' }] },
      { name: 'later', start: '2090-01-01 00:00:00+00', minutes: [5] },
      { name: 'over', end: '2021-01-01 00:00:00+00' },
    ],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  },
  { name: 'disabled', enabled: false, schedules: [NIGHTLY], steps: [{ name: 'a', code: 'SELECT 1' }] },
];

describe('after the import the rows are those that migrate writes', () => {
  test('of texts and names of every kind, scripts, guards, connections and timeouts', async () => {
    const place = await Place.create(JOBS);
    const { chains } = await place.holds();
    assert.ok(chains > 18, `${chains} chains`);
  });

  for (const args of [
    ['--paused'],
    ['--schedules', 'all', '--overlap', 'exact', '--last-day', 'honor', '--shell', 'bash'],
    ['--transaction', 'chain', '--client-name', '=w1'],
  ]) {
    test(`with ${args.join(' ')}`, async () => {
      await (await Place.create(JOBS)).holds(...args);
    });
  }

  test('of a pgAgent without jobs: an empty list', async () => {
    const { file } = await (await Place.create([])).holds();
    assert.match(file.stdout, /^chains: \[\]$/m);
  });

  test('on the target of pg_timetable 6.3, whose tasks cannot be disabled', async () => {
    const place = await Place.create(JOBS, '6.3.0');
    const { stdout } = await place.run('--format', 'yaml');
    assert.ok(readChainFile(stdout).every(({ tasks }) => tasks.every(({ live }) => live)));
    assert.doesNotMatch(stdout, /name: "2 is disabled"/);
  });
});

describe('what a chain file cannot hold', () => {
  const tasksOf = async (database: string) =>
    (await chainRows(server, database))
      .flatMap(({ tasks }) => tasks)
      .map(({ task_name, command }) => [task_name, command]);

  test('an empty name is none, an empty text is a blank, and advisories say so', async () => {
    const steps = [
      { name: '', code: 'SELECT 1' },
      { name: 'blank', code: '' },
    ];
    const place = await Place.create([{ name: 'a', schedules: [NIGHTLY], steps }]);
    const { code, stdout } = await place.import();
    assert.equal(code, 0);
    assert.match(stdout, /^# {3}info chain-file-unnamed-step: step "" has an empty name/m);
    assert.match(stdout, /^# {3}info chain-file-empty-command: step "blank" has no text/m);
    await place.run();
    const released = ['release snapshot', releaseSnapshot(1).command];
    assert.deepEqual(await tasksOf(place.imported), [released, [null, 'SELECT 1'], ['blank', ' ']]);
    assert.deepEqual(await tasksOf(place.target), [released, ['', 'SELECT 1'], ['blank', '']]);
  });

  test('a job without a task is left out, and the others can be imported', async () => {
    const place = await Place.create([
      { name: 'nothing', schedules: [NIGHTLY], steps: [] },
      { name: 'a', schedules: [NIGHTLY], steps: [{ name: 'a', code: 'SELECT 1' }] },
    ]);
    const { code, stdout } = await place.import();
    assert.equal(code, 6);
    assert.match(stdout, /^# job \d+ "nothing": stays on pgAgent\n# {3}left out: .*chain-file-no-task/m);
    assert.deepEqual(
      (await chainRows(server, place.imported)).map(({ chain_name }) => chain_name),
      ['a @ nightly'],
    );
    assert.equal((await place.run()).code, 0);
    assert.equal((await chainRows(server, place.target)).length, 2);
  });

  test('a password goes into the file only where it is asked for', async () => {
    const conninfo = 'host=db1 user=me dbname=app password=hunter2';
    const steps = [{ name: 'a', code: 'SELECT 1', conninfo }];
    const place = await Place.create([{ name: 'a', schedules: [NIGHTLY], steps }]);
    const refused = await place.run('--format', 'yaml');
    assert.deepEqual([refused.code, refused.stdout], [3, '']);
    await place.holds('--show-secrets');
  });
});

describe('the importer', () => {
  const chain = (name: string, tasks: string): string =>
    `- name: "${name}"\n  schedule: "0 0 30 2 *"\n  live: true\n  tasks:${tasks}\n`;
  const GOOD = '\n    - command: "SELECT 1"';

  for (const [name, tasks, why] of [
    ['an empty command', '\n    - command: ""', /task command is required/],
    ['a chain without tasks', ' []', /chain must have at least one task/],
  ] as const) {
    test(`refuses the whole file for ${name}`, async () => {
      const place = await Place.create([]);
      const file = `chains:\n${chain('good', GOOD)}${chain('bad', tasks)}`;
      await assert.rejects(place.importText(file), why);
      assert.deepEqual(await chainRows(server, place.imported), []);
    });
  }

  test('stops at a chain that exists, and leaves the live ones in front of it', async () => {
    const place = await Place.create([]);
    await place.importText(`chains:\n${chain('b', GOOD)}`);
    await assert.rejects(
      place.importText(`chains:\n${chain('a', GOOD)}${chain('b', GOOD)}${chain('c', GOOD)}`),
    );
    assert.deepEqual(
      (await chainRows(server, place.imported)).map(({ chain_name, live }) => [chain_name, live]),
      [
        ['a', true],
        ['b', true],
      ],
    );
  });
});

test('of a file with --paused no chain is live, and its statement makes live what would have been so', async () => {
  const place = await Place.create(JOBS);
  const { stdout } = await place.import('--paused', '--schedules', 'all');
  const isLive = async (database: string) =>
    (await chainRows(server, database)).map(({ chain_name, live }) => [chain_name, live]);
  assert.ok((await isLive(place.imported)).every(([, live]) => live === false));
  const statement = stdout
    .split('\n')
    .filter((line) => line.startsWith('#sql '))
    .map((line) => `${line.slice('#sql '.length)}\n`)
    .join('');
  // Where one is missing, or another has its name, none goes live.
  await server.run(
    place.imported,
    "CREATE TABLE kept AS TABLE timetable.chain; UPDATE timetable.chain SET run_at = '1 1 1 1 1'",
  );
  const stopped = await psql(server, place.imported, statement);
  assert.equal(stopped.code, 3);
  assert.match(stopped.stderr, /Of \d+ chains \d+ are there as the file has them, so none was made live\./);
  assert.ok((await isLive(place.imported)).every(([, live]) => live === false));
  await server.run(
    place.imported,
    'UPDATE timetable.chain c SET run_at = k.run_at FROM kept k WHERE k.chain_id = c.chain_id',
  );
  const { code, stderr } = await psql(server, place.imported, statement);
  assert.equal(code, 0, stderr);
  await place.run('--schedules', 'all');
  const wanted = await isLive(place.target);
  assert.deepEqual(await isLive(place.imported), wanted);
  assert.deepEqual([...new Set(wanted.map(([, live]) => live))].sort(), [false, true]);
});

describe('beside what the target has', () => {
  const job = (name: string): JobRow => ({
    name,
    schedules: [NIGHTLY],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  const yaml = (place: Place, ...args: string[]) => place.run('--format', 'yaml', ...args);

  test('nothing is written, and the same state gives the same file', async () => {
    const place = await Place.create([job('a'), job('b')]);
    const first = await yaml(place);
    assert.equal(first.code, 0, first.stderr);
    assert.equal((await yaml(place)).stdout, first.stdout);
    assert.deepEqual(await chainRows(server, place.target), []);
    const { rows } = await server.run(
      place.target,
      "SELECT FROM pg_namespace WHERE nspname = 'pga2timetable'",
    );
    assert.equal(rows.length, 0);
  });

  test('chains that are there as planned are left out, with a comment', async () => {
    const place = await Place.create([job('a'), job('b')]);
    await place.run('--job', 'a');
    const { code, stdout } = await yaml(place);
    assert.equal(code, 0);
    assert.match(stdout, /^# job \d+ "a": its chains are in the target as planned: not in this file$/m);
    assert.deepEqual(
      readChainFile(stdout).map(({ chain_name }) => chain_name),
      ['b @ nightly'],
    );
  });

  test('chains that would be switched on are a conflict: an import switches nothing', async () => {
    const place = await Place.create([job('a'), job('b')]);
    await place.run('--paused', '--job', 'a');
    const { code, stdout, stderr } = await yaml(place);
    assert.deepEqual([code, stdout], [4, '']);
    assert.match(stderr, /chains of 1 job already, and the run would switch or replace them/);
    assert.equal((await yaml(place, '--exclude-job', 'a')).code, 0);
  });

  test('a name that is taken is a conflict: the list is empty; with --on-conflict skip it holds the others', async () => {
    const place = await Place.create([job('a'), job('b')]);
    await server.run(
      place.target,
      "INSERT INTO timetable.chain (chain_name, run_at) VALUES ('a @ nightly', '0 0 1 1 *')",
    );
    const stopped = await yaml(place);
    assert.equal(stopped.code, 4);
    assert.deepEqual(readChainFile(stopped.stdout), []);
    assert.match(stopped.stdout, /^# NOTHING IS IN THIS FILE: 1 of the jobs/m);
    const skipped = await yaml(place, '--on-conflict', 'skip');
    assert.equal(skipped.code, 6);
    assert.match(
      skipped.stdout,
      /^# job \d+ "a": .* left as they are \(--on-conflict skip\): not in this file$/m,
    );
    assert.deepEqual(
      readChainFile(skipped.stdout).map(({ chain_name }) => chain_name),
      ['b @ nightly'],
    );
  });

  test('--on-conflict replace is refused: a file only makes new chains', async () => {
    const { code, stdout, stderr } = await yaml(await Place.create([]), '--on-conflict', 'replace');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /--format yaml and --on-conflict replace contradict each other/);
  });

  test('a pg_timetable before 6, which reads no such file, is refused', async () => {
    const { code, stdout, stderr } = await yaml(await Place.create([job('a')], '5.13.0'));
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(stderr, /pg_timetable 5\.13.*only pg_timetable 6 and later read chain files/);
  });

  test('what was imported is equal for verify, strange to migrate, and nothing to undo', async () => {
    const place = await Place.create([job('a')]);
    await place.import();
    const where = ['-s', server.uri(place.source), '-t', server.uri(place.imported)];
    const more = ['--step-conninfo', `host=127.0.0.1 port=${server.port} user=postgres`];
    assert.equal((await pga2timetable(['verify', ...where])).code, 0);
    assert.equal((await pga2timetable([...where, ...more])).code, 4);
    const undone = await pga2timetable(['undo', ...where]);
    assert.equal(undone.code, 0, undone.stderr);
    assert.equal((await chainRows(server, place.imported)).length, 1);
  });
});
