import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dayOnWall, hasDay } from '../../../src/transform/schedule/calendar.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import { windowCovers } from '../../../src/transform/schedule/window-covers.ts';
import { runs } from '../../property-runs.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const at = (text: string): number => Date.parse(`${text}Z`);
const covers = (first: string, last: string): readonly (readonly string[])[] =>
  windowCovers(at(first), at(last)).map((cover) => cover.map(cronLine));

describe('a stretch is cut by whole months, days, hours or minutes at either side', () => {
  const cases: readonly [name: string, first: string, last: string, coarsest: string[], finest: string[]][] =
    [
      ['one minute', '2026-09-20T08:02', '2026-09-20T08:02', ['* * * 9 *'], ['2 8 20 9 *']],
      ['minutes of an hour', '2026-09-20T08:02', '2026-09-20T08:05', ['* * * 9 *'], ['2-5 8 20 9 *']],
      ['a whole hour', '2026-09-20T08:00', '2026-09-20T08:59', ['* * * 9 *'], ['* 8 20 9 *']],
      [
        'over the end of an hour',
        '2026-09-20T08:58',
        '2026-09-20T09:03',
        ['* * * 9 *'],
        ['58,59 8 20 9 *', '0-3 9 20 9 *'],
      ],
      [
        'over the end of a year',
        '2026-12-31T23:59',
        '2027-01-01T00:00',
        ['* * * 1,12 *'],
        ['59 23 31 12 *', '0 0 1 1 *'],
      ],
      [
        'over the end of February, which has a 29th: no other year has other days there',
        '2028-02-28T00:00',
        '2028-03-01T23:59',
        ['* * * 2,3 *'],
        ['* * 28,29 2 *', '* * 1 3 *'],
      ],
      [
        'months, and days, hours and minutes at either end',
        '2026-09-29T21:58',
        '2026-12-02T01:01',
        ['* * * 9-12 *'],
        [
          '58,59 21 29 9 *',
          '* 22,23 29 9 *',
          '* * 30 9 *',
          '* * * 10,11 *',
          '* * 1 12 *',
          '* 0 2 12 *',
          '0,1 1 2 12 *',
        ],
      ],
      [
        'a year but a minute',
        '2026-09-20T08:02',
        '2027-09-20T08:01',
        ['* * * * *'],
        [
          '2-59 8 20 9 *',
          '* 9-23 20 9 *',
          '* * 21-30 9 *',
          '* * * 1,2,3,4,5,6,7,8,10,11,12 *',
          '* * 1-19 9 *',
          '* 0-7 20 9 *',
          '0,1 8 20 9 *',
        ],
      ],
    ];
  for (const [name, first, last, coarsest, finest] of cases) {
    test(name, () => {
      const found = covers(first, last);
      assert.deepEqual(found[0], coarsest);
      assert.deepEqual(found.at(-1), finest);
    });
  }

  test('a year has all of the calendar', () => {
    assert.deepEqual(covers('2026-09-20T08:02', '2027-09-20T08:02'), []);
    assert.deepEqual(covers('2026-09-20T08:02', '2030-01-01T00:00'), []);
  });
});

test('each cover has every minute of the stretch once, and the finest no other minute of the days around it', () => {
  const start = fc
    .integer({ min: 0, max: 4 * 366 * 1_440 - 1 })
    .map((minute) => at('2027-01-01T00:00') + minute * MINUTE);
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 70 }),
    fc.integer({ min: 0, max: 3_000 }),
    fc.integer({ min: 0, max: 364 * 1_440 }),
  );
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(start, lengths, fc.array(place, { minLength: 5, maxLength: 5 }), (first, length, places) => {
      const last = first + length * MINUTE;
      const inside = places.map((one) => first + Math.round(one * length) * MINUTE);
      const found = windowCovers(first, last);
      const times = (cover: number, wall: number): number =>
        (found[cover] ?? []).filter((product) => {
          const date = new Date(wall);
          return (
            hasDay(product, dayOnWall(wall)) &&
            product.hours.includes(date.getUTCHours()) &&
            product.minutes.includes(date.getUTCMinutes())
          );
        }).length;
      for (const wall of [first, last, ...inside])
        for (const cover of found.keys()) assert.equal(times(cover, wall), 1, new Date(wall).toISOString());
      for (const wall of [first - MINUTE, first - 60 * MINUTE, last + MINUTE, last + 60 * MINUTE, last + DAY])
        if (wall < first || wall < first + 364 * DAY)
          assert.equal(times(found.length - 1, wall), wall >= first && wall <= last ? 1 : 0);
    }),
    runs(300),
  );
});
