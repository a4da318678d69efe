import { rule } from './rule.ts';

/** Measured: pg_timetable cancels the statement, kills the program, and the chain fails; what is committed stays. */
export const jobTimeout = rule(
  'job-timeout',
  'info',
  (milliseconds: number) =>
    `has @JOB_TIMEOUT in its description: jpgAgent stopped it after ${duration(milliseconds)} (pgAgent took no notice of that), and its chains have that as their timeout (${milliseconds} ms). If it was pgAgent that ran it, take the line out of the description, or set chain.timeout to 0.`,
);

function duration(milliseconds: number): string {
  const units: readonly (readonly [size: number, name: string])[] = [
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ];
  const [size, name] = units.find(([one]) => milliseconds % one === 0) ?? [1, 'millisecond'];
  const count = milliseconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
