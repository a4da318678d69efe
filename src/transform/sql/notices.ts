import { as, fieldsOf, listOf, stringOf } from './node.ts';
import type { Statement } from './statement.ts';
import { statementFields } from './walk.ts';

/** Whether a DO block raises messages in a loop, as far as its words tell: each of them becomes a row of pg_timetable's log. */
export function isNoisy(statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    if (statement.type !== 'DoStmt') return false;
    const args = listOf(statementFields(statement).args).map((arg) => fieldsOf(as('DefElem', arg)));
    const code = stringOf(args.find(({ defname }) => defname === 'as')?.arg) ?? '';
    return /\bloop\b[\s\S]*\braise\s+(?:notice|info|warning)\b[\s\S]*\bend\s+loop\b/i.test(
      code.slice(0, MOST_LOOKED_AT),
    );
  });
}

const MOST_LOOKED_AT = 100_000;
