import { startCall } from '../model/start-call.ts';
import type { Client } from '../postgres/connect.ts';
import { IS_ITS_SESSION } from './live-sessions.ts';

/**
 * Starts one chain of each job that is being handed over once, by the record: the one that holds the steps, else the first. One
 * connected client gets the call when the transaction under way commits.
 * @returns the jobs whose chain was told to start; one is missing where no client is connected that may run it
 */
export async function startChains(
  client: Client,
  source: string,
  jobIds: readonly number[],
): Promise<readonly number[]> {
  const { rows } = await client.query<{ jobId: number }>(
    `SELECT c.job_id AS "jobId", ${startCall('c.chain_id', 'c.client_name')}
       FROM (SELECT DISTINCT ON (j.job_id) j.job_id, c.chain_id, s.client_name
               FROM pga2timetable.job j
              CROSS JOIN LATERAL jsonb_array_elements(j.chains) WITH ORDINALITY AS e (chain, place)
               JOIN timetable.chain c ON c.chain_id = (e.chain ->> 'id')::bigint
               JOIN timetable.active_session s ON s.client_name = coalesce(c.client_name, s.client_name)
               JOIN pg_catalog.pg_stat_activity a ON ${IS_ITS_SESSION}
              WHERE j.source = $1 AND j.job_id = ANY ($2::int[]) AND j.phase = 'cutting-over' AND (e.chain ->> 'live')::boolean
              ORDER BY j.job_id, c.chain_name NOT LIKE '% [steps]', e.place, s.client_name) c`,
    [source, jobIds],
  );
  return rows.map(({ jobId }) => jobId);
}
