import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type pg from 'pg';
import { readCronLine } from '../../src/model/cron-line.ts';
import type { Exception, Schedule } from '../../src/model/job.ts';
import { NEVER } from '../../src/transform/plan-chains.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { type CalendarProduct, dayOnWall, hasDay } from '../../src/transform/schedule/calendar.ts';
import { type Chosen, context, exception, job, schedule, span, ticks } from '../job-builders.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { holdsMinute, utcMinute } from '../transform/schedule/plain-reading.ts';
import { findEngine } from './engine.ts';

// The lines of random schedules, asked of timetable.is_cron_in_time itself, against the plain reading of the schedule.

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const SCHEDULES = 60;
const SEED = 20_260_416;
/** A leap year and a common one. */
const YEARS = [2024, 2026] as const;

const engine = findEngine();
let server: Server;
let sessions: readonly [pg.Client, pg.Client];
before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('app');
  await engine.init(server, 'app');
  sessions = [await server.connect('app'), await server.connect('app')];
});
after(async () => {
  await Promise.all(sessions?.map((session) => session.end()) ?? []);
  server?.stop();
});

type LastDay = 'keep' | 'honor';

interface Sample {
  readonly schedule: Schedule;
  readonly lastDay: LastDay;
}

/** Nothing, one value, a range, a step, a list, or all of them, as people tick. */
function ticked(first: number, last: number): fc.Arbitrary<readonly number[]> {
  const value = fc.integer({ min: first, max: last });
  return fc.oneof(
    fc.constant([]),
    value.map((one) => [one]),
    fc.tuple(value, value).map(([a, b]) => span(Math.min(a, b), Math.max(a, b))),
    fc
      .tuple(value, fc.integer({ min: 2, max: 7 }))
      .map(([start, step]) => span(start, last).filter((n) => (n - start) % step === 0)),
    fc.uniqueArray(value, { minLength: 2, maxLength: 4 }),
  );
}

const TWO = (value: number): string => String(value).padStart(2, '0');
const timeOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${TWO(hour)}:${TWO(minute)}:00`);

/** Time-only exceptions are cut out of the lines; one of a date is left to a guard and changes no line. */
function exceptionsOf({ minutes = [], hours = [] }: Chosen): fc.Arbitrary<readonly Exception[]> {
  const onClock = fc
    .tuple(fc.nat(59), fc.nat(23))
    .map(([m, h]) => `${TWO(hours[h % hours.length] ?? h)}:${TWO(minutes[m % minutes.length] ?? m)}:00`);
  const one = fc.oneof(
    { weight: 4, arbitrary: onClock.map((time) => exception(null, time)) },
    { weight: 1, arbitrary: timeOfDay.map((time) => exception(null, time)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('2026-05-01', '2028-02-29').map((date) => exception(date, null)),
    },
  );
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 2 }) },
  );
}

const chosen: fc.Arbitrary<Chosen> = fc.record({
  minutes: ticked(0, 59),
  hours: ticked(0, 23),
  // In this field a step runs on to 7, which is Sunday: 1/2 is no Monday, Wednesday and Friday.
  weekdays: fc.oneof(fc.constant([]), ticked(0, 6), fc.constantFrom([1, 3, 5], [1, 4], [0, 5, 6], [0, 6])),
  monthDays: fc.oneof(fc.constant([]), ticked(1, 31), fc.constantFrom([31], [29], [30, 31])),
  lastDay: fc.oneof(
    { weight: 2, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  months: fc.oneof(fc.constant([]), ticked(1, 12), fc.constant([2])),
});

const sample: fc.Arbitrary<Sample> = chosen.chain((values) =>
  fc.record({
    schedule: exceptionsOf(values).map((exceptions) => schedule(values, { exceptions })),
    lastDay: fc.constantFrom<LastDay>('keep', 'honor'),
  }),
);

/** The lines that a schedule's chains are written with; none for one that cannot fire. */
function linesOf({ schedule: planned, lastDay }: Sample): readonly string[] {
  const plan = planJob(
    job({ schedules: [planned] }),
    context({ options: { lastDay, allowManyChains: true } }),
  );
  return plan.chains.map(({ runAt }) => runAt).filter((line) => line !== NEVER);
}

/** The schedules with the same ticks for the days of the month and for the last day alone. */
function readings({ schedule: planned, lastDay }: Sample): readonly Schedule[] {
  const timesOnly = { ...planned, exceptions: planned.exceptions.filter(({ date }) => date === null) };
  const days = planned.monthDays.slice(0, 31);
  if (lastDay === 'keep' || planned.monthDays[31] !== true || !days.includes(true)) return [timesOnly];
  return [
    { ...timesOnly, monthDays: [...days, false] },
    { ...timesOnly, monthDays: ticks({ lastDay: true }).monthDays },
  ];
}

/** A schedule of the last day alone as its lines say it: 28 February of a leap year is left to the guard. */
function withoutGuard(reading: Schedule, day: number): Schedule {
  const isLeapEve = new Date(day + DAY).toISOString().slice(5, 10) === '02-29';
  const isLastAlone = reading.monthDays[31] === true && !reading.monthDays.slice(0, 31).includes(true);
  return isLeapEve && isLastAlone ? { ...reading, monthDays: ticks({ monthDays: [28] }).monthDays } : reading;
}

/** Of these minutes those at which the schedule fires, guards aside. */
function expected(of: Sample, minutes: readonly number[]): readonly number[] {
  const all = readings(of);
  return minutes.filter((instant) =>
    all.some((reading) => holdsMinute(withoutGuard(reading, instant - (instant % DAY)), utcMinute(instant))),
  );
}

/** Of these minutes those at which the engine finds the line due. */
async function due(session: pg.Client, line: string, minutes: readonly number[]): Promise<readonly number[]> {
  const { rows } = await session.query<{ at: string }>(
    `WITH line AS MATERIALIZED (SELECT $1::timetable.cron AS run_at)
     SELECT at FROM line, unnest($2::bigint[]) AS at
      WHERE timetable.is_cron_in_time(run_at, to_timestamp(at / 1000)) ORDER BY at`,
    [line, minutes],
  );
  return rows.map(({ at }) => Number(at));
}

/** Of these minutes those at which one of the lines is due; two at once would run the job twice. */
async function dueOnce(
  session: pg.Client,
  lines: readonly string[],
  minutes: readonly number[],
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const line of lines) found.push(...(await due(session, line, minutes)));
  assert.equal(new Set(found).size, found.length, `two of these are due at once: ${lines.join(' | ')}`);
  return found.sort((a, b) => a - b);
}

const read = (line: string): CalendarProduct => readCronLine(line) ?? assert.fail(`${line} is no cron line`);

/** The minute of the day at which a line is due first. */
function firstMinute(line: string): number {
  const { hours, minutes } = read(line);
  return (Math.min(...hours) * 60 + Math.min(...minutes)) * MINUTE;
}

const hasMinute = (line: string, minute: number): boolean => {
  const { hours, minutes } = read(line);
  const ofDay = minute / MINUTE;
  return hours.includes(Math.floor(ofDay / 60)) && minutes.includes(ofDay % 60);
};

function daysOf(year: number): readonly number[] {
  const first = Date.UTC(year, 0, 1);
  return span(0, (Date.UTC(year + 1, 0, 1) - first) / DAY - 1).map((day) => first + day * DAY);
}

const DAYS = YEARS.flatMap(daysOf);
const minutesOf = (day: number): readonly number[] => span(0, 1_439).map((minute) => day + minute * MINUTE);
const shown = ({ schedule: planned, lastDay }: Sample, lines: readonly string[]): string =>
  `${lines.join(' | ')}, last day: ${lastDay}, ${JSON.stringify(planned)}`;

/** Holds one schedule's lines to the schedule. @returns how many minutes were compared */
async function compare(session: pg.Client, of: Sample, lines: readonly string[]): Promise<number> {
  let compared = 0;
  const same = async (asked: readonly string[], minutes: readonly number[]): Promise<readonly number[]> => {
    const wanted = expected(of, minutes);
    assert.deepEqual(await dueOnce(session, asked, minutes), wanted, shown(of, lines));
    compared += minutes.length;
    return wanted;
  };
  const wholeDays = new Set<number>();
  for (const first of new Set(lines.map(firstMinute))) {
    // Which minutes of a day a line has is asked below.
    const asked = lines.filter((line) => hasMinute(line, first));
    const fires = await same(
      asked,
      DAYS.map((day) => day + first),
    );
    const day = fires[Math.floor(fires.length / 2)];
    if (day !== undefined) wholeDays.add(day - first);
  }
  // A line that is not due at its first minute of a day, which was asked above, is not due on that day.
  for (const day of [...wholeDays].slice(0, 2)) {
    const onDay = lines.filter((line) => hasDay(read(line), dayOnWall(day)));
    await same(onDay, minutesOf(day));
  }
  return compared;
}

test(`${engine.name}: each line comes due at exactly the minutes of its schedule`, async (t) => {
  const samples = fc
    .sample(sample, { seed: SEED, numRuns: 2 * SCHEDULES })
    .map((one) => ({ one, lines: linesOf(one) }))
    .filter(({ lines }) => lines.length > 0)
    .slice(0, SCHEDULES);
  assert.equal(samples.length, SCHEDULES);
  const left = [...samples];
  const counts: number[] = [];
  await Promise.all(
    sessions.map(async (session) => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        counts.push(await compare(session, next.one, next.lines));
    }),
  );
  const compared = counts.reduce((sum, minutes) => sum + minutes, 0);
  const count = (has: (one: Sample) => boolean): number => samples.filter(({ one }) => has(one)).length;
  const lines = samples.reduce((sum, one) => sum + one.lines.length, 0);
  const lastDays = count(({ schedule: { monthDays } }) => monthDays[31] === true);
  const times = count(({ schedule: { exceptions } }) => exceptions.some(({ date }) => date === null));
  assert.ok(
    lastDays >= 10 && times >= 10,
    `${lastDays} with a last day, ${times} with an exception of a time`,
  );
  t.diagnostic(
    `${samples.length} schedules (${lastDays} with the last day, ${times} with exceptions of a time), ` +
      `${lines} lines, ${compared} minutes compared with ${engine.name}`,
  );
});

test(`${engine.name}: each of the 127 sets of week days is read as it was ticked`, async () => {
  // 4 January 2026 is a Sunday.
  const week = span(4, 10).map((day) => Date.UTC(2026, 0, day));
  for (let set = 1; set < 2 ** 7; set += 1) {
    const weekdays = span(0, 6).filter((weekday) => (set >> weekday) % 2 === 1);
    const lines = linesOf({
      schedule: schedule({ minutes: [0], hours: [0], weekdays }),
      lastDay: 'keep',
    });
    assert.deepEqual(
      (await dueOnce(sessions[0], lines, week)).map((day) => new Date(day).getUTCDay()),
      weekdays,
      lines.join(),
    );
  }
});

test(`${engine.name}: the line of a chain that nothing starts by the clock is accepted and never comes due`, async () => {
  const days = span(2024, 2051).flatMap(daysOf);
  assert.equal(days.length, 28 * 365 + 7);
  assert.deepEqual(await due(sessions[0], NEVER, days), []);
  const [day] = days;
  assert.deepEqual(await due(sessions[1], NEVER, minutesOf(day ?? 0)), []);
});
