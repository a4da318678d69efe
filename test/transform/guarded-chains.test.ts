import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Schedule } from '../../src/model/job.ts';
import type { JobPlan } from '../../src/model/plan.ts';
import { UTC } from '../../src/model/zone.ts';
import { batchStep, codes, context, exception, job, NOW, schedule, sqlStep } from '../job-builders.ts';
import { BERLIN } from '../zones.ts';
import { runGuard } from './guard-reader.ts';
import { orders, plan, reasons } from './plans.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NINE = { minutes: [0], hours: [9] };
const CHRISTMAS = exception('2026-12-25', null);
const guarded = schedule(NINE, { exceptions: [CHRISTMAS] });
const steps = [sqlStep(), batchStep('echo', { id: 2, name: 'second' })];

const shapes = ({ chains }: JobPlan): readonly unknown[] =>
  chains.map((chain) => [
    chain.chainName,
    chain.runAt,
    orders(chain).map(([name, order]) => `${order} ${name}`),
  ]);

describe('the tasks that the tool adds', () => {
  const plain = ['1 release snapshot', '10 step', '20 second'];
  test('one chain: it releases its snapshot', () => {
    assert.deepEqual(shapes(plan(job({ steps, schedules: [schedule(NINE)] }))), [
      ['job @ often', '0 9 * * *', plain],
    ]);
  });

  test('one chain with a guard: the guard first', () => {
    const found = plan(job({ steps, schedules: [guarded] }));
    assert.deepEqual(shapes(found), [
      ['job @ often', '0 9 * * *', ['1 guard', '2 release snapshot', '10 step', '20 second']],
    ]);
    const command = found.chains[0]?.tasks[0]?.command ?? '';
    assert.equal(runGuard(command, UTC, Date.parse('2026-12-25T09:00Z')).runs, false);
    assert.equal(runGuard(command, UTC, Date.parse('2026-12-26T09:00Z')).runs, true);
  });

  test('two schedules: each chain tries the same lock, behind its guard', () => {
    const found = plan(
      job({ steps, schedules: [guarded, schedule({ minutes: [5] }, { id: 2, name: 'other' })] }),
    );
    assert.deepEqual(shapes(found), [
      ['job @ often', '0 9 * * *', ['1 guard', '2 one run at a time', '10 step', '20 second']],
      ['job @ other', '5 * * * *', ['1 one run at a time', '10 step', '20 second']],
    ]);
    const locks = found.chains.flatMap(({ tasks }) =>
      tasks.filter(({ taskName }) => taskName === 'one run at a time'),
    );
    assert.equal(new Set(locks.map(({ command }) => command)).size, 1);
    assert.ok(
      locks.every(({ autonomous, databaseConnection }) => !autonomous && databaseConnection === null),
    );
  });

  test('one schedule of several chains has the lock too', () => {
    const found = plan(job({ schedules: [schedule({ ...NINE, months: [1, 4], lastDay: true })] }));
    assert.deepEqual(shapes(found), [
      ['job @ often [1/2]', '0 9 31 1,4 *', ['1 one run at a time', '10 step']],
      ['job @ often [2/2]', '0 9 30 4 *', ['1 one run at a time', '10 step']],
    ]);
  });

  test('two jobs have two locks, whatever their names', () => {
    const schedules = [schedule(NINE), schedule({ minutes: [5] }, { id: 2 })];
    const lock = (id: number, source: string): string =>
      plan(job({ id, schedules }), {
        ...context(),
        source: { ...context().source, database: source, server: '1' },
      }).chains[0]?.tasks[0]?.command ?? '';
    assert.equal(new Set([lock(1, 'app'), lock(2, 'app'), lock(1, 'other')]).size, 3);
  });

  test('a job without steps needs no lock, and keeps its guard', () => {
    const found = plan(
      job({ steps: [], schedules: [guarded, schedule({ minutes: [5] }, { id: 2, name: 'other' })] }),
    );
    assert.deepEqual(
      found.chains.map(({ tasks }) => tasks.map(({ taskName }) => taskName)),
      [['guard'], []],
    );
  });
});

describe('more than 100 failed runs in four years: the guard starts a chain of the steps instead of failing', () => {
  // Every minute from the next one on, until the minute before the start: one less than the minutes till then.
  const startsIn = (minutes: number): JobPlan =>
    plan(job({ schedules: [schedule({}, { start: NOW + minutes * MINUTE })] }));

  test('100 still fail', () => {
    const found = startsIn(101);
    assert.deepEqual(shapes(found), [
      ['job @ often', '* * * * *', ['1 guard', '2 release snapshot', '10 step']],
    ]);
    const said = found.advisories.find(({ code }) => code === 'failed-on-purpose');
    assert.match(said?.message ?? '', /: 100 empty runs in/);
  });

  test('101 do not', () => {
    const found = startsIn(102);
    assert.deepEqual(shapes(found), [
      ['job @ often', '* * * * *', ['1 guard']],
      ['job @ often [steps]', '0 0 30 2 *', ['1 release snapshot', '10 step']],
    ]);
    const said = found.advisories.find(({ code }) => code === 'started-chain');
    assert.match(
      said?.message ?? '',
      /"job @ often \[steps\]".*: 101 empty runs in the next four years, first at 2026-04-16T12:01:00\+00:00\./,
    );
    assert.equal(codes(found.advisories).includes('failed-on-purpose'), false);
    assert.equal(codes(found.advisories).includes('several-chains'), false);
    const [starter, holder] = found.chains;
    assert.match(
      starter?.tasks[0]?.command ?? '',
      /PERFORM pg_notify\(.*WHERE chain_name = 'job @ often \[steps\]'/s,
    );
    assert.deepEqual([starter?.live, holder?.live, holder?.maxInstances], [true, true, 1]);
    assert.deepEqual([starter?.scheduleId, holder?.scheduleId], [1, 1]);
    assert.deepEqual([starter?.nextRuns.length, holder?.nextRuns], [3, []]);
  });

  test('one date of a schedule that has 100 runs a day, and of one that has 101 on two dates', () => {
    const forms = (minutes: number, exceptions: Schedule['exceptions']): number =>
      plan(
        job({
          schedules: [
            schedule(
              { minutes: Array.from({ length: minutes }, (_, index) => index), hours: [1, 2, 3, 4] },
              { exceptions },
            ),
          ],
        }),
      ).chains.length;
    assert.equal(forms(25, [CHRISTMAS]), 1, '4 x 25 = 100');
    assert.equal(forms(26, [CHRISTMAS]), 2, '4 x 26 = 104');
    assert.equal(forms(13, [CHRISTMAS]), 1, '52');
    assert.equal(forms(13, [CHRISTMAS, exception('2027-12-25', null)]), 2, '104');
  });

  test('a date behind the four years does not count, nor what comes before the next run', () => {
    const chains = (date: string): number =>
      plan(job({ schedules: [schedule({ hours: [1, 2] }, { exceptions: [exception(date, null)] })] })).chains
        .length;
    assert.equal(chains('2030-04-15'), 2);
    assert.equal(chains('2030-04-17'), 1);
    assert.equal(chains('2026-04-16'), 1, 'today, when one and two are over');
  });

  test('a job without steps starts a chain without any', () => {
    const found = plan(job({ steps: [], schedules: [schedule({}, { start: NOW + 102 * MINUTE })] }));
    assert.deepEqual(
      found.chains.map(({ tasks }) => tasks.map(({ taskName }) => taskName)),
      [['guard'], []],
    );
  });

  test('the chain of the steps counts as one of the chains that have to be kept apart', () => {
    const found = plan(
      job({
        schedules: [schedule({}, { start: NOW + 102 * MINUTE }), schedule(NINE, { id: 2, name: 'nine' })],
      }),
    );
    assert.deepEqual(shapes(found), [
      ['job @ often', '* * * * *', ['1 guard']],
      ['job @ often [steps]', '0 0 30 2 *', ['1 one run at a time', '10 step']],
      ['job @ nine', '0 9 * * *', ['1 one run at a time', '10 step']],
    ]);
  });

  test('a name with a quote and a backslash', () => {
    const found = plan(
      job({ name: "O'Neill \\ $guard$", schedules: [schedule({}, { start: NOW + 102 * MINUTE })] }),
    );
    assert.match(
      found.chains[0]?.tasks[0]?.command ?? '',
      /WHERE chain_name = E'O''Neill \\\\ \$guard\$ @ often \[steps\]'/,
    );
  });
});

describe('next runs', () => {
  test('three of each chain, in the time of the target', () => {
    const found = plan(
      job({ schedules: [guarded] }),
      context({ zone: BERLIN, now: Date.parse('2026-12-23T12:00Z') }),
    );
    assert.deepEqual(found.chains[0]?.nextRuns, [
      '2026-12-24T09:00:00+01:00',
      '2026-12-26T09:00:00+01:00',
      '2026-12-27T09:00:00+01:00',
    ]);
  });
});

describe('--schedules all', () => {
  const all = context({ options: { schedules: 'all' } });
  test('a disabled one and one that is over are chains that are not live', () => {
    const found = plan(
      job({
        schedules: [
          schedule(NINE, { id: 1, name: 'a', enabled: false }),
          schedule(NINE, { id: 2, name: 'b', end: NOW - DAY }),
          schedule(NINE, { id: 3, name: 'c' }),
        ],
      }),
      all,
    );
    assert.deepEqual(
      found.chains.map(({ chainName, live }) => [chainName, live]),
      [
        ['job @ a', false],
        ['job @ b', false],
        ['job @ c', true],
      ],
    );
    assert.deepEqual(reasons(found), []);
  });

  test('a starter of a disabled one and the chain of its steps are not live either', () => {
    const found = plan(
      job({ schedules: [schedule({}, { enabled: false, start: NOW + 102 * MINUTE })] }),
      all,
    );
    assert.deepEqual(
      found.chains.map(({ live }) => live),
      [false, false],
    );
  });
});

test('the exceptions whose day is over are counted, over all schedules of the job', () => {
  const past = [exception('2025-12-25', null), exception('2025-12-26', null), CHRISTMAS];
  const found = plan(
    job({
      schedules: [
        schedule(NINE, { exceptions: past }),
        schedule({ minutes: [5] }, { id: 2, exceptions: past.slice(0, 1) }),
      ],
    }),
  );
  assert.equal(found.expiredExceptions, 3);
  assert.equal(plan(job()).expiredExceptions, 0);
});

test('--overlap exact lists the schedule that others cover', () => {
  const found = plan(
    job({ schedules: [schedule({ minutes: [0] }), schedule(NINE, { id: 2 })] }),
    context({ options: { overlap: 'exact' } }),
  );
  assert.deepEqual(reasons(found), ['schedule-covered 2']);
  assert.deepEqual(
    found.chains.map(({ runAt }) => runAt),
    ['0 * * * *'],
  );
  assert.equal(found.moved, 'whole');
});

describe('a timeout of the target that would drop the lock', () => {
  const where = context({ target: { transactionTimeouts: ['idle_in_transaction_session_timeout = 5min'] } });
  test('is a warning for a job of several chains', () => {
    const { advisories } = plan(
      job({ schedules: [schedule(NINE), schedule({ minutes: [5] }, { id: 2 })] }),
      where,
    );
    const found = advisories.find(({ code }) => code === 'lock-timeout');
    assert.equal(found?.severity, 'warning');
    assert.match(found?.message ?? '', /idle_in_transaction_session_timeout = 5min/);
  });
  test('and nothing to a job of one', () => {
    assert.equal(codes(plan(job(), where).advisories).includes('lock-timeout'), false);
  });
});

describe('a client that listens by a name of more than 63 bytes cannot be told to start a chain: guards fail instead', () => {
  const often = schedule({}, { exceptions: [CHRISTMAS] });
  const name = (bytes: number): string => 'k'.repeat(bytes);
  const cases: readonly [string, Parameters<typeof context>[0], boolean][] = [
    ['63 bytes', { options: { clientNames: new Map([['', name(63)]]) } }, true],
    ['64 bytes', { options: { clientNames: new Map([['', name(64)]]) } }, false],
    ['any client, and one of 63 bytes is known', { target: { knownClients: ['w1', name(63)] } }, true],
    ['any client, and one of 64 bytes is known', { target: { knownClients: ['w1', name(64)] } }, false],
    ['a target older than 5.13', { target: { knowsClientName: false } }, false],
  ];
  for (const [what, more, starts] of cases) {
    test(what, () => {
      const { chains } = plan(job({ schedules: [often] }), context(more));
      assert.equal(chains.length, starts ? 2 : 1);
    });
  }
});
