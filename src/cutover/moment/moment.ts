import type { RecordedStop } from '../../model/record.ts';

/** A tick of a pg_timetable client. */
export interface Tick {
  /** The second of the minute at which it takes the chains that are due; null where that is not known. */
  readonly second: number | null;
  /** Seconds by which it may be off. */
  readonly margin: number;
  /** Milliseconds since that second for which the client's log does not show its tick yet; undefined where it does, or is not read. */
  readonly overdue?: number;
  /** Where the client hangs, so that its second is not known: its last tick, by the source's clock. */
  readonly lastTick?: number;
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
  | { readonly kind: 'wait'; readonly because: 'jobs-run' | 'quiet-minute' | 'both-ran' | 'edge' };

/**
 * - `no-agent`: no pgAgent is connected
 * - `quiet-minute`: none of the jobs is due in this minute
 * - `both-ran`: pgAgent has run what is due in this minute, and pg_timetable has ticked
 * - `split`: pgAgent has run what is due, pg_timetable has not: its chains may go live only after its tick
 */
export type Moment = 'no-agent' | 'quiet-minute' | 'both-ran' | 'split';

const MINUTE = 60_000;
/** Milliseconds at the ends of a minute in which neither clock can be trusted to be in it. */
const EDGE = 1_500;
/** How long before the end of a minute pgAgent is to have run what is due, if pg_timetable's tick is not known. */
const LATE = 57_000;
/** Milliseconds by which a reading of the two clocks, and the start of a tick's query, may be off. */
const SLACK = 500;
/** Milliseconds by which the end of a moment is looked for. */
const STEP = 100;

/**
 * Judges a moment for handing jobs over to pg_timetable: at the right one pgAgent has run every minute up to it, and
 * pg_timetable runs every minute from then on (FACTS.md 3: a commit inside a minute that pgAgent has taken and
 * pg_timetable has not ticked yet runs that minute twice). Pure.
 */
export function judgeMoment(situation: Situation): Judgement {
  const { now, hasAgent, isBusy, isDue } = situation;
  if (isBusy) return { kind: 'wait', because: 'jobs-run' };
  const minute = startOfMinute(now);
  if (!hasAgent)
    return isTicked(minute - MINUTE, now, situation)
      ? { kind: 'now', how: 'no-agent' }
      : { kind: 'wait', because: 'edge' };
  if (isDue(minute) && hasQuietMinute(situation)) return { kind: 'wait', because: 'quiet-minute' };
  const opening = openingOf(minute, situation);
  if (opening !== null) {
    if (isWithin(opening, now)) return { kind: 'now', how: isDue(minute) ? 'both-ran' : 'quiet-minute' };
    return { kind: 'wait', because: isDue(minute) ? 'both-ran' : 'edge' };
  }
  return now - minute >= LATE && now - minute <= MINUTE - EDGE
    ? { kind: 'now', how: 'split' }
    : { kind: 'wait', because: 'both-ran' };
}

function hasQuietMinute(situation: Situation): boolean {
  const { now, deadline, isDue } = situation;
  for (let minute = startOfMinute(now) + MINUTE; minute + EDGE <= deadline; minute += MINUTE)
    if (!isDue(minute) && openingOf(minute, situation) !== null) return true;
  return false;
}

/** What is known of how the clients run the due minutes. */
export interface Turns extends Pick<Situation, 'isDue' | 'ticks' | 'offset'> {
  /** Where no client is connected: when one last looked for due chains, by the source's clock; null where nobody knows. */
  readonly lastTurn?: number | null;
}

/** Two instants, both included. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * When, within a minute, every client has ticked in the due minutes up to it and none can have ticked in a later one; null
 * where that is too short to be met.
 */
function openingOf(minute: number, turns: Turns): Stretch | null {
  const { first, last } = turnOf(turns);
  let from = minute + EDGE;
  for (let past = minute; past + last > from; past -= MINUTE) if (turns.isDue(past)) from = past + last;
  let to = minute + MINUTE - EDGE;
  for (let next = minute + MINUTE; next + first - EDGE < to; next += MINUTE)
    if (turns.isDue(next)) to = next + first - EDGE;
  return from + EDGE <= to ? { from, to } : null;
}

function isWithin({ from, to }: Stretch, instant: number): boolean {
  return from <= instant && instant <= to;
}

/** Whether every client has ticked in the due minutes up to one. */
function isTicked(upTo: number, now: number, turns: Turns): boolean {
  const { last } = turnOf(turns);
  for (let minute = upTo; minute + last > now; minute -= MINUTE) if (turns.isDue(minute)) return false;
  return true;
}

/**
 * Between which milliseconds from the beginning of a minute the clients take what is due in it, by the source's clock: before 0 or
 * after 60,000 where the target's clock is another.
 */
function turnOf({ ticks, offset }: Pick<Turns, 'ticks' | 'offset'>): {
  readonly first: number;
  readonly last: number;
} {
  const windows = ticks.length === 0 ? [WHOLE] : ticks.map(windowOf);
  return {
    first: Math.min(...windows.map(({ from }) => from)) - SLACK - offset,
    last: Math.max(...windows.map(({ to }) => to)) + SLACK - offset,
  };
}

const WHOLE: Stretch = { from: 0, to: MINUTE };

// What is known so near to the edge of the minute may be on either side of it.
function windowOf({ second, margin, overdue }: Tick): Stretch {
  if (second === null || second < margin || second + margin >= 60) return WHOLE;
  const to = Math.max((second + margin) * 1000, overdue === undefined ? 0 : second * 1000 + overdue + SLACK);
  return { from: (second - margin) * 1000, to };
}

/** Milliseconds after its second within which a client writes its tick into the log: it does so every 2 s (its source). */
const LOGGED_WITHIN = 3_000;

/**
 * A tick as far as the log shows it: a client that is stopped, swapped out or behind does not tick at its second. Pure.
 * @param loggedAt the client's newest tick in its log
 * @param now by the same clock, the target's
 * @param offset the target's clock less the source's
 */
export function asLogged(tick: Tick, loggedAt: number, now: number, offset: number): Tick {
  const { second, margin } = tick;
  if (second === null) return tick;
  const due = now - ((((now - second * 1000) % MINUTE) + MINUTE) % MINUTE);
  if (loggedAt >= due - (margin + 1) * 1000) return tick;
  const overdue = now - due;
  return overdue <= margin * 1000 + LOGGED_WITHIN
    ? { ...tick, overdue }
    : { ...tick, second: null, lastTick: loggedAt - offset };
}

/** When the jobs were disabled, and what is known of the clients that are to run their chains. */
export interface Split extends Turns {
  /** The minute up to which pgAgent has run the jobs. */
  readonly taken: number;
}

/**
 * Whether chains may go live now that their jobs are disabled: not before every client has ticked in the minutes that
 * pgAgent has run. Pure.
 * @param now the source's clock
 */
export function mayGoLive(now: number, split: Split): boolean {
  return isTicked(split.taken, now, split);
}

/**
 * Whether chains may stop at this moment without a due minute being lost or run twice: every client has ticked in the due
 * minutes up to one, and none ticks in a later one soon. The minute may have ended by then: pgAgent takes the next one late.
 * Where no such moment comes, the end of a minute is taken. Pure.
 * @param now the source's clock
 */
export function mayStop(now: number, turns: Turns): boolean {
  if (turns.ticks.length === 0) return true;
  const minute = startOfMinute(now);
  if (hasGaps(minute, turns)) return isBetweenTicks(now, turns);
  return isWithin({ from: minute + LATE, to: minute + MINUTE - EDGE }, now);
}

/** Whether the clients leave room between the ticks of due minutes, in this one or the next. Pure. */
export function hasGaps(minute: number, turns: Turns): boolean {
  for (let at = minute; at < minute + 2 * MINUTE; at += SLACK) if (isBetweenTicks(at, turns)) return true;
  return false;
}

function isBetweenTicks(now: number, turns: Turns): boolean {
  const { first, last } = turnOf(turns);
  // A tick before or after its own minute: the target's clock may be another.
  for (let minute = startOfMinute(now) - 2 * MINUTE; minute <= now + 2 * MINUTE; minute += MINUTE)
    if (turns.isDue(minute) && now > minute + first - EDGE && now < minute + last) return false;
  return true;
}

/**
 * Whether a client may still tick in this minute, and so start what is due in it. Pure.
 * @param now the source's clock
 */
export function isTickToCome(now: number, turns: Turns): boolean {
  return turns.ticks.length > 0 && startOfMinute(now) + turnOf(turns).last > now;
}

/** A minute that no side has run. */
export interface MissedMinute {
  readonly minute: number;
  /** False where a client may have run it: its tick is not known well enough. */
  readonly isCertain: boolean;
}

/**
 * The due minutes that fell between the two sides: begun after the last that pgAgent ran, and ticked before the chains
 * went live. Pure.
 * @param live when the chains went live
 */
export function missedMinutes(live: Commit, split: Split): readonly MissedMinute[] {
  const { first, last } = turnOf(split);
  const found: MissedMinute[] = [];
  for (let minute = split.taken + MINUTE; minute + first <= live.landed; minute += MINUTE)
    if (split.isDue(minute)) found.push({ minute, isCertain: minute + last <= live.sent });
  return found;
}

/** Between which instants a commit took effect, by the source's clock. */
export interface Commit {
  readonly sent: number;
  readonly landed: number;
}

/**
 * The due minutes that began while the commit that disables the jobs was under way. An agent that finds a job due while its
 * row is locked waits for the commit, and runs it then although it is disabled (measured); a client that ticks after the
 * commit runs it too. Pure.
 */
export function minutesDuring({ sent, landed }: Commit, isDue: Turns['isDue']): readonly number[] {
  const found: number[] = [];
  for (let minute = startOfMinute(sent) + MINUTE; minute <= landed; minute += MINUTE)
    if (isDue(minute)) found.push(minute);
  return found;
}

/**
 * The minute up to which pgAgent is to leave jobs alone that it gets back: the last that a client may have run. It takes the
 * minute in which they are enabled late, but none before it: what is overdue it runs once, whatever the number of minutes. Pure.
 * @param stopped when the chains have stopped, by the source's clock
 * @param enabled when the jobs are enabled
 */
export function lastMinuteBehind(stopped: number, enabled: number, turns: Turns): number {
  const lastRun = turns.ticks.length === 0 ? turns.lastTurn : stopped - turnOf(turns).first;
  // Where nobody knows, a client may have run this minute.
  return lastRun == null
    ? startOfMinute(enabled)
    : Math.max(startOfMinute(enabled) - MINUTE, startOfMinute(lastRun));
}

/**
 * Up to which minutes the clients ran the chains that a commit stops. Pure.
 * @param landed of a commit that has not been sent yet, when it is to be over
 */
export function stopOf({ sent, landed }: Commit, turns: Turns): RecordedStop {
  const { lastTurn = null, ticks } = turns;
  if (ticks.length === 0 && lastTurn !== null) return idleSince(lastTurn);
  const { first, last } = turnOf(turns);
  const seen = ticks.flatMap(({ lastTick }) => (lastTick === undefined ? [] : [startOfMinute(lastTick)]));
  return {
    at: Math.round(sent),
    ranUpTo: Math.min(startOfMinute(sent - last), ...seen),
    mayHaveRunUpTo: startOfMinute(landed - first),
  };
}

/** The stop of chains that nobody ran after the minute of an instant. Pure. */
export function idleSince(instant: number): RecordedStop {
  const minute = startOfMinute(instant);
  return { at: Math.round(instant), ranUpTo: minute, mayHaveRunUpTo: minute };
}

/**
 * The due minutes that neither side ran as jobs went back to pgAgent: not ticked before the chains stopped, and not after
 * the last that pgAgent leaves alone. Pure.
 * @param upTo what `lastMinuteBehind` gave
 */
export function lostMinutes(
  { ranUpTo, mayHaveRunUpTo }: RecordedStop,
  upTo: number,
  isDue: Turns['isDue'],
): readonly MissedMinute[] {
  const found: MissedMinute[] = [];
  for (let minute = ranUpTo + MINUTE; minute <= upTo; minute += MINUTE)
    if (isDue(minute)) found.push({ minute, isCertain: minute > mayHaveRunUpTo });
  return found;
}

/**
 * Until when `lastMinuteBehind` stays what it is now, for a commit that both stops the chains and enables the jobs. Pure.
 * @param now the source's clock
 */
export function undoDeadline(now: number, turns: Turns): number {
  const isSame = (at: number): boolean =>
    startOfMinute(at) === startOfMinute(now) &&
    lastMinuteBehind(at, at, turns) === lastMinuteBehind(now, now, turns);
  let at = now;
  while (isSame(at + STEP)) at += STEP;
  return at;
}

/**
 * Until when chains may stop, from a moment at which they may. Pure.
 * @param now the source's clock
 */
export function stopDeadline(now: number, turns: Turns): number {
  let at = now;
  while (at < now + 2 * MINUTE && mayStop(at + STEP, turns)) at += STEP;
  return at;
}

/**
 * The due minutes that old chains and the new ones in their place may both have run, or neither: one client may have taken the
 * minute before the commit that exchanges the chains, and another after it. Pure.
 */
export function unsureMinutes({ sent, landed }: Commit, turns: Turns): readonly number[] {
  if (turns.ticks.length === 0) return [];
  const { first, last } = turnOf(turns);
  const found: number[] = [];
  for (let minute = startOfMinute(sent - last); minute + first <= landed; minute += MINUTE)
    if (turns.isDue(minute) && minute + last > sent) found.push(minute);
  return found;
}

/**
 * Whether a commit that begins now may end in a minute that jobs given back now would be due in, or after a tick in it. Pure.
 */
export function isAtTheEdge(now: number, turns: Turns): boolean {
  return lastMinuteBehind(now + EDGE, now + EDGE, turns) > lastMinuteBehind(now, now, turns);
}

export function startOfMinute(instant: number): number {
  return Math.floor(instant / MINUTE) * MINUTE;
}
