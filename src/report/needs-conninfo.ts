import type { Advisory, ChainPlan, JobPlan } from '../model/plan.ts';
import { maskConninfo } from '../secrets/mask.ts';

/** How a chain is marked that would be there with --step-conninfo. */
export const NEEDS_CONNINFO = 'needs --step-conninfo';

/** What a job would be with --step-conninfo; nothing where it does not need it. */
export function proposalOf({ withStepConninfo }: JobPlan): {
  readonly chains: readonly ChainPlan[];
  readonly advisories: readonly Advisory[];
} {
  return withStepConninfo ?? { chains: [], advisories: [] };
}

/** Where the steps of a chain would run, each place once and without a password. */
export function placesOf({ tasks }: ChainPlan): string {
  return [...new Set(tasks.flatMap(({ databaseConnection }) => databaseConnection ?? []))]
    .map(maskConninfo)
    .join('; ');
}
