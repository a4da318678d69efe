import { groupBy } from '../../model/group-by.ts';
import type { LoggedRuns, Start } from '../../model/history.ts';
import { instantOf } from '../../postgres/utc-text.ts';
import type { DumpedHistory, DumpedState } from './dump.ts';
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
  log: LogRows,
  states: ReadonlyMap<number, DumpedState>,
  at: number,
  days: number,
): DumpedHistory {
  const rows = log.kept;
  const isRecent = ({ start }: LogRow): boolean => start >= at - days * DAY;
  const runs = groupBy(rows.filter(isRecent), ({ jobId }) => jobId);
  return {
    isInUse: [...states.values()].some(({ nextRun, lastRun }) => nextRun !== null || lastRun !== null),
    latest: latestOf(states, at),
    sample: sampleOf(rows, log.span)
      .filter(isRecent)
      .flatMap(({ jobId, start }) => {
        const state = states.get(jobId);
        return state === undefined ? [] : { jobId, host: state.host, start: Math.floor(start) };
      })
      .sort((a, b) => a.start - b.start),
    logged: new Map([...runs].map(([jobId, own]) => [jobId, runsOf(own)])),
  };
}

function runsOf(rows: readonly LogRow[]): LoggedRuns {
  const starts = rows.map(({ start }) => start);
  const ofStatus = (...some: readonly string[]): readonly LogRow[] =>
    rows.filter(({ status }) => some.includes(status));
  return {
    runs: rows.length - ofStatus('r').length,
    failures: ofStatus('f', 'd').length,
    firstStart: best(starts, Math.min),
    lastStart: best(starts, Math.max),
    lastEnd: best(
      rows.flatMap(({ end }) => end ?? []),
      Math.max,
    ),
    lastSuccess: best(
      ofStatus('s').map(({ start }) => start),
      Math.max,
    ),
  };
}

function best(times: readonly number[], choose: (one: number, other: number) => number): number | null {
  const [first] = times;
  return first === undefined ? null : Math.floor(times.reduce((one, other) => choose(one, other), first));
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

/** Rows at even distances of ids, each the last one at or before its place. */
function sampleOf(rows: readonly LogRow[], span: number): readonly LogRow[] {
  const last = rows.at(-1);
  if (last === undefined) return [];
  const distance = Math.max(1, Math.trunc(span / SAMPLES));
  const sample: LogRow[] = [];
  let probe = last.id;
  for (let at = rows.length - 1; at >= 0 && probe > last.id - SAMPLES * distance; at -= 1) {
    const row = rows[at];
    if (row === undefined || row.id > probe) continue;
    sample.push(row);
    while (probe >= row.id) probe -= distance;
  }
  return sample;
}
