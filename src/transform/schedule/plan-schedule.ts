import type { Schedule } from '../../job.ts';
import type { Advisory, SkipReason } from '../../plan.ts';
import { exceptionsPending, lastDayOfMonth, windowEnds, windowStarts } from '../advisories/index.ts';
import {
  asksForLastDay,
  type CalendarProduct,
  calendarProduct,
  hasAnyDay,
  hasOnlyLastDay,
} from './calendar.ts';
import { cronLine } from './cron-line.ts';
import { canStillMatter } from './exceptions.ts';

/** What becomes of a schedule: a cron line, nothing because it cannot fire, or nothing because cron cannot say it. */
export type ScheduleFate =
  | {
      readonly kind: 'fires';
      readonly schedule: Schedule;
      readonly product: CalendarProduct;
      readonly runAt: string;
    }
  | {
      readonly kind: 'idle';
      readonly schedule: Schedule;
      readonly reason: SkipReason;
      readonly message: string;
    }
  | { readonly kind: 'not-carried'; readonly schedule: Schedule; readonly advisories: readonly Advisory[] };

/**
 * Decides one schedule.
 * @param now milliseconds since 1970 by the source's clock
 */
export function planSchedule(schedule: Schedule, now: number): ScheduleFate {
  const product = calendarProduct(schedule);
  const idle = whyIdle(schedule, product, now);
  if (idle) return { kind: 'idle', schedule, ...idle };
  const advisories = whatCronCannotSay(schedule, product, now);
  if (advisories.length > 0) return { kind: 'not-carried', schedule, advisories };
  return { kind: 'fires', schedule, product, runAt: cronLine(product) };
}

function whyIdle(
  schedule: Schedule,
  product: CalendarProduct,
  now: number,
): { reason: SkipReason; message: string } | null {
  if (!schedule.enabled) return { reason: 'schedule-disabled', message: 'the schedule is disabled' };
  if (schedule.end !== null && schedule.end < now) {
    return { reason: 'schedule-over', message: `the schedule ended at ${iso(schedule.end)}` };
  }
  if (schedule.start === Infinity) {
    return { reason: 'schedule-impossible', message: 'the schedule never starts' };
  }
  if (schedule.end !== null && schedule.end < schedule.start) {
    return { reason: 'schedule-impossible', message: 'the schedule ends before it starts' };
  }
  if (!hasOnlyLastDay(schedule) && !hasAnyDay(product.months, product.monthDays)) {
    return { reason: 'schedule-impossible', message: 'no month ticked has a day ticked, so it never fires' };
  }
  return null;
}

function whatCronCannotSay(schedule: Schedule, product: CalendarProduct, now: number): readonly Advisory[] {
  const about = { scheduleId: schedule.id };
  const pending = schedule.exceptions.filter((exception) => canStillMatter(exception, product, now));
  const found: Advisory[] = [];
  if (asksForLastDay(schedule)) found.push(lastDayOfMonth(about));
  if (schedule.start > now) found.push(windowStarts(about, iso(schedule.start)));
  if (schedule.end !== null && schedule.end !== Infinity) found.push(windowEnds(about, iso(schedule.end)));
  if (pending.length > 0) found.push(exceptionsPending(about, pending.map(inWords)));
  return found;
}

function inWords({ date, time }: { date: string | null; time: string | null }): string {
  if (date === null) return `every day at ${time}`;
  return time === null ? `all of ${date}` : `${date} at ${time}`;
}

// PostgreSQL's years go further than a Date's.
function iso(instant: number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
