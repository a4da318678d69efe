import type { Job } from '../../model/job.ts';
import type { ChainPlan, JobPlan } from '../../model/plan.ts';
import type { JobDifference, WeekPicture } from '../../model/week-picture.ts';
import type { Zone } from '../../model/zone.ts';
import { chainLine } from '../chain-line.ts';
import { minutesOfJob } from '../schedule/job-minutes.ts';
import { Starts } from './busiest.ts';
import { Scheduler } from './firing-minutes.ts';
import { Lines } from './lines.ts';
import { MinuteSet } from './minute-set.ts';
import { clockChanges, HOURS_A_WEEK, minuteText, nextFullWeeks, type Period } from './period.ts';

const WEEKS = 4;
const MOST_DIFFERENCES = 200;
/** The advisories on jobs that pgAgent, through its own bugs, runs less often than is ticked. */
const UNDERRUN: readonly string[] = ['nothing-ticked', 'day-missing-in-month', 'never-ran'];

/** What the counting goes by. */
export interface Clocks {
  readonly source: Zone;
  readonly target: Zone;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Whether jobs that move in part stay enabled in pgAgent (--disable-source). */
  readonly disablesSource: boolean;
  /** How many clients of pg_timetable are known. */
  readonly clients: number;
}

/**
 * Counts when jobs run before a move, by the schedules that are enabled in pgAgent, and after it, by the chains that are
 * live: over the next four full weeks of the target's clock.
 */
export class WeekCounts {
  private readonly before = new Float64Array(HOURS_A_WEEK);
  private readonly after = new Float64Array(HOURS_A_WEEK);
  private readonly differing = new Set<number>();
  private readonly othersBefore = new Float64Array(HOURS_A_WEEK);
  private readonly othersAfter = new Float64Array(HOURS_A_WEEK);
  private readonly othersDiffering = new Set<number>();
  private readonly differences: JobDifference[] = [];
  private readonly period: Period;
  private readonly pgAgent: Lines;
  private readonly timetable: Lines;
  private readonly starts: Starts;
  private readonly clocks: Clocks;
  private leftOut = 0;
  private leftOutDiffering = 0;
  private differingJobs = 0;
  private stayingJobs = 0;
  private waitingJobs = 0;
  private underrunJobs = 0;

  constructor(clocks: Clocks) {
    this.clocks = clocks;
    this.period = nextFullWeeks(clocks.target, clocks.now, WEEKS);
    this.pgAgent = new Lines(new Scheduler(clocks.source, this.period, 'second'));
    this.timetable = new Lines(new Scheduler(clocks.target, this.period, 'both'));
    this.starts = new Starts(this.timetable, this.period);
  }

  /** @param job as it stood before this tool touched it */
  add(job: Job, plan: JobPlan): void {
    const before = job.enabled ? this.minutesUnderPgAgent(job) : [];
    this.count(before, this.before);
    const isStaying = plan.moved === 'none' || (plan.moved === 'part' && this.clocks.disablesSource);
    if (isStaying) {
      if (before.some((set) => !set.isEmpty)) this.stayingJobs += 1;
      this.count(before, this.after);
      this.noteOther(before, before, []);
      return;
    }
    const live = plan.chains.filter((chain) => chain.live);
    if (live.length === 0 && before.some((set) => !set.isEmpty)) this.waitingJobs += 1;
    if (before.length > 0 && plan.advisories.some(({ code }) => UNDERRUN.includes(code)))
      this.underrunJobs += 1;
    const after = live.flatMap((chain) => this.minutesOfChain(chain));
    this.count(after, this.after);
    this.noteOther(before, after, this.compare(plan, before, after, live));
  }

  picture(): WeekPicture {
    const { period, clocks } = this;
    return {
      from: minuteText(period, 0),
      until: minuteText(period, period.minutes),
      weeks: period.weeks,
      clockChanges: clockChanges(period, [clocks.source, clocks.target]),
      before: [...this.before],
      after: [...this.after],
      others: {
        before: [...this.othersBefore],
        after: [...this.othersAfter],
        differingHours: ascending(this.othersDiffering),
        leftOut: this.leftOut,
        leftOutDiffering: this.leftOutDiffering,
      },
      clients: clocks.clients,
      differingHours: ascending(this.differing),
      stayingJobs: this.stayingJobs,
      waitingJobs: this.waitingJobs,
      underrunJobs: this.underrunJobs,
      differences: this.differences,
      differingJobs: this.differingJobs,
      busiest: this.starts.busiest(),
    };
  }

  /** Once a minute, however many of its schedules have it. */
  private minutesUnderPgAgent(job: Job): readonly MinuteSet[] {
    const { source, now } = this.clocks;
    const sets = minutesOfJob(job, source, now).flatMap((piece): readonly MinuteSet[] => {
      const line = this.pgAgent.line(JSON.stringify(piece), () => piece);
      return line === null ? [] : [this.pgAgent.minutesOf(line)];
    });
    return sets.length < 2 ? sets : [this.union(sets).all];
  }

  private minutesOfChain(chain: ChainPlan): readonly MinuteSet[] {
    const { key, read } = chainLine(chain);
    const line = this.timetable.line(key, read);
    if (line === null) return [];
    this.starts.add(line, chain.chainName);
    const times = chain.clientName === null ? this.clocks.clients : 1;
    return Array.from({ length: times }, () => this.timetable.minutesOf(line));
  }

  private count(sets: readonly MinuteSet[], counts: Float64Array): void {
    for (const set of sets) set.tally(this.period.hourOfWeek, counts);
  }

  /** @param differing the hours in which it differs */
  private noteOther(
    before: readonly MinuteSet[],
    after: readonly MinuteSet[],
    differing: readonly number[],
  ): void {
    if ([before, after].some((sets) => !this.byHour(sets).includes(0))) {
      this.leftOut += 1;
      if (differing.length > 0) this.leftOutDiffering += 1;
      return;
    }
    this.count(before, this.othersBefore);
    this.count(after, this.othersAfter);
    for (const hour of differing) this.othersDiffering.add(hour);
  }

  private byHour(sets: readonly MinuteSet[]): Float64Array {
    const counts = new Float64Array(HOURS_A_WEEK);
    this.count(sets, counts);
    return counts;
  }

  private union(sets: readonly MinuteSet[]): { readonly all: MinuteSet; readonly common: MinuteSet } {
    const all = new MinuteSet(this.period.minutes);
    const common = new MinuteSet(this.period.minutes);
    for (const set of sets) all.merge(set, common);
    return { all, common };
  }

  /** The hours in which a job runs in other minutes than before, or more than once in one; it is noted then. */
  private compare(
    { jobId, jobName }: JobPlan,
    before: readonly MinuteSet[],
    after: readonly MinuteSet[],
    live: readonly ChainPlan[],
  ): readonly number[] {
    const [only] = after;
    if (after.length === 1 && only !== undefined && before[0]?.equals(only)) return [];
    const had = before[0] ?? new MinuteSet(this.period.minutes);
    const { all, common } = this.union(after);
    const lost = had.without(all);
    const added = all.without(had);
    const changed = this.byHour([lost, added, common]);
    const places = [...changed.keys()].filter((hour) => changed[hour] !== 0);
    if (places.length === 0) return [];
    for (const hour of places) this.differing.add(hour);
    this.differingJobs += 1;
    if (this.differences.length >= MOST_DIFFERENCES) return places;
    const [then, now] = [this.byHour(before), this.byHour(after)];
    this.differences.push({
      jobId,
      jobName,
      lost: lost.size,
      added: added.size,
      repeated: after.reduce((sum, set) => sum + set.size, 0) - all.size,
      isOnEveryClient: this.clocks.clients > 1 && live.some(({ clientName }) => clientName === null),
      isLive: live.length > 0,
      hours: places.map((hour) => ({ hour, before: then[hour] ?? 0, after: now[hour] ?? 0 })),
    });
    return places;
  }
}

function ascending(hours: ReadonlySet<number>): readonly number[] {
  return [...hours].sort((a, b) => a - b);
}
