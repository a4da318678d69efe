import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC, type Zone } from '../../../src/model/zone.ts';
import type { CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import type { Condition } from '../../../src/transform/schedule/condition.ts';
import type { FiringSet, Piece } from '../../../src/transform/schedule/firing-set.ts';
import { countRuns, nextRuns } from '../../../src/transform/schedule/next-runs.ts';
import { span } from '../../job-builders.ts';
import { BERLIN, fixedZone } from '../../zones.ts';
import { EVERY } from './every-day.ts';

const utc = Date.parse;
const piece = (part: Partial<CalendarProduct>, ...conditions: readonly Condition[]): Piece => ({
  product: { ...EVERY, ...part },
  conditions,
});
const HALF_PAST_TWO = piece({ hours: [2], minutes: [30] });
const texts = (set: FiringSet, zone: Zone, after: string, count = 3): readonly string[] =>
  nextRuns(set, zone, utc(after), count).map(({ instant }) => new Date(instant).toISOString().slice(0, 16));

describe('the next runs', () => {
  const FEB_29_FRIDAY = piece({ hours: [0], minutes: [0], monthDays: [29], months: [2], weekdays: [5] });
  const cases: readonly [string, FiringSet, Zone, string, readonly string[]][] = [
    [
      'every minute, from the next one on',
      [piece({})],
      UTC,
      '2026-04-16T12:00Z',
      ['2026-04-16T12:01', '2026-04-16T12:02', '2026-04-16T12:03'],
    ],
    [
      'a second before a minute that minute is next',
      [piece({ minutes: [0] })],
      UTC,
      '2026-04-16T11:59:59Z',
      ['2026-04-16T12:00', '2026-04-16T13:00', '2026-04-16T14:00'],
    ],
    [
      'over midnight and the end of a year',
      [piece({ hours: [0, 23], minutes: [59] })],
      UTC,
      '2026-12-31T12:00Z',
      ['2026-12-31T23:59', '2027-01-01T00:59', '2027-01-01T23:59'],
    ],
    [
      'the earliest of several pieces first',
      [piece({ hours: [9], minutes: [0] }), piece({ hours: [8], minutes: [30] })],
      UTC,
      '2026-04-16T12:00Z',
      ['2026-04-17T08:30', '2026-04-17T09:00', '2026-04-18T08:30'],
    ],
    [
      'the 31st passes the short months over',
      [piece({ hours: [0], minutes: [0], monthDays: [31] })],
      UTC,
      '2026-03-31T00:00Z',
      ['2026-05-31T00:00', '2026-07-31T00:00', '2026-08-31T00:00'],
    ],
    [
      'a time of a date is left out, and the rest of the date is not',
      [
        piece(
          { hours: [9, 10], minutes: [0] },
          {
            kind: 'not-at',
            stretches: [{ from: utc('2026-04-17T09:00Z'), before: utc('2026-04-17T10:00Z') }],
          },
        ),
      ],
      UTC,
      '2026-04-16T12:00Z',
      ['2026-04-17T10:00', '2026-04-18T09:00', '2026-04-18T10:00'],
    ],
    [
      'Friday the 13th: February, March and November of 2026',
      [piece({ hours: [0], minutes: [0], monthDays: [13], weekdays: [5] })],
      UTC,
      '2026-01-01T00:00Z',
      ['2026-02-13T00:00', '2026-03-13T00:00', '2026-11-13T00:00'],
    ],
    // 29 February 2008 was a Friday; 28 years later it is again.
    [
      '29 February on a Friday, once in 28 years',
      [FEB_29_FRIDAY],
      UTC,
      '2026-01-01T00:00Z',
      ['2036-02-29T00:00', '2064-02-29T00:00'],
    ],
    // 2100 is no leap year: 2092 was one, and the next Friday is in 2104.
    [
      '29 February on a Friday around 2100',
      [FEB_29_FRIDAY],
      UTC,
      '2092-02-29T00:00Z',
      ['2104-02-29T00:00', '2132-02-29T00:00'],
    ],
    // 2088-02-29 is a Sunday; after it come 2092 (Friday), 2096 (Wednesday), 2104 (Friday) ... 2128 (Sunday).
    [
      '29 February on a Sunday around 2100, once in 40 years',
      [piece({ hours: [0], minutes: [0], monthDays: [29], months: [2], weekdays: [0] })],
      UTC,
      '2088-02-29T00:00Z',
      ['2128-02-29T00:00'],
    ],
    [
      'in the zone of the wall',
      [piece({ hours: [0], minutes: [15], weekdays: [5] })],
      fixedZone(330),
      '2026-04-16T12:00Z',
      ['2026-04-16T18:45', '2026-04-23T18:45', '2026-04-30T18:45'],
    ],
    [
      'not on the day on which clocks go forward over the minute',
      [HALF_PAST_TWO],
      BERLIN,
      '2026-03-27T12:00Z',
      ['2026-03-28T01:30', '2026-03-30T00:30', '2026-03-31T00:30'],
    ],
    [
      'twice on the day on which clocks go back over the minute',
      [HALF_PAST_TWO],
      BERLIN,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-25T01:30', '2026-10-26T01:30'],
    ],
    [
      'the second time still, after the first',
      [HALF_PAST_TWO],
      BERLIN,
      '2026-10-25T00:30Z',
      ['2026-10-25T01:30', '2026-10-26T01:30', '2026-10-27T01:30'],
    ],
    [
      'in the order in which they come: 02:30, 02:45, then 02:30 again',
      [piece({ hours: [2], minutes: [30, 45] })],
      BERLIN,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-25T00:45', '2026-10-25T01:30'],
    ],
    [
      'and so the first two',
      [piece({ hours: [2], minutes: [30, 45] })],
      BERLIN,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-25T00:45'],
    ],
    [
      'from a start on',
      [piece({ hours: [9], minutes: [0] }, { kind: 'from', instant: utc('2026-05-01T09:00Z') })],
      UTC,
      '2026-04-16T12:00Z',
      ['2026-05-01T09:00', '2026-05-02T09:00', '2026-05-03T09:00'],
    ],
    [
      'but on a date, which is one of the wall: 20:00 UTC is the next day in India',
      [piece({ hours: [1], minutes: [30] }, { kind: 'not-on', dates: ['2026-04-18'] })],
      fixedZone(330),
      '2026-04-16T12:00Z',
      ['2026-04-16T20:00', '2026-04-18T20:00', '2026-04-19T20:00'],
    ],
    ['of nothing', [], UTC, '2026-04-16T12:00Z', []],
  ];
  for (const [name, set, zone, after, expected] of cases)
    test(name, () => assert.deepEqual(texts(set, zone, after, expected.length || 1), expected));

  test('fewer than asked for where there are no more', () => {
    const ends = piece({ hours: [9], minutes: [0] }, { kind: 'before', instant: utc('2026-04-18T09:01Z') });
    assert.deepEqual(texts([ends], UTC, '2026-04-16T12:00Z'), ['2026-04-17T09:00', '2026-04-18T09:00']);
  });

  test('no more than asked for, none where none is asked for', () => {
    assert.equal(texts([piece({})], UTC, '2026-04-16T12:00Z', 1).length, 1);
    assert.deepEqual(texts([piece({})], UTC, '2026-04-16T12:00Z', 0), []);
  });

  test('the wall shows what was ticked, whichever of the two times it is', () => {
    const walls = nextRuns([HALF_PAST_TWO], BERLIN, utc('2026-10-24T12:00Z'), 2).map(({ wall }) => wall);
    assert.deepEqual(walls, [utc('2026-10-25T02:30Z'), utc('2026-10-25T02:30Z')]);
  });
});

test('a set whose conditions let no run through is seen to be over at once, however many minutes it ticks', () => {
  const gone = piece({}, { kind: 'before', instant: utc('2026-04-16T12:01Z') });
  const begin = performance.now();
  assert.deepEqual(texts([gone], UTC, '2026-04-16T12:00Z'), []);
  assert.ok(performance.now() - begin < 1_000, `${Math.round(performance.now() - begin)} ms`);
});

describe('how many runs there are between two instants, the first excluded, the last included', () => {
  const edges = (from: string, until: string, ...set: FiringSet): number =>
    countRuns(set, UTC, utc(from), utc(until));
  test('an hour of every minute', () =>
    assert.equal(edges('2026-04-16T12:00Z', '2026-04-16T13:00Z', piece({})), 60));
  test('the last instant counts', () =>
    assert.equal(edges('2026-04-16T12:00Z', '2026-04-16T13:00Z', piece({ minutes: [0] })), 1));
  test('the first does not', () =>
    assert.equal(edges('2026-04-16T12:00Z', '2026-04-16T12:59Z', piece({ minutes: [0] })), 0));
  test('a common year and a leap year', () => {
    const daily = piece({ hours: [0], minutes: [0] });
    assert.equal(edges('2026-12-31T23:59Z', '2027-12-31T23:59Z', daily), 365);
    assert.equal(edges('2027-12-31T23:59Z', '2028-12-31T23:59Z', daily), 366);
    assert.equal(edges('2027-12-31T23:59Z', '2028-12-31T23:59Z', piece({})), 366 * 1_440);
  });
  test('several pieces add up', () =>
    assert.equal(
      edges('2026-04-16T00:00Z', '2026-04-17T00:00Z', piece({ hours: [1] }), piece({ hours: [2] })),
      120,
    ));
  test('an hour less on the day on which clocks go forward, one more on which they go back', () => {
    const day = (from: string, until: string): number =>
      countRuns([piece({})], BERLIN, utc(from) - 1, utc(until) - 1);
    assert.equal(day('2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00'), 23 * 60);
    assert.equal(day('2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00'), 25 * 60);
    assert.equal(day('2026-06-01T00:00+02:00', '2026-06-02T00:00+02:00'), 24 * 60);
  });
  test('half past two comes 0, 2 and 363 times a year in Berlin', () => {
    const count = (from: string, until: string): number =>
      countRuns([HALF_PAST_TWO], BERLIN, utc(from), utc(until));
    assert.equal(count('2026-03-28T12:00Z', '2026-03-29T12:00Z'), 0);
    assert.equal(count('2026-10-24T12:00Z', '2026-10-25T12:00Z'), 2);
    assert.equal(count('2025-12-31T23:00Z', '2026-12-31T22:59Z'), 365);
  });
  test('a condition that begins in the middle of a day', () => {
    const from: Condition = { kind: 'from', instant: utc('2026-04-17T18:00Z') };
    assert.equal(edges('2026-04-17T00:00Z', '2026-04-18T00:00Z', piece({ minutes: [0] }, from)), 7);
    const before: Condition = { kind: 'before', instant: utc('2026-04-17T18:00Z') };
    assert.equal(edges('2026-04-17T00:00Z', '2026-04-18T00:00Z', piece({ minutes: [0] }, before)), 17);
    const dates: Condition = { kind: 'not-on', dates: ['2026-04-18', '2026-04-20'] };
    assert.equal(edges('2026-04-17T00:00Z', '2026-04-22T00:00Z', piece({ hours: [9] }, dates)), 3 * 60);
    assert.equal(edges('2026-04-17T00:00Z', '2026-04-22T00:00Z', piece({ hours: [9] }, dates, from)), 2 * 60);
    assert.equal(
      edges(
        '2026-04-17T00:00Z',
        '2026-04-22T00:00Z',
        piece({ hours: [9] }, { kind: 'not', condition: dates }),
      ),
      2 * 60,
    );
  });
  test('as a walk over each minute finds, over both changes of the clock', () => {
    const conditions: readonly Condition[] = [
      { kind: 'not-on', dates: ['2026-03-30', '2026-10-24', '2026-10-25'] },
      { kind: 'from', instant: utc('2026-03-28T04:05Z') },
      { kind: 'before', instant: utc('2026-10-25T00:40Z') },
    ];
    const after = utc('2026-03-27T12:34Z');
    for (const condition of conditions) {
      const one = piece({ minutes: [0, 40], hours: [0, 2, 3, 23], weekdays: [0, 1, 6] }, condition);
      const found = nextRuns([one], BERLIN, after, 5_000).filter(
        ({ instant }) => instant <= utc('2026-10-27T00:00Z'),
      );
      assert.equal(countRuns([one], BERLIN, after, utc('2026-10-27T00:00Z')), found.length);
    }
  });
});

test('a minute of the calendar is the same in a year of any kind: first of January, hour by hour', () => {
  for (const year of span(2026, 2040)) {
    const [first] = nextRuns([piece({ months: [1], monthDays: [1] })], UTC, Date.UTC(year, 0, 1) - 1, 1);
    assert.equal(first?.instant, Date.UTC(year, 0, 1));
  }
});
