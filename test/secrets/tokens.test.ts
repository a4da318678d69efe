import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MASK, maskSecrets } from '../../src/secrets/mask.ts';
import { TOKEN_KINDS, TOKEN_NEAR } from '../planted/tokens.ts';

describe('a token is hidden wherever it stands, but for its prefix', () => {
  for (const [prefix, rest] of TOKEN_KINDS)
    test(prefix, () => {
      for (const [before, after] of [
        ['', ''],
        ['./run ', ' x'],
        ["SELECT f('", "', 1)"],
        ['{"x":"', '"}'],
        ['A=', ';run'],
      ])
        assert.equal(maskSecrets(`${before}${prefix}${rest}${after}`), `${before}${prefix}${MASK}${after}`);
    });
});

describe('what is no token is shown', () => {
  for (const text of TOKEN_NEAR) test(text, () => assert.equal(maskSecrets(text), text));

  const exact = [
    'ghp_',
    'AKIA',
    'AIza',
    'npm_',
    'dckr_pat_',
    'glpat-',
    'sk_live_',
    'AGE-SECRET-KEY-1',
    'SG.',
  ];
  for (const [prefix, rest] of TOKEN_KINDS.filter(([name]) => exact.includes(name)))
    test(`one character less than ${prefix} has`, () => {
      const short = `./run ${prefix}${rest.slice(0, -1)} x`;
      assert.equal(maskSecrets(short), short);
    });
});
