import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DueMinutes } from '../../src/cutover/moment/due-minutes.ts';
import type { JobRecord } from '../../src/model/record.ts';
import type { UndoneJob } from '../../src/model/undo-result.ts';
import { UTC } from '../../src/model/zone.ts';
import type { Undoing } from '../../src/undo/find-jobs.ts';
import { idleJobs, lostToBoth, overdueOf, withOverdue } from '../../src/undo/lost-minutes.ts';
import { job, schedule, span } from '../job-builders.ts';
import { jobRecord } from '../planning/records.ts';
import { plan } from '../transform/plans.ts';

const at = (time: string): number => Date.parse(`2026-04-16T${time}Z`);
const undoing = (jobId: number, fate: UndoneJob['job'], more: Partial<JobRecord>): Undoing => ({
  record: jobRecord({ jobId, phase: 'cut-over', ...more }),
  ...{ job: fate, minutes: [], zone: UTC, digest: null, held: null, chainsNow: [], changedByHand: [] },
});
/** Jobs 1 to 5 are due each minute. */
const due = new DueMinutes([UTC]);
for (const id of span(1, 5))
  due.add(id, plan(job({ id, schedules: [schedule({ minutes: span(0, 59), hours: span(0, 23) })] })).chains);

const earlier = { at: at('12:01:20'), ranUpTo: at('12:00:00'), mayHaveRunUpTo: at('12:01:00') };
const JOBS = [
  undoing(1, 'enabled', {}),
  undoing(2, 'enabled', { phase: 'undoing', stop: earlier }),
  undoing(3, 'as-it-is', { phase: 'undoing', stop: { ...earlier, missedUpTo: at('12:02:00') } }),
  undoing(4, 'enabled', { phase: 'cutting-over', disabledAt: '2026-04-16 12:02:59.9' }),
  undoing(5, 'as-it-is', { phase: 'cutting-over', disabledAt: '2026-04-16 12:02:00' }),
];
const BACK = {
  stop: { at: at('12:04:40'), ranUpTo: at('12:04:00'), mayHaveRunUpTo: at('12:04:00') },
  idle: new Map(),
  upTo: at('12:04:00'),
  nextRuns: new Map([1, 2, 4].map((id) => [id, at('12:05:00')])),
  enabled: at('12:05:10'),
};
const said = (back: typeof BACK): readonly string[] =>
  lostToBoth(JOBS, due, back).map(
    ({ minute, isCertain, jobIds }) =>
      `${new Date(minute).toISOString().slice(11, 16)} ${isCertain ? '' : 'perhaps '}${jobIds.join()}`,
  );

test('each job has lost the minutes since its own chains stopped, up to the last that pgAgent leaves alone', () => {
  assert.deepEqual(said(BACK), [
    '12:01 perhaps 2',
    '12:01 perhaps 3',
    '12:02 2',
    '12:02 3',
    '12:03 2',
    '12:03 4',
    '12:04 2',
    '12:04 4',
  ]);
});

test('pgAgent makes up for one minute; those behind it may be lost where the commit took long', () => {
  const late = said({ ...BACK, enabled: at('12:06:00') });
  assert.deepEqual(late.slice(-2), ['12:04 4', '12:06 perhaps 1,2,4']);
  assert.equal(late.length, 9);
});

test('of a stop that lies further back the last seven days are named', () => {
  const stop = { at: 0, ranUpTo: at('12:04:00') - 30 * 86_400_000, mayHaveRunUpTo: 0 };
  const found = lostToBoth([undoing(2, 'enabled', { phase: 'undoing', stop })], due, BACK);
  assert.equal(found.length, 7 * 24 * 60);
});

test('jobs whose clients are gone have run nowhere since one of these last looked for due chains, but for what pgAgent ran', () => {
  const disabledAt = '2026-04-16 12:00:35';
  const jobs = [1, 2, 3, 4].map((id) => undoing(id, 'enabled', { disabledAt }));
  const clients = new Map<number, ReadonlySet<string | null>>([
    [1, new Set(['gone'])],
    [2, new Set(['there', 'gone'])],
    [3, new Set([null])],
    [4, new Set(['never'])],
  ]);
  const lastTurns = new Map([
    ['gone', at('12:02:10')],
    ['there', at('12:04:05')],
  ]);
  const since = (connected: readonly string[], known: typeof lastTurns | null = lastTurns) =>
    [...idleJobs(jobs, clients, { connected: new Set(connected), lastTurns: known })].map(
      ([id, { ranUpTo }]) => `${id} ${new Date(ranUpTo).toISOString().slice(11, 16)}`,
    );
  assert.deepEqual(since(['there']), ['1 12:02', '4 12:00']);
  assert.deepEqual(since([]), ['1 12:02', '2 12:04', '3 12:04', '4 12:00']);
  assert.deepEqual(since([], null), [], 'who may not read the log claims nothing');
  const idle = idleJobs(jobs, clients, { connected: new Set(['there']), lastTurns });
  assert.deepEqual(
    lostToBoth(jobs, due, { ...BACK, idle }).map(({ minute, jobIds }) => [
      new Date(minute).toISOString().slice(11, 16),
      jobIds,
    ]),
    [
      ['12:01', [4]],
      ['12:02', [4]],
      ['12:03', [1]],
      ['12:03', [4]],
      ['12:04', [1]],
      ['12:04', [4]],
    ],
  );
});

test('a job was overdue if its next run was not after the moment at which the cutover disabled it', () => {
  const jobs = ['2026-04-16 12:00:00', '2026-04-16 12:00:30', '2026-04-16 12:01:00'].map(
    (wasNextRun, index) => undoing(index + 1, 'enabled', { wasNextRun, disabledAt: '2026-04-16 12:00:30' }),
  );
  const others = [
    undoing(4, 'as-it-is', { wasNextRun: '2026-04-16 12:00:00', disabledAt: '2026-04-16 12:00:30' }),
    undoing(5, 'enabled', { wasNextRun: null, disabledAt: '2026-04-16 12:00:30' }),
  ];
  assert.deepEqual(
    overdueOf([...jobs, ...others]).map(({ record, minute }) => [record.jobId, minute]),
    [
      [1, at('12:00:00')],
      [2, at('12:00:00')],
    ],
  );
});

test('a minute that was overdue and is lost anyway is named once', () => {
  const lost = [
    { minute: at('12:01:00'), isCertain: true, jobIds: [2, 3] },
    { minute: at('12:02:00'), isCertain: false, jobIds: [2] },
  ];
  const overdue = (time: string, id: number, isCertain = true) => ({
    ...{ minute: at(time), isCertain, jobIds: [id] },
  });
  assert.deepEqual(withOverdue([overdue('12:01:00', 2)], lost), lost);
  assert.deepEqual(withOverdue([overdue('12:02:00', 2, false)], lost), lost);
  // Another job's, another minute's, and what is known for certain.
  for (const one of [overdue('12:01:00', 4), overdue('12:00:00', 2), overdue('12:02:00', 2)])
    assert.deepEqual(withOverdue([one], lost), [one, ...lost]);
});
