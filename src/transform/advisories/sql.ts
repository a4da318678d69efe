import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** pgAgent: a pool of connections; pg_timetable: a connection a task. */
export const sqlSteps = rule(
  'sql-steps',
  'info',
  () =>
    "SQL steps ran as pgAgent's database user; now they run as the role that pg_timetable connects as, unless they have a connection string. What a connection string leaves out (a password, a port, sslmode) comes from pg_timetable's environment and .pgpass.",
);

/** What PostgreSQL's grammar refuses fails under both; what is looked for in SQL was not looked for. */
export const sqlUnread = rule(
  'sql-unread',
  'warning',
  (why: string) =>
    varied`was not checked (${{ why }}), so advisories about SQL may be missing for it. Check in pga_jobsteplog whether the step ever worked. If it did, read it yourself. If the SQL has a mistake, the step failed under pgAgent and will fail under pg_timetable: fix or disable it.`,
);

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probe blank. */
export const emptySql = rule(
  'empty-sql',
  'warning',
  () =>
    'is blank or has only semicolons: under pgAgent it failed each time. Under pg_timetable a blank text fails too, but semicolons succeed. Then the steps after it, which never ran, will run. Disable it, or remove it.',
);

/** Measured: PQexec of an empty query is no success for pgAgent; recorded: probe comment-only. */
export const commentOnly = rule(
  'comment-only',
  'warning',
  (onError: 'fail' | 'success' | 'ignore') =>
    `has only comments: under pgAgent it failed each time; under pg_timetable it succeeds${
      onError === 'fail' ? ', so the steps after it, which never ran, will run' : ''
    }. Disable it, or remove it.`,
);

/** Recorded: probe copy-from-stdin hangs; pgAgent counts it as a success that copies nothing. */
export const copyFromStdin = rule(
  'copy-from-stdin',
  'warning',
  () =>
    'has COPY ... FROM STDIN. pgAgent rolled back the whole text and counted a success. pg_timetable waits forever for data: the chain keeps a worker and never runs again. Remove it, or use psql in a batch step.',
);

/** Measured: both throw the rows away; pgAgent then takes an error after the COPY for a success. */
export const copyToStdout = rule(
  'copy-to-stdout',
  'info',
  () =>
    'has COPY ... TO STDOUT: its rows are lost, under pgAgent and under pg_timetable. An error after it in the same text counted as a success under pgAgent; pg_timetable fails the step.',
);

/** Measured: pgAgent puts a connection back into its pool with the failed transaction on it. */
export const explicitTransaction = rule(
  'explicit-transaction',
  'info',
  () =>
    'has a BEGIN and its COMMIT. When it failed between them, pgAgent kept the failed transaction, and the next step on that connection failed too. pg_timetable closes the connection, so the steps after it run if the error is ignored.',
);

/** Measured: pgAgent puts the connection back into its pool with the transaction open; pg_timetable closes it. */
export const openTransaction = rule(
  'open-transaction',
  'warning',
  (isChain: boolean) =>
    `begins a transaction and does not end it. Under pgAgent its work was lost, or became part of the next step on that connection. ${
      isChain
        ? "With --transaction chain it is kept if the chain succeeds. Remove the BEGIN; a COMMIT would end the chain's own transaction."
        : 'pg_timetable rolls it back each time. Add the missing COMMIT, or remove the BEGIN.'
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
    varied`makes ${{ what: what.replace(/^the /, 'a second time the ') }}, which ${{ by }} left in its session. Under pgAgent it failed there ("already exists"). Now it works, and the steps after it may run for the first time. Check pga_jobsteplog, and disable what must not run.`,
);

/** PostgreSQL (PreventInTransactionBlock; plpgsql, invalid transaction termination), recorded: probe vacuum-local. */
export const refusedInTransaction = rule(
  'refused-in-transaction',
  'error',
  (what: readonly string[]) =>
    varied`has what PostgreSQL refuses inside a transaction (${{ what: what.join(', ') }}). With --transaction chain it would fail each time. Move this job without that option.`,
);

/** Measured on 7.0.0: a COMMIT in a local task ends the chain's own transaction, a CALL that commits fails. */
export const commitInChain = rule('commit-in-chain', 'warning', (what: 'ends' | 'calls') =>
  what === 'ends'
    ? 'ends the transaction itself. With --transaction chain this is the transaction of the chain: the steps before it end with it, and each step after it commits by itself. Move this job without --transaction chain.'
    : 'calls a procedure. If the procedure commits, the step fails each time with --transaction chain ("invalid transaction termination"). Move this job without --transaction chain.',
);

/** Measured: a chain's own transaction idles while its steps run, and a job's lock is in it. */
export const endsSessions = rule(
  'ends-sessions',
  'warning',
  () =>
    "ends or cancels other sessions. pg_timetable keeps one session idle in transaction for each running chain; pgAgent did not. If the step ends such a session, a chain loses its transaction, and the lock that keeps the chains of a job apart. Exclude application_name = 'pg_timetable'.",
);

/** Measured: pgAgent's pooled connection stays in the database of a step, and PostgreSQL refuses. */
export const emptyDatabase = rule(
  'empty-database',
  'warning',
  (what: string, database: string, why: string) =>
    varied`has ${{ what }} for "${{ database }}", which needs a database without sessions. Under pgAgent it has probably failed: ${{ why }}. Under pg_timetable it works, so what it drops is gone. Check pga_jobsteplog, and disable it if it must not run.`,
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
    varied`limits who may connect (${{ limits: limits.join(', ') }}). Under pgAgent the SQL steps after it could use open connections. Now each of them opens its own, and may be refused.`,
);

/** Measured: a chain's own transaction is idle while its steps run, with its lock. */
export const looksAtSessions = rule(
  'looks-at-sessions',
  'warning',
  (seen: readonly string[]) =>
    varied`looks at sessions or locks (${{ seen: seen.join(', ') }}). pg_timetable keeps a transaction for each running chain, also for this one: idle in transaction, as old as the run. A step that waits for such sessions, or stops, does so in every run. To leave it out of pg_stat_activity: AND application_name <> 'pg_timetable'`,
);

/** Measured with pg_repack 1.4.8: it asks pg_locks for the virtual transactions of its database, and waits for each. */
export const waitsForTransactions = rule(
  'waits-for-transactions',
  'warning',
  () =>
    "runs pg_repack, which waits until every older transaction in its database has ended. In pg_timetable's own database its chain has one, so the step waits forever. Run it by cron, or by a pg_timetable in another database.",
);

/** Measured: pgAgent's sessions have no application_name. */
export const applicationName = rule(
  'application-name',
  'warning',
  () =>
    "reads application_name. It was empty in pgAgent's sessions; in those of pg_timetable it is 'pg_timetable'. If the step means the sessions of jobs, compare with that name.",
);

/** Measured: each message is a row of timetable.log before the next is read. */
export const manyNotices = rule(
  'many-notices',
  'info',
  () =>
    'raises messages in a loop. pg_timetable writes each into timetable.log while the step waits. Ten thousand messages make it ten times slower, and its locks last as long. pgAgent kept none. To leave them out: SET client_min_messages = error',
);

/** pgAgent: jstonerror s; pg_timetable: ignore_error. */
export const successOnError = rule(
  'success-on-error',
  'info',
  () => 'counted a failure as a success in pgAgent. pg_timetable continues too, but logs a failure.',
);
