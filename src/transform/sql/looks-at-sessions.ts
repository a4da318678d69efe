import { remembering } from '../../model/remembering.ts';
import { as, constantText, type Fields, fieldsOf, listOf, namesOf, textOf } from './node.ts';
import { relationsOf } from './relations.ts';
import { settingChanges } from './settings.ts';
import type { Statement } from './statement.ts';
import { executed, functionName, nodesOfKind, statementFields } from './walk.ts';

/** What a text sees of other sessions. */
export interface SessionLook {
  /** The views and functions that show the chain's own idle transaction, each once. */
  readonly seen: readonly string[];
  /** Whether it reads application_name, other than to find a name of its own. */
  readonly readsApplicationName: boolean;
}

const VIEWS: ReadonlySet<string> = new Set(['pg_stat_activity', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_locks']);
const FUNCTIONS: ReadonlySet<string> = new Set([
  'pg_stat_get_activity',
  'pg_stat_get_db_numbackends',
  'pg_stat_get_backend_idset',
  'pg_lock_status',
]);

/** What the statements read of sessions and locks, DO blocks included, functions not. */
export const looksAtSessions = remembering((statements: readonly Statement[]): SessionLook => {
  const seen = new Set<string>();
  let readsApplicationName = false;
  let hasName = false;
  for (const statement of executed(statements)) {
    const reading = readingOf(statement);
    hasName ||= settingChanges(statement).some(
      ({ name, value }) => name === 'application_name' && value !== null,
    );
    if (reading.readsName && !hasName && !reading.findsName) readsApplicationName = true;
    if (!reading.findsOthers) for (const name of reading.seen) seen.add(name);
  }
  return { seen: [...seen].sort(), readsApplicationName };
});

function readingOf(statement: Statement) {
  const relations = relationsOf(statement)
    .filter(({ schema, name }) => VIEWS.has(name) && (schema === null || schema === 'pg_catalog'))
    .map(({ name }) => name);
  const calls = nodesOfKind(statement, 'FuncCall');
  const conditions = nodesOfKind(statement, 'A_Expr');
  const columns = nodesOfKind(statement, 'ColumnRef').map(columnOf);
  const counts = columns.includes('numbackends') ? ['pg_stat_database.numbackends'] : [];
  return {
    seen: [
      ...relations,
      ...calls.map((call) => functionName(call).name).filter((name) => FUNCTIONS.has(name)),
      ...counts,
    ],
    readsName: columns.includes('application_name') || isShowing(statement) || calls.some(readsSetting),
    // One of these leaves out the chain's own session.
    findsOthers: conditions.some(leavesOutChains),
    findsName: conditions.some((one) => leavesOutChains(one) && comparesName(one)),
  };
}

function columnOf({ fields }: Fields): string {
  return namesOf(fields).at(-1) ?? '';
}

function isShowing(statement: Statement): boolean {
  return (
    statement.type === 'VariableShowStmt' && textOf(statementFields(statement).name) === 'application_name'
  );
}

function readsSetting(call: Fields): boolean {
  return (
    functionName(call).name === 'current_setting' &&
    constantText(listOf(call.args)[0])?.toLowerCase() === 'application_name'
  );
}

function comparesName({ lexpr }: Fields): boolean {
  return columnOf(as('ColumnRef', lexpr) ?? {}) === 'application_name';
}

/** `application_name = 'mine'` or `<> 'pg_timetable'`, `pid = pg_backend_pid()`, `backend_type = 'walsender'`. */
function leavesOutChains({ kind, name, lexpr, rexpr }: Fields): boolean {
  const operator = namesOf(name).at(-1);
  const column = columnOf(as('ColumnRef', lexpr) ?? {});
  const values = (as('List', rexpr)?.items === undefined ? [rexpr] : listOf(as('List', rexpr)?.items)).map(
    constantText,
  );
  if (kind !== 'AEXPR_OP' && kind !== 'AEXPR_IN') return false;
  if (column === 'pid')
    return operator === '=' && functionName(fieldsOf(as('FuncCall', rexpr))).name === 'pg_backend_pid';
  if (column === 'backend_type')
    return operator === '=' && values.every((value) => value !== 'client backend');
  if (column !== 'application_name') return false;
  if (operator === '=')
    return values.every((value) => value !== null && value !== '' && value !== 'pg_timetable');
  return operator === '<>' && values.includes('pg_timetable');
}
