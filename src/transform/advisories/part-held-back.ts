import { rule } from './rule.ts';

/** --disable-source disables whole jobs. */
export const partHeldBack = rule(
  'part-held-back',
  'warning',
  () =>
    'moves in part, so it stays enabled in pgAgent, which goes on running all of it: its chains are written with live = false. Decide what becomes of the rest, then disable the job and set the chains live.',
);
