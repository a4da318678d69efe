/** From so many values on, those with one distance are written as a step. */
const LEAST_STEP = 6;
/** From so many neighbours on, they are written as a range. */
const LEAST_RANGE = 3;

/** `*` where the values are all that there are from the first to the last. */
export function fullOrNull(values: readonly number[], first: number, last: number): '*' | null {
  return values.length === last - first + 1 ? '*' : null;
}

/** Whether each value is as far from the next as any other. */
export function isEven(values: readonly number[]): boolean {
  const [first = 0, next = first] = values;
  return values.every((value, index) => value === first + index * (next - first));
}

/** Minutes as a cron field that reads well: an open step only where it goes on the same in the next hour. */
export function minuteField(minutes: readonly number[]): string {
  const [first = 0, next = first] = minutes;
  const step = next - first;
  if (fullOrNull(minutes, 0, 59)) return '*';
  const goesOn = minutes.length > 2 && first === 0 && step * minutes.length === 60;
  return isEven(minutes) && goesOn ? `*/${step}` : stepOrList(minutes);
}

/** Days of the month as a cron field that reads well. */
export function dayList(days: readonly number[]): string {
  return fullOrNull(days, 1, 31) ?? stepOrList(days);
}

/** Ascending values as a cron field of single values and ranges. */
export function cronList(values: readonly number[], first: number, last = Number.POSITIVE_INFINITY): string {
  if (fullOrNull(values, first, last)) return '*';
  const runs: number[][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run?.at(-1) === value - 1) run.push(value);
    else runs.push([value]);
  }
  return runs.map((run) => (run.length >= LEAST_RANGE ? `${run[0]}-${run.at(-1)}` : run.join(','))).join(',');
}

/** Week days, 0 being Sunday, as a cron field: a week begins on Monday, unless Sunday begins a range. */
export function weekdayList(weekdays: readonly number[]): string {
  if (fullOrNull(weekdays, 0, 6)) return '*';
  const fromSunday = cronList(weekdays, 0);
  if (/^0-\d$/.test(fromSunday)) return fromSunday;
  const fromMonday = weekdays.map((day) => (day === 0 ? 7 : day)).sort((a, b) => a - b);
  return cronList(fromMonday, 0);
}

function stepOrList(values: readonly number[]): string {
  const [first = 0, next = first] = values;
  if (next - first > 1 && values.length >= LEAST_STEP && isEven(values))
    return `${first}-${values.at(-1)}/${next - first}`;
  return cronList(values, 0);
}

/** A minute of the day, `03:05`: as text in their order, too. */
export function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
