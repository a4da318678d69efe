import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../src/model/job.ts';
import type { TargetChain } from '../../src/model/target-chain.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { verifyJob } from '../../src/verify/compare/verify-job.ts';
import { context, exception, job, NOW, schedule, sqlStep } from '../job-builders.ts';
import { BERLIN } from '../zones.ts';
import { migrated } from './migrated.ts';

const DAY = 86_400_000;

const shown = ({ verdict, differences, problems }: Verdict): string =>
  [
    verdict,
    ...differences.map(({ minute, firesIn }) => `${minute} ${firesIn}`),
    ...problems.map(({ code }) => code),
  ].join(', ');

function after(source: Job, change: (chain: TargetChain) => TargetChain | null, given = context()): string {
  const chains = migrated(source, given).flatMap((chain) => change(chain) ?? []);
  return shown(verifyJob(source, chains, given));
}

const withGuard =
  (change: (guard: TargetChain['tasks'][number]) => TargetChain['tasks'][number]) =>
  (chain: TargetChain): TargetChain => ({
    ...chain,
    tasks: chain.tasks.map((task) => (task.taskName === 'guard' ? change(task) : task)),
  });

/** Each day at 9:00; NOW is noon of Thursday, 16 April 2026. */
const NINE = job({ schedules: [schedule({ minutes: [0], hours: [9] })] });
const WITH_TIMEOUT: Job = { ...NINE, description: '@JOB_TIMEOUT=1 min;' };

describe('what a migration wrote is equal', () => {
  const cases: readonly [string, Job, string][] = [
    ['each day at nine', NINE, 'equal'],
    ['a disabled job: neither side runs it', { ...NINE, enabled: false }, 'idle'],
    ['no schedule', job({ schedules: [] }), 'idle'],
    ['the last day', job({ schedules: [schedule({ minutes: [0], hours: [1], lastDay: true })] }), 'equal'],
    [
      'exceptions of every form',
      job({
        schedules: [
          schedule(
            { minutes: [0, 30], hours: [9, 12] },
            {
              exceptions: [
                exception('2026-12-25', null),
                exception('2026-12-31', '12:30:00'),
                exception(null, '09:30:00'),
                exception('2020-12-31', null),
              ],
            },
          ),
        ],
      }),
      'equal',
    ],
    [
      'an end on a due minute, to the second: it still fires',
      job({ schedules: [schedule({ minutes: [0], hours: [9] }, { end: Date.UTC(2026, 3, 20, 9) })] }),
      'equal',
    ],
    [
      'a start on a due minute, with seconds: it fires already',
      job({
        schedules: [schedule({ minutes: [0], hours: [9] }, { start: Date.UTC(2026, 3, 20, 9, 0, 59) })],
      }),
      'equal',
    ],
    [
      'one day of a month that is none in particular',
      job({ schedules: [schedule({ minutes: [0], hours: [9], monthDays: [1, 30], months: [2, 4] })] }),
      'equal',
    ],
    [
      'a window to come, with seconds',
      job({
        schedules: [
          schedule({ minutes: [0] }, { start: NOW + 40 * DAY + 30_500, end: NOW + 80 * DAY + 30_500 }),
        ],
      }),
      'equal',
    ],
    [
      'each minute from next year on, by a chain that starts another',
      job({ schedules: [schedule({}, { start: NOW + 300 * DAY })] }),
      'equal',
    ],
  ];
  for (const [name, source, expected] of cases) {
    test(name, () =>
      assert.equal(
        after(source, (chain) => chain),
        expected,
      ),
    );
  }
});

describe('it finds', () => {
  const lastDay = job({ schedules: [schedule({ minutes: [0], hours: [1], lastDay: true })] });
  const holiday = job({
    schedules: [schedule({ minutes: [0], hours: [9] }, { exceptions: [exception('2026-04-20', null)] })],
  });
  const cases: readonly [string, Job, (chain: TargetChain) => TargetChain | null, string][] = [
    [
      'a line that is an hour late',
      NINE,
      (chain) => ({ ...chain, runAt: '0 10 * * *' }),
      'different, 2026-04-17T09:00 pgAgent, 2026-04-17T10:00 pg_timetable, 2026-04-18T09:00 pgAgent',
    ],
    [
      '29 February forgotten',
      lastDay,
      (chain) => (chain.runAt?.includes('28,29') ? { ...chain, runAt: '0 1 28 2 *' } : chain),
      'different, 2028-02-29T01:00 pgAgent, 2032-02-29T01:00 pgAgent, 2036-02-29T01:00 pgAgent',
    ],
    [
      'the chain of the short months gone',
      lastDay,
      (chain) => (chain.runAt?.includes(' 30 ') ? null : chain),
      'different, 2026-04-30T01:00 pgAgent, 2026-06-30T01:00 pgAgent, 2026-09-30T01:00 pgAgent',
    ],
    [
      'no chain at all',
      NINE,
      () => null,
      'different, 2026-04-17T09:00 pgAgent, 2026-04-18T09:00 pgAgent, 2026-04-19T09:00 pgAgent, missing-chain',
    ],
    [
      'a chain that is not live',
      NINE,
      (chain) => ({ ...chain, live: false }),
      'different, 2026-04-17T09:00 pgAgent, 2026-04-18T09:00 pgAgent, 2026-04-19T09:00 pgAgent, not-live',
    ],
    [
      'a line that is NULL, which is every minute',
      NINE,
      (chain) => ({ ...chain, runAt: null }),
      'different, 2026-04-16T12:01 pg_timetable, 2026-04-16T12:02 pg_timetable, 2026-04-16T12:03 pg_timetable',
    ],
    [
      'a line that no calendar knows, and says nothing of minutes then',
      NINE,
      (chain) => ({ ...chain, runAt: '@reboot' }),
      'different, run-at',
    ],
    ['another client', NINE, (chain) => ({ ...chain, clientName: 'w1' }), 'different, client-name'],
    [
      "a client that is '', which none is",
      NINE,
      (chain) => ({ ...chain, clientName: '' }),
      'different, 2026-04-17T09:00 pgAgent, 2026-04-18T09:00 pgAgent, 2026-04-19T09:00 pgAgent, client-name',
    ],
    [
      'a Monday, 28 February, that ends its month: the first one of 2028 does not, that of 2033 does',
      job({ schedules: [schedule({ minutes: [0], hours: [1], lastDay: true, months: [2], weekdays: [1] })] }),
      (chain) => ({ ...chain, runAt: '0 1 29 2 1', tasks: chain.tasks.slice(1) }),
      'different, 2033-02-28T01:00 pgAgent',
    ],
    [
      'an end in the last second of 9999, which is year 10000 to a guard',
      job({
        schedules: [schedule({ minutes: [0], hours: [9] }, { end: Date.UTC(9999, 11, 31, 23, 59, 59) })],
      }),
      (chain) => chain,
      'equal',
    ],
    [
      'a name with a line break in the chain that is started',
      job({
        name: 'X\ny\u2028z',
        schedules: [schedule({}, { exceptions: [exception('2026-12-25', null)] })],
      }),
      (chain) => chain,
      'equal',
    ],
    [
      'a job of which only the tasks of the tool are left',
      NINE,
      (chain) => ({ ...chain, tasks: chain.tasks.filter(({ taskName }) => taskName === 'release snapshot') }),
      'different, 2026-04-17T09:00 pgAgent, 2026-04-18T09:00 pgAgent, 2026-04-19T09:00 pgAgent, steps-changed',
    ],
    [
      'a chain that deletes itself',
      NINE,
      (chain) => ({ ...chain, selfDestruct: true }),
      'different, chain-settings',
    ],
    ['a chain with a timeout', NINE, (chain) => ({ ...chain, timeout: 1 }), 'different, chain-settings'],
    ['a chain with the timeout of its job', WITH_TIMEOUT, (chain) => chain, 'equal'],
    [
      'a chain with another timeout than its job has',
      WITH_TIMEOUT,
      (chain) => ({ ...chain, timeout: 60_001 }),
      'different, chain-settings',
    ],
    ['a timeout that was taken out', WITH_TIMEOUT, (chain) => ({ ...chain, timeout: 0 }), 'equal'],
    [
      'a chain with on_error',
      NINE,
      (chain) => ({ ...chain, onError: 'SELECT 1' }),
      'different, chain-settings',
    ],
    [
      'a chain that runs alone',
      NINE,
      (chain) => ({ ...chain, exclusiveExecution: true }),
      'different, chain-settings',
    ],
    [
      'a guard that runs as another role',
      holiday,
      withGuard((guard) => ({ ...guard, runAs: 'nobody' })),
      'different, guard-changed',
    ],
    [
      'a guard on another server',
      holiday,
      withGuard((guard) => ({ ...guard, databaseConnection: 'host=db2' })),
      'different, guard-changed',
    ],
    [
      'a snapshot that is no longer released',
      NINE,
      (chain) => ({ ...chain, tasks: chain.tasks.slice(1) }),
      'different, task-changed',
    ],
    [
      'a snapshot released behind the steps',
      NINE,
      (chain) => ({ ...chain, tasks: chain.tasks.toReversed() }),
      'different, task-changed',
    ],
    [
      'a lock that is tried in a transaction of its own, and so held for a moment only',
      lastDay,
      (chain) => ({ ...chain, tasks: chain.tasks.map((task) => ({ ...task, autonomous: true })) }),
      'different, task-changed, task-changed, task-changed',
    ],
    [
      'a lock of another job',
      lastDay,
      (chain) => ({
        ...chain,
        tasks: chain.tasks.map((task) => ({ ...task, command: task.command.replace('job 1 ', 'job 2 ') })),
      }),
      'different, lock-missing, lock-missing, lock-missing',
    ],
    ['16 instances', NINE, (chain) => ({ ...chain, maxInstances: null }), 'different, max-instances'],
    ['two instances', NINE, (chain) => ({ ...chain, maxInstances: 2 }), 'different, max-instances'],
    [
      'a guard whose failure is ignored',
      holiday,
      withGuard((guard) => ({ ...guard, ignoreError: true })),
      'different, guard-changed',
    ],
    [
      'a guard that is no longer autonomous',
      holiday,
      withGuard((guard) => ({ ...guard, autonomous: false })),
      'different, guard-changed',
    ],
    [
      'a guard with a line more: nobody knows what it does now',
      holiday,
      withGuard((guard) => ({
        ...guard,
        command: guard.command.replace('END $guard$', '  NULL;\nEND $guard$'),
      })),
      'different, guard-changed',
    ],
    [
      'the last day of February taken for the 28th in leap years too',
      lastDay,
      (chain) =>
        chain.runAt?.includes('28,29')
          ? { ...chain, runAt: '0 1 28 2 *', tasks: chain.tasks.slice(1) }
          : chain,
      'different, 2028-02-28T01:00 pg_timetable, 2028-02-29T01:00 pgAgent, 2032-02-28T01:00 pg_timetable',
    ],
    [
      'a step taken out',
      { ...NINE, steps: [sqlStep(), sqlStep({ id: 2, name: 'two' })] },
      (chain) => ({ ...chain, tasks: chain.tasks.slice(0, -1) }),
      'different, steps-changed',
    ],
    [
      'a guard taken out',
      holiday,
      (chain) => ({ ...chain, tasks: chain.tasks.slice(1) }),
      'different, 2026-04-20T09:00 pg_timetable',
    ],
    [
      'a guard that is not live',
      holiday,
      (chain) => ({
        ...chain,
        tasks: chain.tasks.map((task) => (task.taskName === 'guard' ? { ...task, live: false } : task)),
      }),
      'different, guard-changed',
    ],
    [
      'a guard for the wrong day',
      holiday,
      (chain) => ({
        ...chain,
        tasks: chain.tasks.map((task) => ({
          ...task,
          command: task.command.replace('2026-04-20', '2026-04-21'),
        })),
      }),
      'different, 2026-04-20T09:00 pg_timetable, 2026-04-21T09:00 pgAgent',
    ],
    [
      'the lock of one of several chains taken out',
      lastDay,
      (chain) =>
        chain.runAt?.includes('31')
          ? { ...chain, tasks: chain.tasks.filter(({ taskName }) => taskName !== 'one run at a time') }
          : chain,
      'different, lock-missing',
    ],
  ];
  for (const [name, source, change, expected] of cases) {
    test(name, () => assert.equal(after(source, change), expected));
  }

  test('a copy of a chain that is started beside it', () => {
    const chains = migrated(NINE, context());
    const copies = chains.map((chain) => ({ ...chain, chainId: 9, chainName: 'job @ often [2/2]' }));
    const found = shown(verifyJob(NINE, [...chains, ...copies], context()));
    assert.match(found, /^different, .*fires-twice$/);
  });

  test('a minute that clocks going forward pass over is none that differs', () => {
    const source = job({
      schedules: [schedule({ minutes: [30], hours: [2], monthDays: [28], months: [3] })],
    });
    const berlin = context({ zone: BERLIN });
    const late = migrated(source, berlin).map((chain) => ({ ...chain, runAt: '30 4 28 3 *' }));
    // 28 March 2027 is the Sunday on which clocks go from 02:00 to 03:00.
    assert.equal(
      shown(verifyJob(source, late, berlin)),
      'different, 2027-03-28T04:30 pg_timetable, 2028-03-28T02:30 pgAgent, 2028-03-28T04:30 pg_timetable',
    );
  });

  test('the chain with the steps gone that another one starts', () => {
    const source = job({ schedules: [schedule({}, { start: NOW + 300 * DAY + 30_000 })] });
    assert.equal(
      after(source, (chain) => (chain.chainName.endsWith('[steps]') ? null : chain)),
      'different, 2027-02-10T12:00 pgAgent, 2027-02-10T12:01 pgAgent, 2027-02-10T12:02 pgAgent, steps-missing',
    );
  });

  test('a job that was disabled in pgAgent since, and still runs', () => {
    const chains = migrated(NINE, context());
    assert.equal(
      shown(verifyJob({ ...NINE, enabled: false }, chains, context())),
      'different, 2026-04-17T09:00 pg_timetable, 2026-04-18T09:00 pg_timetable, 2026-04-19T09:00 pg_timetable',
    );
  });
});

test('a guard written before its dates were over is still right afterwards', () => {
  const source = job({
    schedules: [
      schedule(
        { minutes: [0], hours: [9] },
        { start: NOW + DAY, end: NOW + 900 * DAY, exceptions: [exception('2026-04-20', null)] },
      ),
    ],
  });
  const chains = migrated(source, context());
  // Before the exception, on its day, and when all dates but the end are over.
  for (const later of [DAY, 4 * DAY, 400 * DAY])
    assert.equal(shown(verifyJob(source, chains, context({ now: NOW + later }))), 'equal', String(later));
  const over = chains.map((chain) => ({ ...chain, live: false }));
  assert.equal(shown(verifyJob(source, over, context({ now: NOW + 901 * DAY }))), 'idle');
});
