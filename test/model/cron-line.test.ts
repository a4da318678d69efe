import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCronLine } from '../../src/model/cron-line.ts';
import type { CalendarProduct } from '../../src/transform/schedule/calendar.ts';
import { cronLines } from '../engine/recordings.ts';
import { span } from '../job-builders.ts';
import { EVERY, isDayOf } from '../transform/schedule/every-day.ts';

const LINES = cronLines();

test('each recorded line is read as the domain timetable.cron read it, or refused as that did; 7 is Sunday', () => {
  assert.ok(LINES.length > 250);
  let accepted = 0;
  for (const { line, accepted: isAccepted, reads } of LINES) {
    const read = readCronLine(line);
    if (line.startsWith('@')) {
      assert.equal(read, null, line);
      continue;
    }
    assert.equal(read !== null, isAccepted, JSON.stringify(line));
    if (read === null || reads === undefined) continue;
    accepted += 1;
    assert.deepEqual(
      read,
      {
        minutes: reads.minutes,
        hours: reads.hours,
        monthDays: reads.days,
        months: reads.months,
        weekdays: [...new Set(reads.weekdays.map((day) => day % 7))].sort((a, b) => a - b),
      },
      line,
    );
  }
  assert.ok(accepted > 100, `${accepted} lines with what they read`);
});

test('each recorded line fires on the days of 2024 and 2026 on which it was recorded to', () => {
  let compared = 0;
  for (const { line, days } of LINES) {
    const product: CalendarProduct | null = readCronLine(line);
    if (product === null || days === undefined) continue;
    for (const [year, recorded] of Object.entries(days)) {
      const fires: readonly string[] = span(0, 365)
        .map((index) => new Date(Date.UTC(Number(year), 0, 1 + index)))
        .filter((date) => date.getUTCFullYear() === Number(year))
        .filter((date) =>
          isDayOf(product, {
            month: date.getUTCMonth() + 1,
            day: date.getUTCDate(),
            weekday: date.getUTCDay(),
          }),
        )
        .map((date) => date.toISOString().slice(5, 10));
      assert.deepEqual(
        { count: fires.length, first: fires.slice(0, 3), last: fires.slice(-3) },
        recorded,
        `${line} in ${year}`,
      );
      compared += 1;
    }
  }
  assert.ok(compared > 80, `${compared} years`);
});

test('a star is every value, and Sunday once', () => {
  assert.deepEqual(readCronLine('* * * * *'), EVERY);
});

for (const [what, line] of [
  ['nothing', ''],
  ['four fields', '* * * *'],
  ['six fields', '* * * * * *'],
  ['a name of a month', '* * * jan *'],
  ['a sign', '-1 * * * *'],
  ['a range that goes back', '5-1 * * * *'],
  ['a step of nothing', '*/0 * * * *'],
  ['a range and a list in one field', '1-5,7 * * * *'],
  ['a tab between fields', '*\t* * * *'],
  ['an interval', '@every 5 minutes'],
] as const) {
  test(`${what} is no line`, () => assert.equal(readCronLine(line), null));
}
