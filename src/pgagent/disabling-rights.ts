import type { Client } from '../postgres/connect.ts';

/** What stands in the way of disabling jobs. */
export interface Disabling {
  /** Whether this user's transactions are read-only by default. */
  readonly isReadOnly: boolean;
  /** The columns of pgagent.pga_job that this user may not change. */
  readonly deniedColumns: readonly string[];
}

/** pgAgent's own trigger empties jobnextrun of a disabled job, and needs no right for that. */
const CHANGED = ['jobenabled', 'jobchanged', 'jobnextrun'];

/** Looks whether this user may disable jobs and enable them again. */
export async function lookAtDisabling(client: Client): Promise<Disabling> {
  const { rows } = await client.query<Disabling>(
    `SELECT current_setting('default_transaction_read_only') = 'on' AS "isReadOnly",
            ARRAY (SELECT wanted FROM unnest($1::text[]) WITH ORDINALITY AS columns (wanted, place)
                    WHERE NOT pg_catalog.has_column_privilege('pgagent.pga_job', wanted, 'UPDATE')
                    ORDER BY place) AS "deniedColumns"`,
    [CHANGED],
  );
  return rows[0] ?? { isReadOnly: false, deniedColumns: [] };
}
