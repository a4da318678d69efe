import { Failure } from '../model/failure.ts';
import type { ChainPlan } from '../model/plan.ts';
import type { RecordedChain } from '../model/record.ts';
import type { PlannedJobs } from '../planning/planned-jobs.ts';
import type { Action } from '../planning/reconcile.ts';
import type { ReconciledJob } from '../planning/reconciled-jobs.ts';
import type { Client } from '../postgres/connect.ts';
import type { WritingSession } from '../session/session.ts';
import { digestAsWritten, readChainsNow } from '../timetable/chain-digests.ts';
import { adoptRecords } from '../timetable/dumped-records.ts';
import { changeRecords, writeRecords } from '../timetable/record.ts';
import { createRecord } from '../timetable/record-table.ts';
import { isRunning, readActiveChains } from '../timetable/ticks.ts';
import {
  deleteChains,
  hasOwnTriggers,
  notAsWritten,
  setLive,
  type WrittenIds,
  writeChains,
} from '../timetable/writer.ts';
import { changedRecord, newRecord } from './job-record.ts';

const CHAINS_A_BATCH = 500;
const CHARACTERS_A_BATCH = 4_000_000;

/** What a writing pass did. */
export interface Written {
  /** What became of each job, in their order. */
  readonly outcomes: readonly Action['kind'][];
  /** In the order of the jobs: of those that were made or kept, their chains. */
  readonly chainIds: readonly number[];
  /** In the order of the jobs: of those that were made, their tasks. */
  readonly taskIds: readonly number[];
}

/**
 * Brings the target to what is planned, and the record with it, inside the transaction under way. The chains of jobs
 * that are handed over stay as they are, or are not live yet.
 * @param see is shown each job before it is written
 * @param step is called for each that is
 * @throws Failure of code `conflict` where the target has changed since it was looked at
 */
export async function writeJobs(
  session: WritingSession,
  planned: PlannedJobs,
  see: (reconciled: ReconciledJob) => void,
  step: () => void,
): Promise<Written> {
  const writer = new JobWriter(session, step);
  try {
    for await (const reconciled of planned.toWrite()) {
      see(reconciled);
      await writer.add(reconciled);
    }
    return await writer.end();
  } catch (error) {
    // After a write that failed every look fails too, and may be heard of first.
    await writer.underWay;
    throw error;
  }
}

class JobWriter {
  private readonly written = {
    outcomes: [] as Action['kind'][],
    chainIds: [] as number[],
    taskIds: [] as number[],
  };
  private pending: ReconciledJob[] = [];
  private chains = 0;
  private characters = 0;
  private hasRecord = false;
  private hasTriggers: boolean | undefined;
  /** The batch that is being written. */
  underWay: Promise<void> = Promise.resolve();
  private readonly session: WritingSession;
  private readonly step: () => void;

  constructor(session: WritingSession, step: () => void) {
    this.session = session;
    this.step = step;
  }

  async add(reconciled: ReconciledJob): Promise<void> {
    const { action, plan } = reconciled;
    if (action.kind === 'conflict') {
      throw new Failure(
        'conflict',
        `The target changed while this ran: ${action.because.join('; ')}.`,
        'Run this again.',
      );
    }
    this.written.outcomes.push(action.kind);
    if (action.kind === 'none' || action.kind === 'skip') return this.step();
    this.pending.push(reconciled);
    this.chains += plan.chains.length;
    this.characters += plan.chains.reduce((sum, chain) => sum + sizeOf(chain), 0);
    if (this.chains >= CHAINS_A_BATCH || this.characters >= CHARACTERS_A_BATCH) await this.flush();
  }

  /** To be called once, after the last job. */
  async end(): Promise<Written> {
    await this.flush();
    await this.underWay;
    return this.written;
  }

  // The server writes one batch while the next is planned.
  private async flush(): Promise<void> {
    const jobs = this.pending;
    this.pending = [];
    this.chains = 0;
    this.characters = 0;
    await this.underWay;
    this.underWay = this.write(jobs);
    // Whoever awaits it next hears of it.
    this.underWay.catch(() => {});
  }

  private async write(jobs: readonly ReconciledJob[]): Promise<void> {
    const client = this.session.targetClient;
    const { jobs: deleted } = await this.session.deletedJobs();
    await adoptRecords(
      client,
      this.session,
      [...jobs.map(({ plan }) => plan), ...deleted].map(({ jobId }) => jobId),
    );
    const ids = await this.make(
      client,
      jobs.filter(({ action }) => action.kind !== 'keep'),
    );
    await this.keep(
      client,
      jobs.filter(({ action }) => action.kind === 'keep'),
    );
    for (const reconciled of jobs) {
      const mine = ids.get(reconciled.plan.jobId);
      this.written.chainIds.push(...(mine?.chains ?? keptChains(reconciled)));
      this.written.taskIds.push(...(mine?.tasks ?? []));
      this.step();
    }
  }

  /** @returns the ids that were given, by job */
  private async make(
    client: Client,
    jobs: readonly ReconciledJob[],
  ): Promise<ReadonlyMap<number, WrittenIds>> {
    const replaced = jobs.flatMap(({ action }) => (action.kind === 'replace' ? [action] : []));
    await this.refuseRunning(replaced.flatMap(({ oldChains }) => oldChains));
    await deleteChains(
      client,
      replaced.flatMap(({ oldChains }) => oldChains),
      replaced.flatMap(({ oldNames }) => oldNames),
    );
    const chains = jobs.flatMap(({ plan, isHandedOver }) =>
      plan.chains.map((chain) => (isHandedOver ? { ...chain, live: false } : chain)),
    );
    const written = await writeChains(client, chains, this.session.target.hasTaskLive);
    const ids = shareOut(jobs, written);
    await this.refuseAltered(client, chains, written.chains);
    const records = jobs.map((reconciled) =>
      newRecord(
        reconciled,
        this.session,
        reconciled.plan.chains.map((chain, index): RecordedChain => {
          const { chainName, live, scheduleId } = chain;
          const id = ids.get(reconciled.plan.jobId)?.chains[index] ?? 0;
          return { id, name: chainName, live, digest: digestAsWritten(chain), scheduleId };
        }),
      ),
    );
    if (records.length > 0) await this.createRecord(client);
    await writeRecords(client, this.session.sourceKey, records);
    return ids;
  }

  // What a trigger of the owner's makes of a row is not what was planned, and shown.
  private async refuseAltered(
    client: Client,
    chains: readonly ChainPlan[],
    ids: readonly number[],
  ): Promise<void> {
    this.hasTriggers ??= await hasOwnTriggers(client);
    if (!this.hasTriggers) return;
    const now = await readChainsNow(client, ids);
    const altered = chains.find((chain, index) => {
      const row = now.get(ids[index] ?? 0);
      return row?.digest !== digestAsWritten(chain) || row.live !== chain.live;
    });
    if (altered !== undefined) throw notAsWritten(altered.chainName);
  }

  private async createRecord(client: Client): Promise<void> {
    if (!this.hasRecord) await createRecord(client);
    this.hasRecord = true;
  }

  // The new chain would run beside the old one's run, which pgAgent never let happen.
  private async refuseRunning(chainIds: readonly number[]): Promise<void> {
    if (chainIds.length === 0) return;
    const running = (await readActiveChains(this.session.targetClient)).filter(
      (chain) => isRunning(chain) && chainIds.includes(Number(chain.chainId)),
    );
    if (running.length === 0) return;
    throw new Failure(
      'refused',
      `pg_timetable runs ${running.length === 1 ? 'a chain' : `${running.length} chains`} now that would be replaced (chain_id ${running.map(({ chainId }) => chainId).join(', ')}). Nothing was written.`,
      'Run this again when that has ended.',
    );
  }

  private async keep(client: Client, jobs: readonly ReconciledJob[]): Promise<void> {
    for (const { action, isHandedOver } of jobs)
      if (action.kind === 'keep' && !isHandedOver) await setLive(client, action.switched);
    const changes = jobs.flatMap((reconciled) => changedRecord(reconciled, this.session) ?? []);
    if (changes.length > 0) await this.createRecord(client);
    await changeRecords(client, this.session.sourceKey, changes);
  }
}

function shareOut(jobs: readonly ReconciledJob[], written: WrittenIds): ReadonlyMap<number, WrittenIds> {
  const ids = new Map<number, WrittenIds>();
  let chain = 0;
  let task = 0;
  for (const { plan } of jobs) {
    const tasks = plan.chains.reduce((sum, one) => sum + one.tasks.length, 0);
    ids.set(plan.jobId, {
      chains: written.chains.slice(chain, chain + plan.chains.length),
      tasks: written.tasks.slice(task, task + tasks),
    });
    chain += plan.chains.length;
    task += tasks;
  }
  return ids;
}

/** The ids of chains that were there, in the order in which they are planned. */
function keptChains({ action, plan }: ReconciledJob): readonly number[] {
  if (action.kind !== 'keep') return [];
  const { chains } = action.record;
  return plan.chains.map(({ chainName }) => chains.find(({ name }) => name === chainName)?.id ?? 0);
}

function sizeOf({ tasks }: ChainPlan): number {
  return tasks.reduce(
    (sum, { command, parameters }) =>
      sum + command.length + parameters.flat().reduce((length, argument) => length + argument.length, 0),
    0,
  );
}
