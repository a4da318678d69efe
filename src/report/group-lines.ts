import { counted } from '../model/counted.ts';
import { type Decision, type GroupCounts, ofOneJob, type StayingJob } from '../model/groups.ts';

/** How many jobs ask what of the reader, in one line. */
export function countsText({ unchanged, paused, decide, stay, notScheduled }: GroupCounts): string {
  const jobs = unchanged + decide + stay + notScheduled;
  return `${counted(jobs, 'job')}: ${unchanged} unchanged${paused === 0 ? '' : ` (${paused} paused)`}, ${decide} to decide, ${stay} ${stay === 1 ? 'stays' : 'stay'}, ${notScheduled} not scheduled`;
}

/** What has to be decided about how many jobs, and the option that changes it. */
export function decisionText({ jobs, what, option }: Decision): string {
  return withOption(`${counted(jobs, 'job')} ${jobs === 1 ? ofOneJob(what) : what}`, option);
}

/** A job that stays, why, and the option that changes it. */
export function stayingText({ jobId, jobName, what, option }: StayingJob): string {
  return withOption(`job ${jobId} "${jobName}": ${what}`, option);
}

function withOption(text: string, option: string | null): string {
  return option === null ? text : `${text} -> ${option}`;
}
