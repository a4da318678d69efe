import { Failure } from '../model/failure.ts';
import type { Check } from '../model/preflight.ts';
import type { PlanOverview } from '../planning/plan-all.ts';
import type { Remedy } from '../planning/reconcile.ts';
import type { PlanningSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { agentStop } from './about-source.ts';

const MOST_SHOWN = 20;

/**
 * Every reason for which this run may not write, the one that gives the exit code first.
 * @param from where its jobs come from
 */
export function reasonsNotToWrite(
  checks: readonly Check[],
  found: PlanOverview,
  settings: Settings,
  from: PlanningSession['from'],
): readonly Failure[] {
  const stops = checks.filter(({ status }) => status === 'stop');
  const reasons = stops.map(({ message, remedy }) => refused(message, remedy ?? ''));
  const { warning } = found.tally.summary(false).advisories;
  const warnings = checks.filter(({ status }) => status === 'warning').length;
  if (settings.strict && warning + warnings > 0) reasons.push(tooStrict(warning, warnings));
  if (found.stranded > 0) reasons.push(stranded(found.stranded));
  if (found.anyHostJobs > 0) reasons.push(runsSeveralTimes(found.anyHostJobs));
  if (found.conflictingJobs > 0) reasons.push(inConflict(found, from));
  return reasons;
}

function tooStrict(inPlan: number, inPreflight: number): Failure {
  const plan = inPlan === 0 ? [] : [`the plan has ${inPlan === 1 ? 'a warning' : `${inPlan} warnings`}`];
  const preflight =
    inPreflight === 0
      ? []
      : [`the preflight has ${inPreflight === 1 ? 'a warning' : `${inPreflight} warnings`}`];
  return refused(
    `--strict: ${[...plan, ...preflight].join(', and ')}.`,
    inPlan > 0 ? 'See the advisories.' : 'See above.',
  );
}

function stranded(jobs: number): Failure {
  const what = jobs === 1 ? 'a job' : `${jobs} jobs`;
  return refused(
    `--paused would stop the chains of ${what} that a cutover has disabled in pgAgent: they would run nowhere.`,
    'Leave --paused out, or give the jobs back to pgAgent: pga2timetable undo.',
  );
}

function runsSeveralTimes(jobs: number): Failure {
  return refused(
    `${jobs === 1 ? '1 job' : `${jobs} jobs`} of any host would run on several clients at once; pgAgent ran ${jobs === 1 ? 'it' : 'each'} once.`,
    'To run them on one client: --client-name =NAME. To run them on all clients: --every-client.',
  );
}

function refused(message: string, remedy: string): Failure {
  return new Failure('refused', message, remedy);
}

/** What stops a run when an agent and live chains would meet. */
export function agentConnected(stations: readonly string[], isInRecovery: boolean): Failure {
  const { message, remedy } = agentStop(stations, isInRecovery);
  return refused(message, remedy);
}

const WAYS_OUT: Readonly<Record<Remedy, string>> = {
  replace: 'To replace them: --on-conflict replace. To keep them: --on-conflict skip.',
  force:
    'To keep them: --on-conflict skip. To replace them: --on-conflict replace --force (changes by hand are lost).',
  adopt:
    'The database or its server may have a new name. pga2timetable undo shows which source they belong to, and how to assign them to this one.',
  undo: 'To remove them: pga2timetable undo. To keep them: --on-conflict skip.',
};

const ADOPT_FROM_LIVE = 'They may come from the live pgAgent of this dump. Use --source in place of --dump.';

function inConflict(
  { conflicts, conflictingJobs, remedy }: PlanOverview,
  from: PlanningSession['from'],
): Failure {
  const shown = conflicts.slice(0, MOST_SHOWN);
  const more = conflictingJobs > shown.length ? `; and ${conflictingJobs - shown.length} more jobs` : '';
  return new Failure(
    'conflict',
    `The target already has chains that differ from the plan: ${shown.join('; ')}${more}.`,
    from === 'dump' && remedy === 'adopt' ? ADOPT_FROM_LIVE : WAYS_OUT[remedy],
  );
}
