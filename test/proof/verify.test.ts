import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { verifyJob } from '../../src/verify/compare/verify-job.ts';
import { context, exception, job, NOW, schedule, span } from '../job-builders.ts';
import { migrated } from '../verify/migrated.ts';

const DAY = 86_400_000;

test('the lines and guards of any job fire at the minutes of the plain reading, whatever the options', () => {
  const few = (first: number, last: number): fc.Arbitrary<number[]> =>
    fc.subarray([...span(first, last)], { maxLength: 5 });
  const day = fc.integer({ min: 0, max: 900 }).map((days) => NOW - 100 * DAY + days * DAY);
  const date = day.map((instant) => new Date(instant).toISOString().slice(0, 10));
  const time = fc
    .tuple(fc.constantFrom('00', '09', '12', '23'), fc.constantFrom('00', '30', '59'))
    .map(([hour, minute]) => `${hour}:${minute}:00`);
  const oneSchedule = fc.record({
    ticked: fc.record({
      minutes: fc.oneof(few(0, 59), fc.subarray([0, 30, 59])),
      hours: fc.oneof(few(0, 23), fc.subarray([0, 9, 12, 23])),
      weekdays: few(0, 6),
      monthDays: fc.oneof(few(1, 31), fc.subarray([15, 28, 29, 30, 31])),
      months: fc.oneof(few(1, 12), fc.subarray([2, 4, 12])),
      lastDay: fc.boolean(),
    }),
    start: fc.oneof(
      fc.constant(NOW - 9_999 * DAY),
      day.map((instant) => instant + 30_000),
    ),
    end: fc.oneof(
      fc.constant(null),
      day.map((instant) => instant + 400 * DAY + 59_999),
    ),
    exceptions: fc.array(
      fc.tuple(fc.option(date), fc.option(time)).map(([on, at]) => exception(on, at)),
      { maxLength: 4 },
    ),
  });
  const options = fc.record({
    overlap: fc.constantFrom('keep' as const, 'exact' as const),
    lastDay: fc.constantFrom('keep' as const, 'honor' as const),
    allowManyChains: fc.constant(true),
  });
  fc.assert(
    fc.property(fc.array(oneSchedule, { minLength: 1, maxLength: 3 }), options, (given, chosen) => {
      const source = job({
        schedules: given.map(({ ticked, start, end, exceptions }, index) =>
          schedule(ticked, { id: index + 1, name: `s${index}`, start, end, exceptions }),
        ),
      });
      const around = context({ options: chosen });
      const verdict = verifyJob(source, migrated(source, around), around);
      assert.deepEqual([verdict.differences, verdict.problems], [[], []]);
    }),
    { numRuns: 300, seed: 4 },
  );
});
