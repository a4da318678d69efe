import { rule } from './rule.ts';

/** Measured: pga_next_schedule adds a minute where none of its arrays but that of the week days has a true element. */
export const nothingTicked = rule(
  'nothing-ticked',
  'warning',
  () =>
    'has no minute, hour, month day or month ticked, which means every minute. pgAgent fires such a schedule only every other minute (a defect); the chain fires every minute, twice as often. Where every other minute is right, tick the even minutes in pgAgent before you move the job.',
);
