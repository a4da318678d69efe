import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Exception, Schedule } from '../../../src/model/job.ts';
import { UTC, type Zone } from '../../../src/model/zone.ts';
import type { Condition } from '../../../src/transform/schedule/condition.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import { type Chosen, context, exception, NOW, schedule, span } from '../../job-builders.ts';
import { BERLIN, fixedZone } from '../../zones.ts';
import { firing } from './firing.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const from = (instant: number): Condition => ({ kind: 'from', instant });
const before = (instant: number): Condition => ({ kind: 'before', instant });
const notAt = (...stretches: readonly (readonly [from: string, before: string])[]): Condition => ({
  kind: 'not-at',
  stretches: stretches.map(([from, before]) => ({ from: Date.parse(from), before: Date.parse(before) })),
});
const notOn = (...dates: readonly string[]): Condition => ({ kind: 'not-on', dates });

/** Each line with its conditions, in alphabetical order of the lines. */
function pieces(planned: Schedule, zone: Zone = UTC): readonly (readonly [string, readonly Condition[]])[] {
  return firing(planned, context({ zone }))
    .set.map(({ product, conditions }) => [cronLine(product), conditions] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('a window: the start is cut to the minute, and the minute of the end still counts', () => {
  // NOW is 12:00:00 on the second.
  const cases: readonly [string, Partial<Schedule>, readonly Condition[]][] = [
    ['begun long ago, without an end', {}, []],
    ['at -infinity', { start: -Infinity }, []],
    ['begins now', { start: NOW }, []],
    ['begins in the minute that runs', { start: NOW + 59 * SECOND }, []],
    ['begins in a minute', { start: NOW + MINUTE }, [from(NOW + MINUTE)]],
    ['begins in a minute and a half', { start: NOW + 90 * SECOND }, [from(NOW + MINUTE)]],
    ['ends in a day, on the second', { end: NOW + DAY }, [before(NOW + DAY + MINUTE)]],
    [
      'ends in a day, at the last millisecond of a minute',
      { end: NOW + DAY + MINUTE - 1 },
      [before(NOW + DAY + MINUTE)],
    ],
    ['ends in a day and a minute', { end: NOW + DAY + MINUTE }, [before(NOW + DAY + 2 * MINUTE)]],
    ['never ends', { end: Infinity }, []],
    [
      'begins and ends',
      { start: NOW + DAY, end: NOW + 2 * DAY },
      [from(NOW + DAY), before(NOW + 2 * DAY + MINUTE)],
    ],
  ];
  for (const [name, more, expected] of cases)
    test(name, () =>
      assert.deepEqual(pieces(schedule({ minutes: [0, 1, 2] }, more)), [['0-2 * * * *', expected]]),
    );
});

describe('exceptions', () => {
  const NINE_TEN: Chosen = { minutes: [0, 30], hours: [9, 10] };
  const cases: readonly [
    string,
    Chosen,
    readonly Exception[],
    readonly (readonly [string, readonly Condition[]])[],
  ][] = [
    [
      'a time is cut out of the lines',
      NINE_TEN,
      [exception(null, '09:30:00')],
      [
        ['0 9 * * *', []],
        ['0,30 10 * * *', []],
      ],
    ],
    [
      'two times of one hour leave the other',
      NINE_TEN,
      [exception(null, '09:00:00'), exception(null, '09:30:00')],
      [['0,30 10 * * *', []]],
    ],
    [
      'the same minute of both hours leaves one line',
      NINE_TEN,
      [exception(null, '09:00:00'), exception(null, '10:00:00')],
      [['30 9,10 * * *', []]],
    ],
    [
      'a date is a condition of each line',
      NINE_TEN,
      [exception('2026-12-25', null)],
      [['0,30 9,10 * * *', [notOn('2026-12-25')]]],
    ],
    [
      'several dates are one condition, in order',
      NINE_TEN,
      [exception('2026-12-25', null), exception('2026-05-01', null)],
      [['0,30 9,10 * * *', [notOn('2026-05-01', '2026-12-25')]]],
    ],
    [
      'a minute of one date: until the next minute of that day',
      NINE_TEN,
      [exception('2026-12-25', '09:30:00')],
      [['0,30 9,10 * * *', [notAt(['2026-12-25T09:30Z', '2026-12-25T10:00Z'])]]],
    ],
    [
      'the last minute of a date: until midnight',
      NINE_TEN,
      [exception('2026-12-25', '10:30:00')],
      [['0,30 9,10 * * *', [notAt(['2026-12-25T10:30Z', '2026-12-26T00:00Z'])]]],
    ],
    [
      'a minute of a date behind which one is left out every day',
      NINE_TEN,
      [exception('2026-12-25', '09:30:00'), exception(null, '10:00:00')],
      [
        ['0 9 * * *', []],
        ['30 9,10 * * *', [notAt(['2026-12-25T09:30Z', '2026-12-25T10:30Z'])]],
      ],
    ],
    [
      'two minutes of one date that follow each other are one stretch',
      NINE_TEN,
      [exception('2026-12-25', '10:30:00'), exception('2026-12-25', '10:00:00')],
      [['0,30 9,10 * * *', [notAt(['2026-12-25T10:00Z', '2026-12-26T00:00Z'])]]],
    ],
    [
      'two that do not are two',
      NINE_TEN,
      [exception('2026-12-25', '10:00:00'), exception('2026-12-25', '09:00:00')],
      [
        [
          '0,30 9,10 * * *',
          [notAt(['2026-12-25T09:00Z', '2026-12-25T09:30Z'], ['2026-12-25T10:00Z', '2026-12-25T10:30Z'])],
        ],
      ],
    ],
    [
      'the last minute of a day and the first of the next are two stretches, so that each names its day',
      {},
      [exception('2026-12-25', '23:59:00'), exception('2026-12-26', '00:00:00')],
      [
        [
          '* * * * *',
          [notAt(['2026-12-25T23:59Z', '2026-12-26T00:00Z'], ['2026-12-26T00:00Z', '2026-12-26T00:01Z'])],
        ],
      ],
    ],
    [
      'two minutes of two dates: one line, one guard',
      NINE_TEN,
      [exception('2026-12-25', '10:00:00'), exception('2026-05-01', '09:30:00')],
      [
        [
          '0,30 9,10 * * *',
          [notAt(['2026-05-01T09:30Z', '2026-05-01T10:00Z'], ['2026-12-25T10:00Z', '2026-12-25T10:30Z'])],
        ],
      ],
    ],
    [
      'two lines that a time makes: only that of the minute has the guard',
      NINE_TEN,
      [exception(null, '09:30:00'), exception('2026-12-25', '09:00:00')],
      [
        ['0 9 * * *', [notAt(['2026-12-25T09:00Z', '2026-12-25T10:00Z'])]],
        ['0,30 10 * * *', []],
      ],
    ],
    [
      'a date and a minute of another one',
      { minutes: [0], hours: [9, 10] },
      [exception('2026-12-25', null), exception('2026-05-01', '10:00:00')],
      [['0 9,10 * * *', [notOn('2026-12-25'), notAt(['2026-05-01T10:00Z', '2026-05-02T00:00Z'])]]],
    ],
    [
      'a date concerns only the lines that have its day: 31 January, not the 30th of the short months',
      { minutes: [0], hours: [9], months: [1, 4], lastDay: true },
      [exception('2027-01-31', null)],
      [
        ['0 9 30 4 *', []],
        ['0 9 31 1,4 *', [notOn('2027-01-31')]],
      ],
    ],
    [
      'a minute of a date concerns only the line that has its day',
      { minutes: [0], hours: [9, 10], months: [1, 4], lastDay: true },
      [exception('2027-04-30', '10:00:00')],
      [
        ['0 9,10 30 4 *', [notAt(['2027-04-30T10:00Z', '2027-05-01T00:00Z'])]],
        ['0 9,10 31 1,4 *', []],
      ],
    ],
  ];
  for (const [name, chosen, exceptions, expected] of cases)
    test(name, () => {
      const sorted = [...expected].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(pieces(schedule(chosen, { exceptions })), sorted);
    });
});

describe('a date outside the window needs no condition of its own', () => {
  const start = Date.parse('2026-05-10T22:30:00Z');
  const end = Date.parse('2026-05-20T22:30:00Z');
  // In UTC the window is 10 May 22:30 to 20 May 22:30; in Berlin 11 May 00:30 to 21 May 00:30; 5:30 h west 10 May 17:00 to 20 May 17:00.
  const cases: readonly [string, Zone, readonly string[]][] = [
    ['UTC', UTC, ['2026-05-10', '2026-05-11', '2026-05-20']],
    [
      'Berlin, where it begins a day later and ends a day later',
      BERLIN,
      ['2026-05-11', '2026-05-20', '2026-05-21'],
    ],
    ['west of Greenwich', fixedZone(-330), ['2026-05-10', '2026-05-11', '2026-05-20']],
  ];
  const dates = ['2026-05-09', '2026-05-10', '2026-05-11', '2026-05-20', '2026-05-21', '2026-05-22'];
  for (const [name, zone, kept] of cases) {
    test(name, () => {
      const [[, conditions] = ['', []]] = pieces(
        schedule({ minutes: [0] }, { start, end, exceptions: dates.map((date) => exception(date, null)) }),
        zone,
      );
      assert.deepEqual(
        conditions.find(({ kind }) => kind === 'not-on'),
        notOn(...kept),
      );
    });
  }

  test('nor does a minute of such a date', () => {
    const exceptions = [exception('2026-05-09', '09:00:00'), exception('2026-05-22', '09:00:00')];
    const found = pieces(schedule({ minutes: [0], hours: span(9, 10) }, { start, end, exceptions }));
    assert.deepEqual(
      found.map(([line]) => line),
      ['0 9,10 * * *'],
    );
  });

  test('an end at midnight still has the first minute of its day', () => {
    const exceptions = [exception('2026-05-20', null)];
    const midnight = Date.parse('2026-05-20T00:00:00Z');
    const found = pieces(schedule({ minutes: [0] }, { end: midnight, exceptions }));
    assert.deepEqual(found[0]?.[1].length, 2);
  });
});
