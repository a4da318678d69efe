import type { Summary } from '../plan.ts';

/** The one line of totals. */
export function totals(summary: Summary): string {
  const {
    jobs,
    jobsMoved,
    jobsMovedInPart,
    jobsThatCannotRun,
    jobsLeftOut,
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
    (written && chains > 0 ? 'All of it was written in one transaction.' : 'Nothing was written.')
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
