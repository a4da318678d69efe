import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dateOnWall, instantsAt, repeatedStretches, UTC, type Zone } from '../../../src/model/zone.ts';
import type { CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import type { Condition } from '../../../src/transform/schedule/condition.ts';
import type { FiringSet } from '../../../src/transform/schedule/firing-set.ts';
import { nextRuns } from '../../../src/transform/schedule/next-runs.ts';
import { nextRepeated } from '../../../src/transform/schedule/repeated-time.ts';
import { scheduleSet } from '../../../src/transform/schedule/schedule-set.ts';
import { NOW } from '../../job-builders.ts';
import { Dice, randomSchedule } from '../../proof/random-schedules.ts';
import { runs } from '../../property-runs.ts';
import { BERLIN } from '../../zones.ts';
import { EVERY } from './every-day.ts';

/** The date of the next stretch in which these minutes are repeated. */
function nextDate(
  part: Partial<CalendarProduct>,
  zone: Zone = BERLIN,
  conditions: readonly Condition[] = [],
  now = NOW,
): string | null {
  const found = nextRepeated([{ product: { ...EVERY, ...part }, conditions }], zone, now);
  return found && dateOnWall(found.start);
}

describe('the next date on which daylight saving repeats a minute of the schedule', () => {
  // Berlin: from three to two on Sunday, 25 October 2026, 31 October 2027 and 29 October 2028.
  const cases: readonly [string, Partial<CalendarProduct>, string | null][] = [
    ['each minute', {}, '2026-10-25'],
    ['half past two', { hours: [2], minutes: [30] }, '2026-10-25'],
    ['the first minute of the hour', { hours: [2], minutes: [0] }, '2026-10-25'],
    ['the last minute of the hour', { hours: [2], minutes: [59] }, '2026-10-25'],
    ['the minute before', { hours: [1], minutes: [59] }, null],
    ['the minute after', { hours: [3], minutes: [0] }, null],
    ['two and three', { hours: [1, 3] }, null],
    ['on the 31st, which is a Sunday of the change in 2027', { hours: [2], monthDays: [31] }, '2027-10-31'],
    ['in October on the 29th', { hours: [2], monthDays: [29], months: [10] }, '2028-10-29'],
    ['on working days', { hours: [2], weekdays: [1, 2, 3, 4, 5] }, null],
    ['in May', { hours: [2], months: [5] }, null],
  ];
  for (const [name, part, expected] of cases) test(name, () => assert.equal(nextDate(part), expected));

  test('none in a zone without changes', () => assert.equal(nextDate({}, UTC), null));

  test('not one that an exception takes', () => {
    assert.equal(nextDate({ hours: [2] }, BERLIN, [{ kind: 'not-on', dates: ['2026-10-25'] }]), '2027-10-31');
  });

  test('not one behind the end', () => {
    const end: Condition = { kind: 'before', instant: Date.parse('2026-10-25T00:00Z') };
    assert.equal(nextDate({ hours: [2], minutes: [0] }, BERLIN, [end]), null);
  });

  test('still that of today before the hour is repeated, and then that of the next year', () => {
    const change = Date.parse('2026-10-25T01:00Z');
    assert.equal(nextDate({}, BERLIN, [], change), '2026-10-25');
    assert.equal(nextDate({}, BERLIN, [], change + 1), '2027-10-31');
  });
});

test('a minute whose window opens between its two times comes once, in 2026, and twice a year later', () => {
  // 25 October 2026, 02:30 in Berlin, is 00:30 and 01:30 UTC.
  const opens: Condition = { kind: 'from', instant: Date.UTC(2026, 9, 25, 1, 30) };
  const half = { ...EVERY, minutes: [30], hours: [2] };
  const first = nextRepeated([{ product: half, conditions: [] }], BERLIN, NOW);
  const later = nextRepeated([{ product: half, conditions: [opens] }], BERLIN, NOW);
  assert.equal(first && dateOnWall(first.start), '2026-10-25');
  assert.equal(later && dateOnWall(later.start), '2027-10-31');
});

/** Half past midnight becomes half past eleven of the day before. */
const OVER_MIDNIGHT: Zone = {
  name: 'over midnight',
  offsets: [
    { from: -Infinity, seconds: 7_200 },
    { from: Date.parse('2026-10-24T22:30Z'), seconds: 3_600 },
    { from: Date.parse('2027-03-27T23:00Z'), seconds: 7_200 },
    { from: Date.parse('2027-10-30T22:30Z'), seconds: 3_600 },
  ],
};

test('it is the first stretch in which the next run from its second time on lies, and has come the first time too', () => {
  const plain = (set: FiringSet, zone: Zone): string | null => {
    const found = repeatedStretches(zone, NOW).find(({ start, end, instant }) => {
      const [first] = nextRuns(set, zone, instant - 1, 1);
      if (first === undefined || first.instant >= instant + end - start) return false;
      const [before = 0] = instantsAt(zone, first.wall);
      return nextRuns(set, zone, before - 1, 1)[0]?.instant === before;
    });
    return found === undefined ? null : dateOnWall(found.instant);
  };
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(BERLIN, OVER_MIDNIGHT), (seed, zone) => {
      const { set } = scheduleSet(randomSchedule(new Dice(seed), [2026, 2027], 1), 'keep', zone, NOW);
      const found = nextRepeated(set, zone, NOW);
      assert.equal(found && dateOnWall(found.instant), plain(set, zone));
    }),
    runs(400),
  );
});
