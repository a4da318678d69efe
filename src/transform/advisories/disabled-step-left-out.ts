import { rule } from './rule.ts';

/** timetable.task.live came with pg_timetable 7.0. */
export const disabledStepLeftOut = rule(
  'disabled-step-left-out',
  'info',
  (why: string) => `is disabled, and ${why}: the step is left out.`,
);
