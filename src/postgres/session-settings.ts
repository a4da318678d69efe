import pg from 'pg';
import { Failure } from '../model/failure.ts';
import { readLogin, type SettingLevel, seesRoleSettings, storedOf } from './login.ts';
import { errorCode, errorText } from './plain-words.ts';

const LOCK_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 15 * 60_000;
const IDLE_MILLISECONDS = 30 * 60_000;

/**
 * What every session of the tool works under, whatever its role and its database are given, by name, values as SQL: nobody
 * waits long for it, it waits long for nobody, the server ends what is left open by accident, nobody's own function or
 * operator replaces one of PostgreSQL's, and values are read and written in one form.
 * @param waits milliseconds for which a transaction may idle on purpose
 */
export function sessionSettings(waits: number): Readonly<Record<string, string>> {
  return {
    search_path: 'pg_catalog',
    lock_timeout: String(LOCK_MILLISECONDS),
    statement_timeout: String(STATEMENT_MILLISECONDS),
    idle_in_transaction_session_timeout: String(waits + IDLE_MILLISECONDS),
    default_transaction_isolation: "'read committed'",
    default_transaction_deferrable: 'off',
    datestyle: "'ISO, YMD'",
    intervalstyle: 'postgres',
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
    // NULL in an array parameter is a NULL, and not the text.
    array_nulls: 'on',
    transform_null_equals: 'off',
    quote_all_identifiers: 'off',
    // The table of the record is an ordinary one, where such tables belong.
    default_tablespace: "''",
    default_table_access_method: 'heap',
    // A policy that hides rows is an error, as in pg_dump.
    row_security: 'off',
    // An error ends a statement, not the session.
    exit_on_error: 'off',
    // To compile one query takes a second and more.
    jit: 'off',
  };
}

/** Rows, with the name as `name`, of the limits that only newer servers have: PostgreSQL 14 and 17. */
export const FROM_NEWER_TIMEOUTS =
  "FROM pg_catalog.pg_settings WHERE name IN ('idle_session_timeout', 'transaction_timeout')";

const REPLICATION_ROLE = 'session_replication_role';

// A server in SQL_ASCII would refuse to send text that is not UTF-8. What is not committed to disk may be lost again, and
// the two sides then differ.
const WHERE_NEEDED = `
  SELECT set_config(name, CASE name WHEN 'client_encoding' THEN 'SQL_ASCII' WHEN '${REPLICATION_ROLE}' THEN 'origin' ELSE 'on' END, false)
    FROM pg_catalog.pg_settings
   WHERE (name, setting) IN (('synchronous_commit', 'off'), ('${REPLICATION_ROLE}', 'replica'))
      OR (name = 'client_encoding' AND getdatabaseencoding() = 'SQL_ASCII')`;

/**
 * All that a session begins with, in one message, so that nothing is set where one of its statements fails. One
 * fails with a division by zero where another process answers than the one that the protocol told of: a pooler's.
 * @param pid what the protocol told, 0 for nothing
 * @param waits as in sessionSettings
 * @param last a statement whose rows are wanted
 */
export function setUpText(pid: number, waits: number, last: string): string {
  const settings = Object.entries(sessionSettings(waits)).map(([name, value]) => `SET ${name} = ${value}`);
  return [
    // Of this message alone. A standby refuses queries of a serializable transaction.
    'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SELECT 1 OPERATOR(pg_catalog./) (pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) '${pid}'::pg_catalog.int4)::pg_catalog.int4`,
    ...settings,
    `SELECT set_config(name, '0', false) ${FROM_NEWER_TIMEOUTS}`,
    WHERE_NEEDED,
    last,
  ].join(';\n');
}

const DIVISION_BY_ZERO = '22012';
const NO_RIGHT = '42501';

/**
 * Says why a session could not be set up.
 * @param where the host, the database and the user
 * @returns the error itself where that was for no reason of ours
 */
export async function whyNotSetUp(
  error: unknown,
  client: pg.Client,
  side: string,
  where: string,
): Promise<unknown> {
  if (errorCode(error) === DIVISION_BY_ZERO)
    return new Failure(
      'refused',
      `A connection pooler is between this tool and the ${side} (${where}): settings and locks of this run would reach other programs.`,
      `Use a direct connection: --${side} with the host and port of PostgreSQL itself.`,
      { cause: error },
    );
  if (errorCode(error) !== NO_RIGHT || !errorText(error).includes(REPLICATION_ROLE)) return error;
  return new Failure(
    'refused',
    `${REPLICATION_ROLE} is "replica" for this user on the ${side} (${where}): foreign keys and triggers would not work.`,
    `Let a superuser run: ${await resetStatement(client)}`,
    { cause: error },
  );
}

async function resetStatement(client: pg.Client): Promise<string> {
  await client.query('SET search_path = pg_catalog');
  const login = await readLogin(client, null, await seesRoleSettings(client));
  const [stored] = storedOf(login?.stored ?? [], REPLICATION_ROLE);
  const role = pg.escapeIdentifier(login?.role ?? '');
  const database = pg.escapeIdentifier(login?.database ?? '');
  const whose: Readonly<Record<SettingLevel, string>> = {
    'role in database': `ROLE ${role} IN DATABASE ${database}`,
    role: `ROLE ${role}`,
    database: `DATABASE ${database}`,
    'all roles': 'ROLE ALL',
    server: 'SYSTEM',
  };
  return `ALTER ${whose[stored?.from ?? 'server']} RESET ${REPLICATION_ROLE};`;
}
