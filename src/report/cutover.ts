import { counted } from '../model/counted.ts';
import type { Cutover, Replacement } from '../model/plan.ts';
import { wrapped } from './fold.ts';

const MOST_SHOWN = 20;

const MOMENTS: Readonly<Record<Cutover['moment'], string>> = {
  'no-agent': 'no pgAgent was connected',
  'quiet-minute': 'none of the jobs was due in that minute',
  'both-ran': 'both had already run what was due in that minute',
  split:
    'pgAgent had run what was due in that minute. The chains went live after pg_timetable had ticked in it, so it did not run twice',
  resumed: 'an earlier run had disabled them',
};

/** What is to be said of a cutover, for a person. */
export function cutoverLines(cutover: Cutover, { width }: { readonly width: number }): string {
  const { jobs, resumed, disabledAt, liveAt, moment } = cutover;
  const earlier = resumed > 0 ? ` (${resumed} by an earlier run)` : '';
  const lines = [
    `Cutover: ${counted(jobs, 'job')} disabled in pgAgent${earlier} at ${disabledAt}, the chains live at ${liveAt}: ${MOMENTS[moment]}.`,
    ...missedMinuteTexts(cutover.missed),
    ...cutover.perhapsTwice.slice(0, MOST_SHOWN).map(perhapsTwiceText),
    ...more(cutover.perhapsTwice.length, 'minute'),
    ...(cutover.missed.length + cutover.perhapsTwice.length + cutover.enabledAgain.length === 0 && jobs > 0
      ? [
          cutover.overdue.length === 0
            ? 'In the handover no due minute was missed, and none ran twice.'
            : 'Nothing ran twice, and no due minute was missed in between.',
        ]
      : []),
    ...enabledAgainText(cutover.enabledAgain),
    ...cutover.stuck
      .slice(0, MOST_SHOWN)
      .map(({ jobId, why }) => `Job ${jobId} was stuck in pgAgent: ${why}.`),
    ...more(cutover.stuck.length, 'stuck job'),
    ...cutover.overdue.slice(0, MOST_SHOWN).map(overdueText),
    ...more(cutover.overdue.length, 'overdue job'),
  ];
  return lines.map((line) => wrapped(line, '', width)).join('');
}

/** What is to be said of live chains that were exchanged for others, for a person. */
export function replacementLines(
  { jobs, at, unsure }: Replacement,
  { width }: { readonly width: number },
): string {
  const lines = [
    `The live chains of ${counted(jobs, 'job')} were replaced at ${at}.`,
    ...(unsure.length === 0 ? ['No due minute was missed, and none ran twice.'] : []),
    ...unsure
      .slice(0, MOST_SHOWN)
      .map(
        ({ minute, jobIds }) =>
          `The minute ${minute} of ${jobsText(jobIds)} may have run twice, or not at all. Check timetable.execution_log.`,
      ),
    ...more(unsure.length, 'minute'),
  ];
  return lines.map((line) => wrapped(line, '', width)).join('');
}

/** That minutes were missed, or may have been: a sentence each. */
export function missedMinuteTexts(missed: Cutover['missed']): readonly string[] {
  return [...missed.slice(0, MOST_SHOWN).map(missedMinuteText), ...more(missed.length, 'minute')];
}

function missedMinuteText({ minute, jobIds, isCertain }: Cutover['missed'][number]): string {
  const what = isCertain ? 'No side ran' : 'Perhaps no side ran';
  return `${what} the minute ${minute} of ${jobsText(jobIds)}.`;
}

function perhapsTwiceText({ minute, jobIds }: Cutover['perhapsTwice'][number]): string {
  return `The server took long to commit: both sides may have run the minute ${minute} of ${jobsText(jobIds)}. Check pgagent.pga_joblog and timetable.execution_log.`;
}

function jobsText(jobIds: readonly number[]): string {
  const shown = jobIds.slice(0, MOST_SHOWN).join(', ');
  const rest = jobIds.length > MOST_SHOWN ? ` and ${jobIds.length - MOST_SHOWN} more` : '';
  return `${jobIds.length === 1 ? 'job' : 'jobs'} ${shown}${rest}`;
}

function enabledAgainText(jobIds: readonly number[]): readonly string[] {
  if (jobIds.length === 0) return [];
  const shown = jobIds.slice(0, MOST_SHOWN).join(', ');
  const rest = jobIds.length > MOST_SHOWN ? ` and ${jobIds.length - MOST_SHOWN} more` : '';
  return [
    `An earlier run had disabled job ${shown}${rest}, which somebody enabled in pgAgent again. Until now it ran on both sides.`,
  ];
}

function overdueText({ jobId, dueSince, isStarted, mayHaveRun }: Cutover['overdue'][number]): string {
  if (mayHaveRun)
    return `Job ${jobId} was overdue since ${dueSince}: pgAgent had begun it and not ended it. It may have completed, so its chain was not started. Check pgagent.pga_jobsteplog.`;
  const what = isStarted
    ? 'pg_timetable was asked to start its chain once (--run-overdue); timetable.execution_log shows whether it did'
    : 'pgAgent had not run it, and pg_timetable runs it when it is due next (--run-overdue asks for one run)';
  return `Job ${jobId} was overdue since ${dueSince}: ${what}.`;
}

function more(found: number, noun: string): readonly string[] {
  return found > MOST_SHOWN
    ? [`And ${counted(found - MOST_SHOWN, `more ${noun}`)}: --format json lists them.`]
    : [];
}
