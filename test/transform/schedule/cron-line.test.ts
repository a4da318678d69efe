import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readCronLine } from '../../../src/model/cron-line.ts';
import { calendarProduct } from '../../../src/transform/schedule/calendar.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import { type Chosen, span, ticks } from '../../job-builders.ts';
import { runs } from '../../property-runs.ts';
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

describe('a line is what a person would write', () => {
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
    ['the days from the 2nd', { monthDays: span(2, 31) }, '* * 2-31 * *'],
    ['59 of 60 minutes are not every minute', { minutes: span(0, 58) }, '0-58 * * * *'],
    ['all but midnight', { hours: span(1, 23) }, '* 1-23 * * *'],
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
    ['two neighbours are a list', { months: [11, 12] }, '* * * 11,12 *'],
    ['three neighbours are a range', { months: [10, 11, 12] }, '* * * 10-12 *'],
    ['noon and 21:00: no step', { hours: [12, 21] }, '* 12,21 * * *'],
    ['midnight and noon, two values: no step', { hours: [0, 12] }, '* 0,12 * * *'],
    ['each third of a day, three values', { hours: [0, 8, 16] }, '* */8 * * *'],
    ['four values with a step of their own', { minutes: [3, 18, 33, 48] }, '3,18,33,48 * * * *'],
    ['five values with a step of their own', { minutes: [2, 14, 26, 38, 50] }, '2/12 * * * *'],
    ['five values whose step ends too soon', { minutes: [2, 12, 22, 32, 42] }, '2,12,22,32,42 * * * *'],
    ['weekly from the 2nd', { monthDays: [2, 9, 16, 23, 30] }, '* * 2/7 * *'],
    ['Saturday and Sunday', { weekdays: [0, 6] }, '* * * * 0,6'],
    ['Sunday to Tuesday', { weekdays: [0, 1, 2] }, '* * * * 0-2'],
    ['Thursday to Sunday', { weekdays: [0, 4, 5, 6] }, '* * * * 4-7'],
    ['Sunday, Wednesday and Saturday', { weekdays: [0, 3, 6] }, '* * * * */3'],
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
    ['Sunday, Monday, Wednesday and Friday', { weekdays: [0, 1, 3, 5] }, '* * * * 0,1,3,5'],
    ['Sunday, Tuesday, Thursday and Saturday', { weekdays: [0, 2, 4, 6] }, '* * * * */2'],
    ['Tuesday, Thursday, Saturday', { weekdays: [2, 4, 6] }, '* * * * 2,4,6'],
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

/** The forms beside a list, the first that fits first: each text of the form, and the sets that it may say. */
const FORMS: readonly {
  readonly texts: (field: Field) => readonly string[];
  readonly says: (values: readonly number[]) => boolean;
}[] = [
  { texts: () => ['*'], says: () => true },
  { texts: () => span(2, 60).map((step) => `*/${step}`), says: ({ length }) => length >= 3 },
  { texts: (field) => pairs(field, '-'), says: ({ length }) => length >= 3 },
  {
    texts: (field) => pairs(field, '/').filter((text) => !text.endsWith('/1')),
    says: ({ length }) => length >= 5,
  },
];

function pairs(field: Field, sign: string): readonly string[] {
  const numbers = span(RANGES[field].first, RANGES[field].last);
  return numbers.flatMap((a) => numbers.map((b) => `${a}${sign}${b}`));
}

/** By the set that it means: the first text that says it; what no text says is a list. */
function firstOfEachSet(field: Field): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { texts, says } of FORMS) {
    for (const text of texts(field)) {
      const values = meaning(text, field);
      const key = values?.join(',') ?? '';
      if (values !== null && says(values) && !found.has(key)) found.set(key, text);
    }
  }
  return found;
}

for (const field of FIELDS) {
  describe(`the ${field}`, () => {
    const others = firstOfEachSet(field);

    function check(values: readonly number[]): void {
      const list = values.join(',');
      const texts = runAt(AS_CHOSEN[field](values)).split(' ');
      const text = texts[FIELDS.indexOf(field)] ?? '';
      assert.deepEqual(meaning(text, field), values, `${list} was printed as ${text}`);
      assert.equal(text, others.get(list) ?? list);
      assert.deepEqual(texts.toSpliced(FIELDS.indexOf(field), 1), ['*', '*', '*', '*']);
    }

    test('each set that a range or a step can say is printed as the first form that fits', () => {
      for (const key of others.keys()) check(key.split(',').map(Number));
    });

    test('any set is printed as the first form that fits', () => {
      const sets = fc.subarray([...allValues(field)], { minLength: 1 });
      fc.assert(fc.property(sets, check), runs(300));
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
    runs(300),
  );
});
