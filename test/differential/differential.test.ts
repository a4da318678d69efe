import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findEngine } from '../engine/engine.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import type { DifferentialJob } from './differential-job.ts';
import type { Effects } from './effects.ts';
import { expectedInOneTransaction, expectedUnderAgent, expectedUnderTimetable } from './expected.ts';
import { JOBS } from './jobs/index.ts';
import { HBA, makeTemplates } from './place.ts';
import { RECORDED_VERSION, readRecording, recordable, runName } from './recording.ts';
import { type AgentRun, beginMigrated, beginUnderAgent, cannotRunHere, type MigratedRun } from './run-all.ts';
import type { Migrated, Transaction } from './under-timetable.ts';

const engine = findEngine();
const recording = readRecording();
const home = mkdtempSync(join(tmpdir(), 'pga2tt-differential-'));
chmodSync(home, 0o777);

let server: Server;
let agentRuns: readonly AgentRun[];
let migratedRuns: readonly MigratedRun[];
before(async () => {
  server = await startServer('debian-15', { max_connections: '200', autovacuum: 'off' }, HBA);
  await makeTemplates(engine, server);
  const jobs = JOBS.filter((job) => cannotRunHere(job) === null);
  agentRuns = beginUnderAgent(server, jobs, home);
  migratedRuns = beginMigrated(engine, server, jobs, home);
});
after(() => {
  server.stop();
  rmSync(home, { recursive: true });
});

async function underAgent({ id }: DifferentialJob): Promise<Effects> {
  const run = agentRuns.find(({ jobId }) => jobId === id);
  assert.ok(run);
  return await run.effects;
}

async function underTimetable({ id }: DifferentialJob, as: Transaction): Promise<Migrated> {
  const run = migratedRuns.find(({ jobId, transaction }) => jobId === id && transaction === as);
  assert.ok(run);
  return await run.migrated;
}

function assertEffects({ outcome }: Migrated, expected: Effects): void {
  assert.ok(outcome, 'a chain is written');
  const { log, errors, ...effects } = outcome;
  assert.deepEqual(effects, expected, JSON.stringify({ log, errors }));
}

function assertLeftOut({ plan, outcome }: Migrated, code: string): void {
  assert.equal(outcome, null, 'nothing is written');
  const errors = plan.advisories.filter(({ severity }) => severity === 'error');
  assert.deepEqual([...new Set(errors.map((error) => error.code))], [code]);
}

/** Other versions than the recorded one may differ in their logs; what they leave behind is compared all the same. */
function assertAsRecorded({ outcome }: Migrated, name: string): void {
  if (engine.name !== 'stand-in' && engine.name !== RECORDED_VERSION) return;
  assert.deepEqual(outcome && recordable(outcome), recording.get(name) ?? null);
}

// The server of the tests has no other address than this machine's.
const ALWAYS: readonly string[] = ['connection-loopback'];

function assertAdvisories({ advisories = [], differs, leftOut }: DifferentialJob, { plan }: Migrated): void {
  const codes = plan.advisories.map(({ code }) => code);
  for (const code of advisories) assert.ok(codes.includes(code), `the advisory ${code} is there`);
  if (differs && differs.advisory !== null) {
    const found = plan.advisories.filter(({ code }) => code === differs.advisory);
    assert.ok(found.length > 0, `the advisory ${differs.advisory} says what differs`);
    const steps = found.map(({ stepName }) => stepName);
    if (differs.step !== undefined)
      assert.ok(steps.includes(differs.step), `it is about step ${differs.step}`);
  }
  const named = [...ALWAYS, ...advisories, differs?.advisory, leftOut];
  const alarms = plan.advisories.filter(({ severity, code }) => severity !== 'info' && !named.includes(code));
  assert.deepEqual(
    alarms.map(({ code, message }) => `${code}: ${message}`),
    [],
  );
}

describe(`pgAgent and pg_timetable ${engine.name}`, () => {
  for (const job of JOBS) {
    const skip = cannotRunHere(job) ?? false;
    describe(`${job.id}: ${job.what}`, () => {
      test('pgAgent does what the table says', { skip }, async () => {
        assert.deepEqual(await underAgent(job), expectedUnderAgent(job));
      });
      test('pg_timetable does what the table says', { skip }, async () => {
        const migrated = await underTimetable(job, 'step');
        if (job.leftOut !== undefined) assertLeftOut(migrated, job.leftOut);
        else assertEffects(migrated, expectedUnderTimetable(job));
      });
      test('it does so as recorded', { skip }, async () => {
        assertAsRecorded(await underTimetable(job, 'step'), runName(job.id, 'step'));
      });
      test('the plan says what differs, and raises no alarm otherwise', { skip }, async () => {
        assertAdvisories(job, await underTimetable(job, 'step'));
      });
      const { inOneTransaction } = job;
      if (inOneTransaction === undefined) return;
      test('with --transaction chain', { skip }, async () => {
        const migrated = await underTimetable(job, 'chain');
        const leftOut = typeof inOneTransaction === 'object' && 'leftOut' in inOneTransaction;
        if (leftOut) assertLeftOut(migrated, inOneTransaction.leftOut);
        else assertEffects(migrated, expectedInOneTransaction(job));
        assertAsRecorded(migrated, runName(job.id, 'chain'));
      });
    });
  }
});

test('the table has jobs enough, each under a name of its own', () => {
  assert.ok(JOBS.length >= 60);
  assert.equal(new Set(JOBS.map(({ id }) => id)).size, JOBS.length);
});

test('what is recorded is in the table', () => {
  const names = JOBS.flatMap(({ id }) => [runName(id, 'step'), runName(id, 'chain')]);
  assert.deepEqual(
    [...recording.keys()].filter((name) => !names.includes(name)),
    [],
  );
});
