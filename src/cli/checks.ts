import type { Remedy } from '../cutover/decide.ts';
import { Failure } from '../failure.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import type { Survey } from './survey.ts';

const MOST_SHOWN = 20;

/** Every reason for which this run may not write, the one that gives the exit code first. */
export function reasonsNotToWrite(session: Session, found: Survey, settings: Settings): readonly Failure[] {
  const { source, target } = session;
  const { liveChains, advisories } = found.tally.summary(false);
  const reasons: Failure[] = [];
  if (source.agents.length > 0 && liveChains > 0 && !settings.disableSource)
    reasons.push(agentConnected(source.agents, source.isInRecovery));
  if (target.isInRecovery) {
    reasons.push(
      refused(
        'The target is in recovery (a replica): it cannot be written.',
        'Name its primary by --target.',
      ),
    );
  }
  if (target.isReadOnly && !target.isInRecovery) {
    reasons.push(
      refused(
        `The target is read-only for the user "${target.user}" (default_transaction_read_only).`,
        'Connect as another user, or change that setting.',
      ),
    );
  }
  if (target.missingRights.length > 0) reasons.push(lackOfRights(target.user, target.missingRights));
  if (!session.clocks.areSame && !settings.acceptTimeZone) {
    reasons.push(
      refused(
        'The two sides read different wall clocks: every chain would fire at other hours.',
        'See the advisory time-zone-differs; --accept-time-zone moves the jobs to the hours of the target.',
      ),
    );
  }
  if (settings.strict && advisories.warning > 0) {
    reasons.push(
      refused(
        `--strict: the plan has ${advisories.warning === 1 ? 'a warning' : `${advisories.warning} warnings`}.`,
        'See the advisories.',
      ),
    );
  }
  if (found.stranded > 0) reasons.push(stranded(found.stranded));
  if (found.conflictingJobs > 0) reasons.push(inConflict(found));
  return reasons;
}

function stranded(jobs: number): Failure {
  const what = jobs === 1 ? 'a job' : `${jobs} jobs`;
  return refused(
    `--paused would stop the chains of ${what} that a cutover has disabled in pgAgent: they would run nowhere.`,
    'Leave --paused out, or give the jobs back to pgAgent: pga2timetable undo.',
  );
}

function refused(message: string, remedy: string): Failure {
  return new Failure('refused', message, remedy);
}

function lackOfRights(user: string, rights: readonly string[]): Failure {
  const to = `TO "${user}";`;
  return refused(
    `The user "${user}" lacks on the target: ${rights.join(', ')}.`,
    `Grant it: GRANT USAGE ON SCHEMA timetable ${to} GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA timetable ${to} ` +
      `GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable ${to}`,
  );
}

/** What stops a run when an agent and live chains would meet. */
export function agentConnected(stations: readonly string[], isInRecovery: boolean): Failure {
  const where = stations.map((station) => `"${station}"`).join(', ');
  const what = isInRecovery ? 'may be connected (a replica does not show it)' : 'is connected to the source';
  return refused(
    `A pgAgent ${what}, on ${where}, and the chains would be live: each job would run on both sides.`,
    'Stop the agent first, or give --paused.',
  );
}

const WAYS_OUT: Readonly<Record<Remedy, string>> = {
  replace: '--on-conflict replace makes them anew, --on-conflict skip leaves them as they are.',
  force:
    '--on-conflict skip leaves them as they are; --on-conflict replace --force makes them anew, and what was done by hand is lost.',
  undo: 'Take them out by pga2timetable undo, or leave them as they are: --on-conflict skip.',
};

function inConflict({ conflicts, conflictingJobs, remedy }: Survey): Failure {
  const shown = conflicts.slice(0, MOST_SHOWN);
  const more = conflictingJobs > shown.length ? `; and ${conflictingJobs - shown.length} more jobs` : '';
  return new Failure(
    'conflict',
    `The target has chains already that are not as this run would make them: ${shown.join('; ')}${more}.`,
    WAYS_OUT[remedy],
  );
}
