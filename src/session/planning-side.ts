import type { History } from '../model/history.ts';
import type { JobSource } from '../pgagent/job-source.ts';
import type { Context } from '../transform/context.ts';
import { currentJobs, type Places } from './current-jobs.ts';
import { jobHistory } from './job-history.ts';
import type { OptionCount } from './recorded-options.ts';
import { contextForJob, fromRecord } from './recorded-options.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';

/** What a session knows once it has looked around. */
export interface Known
  extends Pick<Session, 'target' | 'targetClient' | 'context' | 'history' | 'sourceKeys'> {
  readonly source: JobSource;
  /** Those of the run, with what the record says of all jobs. */
  readonly settings: Settings;
  /** Those that the user gave. */
  readonly given: Settings;
  /** What the record says. */
  readonly counts: readonly OptionCount[];
}

/** How jobs are read and planned in a session, wherever they come from. */
export function planningSide({
  source,
  settings,
  given,
  counts,
  ...known
}: Known): Pick<
  Session,
  'contextFor' | 'fromRecord' | 'countJobs' | 'excludedJobs' | 'currentJobs' | 'codeThatUsesPgAgent'
> {
  const { target, targetClient, context, history, sourceKeys } = known;
  const places: Places = {
    ...{ source, targetClient, sourceKeys },
    mayReadRecord: target.missingRights.length === 0,
  };
  return {
    contextFor: (current) => ({
      ...asSaved(contextForJob(current, context, settings.given), current.job.id, settings),
      history: historyOf(current.row, history),
    }),
    fromRecord: fromRecord(counts, settings, given),
    countJobs: async () => source.jobCount,
    excludedJobs: source.excludedJobs,
    currentJobs: (ids = null) => currentJobs(source.jobs(ids ?? source.jobIds), places),
    codeThatUsesPgAgent: () => source.codeThatUsesPgAgent(),
  };
}

function historyOf(row: Parameters<typeof jobHistory>[0], history: History | null): Context['history'] {
  return history === null ? null : { own: jobHistory(row, history), all: history };
}

// Which jobs are paused was decided as the plan was made.
function asSaved(context: Context, jobId: number, { savedPlan }: Settings): Context {
  if (savedPlan === null) return context;
  const pauseDormant = savedPlan.jobs.get(jobId)?.isDormant ? 'held' : false;
  return { ...context, options: { ...context.options, pauseDormant } };
}
