import type { Summary } from '../plan.ts';

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
    `${count(jobs, 'job')}: ${jobsMoved} ${written ? 'moved' : 'to move'}, ` +
    (jobsMovedInPart > 0 ? `${jobsMovedInPart} in part, ` : '') +
    `${jobsThatCannotRun} cannot run, ${jobsLeftOut} left out. ` +
    `${count(chains, 'chain')} (${liveChains} live), ${count(tasks, 'task')}. ${skipped} skipped (jobs, schedules and steps). ` +
    (expiredExceptions > 0 ? `${count(expiredExceptions, 'exception')} of days that are over. ` : '') +
    `${count(advisories.error, 'error')}, ${count(advisories.warning, 'warning')}, ${advisories.info} info. ` +
    (jobsReplaced > 0 ? `${count(jobsReplaced, 'job')} of these made anew. ` : '') +
    (jobsSkipped > 0 ? `${count(jobsSkipped, 'job')} skipped, as asked for (--on-conflict skip). ` : '') +
    (jobsKept > 0 ? `${count(jobsKept, 'job')} there already, as planned. ` : '') +
    (jobsSwitched > 0 ? `${count(jobsSwitched, 'job')} of these switched on or off, or handed over. ` : '') +
    ending(summary)
  );
}

function ending(summary: Summary): string {
  const { jobsMoved, jobsMovedInPart, jobsKept, jobsSwitched, jobsSkipped, written } = summary;
  const isNothingNew = jobsMoved + jobsMovedInPart === jobsKept - jobsSwitched + jobsSkipped;
  return written && !isNothingNew ? 'All of it was written.' : 'Nothing was written.';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
