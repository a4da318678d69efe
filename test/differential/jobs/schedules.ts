import type { ScheduleRow } from '../../pgagent/insert-job.ts';
import { type Difference, type DifferentialJob, write } from '../differential-job.ts';

const DAY = 86_400_000;
const two = (value: number): string => String(value).padStart(2, '0');
/** A date of UTC, so many days from now. */
const day = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
/** The server's today, whatever its zone, and the day that may begin meanwhile. */
const thisVeryDay = (): NonNullable<ScheduleRow['exceptions']> =>
  [-1, 0, 1].map((days) => ({ date: day(days) }));

/** A job of one step. Both schedulers start it now, so that only what stands in front of the step can stop it. */
function scheduled(
  id: string,
  what: string,
  schedules: NonNullable<DifferentialJob['schedules']>,
  more: Partial<DifferentialJob> = {},
): DifferentialJob {
  return {
    id,
    what,
    schedules,
    steps: [{ name: '1', code: write('ran') }],
    after: { seen: ['ran'] },
    ...more,
  };
}

/** pgAgent asks nothing when somebody starts a job by hand; a guard stops the run. */
function guarded(advisory: string, end: 'failed' | 'succeeded'): { readonly differs: Difference } {
  return { differs: { advisory, underTimetable: { end, seen: [], ends: { '1': 'not run' } } } };
}

export const SCHEDULE_JOBS: readonly DifferentialJob[] = [
  scheduled('end-in-2099', 'a guard for an end that only means never', (soon) => [
    { minutes: [soon], end: '2099-12-31 23:59:59+00' },
  ]),
  scheduled('end-in-a-year', 'a guard for an end within four years', (soon) => [
    { minutes: [soon], end: `${day(300)} 12:00:00+00` },
  ]),
  scheduled('exception-of-a-far-date', 'a guard for a date', (soon) => [
    { minutes: [soon], exceptions: [{ date: '2090-05-04' }] },
  ]),
  scheduled(
    'exceptions-of-two-times-of-dates',
    'one guard for a time of one date and another of another',
    (soon) => [
      {
        minutes: [soon],
        exceptions: [
          { date: '2090-05-04', time: `03:${two(soon)}` },
          { date: '2090-06-05', time: `04:${two(soon)}` },
        ],
      },
    ],
  ),
  scheduled('exception-of-a-time', 'two lines, each with the lock, and no guard', (soon) => [
    { minutes: [soon, (soon + 1) % 60], exceptions: [{ time: `03:${two(soon)}` }] },
  ]),
  scheduled('last-day-of-the-month', 'three lines, one with a guard', (soon) => [
    { minutes: [soon], monthDays: [32] },
  ]),
  scheduled('days-2-to-31', 'no day is missing: each month has its last day ticked', (soon) => [
    { minutes: [soon], monthDays: Array.from({ length: 30 }, (_, index) => index + 2) },
  ]),
  scheduled('two-schedules', 'two chains, each with the lock', (soon) => [
    { minutes: [soon] },
    { minutes: [(soon + 1) % 60] },
  ]),
  scheduled('window-of-four-minutes', 'a line that comes due in four minutes of the year', () => [
    { hours: [8], start: `${day(180)} 08:02:00+00`, end: `${day(180)} 08:05:00+00` },
  ]),
  scheduled('window-over-midnight', 'two lines for a few minutes at either side of midnight', () => [
    { hours: [0, 23], start: `${day(180)} 23:58:00+00`, end: `${day(181)} 00:03:00+00` },
  ]),
  scheduled(
    'start-without-a-run-before-it',
    'a line that does not come due before its start, so that nothing keeps it',
    (soon) => {
      const next = new Date(Date.now() + 40 * DAY);
      return [
        {
          minutes: [soon],
          hours: [3],
          // Each month has it, so that nothing is to be said of a day that one lacks.
          monthDays: [Math.min(next.getUTCDate(), 28)],
          months: [next.getUTCMonth() + 1],
          start: `${day(20)} 00:00:00+00`,
        },
      ];
    },
  ),
  scheduled(
    'window-of-2090',
    'the same four minutes in 2090: the line comes due in each year before',
    () => [{ hours: [8], start: '2090-09-20 08:02:00+00', end: '2090-09-20 08:05:00+00' }],
    guarded('start-in-future', 'failed'),
  ),
  scheduled(
    'start-in-2090',
    'a start that is to come, on a line of 12 runs a year',
    (soon) => [{ minutes: [soon], hours: [3], monthDays: [1], start: '2090-01-01 00:00:00+00' }],
    guarded('start-in-future', 'failed'),
  ),
  scheduled(
    'start-in-2090-hourly',
    'a start that is to come, on a line of so many runs that the guard starts the steps instead of failing',
    (soon) => [{ minutes: [soon], start: '2090-01-01 00:00:00+00' }],
    guarded('started-chain', 'succeeded'),
  ),
  scheduled(
    'exception-of-today',
    'a start by hand on a date that is left out',
    (soon) => [{ minutes: [soon], exceptions: thisVeryDay() }],
    guarded('exceptions', 'failed'),
  ),
  scheduled(
    'exception-of-today-often',
    'the same where so many runs are left out that the guard starts the steps instead of failing',
    (soon) => [
      {
        minutes: Array.from({ length: 6 }, (_, index) => (soon + index) % 60),
        exceptions: thisVeryDay(),
      },
    ],
    guarded('started-chain', 'succeeded'),
  ),
];
