import { Failure } from '../model/failure.ts';
import type { SessionAttributes } from './endpoint.ts';

/** What target_session_attrs is about. */
export interface FoundAttributes {
  readonly standby: boolean;
  readonly readOnly: boolean;
}

/** The statement that finds them. */
export const FIND_ATTRIBUTES = `
  SELECT pg_catalog.pg_is_in_recovery() AS standby,
         pg_catalog.current_setting('default_transaction_read_only') = 'on' AS "readOnly"`;

/**
 * Holds a session to target_session_attrs; with one host prefer-standby takes what there is.
 * @throws Failure of code `failed`
 */
export function checkSessionAttributes(
  { standby, readOnly }: FoundAttributes,
  wanted: SessionAttributes,
  side: string,
): void {
  if (wanted === 'any' || wanted === 'prefer-standby') return;
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
