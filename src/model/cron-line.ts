import { Remembered } from './remembered.ts';

/** When a cron line fires, ascending: a minute belongs if each part of it is among them. */
export interface CronTimes {
  /** 0-59 */
  readonly minutes: readonly number[];
  /** 0-23 */
  readonly hours: readonly number[];
  /** 1-31 */
  readonly monthDays: readonly number[];
  /** 1-12 */
  readonly months: readonly number[];
  /** 0-6, 0 is Sunday */
  readonly weekdays: readonly number[];
}

interface FieldRange {
  readonly first: number;
  readonly last: number;
}

const RANGES: readonly FieldRange[] = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12 },
  { first: 0, last: 7 },
];

/**
 * What a line of the domain timetable.cron means, as timetable.is_cron_in_time reads it.
 * @returns null for anything that is no such line: `@reboot` and the like, or text that the domain refuses
 */
export function readCronLine(text: string): CronTimes | null {
  return KNOWN.of(text, read);
}

// Few lines differ, and each is asked about several times.
const KNOWN = new Remembered<CronTimes | null>(100_000);

function read(text: string): CronTimes | null {
  // Recorded: one blank at the end is allowed, and any number between fields.
  const fields = text.replace(/ $/, '').split(/ +/);
  if (fields.length !== RANGES.length) return null;
  const found = RANGES.map((range, index) => readField(fields[index] ?? '', range));
  const [minutes, hours, monthDays, months, weekdays] = found;
  if (!minutes || !hours || !monthDays || !months || !weekdays) return null;
  return { minutes, hours, monthDays, months, weekdays: ascending(weekdays.map((day) => day % 7)) };
}

function readField(text: string, { first, last }: FieldRange): readonly number[] | null {
  const [, star, starStep] = /^(\*)(?:\/(\d+))?$/.exec(text) ?? [];
  if (star !== undefined) return every(first, last, Number(starStep ?? 1));
  const [, from, step] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (from !== undefined) return inRange(every(Number(from), last, Number(step)), first, last);
  const [, start, end] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (start !== undefined) return inRange(every(Number(start), Number(end), 1), first, last);
  if (!/^\d+(?:,\d+)*$/.test(text)) return null;
  return inRange(ascending(text.split(',').map(Number)), first, last);
}

function every(first: number, last: number, step: number): readonly number[] | null {
  if (step < 1 || last < first) return null;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function inRange(values: readonly number[] | null, first: number, last: number): readonly number[] | null {
  return values?.every((value) => first <= value && value <= last) ? values : null;
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
