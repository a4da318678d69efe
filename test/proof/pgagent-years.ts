import type { History, JobHistory, Start } from '../../src/model/history.ts';
import type { Job } from '../../src/model/job.ts';
import { UTC } from '../../src/model/zone.ts';
import { type Chosen, job, schedule } from '../job-builders.ts';
import type { Dice } from './random-schedules.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Where the pgAgent that is simulated begins and ends. */
export const FIRST = Date.UTC(2025, 3, 1);
export const LAST = FIRST + 365 * DAY;
const NEVER = Infinity;
/** As in src/pgagent/read-history.ts. */
const SAMPLES = 2_000;

/** Which minutes a job is due in, for pgAgent's arrays and, read apart from them, for the clock: one minute of an hour at the most. */
export interface Rhythm {
  readonly chosen: Chosen;
  readonly isDue: (date: Date) => boolean;
}

export const at = (hour: number, minute: number): readonly Rhythm[] => {
  const isTime = (date: Date): boolean => date.getUTCHours() === hour && date.getUTCMinutes() === minute;
  const times = { hours: [hour], minutes: [minute] };
  return [
    { chosen: times, isDue: isTime },
    { chosen: { minutes: [minute] }, isDue: (date) => date.getUTCMinutes() === minute },
    {
      chosen: { ...times, weekdays: [1, 2, 3, 4, 5] },
      isDue: (date) => isTime(date) && ![0, 6].includes(date.getUTCDay()),
    },
    { chosen: { ...times, weekdays: [0] }, isDue: (date) => isTime(date) && date.getUTCDay() === 0 },
    { chosen: { ...times, monthDays: [5] }, isDue: (date) => isTime(date) && date.getUTCDate() === 5 },
    {
      chosen: { ...times, monthDays: [1], months: [1, 4, 7, 10] },
      isDue: (date) => isTime(date) && date.getUTCDate() === 1 && date.getUTCMonth() % 3 === 0,
    },
  ];
};

/** The first due minute after the minute of an instant, as pgAgent looks for it; NEVER for none within the simulation. */
export function nextDue({ chosen, isDue }: Rhythm, after: number): number {
  const [minuteOfHour = 0] = chosen.minutes ?? [];
  const first = Math.floor(after / HOUR) * HOUR + minuteOfHour * MINUTE;
  for (let minute = first; minute < LAST + 400 * DAY; minute += HOUR)
    if (minute >= after - (after % MINUTE) + MINUTE && isDue(new Date(minute))) return minute;
  return NEVER;
}

/** From when on a job is as its owner made it. */
export interface Phase {
  readonly from: number;
  readonly rhythm: Rhythm;
  readonly enabled: boolean;
}

export interface SimulatedJob {
  readonly id: number;
  readonly hostAgent: string;
  /** The first one is its creation. */
  readonly phases: readonly Phase[];
  /** How long a run takes, and how it ends. */
  readonly run: (start: number) => { readonly duration: number; readonly status: 's' | 'f' };
}

interface Down {
  readonly from: number;
  readonly to: number;
}

/** What happens to all jobs. */
export interface World {
  /** When the agent of each host is down; one that is not named does not exist. */
  readonly agents: ReadonlyMap<string, readonly Down[]>;
  /** The database is taken back to a backup; triggers compute each next run anew. No agent is up between the two. */
  readonly restore: { readonly backup: number; readonly restored: number } | null;
  /** The log is emptied. */
  readonly emptied: number | null;
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly status: 's' | 'f' | 'd';
  /** When its agent went down in the middle of it. */
  readonly cutAt: number | null;
}

/** What became of a job: runs, and each value that jobnextrun had. */
interface Life {
  readonly job: SimulatedJob;
  readonly runs: readonly Run[];
  readonly nextRuns: readonly { readonly from: number; readonly value: number }[];
}

const isUp = (downs: readonly Down[], time: number): boolean =>
  downs.every(({ from, to }) => time < from || time >= to);

/** The first moment from one on at which an agent that may take the job is up, and when that one goes down. */
function taker({ agents }: World, hostAgent: string, from: number): { at: number; until: number } {
  const able = [...agents]
    .filter(([host]) => hostAgent === '' || host === hostAgent)
    .map(([, downs]) => downs);
  const starts = able.flat().map(({ to }) => to + 5_000);
  for (
    let moment = from;
    moment < NEVER;
    moment = Math.min(NEVER, ...starts.filter((time) => time > moment))
  ) {
    const downs = able.find((one) => isUp(one, moment));
    if (downs !== undefined)
      return {
        at: moment,
        until: downs.reduce((next, down) => (down.from > moment ? Math.min(next, down.from) : next), NEVER),
      };
  }
  return { at: NEVER, until: NEVER };
}

function nextStart({ agents }: World, after: number): number {
  const starts = [...agents.values()].flat().map(({ to }) => to + 5_000);
  return Math.min(...starts.filter((moment) => moment > after), NEVER);
}

/** Lets a job live through the simulation, as pgAgent runs it. */
export function live(job: SimulatedJob, world: World): Life {
  const runs: Run[] = [];
  const nextRuns: { from: number; value: number }[] = [];
  const changes = [
    ...job.phases.slice(1).map(({ from }) => from),
    world.restore?.restored ?? NEVER,
    NEVER,
  ].sort((a, b) => a - b);
  let now = job.phases[0]?.from ?? FIRST;
  while (now < LAST) {
    const phase = phaseAt(job, now);
    const due = phase.enabled ? nextDue(phase.rhythm, now) : NEVER;
    nextRuns.push({ from: now, value: due });
    const change = changes.find((time) => time > now) ?? NEVER;
    const { at: start, until } = taker(world, job.hostAgent, due);
    if (Math.min(start, change) >= LAST) break;
    if (change <= start) {
      now = change;
      continue;
    }
    const { duration, status } = job.run(start);
    const isCut = start + duration > until;
    // An agent that goes down in a run leaves the job taken until one starts.
    const end = isCut ? nextStart(world, until) : start + duration;
    runs.push({ start, end, status: isCut ? 'd' : status, cutAt: isCut ? until : null });
    now = end;
  }
  return { job, runs, nextRuns };
}

export function phaseAt({ phases }: SimulatedJob, time: number): Phase {
  const phase = phases.findLast(({ from }) => from <= time) ?? phases[0];
  if (phase === undefined) throw new Error('a job without a phase');
  return phase;
}

/** pgAgent's job as it is at a moment. */
export function jobAt(simulated: SimulatedJob, time: number): Job {
  const { rhythm, enabled } = phaseAt(simulated, time);
  const { id, hostAgent } = simulated;
  return job({ id, hostAgent, enabled, schedules: [schedule(rhythm.chosen, { start: FIRST - 400 * DAY })] });
}

/** What pgAgent's tables say at a moment, read over so many days: of all jobs together, and of each. */
export function historyAt(
  lives: readonly Life[],
  { restore, emptied }: World,
  time: number,
  days = 90,
): { all: History; own: ReadonlyMap<number, JobHistory> } {
  const isRestored = restore !== null && restore.restored <= time;
  const known = (start: number): boolean =>
    start <= time && !(isRestored && start > restore.backup && start < restore.restored);
  const isLogged = (start: number): boolean =>
    known(start) && start >= time - days * DAY && !(emptied !== null && emptied <= time && start < emptied);
  const writtenAt = (moment: number): number =>
    isRestored && moment <= restore.backup ? restore.restored : moment;
  const writes = writesOf(lives);
  const age = (moment: number): number => countUpTo(writes, time) - countUpTo(writes, writtenAt(moment));
  const logged: (Start & { readonly end: number })[] = [];
  const jobs = lives
    .filter(({ job: { phases } }) => (phases[0]?.from ?? 0) <= time)
    .map(({ job: of, runs, nextRuns }): [number, JobHistory] => {
      const made = runs.filter(({ start }) => known(start));
      const inLog = made.filter(({ start }) => isLogged(start));
      const ended = inLog.filter(({ end }) => end <= time);
      for (const { start, end } of inLog) logged.push({ jobId: of.id, host: of.hostAgent, start, end });
      const last = made.at(-1);
      const isTaken = last !== undefined && last.end > time;
      const next = nextRuns.findLast(({ from }) => from <= time)?.value ?? NEVER;
      const { enabled } = phaseAt(of, time);
      const successes = ended.filter(({ status }) => status === 's');
      return [
        of.id,
        {
          enabled,
          host: of.hostAgent,
          nextRun: enabled && next < NEVER ? next : null,
          created: of.phases[0]?.from ?? 0,
          taken: !isTaken ? 'no' : (last.cutAt ?? NEVER) <= time ? 'by-dead-agent' : 'by-agent',
          lastRun: last?.start ?? null,
          age: age(
            Math.max(
              of.phases.findLast(({ from }) => from <= time)?.from ?? 0,
              isTaken ? last.start : (last?.end ?? 0),
            ),
          ),
          runs: ended.length,
          failures: ended.length - successes.length,
          firstStart: inLog[0]?.start ?? null,
          lastStart: inLog.at(-1)?.start ?? null,
          lastEnd: ended.at(-1)?.end ?? null,
          lastSuccess: successes.at(-1)?.start ?? null,
        },
      ];
    });
  const own = new Map(jobs);
  logged.sort((a, b) => a.start - b.start);
  const step = Math.max(1, Math.floor(logged.length / SAMPLES));
  const sample = logged
    .filter((_, index) => (logged.length - 1 - index) % step === 0)
    .map(({ end, ...run }) => ({ ...run, age: age(end <= time ? end : run.start) }));
  const latest = lives.flatMap(({ job: { id: jobId, hostAgent: host } }): Start[] => {
    const start = own.get(jobId)?.lastRun ?? null;
    return start === null || start >= time - 15 * MINUTE ? [] : [{ jobId, host, start }];
  });
  const isInUse = [...own.values()].some(({ nextRun, lastRun }) => (nextRun ?? lastRun) !== null);
  const all = { at: time, zone: UTC, isLogReadable: true, isInUse, latest, sample, logged: new Map() };
  return { all, own };
}

const written = new WeakMap<readonly Life[], Float64Array>();

/** When each transaction wrote: two at either end of a run, and one as an owner changes a job. */
function writesOf(lives: readonly Life[]): Float64Array {
  const known = written.get(lives);
  if (known !== undefined) return known;
  const moments = Float64Array.from(
    lives.flatMap(({ runs, job: { phases } }) => [
      ...runs.flatMap(({ start, end }) => [start, start, end, end]),
      ...phases.map(({ from }) => from),
    ]),
  ).sort();
  written.set(lives, moments);
  return moments;
}

function countUpTo(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A job that does its work: of any rhythm and host, some of them slow, some failing now and then, some changed by their owner. */
export function healthyJob(dice: Dice, id: number, hosts: readonly string[]): SimulatedJob {
  const rhythms = at(dice.between(0, 23), dice.between(0, 59));
  const rhythm = dice.one(rhythms);
  const created = dice.happens(0.7)
    ? FIRST - dice.between(1, 300) * DAY
    : FIRST + dice.between(0, 364) * DAY + dice.between(0, 86_399) * 1_000;
  const phases: Phase[] = [{ from: Math.max(created, FIRST), rhythm, enabled: true }];
  const change = FIRST + dice.between(20, 360) * DAY + dice.between(0, 86_399) * 1_000;
  if (change > created && dice.happens(0.3)) {
    const rest = dice.between(1, 90) * DAY;
    if (dice.happens(0.5))
      phases.push({ from: change, rhythm, enabled: false }, { from: change + rest, rhythm, enabled: true });
    else phases.push({ from: change, rhythm: dice.one(rhythms), enabled: true });
  }
  const usual = dice.one([500, 5_000, 90_000, 20 * MINUTE]);
  const isSlow = dice.happens(0.2);
  const failures = dice.one([0, 0, 0.02, 0.1]);
  return {
    id,
    hostAgent: dice.happens(0.6) ? '' : dice.one(hosts),
    phases,
    run: () => ({
      duration: isSlow && dice.happens(0.05) ? dice.between(1, 5 * 24) * HOUR : usual,
      status: dice.happens(failures) ? 'f' : 's',
    }),
  };
}

/** Agents of these hosts that go down now and then, for minutes to days, each alone and all at once. */
export function someDowntimes(dice: Dice, hosts: readonly string[]): Map<string, Down[]> {
  const some = (count: number, longest: number): Down[] =>
    Array.from({ length: count }, () => {
      const from = FIRST + Math.floor(dice.roll() * 365 * DAY);
      return { from, to: from + Math.floor(dice.roll() * longest) };
    });
  const ofAll = some(8, 5 * DAY);
  return new Map(hosts.map((host) => [host, [...ofAll, ...some(10, 4 * DAY)]]));
}
