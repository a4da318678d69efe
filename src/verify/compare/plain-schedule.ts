import type { Schedule } from '../../model/job.ts';
import { dateOnWall } from '../../model/zone.ts';
import type { CalendarDay } from '../../transform/schedule/calendar.ts';
import type { Moment } from '../../transform/schedule/condition.ts';
import type { LastDay } from '../../transform/schedule/schedule-set.ts';

/** A day with what decides whether a schedule holds it. */
export interface Day extends CalendarDay {
  readonly isLastOfMonth: boolean;
}

export const MINUTES_A_DAY = 1_440;
const MINUTE = 60_000;
const LAST_DAY_ELEMENT = 31;

/*
 * The plain reading of pga_next_schedule, element by element. It shares no step with the algebra that makes the chains,
 * so that the two can prove each other.
 */

/** Which days something holds: those that all three hold. */
export interface DayRules {
  /** @param month 1-12 */
  readonly isMonth: (month: number) => boolean;
  /** @param weekday 0-6, 0 is Sunday */
  readonly isWeekday: (weekday: number) => boolean;
  readonly isMonthDay: (day: Pick<Day, 'day' | 'isLastOfMonth'>) => boolean;
}

/** The days of the arrays of a schedule: questions that are prepared once. */
export function daysOf(schedule: Schedule, lastDay: LastDay): DayRules {
  const isMonth = isTicked(schedule.months);
  return {
    isMonth: (month) => isMonth(month - 1),
    isWeekday: isTicked(schedule.weekdays),
    isMonthDay: isTickedDay(schedule.monthDays, lastDay),
  };
}

export function holdsDay({ isMonth, isWeekday, isMonthDay }: DayRules, day: Day): boolean {
  return isMonth(day.month) && isWeekday(day.weekday) && isMonthDay(day);
}

function isTicked(elements: readonly boolean[]): (index: number) => boolean {
  return elements.includes(true) ? (index) => elements[index] === true : () => true;
}

// Beside other days pgAgent ignores the flag (measured).
function isTickedDay(monthDays: readonly boolean[], lastDay: LastDay): DayRules['isMonthDay'] {
  const flag = monthDays[LAST_DAY_ELEMENT] === true;
  const others = monthDays.indexOf(true) < LAST_DAY_ELEMENT && monthDays.includes(true);
  const countsLast = flag && (!others || lastDay === 'honor');
  const isAny = !flag && !others;
  return ({ day, isLastOfMonth }) => isAny || monthDays[day - 1] === true || (countsLast && isLastOfMonth);
}

/** The minutes of a usual day, 1 for each that the schedule fires at: its exceptions of every day left out. */
export function minutesOfDay(schedule: Schedule): Uint8Array {
  const minutes = new Uint8Array(MINUTES_A_DAY);
  const isHour = isTicked(schedule.hours);
  const isMinute = isTicked(schedule.minutes);
  const excepted = schedule.exceptions.flatMap(({ date, time }) => (date === null ? (time ?? []) : []));
  for (let minute = 0; minute < MINUTES_A_DAY; minute += 1) {
    if (!isHour(Math.floor(minute / 60)) || !isMinute(minute % 60)) continue;
    if (excepted.length === 0 || !excepted.includes(clockTime(minute))) minutes[minute] = 1;
  }
  return minutes;
}

function clockTime(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}:00`;
}

/** Whether a minute that the arrays hold is within the window and no exception of its date. */
export function isOpen(schedule: Schedule, { instant, wall }: Moment): boolean {
  if (instant < Math.floor(schedule.start / MINUTE) * MINUTE) return false;
  if (schedule.end !== null && instant > schedule.end) return false;
  const date = dateOnWall(wall);
  const time = clockTime((wall / MINUTE) % MINUTES_A_DAY);
  return !schedule.exceptions.some((one) => one.date === date && (one.time === null || one.time === time));
}
