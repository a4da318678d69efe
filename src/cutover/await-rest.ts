import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../model/counted.ts';
import { Failure } from '../model/failure.ts';
import type { OnProgress } from '../model/progress.ts';
import { onSide, unlessDenied } from '../postgres/query-errors.ts';
import type { Interrupt } from '../session/interrupt.ts';
import type { LiveSession } from '../session/session.ts';
import { isRunning, readActiveChains, readLastTurns } from '../timetable/ticks.ts';
import { clientsOf } from './await-moment.ts';
import { mayStop, type Turns } from './moment/moment.ts';

/** Chains that are to go, and what their end waits for. */
export interface Resting {
  readonly session: LiveSession;
  readonly chainIds: ReadonlySet<string>;
  /** The clients that run them; null among them for any. */
  readonly clientNames: ReadonlySet<string | null>;
  /** Whether one of their jobs is due in the minute that begins then. */
  readonly isDue: Turns['isDue'];
  /** Milliseconds. */
  readonly wait: number;
  readonly interrupt: Interrupt;
  readonly onProgress: OnProgress;
}

/** The two sides at a moment. */
export interface Sight {
  /** The source's clock from then on. */
  readonly clock: () => number;
  readonly turns: Turns;
  /** The clients that are connected. */
  readonly connected: ReadonlySet<string>;
  /**
   * When each client last looked for due chains, by the source's clock, where one of those asked for is not connected; null where
   * all are, or this user may not know.
   */
  readonly lastTurns: ReadonlyMap<string, number> | null;
}

const LOOK_MILLISECONDS = 300;
/** What the seconds of a minute take to come round is not counted as waiting. */
const GRACE_MILLISECONDS = 62_000;

/**
 * Waits until none of the chains runs and no due minute is lost or run twice by stopping them.
 * @throws Failure of code `refused` where chains run for as long as the wait
 */
export async function awaitGap(resting: Resting): Promise<Sight> {
  const sight = await awaitGapOrRelay(resting, Infinity);
  if (sight === null) throw tooLong(resting.chainIds.size, resting);
  return sight;
}

/**
 * The same, unless chains follow each other without a pause.
 * @param patience milliseconds after which that is given up
 * @returns null where chains always ran until then, but none of them all the time
 * @throws Failure of code `refused` where one runs for as long as the wait
 */
export async function awaitGapOrRelay(resting: Resting, patience = resting.wait / 2): Promise<Sight | null> {
  const begin = Date.now();
  let throughout: ReadonlySet<string> | null = null;
  for (;;) {
    const { sight, running } = await look(resting);
    if (running.size === 0 && mayStop(sight.clock(), sight.turns)) return sight;
    const before: ReadonlySet<string> = throughout ?? running;
    throughout = running.size === 0 ? null : new Set([...running].filter((run) => before.has(run)));
    const waited = Date.now() - begin;
    if (waited > patience && throughout?.size === 0) return null;
    if (waited > resting.wait && running.size > 0 && throughout?.size !== 0)
      throw tooLong(running.size, resting);
    if (waited > resting.wait + GRACE_MILLISECONDS) throw noGap(resting);
    await pause(resting, running.size);
  }
}

/** Whether one of the chains runs now. */
export async function isRunningNow(resting: Resting): Promise<boolean> {
  return (await look(resting)).running.size > 0;
}

/**
 * Waits until none of the chains, which are not started any more, runs.
 * @throws Failure of code `refused` where that takes longer than the wait
 */
export async function awaitRest(resting: Resting): Promise<void> {
  const begin = Date.now();
  for (;;) {
    const { running } = await look(resting);
    if (running.size === 0) return;
    if (Date.now() - begin > resting.wait) throw tooLong(running.size, resting);
    await pause(resting, running.size);
  }
}

/** Waits until no due minute is lost or run twice by stopping the chains, whether they run or not. */
export async function awaitTicks(resting: Resting): Promise<Sight> {
  for (;;) {
    resting.interrupt.check();
    const sight = await lookAtClients(resting);
    if (mayStop(sight.clock(), sight.turns)) return sight;
    await pause(resting, 0);
  }
}

async function look(
  resting: Resting,
): Promise<{ readonly sight: Sight; readonly running: ReadonlySet<string> }> {
  resting.interrupt.check();
  const sight = await lookAtClients(resting);
  const target = await resting.session.control('target');
  // Rows that a client has left behind hold up nothing.
  const active = (await onSide('target', () => readActiveChains(target))).filter(
    (chain) => resting.chainIds.has(chain.chainId) && isRunning(chain),
  );
  return { sight, running: new Set(active.map(({ chainId, startedAt }) => `${chainId} ${startedAt}`)) };
}

async function lookAtClients({ session, isDue, clientNames }: Resting): Promise<Sight> {
  const source = await session.control('source');
  const { rows } = await onSide('source', () =>
    source.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now'),
  );
  const now = rows[0]?.now ?? Date.now();
  const ahead = now - Date.now();
  const target = await session.control('target');
  const { ticks, offset } = await clientsOf(target, clientNames, now);
  const connected = new Set(ticks.map(({ clientName }) => clientName));
  const areAllThere =
    ticks.length > 0 && [...clientNames].every((name) => name === null || connected.has(name));
  const turns = areAllThere ? null : await onSide('target', () => unlessDenied(() => readLastTurns(target)));
  const lastTurns = turns && new Map([...turns].map(([name, at]) => [name, at - offset]));
  const lastTurn = ticks.length > 0 ? null : lastOf(lastTurns, clientNames);
  return { clock: () => Date.now() + ahead, turns: { isDue, ticks, offset, lastTurn }, connected, lastTurns };
}

/** When one of the clients last looked for due chains: 0 where none ever did, null where this user may not know. */
export function lastOf(
  lastTurns: Sight['lastTurns'],
  clientNames: ReadonlySet<string | null>,
): number | null {
  if (lastTurns === null) return null;
  const turns = [...lastTurns].filter(([name]) => clientNames.has(null) || clientNames.has(name));
  return Math.max(0, ...turns.map(([, at]) => at));
}

async function pause({ onProgress }: Resting, running: number): Promise<void> {
  const text =
    running > 0
      ? `Waiting until pg_timetable has run ${running === 1 ? 'a chain' : `${running} chains`} of these jobs.`
      : 'Waiting until pg_timetable has ticked in this minute.';
  onProgress({ kind: 'waiting', text });
  await sleep(LOOK_MILLISECONDS);
}

function tooLong(running: number, { wait }: Resting): Failure {
  return new Failure(
    'refused',
    `pg_timetable still runs ${counted(running, 'chain')} of these jobs, after waiting for ${Math.round(wait / 1000)} s.`,
    'Run this again when they have ended, or wait longer: --wait.',
  );
}

function noGap({ wait }: Resting): Failure {
  return new Failure(
    'refused',
    `No moment came within ${Math.round(wait / 1000)} s at which none of these chains ran and no client was about to tick.`,
    'Do it with fewer jobs at a time (--job), at an hour with fewer runs, or with one client stopped.',
  );
}

/**
 * Attempts again and again until a commit is in time.
 * @param wait milliseconds after which no attempt begins
 * @throws Failure of code `refused` where all were late
 */
export async function untilInTime<T>(wait: number, attempt: () => Promise<T | 'late'>): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const done = await attempt();
    if (done !== 'late') return done;
    if (Date.now() - begun > wait)
      throw new Failure(
        'refused',
        `Each COMMIT reached the server too late for its moment, after waiting for ${Math.round(wait / 1000)} s.`,
        'Check the network and the load of the server, then run this again; or wait longer: --wait.',
      );
  }
}
