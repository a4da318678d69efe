import type { Client } from '../postgres/connect.ts';

/** Whether a role can be that of a pg_timetable. */
export interface ClientRole {
  readonly mayLogIn: boolean;
  /** What it may not, of what every pg_timetable does: `INSERT on timetable.log`. */
  readonly missing: readonly string[];
}

/** What every client does with its schema (pg_timetable: access.go, try_lock_client_name, the log hook). */
const NEEDED = [
  ...['SELECT chain', 'SELECT task', 'SELECT parameter'],
  ...['SELECT active_session', 'INSERT active_session', 'DELETE active_session'],
  ...['SELECT active_chain', 'INSERT active_chain', 'DELETE active_chain'],
  ...['INSERT log', 'INSERT execution_log'],
].map((text) => text.split(' '));

/** Looks whether a role could run chains. @param role that is there */
export async function lookAtClientRole(client: Client, role: string): Promise<ClientRole> {
  const { rows } = await client.query<ClientRole & { mayUse: boolean }>(
    `SELECT r.rolcanlogin AS "mayLogIn",
            pg_catalog.has_schema_privilege(r.oid, 'timetable', 'USAGE') AS "mayUse",
            ARRAY (SELECT needed.r || ' on timetable.' || needed.t
                     FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS needed (r, t, place)
                     JOIN pg_catalog.pg_class c ON c.relnamespace = 'timetable'::regnamespace AND c.relname = needed.t
                    WHERE NOT pg_catalog.has_table_privilege(r.oid, c.oid, needed.r)
                    ORDER BY place) AS missing
       FROM pg_catalog.pg_roles r
      WHERE r.rolname = $1`,
    [role, NEEDED.map(([right]) => right), NEEDED.map(([, table]) => table)],
  );
  const { mayLogIn, mayUse, missing } = rows[0] ?? { mayLogIn: true, mayUse: true, missing: [] };
  return { mayLogIn, missing: mayUse ? missing : ['USAGE on schema timetable', ...missing] };
}
