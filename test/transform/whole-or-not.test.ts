import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Job, Step } from '../../src/model/job.ts';
import { batchStep, codes, context, exception, job, NOW, schedule, span, sqlStep } from '../job-builders.ts';
import { runs } from '../property-runs.ts';
import { ELSEWHERE, PARTIAL, plan, reasons, tasks } from './plans.ts';

/** 72 chains: three for the last day of a month, times the 24 hours, of which all but the last leave out a minute of their own. */
const MANY = schedule(
  { lastDay: true },
  {
    id: 2,
    name: 'many',
    exceptions: span(10, 32).map((minute) =>
      exception(null, `${String(minute - 10).padStart(2, '0')}:${minute}:00`),
    ),
  },
);

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
    ['a schedule of too many chains', job({ schedules: [schedule(), MANY] }), 'many-chains'],
    ['a step on another database', job({ steps: [sqlStep(), ELSEWHERE] }), 'step-needs-conninfo'],
    [
      "a step that writes pgAgent's tables",
      job({ steps: [sqlStep(), sqlStep({ id: 2, code: 'DELETE FROM pgagent.pga_job' })] }),
      'pgagent-written',
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
        code === 'many-chains' ? 'schedule-not-carried 2' : 'step-not-carried 2',
      ]);
    });
  }

  const nothingLeft: readonly [string, Job][] = [
    ['no schedule', job({ schedules: [MANY] })],
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
    const found = plan(job({ schedules: [schedule(), { ...MANY, enabled: false }] }));
    assert.deepEqual([found.moved, reasons(found)], ['whole', ['schedule-disabled 2']]);
  });

  test('a disabled job obeys the same rule', () => {
    assert.equal(plan(job({ enabled: false, schedules: [schedule(), MANY] })).moved, 'none');
  });

  test('each reason is told, of schedules and of steps', () => {
    const found = plan(job({ schedules: [MANY], steps: [ELSEWHERE] }));
    assert.deepEqual(codes(found.advisories), ['many-chains', 'step-needs-conninfo']);
  });

  test('a job without an enabled step moves, with an info', () => {
    for (const steps of [[], [sqlStep({ enabled: false })]]) {
      const found = plan(job({ steps }));
      assert.equal(found.moved, 'whole');
      assert.deepEqual(codes(found.advisories), ['any-host', 'no-enabled-step', 'nothing-ticked']);
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

test('--partial: what a schedule of too many chains shares with a later one stays with that one', () => {
  // Both have guards that name a date, so that --overlap exact gives the common minutes to the first, which is not carried over.
  const later = schedule(
    { hours: [9, 10] },
    { id: 3, name: 'later', exceptions: [exception('2026-12-25', null)] },
  );
  const where = context({ options: { partial: true, overlap: 'exact' } });
  const found = plan(job({ schedules: [MANY, later] }), where);
  assert.deepEqual(reasons(found), ['schedule-not-carried 2']);
  assert.equal(found.chains[0]?.runAt, '* 9,10 * * *');
});

test('any job gives a plan of the published shape, whole or not, and every schedule is a chain or skipped', () => {
  const schedules = fc
    .array(
      fc.record({
        enabled: fc.boolean(),
        lastDay: fc.boolean(),
        minutes: fc.subarray([0, 5, 30], { minLength: 1 }),
        hours: fc.constantFrom([], [9]),
        monthDays: fc.subarray([1, 15, 30, 31]),
        months: fc.subarray([1, 2, 4]),
        start: fc.constantFrom(0, NOW + 86_400_000),
        end: fc.constantFrom(null, NOW - 1, NOW + 7 * 86_400_000),
        exceptions: fc.subarray([exception('2026-12-01', null), exception(null, '09:30:00')]),
      }),
      { maxLength: 3 },
    )
    .map((all) =>
      all.map(({ enabled, start, end, exceptions, ...chosen }, index) =>
        schedule(chosen, { id: index + 1, name: `s${index}`, enabled, start, end, exceptions }),
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
        const named = new Set(
          [...found.chains, ...found.skipped].flatMap(({ scheduleId }) => scheduleId ?? []),
        );
        assert.deepEqual(
          [...named].sort(),
          given.map(({ id }) => id),
        );
      },
    ),
    runs(200),
  );
});
