import { counted } from '../model/counted.ts';
import { type Decision, type GroupCounts, jobsText, type StayingJob } from '../model/groups.ts';
import { shortened } from './fold.ts';
import { widthOf } from './width.ts';

/** How many jobs ask what of the reader, in one line. */
export function countsText(
  { unchanged, paused, decide, stay, notScheduled, excluded }: GroupCounts,
  isWritten = false,
): string {
  const jobs = unchanged + decide + stay + notScheduled;
  return `${counted(jobs, 'job')}: ${unchanged} unchanged${paused === 0 ? '' : ` (${paused} paused)`}, ${decide} to ${isWritten ? 'watch' : 'decide'}, ${stay} ${stay === 1 ? 'stays' : 'stay'}, ${notScheduled} not scheduled${excluded === 0 ? '' : `; ${excluded} excluded`}`;
}

/**
 * What has to be decided about how many jobs, or about the run (null), and the option that changes it.
 * @param room the columns of the terminal that it may take
 */
export function decisionText(
  { jobs, what, option }: Pick<Decision, 'jobs' | 'what' | 'option'>,
  room = Number.POSITIVE_INFINITY,
): string {
  return withOption(jobsText(jobs, what), option, room);
}

/** A job that stays, why, and the option that changes it. */
export function stayingText(
  { jobId, jobName, what, option }: StayingJob,
  room = Number.POSITIVE_INFINITY,
): string {
  return withOption(`job ${jobId} "${jobName}": ${what}`, option, room);
}

const LEAST_TEXT = 20;

// What does not fit is cut before the option, which is what the reader needs.
function withOption(text: string, option: string | null, room: number): string {
  const end = option === null ? '' : ` -> ${option}`;
  return shortened(`${shortened(text, Math.max(LEAST_TEXT, room - widthOf(end)))}${end}`, room);
}
