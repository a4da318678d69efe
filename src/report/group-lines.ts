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
 * What has to be decided about how many jobs, which one, or the run (null), the option that changes it, and the code. The name
 * of the job and the code stand where there is room; the code first.
 * @param room the columns of the terminal that it may take
 */
export function decisionText(decision: Decision, room = Number.POSITIVE_INFINITY): string {
  const { code, option } = decision;
  const [named, brief] = [jobsText(decision), jobsText(decision, false)];
  const whole = (text: string): string => withOption(text, option, Number.POSITIVE_INFINITY);
  const texts = [`${whole(named)} [${code}]`, `${whole(brief)} [${code}]`, whole(named)];
  return texts.find((text) => widthOf(text) <= room) ?? withOption(brief, option, room);
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
