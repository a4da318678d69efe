/**
 * SQL for whether a session of PostgreSQL's (`a`, of pg_stat_activity) is the one that a row of timetable.active_session (`s`) speaks
 * of: rows outlive their client, come along in a dump, and process ids are given anew. started_at is missing in old schemas.
 */
export const IS_ITS_SESSION = `
  a.pid = s.server_pid AND a.datname = current_database()
  AND coalesce(a.backend_start <= (to_jsonb(s) ->> 'started_at')::timestamptz, true)`;
