import { Remembered } from '../../model/remembered.ts';
import { readBlock, UNREAD } from './block.ts';
import type { Node } from './node.ts';
import { readPlain } from './plain/statements.ts';
import type { Attempt, SqlText } from './statement.ts';
import { withoutComments } from './without-comments.ts';

type Parser = Pick<typeof import('./grammar.ts'), 'parseSync' | 'parsePlPgSQLSync'>;

/** A block in a block in a block: nobody writes more. */
const DEEPEST_BLOCK = 5;
const LONGEST_TEXT = 1_000_000;

let parser: Parser | undefined;

// A run plans every job two or three times, and many jobs have the same steps. A tree takes up to 100 bytes a character.
const KNOWN_TEXTS = new Remembered<SqlText>(100_000);

// What the texts hold that are to be read next, so that nobody reads a plain one twice.
let ahead: ReadonlyMap<string, readonly Node[] | null> = new Map();

/** Makes ready to read these texts: loads the parser, once, where one of them needs it. */
export async function readyToRead(texts: readonly string[]): Promise<void> {
  if (parser !== undefined) return;
  ahead = new Map(texts.filter(isReadable).map((text) => [text, readPlain(text)]));
  if ([...ahead.values()].includes(null)) await loadSqlParser();
}

/** Makes the parser ready for whatever text. */
export async function loadSqlParser(): Promise<void> {
  ahead = new Map();
  // Importing it is what loads the grammar: a run that reads no SQL shall not wait for it.
  const grammar = await import('./grammar.ts');
  await grammar.loadModule();
  parser = grammar;
}

/** Reads a text of SQL. Pure, but for `readyToRead` that has to come before. */
export function readSql(text: string): SqlText {
  return KNOWN_TEXTS.of(text, () => readText(text, 0));
}

function readText(text: string, depth: number): SqlText {
  if (text.length > LONGEST_TEXT) return { kind: 'unread', why: 'too long to look into' };
  if (!isReadable(text)) return { kind: 'unread', why: 'a character that PostgreSQL cannot hold' };
  const plain = ahead.get(text) ?? readPlain(text);
  const nodes = plain === null ? parse(text) : { value: plain };
  if ('error' in nodes) return { kind: 'unread', why: reason(nodes.error, text) };
  if (nodes.value.length === 0) return { kind: 'empty', hasComment: /[^\s;]/.test(text) };
  const read = {
    sql: (inner: string) => readText(inner, depth + 1),
    plpgsql: (block: string) => attempt<unknown>(() => loadedParser().parsePlPgSQLSync(block)),
  };
  return {
    kind: 'statements',
    statements: nodes.value.map((node) => {
      const type = Object.keys(node)[0] ?? '';
      if (type !== 'DoStmt') return { type, node, inside: [], isInsideUnread: false };
      const block = attempt(() => (depth < DEEPEST_BLOCK ? readBlock(node, read) : UNREAD));
      const { statements, isUnread } = 'error' in block ? UNREAD : block.value;
      return { type, node, inside: statements, isInsideUnread: isUnread };
    }),
  };
}

function isReadable(text: string): boolean {
  return text.length <= LONGEST_TEXT && !text.includes('\0');
}

function parse(text: string): Attempt<readonly Node[]> {
  const { parseSync } = loadedParser();
  const nodes = attempt(() => parsedNodes(parseSync(text)));
  if (!('error' in nodes)) return nodes;
  // libpg_query refuses a comment in places where PostgreSQL allows one: NULLS /* here */ LAST.
  const bare = withoutComments(text);
  const again = bare === text ? nodes : attempt(() => parsedNodes(parseSync(bare)));
  return 'error' in again ? nodes : again;
}

function loadedParser(): Parser {
  if (parser === undefined) throw new Error('readSql was called before readyToRead had ended.');
  return parser;
}

// The parser throws for what it refuses, and the stack can end on very deep nesting.
function attempt<T>(action: () => T): Attempt<T> {
  try {
    return { value: action() };
  } catch (error) {
    return { error };
  }
}

function parsedNodes(tree: { readonly stmts?: readonly { readonly stmt?: unknown }[] }): readonly Node[] {
  return (tree.stmts ?? []).map(({ stmt }) => stmt as Node);
}

// The parser's own words quote the text, which may hold a secret: only words known not to are repeated.
const KNOWN_REASONS = [
  'syntax error',
  'unterminated quoted string',
  'unterminated dollar-quoted string',
  'unterminated quoted identifier',
  'unterminated /* comment',
  'trailing junk after numeric literal',
  'trailing junk after parameter',
];

function reason(error: unknown, text: string): string {
  if (!(error instanceof Error) || error instanceof RangeError) return 'nested too deeply to look into';
  const why = KNOWN_REASONS.find((known) => error.message.startsWith(known)) ?? 'refused by the grammar';
  const position = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition;
  return position === undefined ? why : `${why} in line ${lineAt(text, position)}`;
}

// Positions count characters, of which one may be two of JavaScript's.
function lineAt(text: string, position: number): number {
  return [...text].slice(0, position).filter((character) => character === '\n').length + 1;
}
