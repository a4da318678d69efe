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
    ending(summary)
  );
}

function ending({ jobsMoved, jobsMovedInPart, jobsKept, jobsSkipped, written }: Summary): string {
  const isNothingNew = jobsMoved + jobsMovedInPart === jobsKept + jobsSkipped;
  return written && !isNothingNew ? 'All of it was written in one transaction.' : 'Nothing was written.';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
