import { groupBy } from '../../model/group-by.ts';
import { remembering } from '../../model/remembering.ts';
import { as, type Fields, fieldsOf, isFields, isKind, listOf, stringOf, textOf } from './node.ts';
import type { Statement } from './statement.ts';

/** A node on the way through a statement. */
export interface Visited {
  /** The kind of the node; tables are RangeVar wherever they stand. */
  readonly kind: string;
  readonly fields: Fields;
  /** The names of the common table expressions that this place sees. */
  readonly expressions: ReadonlySet<string>;
}

/** Every statement that runs, in the order of the text: DO blocks and what is in them. */
export function executed(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((statement) => [statement, ...executed(statement.inside)]);
}

/** The members of a statement. */
export function statementFields(statement: Statement): Fields {
  return fieldsOf(statement.node[statement.type]);
}

/** What is only written down and run at another time, or by somebody else. */
const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  CreateFunctionStmt: ['sql_body'],
  RuleStmt: ['actions', 'whereClause'],
};

interface Place {
  readonly value: object;
  readonly kind: string;
  readonly expressions: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
/** Every node of a statement, parents first; walked through once. Without recursion: a tree can be deeper than the stack. */
export const nodesOf = remembering((statement: Statement): readonly Visited[] => {
  const found: Visited[] = [];
  const open: Place[] = [{ value: statement.node, kind: '', expressions: NONE }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, kind, expressions } = place;
    if (Array.isArray(value)) {
      pushItems(open, value, expressions);
    } else {
      const fields = value as Fields;
      const ownKind = kind === '' ? kindByMembers(fields) : kind;
      if (ownKind !== '') found.push({ kind: ownKind, fields, expressions });
      pushMembers(open, fields, ownKind, expressions);
    }
  }
  return found;
});

const nodesByKind = remembering((statement: Statement) => groupBy(nodesOf(statement), ({ kind }) => kind));

/** The members of the nodes of one kind, in the order of `nodesOf`. */
export function nodesOfKind(statement: Statement, kind: string): readonly Fields[] {
  return (
    nodesByKind(statement)
      .get(kind)
      ?.map(({ fields }) => fields) ?? []
  );
}

// A member that always holds the same kind is printed without it: the table of an INSERT, the call of a CALL.
function kindByMembers({ relname, relpersistence, funcname, funcformat, limitOption }: Fields): string {
  if (relname !== undefined && relpersistence !== undefined) return 'RangeVar';
  if (funcname !== undefined && funcformat !== undefined) return 'FuncCall';
  return limitOption !== undefined ? 'SelectStmt' : '';
}

// The last goes onto the pile first.
function pushItems(open: Place[], items: readonly unknown[], expressions: ReadonlySet<string>): void {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const value = items[index];
    if (typeof value === 'object' && value !== null) open.push({ value, kind: '', expressions });
  }
}

function pushMembers(open: Place[], fields: Fields, kind: string, outer: ReadonlySet<string>): void {
  const withClause = isFields(fields.withClause) ? fields.withClause : null;
  const all = withClause === null ? outer : new Set([...outer, ...expressionNames(withClause)]);
  const notRun = NOT_RUN[kind];
  const keys = Object.keys(fields);
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index] ?? '';
    const value = fields[key];
    if (typeof value !== 'object' || value === null || notRun?.includes(key)) continue;
    if (value === withClause) open.push(...expressionPlaces(value as Fields, outer, all).reverse());
    else open.push({ value, kind: isKind(key) ? key : '', expressions: all });
  }
}

function expressionNames(withClause: Fields): readonly string[] {
  return listOf(withClause.ctes).map((one) => textOf(as('CommonTableExpr', one)?.ctename) ?? '');
}

// Without RECURSIVE an expression sees only those in front of it, and a table of its own name.
function expressionPlaces(withClause: Fields, outer: ReadonlySet<string>, all: ReadonlySet<string>): Place[] {
  const names = expressionNames(withClause);
  return listOf(withClause.ctes)
    .filter(isFields)
    .map((value, index) => ({
      value,
      kind: '',
      expressions: withClause.recursive === true ? all : new Set([...outer, ...names.slice(0, index)]),
    }));
}

/** The name of a called function, with its schema where that is written. */
export function functionName(call: Fields): { readonly schema: string | null; readonly name: string } {
  const names = listOf(call.funcname);
  return {
    schema: names.length < 2 ? null : (stringOf(names.at(-2)) ?? ''),
    name: stringOf(names.at(-1)) ?? '',
  };
}
