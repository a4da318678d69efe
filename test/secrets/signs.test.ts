import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskBy, maskSecrets } from '../../src/secrets/mask.ts';
import { PATTERNS, SIGNS } from '../../src/secrets/patterns.ts';
import { HIDDEN, QUOTED, SHOWN } from '../planted/commands.ts';
import { KINDS, NEAR_KINDS, QUOTED_KINDS } from '../planted/kinds.ts';
import { HARMLESS, PLANTED } from '../planted/samples.ts';
import { SQL_KINDS, SQL_NEAR } from '../planted/sql.ts';
import { SCRIPTS, STATEMENTS } from '../planted/texts.ts';
import { TOKEN_KINDS, TOKEN_NEAR } from '../planted/tokens.ts';
import { TYPED_KINDS, TYPED_NEAR, TYPED_QUOTED } from '../planted/typed.ts';
import { runs } from '../property-runs.ts';

const SAMPLES: readonly string[] = [
  ...PLANTED.map(([, text]) => text),
  ...HARMLESS,
  ...HIDDEN,
  ...QUOTED.map(([text]) => text),
  ...SHOWN,
  ...KINDS,
  ...QUOTED_KINDS.map(([text]) => text),
  ...NEAR_KINDS,
  ...SQL_KINDS.map(([text]) => text),
  ...SQL_NEAR,
  ...TYPED_KINDS,
  ...TYPED_QUOTED.map(([text]) => text),
  ...TYPED_NEAR,
  ...TOKEN_KINDS.map(([prefix, rest]) => `${prefix}${rest}`),
  ...TOKEN_NEAR,
  ...[...SCRIPTS, ...STATEMENTS].map(([, text]) => text('hunter2') ?? ''),
];

/** What is hidden without a look at the signs is hidden with it, by each pattern. */
function assertSigned(text: string): void {
  for (const pattern of PATTERNS) {
    if (SIGNS[pattern.sign].test(text)) continue;
    assert.equal(maskBy(text, [pattern]), text, `${pattern.lead} finds more than its sign "${pattern.sign}"`);
  }
  assert.equal(maskSecrets(text), maskBy(text, PATTERNS));
}

test('a text without the sign of a pattern has no secret that this pattern finds', () => {
  for (const text of SAMPLES) {
    assertSigned(text);
    assertSigned(text.toUpperCase());
  }
});

test('the same holds for a text of pieces of the samples', () => {
  const pieces = [...new Set(SAMPLES.flatMap((text) => text.split(/(\s+|(?<=[=,(])|(?=[=,(]))/)))].filter(
    Boolean,
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), (some) =>
      assertSigned(some.join('')),
    ),
    runs(3_000),
  );
});

test('each pattern hides something in a sample', () => {
  for (const pattern of PATTERNS)
    assert.ok(
      SAMPLES.some((text) => maskBy(text, [pattern]) !== text),
      `no sample for ${pattern.lead}`,
    );
});
