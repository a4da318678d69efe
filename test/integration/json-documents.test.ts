import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DocumentName } from '../../src/report/json-schema.ts';
import { assertDocument } from '../cli/documents.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-documents-'));
let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

let databases = 0;

async function place(): Promise<Both> {
  const both = await Both.create(server, `documents_${++databases}`);
  await both.insert({ name: 'nightly' });
  await both.insert({
    name: 'everything',
    host: 'node1',
    schedules: [
      { name: 'last', monthDays: [32], hours: [1], minutes: [0], exceptions: [{ date: '2020-01-01' }] },
      { name: 'over', end: '2021-01-01 00:00:00+00' },
    ],
    steps: [
      { name: '1', code: 'VACUUM', onError: 'i' },
      { name: '2', code: '#!/usr/bin/perl\nprint $0;', kind: 'b' },
      { name: '3', code: 'SELECT 1', enabled: false },
      { name: '4', code: '' },
    ],
  });
  await both.insert({ name: 'left out', steps: [{ name: 'a', code: 'SELECT 1', database: 'elsewhere' }] });
  return both;
}

/** The document of a run, held to its schema and to what it is to hold. */
function documentOf(name: DocumentName, { code, stdout, stderr }: Result, expected: number): Json {
  assert.equal(code, expected, stderr);
  const document = JSON.parse(stdout) as Json;
  assertDocument(name, document);
  return document;
}

interface Json {
  readonly jobs: readonly { readonly jobName: string; readonly action?: string; readonly group: string }[];
  readonly decisions: readonly { readonly code: string; readonly jobs: number | null }[];
  readonly summary: Readonly<Record<string, unknown>>;
  readonly cutover?: unknown;
}

const JSON_OUT = ['--format', 'json'];

describe('every document is of its published schema', () => {
  test('a dry run, the run that writes, and one that finds all there', async () => {
    const both = await place();
    const planned = documentOf('plan', await both.migrate('--dry-run', ...JSON_OUT), 6);
    assert.deepEqual([planned.jobs.length, planned.summary.written], [3, false]);
    assert.deepEqual(
      planned.jobs.map(({ jobName, group }) => [jobName, group]),
      [
        ['nightly', 'unchanged'],
        ['everything', 'decide'],
        ['left out', 'stay'],
      ],
    );
    assert.deepEqual(planned.summary.groups, {
      unchanged: 1,
      paused: 0,
      decide: 1,
      stay: 1,
      notScheduled: 0,
      excluded: 0,
    });
    assert.ok(
      planned.decisions.length > 0 && planned.decisions.every(({ jobs }) => jobs === 1 || jobs === null),
    );
    const one = documentOf('plan', await both.migrate('--dry-run', '--job', 'nightly', ...JSON_OUT), 0);
    assert.equal((one.summary.groups as { readonly excluded: number }).excluded, 2);
    const written = documentOf('plan', await both.migrate(...JSON_OUT), 6);
    assert.equal(written.summary.written, true);
    const kept = documentOf('plan', await both.migrate('--dry-run', ...JSON_OUT), 6);
    assert.equal(kept.jobs.filter(({ action }) => action === 'keep').length, 2);
  });

  test('a dry run beside a conflict', async () => {
    const both = await place();
    await both.migrate();
    await server.run(both.name, "UPDATE timetable.chain SET run_at = '0 0 1 1 *'");
    const planned = documentOf('plan', await both.migrate('--dry-run', ...JSON_OUT), 4);
    assert.ok(planned.jobs.some(({ action }) => action === 'conflict'));
  });

  test('a cutover, the undo of it as a dry run, and the undo', async () => {
    const both = await place();
    const handed = documentOf('plan', await both.migrate('--disable-source', ...JSON_OUT), 6);
    assert.notEqual(handed.cutover, undefined);
    const planned = documentOf('undo', await both.undo('--dry-run', ...JSON_OUT), 0);
    assert.deepEqual([planned.jobs.length, planned.summary.undone], [2, false]);
    const undone = documentOf('undo', await both.undo(...JSON_OUT), 0);
    assert.equal(undone.summary.undone, true);
    assert.equal(documentOf('undo', await both.undo(...JSON_OUT), 0).jobs.length, 0);
  });

  test('verify, where all is equal and where something differs', async () => {
    const both = await Both.create(server, `documents_${++databases}`);
    await both.insert({ name: 'nightly' });
    await both.migrate();
    documentOf('verify', await both.run('verify', ...JSON_OUT), 0);
    await server.run(
      both.name,
      "UPDATE timetable.chain SET run_at = '0 0 1 1 *', live = false, max_instances = 2",
    );
    const { summary } = documentOf('verify', await both.run('verify', ...JSON_OUT), 5);
    assert.equal(summary.different, 1);
    documentOf('verify', await both.run('verify', '--job', 'nightly', ...JSON_OUT), 5);
  });

  test('a plan with masked secrets, on standard output and saved with their digests', async () => {
    const both = await Both.create(server, `documents_${++databases}`);
    await both.insert({
      name: 'secret',
      steps: [{ name: 'a', code: 'SELECT 1', conninfo: 'host=db1 user=me dbname=x password=hunter2' }],
    });
    const printed = await both.migrate('--dry-run', ...JSON_OUT);
    documentOf('plan', printed, 0);
    const file = join(folder, 'plan.json');
    const env = { PGA2TIMETABLE_PLAN_KEY: 'a key that is long enough to be one, of forty characters' };
    const args = ['--dry-run', ...JSON_OUT, '--output', file, '-s', server.uri(both.name)];
    const { code, stderr } = await pga2timetable(args, env);
    assert.equal(code, 0, stderr);
    const saved = readFileSync(file, 'utf8');
    assert.match(saved, /"secretDigest": /);
    assert.doesNotMatch(saved + printed.stdout, /hunter2/);
    assertDocument('plan', JSON.parse(saved));
  });

  test('of a pgAgent without jobs', async () => {
    const both = await Both.create(server, `documents_${++databases}`);
    for (const args of [['--dry-run'], []]) documentOf('plan', await both.migrate(...args, ...JSON_OUT), 0);
    documentOf('verify', await both.run('verify', ...JSON_OUT), 0);
    documentOf('undo', await both.undo(...JSON_OUT), 0);
  });
});
