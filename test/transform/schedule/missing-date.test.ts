import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC } from '../../../src/model/zone.ts';
import { missingDate } from '../../../src/transform/schedule/missing-date.ts';
import { type Chosen, NOW, schedule, span } from '../../job-builders.ts';

// Worked out by hand from pga_next_schedule; test/e2e/replay.test.ts holds the rule to the function itself.
describe('a date that pgAgent builds and no calendar has', () => {
  const cases: readonly [string, Chosen, string | null][] = [
    ['nothing ticked', {}, null],
    ['the 28th', { monthDays: [28] }, null],
    ['the 29th: February of a common year', { monthDays: [29] }, '29.2'],
    ['the 31st: the next month is May, the one after it June', { monthDays: [31] }, '31.4'],
    ['the 31st of the months that have one', { monthDays: [31], months: [1, 3, 5, 7, 8, 10, 12] }, null],
    ['days 2 to 31: each month has its last day ticked', { monthDays: span(2, 31) }, null],
    ['days 28 to 31: so it has here', { monthDays: span(28, 31) }, null],
    ['days 29 to 31: but not in February of a common year', { monthDays: [29, 30, 31] }, '29.2'],
    ['days 2 to 31 without the 30th', { monthDays: [...span(2, 29), 31] }, '31.4'],
    [
      'days 2 to 31 without the 30th, of March and May',
      { monthDays: [...span(2, 29), 31], months: [3, 5] },
      null,
    ],
    ['28 and 29 February', { monthDays: [28, 29], months: [2] }, null],
    ['29 February', { monthDays: [29], months: [2] }, '29.2'],
    ['the 30th of January: behind it stands 30 February', { monthDays: [30], months: [1] }, '30.2'],
    ['the 29th of January and March', { monthDays: [29], months: [1, 3] }, '29.2'],
    ['the 30th of March: no search goes through January', { monthDays: [30], months: [3] }, null],
    [
      'the 28th and 30th of January: behind it stands 28 February',
      { monthDays: [28, 30], months: [1] },
      null,
    ],
    ['the 30th and 31st of January: nothing is behind the 31st', { monthDays: [30, 31], months: [1] }, null],
    ['the 30th and the last day of January', { monthDays: [30], lastDay: true, months: [1] }, null],
    ['the last day', { lastDay: true }, null],
    ['the 31st and the last day', { monthDays: [31], lastDay: true }, '31.4'],
    ['all 31 days', { monthDays: span(1, 31) }, null],
  ];
  for (const [name, chosen, expected] of cases) {
    test(name, () => assert.equal(found({}, chosen), expected));
  }

  // NOW is in April 2026; 2028 is the next leap year.
  const at = (text: string): number => Date.parse(`${text}Z`);
  const windows: readonly [
    string,
    Chosen,
    { readonly start?: number; readonly end?: number },
    string | null,
  ][] = [
    [
      'the 31st until 31 March: pgAgent looks no further',
      { monthDays: [31] },
      { start: at('2027-03-01T00:00'), end: at('2027-03-31T23:59') },
      null,
    ],
    [
      'until the first minute of April it does',
      { monthDays: [31] },
      { start: at('2027-03-01T00:00'), end: at('2027-04-01T00:00') },
      '31.4',
    ],
    [
      'the 30th of April until some day of May: behind it stands 30 May',
      { monthDays: [30], months: [4] },
      { start: at('2027-04-01T00:00'), end: at('2027-05-20T23:59') },
      null,
    ],
    [
      'of February and April: pgAgent looks for 30 February 2028 before it sees the end',
      { monthDays: [30], months: [2, 4] },
      { start: at('2027-04-01T00:00'), end: at('2027-05-20T23:59') },
      '30.2',
    ],
    [
      'but not in April itself',
      { monthDays: [30], months: [2, 4] },
      { start: at('2027-04-01T00:00'), end: at('2027-04-30T23:59') },
      null,
    ],
    [
      'nor behind a month that it finds first',
      { monthDays: [30], months: [1, 2, 4] },
      { start: at('2027-04-01T00:00'), end: at('2027-05-20T23:59') },
      null,
    ],
    [
      'the 5th and the 29th until 5 February',
      { monthDays: [5, 29] },
      { start: at('2027-01-01T00:00'), end: at('2027-02-05T23:59') },
      null,
    ],
    [
      'until 6 February',
      { monthDays: [5, 29] },
      { start: at('2027-01-01T00:00'), end: at('2027-02-06T00:00') },
      '29.2',
    ],
    [
      '29 February within a leap year',
      { monthDays: [29] },
      { start: at('2028-01-01T00:00'), end: at('2028-12-31T23:59') },
      null,
    ],
    [
      'and into the next',
      { monthDays: [29] },
      { start: at('2028-01-01T00:00'), end: at('2029-02-01T00:00') },
      '29.2',
    ],
    ['one that is over', { monthDays: [31] }, { end: NOW - 86_400_000 }, null],
    ['one that begins when time ends', { monthDays: [29] }, { start: 8.64e15 - 2 * 86_400_000 }, null],
  ];
  for (const [name, chosen, window, expected] of windows) {
    test(name, () => assert.equal(found(window, chosen), expected));
  }

  function found(window: { readonly start?: number; readonly end?: number }, chosen: Chosen): string | null {
    const date = missingDate(schedule({ minutes: [0], hours: [9], ...chosen }, window), UTC, NOW);
    return date && `${date.day}.${date.month}`;
  }
});
