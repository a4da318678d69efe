import { setTimeout as sleep } from 'node:timers/promises';
import { awaitGapOrRelay, awaitRest, awaitTicks, type Resting, untilInTime } from '../cutover/await-rest.ts';
import { DueMinutes } from '../cutover/moment/due-minutes.ts';
import {
  isAtTheEdge,
  lastMinuteBehind,
  startOfMinute,
  stopDeadline,
  stopOf,
  undoDeadline,
} from '../cutover/moment/moment.ts';
import { wordsOf } from '../cutover/unfinished.ts';
import { Failure } from '../model/failure.ts';
import type { OnProgress } from '../model/progress.ts';
import { readJobRows } from '../pgagent/job-rows.ts';
import { enableJobs, lockJobs } from '../pgagent/switch-jobs.ts';
import { begin, commit, commitBefore } from '../postgres/commit.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide, unlessDenied } from '../postgres/query-errors.ts';
import { type Interrupt, interrupted } from '../session/interrupt.ts';
import type { LiveSession } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { readChainsNow } from '../timetable/chain-digests.ts';
import { adoptRecords } from '../timetable/dumped-records.ts';
import { addColumns, dropEmptyRecord } from '../timetable/record-table.ts';
import { beginTakingBack, noteMissed, takeOut } from '../timetable/switch-chains.ts';
import { indexTasks } from '../timetable/task-index.ts';
import { chainsThatRan, readClientNames } from '../timetable/ticks.ts';
import { takeTurn } from '../timetable/writer.ts';
import { nextRunOf } from '../transform/schedule/job-minutes.ts';
import type { Undoing } from './find-jobs.ts';
import {
  type ClientsOfJobs,
  earlierStop,
  idleJobs,
  type LostToBoth,
  lostToBoth,
  overdueOf,
  withOverdue,
} from './lost-minutes.ts';
import { LEFT, type Left } from './undo-words.ts';

/** What was done. */
export interface TakenBack {
  /** By job: when pgAgent runs it next, milliseconds since 1970 UTC; null for never. */
  readonly nextRuns: ReadonlyMap<number, number | null>;
  /** Due minutes that neither side ran, or may not have run. */
  readonly missed: readonly LostToBoth[];
}

const LOOK_MILLISECONDS = 300;
const MINUTE = 60_000;
/** How long a commit that stops chains may take to reach the server, milliseconds. */
const LONGEST_WAY = 10_000;

/** Takes jobs back from pg_timetable: their chains go, and those that this tool disabled run under pgAgent again. */
export class ReturnJobs {
  private readonly due: DueMinutes;
  private readonly resting: Omit<Resting, 'clientNames'>;
  private readonly session: LiveSession;
  private readonly jobs: readonly Undoing[];
  private readonly settings: Settings;
  private readonly interrupt: Interrupt;
  /** How many chains are deleted by way of an index, if that is worth it. */
  private indexedChains: number;

  constructor(
    session: LiveSession,
    jobs: readonly Undoing[],
    settings: Settings,
    interrupt: Interrupt,
    onProgress: OnProgress,
  ) {
    this.session = session;
    this.jobs = jobs;
    this.settings = settings;
    this.interrupt = interrupt;
    this.indexedChains = jobs.reduce((sum, { chainsNow }) => sum + chainsNow.length, 0);
    this.due = new DueMinutes([...new Set([...jobs.map(({ zone }) => zone), session.clocks.target])]);
    for (const { record, minutes } of jobs) this.due.addMinutes(record.jobId, minutes);
    this.resting = {
      ...{ session, interrupt, onProgress, wait: settings.wait },
      chainIds: new Set(jobs.flatMap(({ record }) => record.chains.map(({ id }) => String(id)))),
      isDue: (minute) => this.due.isDue(minute),
    };
  }

  private get jobIds(): readonly number[] {
    return this.jobs.map(({ record }) => record.jobId);
  }

  private get toEnable(): readonly Undoing[] {
    return this.jobs.filter(({ job }) => job === 'enabled');
  }

  /**
   * One database: all of it in one transaction, at a moment at which no chain runs. Where chains follow each other without such
   * a moment, they stop first, as with two databases.
   * @throws Failure of code `refused` where a chain runs for too long; nothing is changed then
   */
  async together(): Promise<TakenBack> {
    const taken = await onSide('target', async () => {
      await takeTurn(this.session.targetClient);
      return untilInTime(this.settings.wait, () => this.attemptTogether());
    });
    return taken ?? this.stopFirst();
  }

  /** @returns null where chains leave no moment without one */
  private async attemptTogether(): Promise<TakenBack | null | 'late'> {
    const { targetClient: client, sourceKey } = this.session;
    const clients = await this.clientsOfJobs();
    const sight = await awaitGapOrRelay({ ...this.resting, clientNames: namesIn(clients) });
    if (sight === null) return null;
    const overdue = await this.neverRun();
    const { clock, turns } = sight;
    const transaction = await begin(client);
    await adoptRecords(client, this.session, this.jobIds);
    await this.refuseChangedChains(client);
    const dropIndex = await indexTasks(client, this.indexedChains);
    await takeOut(client, sourceKey, this.jobIds);
    await dropEmptyRecord(client);
    // Many chains take long to go, and a tick before the commit still runs them.
    do {
      while (isAtTheEdge(clock(), turns)) await sleep(LOOK_MILLISECONDS);
      // Last, since an agent that looks for jobs waits for these.
      await this.lock(client);
    } while (isAtTheEdge(clock(), turns));
    const sent = clock();
    const upTo = lastMinuteBehind(sent, sent, turns);
    const nextRuns = await this.enable(client, upTo);
    if (!(await dropIndex())) return this.withoutIndex(client);
    if ((await this.commit(client, transaction, undoDeadline(sent, turns), 'target')) === 'late')
      return 'late';
    const landed = clock();
    const idle = idleJobs(this.jobs, clients, sight);
    const stop = stopOf({ sent, landed }, turns);
    const back = { stop, idle, upTo, nextRuns, enabled: landed };
    return { nextRuns, missed: withOverdue(overdue, lostToBoth(this.jobs, this.due, back)) };
  }

  /** What pgAgent had not run when it handed a job over, and no chain of it since: read once none runs, as a run is logged at its end. */
  private async neverRun(): Promise<readonly LostToBoth[]> {
    const overdue = overdueOf(this.jobs);
    if (overdue.length === 0) return [];
    const target = await this.session.control('target');
    const ids = overdue.flatMap(({ record }) => record.chains.map(({ id }) => id));
    const ran = await onSide('target', () => unlessDenied(() => chainsThatRan(target, ids)));
    return overdue
      .filter(({ record }) => !record.chains.some(({ id }) => ran?.has(id)))
      .map(({ record, minute }) => ({ minute, isCertain: ran !== null, jobIds: [record.jobId] }));
  }

  private async withoutIndex(client: Client): Promise<'late'> {
    this.indexedChains = 0;
    await client.query('ROLLBACK');
    return 'late';
  }

  /** By job, the clients that run its chains; null among them for any. */
  private async clientsOfJobs(): Promise<ClientsOfJobs> {
    const target = await this.session.control('target');
    const ids = this.jobs.flatMap(({ record }) => record.chains.map(({ id }) => id));
    const names = await onSide('target', () => readClientNames(target, ids));
    return new Map(
      this.jobs.map(({ record }) => [
        record.jobId,
        new Set(record.chains.flatMap(({ id }) => names.get(id) ?? (names.has(id) ? null : []))),
      ]),
    );
  }

  /** Commits, or rolls back what came too late. */
  private async commit(
    client: Client,
    transaction: string,
    deadline: number | null,
    side: 'source' | 'target',
  ): Promise<'committed' | 'late'> {
    this.interrupt.beginCommit();
    const outcome = await commitBefore(client, transaction, deadline, () => this.session.connect(side), side);
    if (outcome === 'late') {
      this.interrupt.endCommit();
      await client.query('ROLLBACK');
    }
    return outcome;
  }

  /**
   * Two databases: the chains stop, then the jobs are enabled, then the chains go.
   * @throws Failure of code `unfinished` where it is broken off after the first of these
   */
  async apart(): Promise<TakenBack> {
    await onSide('target', () => takeTurn(this.session.targetClient));
    return this.stopFirst();
  }

  private async stopFirst(): Promise<TakenBack> {
    const { targetClient: client, sourceKey } = this.session;
    const clients = await this.clientsOfJobs();
    const resting: Resting = { ...this.resting, clientNames: namesIn(clients) };
    const { sight, stopped } = await onSide('target', () =>
      untilInTime(this.settings.wait, async () => {
        const found = await awaitTicks(resting);
        const idle = idleJobs(this.jobs, clients, found);
        const transaction = await begin(client);
        await adoptRecords(client, this.session, this.jobIds);
        await this.refuseChangedChains(client);
        await addColumns(client);
        const begun = found.clock();
        const until = Math.min(stopDeadline(begun, found.turns), begun + LONGEST_WAY);
        // Read where this run is killed: its commit lands before that.
        const noted = stopOf({ sent: begun, landed: until }, found.turns);
        await beginTakingBack(
          client,
          sourceKey,
          this.jobs.map((job) => ({
            jobId: job.record.jobId,
            stop: earlierStop(job) ?? idle.get(job.record.jobId) ?? noted,
            isToEnable: job.job === 'enabled',
          })),
        );
        const sent = found.clock();
        // By the target's clock.
        const outcome = await this.commit(client, transaction, until + found.turns.offset, 'target');
        this.interrupt.endCommit();
        return outcome === 'late' ? outcome : { sight: found, stopped: { sent, landed: found.clock() } };
      }),
    );
    const { clock, turns } = sight;
    let left: Left = 'jobs-wait';
    try {
      await awaitRest(resting);
      const overdue = await this.neverRun();
      const source = await this.session.control('source');
      const { nextRuns, missed } = await onSide('source', () =>
        untilInTime(this.settings.wait, async () => {
          const transaction = await begin(source);
          await this.lock(source);
          const now = clock();
          const upTo = lastMinuteBehind(stopped.landed, now, turns);
          const enabled = await this.enable(source, upTo);
          const target = await this.session.control('target');
          await onSide('target', () => noteMissed(target, sourceKey, [...enabled.keys()], upTo));
          const deadline = startOfMinute(now) + MINUTE;
          if ((await this.commit(source, transaction, deadline, 'source')) === 'late') return 'late';
          const stop = stopOf(stopped, turns);
          const idle = idleJobs(this.jobs, clients, sight);
          const back = { stop, idle, upTo, nextRuns: enabled, enabled: clock() };
          return { nextRuns: enabled, missed: withOverdue(overdue, lostToBoth(this.jobs, this.due, back)) };
        }),
      );
      left = 'chains-stay';
      // The session that stopped the chains may have been lost in its commit.
      const last = await this.session.control('target');
      await onSide('target', () =>
        untilInTime(Infinity, async () => {
          const transaction = await begin(last);
          const dropIndex = await indexTasks(last, this.indexedChains);
          await takeOut(last, sourceKey, this.jobIds);
          await dropEmptyRecord(last);
          if (!(await dropIndex())) return this.withoutIndex(last);
          return commit(last, transaction, () => this.session.connect('target'), 'target');
        }),
      );
      return { nextRuns, missed };
    } catch (error) {
      throw this.brokenOff(this.interrupt.isStopped ? interrupted() : error, left);
    }
  }

  private brokenOff(error: unknown, left: Left): Failure {
    return new Failure(
      'unfinished',
      `${wordsOf(error)} ${LEFT[left]}`,
      'Run the same command again: it finishes.',
      {
        cause: error,
      },
    );
  }

  // What was looked at when it was decided may be another by now, minutes later.
  private async refuseChangedChains(client: Client): Promise<void> {
    const before = this.jobs.flatMap(({ chainsNow }) => chainsNow);
    const now = await readChainsNow(
      client,
      before.map(({ id }) => id),
    );
    const changed = before.find(({ id, digest }) => now.has(id) && now.get(id)?.digest !== digest);
    if (changed) throw this.changedMeanwhile(`The chain ${changed.id}`, 'by hand');
  }

  private changedMeanwhile(what: string, how: string): Failure {
    return new Failure(
      'conflict',
      `${what} was changed ${how} while this ran.`,
      'Read undo --dry-run, then run this again.',
    );
  }

  private async lock(client: Client): Promise<void> {
    const ids = this.toEnable.map(({ record }) => record.jobId);
    await onSide('source', () => lockJobs(client, ids));
  }

  /** In the transaction under way on the source's client: what is still disabled runs again, after the given minute. */
  private async enable(client: Client, upTo: number): Promise<ReadonlyMap<number, number | null>> {
    const ids = this.toEnable.map(({ record }) => record.jobId);
    const rows = await readJobRows(client, ids);
    const changed = this.toEnable.find(
      ({ record, digest }) => rows.has(record.jobId) && rows.get(record.jobId)?.digest !== digest,
    );
    if (changed) throw this.changedMeanwhile(`Job ${changed.record.jobId}`, 'in pgAgent');
    const jobs = this.toEnable
      .filter(({ record }) => rows.get(record.jobId)?.enabled === false)
      .map(({ record, minutes, zone }) => ({ jobId: record.jobId, nextRun: nextRunOf(minutes, zone, upTo) }));
    await enableJobs(client, jobs);
    return new Map(jobs.map(({ jobId, nextRun }) => [jobId, nextRun]));
  }
}

function namesIn(clients: ClientsOfJobs): ReadonlySet<string | null> {
  const names = new Set([...clients.values()].flatMap((some) => [...some]));
  return names.size === 0 ? new Set([null]) : names;
}
