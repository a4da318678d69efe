import type { Client } from '../postgres/connect.ts';
import { findSequencesBehind } from '../postgres/sequences-behind.ts';
import { IS_AGENTS_SESSION } from './source.ts';

/** An agent that is connected: the process id of its session, which `jobagentid` names, and its station. */
export interface ConnectedAgent {
  readonly pid: number;
  readonly station: string;
  /** Since when it has asked the server for nothing; null while it does, or where this user may not look into its session. */
  readonly idleSince: number | null;
}

/** What pgAgent wrote about the run that a job was taken for. */
export interface RunLog {
  /** Of the row in `pga_joblog` that stands at 'r'. */
  readonly logId: number;
  readonly start: number;
  /** How many steps have been begun. */
  readonly begunSteps: number;
  /** Null between two steps and after the last. */
  readonly runningStep: RunningStep | null;
}

/** A step whose row in `pga_jobsteplog` stands at 'r'. */
export interface RunningStep {
  readonly stepLogId: number;
  readonly stepId: number;
  /** The session of this server that runs its text now, in whatever database; only where the job's agent is not connected. */
  readonly backend: number | null;
  /** Whether it may run out of sight: a batch, a connection string of its own, sessions that do not show what they run. */
  readonly mayBeOutOfSight: boolean;
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

// A session shows the first bytes of its text, up to a whole character of at most four.
const RUNS_STEP = `a.state = 'active' AND a.query_start >= s.jslstart AND starts_with(t.jstcode, a.query)
                   AND (a.query = t.jstcode
                        OR octet_length(a.query) >= pg_size_bytes(current_setting('track_activity_query_size')) - 4)`;
// Of a session that this user may not look into the state is null, of one that shows nothing 'disabled'.
const IS_SILENT = `a.datid IS NOT NULL AND coalesce(a.state, 'disabled') = 'disabled'
                   AND coalesce(a.backend_type, 'client backend') = 'client backend'`;

// One statement, so that jobs and logs are of one snapshot. The agents are those of connectedAgents in source.ts.
// The run that a job was taken for began to log after joblastrun: rows at 'r' that a crash left long ago do not count.
const LOOK = `
  WITH seen AS (SELECT clock_timestamp() AS at),
       agent AS (
         SELECT a.jagpid AS pid, a.jagstation AS station,
                CASE WHEN s.state = 'idle' THEN ${millis('s.state_change')} END AS idle_since
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
         (SELECT coalesce(json_agg(json_build_object('pid', pid, 'station', station, 'idleSince', idle_since) ORDER BY station, pid), '[]')
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
                     (json_agg(json_build_object('stepLogId', s.jslid, 'stepId', s.jsljstid, 'backend', at_it.pid,
                                'mayBeOutOfSight', coalesce(t.jstkind = 'b' OR t.jstconnstr <> '' OR at_it.is_any_silent, true)))
                        FILTER (WHERE s.jslstatus = 'r')) -> 0 AS running
                FROM pgagent.pga_jobsteplog s
                LEFT JOIN pgagent.pga_jobstep t ON t.jstid = s.jsljstid AND s.jslstatus = 'r'
                LEFT JOIN LATERAL (
                  SELECT min(a.pid) FILTER (WHERE ${RUNS_STEP}) AS pid, bool_or(${IS_SILENT}) AS is_any_silent
                    FROM pg_catalog.pg_stat_activity a) at_it
                  ON s.jslstatus = 'r' AND NOT EXISTS (SELECT FROM agent WHERE pid = job.jobagentid)
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
