import { as, listOf } from './node.ts';
import type { Statement } from './statement.ts';
import { beginsTransaction, endsTransaction } from './transaction.ts';
import { executed, functionName, nodesOf, statementFields } from './walk.ts';

/** Whether the text has a BEGIN and ends what that began. */
export function hasExplicitTransaction(statements: readonly Statement[]): boolean {
  return statements.some(beginsTransaction) && statements.some(endsTransaction);
}

/** Whether the text ends the transaction that it runs in: a BEGIN in front does nothing where one is open (xact.c). */
export function endsOuterTransaction(statements: readonly Statement[]): boolean {
  return statements.some(endsTransaction);
}

/** Whether a DO block commits or rolls back, which PL/pgSQL refuses inside a transaction (_SPI_commit). */
export function endsTransactionInBlock(statements: readonly Statement[]): boolean {
  return statements.some(({ inside }) => executed(inside).some(endsTransaction));
}

/** Whether a procedure is called, which may commit. */
export function callsProcedure(statements: readonly Statement[]): boolean {
  return executed(statements).some(({ type }) => type === 'CallStmt');
}

/** Whether it sets the isolation level of its transaction, which must come before any query (guc: check_transaction_isolation). */
export function setsIsolation(statements: readonly Statement[]): boolean {
  return executed(statements).some((statement) => {
    const fields = statementFields(statement);
    const isOfTransaction =
      (statement.type === 'VariableSetStmt' && fields.name === 'TRANSACTION') || beginsTransaction(statement);
    return isOfTransaction && listOf(fields.args ?? fields.options).some(isIsolation);
  });
}

const CLOCKS: ReadonlySet<string> = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'age']);

/** Whether the text asks when its transaction, or the message that holds it, began. */
export function readsTransactionClock(statements: readonly Statement[]): boolean {
  return executed(statements).some((statement) =>
    nodesOf(statement).some(({ kind, fields }) =>
      kind === 'SQLValueFunction'
        ? /TIME|DATE/.test(String(fields.op))
        : kind === 'FuncCall' && CLOCKS.has(functionName(fields).name),
    ),
  );
}

function isIsolation(option: unknown): boolean {
  return as('DefElem', option)?.defname === 'transaction_isolation';
}
