import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCronLine } from '../../src/model/cron-line.ts';
import { scheduleInWords } from '../../src/report/words.ts';
import { startingGuard, stoppingGuard } from '../../src/transform/guard.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import type { Condition } from '../../src/transform/schedule/condition.ts';
import { context, exception, job, schedule, task } from '../job-builders.ts';

/** Worked out by hand from what timetable.is_cron_in_time asks for: all five fields, day of the month and week day both. */
const LINES: readonly (readonly [line: string, words: string])[] = [
  ['* * * * *', 'Every minute'],
  ['*/5 * * * *', 'Every 5 minutes'],
  ['0/5 * * * *', 'Every 5 minutes'],
  ['0-59 0-23 1-31 1-12 0-7', 'Every minute'],
  ['*/7 * * * *', 'Every 7 minutes from 0 through 56 past the hour'],
  ['1/2 * * * *', 'Every 2 minutes from 1 through 59 past the hour'],
  ['20/2 * * * *', 'Every 2 minutes from 20 through 58 past the hour'],
  ['*/40 * * * *', 'At 0 and 40 minutes past the hour'],
  ['3/15 * * * *', 'At 3, 18, 33, and 48 minutes past the hour'],
  ['0 * * * *', 'Every hour'],
  ['17 * * * *', 'At 17 minutes past the hour'],
  ['0-29 * * * *', 'Every minute from 0 through 29 past the hour'],
  ['0,1,2,7 * * * *', 'At 0 through 2 and 7 minutes past the hour'],
  ['0 2 * * *', 'At 02:00 every day'],
  ['* 8,9 * * *', 'Every minute, from 08:00 through 09:59 every day'],
  ['0,20,40 3,4 * * *', 'Every 20 minutes, from 03:00 through 04:59 every day'],
  ['15,30,45 8 * * *', 'At 15, 30, and 45 minutes past the hour, from 08:00 through 08:59 every day'],
  ['0 8,12,18 * * *', 'At 08:00, 12:00, and 18:00 every day'],
  ['0,30 8,12 * * *', 'At 08:00, 08:30, 12:00, and 12:30 every day'],
  ['0 */2 * * *', 'Every 2 hours from 00:00 through 22:00 every day'],
  ['0 3/4 * * *', 'At 03:00, 07:00, 11:00, 15:00, 19:00, and 23:00 every day'],
  ['0 2,5,8,11,14,17,20 * * *', 'Every 3 hours from 02:00 through 20:00 every day'],
  ['15 1/2 * * *', 'Every 2 hours from 01:15 through 23:15 every day'],
  ['0 */5 * * *', 'At 00:00, 05:00, 10:00, 15:00, and 20:00 every day'],
  ['30 9-17 * * 1-5', 'Every hour from 09:30 through 17:30, Monday through Friday'],
  ['* 9 * * *', 'Every minute, from 09:00 through 09:59 every day'],
  ['5-10 9 * * *', 'Every minute from 09:05 through 09:10 every day'],
  ['*/10 9-17 * * *', 'Every 10 minutes, from 09:00 through 17:59 every day'],
  ['0,30 9-17 * * 1-5', 'At 0 and 30 minutes past the hour, from 09:00 through 17:59, Monday through Friday'],
  ['*/15 8,12,18 * * *', 'Every 15 minutes, in the hours 8, 12, and 18 every day'],
  ['*/5 */2 * * *', 'Every 5 minutes, in the hours 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, and 22 every day'],
  ['* */12 * * *', 'Every minute, in the hours 0 and 12 every day'],
  ['* 0-2,5 * * *', '* 0-2,5 * * *'],
  ['* 0,1,2,5 * * *', 'Every minute, in the hours 0 through 2 and 5 every day'],
  ['0 0,6,7,8,9,15,20,22 * * *', 'At 00:00, 06:00, 07:00, 08:00, 09:00, 15:00, 20:00, and 22:00 every day'],
  ['0 2 1 * *', 'At 02:00, on day 1 of the month'],
  ['0 2 13 * 5', 'At 02:00, on day 13 of the month, only on Friday'],
  ['0 2 1-7 * 1', 'At 02:00, on days 1 through 7 of the month, only on Monday'],
  ['0 2 1,15 * *', 'At 02:00, on days 1 and 15 of the month'],
  ['0 2 1,2,3,5,6,7,20 * *', 'At 02:00, on days 1 through 3, 5 through 7, and 20 of the month'],
  ['0 2 */2 * *', 'At 02:00, every 2 days from day 1 through 31 of the month'],
  ['0 2 */7 * *', 'At 02:00, on days 1, 8, 15, 22, and 29 of the month'],
  ['0 2 1 */3 *', 'At 02:00, on day 1 of the month, only in January, April, July, and October'],
  ['0 2 31 12 *', 'At 02:00, on day 31 of the month, only in December'],
  ['2/12 * * * *', 'At 2, 14, 26, 38, and 50 minutes past the hour'],
  ['0 12,21 2-31 * *', 'At 12:00 and 21:00, on days 2 through 31 of the month'],
  ['0 2 2/7 * *', 'At 02:00, on days 2, 9, 16, 23, and 30 of the month'],
  ['0 2 * 3-12 *', 'At 02:00, March through December'],
  ['0 2 28,29 2 *', 'At 02:00, on days 28 and 29 of the month, only in February'],
  ['0 2 28-29 2 *', 'At 02:00, on days 28 and 29 of the month, only in February'],
  ['0 2 29 2 *', 'At 02:00, on day 29 of the month, only in February, in leap years'],
  ['0 2 29-31 2 *', 'At 02:00, on days 29 through 31 of the month, only in February, in leap years'],
  ['0 2 29 2,3 *', 'At 02:00, on day 29 of the month, only in February and March'],
  ['0 2 * 1-3 *', 'At 02:00, January through March'],
  ['0 2 * 1,2,3,5 *', 'At 02:00, only in January through March and May'],
  ['0 2 * * 0', 'At 02:00, only on Sunday'],
  ['0 2 * * 7', 'At 02:00, only on Sunday'],
  ['0 2 * * 5-7', 'At 02:00, Friday through Sunday'],
  ['0 2 * * 0-2', 'At 02:00, Sunday through Tuesday'],
  ['0 2 * * 0,6', 'At 02:00, only on Saturday and Sunday'],
  // In the week-day field a step runs to 7, which is Sunday.
  ['0 2 * * 1/2', 'At 02:00, only on Monday, Wednesday, Friday, and Sunday'],
  ['0 0 30 2 *', 'Never by the clock: started by hand, or by another chain'],
  ['0 0 31 2,4,6,9,11 *', 'Never by the clock: started by hand, or by another chain'],
  ['0 0 30 4 *', 'At 00:00, on day 30 of the month, only in April'],
  ['@reboot', 'Once, when pg_timetable starts'],
  ['@every 2 hours', 'Every 2 hours, counted from the start of a run'],
  ['@after 90 seconds', '90 seconds after the end of a run'],
  ['60 2 * * *', '60 2 * * *'],
  ['0 2 * *', '0 2 * *'],
  ['@every', '@every'],
  ['something else', 'something else'],
  ['', ''],
];
for (const [line, words] of LINES) {
  test(`"${line}" in words`, () => assert.equal(scheduleInWords({ runAt: line }), words));
}

const END = Date.UTC(2027, 2, 1, 13, 30);

describe('what a guard keeps out is said behind the schedule', () => {
  const CASES: readonly (readonly [conditions: readonly Condition[], words: string])[] = [
    [[{ kind: 'from', instant: END }], 'only from 2027-03-01 13:30 UTC on'],
    [[{ kind: 'before', instant: END }], 'only before 2027-03-01 13:30 UTC'],
    [[{ kind: 'not-on', dates: ['2026-12-25'] }], 'not on 2026-12-25'],
    [
      [{ kind: 'not-on', dates: ['2026-12-24', '2026-12-25', '2026-12-26', '2027-01-01'] }],
      'not on 2026-12-24, 2026-12-25, 2026-12-26, 2027-01-01',
    ],
    [
      [{ kind: 'not-on', dates: ['2026-12-24', '2026-12-25', '2026-12-26', '2027-01-01', '2027-01-06'] }],
      'not on 2026-12-24, 2026-12-25, 2026-12-26 and 2 more dates',
    ],
    [
      [
        {
          kind: 'not-at',
          stretches: [
            { from: Date.UTC(2026, 11, 25, 2), before: Date.UTC(2026, 11, 26) },
            { from: Date.UTC(2026, 11, 26, 2, 1), before: Date.UTC(2026, 11, 27) },
          ],
        },
      ],
      'not on 2026-12-25 at 02:00, 2026-12-26 from 02:01 to 24:00',
    ],
    [[{ kind: 'not-leap-eve' }], 'not on 28 February of leap years'],
    [[{ kind: 'not', condition: { kind: 'not-leap-eve' } }], 'only on 28 February of leap years'],
    [[{ kind: 'not', condition: { kind: 'not-on', dates: ['2026-12-25'] } }], 'only on 2026-12-25'],
    [[{ kind: 'not', condition: { kind: 'from', instant: END } }], 'only before 2027-03-01 13:30 UTC'],
    [
      [
        { kind: 'from', instant: END },
        { kind: 'not-on', dates: ['2027-12-25'] },
      ],
      'only from 2027-03-01 13:30 UTC on; not on 2027-12-25',
    ],
  ];
  for (const [conditions, words] of CASES) {
    test(words, () => {
      const name = "x\n  IF now() < 'never' THEN";
      for (const guard of [stoppingGuard(conditions, 1), startingGuard(conditions, name, 1)])
        assert.equal(scheduleInWords({ runAt: '0 2 * * *', tasks: [guard] }), `At 02:00 every day; ${words}`);
    });
  }

  const STRETCHES: readonly (readonly [runAt: string, exceptions: readonly string[], words: string])[] = [
    ['0 3 * * *', ['03:00'], 'not on 2027-01-01 at 03:00'],
    ['0 3,4 * * *', ['03:00'], 'not on 2027-01-01 at 03:00'],
    ['0 3,4 * * *', ['04:00'], 'not on 2027-01-01 at 04:00'],
    ['0,30 * * * *', ['23:30'], 'not on 2027-01-01 at 23:30'],
    ['*/10 3-5 * * *', ['03:40', '03:50', '04:00'], 'not on 2027-01-01 from 03:40 through 04:00'],
    ['*/10 3-5 * * *', ['03:40', '04:00'], 'not on 2027-01-01 at 03:40, 2027-01-01 at 04:00'],
  ];
  for (const [line, times, words] of STRETCHES)
    test(`exceptions of a date at ${times.join(', ')} on ${line}: ${words}`, () => {
      const { minutes, hours } = readCronLine(line) ?? assert.fail(line);
      const exceptions = times.map((time) => exception('2027-01-01', `${time}:00`));
      const plan = planJob(job({ schedules: [schedule({ minutes, hours }, { exceptions })] }), context());
      assert.equal(plan.chains.length, 1);
      for (const chain of plan.chains) assert.equal(scheduleInWords(chain).split('; ')[1], words);
    });

  test('a guard of another make is said to be one', () => {
    const guard = { ...stoppingGuard([], 1), command: '  IF random() < 0.5 THEN\n' };
    assert.equal(
      scheduleInWords({ runAt: '0 2 * * *', tasks: [guard] }),
      'At 02:00 every day; less what its guard keeps out',
    );
  });

  test('a step that happens to be called guard is none', () => {
    const { command } = stoppingGuard([{ kind: 'not-leap-eve' }], 1);
    assert.equal(
      scheduleInWords({ runAt: '0 2 * * *', tasks: [task({ taskName: 'guard', stepId: 7, command })] }),
      'At 02:00 every day',
    );
  });
});
