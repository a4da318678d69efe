import type { Client } from '../postgres/connect.ts';
import { findSequencesBehind } from '../postgres/sequences-behind.ts';
import { IS_AGENTS_SESSION } from './source.ts';

/** An agent that is connected: the process id of its session, which `jobagentid` names, and its station. */
export interface ConnectedAgent {
  readonly pid: number;
  readonly station: string;
}

/** What pgAgent wrote about the run that a job was taken for. */
export interface RunLog {
  /** Of the row in `pga_joblog` that stands at 'r'. */
  readonly logId: number;
  readonly start: number;
  /** How many steps have been begun. */
  readonly begunSteps: number;
  /** Of the row in `pga_jobsteplog` that stands at 'r', and its step; null between two steps and behind the last. */
  readonly runningStep: { readonly stepLogId: number; readonly stepId: number } | null;
}

/** A job that is taken, due, or was taken within the current minute, as it stood at one look. */
export interface SeenJob {
  readonly jobId: number;
  readonly jobName: string;
  readonly enabled: boolean;
  readonly hostAgent: string;
  /** jobagentid */
  readonly agentId: number | null;
  /** jobnextrun */
  readonly nextRun: number | null;
  /** joblastrun */
  readonly lastRun: number | null;
  readonly isDue: boolean;
  readonly tookThisMinute: boolean;
  readonly run: RunLog | null;
}

/** The log tables whose ids pgAgent takes from a sequence. */
export type LogTable = (typeof LOGS)[number]['name'];

/** One look at pgAgent's tables. Instants are milliseconds since 1970 UTC by the server's clock. */
export interface JobsLook {
  readonly at: number;
  readonly agents: readonly ConnectedAgent[];
  /** By job id; only those that are taken, due, or were taken within the current minute. */
  readonly jobs: ReadonlyMap<number, SeenJob>;
  /** Whether another session was about to change a job or a log, so that rows in flight were out of sight. */
  readonly isBeingWritten: boolean;
  /** The log tables whose sequence gives an id next that is taken already, as after a restore of rows alone. */
  readonly sequencesBehind: readonly LogTable[];
}

interface JobOfState {
  readonly jobId: number;
  readonly jobName: string;
  readonly enabled: boolean;
  readonly hostAgent: string;
  readonly lastRun: number | null;
  /** Taken within the minute of the second look: one that pg_timetable would run again. */
  readonly tookThisMinute: boolean;
}

/** `starting` and `ending` are the moments before the first step and behind the last, or between two. */
export interface RunningJob extends JobOfState {
  readonly kind: 'running';
  readonly phase: 'starting' | 'step' | 'between-steps-or-ending';
  readonly station: string;
  readonly since: number | null;
  readonly stepId: number | null;
}

/**
 * A job that is taken, and that nobody works on: it never runs again until an agent starts anew. `dead-agent`: who took
 * it is not connected; `stepId` is the step that it was in, which the server or a script may still be at. `after-run`: its agent ran it and could not let it go, as happens on the 31st. `no-log`: its
 * agent took it and could not write the log's first row.
 */
export interface StuckJob extends JobOfState {
  readonly kind: 'stuck';
  readonly reason:
    | { readonly kind: 'dead-agent'; readonly agentId: number; readonly stepId: number | null }
    | { readonly kind: 'after-run'; readonly station: string; readonly logId: number }
    | { readonly kind: 'no-log'; readonly station: string; readonly sequenceIsBehind: boolean };
}

/** Due and taken by nobody. An agent that is connected and may take it will do so when it next looks. */
export interface OverdueJob extends JobOfState {
  readonly kind: 'overdue';
  readonly dueSince: number;
  /** The stations that may take it; none where no agent is connected or all are of other hosts. */
  readonly takers: readonly string[];
}

/** At rest, after a run that began within the current minute. */
export interface JustRunJob extends JobOfState {
  readonly kind: 'took-this-minute';
}

/** What a job is about at a moment; a job without one is at rest. */
export type JobState = RunningJob | StuckJob | OverdueJob | JustRunJob;

/**
 * How long to pause between the two looks of `judgeJobs`, in milliseconds. Between two steps pgAgent asks the server
 * three times, one after the other; the rest is room for a slow network and a busy machine.
 */
export const PAUSE_BETWEEN_LOOKS = 2000;

/**
 * Reads how pgAgent's jobs stand right now.
 * @param client of a user that may read pgAgent's tables, in no transaction: inside one the sessions of the server are
 *   seen as they were at its start
 * @param jobIds those that matter; null for all
 */
export async function lookAtJobs(client: Client, jobIds: readonly number[] | null): Promise<JobsLook> {
  // Before the rows: who ends a run while they are read is seen either here or there.
  const isBeingWritten = await areRowsInFlight(client);
  const sequencesBehind = (await findLogsBehind(client)).map(({ name }) => name);
  const { rows } = await client.query<{ at: string; agents: ConnectedAgent[]; jobs: SeenJob[] }>(LOOK, [
    jobIds,
  ]);
  const [look] = rows;
  return {
    at: Number(look?.at),
    agents: look?.agents ?? [],
    jobs: new Map((look?.jobs ?? []).map((job) => [job.jobId, job])),
    isBeingWritten,
    sequencesBehind,
  };
}

// Milliseconds as whole numbers, since the role's settings may round what has a fraction. An infinite time is a very
// large one: JSON knows no infinity.
const millis = (time: string): string =>
  `CASE WHEN pg_catalog.isfinite(${time}) THEN floor(extract(epoch FROM ${time}) * 1000)::int8
        WHEN ${time} > now() THEN 8640000000000000 WHEN ${time} < now() THEN -8640000000000000 END`;

// One statement, so that jobs and logs are of one snapshot. The agents are those of connectedAgents in source.ts.
// The run that a job was taken for began to log behind joblastrun: rows at 'r' that a crash left long ago do not count.
const LOOK = `
  WITH seen AS (SELECT clock_timestamp() AS at),
       agent AS (
         SELECT a.jagpid AS pid, a.jagstation AS station
           FROM pgagent.pga_jobagent a
           JOIN pg_catalog.pg_stat_activity s
             ON ${IS_AGENTS_SESSION}),
       candidate AS (
         SELECT j.*, j.jobagentid IS NULL AND j.jobenabled AND coalesce(j.jobnextrun <= seen.at, false) AS is_due,
                coalesce(j.joblastrun >= date_trunc('minute', seen.at), false) AS took_this_minute
           FROM pgagent.pga_job j, seen
          WHERE $1::int[] IS NULL OR j.jobid IN (SELECT unnest($1::int[]))),
       job AS (SELECT * FROM candidate WHERE jobagentid IS NOT NULL OR is_due OR took_this_minute)
  SELECT ${millis('seen.at')}::text AS at,
         (SELECT coalesce(json_agg(json_build_object('pid', pid, 'station', station) ORDER BY station, pid), '[]')
            FROM agent) AS agents,
         (SELECT coalesce(json_agg(json_build_object(
                   'jobId', job.jobid, 'jobName', job.jobname, 'enabled', job.jobenabled,
                   'hostAgent', job.jobhostagent, 'agentId', job.jobagentid,
                   'nextRun', ${millis('job.jobnextrun')}, 'lastRun', ${millis('job.joblastrun')},
                   'isDue', job.is_due, 'tookThisMinute', job.took_this_minute,
                   'run', CASE WHEN log.jlgid IS NOT NULL THEN json_build_object(
                     'logId', log.jlgid, 'start', ${millis('log.jlgstart')}, 'begunSteps', step.begun,
                     'runningStep', step.running) END) ORDER BY job.jobid), '[]')
            FROM job
            LEFT JOIN LATERAL (
              SELECT l.jlgid, l.jlgstart
                FROM pgagent.pga_joblog l
               WHERE l.jlgjobid = job.jobid AND l.jlgstatus = 'r' AND job.jobagentid IS NOT NULL
                 AND l.jlgstart >= coalesce(job.joblastrun, '-infinity')
               ORDER BY l.jlgstart DESC, l.jlgid DESC
               LIMIT 1) log ON true
            LEFT JOIN LATERAL (
              SELECT count(*)::int AS begun,
                     (json_agg(json_build_object('stepLogId', s.jslid, 'stepId', s.jsljstid))
                        FILTER (WHERE s.jslstatus = 'r')) -> 0 AS running
                FROM pgagent.pga_jobsteplog s
               WHERE s.jsljlgid = log.jlgid) step ON true) AS jobs
    FROM seen`;

// pg_locks shows everyone's locks to everyone. pgAgent's last statement of a run locks the log first, then the job.
async function areRowsInFlight(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ busy: boolean }>(`
    SELECT EXISTS (
      SELECT FROM pg_catalog.pg_locks l
       WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
         AND l.relation IN ('pgagent.pga_job'::regclass, 'pgagent.pga_joblog'::regclass,
                            'pgagent.pga_jobsteplog'::regclass)) AS busy`);
  return rows[0]?.busy ?? false;
}

/** What pgAgent logs, with the columns that it takes from a sequence. */
const LOGS = [
  { name: 'pga_joblog', table: 'pgagent.pga_joblog', column: 'jlgid', taken: Infinity },
  { name: 'pga_jobsteplog', table: 'pgagent.pga_jobsteplog', column: 'jslid', taken: Infinity },
] as const;

/** The logs whose sequence is behind their table: a restore of pgAgent's dump leaves them so. */
export function findLogsBehind(client: Client): Promise<readonly (typeof LOGS)[number][]> {
  return findSequencesBehind(client, LOGS);
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
    return { ...about, kind: 'overdue', dueSince: job.nextRun, takers: takersOf(job, look) };
  return tookThisMinute ? { ...about, kind: 'took-this-minute' } : null;
}

/** By pgAgent's own condition: any host, or this one. */
function takersOf({ hostAgent }: SeenJob, { agents }: JobsLook): readonly string[] {
  const stations = agents.map(({ station }) => station);
  return [...new Set(stations.filter((station) => hostAgent === '' || hostAgent === station))];
}

type Taken = Omit<RunningJob, keyof JobOfState> | Omit<StuckJob, keyof JobOfState>;

function judgeTaken(job: SeenJob, agentId: number, before: SeenJob | undefined, look: JobsLook): Taken {
  const agent = look.agents.find(({ pid }) => pid === agentId);
  const stepId = job.run?.runningStep?.stepId ?? null;
  if (!agent) return { kind: 'stuck', reason: { kind: 'dead-agent', agentId, stepId } };
  const { station } = agent;
  const { run } = job;
  const since = run?.start ?? job.lastRun;
  if (stepId !== null) return { kind: 'running', phase: 'step', station, since, stepId };
  if (before === undefined || hasMoved(before, job)) {
    const phase = run === null ? 'starting' : 'between-steps-or-ending';
    return { kind: 'running', phase, station, since, stepId };
  }
  if (run !== null) return { kind: 'stuck', reason: { kind: 'after-run', station, logId: run.logId } };
  const sequenceIsBehind = look.sequencesBehind.includes('pga_joblog');
  return { kind: 'stuck', reason: { kind: 'no-log', station, sequenceIsBehind } };
}

// A job that is taken anew has another joblastrun.
function hasMoved(before: SeenJob, now: SeenJob): boolean {
  return (
    before.lastRun !== now.lastRun ||
    before.run?.begunSteps !== now.run?.begunSteps ||
    (before.run?.runningStep ?? null) !== null
  );
}
