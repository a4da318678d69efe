import type { Replacement } from '../model/plan.ts';
import type { OnProgress } from '../model/progress.ts';
import { isoInZone } from '../model/zone.ts';
import type { ReplacedJob } from '../planning/plan-all.ts';
import type { Interrupt } from '../session/interrupt.ts';
import type { LiveSession } from '../session/session.ts';
import { awaitGap, isRunningNow, type Resting, type Sight } from './await-rest.ts';
import { DueMinutes } from './moment/due-minutes.ts';
import {
  type Commit,
  hasGaps,
  startOfMinute,
  stopDeadline,
  type Turns,
  unsureMinutes,
} from './moment/moment.ts';

/** Live chains that a run exchanges for others: between the ticks, so that each due minute is run by the old or the new. */
export class ReplacedChains {
  private readonly due: DueMinutes;
  private readonly resting: Resting;
  private readonly jobs: readonly ReplacedJob[];

  /** @param wait milliseconds */
  constructor(
    jobs: readonly ReplacedJob[],
    session: LiveSession,
    wait: number,
    interrupt: Interrupt,
    onProgress: OnProgress,
  ) {
    this.jobs = jobs;
    this.due = new DueMinutes([session.clocks.target]);
    for (const { jobId, chains } of jobs) this.due.add(jobId, chains);
    this.resting = {
      ...{ session, wait, interrupt, onProgress },
      chainIds: new Set(jobs.flatMap(({ oldChains }) => oldChains.map(String))),
      // Old chains and new ones may be of different clients.
      clientNames: new Set([null]),
      isDue: (minute) => this.due.isDue(minute),
    };
  }

  /**
   * Waits until none of the old chains runs, and no tick is near.
   * @throws Failure of code `refused` where they run for as long as `--wait`
   */
  async gap(): Promise<Sight> {
    return awaitGap(this.resting);
  }

  /** What decides when the chains may be exchanged, beside what is known of the clients. */
  get isDue(): Turns['isDue'] {
    return this.resting.isDue;
  }

  /** Whether an old chain runs now. */
  async isBusy(): Promise<boolean> {
    return isRunningNow(this.resting);
  }

  /** By when a commit has to be there, by the target's clock; null where no moment is better than another. */
  deadline({ clock, turns }: Sight): number | null {
    const now = clock();
    return hasGaps(startOfMinute(now), turns) ? stopDeadline(now, turns) + turns.offset : null;
  }

  /** What is to be said of the exchange. */
  report(commit: Commit, { ticks, offset }: Pick<Turns, 'ticks' | 'offset'>): Replacement {
    const iso = (instant: number): string => isoInZone(this.resting.session.clocks.source, instant);
    return {
      jobs: this.jobs.length,
      at: iso(commit.landed),
      unsure: unsureMinutes(commit, { isDue: this.isDue, ticks, offset }).map((minute) => ({
        minute: iso(minute),
        jobIds: this.due.jobsAt(minute),
      })),
    };
  }
}
