import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';
import type { OnProgress } from '../model/progress.ts';
import { isoInZone, type Zone } from '../model/zone.ts';
import { type JobState, judgeJobs, PAUSE_BETWEEN_LOOKS } from '../pgagent/job-states.ts';
import { type JobsLook, lookAtJobs } from '../pgagent/jobs-look.ts';
import type { Client } from '../postgres/connect.ts';
import { onSide, unlessDenied } from '../postgres/query-errors.ts';
import type { Interrupt } from '../session/interrupt.ts';
import { type ClientTick, readTicks } from '../timetable/ticks.ts';
import type { DueMinutes } from './moment/due-minutes.ts';
import {
  asLogged,
  type Judgement,
  judgeMoment,
  type Moment,
  mayStop,
  startOfMinute,
  type Tick,
  type Turns,
} from './moment/moment.ts';
import { isAtWork, tooLongAtWork, waitingForJobs } from './waiting-words.ts';

/** What is waited for, and with what. */
export interface Waiting {
  /** Sessions of their own, in no transaction. */
  readonly source: Client;
  readonly target: Client;
  readonly jobIds: readonly number[];
  readonly due: DueMinutes;
  /** The clients that are to run the chains; null among them for any. */
  readonly clientNames: ReadonlySet<string | null>;
  /** Milliseconds. */
  readonly wait: number;
  /** Whether live chains, exchanged by the same commit, are due; null where there are none. */
  readonly isReplacedDue: Turns['isDue'] | null;
  /** Whether overdue jobs are to be started at once. */
  readonly runOverdue: boolean;
  readonly zone: Zone;
  readonly interrupt: Interrupt;
  readonly onProgress: OnProgress;
}

/** What was seen at the moment that was found. */
export interface Seen {
  readonly how: Moment;
  readonly states: readonly JobState[];
  readonly ticks: readonly Tick[];
  /** The target's clock less the source's, milliseconds. */
  readonly offset: number;
  /** The source's clock from then on, milliseconds since 1970 UTC. */
  readonly clock: () => number;
  /** Whether the moment is not over. */
  readonly lasts: () => boolean;
  /** Until when it lasts, by the source's clock: for at most two minutes from then on. */
  readonly until: () => number;
}

/**
 * Why jobs were not handed over at a good moment: one has been taken just now, another session holds their rows, or the commit
 * reached the server when the moment was over.
 */
export type Miss = 'taken' | 'locked' | 'late';

const MISSES: readonly unknown[] = ['taken', 'locked', 'late'] satisfies readonly Miss[];

const LOOK_MILLISECONDS = 300;
/** Milliseconds by which the end of a moment is looked for. */
const STEP = 100;
const LONGEST_MOMENT = 120_000;
/** What the seconds of a minute take to come round is not counted as waiting. */
const GRACE_MILLISECONDS = 62_000;

/**
 * Waits until no job runs and both sides may change hands, then tries to.
 * @param attempt does it, or says why not, and leaves everything as it was
 * @throws Failure of code `refused` when the time is over
 */
export async function awaitMoment<T>(
  waiting: Waiting,
  attempt: (seen: Seen) => Promise<T | Miss>,
): Promise<T> {
  const looks: JobsLook[] = [];
  const begin = Date.now();
  let miss: Miss = 'taken';
  for (;;) {
    waiting.interrupt.check();
    const look = await onSide('source', () => lookAtJobs(waiting.source, waiting.jobIds));
    const lookedAt = Date.now();
    looks.push(look);
    // The youngest look that is old enough is the one to compare with.
    while ((looks[1]?.at ?? Infinity) <= look.at - PAUSE_BETWEEN_LOOKS) looks.shift();
    const states = judgeJobs(looks[0] ?? look, look);
    const clients = await clientsOf(waiting.target, waiting.clientNames, look.at);
    const left = begin + waiting.wait - Date.now();
    const hasAgent = look.agents.length > 0 || states.some(({ tookThisMinute }) => tookThisMinute);
    const mayReplace = (now: number): boolean =>
      waiting.isReplacedDue === null || mayStop(now, { isDue: waiting.isReplacedDue, ...clients });
    const judge = (now: number): Judgement => {
      const judgement = judgeMoment({
        now,
        offset: clients.offset,
        // What is started at once must not be ticked in the same minute either.
        hasAgent: hasAgent || (waiting.runOverdue && clients.ticks.length > 0),
        isBusy: states.some(isAtWork),
        isDue: (minute) => waiting.due.isDue(minute),
        ticks: clients.ticks,
        deadline: look.at + Math.max(0, left),
      });
      return judgement.kind === 'wait' || mayReplace(now) ? judgement : { kind: 'wait', because: 'both-ran' };
    };
    const judgement = judge(look.at);
    if (judgement.kind === 'now') {
      const ahead = look.at - lookedAt;
      const clock = (): number => Date.now() + ahead;
      // In a later minute pgAgent would have to have its turn first: what was seen of it is of this one.
      const lastsAt = (now: number): boolean => {
        const judged = judge(now);
        const isSameMinute = judgement.how === 'no-agent' || startOfMinute(now) === startOfMinute(look.at);
        return isSameMinute && judged.kind === 'now' && judged.how === judgement.how;
      };
      const lasts = (): boolean => lastsAt(clock());
      const until = (): number => {
        let at = clock();
        const end = at + LONGEST_MOMENT;
        while (at < end && lastsAt(at + STEP)) at += STEP;
        return at;
      };
      const how = hasAgent || judgement.how === 'split' ? judgement.how : 'no-agent';
      const done = await attempt({ how, states, ...clients, clock, lasts, until });
      if (!isMiss(done)) return done;
      miss = done;
    } else {
      waiting.onProgress({ kind: 'waiting', text: waitingFor(judgement, states, look.at, waiting) });
    }
    if (isOver(judgement, left)) throw tooLong(states, miss, waiting);
    await sleep(LOOK_MILLISECONDS);
  }
}

function isMiss(value: unknown): value is Miss {
  return MISSES.includes(value);
}

function isOver(judgement: Judgement, left: number): boolean {
  const isBySeconds = judgement.kind === 'wait' && judgement.because !== 'jobs-run';
  return left + (isBySeconds ? GRACE_MILLISECONDS : 0) <= 0;
}

/**
 * The ticks of the clients that run the chains, and how far the clocks are apart.
 * @param names of the clients; null among them for any
 * @param now the source's clock
 */
export async function clientsOf(
  target: Client,
  names: ReadonlySet<string | null>,
  now: number,
): Promise<{ readonly ticks: readonly ClientTick[]; readonly offset: number }> {
  return onSide('target', async () => {
    const { rows } = await target.query<{ now: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now',
    );
    const targetNow = rows[0]?.now ?? now;
    const offset = targetNow - now;
    return {
      offset,
      ticks: (await ticksOf(target))
        .filter(({ clientName, isConnected }) => isConnected && (names.has(null) || names.has(clientName)))
        .map((tick) => ({
          ...tick,
          ...(tick.source?.kind === 'log' ? asLogged(tick, tick.source.at, targetNow, offset) : {}),
        })),
    };
  });
}

// Who may not read the log takes the ticks for unknown.
async function ticksOf(target: Client): ReturnType<typeof readTicks> {
  const unknown = { clientName: '', isConnected: true, second: null, margin: 0, source: null };
  return (await unlessDenied(() => readTicks(target))) ?? [unknown];
}

function waitingFor(
  { because }: Judgement & { kind: 'wait' },
  states: readonly JobState[],
  now: number,
  { due, zone }: Waiting,
): string {
  switch (because) {
    case 'jobs-run':
      return waitingForJobs(states, zone);
    case 'quiet-minute': {
      let minute = startOfMinute(now);
      while (due.isDue(minute)) minute += 60_000;
      return `Waiting for a minute in which none of the jobs is due: ${isoInZone(zone, minute)}.`;
    }
    case 'both-ran':
      return 'Waiting until both have run what is due in this minute.';
    case 'edge':
      return 'Waiting for the next minute to begin.';
  }
}

function tooLong(states: readonly JobState[], miss: Miss, { wait, zone }: Waiting): Failure {
  const stillAtWork = tooLongAtWork(states, wait, zone);
  if (stillAtWork !== null) return stillAtWork;
  const seconds = Math.round(wait / 1000);
  if (miss === 'late')
    return new Failure(
      'refused',
      `Each COMMIT reached the server too late for its moment, after waiting for ${seconds} s.`,
      'Check the network and the load of the server, then run this again; or wait longer: --wait.',
    );
  if (miss === 'locked')
    return new Failure(
      'refused',
      `Another session holds rows of pgagent.pga_job, after waiting for ${seconds} s.`,
      'Find it in pg_stat_activity, let it commit, and run this again. To wait longer: --wait',
    );
  return new Failure(
    'refused',
    `No moment to hand the jobs over came within ${seconds} s.`,
    'Run this again, or wait longer: --wait.',
  );
}
