import type { Statement } from './statement.ts';
import { statementFields } from './walk.ts';

/** `COPY ... FROM STDIN`: the rows would have to come from the client (PostgreSQL: DoCopy, a null filename). */
export function copiesFromClient(statements: readonly Statement[]): boolean {
  return statements.some(
    (statement) => isClientCopy(statement) && statementFields(statement).is_from === true,
  );
}

/** `COPY ... TO STDOUT`: the rows go to the client. */
export function copiesToClient(statements: readonly Statement[]): boolean {
  return statements.some(
    (statement) => isClientCopy(statement) && statementFields(statement).is_from !== true,
  );
}

// PL/pgSQL refuses both, so only the text itself can hold one.
function isClientCopy(statement: Statement): boolean {
  return statement.type === 'CopyStmt' && statementFields(statement).filename === undefined;
}
