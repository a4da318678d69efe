/** A tick of a pg_timetable client. */
export interface Tick {
  /** The second of the minute at which it takes the chains that are due; null where that is not known. */
  readonly second: number | null;
  /** Seconds by which it may be off. */
  readonly margin: number;
}

/** What both sides are about at a moment. All times are milliseconds since 1970 UTC. */
export interface Situation {
  /** The source's clock. */
  readonly now: number;
  /** The target's clock less the source's. */
  readonly offset: number;
  /** Whether an agent is connected, or has taken a job in this minute. */
  readonly hasAgent: boolean;
  /** Whether jobs are being run by an agent, or are about to be. */
  readonly isBusy: boolean;
  /** Whether one of the jobs is due in the minute that begins then. */
  readonly isDue: (minute: number) => boolean;
  readonly ticks: readonly Tick[];
  /** When the waiting ends. */
  readonly deadline: number;
}

/** Whether jobs may be handed over at this moment, or what is waited for. */
export type Judgement =
  | { readonly kind: 'now'; readonly how: Moment }
  | { readonly kind: 'wait'; readonly because: 'jobs-run' | 'quiet-minute' | 'both-had-their-turn' | 'edge' };

/**
 * - `no-agent`: no pgAgent is connected
 * - `quiet-minute`: none of the jobs is due in this minute
 * - `both-had-their-turn`: pgAgent has run what is due in this minute, and pg_timetable has ticked
 * - `split`: pgAgent has had its turn, pg_timetable has not: its chains may go live only behind its tick
 */
export type Moment = 'no-agent' | 'quiet-minute' | 'both-had-their-turn' | 'split';

const MINUTE = 60_000;
/** Milliseconds at the ends of a minute in which neither clock can be trusted to be in it. */
const EDGE = 1_500;
/** How long before the end of a minute pgAgent is to have had its turn, if pg_timetable's tick is not known. */
const LATE = 57_000;

/** Seconds beyond which a tick is as good as not known. */
const MOST_MARGIN = 20;

/**
 * Judges a moment for handing jobs over to pg_timetable: at the right one pgAgent has run every minute up to it, and
 * pg_timetable runs every minute from then on (FACTS.md 3: a commit inside a minute that pgAgent has taken and
 * pg_timetable has not ticked yet runs that minute twice). Pure.
 */
export function judgeMoment(situation: Situation): Judgement {
  const { now, hasAgent, isBusy, isDue } = situation;
  if (isBusy) return { kind: 'wait', because: 'jobs-run' };
  if (!hasAgent) return { kind: 'now', how: 'no-agent' };
  const minute = startOfMinute(now);
  const into = now - minute;
  if (!isDue(minute)) return inQuietMinute(into);
  if (hasQuietMinute(situation)) return { kind: 'wait', because: 'quiet-minute' };
  const last = lastTurn(situation);
  if (last !== null && last + EDGE <= MINUTE - EDGE)
    return into >= last && into <= MINUTE - EDGE
      ? { kind: 'now', how: 'both-had-their-turn' }
      : { kind: 'wait', because: 'both-had-their-turn' };
  return into >= LATE && into <= MINUTE - EDGE
    ? { kind: 'now', how: 'split' }
    : { kind: 'wait', because: 'both-had-their-turn' };
}

function inQuietMinute(into: number): Judgement {
  return into >= EDGE && into <= MINUTE - EDGE
    ? { kind: 'now', how: 'quiet-minute' }
    : { kind: 'wait', because: 'edge' };
}

function hasQuietMinute({ now, deadline, isDue }: Situation): boolean {
  for (let minute = startOfMinute(now) + MINUTE; minute + EDGE <= deadline; minute += MINUTE)
    if (!isDue(minute)) return true;
  return false;
}

/** Milliseconds into the minute behind which every client has ticked, by the source's clock; null where that is not known. */
function lastTurn({ ticks, offset }: Pick<Situation, 'ticks' | 'offset'>): number | null {
  let last = 0;
  for (const { second, margin } of ticks) {
    if (second === null || margin > MOST_MARGIN) return null;
    const into = mod(second * 1000 - offset, MINUTE);
    last = Math.max(last, into + margin * 1000 + 500);
  }
  return ticks.length === 0 ? null : last;
}

/** When the jobs were disabled, and what is known of the clients that are to run their chains. */
export interface Split {
  /** The minute up to which pgAgent has run the jobs. */
  readonly taken: number;
  readonly isDue: (minute: number) => boolean;
  readonly ticks: readonly Tick[];
  readonly offset: number;
}

/**
 * Whether chains may go live now that their jobs are disabled: not before every client has ticked in the minute that
 * pgAgent has run. Pure.
 * @param now the source's clock
 */
export function mayGoLive(now: number, split: Split): boolean {
  if (startOfMinute(now) > split.taken || !split.isDue(split.taken)) return true;
  const last = lastTurn(split);
  return last !== null && now - split.taken >= last;
}

/**
 * Whether chains may stop at this moment without a due minute being lost: none is due in this minute, or every client
 * has ticked in it. Pure.
 * @param now the source's clock
 */
export function mayStop(
  now: number,
  { isDue, ticks, offset }: Pick<Split, 'isDue' | 'ticks' | 'offset'>,
): boolean {
  const minute = startOfMinute(now);
  if (ticks.length === 0 || !isDue(minute)) return true;
  const last = lastTurn({ ticks, offset });
  // A tick at the very end of the minute, or one that is not known, is not waited for beyond that minute.
  return now - minute >= Math.min(last ?? LATE, MINUTE - EDGE);
}

/**
 * Whether a client may still tick in this minute, and so start what is due in it. Pure.
 * @param now the source's clock
 */
export function isTickToCome(now: number, { ticks, offset }: Pick<Split, 'ticks' | 'offset'>): boolean {
  const into = now - startOfMinute(now);
  return ticks.some(
    ({ second, margin }) => second === null || into < mod(second * 1000 - offset, MINUTE) + margin * 1000,
  );
}

/** A minute that no side has run. */
export interface MissedMinute {
  readonly minute: number;
  /** False where a client's tick is not known, so that it may have run it. */
  readonly isCertain: boolean;
}

/**
 * The due minutes that fell between the two sides: begun behind the last that pgAgent ran, and ticked before the chains
 * went live. Pure.
 * @param live when the chains went live, by the source's clock
 */
export function missedMinutes(live: number, split: Split): readonly MissedMinute[] {
  const found: MissedMinute[] = [];
  for (let minute = split.taken + MINUTE; minute <= live; minute += MINUTE) {
    if (!split.isDue(minute)) continue;
    const ticked = earliestTick(split);
    if (ticked === null || minute + MINUTE <= live)
      found.push({ minute, isCertain: minute + MINUTE <= live });
    else if (minute + ticked <= live) found.push({ minute, isCertain: true });
  }
  return found;
}

/** Milliseconds into the minute at which the first client may have ticked; null where that is not known. */
function earliestTick({ ticks, offset }: Pick<Split, 'ticks' | 'offset'>): number | null {
  if (ticks.length === 0) return null;
  const first = ticks.map(({ second, margin }) =>
    second === null ? null : Math.max(0, mod(second * 1000 - offset, MINUTE) - margin * 1000),
  );
  return first.includes(null) ? null : Math.min(...first.map((one) => one ?? 0));
}

export function startOfMinute(instant: number): number {
  return Math.floor(instant / MINUTE) * MINUTE;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
