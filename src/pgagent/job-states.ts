import type { ConnectedAgent, JobsLook, SeenJob } from './jobs-look.ts';

interface JobOfState {
  readonly jobId: number;
  readonly jobName: string;
  readonly enabled: boolean;
  readonly hostAgent: string;
  readonly lastRun: number | null;
  /** Taken within the minute of the second look: one that pg_timetable would run again. */
  readonly tookThisMinute: boolean;
}

/** `starting` and `ending` are the moments before the first step and after the last, or between two. */
export interface RunningJob extends JobOfState {
  readonly kind: 'running';
  readonly phase: 'starting' | 'step' | 'between-steps-or-ending';
  readonly station: string;
  readonly since: number | null;
  readonly stepId: number | null;
  /** Its agent, where that hangs: the job does not go on. */
  readonly hanging: ConnectedAgent | null;
}

/** A job whose agent is not connected any more, while a session still runs the step that it was in. */
export interface OrphanedJob extends JobOfState {
  readonly kind: 'orphaned';
  readonly agentId: number;
  readonly stepId: number;
  /** The process id of that session. */
  readonly backend: number;
}

/**
 * A job that is taken, and that nobody works on: it never runs again until an agent starts anew. `dead-agent`: who took
 * it is not connected; `stepId` is the step that it was in. `after-run`: its agent ran it and could not let it go, as happens on the 31st. `no-log`: its
 * agent took it and could not write the log's first row.
 */
export interface StuckJob extends JobOfState {
  readonly kind: 'stuck';
  readonly reason:
    | {
        readonly kind: 'dead-agent';
        readonly agentId: number;
        readonly begunSteps: number;
        readonly stepId: number | null;
        /** Whether the step may go on where it cannot be seen. */
        readonly mayStillRun: boolean;
      }
    | { readonly kind: 'after-run'; readonly station: string; readonly logId: number }
    | { readonly kind: 'no-log'; readonly station: string; readonly sequenceIsBehind: boolean };
}

/** Due and taken by nobody. An agent that is connected and may take it will do so when it next looks. */
export interface OverdueJob extends JobOfState {
  readonly kind: 'overdue';
  readonly dueSince: number;
  /** The stations that may take it; none where no agent is connected or all are of other hosts. */
  readonly takers: readonly string[];
  /** One of them, where they all hang: nobody takes it. */
  readonly hanging: ConnectedAgent | null;
}

/** At rest, after a run that began within the current minute. */
export interface JustRunJob extends JobOfState {
  readonly kind: 'took-this-minute';
}

/** What a job is about at a moment; a job without one is at rest. */
export type JobState = RunningJob | OrphanedJob | StuckJob | OverdueJob | JustRunJob;

/**
 * How long to pause between the two looks of `judgeJobs`, in milliseconds. Between two steps pgAgent asks the server
 * three times, one after the other; the rest is room for a slow network and a busy machine.
 */
export const PAUSE_BETWEEN_LOOKS = 2000;

/**
 * Milliseconds after which an agent that asks for nothing hangs: stopped, or its machine is gone. It looks for jobs each ten
 * seconds (-t), and with jobs that are due by the minute at least once a minute.
 */
const HANGS_AFTER = 90_000;

function hangs({ idleSince }: ConnectedAgent, { at }: JobsLook): boolean {
  return idleSince !== null && at - idleSince > HANGS_AFTER;
}

/**
 * Says what each job is about, by two looks with `PAUSE_BETWEEN_LOOKS` between them: a job between two of its steps looks
 * like one that is stuck, until it has moved. Where they are nearer to each other, or rows were in flight at the second
 * one, such a job counts as running: look again, and judge by the same first look.
 * @returns in the order of the job ids; a job that is not there is at rest
 */
export function judgeJobs(first: JobsLook, second: JobsLook): readonly JobState[] {
  // Timers may come a little early; clocks may be set.
  const isSettled = !second.isBeingWritten && second.at - first.at >= PAUSE_BETWEEN_LOOKS * 0.9;
  return [...second.jobs.values()]
    .map((job) => judge(job, isSettled ? first.jobs.get(job.jobId) : undefined, second))
    .filter((state) => state !== null)
    .sort((a, b) => a.jobId - b.jobId);
}

function judge(job: SeenJob, before: SeenJob | undefined, look: JobsLook): JobState | null {
  const { jobId, jobName, enabled, hostAgent, lastRun, tookThisMinute } = job;
  const about = { jobId, jobName, enabled, hostAgent, lastRun, tookThisMinute };
  if (job.agentId !== null) return { ...about, ...judgeTaken(job, job.agentId, before, look) };
  if (job.isDue && job.nextRun !== null)
    return { ...about, kind: 'overdue', dueSince: job.nextRun, ...takersOf(job, look) };
  return tookThisMinute ? { ...about, kind: 'took-this-minute' } : null;
}

/** By pgAgent's own condition: any host, or this one. */
function takersOf({ hostAgent }: SeenJob, look: JobsLook): Pick<OverdueJob, 'takers' | 'hanging'> {
  const agents = look.agents.filter(({ station }) => hostAgent === '' || hostAgent === station);
  return {
    takers: [...new Set(agents.map(({ station }) => station))],
    hanging: agents.every((agent) => hangs(agent, look)) ? (agents[0] ?? null) : null,
  };
}

type Taken =
  | Omit<RunningJob, keyof JobOfState>
  | Omit<OrphanedJob, keyof JobOfState>
  | Omit<StuckJob, keyof JobOfState>;

function judgeTaken(job: SeenJob, agentId: number, before: SeenJob | undefined, look: JobsLook): Taken {
  const agent = look.agents.find(({ pid }) => pid === agentId);
  if (!agent) return judgeLeft(job, agentId);
  const { station } = agent;
  const { run } = job;
  const stepId = run?.runningStep?.stepId ?? null;
  const since = run?.start ?? job.lastRun;
  const hanging = hangs(agent, look) ? agent : null;
  const about = { kind: 'running', station, since, stepId, hanging } as const;
  if (stepId !== null) return { ...about, phase: 'step' };
  // An agent that hangs goes on from here, once it can.
  if (before === undefined || hasMoved(before, job) || hanging !== null)
    return { ...about, phase: run === null ? 'starting' : 'between-steps-or-ending' };
  if (run !== null) return { kind: 'stuck', reason: { kind: 'after-run', station, logId: run.logId } };
  const sequenceIsBehind = look.sequencesBehind.includes('pga_joblog');
  return { kind: 'stuck', reason: { kind: 'no-log', station, sequenceIsBehind } };
}

/** Of a job that an agent left behind. */
function judgeLeft({ run }: SeenJob, agentId: number): Taken {
  const step = run?.runningStep ?? null;
  if (step !== null && step.backend !== null)
    return { kind: 'orphaned', agentId, stepId: step.stepId, backend: step.backend };
  return {
    kind: 'stuck',
    reason: {
      kind: 'dead-agent',
      agentId,
      begunSteps: run?.begunSteps ?? 0,
      stepId: step?.stepId ?? null,
      mayStillRun: step?.mayBeOutOfSight ?? false,
    },
  };
}

// A job that is taken anew has another joblastrun.
function hasMoved(before: SeenJob, now: SeenJob): boolean {
  return (
    before.lastRun !== now.lastRun ||
    before.run?.begunSteps !== now.run?.begunSteps ||
    (before.run?.runningStep ?? null) !== null
  );
}
