import {
  judgeMoment,
  lastMinuteBehind,
  lostMinutes,
  type Moment,
  mayGoLive,
  mayStop,
  missedMinutes,
  type Situation,
  startOfMinute,
  stopOf,
  type Tick,
} from '../../src/cutover/moment/moment.ts';

export const MINUTE = 60_000;
/** The beginning of an hour. All times of a world are milliseconds since 1970 UTC by the source's clock. */
export const HOUR = Date.UTC(2026, 3, 16, 12);

/** A client of pg_timetable. */
export interface ModelClient {
  /** Milliseconds of the target's minute at which it ticks in truth. */
  readonly second: number;
  /** Milliseconds that what is known of it is off; null where nothing is known. */
  readonly error: number | null;
  /** Seconds by which it is said to be off at the most. */
  readonly margin: number;
}

/** Both engines, and a tool that hands one job over between them. */
export interface World {
  /** The minutes of the hour in which the job is due, negative ones before it. */
  readonly isDue: (minute: number) => boolean;
  /** Milliseconds into a due minute at which pgAgent takes the job, above 0. */
  readonly agentTakes: number;
  /** Milliseconds that a run takes. */
  readonly runs: number;
  /** `no-agent`: none is connected, and the last that was has run no minute from the current one on. */
  readonly agent: 'agent' | 'no-agent';
  readonly clients: readonly ModelClient[];
  /** The target's clock less the source's, in truth and as measured. */
  readonly offset: number;
  readonly measured: number;
  /** Milliseconds into the hour at which the waiting begins, and how long it may last. */
  readonly begins: number;
  readonly wait: number;
  /** Milliseconds between two looks, and from a look to what follows on it. */
  readonly look: number;
  readonly disables: number;
  readonly commits: number;
  readonly goesLive: number;
  readonly isOneDatabase: boolean;
}

/** What came of it. */
export interface Result {
  readonly how: Moment;
  readonly disabled: number;
  readonly live: number;
  /** Minutes that both sides ran. */
  readonly twice: readonly number[];
  /** Minutes from the one in which the job was disabled on that no side ran. */
  readonly missed: readonly number[];
  readonly named: ReturnType<typeof missedMinutes>;
}

export function ticksOf({ clients }: Pick<World, 'clients'>): readonly Tick[] {
  return clients.map(({ second, error, margin }) => ({
    second: error === null ? null : ((((second + error) % MINUTE) + MINUTE) % MINUTE) / 1000,
    margin,
  }));
}

/** Whether a client runs a minute while the chains are live: it takes what is due by its own clock. */
export function isTicked(
  { clients, offset }: Pick<World, 'clients' | 'offset'>,
  minute: number,
  isLive: (instant: number) => boolean,
): boolean {
  return clients.some(({ second }) => isLive(minute + second - offset));
}

/** Hands the job over by the rules of the tool. null where no moment came in the time that the tool gives itself. */
export function handOver(world: World): Result | null {
  const ticks = ticksOf(world);
  const isDue = (instant: number): boolean => world.isDue(Math.round((instant - HOUR) / MINUTE));
  const begin = HOUR + world.begins;
  const hasAgent = world.agent === 'agent';
  const agentRuns = (minute: number): number => minute + world.agentTakes;
  for (let now = begin; now < begin + world.wait + 3 * MINUTE; now += world.look) {
    const situation: Situation = {
      now,
      offset: world.measured,
      hasAgent,
      isBusy: hasAgent && isBusy(now, world, isDue),
      isDue,
      ticks,
      deadline: Math.max(now, begin + world.wait),
    };
    const judged = judgeMoment(situation);
    if (judged.kind === 'wait') continue;
    const disabled = now + world.disables;
    const split = { taken: startOfMinute(disabled), isDue, ticks, offset: world.measured };
    let live = disabled + world.commits;
    if (!world.isOneDatabase || judged.how === 'split') {
      while (judged.how !== 'no-agent' && !mayGoLive(live, split)) live += world.look;
      live += world.goesLive;
    }
    const lastOfAgent = hasAgent ? disabled : startOfMinute(begin) - 1;
    const twice: number[] = [];
    const missed: number[] = [];
    for (let minute = startOfMinute(begin) - 3 * MINUTE; minute <= live + 3 * MINUTE; minute += MINUTE) {
      if (!isDue(minute)) continue;
      const byAgent = agentRuns(minute) <= lastOfAgent;
      const byTimetable = isTicked(world, minute, (tick) => tick >= live);
      if (byAgent && byTimetable) twice.push(minute);
      // Without an agent a minute that had begun is overdue, and is told so.
      if (!byAgent && !byTimetable && (hasAgent || minute > disabled)) missed.push(minute);
    }
    return {
      how: judged.how,
      disabled,
      live,
      twice,
      missed,
      named: missedMinutes({ sent: live, landed: live }, split),
    };
  }
  return null;
}

/** What came of taking a job back. */
export interface TakenBack {
  readonly twice: readonly number[];
  readonly missed: readonly number[];
  readonly named: ReturnType<typeof lostMinutes>;
}

/** Takes the job back by the rules of the tool, all minutes before having been run by pg_timetable. */
export function returnJobs(world: World): TakenBack {
  const isDue = (instant: number): boolean => world.isDue(Math.round((instant - HOUR) / MINUTE));
  const turns = { isDue, ticks: ticksOf(world), offset: world.measured };
  let now = HOUR + world.begins;
  while (!mayStop(now, turns)) now += world.look;
  // In one database the chains are there until the commit that enables the job.
  const enabled = now + world.disables + world.commits;
  const stopped = world.isOneDatabase ? enabled : now + world.disables;
  const upTo = lastMinuteBehind(world.isOneDatabase ? now + world.disables : stopped, enabled, turns);
  const twice: number[] = [];
  const missed: number[] = [];
  const end = Math.max(enabled, upTo) + 3 * MINUTE;
  for (let minute = startOfMinute(now) - 3 * MINUTE; minute <= end; minute += MINUTE) {
    if (!isDue(minute)) continue;
    // A next run that is past when it is written starts at once.
    const byAgent = minute > upTo;
    const byTimetable = isTicked(world, minute, (tick) => tick < stopped);
    if (byAgent && byTimetable) twice.push(minute);
    if (!byAgent && !byTimetable) missed.push(minute);
  }
  return {
    twice,
    missed,
    named: lostMinutes(stopOf({ sent: stopped, landed: stopped }, turns), upTo, isDue),
  };
}

// Due and not taken yet, or running.
function isBusy(
  now: number,
  { agentTakes, runs }: Pick<World, 'agentTakes' | 'runs'>,
  isDue: (instant: number) => boolean,
): boolean {
  const minute = startOfMinute(now);
  return isDue(minute) && now < minute + agentTakes + runs;
}
