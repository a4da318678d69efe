import type pg from 'pg';
import { Failure } from '../model/failure.ts';
import type { SessionAttributes } from './endpoint.ts';

/**
 * Holds a session to target_session_attrs; with one host prefer-standby takes what there is.
 * @throws Failure of code `failed`
 */
export async function checkSessionAttributes(
  client: pg.Client,
  wanted: SessionAttributes,
  side: string,
): Promise<void> {
  if (wanted === 'any' || wanted === 'prefer-standby') return;
  const { rows } = await client.query<{ standby: boolean; readOnly: boolean }>(
    `SELECT pg_catalog.pg_is_in_recovery() AS standby,
            pg_catalog.current_setting('default_transaction_read_only') = 'on' AS "readOnly"`,
  );
  const [{ standby, readOnly } = { standby: false, readOnly: false }] = rows;
  const is: Record<typeof wanted, boolean> = {
    'read-write': !standby && !readOnly,
    'read-only': standby || readOnly,
    primary: !standby,
    standby,
  };
  if (is[wanted]) return;
  throw new Failure(
    'failed',
    `The server of the ${side} is not what target_session_attrs=${wanted} asks for.`,
    'Name another server, or leave it out.',
  );
}
