import { as, type Fields, listOf, stringOf, textOf } from './node.ts';
import type { Statement } from './statement.ts';
import { statementFields } from './walk.ts';

/**
 * What the text runs that PostgreSQL refuses inside a transaction block, in the words of its own error message
 * (PreventInTransactionBlock and where it is called). Several statements sent at once are such a block already,
 * so only a statement that stands alone ever worked. What depends on the catalogs (CLUSTER or REINDEX of a
 * partitioned table) cannot be told.
 */
export function refusesTransaction(statements: readonly Statement[]): readonly string[] {
  const [alone, ...others] = statements;
  if (alone === undefined || others.length > 0) return [];
  const words = WORDS[alone.type]?.(statementFields(alone)) ?? null;
  return words === null ? [] : [words];
}

type Words = (fields: Fields) => string | null;

const WORDS: Readonly<Record<string, Words>> = {
  VacuumStmt: ({ is_vacuumcmd }) => (is_vacuumcmd === true ? 'VACUUM' : null),
  CreatedbStmt: () => 'CREATE DATABASE',
  DropdbStmt: () => 'DROP DATABASE',
  AlterDatabaseStmt: ({ options }) =>
    option(options, 'tablespace') === null ? null : 'ALTER DATABASE SET TABLESPACE',
  CreateTableSpaceStmt: () => 'CREATE TABLESPACE',
  DropTableSpaceStmt: () => 'DROP TABLESPACE',
  IndexStmt: ({ concurrent }) => (concurrent === true ? 'CREATE INDEX CONCURRENTLY' : null),
  DropStmt: ({ concurrent }) => (concurrent === true ? 'DROP INDEX CONCURRENTLY' : null),
  ReindexStmt: reindexWords,
  ClusterStmt: ({ relation }) => (relation === undefined ? 'CLUSTER' : null),
  AlterSystemStmt: () => 'ALTER SYSTEM',
  AlterTableStmt: ({ cmds }) =>
    listOf(cmds).some(isConcurrentDetach) ? 'ALTER TABLE ... DETACH CONCURRENTLY' : null,
  CreateSubscriptionStmt: ({ options }) =>
    isOn(options, 'connect') && isOn(options, 'create_slot')
      ? 'CREATE SUBSCRIPTION ... WITH (create_slot = true)'
      : null,
  AlterSubscriptionStmt: subscriptionWords,
  DropSubscriptionStmt: () => 'DROP SUBSCRIPTION',
  DiscardStmt: ({ target }) => (target === 'DISCARD_ALL' ? 'DISCARD ALL' : null),
  TransactionStmt: ({ kind }) => PREPARED[String(kind)] ?? null,
};

const PREPARED: Readonly<Record<string, string>> = {
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
};

const REINDEXED: Readonly<Record<string, string>> = {
  REINDEX_OBJECT_SCHEMA: 'REINDEX SCHEMA',
  REINDEX_OBJECT_SYSTEM: 'REINDEX SYSTEM',
  REINDEX_OBJECT_DATABASE: 'REINDEX DATABASE',
};

function reindexWords({ kind, params }: Fields): string | null {
  if (option(params, 'concurrently') !== null && isOn(params, 'concurrently')) return 'REINDEX CONCURRENTLY';
  return REINDEXED[String(kind)] ?? null;
}

function isConcurrentDetach(command: unknown): boolean {
  const fields = as('AlterTableCmd', command);
  return fields?.subtype === 'AT_DetachPartition' && as('PartitionCmd', fields.def)?.concurrent === true;
}

function subscriptionWords({ kind, options }: Fields): string | null {
  if (kind === 'ALTER_SUBSCRIPTION_REFRESH' || kind === 'ALTER_SUBSCRIPTION_REFRESH_PUBLICATION')
    return 'ALTER SUBSCRIPTION ... REFRESH';
  const isPublications = /^ALTER_SUBSCRIPTION_(?:SET|ADD|DROP)_PUBLICATION$/.test(String(kind));
  return isPublications && isOn(options, 'refresh') ? 'ALTER SUBSCRIPTION with refresh' : null;
}

/** An option in brackets; one without a value is on. */
function option(options: unknown, name: string): string | null {
  const found = listOf(options)
    .map((one) => as('DefElem', one))
    .find((one) => textOf(one?.defname)?.toLowerCase() === name);
  if (found === undefined || found === null) return null;
  const integer = as('Integer', found.arg);
  if (integer !== null) return String(integer.ival ?? 0);
  const boolean = as('Boolean', found.arg);
  if (boolean !== null) return String(boolean.boolval ?? false);
  return stringOf(found.arg) ?? 'true';
}

function isOn(options: unknown, name: string): boolean {
  return !['false', 'off', '0'].includes(option(options, name)?.toLowerCase() ?? 'true');
}
