import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** pgAgent: a pool of connections; pg_timetable: a connection a task. */
export const sqlSteps = rule(
  'sql-steps',
  'info',
  () =>
    "SQL steps ran as pgAgent's database user; they run as the role that pg_timetable connects as, where they have no connection string of their own. What a connection string leaves out (a password, a port, sslmode) comes from pg_timetable's environment and .pgpass.",
);

/** What PostgreSQL's grammar refuses fails under both; what is looked for in SQL was not looked for. */
export const sqlUnread = rule(
  'sql-unread',
  'warning',
  (why: string) =>
    varied`was not looked into (${{ why }}): what other advisories say of SQL is not known of it. See in pga_jobsteplog whether the step ever worked: if it did, read it yourself; if it is a mistake in the SQL, it failed under pgAgent and fails under pg_timetable, so mend or disable it.`,
);

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probe blank. */
export const emptySql = rule(
  'empty-sql',
  'warning',
  () =>
    'is blank or holds semicolons alone: under pgAgent it failed each time. Under pg_timetable a blank text fails too, but semicolons succeed, so that steps behind it which never ran will run. Disable it, or take it out.',
);

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probe comment-only. */
export const commentOnly = rule(
  'comment-only',
  'warning',
  (onError: 'fail' | 'success' | 'ignore') =>
    `holds comments alone: under pgAgent it failed each time; under pg_timetable it succeeds${
      onError === 'fail' ? ', so the steps behind it, which never ran, will run' : ''
    }. Disable it, or take it out.`,
);

/** Recorded: probe copy-from-stdin hangs; pgAgent counts it as a success that copies nothing. */
export const copyFromStdin = rule(
  'copy-from-stdin',
  'warning',
  () =>
    'holds COPY ... FROM STDIN: under pgAgent that took the whole text back and counted as a success; pg_timetable waits for data for ever, keeps one of its workers, and the chain never runs again. Take it out, or let psql do it in a batch step.',
);

/** Measured: both throw the rows away; pgAgent then takes an error after the COPY for a success. */
export const copyToStdout = rule(
  'copy-to-stdout',
  'info',
  () =>
    'holds COPY ... TO STDOUT: its rows go nowhere, under pgAgent as under pg_timetable. An error behind it in the same text counted as a success under pgAgent; pg_timetable fails the step.',
);

/** Measured: pgAgent puts a connection back into its pool with the failed transaction on it. */
export const explicitTransaction = rule(
  'explicit-transaction',
  'info',
  () =>
    'has a BEGIN and its COMMIT: when it failed between them, pgAgent kept the failed transaction on its connection, and whatever ran there next failed too. pg_timetable closes the connection, so the steps behind it run if the error is ignored.',
);

/** Measured: pgAgent puts the connection back into its pool with the transaction open; pg_timetable closes it. */
export const openTransaction = rule(
  'open-transaction',
  'warning',
  (isChain: boolean) =>
    `begins a transaction and does not end it. Under pgAgent its work was lost, or came into the step that got the same connection next; ${
      isChain
        ? "with --transaction chain it stays, if the chain succeeds. Take the BEGIN out; a COMMIT would end the chain's own transaction."
        : 'under pg_timetable it is rolled back each time. Add the COMMIT that is missing, or take the BEGIN out.'
    }`,
);

/** Measured: pgAgent's steps share a pool of connections; each autonomous or remote task has one of its own. */
export const sharedSession = rule(
  'shared-session',
  'warning',
  (links: readonly string[], option: { readonly jobId: number; readonly mode: 'joined' | 'chain' } | null) =>
    varied`has steps that need one session: ${{ what: links.join('; ') }}. Under pgAgent they had one while the agent was quiet; now each step has its own. Put them into one step${
      option === null
        ? '.'
        : varied`, or let them share a session${option.mode === 'chain' ? ' and a transaction' : ''}: --transaction ${{ job: option.jobId }}=${option.mode}`
    }`,
);

/** Measured: pgAgent's second step fails with "already exists", while both have one connection. */
export const madeTwice = rule(
  'made-twice',
  'warning',
  (what: string, by: string) =>
    varied`makes ${{ what: what.replace(/^the /, 'a second time the ') }}, which ${{ by }} left in its session. Under pgAgent it failed there ("already exists"). Now it works, and the steps after it may run for the first time. Check pga_jobsteplog, and disable what shall not run.`,
);

/** PostgreSQL (PreventInTransactionBlock; plpgsql, invalid transaction termination), recorded: probe vacuum-local. */
export const refusedInTransaction = rule(
  'refused-in-transaction',
  'error',
  (what: readonly string[]) =>
    varied`holds what PostgreSQL refuses inside a transaction (${{ what: what.join(', ') }}), so with --transaction chain it would fail each time. Move this job without that option.`,
);

/** Measured on 7.0.0: a COMMIT in a local task ends the chain's own transaction, a CALL that commits fails. */
export const commitInChain = rule('commit-in-chain', 'warning', (what: 'ends' | 'calls') =>
  what === 'ends'
    ? "ends the transaction itself, and with --transaction chain that is the chain's: the steps before it are committed or rolled back with it, and each step behind it commits by itself. Move this job without --transaction chain."
    : 'calls a procedure: if that commits, it fails with --transaction chain each time ("invalid transaction termination"). Move this job without --transaction chain.',
);

/** Measured: a chain's own transaction idles while its steps run, and a job's lock is in it. */
export const endsSessions = rule(
  'ends-sessions',
  'warning',
  () =>
    "ends or cancels other sessions. pg_timetable keeps one idle in transaction for each chain that runs, which pgAgent did not: if the step ends such sessions, it takes away the chain's own transaction, and the lock that keeps the chains of a job apart. Let it leave out application_name = 'pg_timetable'.",
);

/** Measured: pgAgent's pooled connection stays in the database of a step, and PostgreSQL refuses. */
export const emptyDatabase = rule(
  'empty-database',
  'warning',
  (what: string, database: string, why: string) =>
    varied`has ${{ what }} for "${{ database }}", which needs a database without sessions. Under pgAgent it has probably failed: ${{ why }}. Under pg_timetable it works, so what it drops is gone. Check pga_jobsteplog, and disable it if it shall not run.`,
);

/** Measured: pg_timetable is always connected to its own database. */
export const emptyDatabaseOwn = rule(
  'empty-database-own',
  'warning',
  (what: string, database: string) =>
    varied`has ${{ what }} for "${{ database }}", which needs a database without sessions. It is pg_timetable's own database, so the step fails each time.`,
);

/** Measured: a step that has its connection already goes on; a new connection is refused. */
export const sessionLimit = rule(
  'session-limit',
  'warning',
  (limits: readonly string[]) =>
    varied`limits who may connect (${{ limits: limits.join(', ') }}). Under pgAgent the SQL steps after it could go on with connections that were open; now each of them opens its own, and may be refused.`,
);

/** Measured: a chain's own transaction is idle while its steps run, with its lock. */
export const looksAtSessions = rule(
  'looks-at-sessions',
  'warning',
  (seen: readonly string[]) =>
    varied`looks at sessions or locks (${{ seen: seen.join(', ') }}). pg_timetable keeps a transaction of each chain that runs, this one too: idle in transaction, as old as the run. A guard on that stops every run. To leave it out of pg_stat_activity: AND application_name <> 'pg_timetable'`,
);

/** Measured with pg_repack 1.4.8: it asks pg_locks for the virtual transactions of its database, and waits for each. */
export const waitsForTransactions = rule(
  'waits-for-transactions',
  'warning',
  () =>
    "runs pg_repack, which waits until every older transaction in its database has ended. In pg_timetable's own database its chain has one, so the step waits for ever. Run it by cron, or by a pg_timetable that lives in another database.",
);

/** Measured: pgAgent's sessions have no application_name. */
export const applicationName = rule(
  'application-name',
  'warning',
  () =>
    "reads application_name. It was empty in pgAgent's sessions; in those of pg_timetable it is 'pg_timetable'. Compare with that name where the sessions of jobs are meant.",
);

/** Measured: each message is a row of timetable.log before the next is read. */
export const manyNotices = rule(
  'many-notices',
  'info',
  () =>
    'raises messages in a loop. pg_timetable writes each into timetable.log while the step waits: ten thousands of them make it ten times slower, and its locks last as long. pgAgent kept none. To leave them out: SET client_min_messages = error',
);

/** pgAgent: jstonerror s; pg_timetable: ignore_error. */
export const successOnError = rule(
  'success-on-error',
  'info',
  () => 'counted a failure as a success in pgAgent; pg_timetable goes on too, but logs it as a failure.',
);
