import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { maskDoubled } from '../../src/secrets/encoded.ts';
import { MASK } from '../../src/secrets/mask.ts';
import { HIDING } from '../../src/secrets/masked.ts';

/** V8 has room for some five to sixteen million steps of a regular expression that may have to be taken back. */
const LONG = 17_000_000;
const run = (unit: string): string => unit.repeat(Math.ceil(LONG / unit.length));

describe('a text of one unbroken run, longer than a regular expression may repeat', () => {
  const cases: readonly (readonly [what: string, text: string, shown?: string])[] = [
    ['base64', run('A')],
    ['a string', `'${run('A')}'`],
    ['a string without an end', `'${run('ab ')}`],
    ['doubled quotes', `'${run("''")}'`],
    ['a password', `PGPASSWORD=${run('x')} psql`, `PGPASSWORD=${MASK} psql`],
    ['a password with escapes', `PGPASSWORD=${run('\\ x')} psql`, `PGPASSWORD=${MASK} psql`],
    ['quotes in a batch file', `set PASSWORD=${run('""')}\necho`, `set PASSWORD=${MASK}\necho`],
  ];
  for (const [what, text, shown = text] of cases)
    test(what, () => assert.ok(HIDING.text(text) === shown, 'another text than expected'));
});

test('strings with doubled quotes end where the plain regular expression says', () => {
  const loud = (plain: string): string => plain.toUpperCase();
  const byExpression = (text: string): string =>
    text.replace(/'(?:[^']|'')*'/g, (string) => (string.slice(1, -1).includes("''") ? loud(string) : string));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("'", "''", 'a', ' b'), maxLength: 24 }), (text) =>
      assert.equal(maskDoubled(text, loud), byExpression(text)),
    ),
    { numRuns: 5_000 },
  );
});

test('an escaped & in a batch file is a part of the password', () =>
  assert.equal(HIDING.text('set PASSWORD=a^&b & echo'), `set PASSWORD=${MASK} & echo`));
