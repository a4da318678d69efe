import type { Run } from '../../migrate/run.ts';
import { counted } from '../../model/counted.ts';
import { Failure } from '../../model/failure.ts';
import type { ReconciledJob } from '../../planning/reconciled-jobs.ts';
import { type FileJob, printChainFile } from '../../report/yaml/print.ts';
import { shownHeader, shownJobPlan } from '../../secrets/masked.ts';
import { planJob } from '../../transform/plan-job.ts';
import { type Printing, shownBy } from './format.ts';

/**
 * Prints the chains as a file that pg_timetable imports.
 * @throws Failure of code `refused` where the target's pg_timetable reads none, of code `conflict` where chains that are there would
 *   have to be changed
 */
export async function showYaml(result: Printing): Promise<void> {
  refuseWhatItCannotSay(result);
  const { session, found, checks, settings, print } = result;
  const shown = shownBy(settings);
  await printChainFile(
    {
      header: shownHeader(session.header, shown),
      checks,
      advisories: found.advisories,
      conflictingJobs: found.conflictingJobs,
    },
    fileJobs(result),
    print,
  );
}

async function* fileJobs({ jobs, found, settings }: Printing): AsyncGenerator<FileJob> {
  for await (const reconciled of jobs) {
    const plan = shownJobPlan(reconciled.plan, shownBy(settings));
    yield {
      // What writes nothing beside a conflict makes no file that would write a part either.
      plan: found.conflictingJobs > 0 && plan.action === 'create' ? { ...plan, action: 'none' } : plan,
      wouldBeLive: settings.paused ? liveWithoutPause(reconciled) : [],
    };
  }
}

function liveWithoutPause({ job, context }: ReconciledJob): readonly string[] {
  const { chains } = planJob(job, { ...context, options: { ...context.options, paused: false } });
  return chains.filter(({ live }) => live).map(({ chainName }) => chainName);
}

function refuseWhatItCannotSay({ session: { target }, found }: Run): void {
  if (!target.isSixOrLater)
    throw new Failure(
      'refused',
      `The target's schema is that of pg_timetable ${target.schemaVersion}, and only pg_timetable 6 and later read chain files.`,
      'Upgrade pg_timetable first, or let this tool write the chains: leave --format yaml out.',
    );
  const { jobsSwitched, jobsReplaced } = found.tally.summary(false);
  if (jobsSwitched + jobsReplaced === 0) return;
  throw new Failure(
    'conflict',
    `The target has the chains of ${counted(jobsSwitched + jobsReplaced, 'job')} already, and the run would switch or replace them. A chain file only makes new ones.`,
    'Run this without --format yaml, or leave these jobs out by --exclude-job.',
  );
}
