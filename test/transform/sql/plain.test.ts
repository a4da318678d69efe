import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { readPlain } from '../../../src/transform/sql/plain/statements.ts';
import { runs } from '../../property-runs.ts';
import { KEYWORDS } from './keywords.ts';

await loadModule();

/** What the parser makes of a text, its places in the text aside; null where it refuses the text. */
function parsed(text: string): string | null {
  try {
    const { stmts = [] } =
      text === '' ? {} : (parseSync(text) as { readonly stmts?: { readonly stmt: unknown }[] });
    return JSON.stringify(
      stmts.map(({ stmt }) => stmt),
      (member, value: unknown) =>
        ['location', 'rexpr_list_start', 'rexpr_list_end'].includes(member) ? undefined : value,
    );
  } catch {
    return null;
  }
}

/** Whether it is plain: then its nodes are those of the parser, in the same order. */
function isPlain(text: string): boolean {
  const nodes = readPlain(text);
  if (nodes !== null) assert.equal(JSON.stringify(nodes), parsed(text), text);
  return nodes !== null;
}

describe('what many steps do is plain', () => {
  const plain: readonly string[] = [
    ...[
      '',
      ' ',
      ';;',
      '-- nothing',
      '/* nothing */ ; -- at all',
      'SELECT 1',
      'select 1;',
      ';SELECT 1; select 2 ;',
    ],
    "SELECT 'archived'",
    'SELECT pg_sleep(1)',
    "SELECT maintenance.rebuild(17, 'nightly', true, NULL, -1, 0, 1.50, '')",
    "DELETE FROM public.demo_log WHERE what = 'location'",
    "DELETE FROM public.demo_log WHERE happened < now() - interval '30 days'",
    "INSERT INTO public.demo_log (what) VALUES ('paid'), ('it''s paid')",
    'INSERT INTO a SELECT x, y AS z FROM b, c.d AS e, f g WHERE NOT x AND (y OR z) AND w IS NOT NULL ORDER BY 1 DESC, y LIMIT 5',
    "UPDATE t SET a = b + 1 * (c - 2), d = -1 WHERE e IN (1, 2) AND f NOT IN (3) AND g LIKE 'x%' OR h || i != 'y'",
    ...['VACUUM', 'VACUUM ANALYZE', 'vacuum full analyze a.b, c', 'ANALYZE', 'analyze a.b'],
    ...['CALL p()', "CALL s.p(1, 'x'::text, current.day)", 'TRUNCATE a.b, c', 'TRUNCATE TABLE a'],
    ...['REFRESH MATERIALIZED VIEW a', 'refresh materialized view concurrently a.b'],
    'SELECT count(*), "Odd Name"."x" FROM "T" GROUP BY day, "x" -- größe',
  ];
  for (const text of plain) test(text, () => assert.ok(isPlain(text)));
});

describe('and what is beyond a few rules is left to the parser', () => {
  const others: readonly string[] = [
    ...[
      'SELEC 1',
      'SELECT',
      'SELECT 1 2',
      'SELECT 1a',
      'SELECT 1.',
      'SELECT .5',
      'SELECT 1e5',
      'SELECT 2147483648',
    ],
    ...[
      "SELECT e'x'",
      "SELECT 'a\\b'",
      "SELECT 'a' 'b'",
      "SELECT 'a",
      'SELECT "a',
      'SELECT $1',
      "SELECT 'x'\n'y'",
    ],
    ...[
      '/* /* */ SELECT 1',
      '/* /*/ SELECT 1',
      '/* SELECT 1',
      'SELECT größe',
      `SELECT ${'a'.repeat(64)}`,
      "SELECT '\ud800'",
    ],
    ...['SELECT a @ b', 'SELECT a <-1', 'SELECT a = b = c', 'SELECT -a', 'SELECT -1::text', 'SELECT 1::int'],
    ...[
      'SELECT user',
      'SELECT current_date',
      'SELECT 1 day',
      'SELECT a.*',
      'SELECT f(DISTINCT a)',
      'SELECT f(a) OVER ()',
    ],
    ...[
      'SELECT (SELECT 1)',
      'SELECT 1 UNION SELECT 2',
      'SELECT 1 INTO t',
      'SELECT a FROM b JOIN c ON true',
      'TABLE t',
    ],
    ...[
      'DELETE FROM a USING b',
      'UPDATE ONLY a SET b = 1',
      'INSERT INTO a DEFAULT VALUES',
      'WITH a AS (SELECT 1) SELECT 1',
    ],
    ...[
      'DO $$ BEGIN END $$',
      'BEGIN',
      'SET a = b',
      'CREATE TABLE a ()',
      'VACUUM (ANALYZE) a',
      'TRUNCATE a CASCADE',
    ],
    ...[
      `SELECT ${'('.repeat(60)}1${')'.repeat(60)}`,
      `SELECT ${'1+'.repeat(600)}1`,
      `SELECT ${'NOT '.repeat(60)}a`,
    ],
  ];
  for (const text of others) test(text.slice(0, 60), () => assert.equal(readPlain(text), null));
});

test('a long text with one level is plain, and the parser takes it', () => {
  assert.ok(isPlain(`SELECT ${'1 + '.repeat(490)}1`));
  assert.ok(isPlain(`SELECT ${'a and '.repeat(490)}b`));
  assert.ok(isPlain(`SELECT ${'('.repeat(48)}1${')'.repeat(48)}`));
  assert.ok(isPlain(`SELECT '${"it''s\r\n\t\u0001".repeat(2_000)}' /* ${'* / '.repeat(20_000)} */`));
});

const words = fc.constantFrom(
  'a',
  'b',
  'X_1',
  '"Q q"',
  'now',
  'day',
  'name',
  'set',
  'interval',
  'not',
  'null',
);
const names = fc.oneof(
  words,
  fc.tuple(words, words).map((two) => two.join('.')),
);
const constants = fc.constantFrom(
  '0',
  '1',
  '2147483647',
  '1.50',
  "''",
  "'it''s'",
  "'ä'",
  'true',
  'false',
  'null',
);
const signs = fc.constantFrom(
  '+',
  '-',
  '*',
  '/',
  '<',
  '>',
  '=',
  '<=',
  '>=',
  '<>',
  '!=',
  '||',
  'and',
  'or',
  'like',
  '::',
);
const { expression } = fc.letrec<{ readonly expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: names },
    { weight: 4, arbitrary: constants },
    fc.tuple(tie('expression'), signs, tie('expression')).map((three) => three.join(' ')),
    tie('expression').map((inner) => `(${inner})`),
    tie('expression').map((inner) => `not ${inner}`),
    tie('expression').map((inner) => `- ${inner}`),
    tie('expression').map((inner) => `${inner} is not null`),
    tie('expression').map((inner) => `${inner} is null`),
    fc
      .tuple(tie('expression'), fc.constantFrom('text', 'date', 'name', 'int', 'json'))
      .map((two) => two.join('::')),
    fc
      .tuple(names, fc.array(tie('expression'), { maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join()})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom(' in ', ' not in '),
        fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
      )
      .map(([one, sign, items]) => `${one}${sign}(${items.join(', ')})`),
    fc.constant("interval '1 day'"),
    fc.constant('count(*)'),
  ),
}));
const lists = fc.array(expression, { minLength: 1, maxLength: 3 }).map((items) => items.join(', '));
const where = fc.oneof(
  fc.constant(''),
  expression.map((one) => ` where ${one}`),
);
const tables = fc.oneof(
  names,
  fc.tuple(names, fc.constantFrom(' ', ' as '), words).map((three) => three.join('')),
);
const selects = fc
  .tuple(
    lists,
    tables,
    where,
    fc.constantFrom(
      '',
      ' group by a',
      ' order by 1 desc, b asc, c',
      ' limit 5',
      ' group by 1 order by 2 limit a',
    ),
  )
  .map(([items, table, condition, rest]) => `select ${items} from ${table}${condition}${rest}`);
const statements = fc.oneof(
  lists.map((items) => `select ${items}`),
  selects,
  fc.tuple(names, where).map(([table, condition]) => `delete from ${table}${condition}`),
  fc
    .tuple(names, words, expression, where)
    .map(([table, column, value, condition]) => `update ${table} set ${column} = ${value}${condition}`),
  fc
    .tuple(names, words, lists)
    .map(([table, column, items]) => `insert into ${table} (${column}, b) values (${items}), (${items})`),
  fc.tuple(names, selects).map((two) => `insert into ${two.join(' ')}`),
  fc
    .tuple(
      fc.constantFrom(
        'vacuum',
        'vacuum full',
        'vacuum analyze',
        'analyze',
        'truncate',
        'truncate table',
        'refresh materialized view',
      ),
      names,
    )
    .map((two) => two.join(' ')),
  fc.tuple(names, lists).map(([name, items]) => `call ${name}(${items})`),
);
const texts = fc.array(statements, { minLength: 1, maxLength: 2 }).map((some) => some.join('; '));

test('what is read as plain is what the parser reads, of texts that are made by the rules', () => {
  let plain = 0;
  let good = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (isPlain(text)) plain += 1;
      if (parsed(text) !== null) good += 1;
    }),
    runs(4_000),
  );
  assert.ok(plain > good / 3, `${plain} of ${good}`);
});

const PIECES = [
  ...[
    ...'()*+-/<>=.,;:$"\'\\!@#%^&|~?[]{}_',
    '::',
    '||',
    '--',
    '/*',
    '*/',
    '$$',
    '\n',
    '\r',
    '\t',
    '\f',
    '\v',
    '\0',
    '\u00a0',
    '\u2028',
  ],
  ...[
    '1',
    '0',
    '007',
    '1.5',
    '.5',
    '1e3',
    '0x1f',
    '1_000',
    "e'x'",
    "u&'x'",
    'u&"x"',
    "n'x'",
    "b'1'",
    "'a'",
    '"b"',
    'ä',
    '\ud83d\ude00',
    '\ud800',
  ],
  ...[
    '=>',
    ':=',
    '=-1',
    '<-',
    'x$1',
    'a',
    'f(1)',
    'over ()',
    'at time zone',
    'double precision',
    'rows from',
  ],
];
const pieces = fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...KEYWORDS));

test('and of texts that are broken somewhere', () => {
  const blanks = fc.constantFrom(' ', '', ' ');
  fc.assert(
    fc.property(
      texts,
      fc.array(fc.tuple(fc.nat(400), fc.nat(2), pieces, blanks), { maxLength: 3 }),
      (text, changes) => {
        let broken = text;
        for (const [place, gone, piece, blank] of changes) {
          const cut = broken.split(/(?<=[ (),.;])/);
          cut.splice(place % (cut.length + 1), gone, `${blank}${piece}${blank}`);
          broken = cut.join('');
        }
        isPlain(broken);
      },
    ),
    runs(12_000),
  );
});

test('every keyword, wherever a name may stand', () => {
  for (const word of KEYWORDS) {
    for (const form of [
      ...[
        'SELECT ?',
        'SELECT ?.?',
        'SELECT ?(?)',
        'SELECT a ?',
        'SELECT 1 AS ?',
        'SELECT ? FROM b',
        "SELECT ? 'x'",
        'SELECT a ? b',
      ],
      ...[
        'SELECT 1 FROM ?',
        'SELECT 1 FROM a ?',
        'SELECT 1 FROM a AS ?',
        'SELECT 1 FROM ?.? ? WHERE ?',
        'SELECT a FROM b ? c',
      ],
      ...[
        'SELECT a::?',
        "SELECT interval '1' ?",
        'SELECT f(?) ? ',
        'SELECT f(a ?)',
        'SELECT f(? a)',
        'SELECT 1 LIMIT ?',
        'SELECT 1 ORDER BY a ?',
      ],
      ...[
        'DELETE FROM ?',
        'DELETE FROM ? ?',
        'DELETE FROM a WHERE ? ?',
        'UPDATE ? SET ? = ?',
        'INSERT INTO ? (?) VALUES (?)',
        'INSERT INTO a ?',
      ],
      ...[
        'VACUUM ?',
        'VACUUM ? a',
        'VACUUM a ?',
        'ANALYZE ?',
        'ANALYZE ? ?',
        'CALL ?()',
        'CALL ?.?(?)',
        'TRUNCATE ?',
        'TRUNCATE ? a',
        'TRUNCATE a ?',
      ],
      ...[
        'REFRESH MATERIALIZED VIEW ?',
        'REFRESH MATERIALIZED VIEW ? a',
        'REFRESH MATERIALIZED VIEW a ?',
        '?',
        '? a',
        '? ?',
      ],
    ])
      isPlain(form.replaceAll('?', word));
  }
});
