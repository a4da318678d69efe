import { rule } from './rule.ts';

/** pgAgent: jstonerror s; pg_timetable: ignore_error. */
export const successOnError = rule(
  'success-on-error',
  'info',
  () => 'counted a failure as a success in pgAgent; pg_timetable goes on too, but logs it as a failure.',
);
