import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readCronLine } from '../../../src/model/cron-line.ts';
import { calendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import { type Chosen, span, ticks } from '../../job-builders.ts';
import { FIELDS, type Field, meaning, RANGES, readField } from './cron-reader.ts';

function runAt(chosen: Chosen): string {
  return lineOf(ticks(chosen));
}

function lineOf(elements: ReturnType<typeof ticks>): string {
  return cronLine(calendarProduct(elements));
}

describe("the article's three schedules", () => {
  const cases: readonly [string, Chosen, string][] = [
    ['nothing selected', {}, '* * * * *'],
    [
      'minute 2, hours 3 and 6, the 4th, April, Sunday',
      { minutes: [2], hours: [3, 6], monthDays: [4], months: [4], weekdays: [0] },
      '2 3,6 4 4 0',
    ],
    [
      'minutes 0 and 5, all 24 hours ticked, all 12 months ticked, Monday to Friday',
      { minutes: [0, 5], hours: span(0, 23), months: span(1, 12), weekdays: span(1, 5) },
      '0,5 * * * 1-5',
    ],
  ];
  for (const [name, chosen, line] of cases) test(name, () => assert.equal(runAt(chosen), line));
});

describe('the elements of the arrays', () => {
  const NONE = ticks();
  const cases: readonly [string, Partial<ReturnType<typeof ticks>>, string][] = [
    ['the first of the minutes is minute 0', { minutes: only(60, 0) }, '0 * * * *'],
    ['the last of the minutes is minute 59', { minutes: only(60, 59) }, '59 * * * *'],
    ['the first of the hours is hour 0', { hours: only(24, 0) }, '* 0 * * *'],
    ['the last of the hours is hour 23', { hours: only(24, 23) }, '* 23 * * *'],
    ['the first of the month days is the 1st', { monthDays: only(32, 0) }, '* * 1 * *'],
    ['the 15th of the month days is the 15th', { monthDays: only(32, 14) }, '* * 15 * *'],
    ['the 31st of the month days is the 31st', { monthDays: only(32, 30) }, '* * 31 * *'],
    ['the first of the months is January', { months: only(12, 0) }, '* * * 1 *'],
    ['the last of the months is December', { months: only(12, 11) }, '* * * 12 *'],
    ['the second of the week days is Monday', { weekdays: only(7, 1) }, '* * * * 1'],
    ['the last of the week days is Saturday', { weekdays: only(7, 6) }, '* * * * 6'],
  ];
  for (const [name, elements, line] of cases) {
    test(name, () => assert.equal(lineOf({ ...NONE, ...elements }), line));
  }

  test('the first of the week days is Sunday', () => {
    const field = lineOf({ ...NONE, weekdays: only(7, 0) }).split(' ')[4] ?? '';
    assert.deepEqual(meaning(field, 'weekdays'), [0]);
  });

  function only(length: number, chosen: number): readonly boolean[] {
    return Array.from({ length }, (_, index) => index === chosen);
  }
});

describe('a line is as short as the domain allows', () => {
  // Between equals a list or a range, which a reader knows sooner than a step: 5-7, not 5/1.
  const cases: readonly [string, Chosen, string][] = [
    [
      'everything ticked, the last day too, is every minute',
      {
        minutes: span(0, 59),
        hours: span(0, 23),
        weekdays: span(0, 6),
        monthDays: span(1, 31),
        lastDay: true,
        months: span(1, 12),
      },
      '* * * * *',
    ],
    ['all 31 days ticked are every day', { monthDays: span(1, 31) }, '* * * * *'],
    ['30 of 31 days are not every day', { monthDays: span(1, 30) }, '* * 1-30 * *'],
    ['the days from the 2nd', { monthDays: span(2, 31) }, '* * 2/1 * *'],
    ['59 of 60 minutes are not every minute', { minutes: span(0, 58) }, '0-58 * * * *'],
    ['all but midnight', { hours: span(1, 23) }, '* 1/1 * * *'],
    ['all but December', { months: span(1, 11) }, '* * * 1-11 *'],
    ['every five minutes', { minutes: span(0, 11).map((n) => n * 5) }, '*/5 * * * *'],
    [
      'every five minutes but the last',
      { minutes: span(0, 10).map((n) => n * 5) },
      '0,5,10,15,20,25,30,35,40,45,50 * * * *',
    ],
    ['every five minutes from minute 3', { minutes: span(0, 11).map((n) => n * 5 + 3) }, '3/5 * * * *'],
    ['every second hour', { hours: span(0, 11).map((n) => n * 2) }, '* */2 * * *'],
    [
      'every odd day, which is every second from the 1st',
      { monthDays: span(0, 15).map((n) => n * 2 + 1) },
      '* * */2 * *',
    ],
    ['every even day', { monthDays: span(1, 15).map((n) => n * 2) }, '* * 2/2 * *'],
    ['each quarter', { months: [1, 4, 7, 10] }, '* * * */3 *'],
    ['the last two months, one shorter than 11-12', { months: [11, 12] }, '* * * 11/1 *'],
    ['minutes of every length', { minutes: [7, 18, 29] }, '7,18,29 * * * *'],
    [
      'working hours on working days',
      { minutes: [0], hours: span(8, 17), weekdays: span(1, 5) },
      '0 8-17 * * 1-5',
    ],
    ['Friday, Saturday and Sunday, which is also day 7', { weekdays: [0, 5, 6] }, '* * * * 5-7'],
    ['all days but Monday', { weekdays: [0, 2, 3, 4, 5, 6] }, '* * * * 2-7'],
    ['all days but Saturday', { weekdays: [0, 1, 2, 3, 4, 5] }, '* * * * 0-5'],
    ['all seven days', { weekdays: span(0, 6) }, '* * * * *'],
    [
      'Sunday, Monday, Wednesday and Friday: each second day from Monday',
      { weekdays: [0, 1, 3, 5] },
      '* * * * 1/2',
    ],
    ['Sunday, Tuesday, Thursday and Saturday', { weekdays: [0, 2, 4, 6] }, '* * * * */2'],
    ['Tuesday, Thursday, Saturday: 2/2 would end at 6 as well', { weekdays: [2, 4, 6] }, '* * * * 2/2'],
    ['Monday, Wednesday, Friday: 1/2 would add Sunday', { weekdays: [1, 3, 5] }, '* * * * 1,3,5'],
  ];
  for (const [name, chosen, line] of cases) test(name, () => assert.equal(runAt(chosen), line));
});

const AS_CHOSEN: Readonly<Record<Field, (values: readonly number[]) => Chosen>> = {
  minutes: (minutes) => ({ minutes }),
  hours: (hours) => ({ hours }),
  days: (monthDays) => ({ monthDays }),
  months: (months) => ({ months }),
  weekdays: (weekdays) => ({ weekdays }),
};

/** The values that can be ticked. */
function allValues(field: Field): readonly number[] {
  return field === 'weekdays' ? span(0, 6) : span(RANGES[field].first, RANGES[field].last);
}

/** By the set that it means: the length of the shortest text that is not a list. */
function shortestOfEachSet(field: Field): ReadonlyMap<string, number> {
  const { first, last } = RANGES[field];
  const found = new Map<string, number>();
  const numbers = span(first, last);
  const steps = span(1, last + 1);
  const texts = [
    '*',
    ...steps.map((step) => `*/${step}`),
    ...numbers.flatMap((a) => [...numbers.map((b) => `${a}-${b}`), ...steps.map((step) => `${a}/${step}`)]),
  ];
  for (const text of texts) {
    const key = meaning(text, field)?.join(',');
    if (key !== undefined) found.set(key, Math.min(found.get(key) ?? Infinity, text.length));
  }
  return found;
}

for (const field of FIELDS) {
  describe(`the ${field}`, () => {
    const others = shortestOfEachSet(field);

    function check(values: readonly number[]): void {
      const list = values.join(',');
      const texts = runAt(AS_CHOSEN[field](values)).split(' ');
      const text = texts[FIELDS.indexOf(field)] ?? '';
      assert.deepEqual(meaning(text, field), values, `${list} was printed as ${text}`);
      const shortest = Math.min(list.length, others.get(list) ?? Infinity);
      assert.equal(text.length, shortest, `${list} was printed as ${text}`);
      assert.deepEqual(texts.toSpliced(FIELDS.indexOf(field), 1), ['*', '*', '*', '*']);
    }

    test('each set that a range or a step can say is printed as the shortest text that means it', () => {
      for (const key of others.keys()) check(key.split(',').map(Number));
    });

    test('any set is printed as the shortest text that means it', () => {
      const sets = fc.subarray([...allValues(field)], { minLength: 1 });
      fc.assert(fc.property(sets, check), { numRuns: 300 });
    });
  });
}

test('every set of week days, and every set of months', () => {
  for (const [field, count] of [
    ['weekdays', 7],
    ['months', 12],
  ] as const) {
    for (let bits = 1; bits < 2 ** count; bits += 1) {
      const values = allValues(field).filter((_, index) => Math.floor(bits / 2 ** index) % 2 === 1);
      const text = runAt(AS_CHOSEN[field](values)).split(' ')[FIELDS.indexOf(field)] ?? '';
      assert.deepEqual(meaning(text, field), values, text);
      assert.ok(text.length <= values.join(',').length, text);
    }
  }
});

test('a day beyond the field is never written: the domain would refuse the whole insert', () => {
  fc.assert(
    fc.property(fc.subarray([...span(0, 59)]), fc.subarray([...span(1, 31)]), (minutes, monthDays) => {
      const texts = runAt({ minutes, monthDays }).split(' ');
      FIELDS.forEach((field, index) => {
        assert.notEqual(readField(texts[index] ?? '', field), null);
      });
    }),
  );
});

test('a line read back is the product that was printed, and no field is longer than its plain list', () => {
  const some = (field: Field): fc.Arbitrary<number[]> => fc.subarray([...allValues(field)], { minLength: 1 });
  const products = fc.record(
    {
      minutes: some('minutes'),
      hours: some('hours'),
      monthDays: some('days'),
      months: some('months'),
      weekdays: some('weekdays'),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(products, (product) => {
      const line = cronLine(product);
      assert.deepEqual(readCronLine(line), product, line);
      const { minutes, hours, monthDays, months, weekdays } = product;
      const lists = [minutes, hours, monthDays, months, weekdays].map((values) => values.join());
      for (const [index, text] of line.split(' ').entries())
        assert.ok(text.length <= (lists[index]?.length ?? 0), line);
    }),
    { numRuns: 300 },
  );
});
