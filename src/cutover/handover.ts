import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';
import type { Cutover } from '../model/plan.ts';
import type { OnProgress } from '../model/progress.ts';
import { isoInZone } from '../model/zone.ts';
import { begunSince, type OverdueJob } from '../pgagent/begun-runs.ts';
import { type JobRow, readJobRowsAhead } from '../pgagent/job-rows.ts';
import { disableJobs, HOLD_BRIEFLY, lockJobsAtOnce } from '../pgagent/switch-jobs.ts';
import type { ReconciledJob } from '../planning/reconciled-jobs.ts';
import type { Client } from '../postgres/connect.ts';
import { errorCode } from '../postgres/plain-words.ts';
import { onSide } from '../postgres/query-errors.ts';
import { instantOf } from '../postgres/utc-text.ts';
import type { Interrupt } from '../session/interrupt.ts';
import type { LiveSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { readRecords } from '../timetable/record.ts';
import { startChains } from '../timetable/start-chains.ts';
import { type DisabledJob, goLive, noteDisabled } from '../timetable/switch-chains.ts';
import { awaitMoment, type Miss, type Seen, type Waiting } from './await-moment.ts';
import { keptEnabled, whyStuck } from './handover-words.ts';
import { DueMinutes } from './moment/due-minutes.ts';
import {
  type Commit,
  isTickToCome,
  mayGoLive,
  minutesDuring,
  missedMinutes,
  type Split,
  startOfMinute,
} from './moment/moment.ts';
import type { ReplacedChains } from './replacement.ts';
import type { CutoverJobs } from './unfinished.ts';

/** Jobs that were disabled, and what is needed to report it. */
export interface Disabled {
  readonly seen: Seen;
  /** The commit that disables them. */
  readonly commit: Commit;
  /** By the source's clock, milliseconds since 1970 UTC. */
  readonly at: number;
  /** The transaction of the source that does it. */
  readonly transactionId: string;
  readonly jobs: readonly DisabledJob[];
  readonly overdue: readonly Overdue[];
}

/** Jobs that are to be disabled by a commit that has not been sent yet. */
type Disabling = Omit<Disabled, 'commit'>;

/** What has to be done before the jobs are let go. */
type Also = (disabling: Disabling) => Promise<void>;

type CommitBefore = (disabling: Disabling, deadline: number) => Promise<'committed' | 'late'>;

interface Overdue extends OverdueJob {
  /** Whether pgAgent has begun it since: it is not started again. */
  readonly mayHaveRun: boolean;
}

const LOCKED = '55P03';
const MOST_MISSED_DAYS = 7;

/** The jobs of one run that go from pgAgent to pg_timetable, and how they get there. */
export class Handover {
  private readonly fresh = new Map<number, string>();
  /** Jobs that an earlier run has disabled, and when the first and the last of them. */
  private readonly resumed: number[] = [];
  private resumedSince = Infinity;
  private resumedUntil = -Infinity;
  /** What of these was overdue then. */
  private readonly overdueOfResumed: OverdueJob[] = [];
  private readonly enabledAgain: number[] = [];
  private readonly due: DueMinutes;
  private readonly dueOfResumed: DueMinutes;
  private readonly clientNames = new Set<string | null>();
  private readonly session: LiveSession;
  private readonly settings: Settings;
  private readonly interrupt: Interrupt;
  private readonly onProgress: OnProgress;
  private readonly replaced: ReplacedChains | null;

  /** @param replaced live chains that the same commit exchanges, in one database */
  constructor(
    session: LiveSession,
    settings: Settings,
    interrupt: Interrupt,
    onProgress: OnProgress,
    replaced: ReplacedChains | null,
  ) {
    this.session = session;
    this.settings = settings;
    this.interrupt = interrupt;
    this.onProgress = onProgress;
    this.replaced = replaced;
    const zones = [session.clocks.source, session.clocks.target];
    this.due = new DueMinutes(zones);
    this.dueOfResumed = new DueMinutes(zones);
  }

  add({ job, row, record, plan }: ReconciledJob): void {
    const chains = plan.chains.filter(({ live }) => live);
    for (const { clientName } of chains) this.clientNames.add(clientName);
    if (row.enabled) {
      if (record?.phase === 'cut-over' && record.wasEnabled) this.enabledAgain.push(job.id);
      this.fresh.set(job.id, row.digest);
      this.due.add(job.id, chains);
      return;
    }
    this.resumed.push(job.id);
    this.dueOfResumed.add(job.id, chains);
    const since = instantOf(record?.disabledAt ?? 'infinity');
    this.resumedSince = Math.min(this.resumedSince, since);
    this.resumedUntil = Math.max(this.resumedUntil, since);
    const dueSince = instantOf(record?.wasNextRun ?? 'infinity');
    if (dueSince <= since) this.overdueOfResumed.push({ jobId: job.id, dueSince });
  }

  get counts(): CutoverJobs {
    return { fresh: this.fresh.size, resumed: this.resumed.length };
  }

  get isEmpty(): boolean {
    return this.jobIds.length === 0;
  }

  /** Whether the chains must not go live in the transaction that disables the jobs. */
  isApart({ seen }: Disabling): boolean {
    return seen.how === 'split' || this.resumed.length > 0;
  }

  private get jobIds(): readonly number[] {
    return [...this.fresh.keys(), ...this.resumed];
  }

  /**
   * Waits for the moment, with no job's row locked, disables the jobs and commits. What comes too late for its moment is rolled
   * back and done again at the next one.
   * @param client in a transaction in one database; in two `control('source')`, in none
   * @param also what has to be done before the jobs are let go
   * @param commit commits before a deadline, by the source's clock
   * @throws Failure of code `refused` where no moment came, `conflict` where a job was changed meanwhile
   */
  async disable(client: Client, also: Also, commit: CommitBefore): Promise<Disabled> {
    const waiting: Waiting = {
      source: await this.session.control('source'),
      target: await this.session.control('target'),
      jobIds: [...this.fresh.keys()],
      due: this.due,
      clientNames: this.clientNames,
      wait: this.settings.wait,
      runOverdue: this.settings.runOverdue,
      isReplacedDue: this.session.isOneDatabase ? (this.replaced?.isDue ?? null) : null,
      zone: this.session.clocks.source,
      interrupt: this.interrupt,
      onProgress: this.onProgress,
    };
    return awaitMoment(waiting, (seen) => onSide('source', () => this.attempt(client, seen, also, commit)));
  }

  private async attempt(
    client: Client,
    seen: Seen,
    also: Also,
    commit: CommitBefore,
  ): Promise<Disabled | Miss> {
    const ids = [...this.fresh.keys()];
    const readAgain = await readJobRowsAhead(client, ids);
    const [start, end] = this.session.isOneDatabase
      ? ['SAVEPOINT attempt', 'ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt']
      : ['BEGIN', 'ROLLBACK'];
    await client.query(`${start}; SET LOCAL lock_timeout = '1s'; ${HOLD_BRIEFLY}`);
    const back = async (miss: Miss = 'taken'): Promise<Miss> => {
      await client.query(end);
      return miss;
    };
    try {
      await lockJobsAtOnce(client, ids);
    } catch (error) {
      if (errorCode(error) !== LOCKED) throw error;
      return back('locked');
    }
    const rows = await readAgain();
    // To look at the clients' log, and to get the locks, may take seconds.
    if (!seen.lasts()) return back();
    const resting = new Set(
      seen.states.flatMap((state) => (state.kind === 'stuck' || state.kind === 'overdue' ? state.jobId : [])),
    );
    for (const id of ids) {
      const row = rows.get(id);
      this.refuseChanged(id, row);
      // Taken, or about to be, since it was looked at.
      if (row && (row.agentId !== null || (row.isOverdue && seen.how !== 'no-agent')) && !resting.has(id))
        return back();
    }
    const { at: disabledAt, transactionId, changed } = await disableJobs(client, ids);
    const jobs = ids.map((jobId): DisabledJob => {
      const now = changed.get(jobId);
      if (now === undefined) throw keptEnabled(jobId);
      return { jobId, nextRun: rows.get(jobId)?.nextRun ?? null, changed: now };
    });
    const at = instantOf(disabledAt);
    const due = this.overdue([...rows.values()], at, seen);
    const begun = await begunSince(client, due);
    const overdue = due.map((one): Overdue => ({ ...one, mayHaveRun: begun.has(one.jobId) }));
    const disabled = { seen, at, transactionId, jobs, overdue };
    await also(disabled);
    // An agent that finds a job due while its row is locked waits, and runs it then although it is disabled (measured).
    if (!seen.lasts()) return back();
    const sent = seen.clock();
    if ((await commit(disabled, seen.until())) === 'late') return back('late');
    return { ...disabled, commit: { sent, landed: seen.clock() } };
  }

  /** What pgAgent should have run and has not, apart from what pg_timetable is about to run in this minute anyway. */
  private overdue(rows: readonly JobRow[], at: number, seen: Seen): readonly OverdueJob[] {
    const dueNow = isTickToCome(at, this.splitOf(seen, at)) ? this.due.jobsAt(startOfMinute(at)) : [];
    const found = rows.flatMap(({ jobId, isOverdue, nextRun }): readonly OverdueJob[] =>
      isOverdue && nextRun !== null && !dueNow.includes(jobId)
        ? [{ jobId, dueSince: instantOf(nextRun) }]
        : [],
    );
    return [...this.overdueOfResumed, ...found];
  }

  private refuseChanged(id: number, row: JobRow | undefined): void {
    if (row?.enabled && row.digest === this.fresh.get(id)) return;
    const what = row === undefined ? 'deleted' : row.enabled ? 'changed' : 'disabled';
    throw new Failure(
      'conflict',
      `Job ${id} was ${what} in pgAgent while this ran.`,
      'Read the new plan (--dry-run), then run this again.',
    );
  }

  /** In the transaction under way on the target: keeps what the jobs had, and by what time they are known. */
  async note(client: Client, { jobs, transactionId }: Disabling): Promise<void> {
    await noteDisabled(client, this.session.sourceKey, jobs, transactionId);
  }

  /**
   * Refuses chains that somebody changed while they waited.
   * @throws Failure of code `conflict`
   */
  async refuseChangedChains(client: Client): Promise<void> {
    const records = await readRecords(client, [this.session.sourceKey], this.jobIds);
    const chains = [...records.values()].flatMap((record) => record.chains);
    const now = await readChainsNow(
      client,
      chains.map(({ id }) => id),
    );
    const changed = chains.find(({ id, digest }) => now.get(id)?.digest !== digest);
    if (changed === undefined) return;
    throw new Failure(
      'conflict',
      `The chain "${changed.name}" was changed or removed by hand while the cutover waited.`,
      'Run this again: it says what is there.',
    );
  }

  /** In the transaction under way on the target: the chains take over. @returns the overdue jobs that are started once */
  async takeOver(client: Client, { overdue }: Pick<Disabled, 'overdue'>): Promise<readonly number[]> {
    const { sourceKey } = this.session;
    const ids = overdue.filter(({ mayHaveRun }) => !mayHaveRun).map(({ jobId }) => jobId);
    const started =
      this.settings.runOverdue && ids.length > 0 ? await startChains(client, sourceKey, ids) : [];
    await goLive(client, sourceKey, this.jobIds);
    return started;
  }

  /** Waits until no client can run a minute that pgAgent has run. */
  async awaitTicks(disabled: Disabled): Promise<void> {
    const { clock, how, ticks, offset } = disabled.seen;
    const isDue = (minute: number): boolean => this.dueOfResumed.isDue(minute);
    const splits = [
      { taken: startOfMinute(this.resumedUntil), isDue, ticks, offset },
      // Without an agent nobody has run this minute yet.
      ...(how === 'no-agent' ? [] : [this.splitOf(disabled.seen, disabled.commit.landed)]),
    ];
    while (!splits.every((split) => mayGoLive(clock(), split))) {
      this.onProgress({ kind: 'waiting', text: 'Waiting until pg_timetable has ticked in this minute.' });
      await sleep(300);
    }
  }

  // An agent that waits for the commit runs what came due meanwhile, so those minutes are taken.
  private splitOf({ ticks, offset }: Seen, taken: number): Split {
    const isDue = (minute: number): boolean => this.due.isDue(minute);
    return { taken: startOfMinute(taken), isDue, ticks, offset };
  }

  /**
   * What is to be said of it.
   * @param live the commit by which the chains have gone live
   * @param started the overdue jobs that were started once
   */
  report(disabled: Disabled, live: Commit, started: readonly number[]): Cutover {
    const { seen, commit } = disabled;
    const zone = this.session.clocks.source;
    const iso = (instant: number): string => isoInZone(zone, instant);
    const withJobs = <T extends { readonly minute: number }>(one: T) => ({
      ...one,
      minute: iso(one.minute),
      jobIds: this.due.jobsAt(one.minute),
    });
    const taken = seen.how === 'no-agent' ? commit.sent : commit.landed;
    const fresh = missedMinutes(live, this.splitOf(seen, taken));
    const isTogether = live === commit;
    const during =
      seen.how === 'no-agent' || !isTogether ? [] : minutesDuring(commit, (minute) => this.due.isDue(minute));
    return {
      jobs: this.jobIds.length,
      resumed: this.resumed.length,
      disabledAt: iso(disabled.at),
      // The clock of a server is known to some milliseconds, and no chain goes live before its job is disabled.
      liveAt: iso(Math.max(live.landed, disabled.at)),
      moment: this.fresh.size === 0 ? 'resumed' : disabled.seen.how,
      missed: [
        ...this.missedByResumed(live, disabled).map(({ minute, ...rest }) => ({
          minute: iso(minute),
          ...rest,
        })),
        ...fresh.map(withJobs),
      ],
      perhapsTwice: during.map((minute) => withJobs({ minute })),
      overdue: disabled.overdue.map(({ dueSince, ...one }) => ({
        ...one,
        dueSince: iso(dueSince),
        isStarted: started.includes(one.jobId),
      })),
      enabledAgain: this.enabledAgain,
      stuck: disabled.seen.states.flatMap((state) =>
        state.kind === 'stuck' ? [{ jobId: state.jobId, why: whyStuck(state) }] : [],
      ),
    };
  }

  // Between the two runs nobody ran them.
  private missedByResumed(
    live: Commit,
    { seen: { ticks, offset } }: Disabled,
  ): readonly { minute: number; isCertain: boolean; jobIds: readonly number[] }[] {
    if (this.resumed.length === 0) return [];
    const taken = Math.max(startOfMinute(this.resumedSince), live.sent - MOST_MISSED_DAYS * 86_400_000);
    const isDue = (minute: number): boolean => this.dueOfResumed.isDue(minute);
    return missedMinutes(live, { taken: startOfMinute(taken), isDue, ticks, offset }).map((missed) => ({
      ...missed,
      jobIds: this.dueOfResumed.jobsAt(missed.minute),
    }));
  }
}
