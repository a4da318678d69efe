import type { ChalkInstance } from 'chalk';
import { counted } from '../model/counted.ts';
import type { PlanHeader } from '../model/plan.ts';
import type { LostMinute, UndoneJob, UndoSummary } from '../model/undo-result.ts';
import { missedMinuteTexts } from './cutover.ts';
import { wrapped } from './fold.ts';
import type { Print } from './json.ts';
import { serverLine } from './server-line.ts';

export interface UndoStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** The same for the last line. */
  readonly lastLineWidth: number;
  readonly color: ChalkInstance;
  /** The last line alone. */
  readonly isQuiet: boolean;
}

/** Prints what is undone, or would be, for a person. */
export async function printUndo(
  header: Pick<PlanHeader, 'source' | 'target'>,
  jobs: readonly UndoneJob[],
  missed: readonly LostMinute[],
  summary: UndoSummary,
  style: UndoStyle,
  print: Print,
): Promise<void> {
  if (!style.isQuiet) {
    await print(
      `${serverLine('pgAgent', header.source, style)}${serverLine('pg_timetable', header.target, style)}\n`,
    );
    for (const job of jobs) await print(jobLines(job, summary.undone, style));
    if (jobs.length > 0) await print('\n');
  }
  for (const text of missedMinuteTexts(missed)) await print(wrapped(text, '', style.width));
  await print(wrapped(summaryLine(summary), '', style.lastLineWidth));
}

const FATES: Readonly<Record<UndoneJob['job'], string>> = {
  enabled: 'enabled again',
  'as-it-is': 'left as it is in pgAgent',
  'stays-disabled':
    'STAYS DISABLED in pgAgent, because this tool did not disable it. It runs nowhere until you enable it',
  gone: 'not in pgAgent any more',
};

function jobLines(
  { jobId, jobName, chains, job, nextRun, held, changedByHand }: UndoneJob,
  isUndone: boolean,
  style: UndoStyle,
): string {
  const next = held === null && job === 'enabled' ? nextText(nextRun) : '';
  const but = held === null ? '' : `, but pgAgent does not run it: ${held.why}`;
  const will = isUndone || job !== 'enabled' ? '' : 'to be ';
  const head = `job ${jobId} "${jobName}": ${will}${FATES[job]}${next}${but}`;
  return [
    wrapped(head, '', style.width),
    ...(held === null ? [] : [wrapped(`To free it on the source: ${held.free}`, '  ', style.width)]),
    ...chains.map((name) => wrapped(`- "${name}"`, '  ', style.width)),
    ...changedByHand.map((text) => wrapped(text, '  ! ', style.width)),
  ].join('');
}

function nextText(nextRun: string | null): string {
  return nextRun === null ? ', never due' : `, next run ${nextRun.replace('T', ' ')}`;
}

function summaryLine({ jobs, chains, enabled, undone }: UndoSummary): string {
  if (jobs === 0) return 'Nothing to undo: this tool moved nothing from this source to this target.';
  const what = `${counted(jobs, 'job')}, ${counted(chains, 'chain')} ${undone ? 'removed' : 'to remove'}, ${counted(enabled, 'job')} ${undone ? 'enabled in pgAgent' : 'to enable in pgAgent'}.`;
  return undone ? what : `${what} Nothing was changed.`;
}
