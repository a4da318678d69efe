import { createReadStream } from 'node:fs';
import { Failure } from '../../model/failure.ts';
import { instantOf } from '../../postgres/utc-text.ts';
import type { Dump, DumpedState, DumpOptions } from './dump.ts';
import { DumpReader } from './dump-reader.ts';
import type { DumpedDatabase } from './dumped-database.ts';
import { historyOf } from './history.ts';
import { jobsOfRows } from './jobs-of-rows.ts';
import { NEEDED_TABLES } from './tables.ts';

/**
 * Reads what a dump of pg_dump or pg_dumpall holds of pgAgent, in memory that its own rows bound.
 * @param path of the dump; `-` is standard input
 * @throws Failure for what is no dump, is cut, or holds no rows of pgAgent
 */
export async function readDump(path: string, { historyDays, onBytes, signal }: DumpOptions): Promise<Dump> {
  const reader = new DumpReader();
  for await (const chunk of createReadStream(path === '-' ? '/dev/stdin' : path, {
    highWaterMark: 1024 * 1024,
  })) {
    signal?.throwIfAborted();
    onBytes?.(chunk.length);
    reader.lexer.feed(chunk);
  }
  reader.lexer.end();
  checkMarks(reader);
  return dumpOf(databaseOf(reader.databases), reader.serverVersion, historyDays);
}

function checkMarks({ marks, lexer }: DumpReader): void {
  if (marks.begun === 0 && marks.clustersBegun === 0)
    throw new Failure(
      'failed',
      'Line 1 is not the head of a dump of pg_dump or pg_dumpall.',
      'Name a file that pg_dump made.',
    );
  if (marks.completed < marks.begun || marks.clustersCompleted < marks.clustersBegun)
    throw new Failure(
      'failed',
      `The dump ends in line ${lexer.line} without the line that pg_dump writes last: it is cut.`,
      'Copy or make the dump again. If the file is whole, append the line: -- PostgreSQL database dump complete',
    );
}

function databaseOf(databases: readonly DumpedDatabase[]): DumpedDatabase {
  const withJobs = databases.filter(({ jobs }) => jobs.length > 0);
  if (withJobs.length > 1)
    throw new Failure(
      'usage',
      `${withJobs.map(({ name }) => `"${name ?? ''}"`).join(' and ')} both have jobs of pgAgent in this dump.`,
      'Dump one of them: pg_dump --dbname=NAME --schema=pgagent',
    );
  const one =
    withJobs[0] ??
    databases.find(({ tables }) => tables.size > 0) ??
    databases.find(({ hasSchema, isExtension }) => hasSchema || isExtension);
  if (one === undefined)
    throw new Failure(
      'failed',
      'The dump holds no schema pgagent.',
      'Dump the database that pgAgent is in (pgAdmin puts it into "postgres").',
    );
  const missing = NEEDED_TABLES.filter((table) => !one.tables.has(table));
  if (missing.length > 0)
    throw new Failure(
      'failed',
      `The dump holds no rows of ${missing.map((table) => `pgagent.${table}`).join(', ')}.`,
      'Dump the tables with their rows: pg_dump --schema=pgagent, without --schema-only and --exclude-table-data',
    );
  return one;
}

function dumpOf(database: DumpedDatabase, serverVersion: string | null, historyDays: number): Dump {
  const states = new Map([...database.jobs].sort((a, b) => a.id - b.id).map(({ id, state }) => [id, state]));
  const newestTime = newestOf(states, database.log.newestTime);
  return {
    serverVersion,
    database: database.name,
    encoding: database.encoding,
    schemaVersion: database.schemaVersion,
    ...jobsOfRows(database),
    states,
    history: database.tables.has('pga_joblog')
      ? historyOf(database.log, states, newestTime ?? 0, historyDays)
      : null,
    agents: [...database.stations].sort(),
    newestTime,
  };
}

function newestOf(states: ReadonlyMap<number, DumpedState>, ofLog: number): number | null {
  const times = [...states.values()].flatMap(({ changed, created, lastRun }) =>
    [changed, created, lastRun].flatMap((text) => (text === null ? [] : instantOf(text))),
  );
  const finite = [...times, ofLog].filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((one, other) => Math.max(one, other));
}
