import { rule } from './rule.ts';

/** Measured: pgAgent's steps share a pool of connections; each autonomous or remote task has one of its own. */
export const sharedSession = rule(
  'shared-session',
  'warning',
  (links: readonly string[], mayShareChain: boolean) =>
    `has steps that need one session: ${links.join('; ')}. Under pgAgent they had it while the agent was quiet; here each step has its own. Put them into one step${
      mayShareChain
        ? ', or move this job with --transaction chain (then it commits as a whole, and a failure takes all of it back)'
        : ''
    }.`,
);
