import { lastOf, type Sight } from '../cutover/await-rest.ts';
import type { DueMinutes } from '../cutover/moment/due-minutes.ts';
import { idleSince, lostMinutes, type MissedMinute, startOfMinute } from '../cutover/moment/moment.ts';
import { groupBy } from '../model/group-by.ts';
import type { JobRecord, RecordedStop } from '../model/record.ts';
import { instantOf } from '../postgres/utc-text.ts';
import type { Undoing } from './find-jobs.ts';

/** A due minute that neither side ran, or may not have run, and whose jobs it was. */
export type LostToBoth = MissedMinute & { readonly jobIds: readonly number[] };

/** How jobs went back. Milliseconds since 1970 UTC. */
export interface GivenBack {
  /** Of the chains, in this run. */
  readonly stop: RecordedStop;
  /** Of the jobs whose clients were not there. */
  readonly idle: ReadonlyMap<number, RecordedStop>;
  /** The last minute that pgAgent leaves alone. */
  readonly upTo: number;
  /** By job: when pgAgent runs it next; null for never. */
  readonly nextRuns: ReadonlyMap<number, number | null>;
  /** When the jobs were enabled. */
  readonly enabled: number;
}

const MINUTE = 60_000;
const MOST_MISSED_DAYS = 7;

/** The due minutes that neither side ran, of each job since its own chains stopped. */
export function lostToBoth(
  jobs: readonly Undoing[],
  due: DueMinutes,
  { stop, idle, upTo, nextRuns, enabled }: GivenBack,
): readonly LostToBoth[] {
  const stretches = jobs.flatMap((job): readonly Stretch[] => {
    const last = job.job === 'enabled' ? upTo : job.record.stop?.missedUpTo;
    if (last === undefined) return [];
    const { jobId } = job.record;
    return [{ jobId, stop: earlierStop(job) ?? idle.get(jobId) ?? stop, upTo: last }];
  });
  const found = [
    ...groupBy(stretches, (one) => `${one.stop.ranUpTo} ${one.stop.mayHaveRunUpTo} ${one.upTo}`).values(),
  ].flatMap((group) => lostIn(group, due));
  // pgAgent runs what is overdue once, however many minutes it is: of a commit that took long the others are lost.
  const next = Math.min(...[...nextRuns.values()].map((instant) => instant ?? Infinity));
  for (let minute = next + MINUTE; minute <= enabled; minute += MINUTE) {
    const jobIds = due.jobsAt(minute).filter((id) => nextRuns.has(id));
    if (jobIds.length > 0) found.push({ minute, isCertain: false, jobIds });
  }
  return found.sort((a, b) => a.minute - b.minute);
}

/** From when to when nobody ran a job. */
interface Stretch {
  readonly jobId: number;
  readonly stop: RecordedStop;
  readonly upTo: number;
}

/** @param group jobs of the same stretch */
function lostIn(group: readonly Stretch[], due: DueMinutes): readonly LostToBoth[] {
  const [first] = group;
  if (first === undefined) return [];
  const ids = new Set(group.map(({ jobId }) => jobId));
  const jobsAt = (minute: number): readonly number[] => due.jobsAt(minute).filter((id) => ids.has(id));
  const ranUpTo = Math.max(first.stop.ranUpTo, first.upTo - MOST_MISSED_DAYS * 86_400_000);
  const isDue = (minute: number): boolean => jobsAt(minute).length > 0;
  return lostMinutes({ ...first.stop, ranUpTo }, first.upTo, isDue).map((lost) => ({
    ...lost,
    jobIds: jobsAt(lost.minute),
  }));
}

/** By job, the clients that run its chains; null among them for any. */
export type ClientsOfJobs = ReadonlyMap<number, ReadonlySet<string | null>>;

/** Since when nobody ran the chains of jobs whose clients are not connected; a job of which that is not known is left out. */
export function idleJobs(
  jobs: readonly Undoing[],
  clients: ClientsOfJobs,
  { connected, lastTurns }: Pick<Sight, 'connected' | 'lastTurns'>,
): ReadonlyMap<number, RecordedStop> {
  const found = new Map<number, RecordedStop>();
  for (const { record } of jobs) {
    const names = clients.get(record.jobId) ?? new Set();
    const isRun = names.has(null) ? connected.size > 0 : [...names].some((name) => connected.has(name ?? ''));
    const last = isRun || names.size === 0 ? null : lastOf(lastTurns, names);
    // Before its cutover pgAgent ran the job.
    if (last !== null && record.disabledAt !== null)
      found.set(record.jobId, idleSince(Math.max(last, instantOf(record.disabledAt))));
  }
  return found;
}

/** Jobs that were overdue when a cutover disabled them, each with its minute: pgAgent does not make up for it after an undo. */
export function overdueOf(jobs: readonly Undoing[]): readonly { record: JobRecord; minute: number }[] {
  return jobs.flatMap(({ job, record }) => {
    const { wasNextRun, disabledAt } = record;
    if (job !== 'enabled' || wasNextRun === null || disabledAt === null) return [];
    const due = instantOf(wasNextRun);
    return due <= instantOf(disabledAt) ? [{ record, minute: startOfMinute(due) }] : [];
  });
}

/** Lost minutes with what was overdue: a minute that is lost anyway is named once. */
export function withOverdue(
  overdue: readonly LostToBoth[],
  lost: readonly LostToBoth[],
): readonly LostToBoth[] {
  const isLost = ({ minute, isCertain, jobIds }: LostToBoth): boolean =>
    lost.some(
      (one) =>
        one.minute === minute && one.isCertain >= isCertain && jobIds.every((id) => one.jobIds.includes(id)),
    );
  return [...overdue.filter((one) => !isLost(one)), ...lost];
}

/** When the chains of a job stopped before this run; null where they still ran. */
export function earlierStop({ record: { phase, disabledAt, stop } }: Undoing): RecordedStop | null {
  if (stop !== null) return stop;
  // Chains that never went live ran nothing since their job was disabled.
  if (phase !== 'cutting-over' || disabledAt === null) return null;
  return idleSince(instantOf(disabledAt));
}
