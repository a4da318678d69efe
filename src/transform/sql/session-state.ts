/*
 * All that PostgreSQL keeps for a session beyond the transaction that made it, and what RESET ALL leaves there. Gone through for it:
 * the statements of the manual; every function of PostgreSQL 15 and its contributed modules that pg_proc does not call safe for
 * parallel workers; the settings with the flag NO_RESET_ALL (is_superuser, role, seed, session_authorization, transaction_*).
 *
 * Not here, because it ends with its transaction: SET LOCAL, SET CONSTRAINTS, LOCK, exported snapshots, descriptors of large objects,
 * pg_advisory_xact_lock. Not here, because it is the server's: pg_prewarm and its workers, pg_stat_*, ALTER SYSTEM, permanent slots.
 * Not here, because no text tells which tables are foreign: the connections of postgres_fdw, which it opens again by itself.
 * Not here, because RESET ALL takes it back: SET and set_config of settings that PostgreSQL knows, set_limit of pg_trgm, the settings of auto_explain.
 */

export type SessionThingKind =
  | 'temporary-table'
  | 'temporary-function'
  | 'temporary-type'
  | 'prepared-statement'
  | 'advisory-lock'
  | 'cursor'
  | 'sequence-value'
  | 'role'
  | 'custom-setting'
  | 'session-authorization'
  | 'library'
  | 'listener'
  | 'random-seed'
  | 'backup'
  | 'replication-slot'
  | 'replication-origin'
  | 'dblink'
  | 'weak-numbers'
  | 'security-label'
  | 'language-memory'
  | 'backend';

/** `leave`: comes into being; `own` things are gone by themselves when the step ends; `drop-if-there` minds nothing. */
export type Act = 'leave' | 'own' | 'use' | 'drop' | 'drop-if-there';

/** What a function does with the thing that one of its arguments names. */
export interface FunctionAct {
  readonly act: Act | 'drop-all';
  /** The argument that names it, from 0; none where a session has but one; `all` for all of its kind. */
  readonly name?: number | 'all';
  /** Only with so many arguments, a constant true or false at the end not counted. */
  readonly count?: number;
  /** Only where the argument at a place, or of a name, is this constant. */
  readonly only?: readonly [place: number, value: boolean, name?: string];
}

export interface SessionState {
  /** For a reader, before the name. */
  readonly what: string;
  /** Where PostgreSQL's manual, or its source, says that it belongs to a session. */
  readonly source: string;
  /**
   * Whether it is at work without being named, so that it matters to any later step: on the same connection, or also to what
   * other sessions and programs do.
   */
  readonly isAtWork?: 'in-session' | 'everywhere';
  /** Whether PostgreSQL refuses a second one of its name. */
  readonly isUnique?: true;
  /** What its end takes with it, for those where that is grave. */
  readonly loss?: string;
  /** Whether its functions are of a module, so that they can be in any schema. */
  readonly isContributed?: true;
  readonly functions?: Readonly<Record<string, FunctionAct | readonly FunctionAct[]>>;
}

const opens: FunctionAct = { act: 'leave' };
const named = (act: Act, name = 0): FunctionAct => ({ act, name });
const temporary = (name: number, flag: number): FunctionAct => ({
  act: 'leave',
  name,
  only: [flag, true, 'temporary'],
});

// The first argument of most functions of dblink names a connection, or is a connection string; without it the unnamed one is meant.
const overDblink = (arguments_: number): readonly FunctionAct[] => [
  { act: 'use', name: 0, count: arguments_ },
  { act: 'use', count: arguments_ - 1 },
];

export const SESSION_STATE: Readonly<Record<SessionThingKind, SessionState>> = {
  'temporary-table': {
    what: 'temporary table',
    source: 'CREATE TABLE, TEMPORARY; CREATE VIEW and CREATE SEQUENCE likewise',
    isUnique: true,
  },
  'temporary-function': { what: 'temporary function', source: 'search_path, pg_temp', isUnique: true },
  'temporary-type': { what: 'temporary type', source: 'search_path, pg_temp', isUnique: true },
  'prepared-statement': { what: 'prepared statement', source: 'PREPARE', isUnique: true },
  'advisory-lock': {
    what: 'advisory lock',
    source: 'Advisory Lock Functions',
    isAtWork: 'everywhere',
    functions: { pg_advisory_unlock_all: { act: 'drop-all' } },
  },
  cursor: { what: 'cursor', source: 'DECLARE, WITH HOLD', isUnique: true },
  'sequence-value': {
    what: 'the last value of a sequence (currval, lastval)',
    source: 'Sequence Manipulation Functions',
    functions: {
      nextval: opens,
      setval: opens,
      currval: { act: 'use' },
      lastval: { act: 'use' },
    },
  },
  // Measured: the value is gone, and current_setting gives an empty text; in a new session it gives NULL, or fails.
  'custom-setting': { what: 'custom setting', source: 'Customized Options; RESET ALL leaves it, empty' },
  role: { what: 'SET ROLE', source: 'RESET: role is left' },
  'session-authorization': {
    what: 'SET SESSION AUTHORIZATION',
    source: 'RESET: session_authorization is left',
  },
  library: { what: 'the loaded library', source: 'LOAD', isAtWork: 'in-session' },
  listener: {
    what: 'LISTEN',
    source: 'LISTEN',
    functions: { pg_listening_channels: { act: 'use', name: 'all' } },
  },
  'random-seed': {
    what: 'the seed of random()',
    source: 'Random Functions, setseed',
    functions: {
      setseed: opens,
      random: { act: 'use' },
      random_normal: { act: 'use' },
      normal_rand: { act: 'use' },
    },
  },
  backup: {
    what: 'the backup that pg_backup_start began',
    source: 'Making a Non-Exclusive Low-Level Backup',
    isAtWork: 'everywhere',
    isUnique: true,
    loss: 'it is aborted when its session ends, so the copy is no backup',
    functions: {
      pg_backup_start: opens,
      pg_backup_stop: { act: 'drop' },
      // Until PostgreSQL 14; an exclusive backup is the server's.
      pg_start_backup: { act: 'leave', only: [2, false, 'exclusive'] },
      pg_stop_backup: { act: 'drop', only: [0, false, 'exclusive'] },
    },
  },
  'replication-slot': {
    what: 'temporary replication slot',
    source: 'Replication Management Functions',
    isAtWork: 'everywhere',
    isUnique: true,
    loss: 'the slot is dropped when its session ends, and with it the place that it kept',
    functions: {
      pg_create_logical_replication_slot: temporary(0, 2),
      pg_create_physical_replication_slot: temporary(0, 2),
      pg_copy_logical_replication_slot: [named('use'), temporary(1, 2)],
      pg_copy_physical_replication_slot: [named('use'), temporary(1, 2)],
      pg_drop_replication_slot: named('drop'),
      pg_replication_slot_advance: named('use'),
      pg_logical_slot_get_changes: named('use'),
      pg_logical_slot_peek_changes: named('use'),
      pg_logical_slot_get_binary_changes: named('use'),
      pg_logical_slot_peek_binary_changes: named('use'),
    },
  },
  'replication-origin': {
    what: 'the replication origin of the session',
    source: 'Replication Management Functions',
    isAtWork: 'in-session',
    isUnique: true,
    functions: {
      pg_replication_origin_session_setup: opens,
      pg_replication_origin_session_reset: { act: 'drop' },
      pg_replication_origin_session_progress: { act: 'use' },
      pg_replication_origin_session_is_setup: { act: 'use' },
      pg_replication_origin_xact_setup: { act: 'use' },
    },
  },
  dblink: {
    what: 'dblink connection',
    source: 'dblink_connect',
    isContributed: true,
    isUnique: true,
    functions: {
      dblink_connect: [
        { act: 'leave', name: 0, count: 2 },
        { act: 'leave', count: 1 },
      ],
      dblink_connect_u: [
        { act: 'leave', name: 0, count: 2 },
        { act: 'leave', count: 1 },
      ],
      dblink_disconnect: [
        { act: 'drop', name: 0, count: 1 },
        { act: 'drop', count: 0 },
      ],
      dblink: overDblink(2),
      dblink_exec: overDblink(2),
      dblink_open: overDblink(3),
      dblink_fetch: overDblink(3),
      dblink_close: overDblink(2),
      dblink_get_notify: overDblink(1),
      dblink_get_connections: { act: 'use', name: 'all' },
      dblink_send_query: named('use'),
      dblink_get_result: named('use'),
      dblink_is_busy: named('use'),
      dblink_cancel_query: named('use'),
      dblink_error_message: named('use'),
    },
  },
  'weak-numbers': {
    what: 'the weak mode of isn',
    source: 'isn, isn_weak; RESET ALL leaves it (measured)',
    isContributed: true,
    isAtWork: 'in-session',
    functions: {
      isn_weak: [
        { act: 'leave', only: [0, true] },
        { act: 'drop-if-there', only: [0, false] },
        { act: 'use', count: 0 },
      ],
    },
  },
  'security-label': {
    what: 'the label that sepgsql_setcon set',
    source: 'sepgsql',
    isContributed: true,
    isAtWork: 'in-session',
    functions: { sepgsql_setcon: opens, sepgsql_getcon: { act: 'use' } },
  },
  'language-memory': {
    what: 'memory of a procedural language',
    source: 'PL/Perl, PL/Python and PL/Tcl: Global Data; PLV8 and PL/R: global variables',
  },
  backend: {
    what: 'pg_backend_pid() as it was stored',
    source: 'Session Information Functions',
  },
};
