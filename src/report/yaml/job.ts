import { counted } from '../../model/counted.ts';
import type { Advisory, ChainPlan, JobPlan } from '../../model/plan.ts';
import { NEEDS_CONNINFO, placesOf, proposalOf } from '../needs-conninfo.ts';
import { scheduleInWords } from '../words.ts';
import { chainItem } from './chain.ts';
import { comment } from './comment.ts';

/** A job with what is to be said of it, and its chains as items of the list. */
export function jobText(plan: JobPlan): string {
  return `#\n${aboutJob(plan)}${chainsOf(plan)
    .map((chain) => `${aboutChain(chain, plan)}${chainItem(chain)}`)
    .join('')}`;
}

/** The chains that the file makes: an import can do nothing but make new ones. */
export function chainsOf({ action, chains }: JobPlan): readonly ChainPlan[] {
  return action === 'create' ? chains : [];
}

const WHY_NOT_HERE: Readonly<Record<Exclude<JobPlan['action'], undefined>, string>> = {
  create: '',
  none: 'stays on pgAgent',
  keep: 'its chains are in the target as planned: not in this file',
  skip: 'its chains in the target are left as they are (--on-conflict skip): not in this file',
  replace: 'its chains in the target are not as planned: not in this file',
  conflict: 'its chains in the target are not as planned: not in this file',
};

function aboutJob(plan: JobPlan): string {
  const { jobId, jobName, enabled, action, chains, skipped, advisories } = plan;
  const proposed = proposalOf(plan);
  const fate = action === 'create' ? counted(chains.length, 'chain') : WHY_NOT_HERE[action ?? 'none'];
  return [
    comment(`job ${jobId} "${jobName}"${enabled ? '' : ', disabled in pgAgent'}: ${fate}`),
    ...skipped.map(({ message }) => comment(`left out: ${message}`, '  ')),
    ...advisories.filter((advisory) => !isOfChain(advisory, plan)).map(advisoryText),
    ...proposed.chains.map((chain) =>
      comment(
        `${NEEDS_CONNINFO}: ${chain.chainName}: ${scheduleInWords(chain)} (${chain.runAt}), in ${placesOf(chain)}`,
        '  ',
      ),
    ),
    ...proposed.advisories.map(advisoryText),
  ].join('');
}

function aboutChain(chain: ChainPlan, plan: JobPlan): string {
  const isFirst = chainsOf(plan).find(({ scheduleId }) => scheduleId === chain.scheduleId) === chain;
  return [
    comment(`${chain.chainName}: ${scheduleInWords(chain)}`),
    ...plan.advisories
      .filter(({ scheduleId }) => isFirst && scheduleId !== undefined && scheduleId === chain.scheduleId)
      .map(advisoryText),
  ].join('');
}

function isOfChain({ scheduleId }: Advisory, plan: JobPlan): boolean {
  return scheduleId !== undefined && chainsOf(plan).some((chain) => chain.scheduleId === scheduleId);
}

function advisoryText({ severity, code, message, scheduleName, stepName }: Advisory): string {
  const about = scheduleName === undefined ? stepName : scheduleName;
  const what = about === undefined ? '' : ` ${scheduleName === undefined ? 'step' : 'schedule'} "${about}"`;
  return comment(`${severity} ${code}:${what} ${message}`, '  ');
}
