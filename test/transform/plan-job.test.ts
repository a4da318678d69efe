import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job, Step } from '../../src/model/job.ts';
import { batchStep, codes, context, job, NOW, schedule, span, sqlStep } from '../job-builders.ts';
import { ELSEWHERE, PARTIAL, plan, reasons, tasks } from './plans.ts';

test('the job of the article: three chains for node1, live, one run at a time', () => {
  const article = job({
    id: 4,
    name: 'Download locations and aggregate',
    hostAgent: 'node1',
    schedules: [
      schedule({}, { id: 11, name: 'every min' }),
      schedule(
        { minutes: [2], hours: [3, 6], monthDays: [4], months: [4], weekdays: [0] },
        { id: 12, name: 'test schedule' },
      ),
      schedule(
        { minutes: [0, 5], hours: span(0, 23), months: span(1, 12), weekdays: span(1, 5) },
        { id: 13, name: 'run download' },
      ),
    ],
  });
  const found = plan(article);
  assert.deepEqual(
    found.chains.map(({ tasks: _, nextRuns: __, ...chain }) => chain),
    (
      [
        ['every min', '* * * * *', 11],
        ['test schedule', '2 3,6 4 4 0', 12],
        ['run download', '0,5 * * * 1-5', 13],
      ] as const
    ).map(([name, runAt, scheduleId]) => ({
      chainName: `Download locations and aggregate @ ${name}`,
      runAt,
      clientName: 'node1',
      live: true,
      maxInstances: 1,
      timeout: 0,
      scheduleId,
    })),
  );
  assert.equal(found.moved, 'whole');
  assert.deepEqual(found.skipped, []);
  assert.deepEqual(codes(found.advisories), [
    'bound-to-client',
    'nothing-ticked',
    'overlapping-schedules',
    'several-schedules',
  ]);
});

describe('the tasks of a chain', () => {
  const steps: readonly Step[] = [
    sqlStep({ id: 31, name: '10 - zebra' }),
    batchStep('echo', { id: 7, name: '2 - ape' }),
    sqlStep({ id: 19, name: '1 - cat', enabled: false }),
    sqlStep({ id: 20, name: '1 - cat' }),
  ];

  test('keep the order of the steps as the source gave it, at 10, 20, 30', () => {
    const found = tasks(plan(job({ steps }))).slice(1);
    assert.deepEqual(
      found.map(({ stepId, taskOrder, taskName, live }) => [stepId, taskOrder, taskName, live]),
      [
        [31, 10, '10 - zebra', true],
        [7, 20, '2 - ape', true],
        [19, 30, '1 - cat', false],
        [20, 40, '1 - cat', true],
      ],
    );
  });

  test('without a step left out before pg_timetable 7, in the same order', () => {
    const found = plan(job({ steps }), context({ target: { hasTaskLive: false } }));
    assert.deepEqual(
      tasks(found)
        .slice(1)
        .map(({ stepId, live }) => [stepId, live]),
      [
        [31, true],
        [7, true],
        [20, true],
      ],
    );
    const orders = tasks(found).map(({ taskOrder }) => taskOrder);
    assert.deepEqual(
      orders,
      [...new Set(orders)].sort((a, b) => a - b),
    );
    assert.deepEqual(reasons(found), ['step-disabled 19']);
    assert.equal(found.moved, 'whole');
  });

  for (const [name, step] of [
    ['autonomous', sqlStep()],
    ['a program', batchStep('echo')],
    ['disabled', sqlStep({ enabled: false })],
  ] as const) {
    test(`begin with "release snapshot", a local SELECT 1 below 10, where the first step is ${name}`, () => {
      const [first, second, ...rest] = tasks(plan(job({ steps: [step] })));
      assert.ok(first && first.taskOrder < 10 && first.taskOrder > 0);
      assert.deepEqual(first, {
        taskName: 'release snapshot',
        taskOrder: first.taskOrder,
        kind: 'SQL',
        command:
          'SELECT 1 -- Made by pga2timetable: without it VACUUM and CREATE INDEX CONCURRENTLY wait for this chain. Keep it in front.',
        parameters: [],
        databaseConnection: null,
        ignoreError: false,
        autonomous: false,
        live: true,
        stepId: null,
      });
      assert.equal(second?.stepId, 1);
      assert.deepEqual(rest, []);
    });
  }

  test('begin so where the first step is remote', () => {
    const stepConninfo = new Map([['host', 'db1']]);
    const found = tasks(plan(job({ steps: [ELSEWHERE] }), context({ options: { stepConninfo } })));
    assert.deepEqual(
      found.map(({ taskName, autonomous }) => [taskName, autonomous]),
      [
        ['release snapshot', false],
        ['elsewhere', false],
      ],
    );
  });

  test('are the same in each chain of the job', () => {
    const [a, b] = plan(
      job({ steps, schedules: [schedule({ minutes: [0] }), schedule({ minutes: [5] }, { id: 2 })] }),
    ).chains;
    assert.deepEqual(a?.tasks, b?.tasks);
  });
});

const HOURLY = schedule({ minutes: [0] });

describe('jobhostagent', () => {
  const cases: readonly [string, string, readonly [string, string][], string | null, string][] = [
    ["'' is every client: NULL, never ''", '', [], null, 'info any-host'],
    ["'' is w1 with --client-name =w1", '', [['', 'w1']], 'w1', 'info bound-to-client'],
    ['a host is the client of that name', 'node1', [], 'node1', 'info bound-to-client'],
    ['a host is renamed by --client-name node1=w1', 'node1', [['node1', 'w1']], 'w1', 'info bound-to-client'],
    ['another host is not', 'node2', [['node1', 'w1']], 'node2', 'info bound-to-client'],
    [
      '--client-name =w1 is for jobs of any host only',
      'node1',
      [['', 'w1']],
      'node1',
      'info bound-to-client',
    ],
    ["'' is not a host of some name", '', [['node1', 'w1']], null, 'info any-host'],
  ];
  for (const [name, hostAgent, clientNames, expected, advisory] of cases) {
    test(name, () => {
      const found = plan(
        job({ hostAgent, schedules: [HOURLY] }),
        context({ options: { clientNames: new Map(clientNames) } }),
      );
      assert.deepEqual(
        found.chains.map(({ clientName }) => clientName),
        [expected],
      );
      assert.deepEqual(
        found.advisories.map(({ severity, code }) => `${severity} ${code}`),
        [advisory],
      );
      assert.equal(found.hostAgent, hostAgent);
    });
  }

  test("'' where every client is meant, is no warning and stays NULL", () => {
    const where = context({
      target: { knownClients: ['w1', 'w2'] },
      options: { everyClient: true },
    });
    const { advisories, chains } = plan(job({ schedules: [HOURLY] }), where);
    assert.equal(chains[0]?.clientName, null);
    assert.deepEqual(codes(advisories), ['any-host']);
    assert.match(advisories[0]?.message ?? '', /--every-client/);
  });

  for (const [knownClients, expected] of [
    [[], 'info any-host'],
    [['w1'], 'info any-host'],
    [['w1', 'w2'], 'warning any-host-several-clients'],
  ] as const) {
    test(`'' where the target has seen ${knownClients.length} clients`, () => {
      const { advisories } = plan(job({ schedules: [HOURLY] }), context({ target: { knownClients } }));
      assert.deepEqual(
        advisories.map(({ severity, code }) => `${severity} ${code}`),
        [expected],
      );
    });
  }
});

describe('live', () => {
  const cases: readonly [string, boolean, boolean, boolean][] = [
    ['an enabled job', true, false, true],
    ['a disabled job', false, false, false],
    ['an enabled job with --paused', true, true, false],
    ['a disabled job with --paused', false, true, false],
  ];
  for (const [name, enabled, paused, live] of cases) {
    test(`${name} is ${live ? '' : 'not '}live`, () => {
      const found = plan(job({ enabled }), context({ options: { paused } }));
      assert.deepEqual(
        found.chains.map((chain) => [chain.live, chain.maxInstances]),
        [[live, 1]],
      );
      assert.equal(found.enabled, enabled);
      assert.deepEqual(
        tasks(found).map((one) => one.live),
        [true, true],
      );
    });
  }
});

describe('a job without a schedule that can still fire stays, and that is no error: one reason, and what to do', () => {
  const BY_HAND = ': pgAgent runs it only when it is started by hand.';
  const ON_DEMAND = ' To move it for that: --on-demand.';
  const ALL = ' To create its chains, not live: --schedules all.';
  const OFF = { enabled: false };
  const LEAP = schedule({ monthDays: [30], months: [2] }, { id: 2 });
  const OVER = schedule({}, { end: NOW - 1 });
  const DISABLED = 'it is disabled in pgAgent, which does not run it.';
  const cases: readonly [string, Partial<Job>, string][] = [
    ['no schedule at all', { schedules: [] }, `it has no schedule${BY_HAND}${ON_DEMAND}`],
    [
      'a disabled one',
      { schedules: [schedule({}, OFF)] },
      `the schedule is disabled${BY_HAND}${ON_DEMAND}${ALL}`,
    ],
    [
      'one that is over',
      { schedules: [OVER] },
      `the schedule ended at 2026-04-16T11:59:59+00:00${BY_HAND}${ALL}`,
    ],
    ['30 February', { schedules: [LEAP] }, `no month ticked has a day ticked, so it never fires${BY_HAND}`],
    [
      'several disabled ones',
      { schedules: [schedule({}, OFF), schedule({}, { ...OFF, id: 2 })] },
      `none of its 2 schedules is enabled${BY_HAND}${ON_DEMAND}${ALL}`,
    ],
    [
      'a disabled one and 30 February',
      { schedules: [schedule({}, OFF), LEAP] },
      `none of its 2 schedules can still fire${BY_HAND}${ALL}`,
    ],
    ['a disabled job without a schedule', { ...OFF, schedules: [] }, DISABLED],
    ['a disabled job with one that is over', { ...OFF, schedules: [OVER] }, `${DISABLED}${ALL}`],
    ['a disabled job with 30 February', { ...OFF, schedules: [LEAP] }, DISABLED],
  ];
  for (const [name, more, reason] of cases) {
    test(name, () => {
      for (const where of [context(), PARTIAL]) {
        const found = plan(job({ ...more, steps: [ELSEWHERE] }), where);
        assert.equal(found.moved, 'none');
        assert.deepEqual(found.chains, []);
        assert.deepEqual(found.advisories, []);
        const said = found.skipped.map(({ reason, message }) => [reason, message]);
        assert.deepEqual(said, [['job-cannot-run', reason]]);
      }
    });
  }

  test('what --schedules all would take is not named where it was given', () => {
    const where = context({ options: { schedules: 'all' } });
    const [only, ...rest] = plan(job({ schedules: [LEAP] }), where).skipped;
    assert.deepEqual(rest, []);
    assert.equal(only?.message, `no month ticked has a day ticked, so it never fires${BY_HAND}`);
  });
});
