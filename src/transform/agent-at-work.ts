import type { History } from '../model/history.ts';

/** Between two runs that are no further apart an agent counts as having been there: jobs may all run at night. */
const LONGEST_PAUSE = 26 * 3_600_000;
/** A run writes at least so often: it takes the job, writes the log twice, and lets the job go. */
const TRANSACTIONS_A_RUN = 3;
/** So many runs of the sample show whether rows lie as runs write them. */
const RUNS_IN_ORDER = 50;

/** A time in which an agent was at work; milliseconds since 1970 UTC. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const known = new WeakMap<History, Map<string | null, readonly Stretch[]>>();

/**
 * When an agent was at work that would have run the jobs of a host.
 * @param host as in `Start`; null for the jobs that any agent may run
 */
export function agentAtWork(history: History, host: string | null): readonly Stretch[] {
  const ofHosts = known.get(history) ?? new Map<string | null, readonly Stretch[]>();
  known.set(history, ofHosts);
  const found = ofHosts.get(host) ?? stretches(history, host);
  ofHosts.set(host, found);
  return found;
}

function stretches({ sample }: History, host: string | null): readonly Stretch[] {
  const found: { from: number; to: number }[] = [];
  for (const run of sample) {
    if (host !== null && run.host !== host) continue;
    const { start } = run;
    const last = found.at(-1);
    if (last !== undefined && start - last.to <= LONGEST_PAUSE) last.to = start;
    else found.push({ from: start, to: start });
  }
  return found;
}

/**
 * When a row of pga_job was written at the earliest: the start of the newest run whose row in the log is older; null where no such run tells.
 * Rows that came all at once, as from a dump, lie closer together than runs could have written them, and tell nothing.
 * @param age how many transactions ago the row was written
 */
export function writtenAfter({ sample }: History, age: number): number | null {
  const at = sample.findLastIndex((run) => run.age > age);
  const from = Math.max(0, Math.min(at, sample.length - RUNS_IN_ORDER));
  const near = sample.slice(from, from + RUNS_IN_ORDER);
  const span = (near[0]?.age ?? 0) - (near.at(-1)?.age ?? 0);
  return span < TRANSACTIONS_A_RUN * (near.length - 1) ? null : (sample[at]?.start ?? null);
}
