import type { Jobs } from './jobs.ts';
import type { ChainNow, JobNow, Snapshot } from './snapshot.ts';

/** What states are told by: how all stood before, and how the chains are once all is done. */
export interface Marks {
  readonly jobs: Jobs;
  readonly before: Snapshot;
  /** Chains that are there when all is done; of an earlier run, where one is replaced. */
  readonly done: readonly ChainNow[];
  readonly old: readonly ChainNow[];
  /** Before the run that may enable jobs again, by the source's clock. */
  readonly begun: string;
}

/** `<jobs that are handed over> | <chains> | <record>`: each word holds for all of them, or the state is a mixed one. */
export type State = string;

/** Names the state of both databases. What is in none of the words is said as it is, and stands in no table of allowed states. */
export function stateOf(now: Snapshot, marks: Marks): State {
  return `${jobsWord(now, marks)} | ${chainsWord(now, marks)} | ${recordWord(now, marks)}`;
}

function jobsWord(now: Snapshot, marks: Marks): string {
  const { jobs, before } = marks;
  if (now.others !== before.others) return 'SCHEDULES OR STEPS CHANGED';
  const words = now.jobs.map((job, index): string => {
    const was = before.jobs[index];
    if (was === undefined || job.id !== was.id) return 'A JOB CAME OR WENT';
    if (JSON.stringify(job.rest) !== JSON.stringify(was.rest)) return `JOB ${job.id} CHANGED`;
    if (JSON.stringify(job) === JSON.stringify(was))
      return jobs.handedOver.includes(job.id) ? 'as before' : '';
    if (!jobs.handedOver.includes(job.id)) return `JOB ${job.id}, OF NO CONCERN, CHANGED`;
    return job.enabled ? enabledWord(job, marks) : disabledWord(job, now);
  });
  return oneOf(words);
}

function disabledWord({ id, nextRun, changed }: JobNow, { record }: Snapshot): string {
  if (nextRun !== null) return `JOB ${id} DISABLED WITH A NEXT RUN`;
  const mine = record?.find(({ jobId }) => jobId === id);
  if (mine === undefined) return `JOB ${id} DISABLED WITHOUT A RECORD`;
  return mine.disabledAt !== null && Date.parse(mine.disabledAt) === Date.parse(changed)
    ? 'disabled'
    : `JOB ${id} DISABLED AT A TIME THAT NOBODY NOTED`;
}

const MINUTE = 60_000;

function enabledWord({ id, nextRun, changed }: JobNow, { jobs, begun }: Marks): string {
  const at = Date.parse(changed);
  if (at < Date.parse(begun)) return `JOB ${id} ENABLED AT ${changed}`;
  const wanted = jobs.nextRun.get(id);
  const next = nextRun === null ? Number.NaN : Date.parse(nextRun);
  // Worked out a moment before it was written, so that a minute may have begun between. No client is there: pgAgent runs the
  // minute in which it gets the job late, unless the job was disabled in it.
  const right =
    wanted === null
      ? [at, at - 3_000]
          .map((one) => Math.floor(one / MINUTE) * MINUTE)
          .flatMap((minute) => [minute, minute + MINUTE])
      : [wanted ?? Number.NaN];
  return right.includes(next) ? 'enabled again' : `JOB ${id} ENABLED AGAIN, NEXT RUN ${nextRun}`;
}

function chainsWord(now: Snapshot, marks: Marks): string {
  const { chains, tasks, parameters } = now;
  if (chains.length === 0) return tasks + parameters === 0 ? 'no chains' : 'TASKS WITHOUT CHAINS';
  for (const [name, wanted] of [
    ['', marks.done],
    ['old ', marks.old],
  ] as const) {
    if (!isSame(chains, wanted)) continue;
    if (chains.every(({ live }, index) => live === wanted[index]?.live)) return `${name}chains live`;
    return chains.every(({ live }) => !live) ? `${name}chains wait` : 'SOME CHAINS LIVE';
  }
  return 'OTHER CHAINS';
}

function isSame(chains: readonly ChainNow[], wanted: readonly ChainNow[]): boolean {
  return (
    chains.length === wanted.length &&
    chains.every(({ content }, index) => content === wanted[index]?.content)
  );
}

function recordWord({ record, chains }: Snapshot, { jobs }: Marks): string {
  if (record === null) return 'no record';
  if (record.length === 0) return 'EMPTY RECORD';
  const ids = record.flatMap((one) => one.chains.map(({ id }) => id)).sort((a, b) => a - b);
  if (JSON.stringify(ids) !== JSON.stringify(chains.map(({ id }) => id).sort((a, b) => a - b)))
    return 'RECORD OF OTHER CHAINS';
  const words = record.map(({ jobId, phase, disabledAt }): string => {
    if (jobId === jobs.disabledBefore && disabledAt !== null) return `JOB ${jobId}, OF NO CONCERN, NOTED`;
    if (jobId === jobs.disabledBefore && phase === 'moved') return '';
    return phase === 'cutting-over' && disabledAt !== null ? 'cutting-over, noted' : phase;
  });
  return record.length === jobs.handedOver.length + 1 ? oneOf(words) : 'NOT A RECORD A JOB';
}

function oneOf(words: readonly string[]): string {
  const different = [...new Set(words.filter((word) => word !== ''))];
  return different.length === 1 ? (different[0] ?? '') : `MIXED: ${different.join(' and ')}`;
}

/** Jobs that pgAgent and pg_timetable would both run: enabled, with a live chain of the record. */
export function enabledOnBothSides({ jobs, record, chains }: Snapshot): readonly number[] {
  const live = new Set(chains.filter((chain) => chain.live).map(({ id }) => id));
  return (record ?? [])
    .filter((one) => one.chains.some(({ id }) => live.has(id)))
    .map(({ jobId }) => jobId)
    .filter((id) => jobs.some((job) => job.id === id && job.enabled));
}
