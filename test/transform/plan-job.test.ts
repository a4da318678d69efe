import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Job, Schedule, Step } from '../../src/job.ts';
import { type JobPlan, jobPlanSchema, type TaskPlan } from '../../src/plan.ts';
import type { Context } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { batchStep, codes, context, exception, job, NOW, schedule, span, sqlStep } from '../job-builders.ts';

function plan(one: Job, where: Context = context()): JobPlan {
  const found = planJob(one, where);
  assert.deepEqual(jobPlanSchema.parse(found), found);
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found, 'a plan is plain data');
  return found;
}

function reasons({ skipped }: JobPlan): readonly string[] {
  return skipped.map(({ reason, scheduleId, stepId }) =>
    [reason, scheduleId ?? stepId ?? []].flat().join(' '),
  );
}

function tasks(found: JobPlan): readonly TaskPlan[] {
  return found.chains[0]?.tasks ?? [];
}

const PARTIAL = context({ options: { partial: true } });
const LAST_DAY = schedule({ lastDay: true }, { id: 2, name: 'month end' });
const ELSEWHERE = sqlStep({ id: 2, name: 'elsewhere', connection: { kind: 'database', name: 'reports' } });

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
    found.chains.map(({ tasks: _, ...chain }) => chain),
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
      scheduleId,
    })),
  );
  assert.equal(found.moved, 'whole');
  assert.deepEqual(found.skipped, []);
  assert.deepEqual(codes(found.advisories), [
    'bound-to-client',
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
        command: 'SELECT 1',
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
      const found = plan(job({ hostAgent }), context({ options: { clientNames: new Map(clientNames) } }));
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

  for (const [knownClients, expected] of [
    [[], 'info any-host'],
    [['w1'], 'info any-host'],
    [['w1', 'w2'], 'warning any-host-several-clients'],
  ] as const) {
    test(`'' where the target has seen ${knownClients.length} clients`, () => {
      const { advisories } = plan(job(), context({ target: { knownClients } }));
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

describe('a job without a schedule that can still fire is left out, and that is no error', () => {
  const cases: readonly [string, readonly Schedule[], readonly string[]][] = [
    ['no schedule at all', [], ['job-cannot-run']],
    ['a disabled one', [schedule({}, { enabled: false })], ['schedule-disabled 1', 'job-cannot-run']],
    ['one that is over', [schedule({}, { end: NOW - 1 })], ['schedule-over 1', 'job-cannot-run']],
    [
      '30 February',
      [schedule({ monthDays: [30], months: [2] })],
      ['schedule-impossible 1', 'job-cannot-run'],
    ],
    [
      'several',
      [schedule({}, { enabled: false }), schedule({ monthDays: [31], months: [4, 6] }, { id: 2 })],
      ['schedule-disabled 1', 'schedule-impossible 2', 'job-cannot-run'],
    ],
  ];
  for (const [name, schedules, expected] of cases) {
    test(name, () => {
      for (const where of [context(), PARTIAL]) {
        const found = plan(job({ schedules, steps: [ELSEWHERE] }), where);
        assert.equal(found.moved, 'none');
        assert.deepEqual(found.chains, []);
        assert.deepEqual(found.advisories, []);
        assert.deepEqual(reasons(found), expected);
      }
    });
  }
});

describe('a job moves whole or stays whole', () => {
  test('a schedule that cannot fire is left out of a job that moves whole', () => {
    const found = plan(
      job({ schedules: [schedule({}, { id: 1, enabled: false }), schedule({}, { id: 2 })] }),
    );
    assert.deepEqual(
      [found.moved, found.chains.length, reasons(found)],
      ['whole', 1, ['schedule-disabled 1']],
    );
  });

  const blocked: readonly [string, Job, string][] = [
    ['a last-day schedule beside another', job({ schedules: [schedule(), LAST_DAY] }), 'last-day-of-month'],
    [
      'a start in the future',
      job({ schedules: [schedule(), schedule({}, { id: 2, start: NOW + 1 })] }),
      'start-in-future',
    ],
    [
      'an end in the future',
      job({ schedules: [schedule(), schedule({}, { id: 2, end: NOW + 1 })] }),
      'end-in-future',
    ],
    [
      'an exception to come',
      job({ schedules: [schedule(), schedule({}, { id: 2, exceptions: [exception('2026-12-25', null)] })] }),
      'exceptions',
    ],
    ['a step on another database', job({ steps: [sqlStep(), ELSEWHERE] }), 'step-needs-conninfo'],
    [
      'a step of another language',
      job({ steps: [sqlStep(), batchStep('#!/usr/bin/python3', { id: 2 })] }),
      'interpreter-line',
    ],
  ];
  for (const [name, one, code] of blocked) {
    test(`${name} keeps the whole job on pgAgent`, () => {
      const found = plan(one);
      assert.equal(found.moved, 'none');
      assert.deepEqual(found.chains, []);
      assert.deepEqual(
        found.advisories.map(({ severity }) => severity),
        ['error'],
      );
      assert.deepEqual(codes(found.advisories), [code]);
      assert.deepEqual(reasons(found), ['job-left-out']);
    });

    test(`${name}: --partial takes the rest, and the error stays`, () => {
      const found = plan(one, PARTIAL);
      assert.equal(found.moved, 'part');
      assert.equal(found.chains.length, 1);
      assert.equal(found.chains[0]?.scheduleId, 1);
      assert.deepEqual(
        tasks(found).map(({ stepId }) => stepId),
        [null, 1],
      );
      assert.deepEqual(
        found.advisories.filter(({ severity }) => severity === 'error').map((a) => a.code),
        [code],
      );
      assert.deepEqual(reasons(found), [
        code.startsWith('step') || code.startsWith('inter') ? 'step-not-carried 2' : 'schedule-not-carried 2',
      ]);
    });
  }

  const nothingLeft: readonly [string, Job][] = [
    ['no schedule', job({ schedules: [LAST_DAY] })],
    ['no step', job({ steps: [ELSEWHERE] })],
    ['a disabled step only', job({ steps: [ELSEWHERE, sqlStep({ enabled: false })] })],
    ['no name short enough', job({ name: 'x'.repeat(9_000) })],
  ];
  for (const [name, one] of nothingLeft) {
    test(`--partial takes nothing where ${name} is left`, () => {
      const found = plan(one, PARTIAL);
      assert.deepEqual([found.moved, found.chains.length, reasons(found)], ['none', 0, ['job-left-out']]);
      assert.equal(found.advisories.length, 1);
    });
  }

  test('a disabled step that cannot be carried over keeps nothing back', () => {
    const found = plan(job({ steps: [sqlStep(), { ...ELSEWHERE, enabled: false }] }));
    assert.deepEqual([found.moved, reasons(found)], ['whole', ['step-disabled 2']]);
    assert.deepEqual(
      found.advisories.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  test('a disabled schedule that cannot be carried over keeps nothing back', () => {
    const found = plan(job({ schedules: [schedule(), { ...LAST_DAY, enabled: false }] }));
    assert.deepEqual([found.moved, reasons(found)], ['whole', ['schedule-disabled 2']]);
  });

  test('a disabled job obeys the same rule', () => {
    assert.equal(plan(job({ enabled: false, schedules: [schedule(), LAST_DAY] })).moved, 'none');
  });

  test('each reason is told, of schedules and of steps', () => {
    const found = plan(job({ schedules: [LAST_DAY], steps: [ELSEWHERE] }));
    assert.deepEqual(codes(found.advisories), ['last-day-of-month', 'step-needs-conninfo']);
  });

  test('a job without an enabled step moves, with an info', () => {
    for (const steps of [[], [sqlStep({ enabled: false })]]) {
      const found = plan(job({ steps }));
      assert.equal(found.moved, 'whole');
      assert.deepEqual(codes(found.advisories), ['any-host', 'no-enabled-step']);
    }
  });

  test('a chain name that the unique index cannot hold', () => {
    // A B-tree entry takes 2,704 bytes at most on a page of 8 kB; text that does not compress.
    const random = Array.from({ length: 1_400 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000)),
    ).join('');
    const found = plan(job({ name: random }));
    assert.deepEqual([found.moved, codes(found.advisories)], ['none', ['name-too-long']]);
    assert.equal(plan(job({ name: random.slice(0, 800) })).moved, 'whole');
  });
});

test('--partial lists the schedule whose chain name is too long among what was skipped', () => {
  const schedules = [
    schedule({ minutes: [0] }),
    schedule({ minutes: [5] }, { id: 2, name: 'x'.repeat(9_000) }),
  ];
  const found = plan(job({ schedules }), PARTIAL);
  assert.deepEqual([found.moved, found.chains.length], ['part', 1]);
  assert.deepEqual(reasons(found), ['schedule-not-carried 2']);
});

describe('schedules that meet', () => {
  const at = (id: number, minutes: readonly number[]): Schedule =>
    schedule({ minutes }, { id, name: `s${id}` });
  const cases: readonly [string, readonly Schedule[], readonly string[]][] = [
    ['one alone', [at(1, [0])], []],
    ['two that do not meet', [at(1, [0]), at(2, [5])], ['several-schedules ']],
    ['two that meet', [at(1, [0, 5]), at(2, [5])], ['overlapping-schedules 2', 'several-schedules ']],
    ['one that is disabled', [at(1, [0]), { ...at(2, [0]), enabled: false }], []],
    [
      'three of which each pair meets',
      [at(1, [0]), at(2, [0]), at(3, [0])],
      ['overlapping-schedules 2', 'overlapping-schedules 3', 'overlapping-schedules 3', 'several-schedules '],
    ],
  ];
  for (const [name, schedules, expected] of cases) {
    test(name, () => {
      const { advisories, chains } = plan(job({ schedules }));
      const found = advisories
        .filter(({ code }) => code.endsWith('-schedules'))
        .map(({ code, scheduleId }) => `${code} ${scheduleId ?? ''}`);
      assert.deepEqual([...found].sort(), expected);
      assert.equal(chains.length, schedules.filter(({ enabled }) => enabled).length);
    });
  }

  test('the other schedule is named', () => {
    const { advisories } = plan(job({ schedules: [at(1, [0]), at(2, [0])] }));
    assert.match(advisories.find(({ code }) => code === 'overlapping-schedules')?.message ?? '', /"s1"/);
  });

  test('a day that a month lacks is a warning about that schedule', () => {
    const { advisories } = plan(job({ schedules: [schedule({ monthDays: [31] }, { id: 9 })] }));
    const [found] = advisories.filter(({ code }) => code === 'day-missing-in-month');
    assert.deepEqual([found?.severity, found?.scheduleId], ['warning', 9]);
  });
});

test('any job gives a plan of the published shape, whole or not, and every schedule is a chain or skipped', () => {
  const schedules = fc
    .array(
      fc.record({
        enabled: fc.boolean(),
        lastDay: fc.boolean(),
        minutes: fc.subarray([0, 5, 30]),
        monthDays: fc.subarray([1, 15, 30, 31]),
        months: fc.subarray([1, 2, 4]),
        end: fc.constantFrom(null, NOW - 1, NOW + 1),
      }),
      { maxLength: 3 },
    )
    .map((all) =>
      all.map(({ enabled, end, ...chosen }, index) =>
        schedule(chosen, { id: index + 1, name: `s${index}`, enabled, end }),
      ),
    );
  const steps = fc.array(
    fc.constantFrom<Step>(
      sqlStep(),
      ELSEWHERE,
      batchStep('echo'),
      batchStep('#!/bin/false'),
      sqlStep({ enabled: false }),
    ),
    {
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(
      schedules,
      steps,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (given, ofJob, enabled, partial, hasTaskLive) => {
        const found = plan(
          job({ schedules: given, steps: ofJob, enabled }),
          context({ options: { partial }, target: { hasTaskLive } }),
        );
        const hasErrors = found.advisories.some(({ severity }) => severity === 'error');
        assert.equal(found.moved === 'whole', found.chains.length > 0 && !hasErrors);
        assert.equal(found.moved === 'part', found.chains.length > 0 && hasErrors);
        if (!partial) assert.notEqual(found.moved, 'part');
        if (found.moved === 'none') return;
        const named = [...found.chains, ...found.skipped].flatMap(({ scheduleId }) => scheduleId ?? []);
        assert.deepEqual(
          [...named].sort(),
          given.map(({ id }) => id),
        );
      },
    ),
    { numRuns: 500 },
  );
});
