import type { StatementUse } from './lexer/parts.ts';
import { namesIn, QUALIFIED } from './names.ts';
import { isKeptTable, type KeptTable } from './tables.ts';

const COPY = new RegExp(
  `^COPY\\s+(${QUALIFIED})\\s*(?:\\(([\\s\\S]*)\\))?\\s*(WITH OIDS)?\\s*FROM stdin$`,
  'i',
);
const IS_COPY = /^COPY\s[\s\S]*FROM\s+stdin\b/i;
const INSERT = new RegExp(`^INSERT\\s+INTO\\s+(${QUALIFIED})`, 'i');
const CREATE_TABLE = new RegExp(
  `^CREATE\\s+(?:UNLOGGED\\s+)?TABLE\\s+(?:IF NOT EXISTS\\s+)?(${QUALIFIED})`,
  'i',
);
const ROUTINE = new RegExp(`^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:FUNCTION|PROCEDURE)\\s+(${QUALIFIED})`, 'i');
const CREATED = new RegExp(`^CREATE\\s+(?:EXTENSION|SCHEMA)\\s+(?:IF NOT EXISTS\\s+)?(${QUALIFIED})`, 'i');
const OF_TEXT =
  /^(?:COPY\s|SET\s+(?:client_encoding|standard_conforming_strings|search_path)\b|SELECT\s+pg_catalog\.set_config\b|WITH\b|CREATE\s+(?:EXTENSION|SCHEMA)\s)/i;

/** A statement of a dump that matters. */
export type Statement =
  | { readonly kind: 'copy'; readonly table: KeptTable | null; readonly columns: readonly string[] }
  | { readonly kind: 'table'; readonly table: KeptTable; readonly columns: readonly string[] }
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  /** The schema of pgAgent, or its extension. */
  | { readonly kind: 'pgagent' }
  | { readonly kind: 'schema-version'; readonly version: string };

/** The table of pgAgent that a name means, or null for any other. */
function keptTable(name: string, searchPath: readonly string[]): KeptTable | null {
  const names = namesIn(name);
  // No other schema has tables of these names.
  const onPath = searchPath.includes('pgagent') ? 'pgagent' : null;
  const [schema, table] = names.length === 1 ? [onPath, names[0]] : names.slice(-2);
  return schema === 'pgagent' && table !== undefined && isKeptTable(table) ? table : null;
}

const CHANGE = new RegExp(
  `^(UPDATE|DELETE\\s+FROM|MERGE\\s+INTO|TRUNCATE)\\s+(?:TABLE\\s+)?(?:ONLY\\s+)?(${QUALIFIED})`,
  'i',
);
const WITH = /^(WITH)\b[\s\S]*?((?:\bpgagent\s*\.\s*|"pgagent"\s*\.\s*|(?<![\w.$"]))(?:pga_\w+|"pga_\w+"))/i;
const OTHER_ROWS = new RegExp(`^(COPY)\\s+(${QUALIFIED})[\\s\\S]*FROM\\s`, 'i');

/**
 * What a statement does to the rows of pgAgent that no dump does: somebody wrote it into the file by hand.
 * @returns `UPDATE on pgagent.pga_job`; null for any other statement
 */
export function changeByHand(text: string, searchPath: readonly string[]): string | null {
  const [, verb = '', name = ''] =
    CHANGE.exec(text) ?? WITH.exec(text) ?? (COPY.test(text) ? [] : (OTHER_ROWS.exec(text) ?? []));
  const table = name === '' ? null : keptTable(name, searchPath);
  return table === null ? null : `${verb.toUpperCase().replace(/\s+(?:FROM|INTO)/, '')} on pgagent.${table}`;
}

/** What the lexer does with a statement that begins so. */
export function useOf(head: string, searchPath: readonly string[]): StatementUse {
  const [, into] = INSERT.exec(head) ?? [];
  if (into !== undefined) return keptTable(into, searchPath) === null ? 'skip' : 'groups';
  if (OF_TEXT.test(head)) return 'text';
  const [, table] = CREATE_TABLE.exec(head) ?? [];
  if (table !== undefined) return keptTable(table, searchPath) === null ? 'skip' : 'text';
  const [, routine] = ROUTINE.exec(head) ?? [];
  if (routine === undefined) return 'skip';
  return namesIn(routine).at(-1) === 'pgagent_schema_version' ? 'text' : 'routine';
}

/** The table of an INSERT into pgAgent's tables, by what stands before its first parenthesis. */
export function insertedTable(head: string, searchPath: readonly string[]): KeptTable | null {
  const [, name] = INSERT.exec(head) ?? [];
  return name === undefined ? null : keptTable(name, searchPath);
}

/** Reads a statement that the lexer was asked the text of; null for one that does not matter. */
export function readStatement(text: string, searchPath: readonly string[]): Statement | null {
  if (IS_COPY.test(text)) return copyOf(text, searchPath);
  const table = CREATE_TABLE.exec(text);
  if (table) return tableOf(keptTable(table[1] ?? '', searchPath), text);
  const set = /^SET\s+(\w+)\s*(?:=|TO)\s*([\s\S]*)$/i.exec(text);
  if (set) return { kind: 'set', name: (set[1] ?? '').toLowerCase(), value: (set[2] ?? '').trim() };
  const config = /^SELECT\s+pg_catalog\.set_config\('(\w+)',\s*('[^']*')/i.exec(text);
  if (config) return { kind: 'set', name: config[1] ?? '', value: config[2] ?? '' };
  const [, made] = CREATED.exec(text) ?? [];
  if (made !== undefined) return namesIn(made)[0] === 'pgagent' ? { kind: 'pgagent' } : null;
  const [, version] = /(?:RETURN|SELECT)\s+(\d+)/i.exec(text) ?? [];
  return ROUTINE.test(text) && version !== undefined ? { kind: 'schema-version', version } : null;
}

function copyOf(text: string, searchPath: readonly string[]): Statement {
  const [, name, columns = '', oids] = COPY.exec(text) ?? [];
  return {
    kind: 'copy',
    table: name === undefined ? null : keptTable(name, searchPath),
    columns: [...(oids === undefined ? [] : ['oid']), ...namesIn(columns)],
  };
}

const NO_COLUMN = /^(?:CONSTRAINT|CHECK|PRIMARY|UNIQUE|FOREIGN|EXCLUDE|LIKE)\s/i;

function tableOf(table: KeptTable | null, text: string): Statement | null {
  if (table === null) return null;
  const parts = partsOf(text.slice(text.indexOf('(') + 1));
  const columns = parts.filter((part) => !NO_COLUMN.test(part)).flatMap((part) => namesIn(part).slice(0, 1));
  return { kind: 'table', table, columns };
}

/** What commas part, outside of parentheses and quotes, up to the parenthesis that closes. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]/g)) {
    if (mark === '(') depth += 1;
    if (mark === ')') depth -= 1;
    if (depth >= 0 && !(mark === ',' && depth === 0)) continue;
    parts.push(text.slice(from, index).trim());
    from = index + 1;
    if (depth < 0) break;
  }
  return parts;
}
