import { remembering } from '../../model/remembering.ts';
import { as, type Fields, fieldsOf, listOf } from './node.ts';
import type { Statement } from './statement.ts';
import { executed, functionName, nodesOfKind } from './walk.ts';

const ENDING: readonly string[] = ['pg_terminate_backend', 'pg_cancel_backend'];

/** Whether it ends or cancels other sessions than its own (PostgreSQL: the server signaling functions). */
export const endsSessions = remembering((statements: readonly Statement[]): boolean => {
  return executed(statements).some((statement) =>
    nodesOfKind(statement, 'FuncCall').some(
      (call) => ENDING.includes(functionName(call).name) && !isAboutItself(call),
    ),
  );
});

function isAboutItself({ args }: Fields): boolean {
  const [pid] = listOf(args);
  return functionName(fieldsOf(as('FuncCall', pid))).name === 'pg_backend_pid';
}
