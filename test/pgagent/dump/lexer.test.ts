import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DumpLexer } from '../../../src/pgagent/dump/lexer/lexer.ts';
import type { RowUse, StatementUse } from '../../../src/pgagent/dump/lexer/parts.ts';

/** What the lexer finds, a line a part, with the line it says. */
function partsOf(text: string, size: number, hasBackslashes = false): readonly string[] {
  const parts: string[] = [];
  const lexer = new DumpLexer({
    comment: (comment) => parts.push(`comment ${comment}`),
    command: (command) => parts.push(`command ${command}`),
    statement: (head): StatementUse => {
      if (head.startsWith('INSERT INTO other')) return 'skip';
      if (head.startsWith('INSERT')) return 'groups';
      return head.startsWith('CREATE FUNCTION') ? 'routine' : 'text';
    },
    text: (statement, line): RowUse | null => {
      parts.push(`${line}: ${statement}`);
      if (!/FROM stdin$/.test(String(statement))) return null;
      return String(statement).startsWith('COPY other') ? 'skip' : 'keep';
    },
    group: (before, content, line) => parts.push(`${line}: ${before.trim()}(${content})`),
    endOfGroups: () => {},
    row: (row, line) => parts.push(`${line}> ${row}`),
  });
  lexer.hasBackslashes = hasBackslashes;
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    lexer.feed(chunk);
    chunk.fill('#');
  }
  lexer.end();
  return parts;
}

const CASES: readonly (readonly [what: string, text: string, parts: readonly string[]])[] = [
  ['nothing', '', []],
  ['blanks and lone semicolons', ' \n;\t;\r\n', []],
  ['two statements', 'SET a = 1;\nSET b = 2;', ['1: SET a = 1', '2: SET b = 2']],
  [
    'a comment between statements',
    '--\n-- Name: x\n--\nSET a;',
    ['comment ', 'comment Name: x', 'comment ', '4: SET a'],
  ],
  ['a comment within a statement', 'SET a -- ; no end\n= 1;', ['1: SET a -- ; no end\n= 1']],
  ['a comment at the end, without a line end', '-- PostgreSQL', ['comment PostgreSQL']],
  ['one dash', 'SELECT 1 - 2;', ['1: SELECT 1 - 2']],
  ['nested comments', '/* ; /* ; */ ; */SET a;', ['1: SET a']],
  ['a slash', 'SELECT 1 / 2;', ['1: SELECT 1 / 2']],
  ['a semicolon in quotes', "SET a = 'x;''y;';SET b;", ["1: SET a = 'x;''y;'", '1: SET b']],
  ['a backslash in quotes is one', "SET a = 'x\\';SET b;", ["1: SET a = 'x\\'", '1: SET b']],
  [
    'a backslash after E escapes',
    "SET a = E'x\\';y''\\\\';SET b;",
    ["1: SET a = E'x\\';y''\\\\'", '1: SET b'],
  ],
  ['a name that ends with e is no E', "SET name'x\\';SET b;", ["1: SET name'x\\'", '1: SET b']],
  ['a name in quotes', 'SET "a;""b;" = 1;', ['1: SET "a;""b;" = 1']],
  ['dollar quotes', 'DO $$ a; $x$ b; $$;SET b;', ['1: DO $$ a; $x$ b; $$', '1: SET b']],
  ['dollar quotes with a tag', 'DO $x$ a; $$ $y$ $x$;', ['1: DO $x$ a; $$ $y$ $x$']],
  ['a dollar in a name is no quote', 'SET a$b$ = 1;SET c;', ['1: SET a$b$ = 1', '1: SET c']],
  ['a parameter is no quote', 'SET a = $1$;SET c;', ['1: SET a = $1$', '1: SET c']],
  [
    'a semicolon in parentheses',
    'CREATE RULE r DO (a; b);SET c;',
    ['1: CREATE RULE r DO (a; b)', '1: SET c'],
  ],
  ['a command of psql', '\\connect app\nSET a;', ['command connect app', '2: SET a']],
  [
    'rows that are kept',
    'COPY t (a) FROM stdin;\n1\t\\\\.\n\\N\n\\.\nSET a;',
    ['1: COPY t (a) FROM stdin', '2> 1\t\\\\.', '3> \\N', '5: SET a'],
  ],
  ['no rows', 'COPY t FROM stdin;\n\\.\n\nSET a;', ['1: COPY t FROM stdin', '4: SET a']],
  [
    'rows that are skipped',
    "COPY other FROM stdin;\nCOPY t FROM stdin;\n\\.x\n'\n\\.\nSET a;",
    ['1: COPY other FROM stdin', '6: SET a'],
  ],
  ['no rows to skip', 'COPY other FROM stdin;\n\\.\nSET a;', ['1: COPY other FROM stdin', '3: SET a']],
  [
    'carriage returns',
    '-- a\r\nCOPY t FROM stdin;\r\n1\r\n\r\n\\.\r\nSET a;\r\n',
    ['comment a', '2: COPY t FROM stdin', '3> 1', '4> ', '6: SET a'],
  ],
  [
    'skipped rows with carriage returns',
    'COPY other FROM stdin;\r\n1\r\n\\.\r\nSET a;',
    ['1: COPY other FROM stdin', '4: SET a'],
  ],
  [
    'an INSERT',
    "INSERT INTO t VALUES (1, 'a)b', (2));\nSET a;",
    ["1: INSERT INTO t VALUES(1, 'a)b', (2))", '2: SET a'],
  ],
  [
    'an INSERT with columns and rows',
    'INSERT INTO t (a, b) VALUES\n\t(1, 2),\n\t(3, 4);',
    ['1: INSERT INTO t(a, b)', '2: VALUES(1, 2)', '3: ,(3, 4)'],
  ],
  ['an INSERT of no interest', "INSERT INTO other VALUES ('INSERT INTO t VALUES (1);');SET a;", ['1: SET a']],
  [
    'a function of standard SQL',
    'CREATE FUNCTION f(begin int) BEGIN ATOMIC INSERT INTO t VALUES (1); SELECT CASE WHEN a THEN b END; END;SET a;',
    ['1: SET a'],
  ],
  [
    'a function in quotes',
    'CREATE FUNCTION f() AS $$ BEGIN; COPY t FROM stdin;\n1\n\\.\n $$;SET a;',
    ['4: SET a'],
  ],
];

for (const [what, text, parts] of CASES)
  test(`the lexer reads ${what}, however its bytes come`, () => {
    for (const size of [1, 2, 3, 5, 7, 1024])
      assert.deepEqual(partsOf(text, size), parts, `${size} bytes at once`);
  });

test('with standard_conforming_strings off a backslash escapes in every text', () => {
  for (const size of [1, 2, 1024])
    assert.deepEqual(partsOf("SET a = 'x\\';y';SET b;", size, true), ["1: SET a = 'x\\';y'", '1: SET b']);
});

for (const [within, text] of [
  ['a statement', 'SET a\n= 1'],
  ['a statement', 'SET a = (1;'],
  ['a text in quotes', "SET\na = '1;"],
  ['a text in quotes', "SET\na = E'1\\';"],
  ['a name in quotes', 'SET\n"a;'],
  ['a text in dollar quotes', 'DO\n$x$ ; $$;'],
  ['a comment', 'SET a;\n/* /* */'],
  ['the rows of a COPY', 'COPY t FROM stdin;\n'],
  ['the rows of a COPY', 'COPY t FROM stdin;\n1\t2'],
  ['the rows of a COPY', 'COPY other FROM stdin;\n1\t2'],
] as const)
  test(`a dump that ends within ${within} is cut: ${JSON.stringify(text)}`, () => {
    for (const size of [1, 2, 1024])
      assert.throws(() => partsOf(text, size), {
        message: `The dump ends in line ${text.split('\n').length}, within ${within}: it is cut.`,
      });
  });

const MIB = 1024 * 1024;
for (const [what, begin, part, end] of [
  ['rows', 'COPY other FROM stdin;\n', `1\t${'x'.repeat(98)}\\\\\n`, '\\.\n'],
  ['a row of 200 MiB', 'COPY other FROM stdin;\n', 'x', '\n\\.\n'],
  ['statements', '', `INSERT INTO other VALUES (1, '${'y'.repeat(60)};', NULL);\n`, ''],
  ['a text of 200 MiB', "INSERT INTO other VALUES ('", 'x', "');\n"],
] as const)
  test(`${what} that are skipped stay in no memory`, () => {
    const parts: string[] = [];
    const listener = {
      comment: () => {},
      command: () => {},
      statement: (head: string): StatementUse => (head.startsWith('INSERT') ? 'skip' : 'text'),
      text: (text: Buffer): RowUse | null => {
        parts.push(String(text));
        return String(text).endsWith('FROM stdin') ? 'skip' : null;
      },
      group: () => {},
      endOfGroups: () => {},
      row: () => {},
    };
    const lexer = new DumpLexer(listener);
    lexer.feed(Buffer.from(begin));
    const chunk = Buffer.from(part.repeat(Math.ceil(MIB / part.length)));
    const before = process.memoryUsage().rss;
    for (let at = 0; at < 200; at += 1) lexer.feed(chunk);
    lexer.feed(Buffer.from(`${end}SET a;`));
    lexer.end();
    assert.equal(parts.at(-1), 'SET a');
    const more = process.memoryUsage().rss - before;
    assert.ok(more < 100 * MIB, `${Math.round(more / MIB)} MiB more`);
  });
