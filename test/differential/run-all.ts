import { type Engine, onPath } from '../engine/engine.ts';
import type { Server } from '../servers/postgres.ts';
import type { DifferentialJob } from './differential-job.ts';
import type { Effects } from './effects.ts';
import { runUnderAgent } from './under-agent.ts';
import { type Migrated, runUnderTimetable, type Transaction } from './under-timetable.ts';

/** A migrated job on its way; whoever awaits it hears of its failure. */
export interface MigratedRun {
  readonly jobId: string;
  readonly transaction: Transaction;
  readonly migrated: Promise<Migrated>;
}

/** A job on its way under pgAgent. */
export interface AgentRun {
  readonly jobId: string;
  readonly effects: Promise<Effects>;
}

// The two schedulers and the server mostly wait for each other.
const AT_ONCE = 6;

/** At most so many pieces of work at a time, begun in the order in which they are handed in. */
class Turns {
  #free = AT_ONCE;
  readonly #waiting: (() => void)[] = [];

  /** Begins work when it is its turn. A failure that nobody awaits yet is no crash. */
  begin<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#inTurn(work);
    result.catch(() => {});
    return result;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((turn) => this.#waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

const turns = new Turns();

/** Why this machine cannot run a job, or null. */
export function cannotRunHere({ needs = [] }: DifferentialJob): string | null {
  const program = needs.find((name) => onPath(name) === null);
  if (program === undefined) return null;
  const debian = program === 'pg_repack' ? 'postgresql-15-repack' : program;
  return `this machine has no ${program} (Debian: apt-get install ${debian})`;
}

// For the job that looks at the environment, which both schedulers inherit.
process.env.PGA2TT_ENVIRONMENT = 'from the scheduler';

/** Begins to run each job under pgAgent. @param home a folder that stays until all have ended */
export function beginUnderAgent(
  server: Server,
  jobs: readonly DifferentialJob[],
  home: string,
): readonly AgentRun[] {
  return jobs.map((job, index) => ({
    jobId: job.id,
    effects: turns.begin(() => runUnderAgent(server, job, `agent${index}`, home)),
  }));
}

/** Begins to migrate and run each job, with --transaction chain as well where the table says so. */
export function beginMigrated(
  engine: Engine,
  server: Server,
  jobs: readonly DifferentialJob[],
  home: string,
): readonly MigratedRun[] {
  return jobs.flatMap((job, index) => {
    const begin = (transaction: Transaction): MigratedRun => ({
      jobId: job.id,
      transaction,
      migrated: turns.begin(() =>
        runUnderTimetable(engine, server, job, `${transaction}${index}`, home, transaction),
      ),
    });
    return job.inOneTransaction === undefined ? [begin('step')] : [begin('step'), begin('chain')];
  });
}
