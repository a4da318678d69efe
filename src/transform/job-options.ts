import type { Job } from '../model/job.ts';
import { jobPattern } from '../model/job-pattern.ts';
import type { Context } from './context.ts';

/** What a job is planned by: the options of the run, and those that are given for it alone. */
export function contextOf({ id, name }: Job, context: Context): Context {
  const { jobTransactions } = context.options;
  const fitting = [...jobTransactions].filter(([text]) => jobPattern(text)(id, name));
  // An id says more than a name, a name more than a pattern; of two patterns the last counts.
  const [, transaction] = fitting.sort(([one], [other]) => rank(one) - rank(other)).at(-1) ?? [];
  return transaction === undefined ? context : { ...context, options: { ...context.options, transaction } };
}

function rank(text: string): number {
  if (/^\d+$/.test(text)) return 2;
  return /[*?]/.test(text) ? 0 : 1;
}
