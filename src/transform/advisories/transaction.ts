import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** pg_timetable: local SQL tasks run in the chain's own transaction (transaction.go, ExecLocalSQLTask). */
export const chainTransaction = rule(
  'chain-transaction',
  'info',
  (steps: number) =>
    varied`has ${{ steps: steps === 1 ? 'a SQL step' : `${steps} SQL steps` }} in the transaction of its chain (--transaction chain). They commit when the last step of the chain has ended. A failure that is not ignored rolls them back. Under pgAgent each step committed by itself.`,
);

/** Measured: a COMMIT between statements that are sent at once ends their transaction, and keeps the session. */
export const joinedSteps = rule('joined-steps', 'info', (others: number) =>
  others === 0
    ? 'has no two SQL steps of one connection in a row, so --transaction JOB=joined joins nothing.'
    : varied`runs in one task with the ${{ steps: others === 1 ? 'SQL step' : `${others} SQL steps` }} after it (--transaction JOB=joined). They share a session, and each commits by itself. The task has one row in the log, and PostgreSQL warns once a COMMIT.`,
);

/** Measured: the clocks of a transaction start with the message that holds all the texts. */
export const joinedClock = rule(
  'joined-clock',
  'warning',
  () =>
    'reads now() or a similar clock, in one task with the steps before it. It gets the time at which the first of them began. To get the time of this step: `clock_timestamp()`',
);

/** Measured: a statement that must stand alone is refused beside others. */
export const joinRefused = rule(
  'join-refused',
  'error',
  (reasons: readonly string[]) =>
    `cannot share a task with the steps beside it (--transaction JOB=joined), because it has ${reasons.join(', ')}. Move this job without that option.`,
);

/** What runs on another connection sees nothing of a transaction that is not committed, and waits for its locks. */
export const chainTransactionOthers = rule(
  'chain-transaction-others',
  'warning',
  (names: readonly string[]) =>
    varied`has steps outside the chain's transaction (${{ names: names.join(', ') }}). They do not see what the SQL steps before them wrote, and wait forever for rows and tables that those steps lock. Under pgAgent all of that was committed by then. Move this job without --transaction chain.`,
);

/** Measured: above read committed the chain's own transaction keeps the snapshot of its first statement. */
export const chainIsolation = rule(
  'chain-isolation',
  'warning',
  (isolation: string) =>
    `the target has default_transaction_isolation = ${isolation} for pg_timetable's role: each chain keeps a snapshot while its steps run. CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY in a step wait forever for their own chain, and VACUUM after a DELETE removes nothing. Set it to read committed for that role. Set the level in the steps that need it.`,
);

/** Measured: such a timeout ends the chain's own transaction; its autonomous tasks go on. */
export const transactionTimeout = rule(
  'transaction-timeout',
  'warning',
  (settings: readonly string[], isChain: boolean) =>
    `the target has ${settings.join(' and ')} for pg_timetable's role. A chain keeps a transaction open while its steps run, and a longer run loses it. ${isChain ? 'With --transaction chain its SQL steps are rolled back and the steps after them fail' : 'The steps continue and commit, but the run ends with "cannot commit" in the log'}. Under pgAgent there was no such transaction. Set ${settings.length === 1 ? 'it' : 'them'} to 0 for that role.`,
);

/** Measured: such a timeout ends the chain's own transaction while its steps go on. */
export const lockTimeout = rule(
  'lock-timeout',
  'warning',
  (settings: readonly string[]) =>
    `has chains that a lock keeps apart. On the target ${settings.join(' and ')} will end the transaction with the lock if the steps take longer. Set ${settings.length === 1 ? 'it' : 'them'} to 0 for pg_timetable's role.`,
);
