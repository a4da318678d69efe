import { groupBy } from '../../../model/group-by.ts';
import { type LoggedRuns, NO_RUNS, type Start } from '../../../model/history.ts';
import { instantOf } from '../../../postgres/utc-text.ts';
import type { DumpedHistory, DumpedState } from '../dump.ts';
import type { LogRow, LogRows } from './log-rows.ts';

// The numbers of read-history.ts.
const SAMPLES = 2_000;
const DAY = 86_400_000;
const START_OF_AGENT = 15 * 60_000;
const RUNS_A_HOST = 2;

/**
 * What the log and the jobs tell, as `readHistory` asks a server for it.
 * @param at the newest time of the dump, for now()
 */
export function historyOf(
  log: LogRows | null,
  states: ReadonlyMap<number, DumpedState>,
  at: number,
  days: number,
): DumpedHistory {
  const logged = new Map<number, LoggedRuns>();
  const sample: Start[] = [];
  for (const { row, isSampled } of log === null ? [] : withSamples(log)) {
    if (!(row.start >= at - days * DAY)) continue;
    logged.set(row.jobId, withRun(logged.get(row.jobId) ?? NO_RUNS, row));
    const state = isSampled ? states.get(row.jobId) : undefined;
    if (state !== undefined)
      sample.push({ jobId: row.jobId, host: state.host, start: Math.floor(row.start) });
  }
  return {
    isInUse: [...states.values()].some(({ nextRun, lastRun }) => nextRun !== null || lastRun !== null),
    latest: latestOf(states, at),
    sample: sample.sort((a, b) => a.start - b.start),
    logged,
  };
}

function withRun(before: LoggedRuns, { status, start, end }: LogRow): LoggedRuns {
  const whole = Math.floor(start);
  return {
    runs: before.runs + (status === 'r' ? 0 : 1),
    failures: before.failures + (status === 'f' || status === 'd' ? 1 : 0),
    firstStart: Math.min(before.firstStart ?? whole, whole),
    lastStart: Math.max(before.lastStart ?? whole, whole),
    lastEnd: end === null ? before.lastEnd : Math.max(before.lastEnd ?? -Infinity, Math.floor(end)),
    lastSuccess: status === 's' ? Math.max(before.lastSuccess ?? whole, whole) : before.lastSuccess,
  };
}

/** The rows by their ids, each with whether it is the last one at or before one of the places at even distances below the newest. */
function* withSamples(log: LogRows): Generator<{ readonly row: LogRow; readonly isSampled: boolean }> {
  const { newest } = log;
  const distance = Math.max(1, Math.trunc(log.span / SAMPLES));
  const withNext = (row: LogRow, next: number) => {
    // The first place, counted down from the newest, that is below the next row.
    const place = Math.ceil((newest - next + 1) / distance);
    return { row, isSampled: place < SAMPLES && newest - place * distance >= row.id };
  };
  let before: LogRow | null = null;
  for (const row of log.rows()) {
    if (before !== null) yield withNext(before, row.id);
    before = row;
  }
  if (before !== null) yield withNext(before, newest + 1);
}

/** The last runs of each host. */
function latestOf(states: ReadonlyMap<number, DumpedState>, at: number): readonly Start[] {
  const starts = [...states].flatMap(([jobId, { host, lastRun }]) => {
    const start = lastRun === null ? Infinity : Math.floor(instantOf(lastRun));
    return Number.isFinite(start) && start < at - START_OF_AGENT ? { jobId, host, start } : [];
  });
  return [...groupBy(starts, ({ host }) => host).values()].flatMap((own) =>
    [...own].sort((a, b) => b.start - a.start).slice(0, RUNS_A_HOST),
  );
}
