import type { Check } from '../model/preflight.ts';
import type { Client } from '../postgres/connect.ts';
import { errorCode, errorText } from '../postgres/plain-words.ts';
import { isInTransaction, withSavepoint } from '../postgres/savepoint.ts';
import { note } from './check.ts';

const DENIED = '42501';

/**
 * Makes a check; where an administrator has hidden a catalog that it looks into, a note that says so takes its place.
 * @param client whose transaction under way stays usable; without one nothing is begun
 * @param look sends all its statements at once
 */
export async function unlessHidden(
  client: Client,
  check: string,
  look: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  return noteIfHidden(check, isInTransaction(client) ? withSavepoint(client, look) : look());
}

/** The same for a look that is under way. */
export async function noteIfHidden(
  check: string,
  looking: Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await looking;
  } catch (error) {
    if (errorCode(error) !== DENIED) throw error;
    return [note(check, `This could not be checked: ${errorText(error)}.`)];
  }
}
