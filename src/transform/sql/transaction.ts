import type { Statement } from './statement.ts';
import { statementFields } from './walk.ts';

const BEGINS: ReadonlySet<string> = new Set(['TRANS_STMT_BEGIN', 'TRANS_STMT_START']);
const ENDS: ReadonlySet<string> = new Set(['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE']);

/** BEGIN or START TRANSACTION. */
export function beginsTransaction(statement: Statement): boolean {
  return isOneOf(BEGINS, statement);
}

/**
 * COMMIT, ROLLBACK or PREPARE TRANSACTION, AND CHAIN or not; savepoints and COMMIT PREPARED change nothing
 * (PostgreSQL: EndTransactionBlock in xact.c).
 */
export function endsTransaction(statement: Statement): boolean {
  return isOneOf(ENDS, statement);
}

function isOneOf(kinds: ReadonlySet<string>, statement: Statement): boolean {
  return statement.type === 'TransactionStmt' && kinds.has(String(statementFields(statement).kind));
}

/** Whether a BEGIN is still open when the text has run. AND CHAIN ends one transaction and begins another. */
export function leavesTransactionOpen(statements: readonly Statement[]): boolean {
  let isOpen = false;
  for (const statement of statements) {
    if (beginsTransaction(statement)) isOpen = true;
    if (endsTransaction(statement) && statementFields(statement).chain !== true) isOpen = false;
  }
  return isOpen;
}
