import { NOT_CONSTANT, tellText } from './constant-text.ts';
import { as, constantText, type Fields, fieldsOf, isFields, listOf, type Node, textOf } from './node.ts';
import type { Attempt, SqlText, Statement } from './statement.ts';

interface Reading {
  readonly sql: (text: string) => SqlText;
  readonly plpgsql: (text: string) => Attempt<unknown>;
}

export interface Inside {
  readonly statements: readonly Statement[];
  readonly isUnread: boolean;
}

export const UNREAD: Inside = { statements: [], isUnread: true };

/** What a DO block runs, in the order of its text: queries, expressions, commits, and EXECUTE as far as its text can be told. */
export function readBlock(node: Node, reading: Reading): Inside {
  const args = listOf(as('DoStmt', node)?.args).map((arg) => fieldsOf(as('DefElem', arg)));
  const option = (name: string): string | null =>
    textOf(fieldsOf(as('String', args.find(({ defname }) => defname === name)?.arg)).sval);
  const code = option('as') ?? '';
  if ((option('language') ?? 'plpgsql') !== 'plpgsql') return UNREAD;
  const quote = dollarQuote(code);
  const tree = reading.plpgsql(`DO ${quote}${code}${quote}`);
  if ('error' in tree) return UNREAD;
  const parts = queriesOf(tree.value).map((query) => statementsOf(query, reading));
  return {
    statements: parts.flatMap(({ statements }) => statements),
    isUnread: parts.some(({ isUnread }) => isUnread),
  };
}

function dollarQuote(code: string): string {
  let quote = '$block$';
  for (let number = 1; code.includes(quote); number += 1) quote = `$block${number}$`;
  return quote;
}

type Query =
  | { readonly kind: 'query' | 'expression' | 'assignment' | 'execute'; readonly text: string }
  | { readonly kind: 'transaction'; readonly end: string; readonly isChained: boolean };

// The members of a PL/pgSQL statement that are run as a text of SQL.
const EXECUTED: ReadonlySet<string> = new Set([
  'PLpgSQL_stmt_dynexecute.query',
  'PLpgSQL_stmt_dynfors.query',
  'PLpgSQL_stmt_open.dynquery',
  'PLpgSQL_stmt_return_query.dynquery',
]);

// The members of a loop are printed body first, a block's handlers among its body: told in the order of the text.
const LATER: readonly string[] = ['body', 'else_body', 'exceptions'];

function queriesOf(tree: unknown): readonly Query[] {
  const found: Query[] = [];
  const open: { readonly value: unknown; readonly place: string }[] = [{ value: tree, place: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, place } = next;
    if (Array.isArray(value)) {
      open.push(...value.map((item) => ({ value: item as unknown, place })).reverse());
      continue;
    }
    if (!isFields(value)) continue;
    const expression = value.PLpgSQL_expr;
    if (isFields(expression)) found.push(queryOf(expression, EXECUTED.has(place)));
    found.push(...transactionEnds(value));
    const inOrder = Object.entries(value).sort(([one], [other]) => LATER.indexOf(one) - LATER.indexOf(other));
    for (const [key, member] of inOrder.reverse()) {
      const kind = place.split('.', 1)[0];
      open.push({ value: member, place: key.startsWith('PLpgSQL_') ? key : `${kind}.${key}` });
    }
  }
  return found;
}

function transactionEnds(value: Fields): readonly Query[] {
  return (['commit', 'rollback'] as const).flatMap((end) => {
    const fields = value[`PLpgSQL_stmt_${end}`];
    return isFields(fields) ? [{ kind: 'transaction' as const, end, isChained: fields.chain === true }] : [];
  });
}

const QUERY = 0;
const EXPRESSION = 2;

function queryOf(fields: Fields, isExecuted: boolean): Query {
  const text = textOf(fields.query) ?? '';
  const mode = fields.parseMode;
  if (isExecuted) return { kind: 'execute', text };
  return { kind: mode === QUERY ? 'query' : mode === EXPRESSION ? 'expression' : 'assignment', text };
}

// `name := value` or `name = value`, the name with its fields and subscripts.
const ASSIGNMENT = /^(?:"(?:[^"]|"")*"|[^"=])*=/;

function statementsOf(query: Query, reading: Reading): Inside {
  switch (query.kind) {
    case 'transaction':
      return { statements: [transactionStatement(query.end, query.isChained)], isUnread: false };
    case 'query':
      return read(query.text, reading);
    case 'expression':
      return read(`SELECT ${query.text}`, reading);
    case 'assignment':
      return read(query.text.replace(ASSIGNMENT, 'SELECT '), reading);
    case 'execute':
      return readExecuted(query.text, reading);
  }
}

function read(text: string, reading: Reading): Inside {
  const sql = reading.sql(text);
  if (sql.kind === 'unread') return UNREAD;
  if (sql.kind === 'empty') return { statements: [], isUnread: false };
  return { statements: sql.statements, isUnread: false };
}

// The expression is evaluated too: it may call functions.
function readExecuted(text: string, reading: Reading): Inside {
  const expression = read(`SELECT ${text}`, reading);
  const select = as('SelectStmt', expression.statements[0]?.node);
  const value = as('ResTarget', listOf(select?.targetList)[0])?.val;
  const told = tellText(value);
  const isConstant = constantText(value) !== null;
  const run = told === NOT_CONSTANT ? UNREAD : read(told, reading);
  return {
    statements: [...(isConstant ? [] : expression.statements), ...run.statements],
    isUnread: expression.isUnread || run.isUnread || told.includes(NOT_CONSTANT),
  };
}

function transactionStatement(end: string, isChained: boolean): Statement {
  const fields = { kind: `TRANS_STMT_${end.toUpperCase()}`, ...(isChained ? { chain: true } : {}) };
  return { type: 'TransactionStmt', node: { TransactionStmt: fields }, inside: [], isInsideUnread: false };
}
