import type { Node } from '../node.ts';
import { readArguments, readExpression, string } from './expressions.ts';
import { Reader } from './reader.ts';
import { NotPlain } from './tokens.ts';

/**
 * Reads a text that holds nothing but plain statements, as most steps do, into the nodes that PostgreSQL's parser makes of it,
 * their places in the text aside. So the parser is loaded only where it is needed.
 * @returns null where only the parser can tell
 */
export function readPlain(text: string): readonly Node[] | null {
  try {
    return statementsOf(new Reader(text));
  } catch (error) {
    if (error instanceof NotPlain) return null;
    throw error;
  }
}

function statementsOf(reader: Reader): readonly Node[] {
  const found: Node[] = [];
  while (!reader.isAtEnd) {
    if (reader.skips(';') !== null) continue;
    found.push(statementOf(reader));
    if (!reader.isAtEnd) reader.take(';');
  }
  return found;
}

function statementOf(reader: Reader): Node {
  const word = reader.skips(...Object.keys(STATEMENTS));
  const read = word === null ? undefined : STATEMENTS[word];
  if (read === undefined) throw new NotPlain();
  return read(reader);
}

const STATEMENTS: Readonly<Record<string, (reader: Reader) => Node>> = {
  select: readSelect,
  delete: readDelete,
  update: readUpdate,
  insert: readInsert,
  call: (reader) => ({ CallStmt: { funccall: readArguments(reader, reader.takeNames(2).map(string)) } }),
  vacuum: (reader) => readVacuum(reader, ['full', 'analyze'], { is_vacuumcmd: true }),
  analyze: (reader) => readVacuum(reader, [], {}),
  truncate: readTruncate,
  refresh: readRefresh,
};

const PLAIN_SELECT = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' };

function readSelect(reader: Reader): Node {
  const targetList = reader.takeList(() => readTarget(reader));
  const fromClause = reader.skips('from') === null ? null : reader.takeList(() => readAliased(reader));
  const where = readWhere(reader);
  const groupClause = readBy(reader, 'group', () => readExpression(reader));
  const sortClause = readBy(reader, 'order', () => readSort(reader));
  const limit = reader.skips('limit') === null ? null : readExpression(reader);
  return {
    SelectStmt: {
      targetList,
      ...(fromClause === null ? {} : { fromClause }),
      ...where,
      ...(groupClause === null ? {} : { groupClause }),
      ...(sortClause === null ? {} : { sortClause }),
      ...(limit === null ? {} : { limitCount: limit }),
      ...PLAIN_SELECT,
      ...(limit === null ? {} : { limitOption: 'LIMIT_OPTION_COUNT' }),
    },
  };
}

function readTarget(reader: Reader): Node {
  if (reader.skips('*') !== null) return { ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } };
  const val = readExpression(reader);
  return { ResTarget: reader.skips('as') === null ? { val } : { name: reader.takeName(), val } };
}

function readBy(reader: Reader, word: 'group' | 'order', read: () => Node): readonly Node[] | null {
  if (reader.skips(word) === null) return null;
  reader.take('by');
  return reader.takeList(read);
}

function readSort(reader: Reader): Node {
  const node = readExpression(reader);
  const order = reader.skips('asc', 'desc') ?? 'default';
  return {
    SortBy: { node, sortby_dir: `SORTBY_${order.toUpperCase()}`, sortby_nulls: 'SORTBY_NULLS_DEFAULT' },
  };
}

function readWhere(reader: Reader): Node {
  return reader.skips('where') === null ? {} : { whereClause: readExpression(reader) };
}

/** The members of a table's node. */
function readTable(reader: Reader): Node {
  const [first = '', second] = reader.takeNames(2);
  const named = second === undefined ? { relname: first } : { schemaname: first, relname: second };
  return { ...named, inh: true, relpersistence: 'p' };
}

function readAliased(reader: Reader): Node {
  const table = readTable(reader);
  const hasAlias = reader.skips('as') !== null || reader.seesName;
  return { RangeVar: hasAlias ? { ...table, alias: { aliasname: reader.takeName() } } : table };
}

function readDelete(reader: Reader): Node {
  reader.take('from');
  return { DeleteStmt: { relation: readTable(reader), ...readWhere(reader) } };
}

function readUpdate(reader: Reader): Node {
  const relation = readTable(reader);
  reader.take('set');
  const targetList = reader.takeList(() => {
    const name = reader.takeName();
    reader.take('=');
    return { ResTarget: { name, val: readExpression(reader) } };
  });
  return { UpdateStmt: { relation, targetList, ...readWhere(reader) } };
}

function readInsert(reader: Reader): Node {
  reader.take('into');
  const relation = readTable(reader);
  const cols = reader.sees('(')
    ? readInBrackets(reader, () => ({ ResTarget: { name: reader.takeName() } }))
    : null;
  const selectStmt = reader.skips('select') === null ? readValues(reader) : readSelect(reader);
  return {
    InsertStmt: {
      relation,
      ...(cols === null ? {} : { cols }),
      selectStmt,
      override: 'OVERRIDING_NOT_SET',
    },
  };
}

function readValues(reader: Reader): Node {
  reader.take('values');
  const valuesLists = reader.takeList(() => ({
    List: { items: readInBrackets(reader, () => readExpression(reader)) },
  }));
  return { SelectStmt: { valuesLists, ...PLAIN_SELECT } };
}

function readInBrackets(reader: Reader, read: () => Node): readonly Node[] {
  reader.take('(');
  const items = reader.takeList(read);
  reader.take(')');
  return items;
}

function readVacuum(reader: Reader, words: readonly string[], last: Node): Node {
  const options = words.flatMap((word) =>
    reader.skips(word) === null ? [] : [{ DefElem: { defname: word, defaction: 'DEFELEM_UNSPEC' } }],
  );
  const hasTables = reader.seesName;
  const rels = hasTables
    ? reader.takeList(() => ({ VacuumRelation: { relation: readTable(reader) } }))
    : null;
  return {
    VacuumStmt: { ...(options.length === 0 ? {} : { options }), ...(rels === null ? {} : { rels }), ...last },
  };
}

function readTruncate(reader: Reader): Node {
  reader.skips('table');
  const relations = reader.takeList(() => ({ RangeVar: readTable(reader) }));
  return { TruncateStmt: { relations, behavior: 'DROP_RESTRICT' } };
}

function readRefresh(reader: Reader): Node {
  reader.take('materialized', 'view');
  const isConcurrent = reader.skips('concurrently') !== null;
  return {
    RefreshMatViewStmt: { ...(isConcurrent ? { concurrent: true } : {}), relation: readTable(reader) },
  };
}
