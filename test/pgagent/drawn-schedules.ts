import fc from 'fast-check';
import type { Exception, Schedule } from '../../src/model/job.ts';
import { type Chosen, exception, schedule, span } from '../job-builders.ts';
import { dueMinutes } from './judge.ts';
import { type Period, startOf } from './replay.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

interface Drawn {
  readonly chosen: Chosen;
  /** When it opens, as a part of the period, and when it closes, as a part of the rest. */
  readonly opens: number | null;
  readonly closes: number | null;
  /** Which of its runs are kept where there are too many. */
  readonly stretch: number;
  readonly exceptions: readonly {
    readonly form: 'moment' | 'date' | 'time' | 'empty';
    /** Which of the due minutes it takes out; with seconds it takes none. */
    readonly part: number;
    readonly seconds: number;
  }[];
}

const fraction = fc.integer({ min: 0, max: 9_999 }).map((value) => value / 10_000);
const some = (first: number, last: number, min: number, max: number): fc.Arbitrary<number[]> =>
  fc.subarray([...span(first, last)], { minLength: min, maxLength: max });
const exactly = (values: readonly number[]): fc.Arbitrary<number[]> => fc.constant([...values]);
const every = (step: number): number[] => span(0, 59).filter((minute) => minute % step === 0);

const drawnMinutes = fc.oneof(
  { weight: 2, arbitrary: exactly([]) },
  { weight: 1, arbitrary: exactly(span(0, 59)) },
  { weight: 4, arbitrary: some(0, 59, 1, 1) },
  { weight: 5, arbitrary: some(0, 59, 2, 5) },
  { weight: 3, arbitrary: fc.constantFrom(5, 10, 15, 20, 30).map(every) },
  { weight: 2, arbitrary: some(0, 59, 6, 59) },
);
const drawnHours = fc.oneof(
  { weight: 2, arbitrary: exactly([]) },
  { weight: 1, arbitrary: exactly(span(0, 23)) },
  { weight: 4, arbitrary: some(0, 23, 1, 1) },
  { weight: 4, arbitrary: some(0, 23, 2, 6) },
  { weight: 2, arbitrary: exactly(span(8, 18)) },
  { weight: 1, arbitrary: exactly([22, 23, 0, 1, 2]) },
);
const drawnWeekdays = fc.oneof(
  { weight: 5, arbitrary: exactly([]) },
  { weight: 1, arbitrary: exactly(span(0, 6)) },
  { weight: 2, arbitrary: some(0, 6, 1, 1) },
  { weight: 2, arbitrary: exactly(span(1, 5)) },
  { weight: 2, arbitrary: some(0, 6, 2, 6) },
);
const drawnMonthDays = fc.oneof(
  { weight: 6, arbitrary: exactly([]) },
  { weight: 1, arbitrary: fc.constantFrom([...span(1, 31)], [...span(1, 32)]) },
  { weight: 3, arbitrary: exactly([32]) },
  { weight: 3, arbitrary: some(1, 28, 1, 1) },
  { weight: 3, arbitrary: some(1, 28, 2, 10) },
  { weight: 1, arbitrary: some(1, 28, 1, 4).map((days) => [...days, 32]) },
  { weight: 5, arbitrary: some(1, 32, 1, 20) },
);
const drawnMonths = fc.oneof(
  { weight: 6, arbitrary: exactly([]) },
  { weight: 1, arbitrary: exactly(span(1, 12)) },
  { weight: 2, arbitrary: some(1, 12, 1, 2) },
  { weight: 2, arbitrary: some(1, 12, 3, 11) },
);
const drawnExceptions = fc.array(
  fc.record({
    form: fc.constantFrom('moment', 'moment', 'date', 'date', 'time', 'empty'),
    part: fraction,
    seconds: fc.constantFrom(0, 0, 0, 0, 30),
  }),
  { maxLength: 6 },
);

const drawnChosen: fc.Arbitrary<Chosen> = fc
  .record({
    minutes: drawnMinutes,
    hours: drawnHours,
    weekdays: drawnWeekdays,
    monthDays: drawnMonthDays,
    months: drawnMonths,
  })
  .map((chosen) => ({ ...chosen, lastDay: chosen.monthDays.includes(32) }));
const almostEmpty: fc.Arbitrary<Chosen> = drawnWeekdays.map((weekdays) => ({ weekdays }));

const drawn: fc.Arbitrary<Drawn> = fc.record({
  chosen: fc.oneof({ weight: 19, arbitrary: drawnChosen }, { weight: 1, arbitrary: almostEmpty }),
  opens: fc.option(fraction, { freq: 2 }),
  closes: fc.option(fraction, { freq: 2 }),
  stretch: fraction,
  exceptions: fc.oneof(fc.constant([]), drawnExceptions),
});

/** Where it would fire too often to be quick, a window of as many runs as allowed. */
function narrowed(one: Schedule, stretch: number, { within, mostRuns }: Draw): Schedule {
  const due = dueMinutes(one, within);
  if (due.length <= mostRuns) return one;
  const begin = Math.floor(stretch * (due.length - mostRuns));
  const [start = 0, end = 0] = [due[begin], due[begin + mostRuns - 1]];
  return { ...one, start: start + 30 * SECOND, end: end + 30 * SECOND };
}

function toException(form: Drawn['exceptions'][number]['form'], instant: number): Exception {
  const [date = '', rest = ''] = new Date(instant).toISOString().split('T');
  return exception(
    form === 'moment' || form === 'date' ? date : null,
    form === 'moment' || form === 'time' ? rest.slice(0, 8) : null,
  );
}

/** pgAgent allows no two exceptions of the same date and time. */
function distinct(exceptions: readonly Exception[]): Exception[] {
  return [...new Map(exceptions.map((one) => [`${one.date} ${one.time}`, one])).values()];
}

function realised({ chosen, opens, closes, stretch, exceptions }: Drawn, draw: Draw): Schedule {
  const { within } = draw;
  const at = (from: number, part: number): number => startOf(SECOND, from + part * (within.to - from));
  const start = opens === null ? Date.UTC(2020, 0, 1, 8, 30, 15) : at(within.from, opens);
  const end = closes === null ? null : at(Math.max(start, within.from), closes);
  const one = narrowed(schedule(chosen, { start, end }), stretch, draw);
  const due = dueMinutes(one, within);
  const taken = exceptions.map(({ form, part, seconds }) => {
    const hit = due[Math.floor(part * due.length)] ?? startOf(MINUTE, at(within.from, part));
    return toException(form, hit + seconds * SECOND);
  });
  return { ...one, exceptions: distinct(taken) };
}

/** What is drawn: how many schedules, for which period, by which seed. */
export interface Draw {
  readonly schedules: number;
  readonly within: Period;
  readonly mostRuns: number;
  readonly seed: number;
}

/** Schedules as people have them, with the edges that people seldom have. */
export function drawSchedules(draw: Draw): readonly Schedule[] {
  return fc
    .sample(fc.noBias(drawn), { numRuns: draw.schedules, seed: draw.seed })
    .map((one) => realised(one, draw));
}

/** A schedule as a person would note it down, for messages. */
export function noted({
  minutes,
  hours,
  weekdays,
  monthDays,
  months,
  start,
  end,
  exceptions,
}: Schedule): string {
  const list = (ticked: readonly boolean[], first: number): string =>
    ticked.flatMap((is, index) => (is ? [index + first] : [])).join();
  return JSON.stringify({
    minutes: list(minutes, 0),
    hours: list(hours, 0),
    weekdays: list(weekdays, 0),
    monthDays: list(monthDays, 1),
    months: list(months, 1),
    start: Number.isFinite(start) ? new Date(start).toISOString() : String(start),
    end: end === null ? null : new Date(end).toISOString(),
    exceptions: exceptions.map(({ date, time }) => `${date ?? '*'} ${time ?? '*'}`),
  });
}
