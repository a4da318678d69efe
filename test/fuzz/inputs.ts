import assert from 'node:assert/strict';
import fc from 'fast-check';
import { failureText } from '../../src/cli/failure-text.ts';
import type { Failure } from '../../src/model/failure.ts';
import { MARK } from '../planted/secrets.ts';

/** Never to be read anywhere. */
export const SECRET = `${MARK}hush${MARK}`;

const TERMINAL: readonly string[] = [
  '\u001b[2J\u001b[1;1H0 errors',
  '\u001b]8;;http://x.example\u0007link\u001b]8;;\u0007',
  '\u001b]52;c;cm0gLXJm\u0007',
  '\u009b31mred',
  '\u0090q\u009c',
  'cod\u202efdp.exe',
  '\u2066a\u2069',
  '100 errors\r0 errors  ',
  'bad\b\b\bgood',
  'a\n0 errors, nothing to do',
  'a\u2028b\u2029c\u0085d',
  'a\u200b\ufeff\u00ad\u200db',
  '\u{e0041}\u{e007f}',
];

const INJECTION: readonly string[] = [
  "'); DELETE FROM timetable.chain; --",
  "x'; DROP TABLE timetable.chain; --",
  '"; DROP SCHEMA timetable CASCADE; --',
  "\\'; DELETE FROM timetable.chain; --",
  '$$; DELETE FROM timetable.chain; $$',
  '$guard$ $lock$ $guard_$',
  "E'\\'' || U&'\\0027'",
  '/* never closed',
  '$1 %s %I %L {0} %(x)s',
];

const STRANGE: readonly string[] = [
  ...['', ' ', '\t', '-', '--', '---', '=', '*', '?', '[', '..', '/', '\\', "'", '"', '""', "''", ',', '@'],
  ...['1e3', '-1', '0x10', '0', '-0', '1.5', '9'.repeat(40), 'NaN', 'Infinity', 'null', 'true', 'false'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '[object Object]', 'undefined'],
  ...['größe', '日本', '👨‍👩‍👧', 'e\u0301'.repeat(5), '\ufffd', 'ﬀ', 'İ', 'ß'],
];

/** Texts that a terminal, a shell or a server would do something with, and any others. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TERMINAL, ...INJECTION),
  fc.constantFrom(...STRANGE),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 20 }),
  fc
    .tuple(fc.constantFrom(...TERMINAL, ...INJECTION, ...STRANGE), fc.string({ maxLength: 5 }))
    .map((two) => two.join('')),
);

/** The same, long. */
export const longTexts: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('x', 'x ', '\u001b[1m', "'", '\u200d', 'é', '👩\u200d', '"=', 'a@', '\\'),
    fc.constantFrom(100, 300, 1_000),
  )
  .map(([unit, count]) => unit.repeat(count));

/** Connection strings that hold the secret, whole and broken. */
export const secretConninfos: fc.Arbitrary<string> = fc.constantFrom(
  ...[
    `host=db1 user=me password=${SECRET}`,
    `password='${SECRET}' host=db1 user=me`,
    `password = ${SECRET} port = x`,
  ],
  ...[`postgres://me:${SECRET}@db1/app`, `postgresql://me:${SECRET}@db1:1/app?sslmode=nosuch`],
  ...[`postgres://me:${SECRET}@db1@db2/app`, `postgres://me:%zz${SECRET}@db1/app`, `postgres://:${SECRET}@/`],
  ...[
    `password='${SECRET}`,
    `password=${SECRET}\\`,
    `host=db1 password=${SECRET} nosuch=1`,
    `password='it''${SECRET}'`,
  ],
  ...[
    `postgres://db1/app?user=me&password=${SECRET}&`,
    `postgres://db1/app?password=${SECRET}&&x`,
    `=password=${SECRET}`,
  ],
  ...[
    `host=a,b password=${SECRET}`,
    `host=db1 sslpassword=${SECRET} sslmode=x`,
    `PASSWORD=${SECRET} host=db1`,
  ],
);

/** A failure as it is printed: a line that says what happened, one to mend it, and no more than its details between. */
export function assertPlainFailure({ message, remedy, details }: Failure): void {
  const text = failureText(message, remedy, details);
  assert.equal(text.split('\n').length, 3 + details.length, JSON.stringify(text));
  assertPlainText(text);
  assert.doesNotMatch(text, /^\s+at .*:\d+:\d+/m);
  assert.ok(message !== '' && remedy !== '', text);
}

/** A text that a terminal shows as it is, and nothing hidden in it. */
export function assertPlainText(text: string): void {
  // A joiner between pictographs makes one of them.
  const bare = text
    .replaceAll('\n', '')
    .replace(/(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d/gu, '');
  assert.doesNotMatch(bare, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  assert.ok(!text.includes(MARK), `a secret: ${text}`);
}
