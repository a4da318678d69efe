import cronstrue from 'cronstrue';
import { type CronTimes, readCronLine } from '../model/cron-line.ts';
import type { ChainPlan } from '../model/plan.ts';
import { clock, cronList, dayList, fullOrNull, isEven, minuteField, weekdayList } from './cron-fields.ts';
import { guardWords } from './guard-words.ts';

const NEVER = 'Never by the clock: started by hand, or by another chain';
/** Times of day that are listed one by one. */
const MOST_TIMES = 6;

/**
 * When a chain runs, in words, by its cron line and its guard: pg_timetable asks for the day of the month and the week
 * day both.
 * @returns the line itself where it says nothing that has words
 */
export function scheduleInWords(chain: Pick<ChainPlan, 'runAt'> & Partial<Pick<ChainPlan, 'tasks'>>): string {
  const times = readCronLine(chain.runAt);
  if (times === null) return clauseInWords(chain.runAt);
  if (!hasAnyDay(times)) return NEVER;
  return [timeOfDay(times) + days(times), ...guardWords(chain.tasks ?? [], times)].join('; ');
}

// The three clauses that the domain takes beside cron lines. This tool writes none; people do.
function clauseInWords(runAt: string): string {
  const [, clause, interval] = /^@(reboot|every|after)\s*(.*)$/s.exec(runAt.trim()) ?? [];
  if (clause === 'reboot') return 'Once, when pg_timetable starts';
  if (clause === 'every' && interval) return `Every ${interval}, counted from the start of a run`;
  return clause === 'after' && interval ? `${interval} after the end of a run` : runAt;
}

const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function hasAnyDay({ months, monthDays }: CronTimes): boolean {
  const [first = 0] = monthDays;
  return months.some((month) => first <= (LONGEST_MONTHS[month - 1] ?? 0));
}

function timeOfDay({ minutes, hours }: CronTimes): string {
  const [minute = 0] = minutes;
  const [hour = 0] = hours;
  if (fullOrNull(hours, 0, 23)) return spoken(`${minuteField(minutes)} * * * *`);
  if (hours.length * minutes.length <= MOST_TIMES && !(minutes.length > 2 && isEven(minutes)))
    return `At ${enumerated(hours.flatMap((one) => minutes.map((of) => clock(one, of))))}`;
  const last = hours.at(-1) ?? hour;
  if (minutes.length === 1 && isEven(hours)) {
    const every = hours.length > 1 ? (hours[1] ?? hour) - hour : 1;
    return `Every ${every === 1 ? 'hour' : `${every} hours`} from ${clock(hour, minute)} through ${clock(last, minute)}`;
  }
  if (minutes.length === 1) return `At ${enumerated(hours.map((one) => clock(one, minute)))}`;
  const isOneRange = last - hour === hours.length - 1;
  if (isOneRange) return spoken(`${minuteField(minutes)} ${hoursOf(hour, last, minutes)} * * *`);
  return `${spoken(`${minuteField(minutes)} * * * *`)}, in the hours ${throughout(hours)}`;
}

// As a list cronstrue would tell the hours as if they were times; a range within one hour it tells from minute to minute.
function hoursOf(first: number, last: number, minutes: readonly number[]): string {
  const isRange = minutes.length === (minutes.at(-1) ?? 0) - (minutes[0] ?? 0) + 1;
  return first === last && isRange ? String(first) : `${first}-${last}`;
}

function days({ hours, monthDays, months, weekdays }: CronTimes): string {
  const words = spoken(`0 0 ${dayList(monthDays)} ${cronList(months, 1, 12)} ${weekdayList(weekdays)}`);
  const isLeapDay = months.length === 1 && months[0] === 2 && monthDays[0] === 29;
  const told = words.replace(/^At 00:00/, '') + (isLeapDay ? ', in leap years' : '');
  return told === '' && !fullOrNull(hours, 0, 23) ? ' every day' : told;
}

const MOST_KEPT = 5_000;
// Asking cronstrue takes longer than all else in a row of the table, and schedules resemble each other.
const kept = new Map<string, string>();

function spoken(line: string): string {
  const known = kept.get(line);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const words = unmistakable(line);
  kept.set(line, words);
  return words;
}

/** What cronstrue says, in words that leave no second reading. */
function unmistakable(line: string): string {
  return cronstrue
    .toString(line, { use24HourTimeFormat: true, logicalAndDayFields: true })
    .replace(/^Minutes (\d+) through/, 'Every minute from $1 through')
    .replace(/, minutes (\d+) through/, ' from $1 through')
    .replace(/ in a month, between day (\d+) and (\d+) of the month/, ' from day $1 through $2 of the month')
    .replace(/between day (\d+) and (\d+) of/, 'on days $1 through $2 of')
    .replace(/on day (\d+(?:,| and | through))/, 'on days $1')
    .replace(/ between (\d\d:\d\d) and /, ' from $1 through ');
}

function throughout(values: readonly number[]): string {
  return enumerated(
    cronList(values, 0)
      .split(',')
      .map((part) => part.replace('-', ' through ')),
  );
}

function enumerated(parts: readonly string[]): string {
  if (parts.length < 3) return parts.join(' and ');
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}
