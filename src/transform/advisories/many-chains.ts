import { rule } from './rule.ts';

/** Each minute that an exception, or with --overlap exact another schedule, takes out may cost a cron line. */
export const manyChains = rule(
  'many-chains',
  'error',
  (count: number, most: number) =>
    `would be ${count} chains, more than ${most}. Give --allow-many-chains to have them; fewer exceptions at times of their own, or --overlap keep, make them fewer.`,
);
