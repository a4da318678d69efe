import type { Statement } from './parse.ts';
import { statementFields } from './walk.ts';

const BEGINS: ReadonlySet<string> = new Set(['TRANS_STMT_BEGIN', 'TRANS_STMT_START']);
const ENDS: ReadonlySet<string> = new Set(['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE']);

/**
 * Whether a BEGIN is still open when the text has run. AND CHAIN ends one transaction and begins another;
 * savepoints and COMMIT PREPARED change nothing (PostgreSQL: EndTransactionBlock in xact.c).
 */
export function leavesTransactionOpen(statements: readonly Statement[]): boolean {
  let isOpen = false;
  for (const statement of statements.filter(({ type }) => type === 'TransactionStmt')) {
    const { kind, chain } = statementFields(statement);
    if (BEGINS.has(String(kind))) isOpen = true;
    if (ENDS.has(String(kind)) && chain !== true) isOpen = false;
  }
  return isOpen;
}
