import type { DatabaseError } from 'pg';
import { Failure } from '../model/failure.ts';
import { errorCode, errorText, isConnectionLost } from './plain-words.ts';
import { type Numbered, setvalFor } from './sequences-behind.ts';

/** Runs something that talks to one side, and turns what that side refuses into plain words. */
export async function onSide<T>(side: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw describeQueryError(error, side);
  }
}

/** The same for a stream of values. */
export async function* fromSide<T>(side: string, values: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    throw describeQueryError(error, side);
  }
}

const DENIED = '42501';
const SAID_BY_SERVER = /^(?:57P|08)/;

/**
 * Reads what this user may not be allowed to, inside `onSide`, whose words hide the reason, and in no transaction, which a denial ends.
 * @returns null where it is denied
 */
export async function unlessDenied<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (errorCode(error) === DENIED) return null;
    throw error;
  }
}

function describeQueryError(error: unknown, side: string): unknown {
  const code = errorCode(error);
  if (error instanceof Failure || (code === '' && !isConnectionLost(error))) return error;
  if (isConnectionLost(error)) {
    return failed(
      // The words of Node say nothing more.
      `The connection to the ${side} was lost${SAID_BY_SERVER.test(code) ? `: ${errorText(error)}` : ''}.`,
      'Run this again when the server is back.',
      error,
    );
  }
  const taken = code === '23505' ? takenNumber(error as DatabaseError) : null;
  if (taken !== null) {
    return new Failure(
      'refused',
      `The sequence of ${taken.table}.${taken.column} is behind its table: it returned a number that a row already has. Nothing was written.`,
      `Run on the ${side}, then run this again: ${setvalFor(taken)}`,
      { cause: error },
    );
  }
  if (code === '23505' && (error as DatabaseError).table === 'chain') {
    return new Failure(
      'conflict',
      'A chain of one of these names came into the target just now.',
      'Run this again: --dry-run names it.',
      { cause: error },
    );
  }
  if (code === '55P03') {
    return failed(
      `Another session holds a lock on the tables of the ${side}.`,
      'Try again when it has ended.',
      error,
    );
  }
  if (code === DENIED)
    return failed(
      `The ${side} denies it: ${errorText(error)}.`,
      // PostgreSQL has no code of its own for it.
      errorText(error).includes('row-level security')
        ? 'Connect as the owner of the table, or as a role with BYPASSRLS: a policy may hide rows.'
        : 'Grant the right, or connect as another user.',
      error,
    );
  if (code === '22021') {
    return failed(
      `The ${side} holds text that is not in its encoding: ${errorText(error)}.`,
      'Find the job by moving a few at a time (--job), and fix its text.',
      error,
    );
  }
  if (code === '22P05') {
    return failed(
      `The encoding of the ${side} cannot hold a character of the jobs: ${errorText(error)}.`,
      'Use a target database in UTF8.',
      error,
    );
  }
  return failed(
    `The ${side} refused: ${errorText(error)} (SQLSTATE ${code}).`,
    'Run it with --verbose to see where.',
    error,
  );
}

// By a primary key of one column; the name of a chain has another constraint.
function takenNumber({ schema, table, constraint, detail }: DatabaseError): Numbered | null {
  const [, column] = /\((\w+)\)=/.exec(detail ?? '') ?? [];
  return constraint?.endsWith('_pkey') && column !== undefined
    ? { table: `${schema}.${table}`, column }
    : null;
}

function failed(message: string, remedy: string, cause: unknown): Failure {
  return new Failure('failed', `${message} Nothing was written.`, remedy, { cause });
}
