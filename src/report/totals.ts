import { counted } from '../model/counted.ts';
import type { Summary } from '../model/plan.ts';

/** The one line of totals. */
export function totals(summary: Summary): string {
  const {
    jobs,
    jobsMoved,
    jobsMovedInPart,
    jobsThatCannotRun,
    jobsLeftOut,
    jobsKept,
    jobsSwitched,
    jobsReplaced,
    jobsSkipped,
    chains,
    liveChains,
    tasks,
    skipped,
    expiredExceptions,
    advisories,
    written,
  } = summary;
  return (
    `${counted(jobs, 'job')}: ${jobsMoved} ${written ? 'moved' : 'to move'}, ` +
    (jobsMovedInPart > 0 ? `${jobsMovedInPart} in part, ` : '') +
    `${jobsThatCannotRun} not scheduled, ${jobsLeftOut} left out. ` +
    `${counted(chains, 'chain')} (${liveChains} live), ${counted(tasks, 'task')}. ${skipped} skipped (jobs, schedules and steps). ` +
    (expiredExceptions > 0 ? `${counted(expiredExceptions, 'exception')} of days that are over. ` : '') +
    `${counted(advisories.error, 'error')}, ${counted(advisories.warning, 'warning')}, ${advisories.info} info. ` +
    (jobsReplaced > 0 ? `${counted(jobsReplaced, 'job')} of these replaced. ` : '') +
    (jobsSkipped > 0 ? `${counted(jobsSkipped, 'job')} skipped, as asked for (--on-conflict skip). ` : '') +
    (jobsKept > 0 ? `${counted(jobsKept, 'job')} there already, as planned. ` : '') +
    (jobsSwitched > 0
      ? `${counted(jobsSwitched, 'job')} of these switched on or off, or handed over. `
      : '') +
    ending(summary)
  );
}

function ending(summary: Summary): string {
  const { jobsMoved, jobsMovedInPart, jobsKept, jobsSwitched, jobsSkipped, written } = summary;
  const isNothingNew = jobsMoved + jobsMovedInPart === jobsKept - jobsSwitched;
  if (!written || isNothingNew) return 'Nothing was written.';
  return jobsSkipped > 0 ? 'What was not skipped was written.' : 'All of it was written.';
}
