import type { SqlStep } from '../../model/job.ts';
import type { Advisory } from '../../model/plan.ts';
import {
  applicationName,
  commentOnly,
  commitInChain,
  copyFromStdin,
  copyToStdout,
  emptySql,
  endsSessions as endsSessionsAdvisory,
  explicitTransaction,
  looksAtSessions as looksAtSessionsAdvisory,
  manyNotices,
  openTransaction,
  pgagentRead,
  pgagentWritten,
  refusedInTransaction,
  sqlUnread,
} from '../advisories/index.ts';
import type { About } from '../advisories/rule.ts';
import { copiesFromClient, copiesToClient } from '../sql/copy.ts';
import { endsSessions } from '../sql/ends-sessions.ts';
import {
  callsProcedure,
  endsOuterTransaction,
  endsTransactionInBlock,
  hasExplicitTransaction,
  setsIsolation,
} from '../sql/in-chain.ts';
import { looksAtSessions } from '../sql/looks-at-sessions.ts';
import { isNoisy } from '../sql/notices.ts';
import { readSql } from '../sql/parse.ts';
import { pgagentUse } from '../sql/pgagent-use.ts';
import { refusesTransaction } from '../sql/refuses-transaction.ts';
import type { Statement } from '../sql/statement.ts';
import { leavesTransactionOpen } from '../sql/transaction.ts';

/** What the text of a SQL step means for its move. */
export interface SqlReading {
  /** Empty where the text holds none, or could not be read. */
  readonly statements: readonly Statement[];
  /** Why the step cannot be carried over. */
  readonly blocking: readonly Advisory[];
  readonly notes: readonly Advisory[];
}

/**
 * Reads the text of a SQL step.
 * @param isInChain whether it will run in the transaction of its chain
 */
export function readStep(step: SqlStep, isInChain: boolean): SqlReading {
  const about = { stepId: step.id };
  const read = readSql(step.code);
  if (read.kind === 'unread') return noted(sqlUnread(about, read.why));
  if (read.kind === 'empty')
    return noted(read.hasComment ? commentOnly(about, step.onError) : emptySql(about));
  const { statements } = read;
  const use = pgagentUse(statements);
  const written = use.writes.length > 0 ? [pgagentWritten(about, use.writes)] : [];
  const found = use.reads.length > 0 ? [pgagentRead(about, use.reads)] : [];
  return {
    statements,
    blocking: [...written, ...(isInChain ? aboutRefusals(statements, about) : [])],
    notes: [
      ...found,
      ...(copiesFromClient(statements) ? [copyFromStdin(about)] : []),
      ...aboutSessions(statements, step),
      ...(isNoisy(statements) ? [manyNotices(about)] : []),
      ...(copiesToClient(statements) ? [copyToStdout(about)] : []),
      ...(leavesTransactionOpen(statements) ? [openTransaction(about, isInChain)] : []),
      ...(isInChain ? aboutCommits(statements, about) : aboutBegin(statements, about)),
    ],
  };
}

function noted(note: Advisory): SqlReading {
  return { statements: [], blocking: [], notes: [note] };
}

// What ends sessions is warned of the same thing.
function aboutSessions(statements: readonly Statement[], { id, connection }: SqlStep): readonly Advisory[] {
  const about = { stepId: id };
  // A name in the step's own connection string is the same under both.
  const isNamed = connection.kind === 'conninfo' && connection.conninfo.includes('application_name');
  const { seen, readsApplicationName } = looksAtSessions(statements);
  const ends = endsSessions(statements);
  return [
    ...(ends ? [endsSessionsAdvisory(about)] : []),
    ...(!ends && seen.length > 0 ? [looksAtSessionsAdvisory(about, seen)] : []),
    ...(readsApplicationName && !isNamed ? [applicationName(about)] : []),
  ];
}

function aboutBegin(statements: readonly Statement[], about: About): readonly Advisory[] {
  return hasExplicitTransaction(statements) ? [explicitTransaction(about)] : [];
}

function aboutRefusals(statements: readonly Statement[], about: About): readonly Advisory[] {
  const refused = [
    ...refusesTransaction(statements),
    ...(setsIsolation(statements) ? ['SET TRANSACTION ISOLATION LEVEL'] : []),
    ...(endsTransactionInBlock(statements) ? ['a DO block that ends the transaction'] : []),
  ];
  return refused.length > 0 ? [refusedInTransaction(about, refused)] : [];
}

function aboutCommits(statements: readonly Statement[], about: About): readonly Advisory[] {
  return [
    ...(endsOuterTransaction(statements) ? [commitInChain(about, 'ends')] : []),
    ...(callsProcedure(statements) ? [commitInChain(about, 'calls')] : []),
  ];
}
