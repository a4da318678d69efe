import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC } from '../../../src/model/zone.ts';
import type { Condition } from '../../../src/transform/schedule/condition.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import { type Chosen, context, schedule, span } from '../../job-builders.ts';
import { dueAt, firing, lines } from './firing.ts';

const NINE: Chosen = { minutes: [0], hours: [9] };
const LEAP_EVE: readonly Condition[] = [{ kind: 'not-leap-eve' }];

type Mode = 'keep' | 'honor';

describe('the lines of a schedule on the last day of the month', () => {
  // The line, and a * behind it where 28 February of a leap year has to be guarded away.
  const cases: readonly [string, Chosen, Mode, readonly string[]][] = [
    [
      'alone: the 31st of any month, the 30th of the short ones, and February',
      { lastDay: true },
      'keep',
      ['0 9 31 * *', '0 9 30 4,6,9,11 *', '0 9 28,29 2 * *guarded'],
    ],
    [
      'alone says the same with honor',
      { lastDay: true },
      'honor',
      ['0 9 31 * *', '0 9 30 4,6,9,11 *', '0 9 28,29 2 * *guarded'],
    ],
    ['of January', { lastDay: true, months: [1] }, 'keep', ['0 9 31 1 *']],
    ['of April', { lastDay: true, months: [4] }, 'keep', ['0 9 30 4 *']],
    ['of February', { lastDay: true, months: [2] }, 'keep', ['0 9 28,29 2 * *guarded']],
    ['of April and May', { lastDay: true, months: [4, 5] }, 'keep', ['0 9 30 4 *', '0 9 31 4,5 *']],
    [
      'on Fridays only',
      { lastDay: true, weekdays: [5] },
      'keep',
      ['0 9 31 * 5', '0 9 30 4,6,9,11 5', '0 9 28,29 2 5 *guarded'],
    ],
    ['beside the 15th is passed over', { lastDay: true, monthDays: [15] }, 'keep', ['0 9 15 * *']],
    [
      'beside the 15th, honored',
      { lastDay: true, monthDays: [15] },
      'honor',
      ['0 9 15,31 * *', '0 9 30 4,6,9,11 *', '0 9 28,29 2 * *guarded'],
    ],
    ['beside the 31st is passed over', { lastDay: true, monthDays: [31] }, 'keep', ['0 9 31 * *']],
    [
      'beside the 31st, honored',
      { lastDay: true, monthDays: [31] },
      'honor',
      ['0 9 31 * *', '0 9 30 4,6,9,11 *', '0 9 28,29 2 * *guarded'],
    ],
    [
      'beside the 30th, honored: April has its last day already',
      { lastDay: true, monthDays: [30] },
      'honor',
      ['0 9 30,31 * *', '0 9 28,29 2 * *guarded'],
    ],
    ['beside the 30th of April', { lastDay: true, monthDays: [30], months: [4] }, 'honor', ['0 9 30 4 *']],
    [
      'beside the 28th of February, honored: only 29 February is left',
      { lastDay: true, monthDays: [28], months: [2] },
      'honor',
      ['0 9 28,29 2 *'],
    ],
    [
      'beside the 29th of February, honored: the 28th is left, in common years',
      { lastDay: true, monthDays: [29], months: [2] },
      'honor',
      ['0 9 29 2 *', '0 9 28 2 * *guarded'],
    ],
    [
      'beside 28 and 29 of February, honored',
      { lastDay: true, monthDays: [28, 29], months: [2] },
      'honor',
      ['0 9 28,29 2 *'],
    ],
    [
      'beside the first 30 days, honored: every day',
      { lastDay: true, monthDays: span(1, 30) },
      'honor',
      ['0 9 * * *'],
    ],
    [
      'beside the first 30 days is passed over',
      { lastDay: true, monthDays: span(1, 30) },
      'keep',
      ['0 9 1-30 * *'],
    ],
    ['beside all 31 days is every day', { lastDay: true, monthDays: span(1, 31) }, 'honor', ['0 9 * * *']],
  ];
  for (const [name, chosen, lastDay, expected] of cases) {
    test(name, () => {
      const { set } = firing(schedule({ ...NINE, ...chosen }), context({ options: { lastDay } }));
      const found = set.map(({ product, conditions }) => {
        if (conditions.length > 0) assert.deepEqual(conditions, LEAP_EVE);
        return cronLine(product) + (conditions.length > 0 ? ' *guarded' : '');
      });
      assert.deepEqual(found.sort(), [...expected].sort());
    });
  }
});

describe('the last days themselves', () => {
  const due = (chosen: Chosen, lastDay: Mode): ((date: string) => number) => {
    const at = dueAt(firing(schedule({ ...NINE, ...chosen }), context({ options: { lastDay } })).set, UTC);
    return (date) => at(Date.parse(`${date}T09:00Z`));
  };
  const LAST = [
    '2027-01-31',
    '2027-02-28',
    '2027-03-31',
    '2027-04-30',
    '2027-05-31',
    '2027-06-30',
    '2027-07-31',
    '2027-08-31',
    '2027-09-30',
    '2027-10-31',
    '2027-11-30',
    '2027-12-31',
    '2028-02-29',
    '2100-02-28',
    '2400-02-29',
  ];
  const NOT_LAST = [
    '2027-01-30',
    '2027-04-29',
    '2027-02-27',
    '2028-02-28',
    '2028-02-27',
    '2027-05-01',
    '2400-02-28',
  ];

  for (const [name, chosen, lastDay] of [
    ['the flag alone', { lastDay: true }, 'keep'],
    ['the flag beside the 15th, honored', { lastDay: true, monthDays: [15] }, 'honor'],
  ] as const) {
    test(`${name}: once on each last day, and not the day before`, () => {
      const at = due(chosen, lastDay);
      for (const date of LAST) assert.equal(at(date), 1, date);
      for (const date of NOT_LAST) assert.equal(at(date), 0, date);
    });
  }

  test('the flag beside the 15th, kept: the 15th alone, as under pgAgent', () => {
    const at = due({ lastDay: true, monthDays: [15] }, 'keep');
    for (const date of [...LAST, ...NOT_LAST]) assert.equal(at(date), 0, date);
    assert.equal(at('2027-04-15'), 1);
  });
});

test('of all months but February: two lines, and no guard', () => {
  const months = [1, ...span(3, 12)];
  const { set } = firing(schedule({ ...NINE, months, lastDay: true }), context());
  assert.deepEqual(
    set.map(({ conditions }) => conditions),
    [[], []],
  );
  const at = dueAt(set, UTC);
  const days = [
    '2027-01-31',
    '2027-02-28',
    '2027-04-29',
    '2027-04-30',
    '2027-07-30',
    '2027-07-31',
    '2028-02-29',
  ];
  assert.deepEqual(
    days.map((date) => at(Date.parse(`${date}T09:00Z`))),
    [1, 0, 0, 1, 0, 1, 0],
  );
});

test('the days of a last-day schedule with two times are not split by the time', () => {
  const { set } = firing(schedule({ minutes: [0, 30], hours: [9, 10, 18], lastDay: true }), context());
  assert.deepEqual(lines(set), [
    '0,30 9,10,18 28,29 2 *',
    '0,30 9,10,18 30 4,6,9,11 *',
    '0,30 9,10,18 31 * *',
  ]);
});
