import { rule } from './rule.ts';

/** pg_timetable: the only way for a first task to keep the others from running is to fail (measured). */
export const failedOnPurpose = rule(
  'failed-on-purpose',
  'info',
  (runs: number, first: string) =>
    `has a guard, and the only way for a guard to stop a run is to fail: the log will show a failed chain ("not run: ...") ${runs === 1 ? 'once' : `${runs} times`} in the next four years, first at ${first}.`,
);
