import type { Client } from './connect.ts';

const LOCK_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 15 * 60_000;
const IDLE_MILLISECONDS = 30 * 60_000;

/**
 * Sets what every session of the tool works under: nobody waits long for it, it waits long for nobody, and what it
 * leaves open by accident the server ends by itself. Times and numbers are read and written in one form.
 * @param waits milliseconds for which a transaction may idle on purpose
 */
export async function settleSession(client: Client, waits: number): Promise<void> {
  await client.query(
    `SET lock_timeout = ${LOCK_MILLISECONDS}; SET statement_timeout = ${STATEMENT_MILLISECONDS};
     SET idle_in_transaction_session_timeout = ${waits + IDLE_MILLISECONDS};
     SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off;
     SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1; SET standard_conforming_strings = on;
     SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'`,
  );
}
