import { setTimeout as sleep } from 'node:timers/promises';
import { type Sight, untilInTime } from '../cutover/await-rest.ts';
import { type Disabled, Handover } from '../cutover/handover.ts';
import { ReplacedChains } from '../cutover/replacement.ts';
import { brokenOff, type Stage } from '../cutover/unfinished.ts';
import { Failure } from '../model/failure.ts';
import type { Cutover } from '../model/plan.ts';
import { stage } from '../model/progress.ts';
import { begin, commitBefore } from '../postgres/commit.ts';
import type { Client } from '../postgres/connect.ts';
import { isConnectionLost } from '../postgres/plain-words.ts';
import { onSide } from '../postgres/query-errors.ts';
import { agentConnected } from '../preflight/reasons-not-to-write.ts';
import { interrupted } from '../session/interrupt.ts';
import type { LiveSession } from '../session/session.ts';
import type { Outcome, Run } from './run.ts';
import { writeJobs } from './write-jobs.ts';
import { writePaused } from './write-paused.ts';

/** Writes the chains, as far as the source lets it: the jobs of a dump stay as they are. */
export async function move(run: Run): Promise<Outcome> {
  const { session } = run;
  if (session.from === 'live') return moveLive({ ...run, session });
  if (session.targetClient === null) throw new Error('without a target a run is dry');
  return writePaused(run, session);
}

/** A run on a live pgAgent. */
interface LiveRun extends Run {
  readonly session: LiveSession;
}

/**
 * Writes the chains, and with `--disable-source` hands the jobs over: in one transaction where one reaches both sides.
 * Where two are needed, the chains are written first and wait; then the jobs are disabled; then the chains go live.
 * Live chains are exchanged for others between the ticks of the clients.
 * @throws Failure of code `unfinished` where the second way was broken off after its first commit
 */
async function moveLive(run: LiveRun): Promise<Outcome> {
  const { session, found, settings, interrupt, onProgress } = run;
  const { replaced } = found;
  const chains =
    replaced.length === 0
      ? null
      : new ReplacedChains(replaced, session, settings.wait, interrupt, onProgress);
  return onSide('target', () =>
    untilInTime(settings.wait, async () =>
      writeAndHandOver(run, chains === null ? null : { chains, gap: await chains.gap() }),
    ),
  );
}

/** Live chains that are exchanged, and the moment that was found for it. */
interface Exchange {
  readonly chains: ReplacedChains;
  readonly gap: Sight;
}

async function writeAndHandOver(run: LiveRun, exchange: Exchange | null): Promise<Outcome | 'late'> {
  const { session, planned, found, settings, interrupt, onProgress } = run;
  const { targetClient: client } = session;
  const handover = new Handover(session, settings, interrupt, onProgress, exchange?.chains ?? null);
  const transaction = await begin(client);
  const written = await stage(
    onProgress,
    'Writing',
    async () => found.tally.summary(false).jobs,
    (step) =>
      writeJobs(
        session,
        planned,
        (reconciled) => {
          if (reconciled.isHandedOver) handover.add(reconciled);
        },
        step,
      ),
  );
  await refuseAgents(run);
  if (!handover.isEmpty && session.isOneDatabase)
    return { written, ...(await handOverTogether(run, handover, transaction, exchange)) };
  const replacement = await commitWritten(run, transaction, exchange);
  if (replacement === 'late') return 'late';
  return { written, replacement, cutover: handover.isEmpty ? null : await handOverApart(run, handover) };
}

/** @returns what is to be said of chains that were exchanged; `late` where that came too late, and nothing was written */
async function commitWritten(
  run: LiveRun,
  transaction: string,
  exchange: Exchange | null,
): Promise<Outcome['replacement'] | 'late'> {
  const { targetClient: client } = run.session;
  if (exchange === null) {
    await commitOnce(run, client, transaction);
    return null;
  }
  const { chains, gap } = exchange;
  const sent = gap.clock();
  // What took too long to write has missed its deadline.
  const outcome = await commitOnce(run, client, transaction, chains.deadline(gap));
  if (outcome === 'committed') return chains.report({ sent, landed: gap.clock() }, gap.turns);
  await client.query('ROLLBACK');
  return 'late';
}

// An agent may have been started while this was written.
async function refuseAgents({ session, settings, found }: LiveRun): Promise<void> {
  if (settings.disableSource || found.exposedChains === 0) return;
  const agents = await session.agentsNow();
  if (agents.length > 0) throw agentConnected(agents, session.source.isInRecovery);
}

async function commitOnce(
  { session, interrupt }: LiveRun,
  client: Client,
  transaction: string,
  deadline: number | null = null,
): Promise<'committed' | 'late'> {
  interrupt.beginCommit();
  let outcome: 'committed' | 'late' = 'late';
  try {
    outcome = await commitBefore(client, transaction, deadline, () => session.connect('target'), 'target');
    return outcome;
  } finally {
    if (outcome === 'late') interrupt.endCommit();
  }
}

/** One database: one transaction, unless pg_timetable has yet to tick in the minute that pgAgent has run. */
async function handOverTogether(
  run: LiveRun,
  handover: Handover,
  transaction: string,
  exchange: Exchange | null,
): Promise<Pick<Outcome, 'cutover' | 'replacement'>> {
  const { targetClient: client } = run.session;
  let started: readonly number[] = [];
  const disabled = await handover.disable(
    client,
    (jobs) =>
      onSide('target', async () => {
        await handover.note(client, jobs);
        if (!handover.isApart(jobs)) started = await handover.takeOver(client, jobs);
      }),
    async (_, deadline) =>
      (await exchange?.chains.isBusy()) ? 'late' : commitOnce(run, client, transaction, deadline),
  );
  return {
    replacement: exchange?.chains.report(disabled.commit, disabled.seen) ?? null,
    cutover: handover.isApart(disabled)
      ? await finish(run, handover, disabled).catch((error: unknown) => {
          throw brokenOff(error, 'jobs-disabled', handover.counts);
        })
      : handover.report(disabled, disabled.commit, started),
  };
}

/** Two databases: whatever dies in between, no job is enabled on both sides. */
async function handOverApart(run: LiveRun, handover: Handover): Promise<Cutover> {
  const { session, interrupt } = run;
  let stage: Stage = 'chains-wait';
  try {
    interrupt.endCommit();
    interrupt.check();
    const source = await session.control('source');
    const disabled = await handover.disable(
      source,
      // The record has to know these jobs by the time that disabling gives them before anybody sees them disabled.
      (found) =>
        onSide('target', () => inTransaction(session.targetClient, (client) => handover.note(client, found))),
      async ({ transactionId }, deadline) => {
        interrupt.beginCommit();
        try {
          const outcome = await onSide('source', () =>
            commitBefore(source, transactionId, deadline, () => session.connect('source'), 'source'),
          );
          if (outcome === 'committed') stage = 'jobs-disabled';
          return outcome;
        } catch (error) {
          // Any other error is the server's word that nothing was done.
          if (error instanceof Failure && error.code === 'unfinished') stage = 'jobs-disabled';
          throw error;
        } finally {
          if (stage === 'chains-wait') interrupt.endCommit();
        }
      },
    );
    return await finish(run, handover, disabled);
  } catch (error) {
    throw brokenOff(interrupt.isStopped ? interrupted() : error, stage, handover.counts);
  }
}

const ATTEMPTS = 40;
const PAUSE_MILLISECONDS = 500;

/**
 * The jobs are disabled: makes their chains live, however often the connection is lost.
 * @throws the error that remains
 */
async function finish(run: LiveRun, handover: Handover, disabled: Disabled): Promise<Cutover> {
  return onSide('target', async () => {
    await handover.awaitTicks(disabled);
    let client = run.session.targetClient;
    const { clock } = disabled.seen;
    const begun = clock();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const started = await inTransaction(client, async (one) => {
          await handover.refuseChangedChains(one);
          return handover.takeOver(one, disabled);
        });
        // Which of the attempts committed is not always known: any time in between.
        return handover.report(disabled, { sent: begun, landed: clock() }, started);
      } catch (error) {
        if (!isConnectionLost(error) || attempt >= ATTEMPTS) throw error;
      }
      await sleep(PAUSE_MILLISECONDS);
      client = await run.session.control('target').catch(() => client);
    }
  });
}

async function inTransaction<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  const result = await work(client);
  await client.query('COMMIT');
  return result;
}
