import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from '../../src/model/failure.ts';
import { connect } from '../../src/postgres/connect.ts';
import { readEndpoint } from '../../src/postgres/endpoint.ts';
import { debian15 } from '../servers/postgres.ts';

/** How a connection ends: with TLS, without, or not at all. */
export type Outcome = 'tls' | 'plain' | 'fails';
export type Variables = Readonly<Record<string, string>>;

/** Debian's psql 15, or null. */
export const PSQL = debian15() === null ? null : join(debian15() ?? '', 'psql');
const ASK = 'SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()';

/** Every message of the tool so far. */
export const messages: string[] = [];

/** The tool's own connection. */
export async function byTool(conninfo: string, env: Variables): Promise<Outcome> {
  try {
    const client = await connect(readEndpoint(conninfo, '--source', env), 'source');
    try {
      const { rows } = await client.query(ASK);
      return rows[0].ssl ? 'tls' : 'plain';
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    messages.push(`${error.message} ${error.remedy}`);
    return 'fails';
  }
}

/** The same by psql. */
export function byPsql(program: string, conninfo: string, env: Variables): Promise<Outcome> {
  return new Promise((done) => {
    execFile(
      program,
      ['-X', '-w', '-At', '-d', conninfo, '-c', ASK],
      { env: { LC_ALL: 'C', ...env } },
      (error, stdout) => done(error === null ? (stdout.trim() === 't' ? 'tls' : 'plain') : 'fails'),
    );
  });
}

/** What the tool says about a connection that fails. */
export async function failureOf(conninfo: string, env: Variables): Promise<string> {
  assert.equal(await byTool(conninfo, env), 'fails');
  return messages.at(-1) ?? '';
}
