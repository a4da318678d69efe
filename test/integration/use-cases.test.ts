import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../src/migrate/migrate.ts';
import type { ProgressEvent } from '../../src/model/progress.ts';
import type { ReconciledJob } from '../../src/planning/reconciled-jobs.ts';
import { readEndpoint } from '../../src/postgres/endpoint.ts';
import type { LiveSettings } from '../../src/session/settings.ts';
import { parseShell } from '../../src/transform/step/shell.ts';
import { undo } from '../../src/undo/undo.ts';
import { verify } from '../../src/verify/verify.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
let place: Both;
before(async () => {
  server = await startServer('embedded');
  place = await Both.create(server, 'called');
  await place.insert({ name: 'nightly' });
  await place.insert({ name: 'paused', enabled: false });
});
after(() => server.stop());

/** What the command line makes of no option, for one database. */
function settings(more: Partial<LiveSettings> = {}): LiveSettings {
  const end = readEndpoint(server.uri('called'), 'source', {});
  const shell = parseShell('sh');
  assert.ok(shell);
  return {
    ...{ from: 'live', source: end, target: end, isTargetSource: true, given: new Set(), dryRun: false },
    ...{ jobs: [], excludedJobs: [], partial: false, shellName: 'sh', shell, hostShells: new Map() },
    ...{ paused: false, schedules: 'pending', onDemand: false, overlap: 'keep', lastDay: 'keep' },
    ...{ transaction: 'step', jobTransactions: new Map(), stripPasswords: false, showSecrets: false },
    ...{ allowManyChains: false, sourceRole: null, targetRole: null, sourceTimeZone: null },
    ...{ acceptTimeZone: false, isAfterCutover: false, clientNames: new Map(), everyClient: false },
    ...{ stepConninfo: null, strict: false, onConflict: 'error', force: false, disableSource: false },
    ...{ wait: 10_000, runOverdue: false, withoutClient: true, plan: null, savedPlan: null },
    ...{ keyPlace: { file: null, text: null }, output: null, overwrite: false, progress: false },
    ...{ format: 'table', quiet: false, verbose: false, color: false },
    ...more,
  } as LiveSettings;
}

const nothing = new AbortController().signal;

test('a program plans, migrates, verifies and undoes by four functions, without a terminal', async () => {
  const seen: ProgressEvent[] = [];
  const jobs: ReconciledJob[] = [];
  const hooks = {
    signal: nothing,
    onProgress: (progress: ProgressEvent) => seen.push(progress),
    ready: async () => {},
    show: async (result: { readonly jobs: AsyncIterable<ReconciledJob> }) => {
      for await (const job of result.jobs) jobs.push(job);
    },
  };
  const planned = await migrate(settings({ dryRun: true }), hooks);
  assert.equal(planned.outcome, null);
  assert.deepEqual(planned.reasons, []);
  assert.deepEqual(
    jobs.map(({ plan }) => [plan.jobName, plan.chains.map(({ runAt, live }) => [runAt, live])]),
    [
      ['nightly', [['0 2 * * *', true]]],
      ['paused', [['0 2 * * *', false]]],
    ],
  );
  assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);

  const moved = await migrate(settings({ disableSource: true }), hooks);
  assert.deepEqual(moved.outcome?.written.outcomes, ['create', 'create']);
  assert.equal(moved.outcome?.cutover?.jobs, 1);
  assert.ok(seen.some(({ kind }) => kind === 'begin'));

  const verdicts: string[] = [];
  const areEqual = await verify(settings(), {
    ...hooks,
    show: async (findings) => {
      for await (const { jobName, verdict } of findings.verdicts()) verdicts.push(`${jobName}: ${verdict}`);
    },
  });
  assert.equal(areEqual, true);
  assert.deepEqual(verdicts, ['nightly: equal', 'paused: idle']);

  const back = await undo(settings(), hooks);
  assert.deepEqual(back.summary, { jobs: 2, chains: 2, enabled: 1, undone: true });
  assert.equal(await place.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 1);
});

test('an AbortSignal ends a run before anything is written', async () => {
  const hooks = { onProgress: () => {}, ready: async () => {}, show: async () => {} };
  const signal = AbortSignal.abort();
  await assert.rejects(migrate(settings(), { ...hooks, signal }), { code: 'interrupted' });
  assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);
});

test('an AbortSignal in the middle of a cutover of two databases: it says interrupted, and how the jobs stand', async () => {
  const from = await Both.create(server, 'from');
  const to = await Both.create(server, 'to');
  await from.insert({ name: 'nightly', steps: [{ name: '1', kind: 'b', code: 'true' }] });
  const blocker = await server.connect('from');
  await blocker.query('BEGIN; SELECT * FROM pgagent.pga_job FOR UPDATE');
  const controller = new AbortController();
  const [source, target] = ['from', 'to'].map((name) => readEndpoint(server.uri(name), 'source', {}));
  const running = migrate(
    settings({ source, target, isTargetSource: false, disableSource: true } as Partial<LiveSettings>),
    { signal: controller.signal, onProgress: () => {}, ready: async () => {}, show: async () => {} },
  );
  const written = async (): Promise<void> => {
    while ((await to.value('SELECT count(*)::int FROM timetable.chain')) === 0) await sleep(50);
    await sleep(200);
  };
  await Promise.race([written(), running]);
  controller.abort();
  await assert.rejects(running, {
    code: 'unfinished',
    message: 'Interrupted. The chains of 1 job are on the target, not live; pgAgent keeps running the jobs.',
  });
  await blocker.end();
  assert.equal(await from.value('SELECT jobenabled FROM pgagent.pga_job'), true);
});

test('what somebody changes on the target between the planning and the writing is not written over', async () => {
  const run = (byHand: string, more: Partial<LiveSettings> = {}): Promise<unknown> =>
    migrate(settings(more), {
      signal: nothing,
      onProgress: () => {},
      ready: async () => {
        await server.run('called', byHand);
      },
      show: async () => {},
    });
  const taken = `INSERT INTO timetable.chain (chain_name) SELECT jobname || ' @ ' || jscname FROM pgagent.pga_job JOIN pgagent.pga_schedule ON jscjobid = jobid WHERE jobname = 'nightly'`;
  const changed = { code: 'conflict', message: /^The target changed while this ran: / };
  await assert.rejects(run(taken), changed);
  assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 1);
  await server.run('called', 'DELETE FROM timetable.chain');

  await run('SELECT 1');
  await server.run('called', "UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2'");
  await assert.rejects(
    run('UPDATE timetable.task SET ignore_error = NOT ignore_error', { onConflict: 'replace' }),
    changed,
  );
  await server.run('called', 'UPDATE timetable.task SET ignore_error = NOT ignore_error');
  await run('SELECT 1', { onConflict: 'replace' });
  assert.equal(
    await place.value("SELECT count(*)::int FROM timetable.task WHERE command LIKE 'SELECT 2%'"),
    2,
  );
});
