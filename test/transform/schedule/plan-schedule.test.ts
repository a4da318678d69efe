import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Schedule } from '../../../src/model/job.ts';
import { UTC } from '../../../src/model/zone.ts';
import type { TransformOptions } from '../../../src/transform/context.ts';
import { planSchedules } from '../../../src/transform/plan-schedules.ts';
import { planSchedule } from '../../../src/transform/schedule/plan-schedule.ts';
import { type Chosen, codes, context, exception, job, NOW, schedule, span } from '../../job-builders.ts';
import { dueAt, firing, lines } from './firing.ts';
import { holdsMinute, utcMinute } from './plain-reading.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** In one word: the reason why it is left out, or its lines, behind `dead` where pgAgent does not fire it. */
function fate(planned: Schedule, options: Partial<TransformOptions> = {}): string {
  const found = planSchedule(planned, context({ options }));
  if (found.kind === 'idle') return found.reason;
  if (found.kind === 'not-carried') return codes(found.advisories).join();
  return `${found.isLive ? '' : 'dead '}${lines(found.set).join(' + ')}`;
}

const HOURLY: Chosen = { minutes: [0] };

describe('which schedules are taken: pending, active and all', () => {
  // NOW is noon on the second, so the next hour is 13:00.
  const cases: readonly [string, Partial<Schedule>, string, string, string][] = [
    ['enabled', {}, '0 * * * *', '0 * * * *', '0 * * * *'],
    ['disabled', { enabled: false }, 'schedule-disabled', 'schedule-disabled', 'dead 0 * * * *'],
    ['ended a year ago', { end: NOW - 365 * DAY }, 'schedule-over', 'schedule-over', 'dead 0 * * * *'],
    ['ended a millisecond ago', { end: NOW - 1 }, 'schedule-over', 'schedule-over', 'dead 0 * * * *'],
    ['ends now, with this last minute', { end: NOW }, 'schedule-over', 'schedule-over', 'dead 0 * * * *'],
    [
      'ends a minute before its next run',
      { end: NOW + 60 * MINUTE - 1 },
      'schedule-over',
      'schedule-over',
      'dead 0 * * * *',
    ],
    ['ends with its next run', { end: NOW + 60 * MINUTE }, '0 * * * *', '0 * * * *', '0 * * * *'],
    ['never ends', { end: Infinity }, '0 * * * *', '0 * * * *', '0 * * * *'],
    ['begins now', { start: NOW }, '0 * * * *', '0 * * * *', '0 * * * *'],
    ['begins tomorrow', { start: NOW + DAY }, '0 * * * *', 'schedule-not-active', '0 * * * *'],
    ['began at -infinity', { start: -Infinity }, '0 * * * *', '0 * * * *', '0 * * * *'],
    [
      'begins never',
      { start: Infinity },
      'schedule-impossible',
      'schedule-impossible',
      'schedule-impossible',
    ],
    [
      'begins and ends never',
      { start: Infinity, end: Infinity },
      'schedule-impossible',
      'schedule-impossible',
      'schedule-impossible',
    ],
    [
      'ended at -infinity',
      { end: -Infinity },
      'schedule-impossible',
      'schedule-impossible',
      'schedule-impossible',
    ],
    [
      'begins and ends in the future',
      { start: NOW + DAY, end: NOW + 2 * DAY },
      '0 * * * *',
      'schedule-not-active',
      '0 * * * *',
    ],
    [
      'ends before it begins',
      { start: NOW + 2 * DAY, end: NOW + DAY },
      'schedule-impossible',
      'schedule-impossible',
      'schedule-impossible',
    ],
    [
      'disabled and in the future',
      { enabled: false, start: NOW + DAY },
      'schedule-disabled',
      'schedule-disabled',
      'dead 0 * * * *',
    ],
  ];
  for (const [name, more, pending, active, all] of cases) {
    test(name, () => {
      const one = schedule(HOURLY, more);
      assert.deepEqual(
        (['pending', 'active', 'all'] as const).map((schedules) => fate(one, { schedules })),
        [pending, active, all],
      );
    });
  }

  test('one that is over is planned as it was in its last minute, exceptions of its time included', () => {
    const over = schedule(HOURLY, {
      end: Date.UTC(2026, 0, 31, 18),
      exceptions: [exception('2026-01-31', null), exception('2026-01-30', null)],
    });
    const { set, exceptions } = firing(over, context({ options: { schedules: 'all' } }));
    assert.deepEqual(set[0]?.conditions, [
      { kind: 'not-on', dates: ['2026-01-31'] },
      { kind: 'before', instant: Date.UTC(2026, 0, 31, 18, 1) },
    ]);
    assert.equal(exceptions.expired, 1);
  });
});

describe('what is ticked decides whether it can fire', () => {
  const cases: readonly [string, Chosen, string][] = [
    ['30 February', { monthDays: [30], months: [2] }, 'schedule-impossible'],
    ['the 31st in April and June only', { monthDays: [31], months: [4, 6] }, 'schedule-impossible'],
    ['29 February is possible', { monthDays: [29], months: [2] }, '* * 29 2 *'],
    ['29 February on a Monday is possible', { monthDays: [29], months: [2], weekdays: [1] }, '* * 29 2 1'],
    ['Friday the 13th: both must hold', { monthDays: [13], weekdays: [5] }, '* * 13 * 5'],
    ['the last day alone, of February', { lastDay: true, months: [2] }, '* * 28,29 2 *'],
    // Beside another month day pgAgent never fires on the last day (FACTS.md 1), so nothing is left of it.
    [
      'the last day beside 30 February',
      { lastDay: true, monthDays: [30], months: [2] },
      'schedule-impossible',
    ],
    ['the last day beside all 31 days is every day', { lastDay: true, monthDays: span(1, 31) }, '* * * * *'],
  ];
  for (const [name, chosen, expected] of cases)
    test(name, () => assert.equal(fate(schedule(chosen)), expected));

  test('the last day beside 30 February is the last day of February once the flag is honored', () => {
    const one = schedule({ lastDay: true, monthDays: [30], months: [2] });
    assert.equal(fate(one, { lastDay: 'honor' }), '* * 28,29 2 *');
  });
});

describe('exceptions may leave nothing', () => {
  const nine = { minutes: [0], hours: [9] };
  test('where they take its only time each day', () => {
    const one = schedule(nine, { exceptions: [exception(null, '09:00:00')] });
    assert.equal(fate(one), 'schedule-impossible');
    assert.equal(fate({ ...one, enabled: false }, { schedules: 'all' }), 'schedule-impossible');
  });
  test('where they take the only day before its end', () => {
    const one = schedule(nine, {
      end: Date.UTC(2026, 3, 17, 18),
      exceptions: [exception('2026-04-17', null)],
    });
    assert.equal(fate(one), 'schedule-over');
  });
  test('but not where a minute is left', () => {
    const one = schedule({ ...nine, minutes: [0, 30] }, { exceptions: [exception(null, '09:00:00')] });
    assert.equal(fate(one), '30 9 * * *');
  });
});

describe('a schedule of more than 64 chains', () => {
  // Other schedules have 60 minutes from 09:00 and the first few from 10:00, each until a date of its own: one line each for
  // what comes behind those dates. The rest of ten o'clock is one line more.
  const others = (count: number): readonly Schedule[] =>
    span(0, count - 1).map((index) =>
      schedule(
        { hours: [9 + Math.floor(index / 60)], minutes: [index % 60] },
        { id: index + 1, end: Date.UTC(2027, 0, 1) + index * DAY },
      ),
    );
  const planned = (count: number, allowManyChains = false) => {
    const one = schedule({ hours: [9, 10] }, { id: 100, exceptions: [exception('2026-12-25', null)] });
    const where = context({ options: { allowManyChains, overlap: 'exact' } });
    const fate = planSchedules(job({ schedules: [...others(count), one] }), where).at(-1);
    assert.ok(fate);
    return fate;
  };

  for (const [name, fate, expected] of [
    ['64 are made', planned(63), 64],
    ['65 are made with --allow-many-chains', planned(64, true), 65],
  ] as const)
    test(name, () => assert.equal(fate.kind === 'fires' ? fate.set.length : fate.kind, expected));

  test('65 are an error with the number', () => {
    const fate = planned(64);
    assert.equal(fate.kind, 'not-carried');
    const [advisory] = fate.kind === 'not-carried' ? fate.advisories : [];
    assert.deepEqual(
      [advisory?.code, advisory?.severity, advisory?.scheduleId],
      ['many-chains', 'error', 100],
    );
    assert.match(advisory?.message ?? '', /\b65\b.*--allow-many-chains/);
  });
});

test('its lines hold at a minute exactly where each array that is not empty does: the plain reading', () => {
  const some = (first: number, last: number): fc.Arbitrary<number[]> => fc.subarray([...span(first, last)]);
  const chosen = fc.record({
    minutes: some(0, 59),
    hours: some(0, 23),
    monthDays: some(1, 28),
    months: some(1, 12),
    weekdays: some(0, 6),
  });
  const start = Date.UTC(2028, 0, 1);
  const minutes = fc.array(fc.integer({ min: 0, max: 366 * 24 * 60 - 1 }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(chosen, minutes, (ticked, offsets) => {
      const one = schedule(ticked);
      const due = dueAt(firing(one, context()).set, UTC);
      for (const offset of offsets) {
        const at = start + offset * MINUTE;
        assert.equal(due(at), holdsMinute(one, utcMinute(at)) ? 1 : 0, new Date(at).toISOString());
      }
    }),
  );
});
