import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../../src/model/failure.ts';
import { withOrderedSteps } from '../../../src/session/dump/order-steps.ts';
import { stepCollations } from '../../../src/session/dump/step-collations.ts';
import { job, sqlStep } from '../../job-builders.ts';

/** What `sort` prints, the GNU program, under each locale: glibc 2.36. */
const BY_GLIBC: Readonly<Record<string, readonly string[]>> = {
  'en_US.UTF-8': ['10 - x', '1 - check', 'ä', 'a b', 'a-b', 'ab', 'Ab', 'a c', 'a_c', 'B'],
  'de_DE.utf8': ['1 a', 'a$d', 'a1', 'aabn', 'a~c', 'ad', 'z1', 'zip'],
  'cs_CZ.UTF-8': ['a b', 'a`c', 'a1', 'cleanup', 'hz', 'check', 'load', 'zip', 'z1', '1 a'],
  'sk_SK.UTF-8': ['a b', 'a`c', 'a1', 'cleanup', 'hz', 'check', 'load', 'zip', 'z1', '1 a'],
  'da_DK.UTF-8': ['1a', 'a1', 'ac', 'check', 'load', 'zip', 'aabn'],
  'et_EE.UTF-8': ['1a', 'a1', 'load', 'z1', 'zip', 'transfer'],
};

async function ordered(collation: string | null, names: readonly string[]): Promise<ReturnType<typeof job>> {
  const steps = names.map((name, place) => sqlStep({ id: place + 1, name }));
  return withOrderedSteps(job({ steps }), await stepCollations(collation, null, names));
}

/** null for an order that stays open. */
async function sorted(collation: string | null, names: readonly string[]): Promise<readonly string[] | null> {
  const { steps, stepOrders } = await ordered(collation, names);
  return stepOrders === undefined ? steps.map(({ name }) => name) : null;
}

type Names = readonly string[];

/** The collation, names in an order that is not the one expected, and the order expected: null for open. */
const CASES: readonly (readonly [string | null, Names, Names | null])[] = [
  // U+FF61 is ef bd a1, U+1F600 is f0 9f 98 80 and d83d in UTF-16: JavaScript sorts these the other way round.
  ['C', ['\u{1f600}', '\uff61', 'z', 'Z'], ['Z', 'z', '\uff61', '\u{1f600}']],
  ['PG_UNICODE_FAST', ['a', 'B'], ['B', 'a']],
  // ICU: by letters, with punctuation before digits and digits before letters.
  ['en-US', ['B', 'a', '1', '_', 'b', 'A'], ['_', '1', 'a', 'A', 'b', 'B']],
  ['de-x-icu', ['z', 'ä', 'a'], ['a', 'ä', 'z']],
  ['sv-SE', ['ä', 'z', 'a'], ['a', 'z', 'ä']],
  ['cs', ['check', 'hz', 'cleanup'], ['cleanup', 'hz', 'check']],
  ['da-DK', ['aabn', 'load'], ['load', 'aabn']],
  ['et', ['transfer', 'zip'], ['zip', 'transfer']],
  // Unknown: each language that has another order opens a job.
  [null, ['02 load', '01 check', '10 clean'], ['01 check', '02 load', '10 clean']],
  [null, ['load', 'archive'], ['archive', 'load']],
  [null, ['load', 'Archive'], ['Archive', 'load']],
  [null, ['archive', 'Load'], null],
  [null, ['cleanup', 'check'], null],
  [null, ['load', 'aabn'], null],
  [null, ['zip', 'transfer'], null],
  // Lithuanian has y beside i.
  [null, ['yield', 'load'], null],
  [null, ['z\u00e4', 'zz'], null],
  // Czech as Linux sorts has digits after letters.
  [null, ['1 check', 'load'], null],
  [null, ['10 load', '1 check'], null],
  // Linux looks at most symbols and punctuation last; the order depends on the version.
  ['en_US.UTF-8', ['load', 'Archive'], ['Archive', 'load']],
  ['en_US.UTF-8', ['1 check', 'load'], ['1 check', 'load']],
  ['en_US.UTF-8', ['cleanup', 'check'], ['check', 'cleanup']],
  ['en_US.UTF-8', ['10 - load', '1 - check'], null],
  ...[...'+<=>|~^$\u20ac`-_. \t'].map((symbol) => ['en_US.UTF-8', [`a${symbol}c`, 'ab'], null] as const),
  ['de_DE.utf8', ['9_', '_9', '9'], null],
  ['de_DE.utf8', ['b_2', 'b_1', 'a_3'], ['a_3', 'b_1', 'b_2']],
  ...(['cs_CZ.UTF-8', 'sk_SK.UTF-8'] as const).flatMap(
    (locale) =>
      [
        [locale, ['check', 'hz', 'cleanup'], ['cleanup', 'hz', 'check']],
        [locale, ['2 load', '1 check'], ['1 check', '2 load']],
        [locale, ['1 check', 'load'], null],
        [locale, ['a1', 'ab'], null],
      ] as const,
  ),
  // ICU has ä after az in Slovak, glibc has it beside a.
  ['sk_SK.UTF-8', ['ä', 'archive'], null],
  ['da_DK.UTF-8', ['aabn', 'load'], ['load', 'aabn']],
  ['et_EE.UTF-8', ['transfer', 'zip'], ['zip', 'transfer']],
];

describe('names of steps', () => {
  for (const [collation, names, expected] of CASES)
    test(`${JSON.stringify(names)} under ${collation ?? 'an unknown collation'}: ${expected === null ? 'open' : 'one order'}`, async () => {
      assert.deepEqual(await sorted(collation, names), expected);
      assert.deepEqual(await sorted(collation, [...names].reverse()), expected);
    });

  for (const [collation, names] of Object.entries(BY_GLIBC))
    test(`under ${collation} stand as glibc sorts them wherever an order is not open`, async () => {
      for (const one of names)
        for (const other of names.slice(names.indexOf(one) + 1)) {
          const order = await sorted(collation, [other, one]);
          assert.ok(order === null || order[0] === one, `${one}, ${other}`);
          assert.ok((await sorted(null, [other, one]))?.[0] !== other, `${one}, ${other}`);
        }
    });

  test('that are open show two orders, and a collation for each', async () => {
    assert.deepEqual((await ordered(null, ['cleanup', 'check'])).stepOrders, [
      { collation: 'C', stepNames: ['check', 'cleanup'] },
      { collation: 'cs', stepNames: ['cleanup', 'check'] },
    ]);
    assert.deepEqual((await ordered('en_US.UTF-8', ['a+c', 'ab'])).stepOrders, [
      { collation: 'en_US.UTF-8 (punctuation counts)', stepNames: ['a+c', 'ab'] },
      { collation: 'en_US.UTF-8 (punctuation last)', stepNames: ['ab', 'a+c'] },
    ]);
  });

  for (const name of ['nowhere', 'en_US@euro', 'xx_XX.UTF-8', 'German_Germany.1252', ''])
    test(`${JSON.stringify(name)} is no collation that is known without a server, and the error says what to do`, async () => {
      await assert.rejects(stepCollations(name, null, []), (error: Failure) => {
        assert.equal(error.code, 'usage');
        assert.match(
          error.remedy,
          /use --target with a server that knows it, or rename the steps so that their order is the same everywhere \(01 \.\.\., 02 \.\.\.\)/,
        );
        return true;
      });
    });
});
