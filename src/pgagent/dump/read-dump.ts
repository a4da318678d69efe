import { Failure } from '../../model/failure.ts';
import { instantOf } from '../../postgres/utc-text.ts';
import { openPlainText } from './bytes/plain-text.ts';
import { chosenDatabase } from './chosen-database.ts';
import type { Dump, DumpedState, DumpOptions } from './dump.ts';
import { DumpReader } from './dump-reader.ts';
import type { DumpedDatabase } from './dumped-database.ts';
import { jobsOfRows } from './jobs-of-rows.ts';
import { historyOf } from './log/history.ts';

/**
 * Reads what a dump of pg_dump or pg_dumpall holds of pgAgent, in memory that its own rows bound.
 * @param path of the dump; `-` is standard input
 * @throws Failure for what is no dump, is cut, or holds no rows of pgAgent
 */
export async function readDump(path: string, { historyDays, signal }: DumpOptions): Promise<Dump> {
  const { bytes, hasReturns, file } = await openPlainText(path);
  const reader = new DumpReader(hasReturns);
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    reader.lexer.feed(chunk);
  }
  reader.lexer.end();
  checkMarks(reader);
  return dumpOf(chosenDatabase(reader.databases, file), reader.serverVersion, historyDays);
}

function checkMarks({ marks, lexer }: DumpReader): void {
  if (marks.dumps > 0 || marks.clusters > 0)
    throw new Failure(
      'failed',
      `The dump ends in line ${lexer.line} without the line that pg_dump writes last: it is cut.`,
      'Copy or make the dump again. If the file is whole, append the line: -- PostgreSQL database dump complete',
    );
}

function dumpOf(database: DumpedDatabase, serverVersion: string | null, historyDays: number): Dump {
  const states = new Map([...database.jobs].sort((a, b) => a.id - b.id).map(({ id, state }) => [id, state]));
  const newestTime = newestOf(states, database.log?.newestTime ?? -Infinity);
  return {
    serverVersion,
    database: database.name,
    encoding: database.encoding.name,
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
