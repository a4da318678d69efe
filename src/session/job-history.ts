import { type History, type JobHistory, NO_RUNS } from '../model/history.ts';
import type { JobRow } from '../pgagent/job-rows.ts';
import { instantOf } from '../postgres/utc-text.ts';

/** What pgAgent's tables say of one job: its row, and its runs in the log. */
export function jobHistory(row: JobRow, { logged }: History): JobHistory {
  const { enabled, host, taken, age, jobId } = row;
  const runs = logged.get(jobId) ?? NO_RUNS;
  const starts = [runs.lastStart, instant(row.lastRun)].filter((start) => start !== null);
  return {
    ...runs,
    ...{ enabled, host, taken, age },
    nextRun: instant(row.nextRun),
    created: instant(row.created) ?? 0,
    lastRun: starts.length === 0 ? null : Math.max(...starts),
  };
}

function instant(text: string | null): number | null {
  return text === null ? null : instantOf(text);
}
