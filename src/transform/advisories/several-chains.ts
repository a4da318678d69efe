import { rule } from './rule.ts';

/** One cron line is a product of five sets; a schedule may be several. */
export const severalChains = rule(
  'several-chains',
  'info',
  (count: number) =>
    `is ${count} chains, since one cron line cannot say it. No two of them fire in the same minute.`,
);
