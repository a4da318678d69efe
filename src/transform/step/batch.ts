import type { BatchStep } from '../../model/job.ts';
import type { BatchFate } from './batch-fate.ts';
import { planForPosix } from './posix-batch.ts';
import type { Shell } from './shell.ts';
import { planForWindows } from './windows-batch.ts';

export type { BatchFate } from './batch-fate.ts';

/** Finds a program that does with the text of a batch step what pgAgent did (job.cpp: CRLF becomes LF, then a file is executed). */
export function planBatch(step: BatchStep, shell: Shell): BatchFate {
  const text = step.code.replaceAll('\r\n', '\n');
  const isForWindows = shell.language === 'powershell' || shell.language === 'cmd';
  return isForWindows ? planForWindows(text, shell, step.id) : planForPosix(text, shell, step.id);
}
