import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stepCollations } from '../../src/session/step-collations.ts';

/** What `sort` prints, the GNU program, under each locale: glibc 2.36. */
const BY_GLIBC = ['10 - x', '1 - check', 'ä', 'a b', 'a-b', 'ab', 'Ab', 'a c', 'a_c', 'B'];

async function sorted(collation: string, names: readonly string[]): Promise<readonly (readonly string[])[]> {
  const collations = await stepCollations(collation, null, names);
  return collations.map(({ compare }) => [...names].sort(compare));
}

describe('names of steps', () => {
  test('by bytes stand as in UTF-8, not as in UTF-16', async () => {
    // U+FF61 is ef bd a1, U+1F600 is f0 9f 98 80 and d83d in UTF-16.
    assert.deepEqual(await sorted('C', ['\u{1f600}', '\uff61', 'z', 'Z']), [
      ['Z', 'z', '\uff61', '\u{1f600}'],
    ]);
  });

  test('by a locale of Linux stand as glibc sorts them, which looks at punctuation last', async () => {
    for (const order of await sorted('en_US.UTF-8', [...BY_GLIBC].reverse()))
      assert.deepEqual(
        order.filter((name) => name !== 'a_c' && name !== 'a-b'),
        BY_GLIBC.filter((name) => name !== 'a_c' && name !== 'a-b'),
      );
  });

  test('that differ in punctuation alone have two orders by a locale of Linux', async () => {
    // By bytes 0 (30) stands before _ (5f); by ICU punctuation stands before digits.
    assert.deepEqual(await sorted('de_DE.utf8', ['9_', '_9', '9']), [
      ['9', '9_', '_9'],
      ['_9', '9', '9_'],
    ]);
  });

  test('by ICU stand by letters, with punctuation before digits and digits before letters', async () => {
    assert.deepEqual(await sorted('en-US', ['B', 'a', '1', '_', 'b', 'A']), [['_', '1', 'a', 'A', 'b', 'B']]);
    // Swedish has ä behind z.
    assert.deepEqual(await sorted('sv-SE', ['ä', 'z', 'a']), [['a', 'z', 'ä']]);
    assert.deepEqual(await sorted('de-x-icu', ['ä', 'z', 'a']), [['a', 'ä', 'z']]);
  });

  for (const name of ['nowhere', 'en_US@euro', 'xx_XX.UTF-8', 'English_United States.1252', ''])
    test(`${JSON.stringify(name)} is no collation that is known without a server`, async () => {
      await assert.rejects(stepCollations(name, null, []), { code: 'usage' });
    });
});
