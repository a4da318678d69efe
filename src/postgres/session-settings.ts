import type { Client } from './connect.ts';

const LOCK_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 15 * 60_000;
const IDLE_MILLISECONDS = 30 * 60_000;

/** By name, values as SQL. */
export function sessionSettings(waits: number): Readonly<Record<string, string>> {
  return {
    lock_timeout: String(LOCK_MILLISECONDS),
    statement_timeout: String(STATEMENT_MILLISECONDS),
    idle_in_transaction_session_timeout: String(waits + IDLE_MILLISECONDS),
    datestyle: "'ISO, YMD'",
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
  };
}

/** A row where the server has that setting, its name as `name`: PostgreSQL 17 and later. */
export const FROM_TRANSACTION_TIMEOUT = "FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'";

/**
 * Sets what every session of the tool works under: nobody waits long for it, it waits long for nobody, and what it
 * leaves open by accident the server ends by itself. Times and numbers are read and written in one form.
 * @param waits milliseconds for which a transaction may idle on purpose
 */
export async function setUpSession(client: Client, waits: number): Promise<void> {
  const settings = Object.entries(sessionSettings(waits)).map(([name, value]) => `SET ${name} = ${value};`);
  await client.query(
    `${settings.join('\n')}
     SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off;
     SELECT set_config(name, '0', false) ${FROM_TRANSACTION_TIMEOUT}`,
  );
}
