/**
 * A naive reader of pg_timetable's cron text, from FACTS.md 1 alone, for tests:
 * a field is `*`, `n`, `n,n,...`, `a-b`, a step from the start or from a to the field's end, and nothing mixed.
 */
export const RANGES = {
  minutes: { first: 0, last: 59 },
  hours: { first: 0, last: 23 },
  days: { first: 1, last: 31 },
  months: { first: 1, last: 12 },
  /** 0 and 7 are Sunday. */
  weekdays: { first: 0, last: 7 },
} as const;

export type Field = keyof typeof RANGES;
export const FIELDS: readonly Field[] = ['minutes', 'hours', 'days', 'months', 'weekdays'];

/** The values of one field, ascending, 7 as itself; null where the domain refuses the text. */
export function readField(text: string, field: Field): readonly number[] | null {
  const { first, last } = RANGES[field];
  const inRange = (value: number): boolean => value >= first && value <= last;
  const upTo = (from: number, to: number, step: number): readonly number[] | null => {
    if (step === 0 || !inRange(from) || !inRange(to) || from > to) return null;
    const values: number[] = [];
    for (let value = from; value <= to; value += step) values.push(value);
    return values;
  };
  if (text === '*') return upTo(first, last, 1);
  const [, anyStep] = /^\*\/(\d+)$/.exec(text) ?? [];
  if (anyStep !== undefined) return upTo(first, last, Number(anyStep));
  const [, from, step] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (from !== undefined) return upTo(Number(from), last, Number(step));
  const [, low, high] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (low !== undefined) return upTo(Number(low), Number(high), 1);
  if (!/^\d+(?:,\d+)*$/.test(text)) return null;
  const values = [...new Set(text.split(',').map(Number))].sort((a, b) => a - b);
  return values.every(inRange) ? values : null;
}

/** What a field means: 7 of the week days is Sunday, 0. */
export function meaning(text: string, field: Field): readonly number[] | null {
  const values = readField(text, field);
  if (values === null || field !== 'weekdays') return values;
  return [...new Set(values.map((value) => value % 7))].sort((a, b) => a - b);
}

/** A line as five sets of values; null where the domain refuses it. It allows one blank at the end, as recorded. */
export function readLine(line: string): Readonly<Record<Field, readonly number[]>> | null {
  const texts = line.replace(/ $/, '').split(/ +/);
  if (texts.length !== FIELDS.length) return null;
  const read = FIELDS.map((field, index) => readField(texts[index] ?? '', field));
  if (read.includes(null)) return null;
  return Object.fromEntries(FIELDS.map((field, index) => [field, read[index] ?? []])) as unknown as Record<
    Field,
    readonly number[]
  >;
}
