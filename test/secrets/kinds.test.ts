import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { holdsSecret, MASK, maskSecrets } from '../../src/secrets/mask.ts';
import { KINDS, NEAR_KINDS, QUOTED_KINDS } from '../planted/kinds.ts';
import { SECRET } from '../planted/samples.ts';
import { SQL_KINDS, SQL_NEAR } from '../planted/sql.ts';
import { TYPED_KINDS, TYPED_NEAR, TYPED_QUOTED } from '../planted/typed.ts';

const hidden = [
  ...[...KINDS, ...TYPED_KINDS].map((text) => [text, text.replaceAll(SECRET, MASK)] as const),
  ...QUOTED_KINDS,
  ...SQL_KINDS,
  ...TYPED_QUOTED,
];

describe('the secret is hidden, the text around it is not', () => {
  for (const [text, shown] of hidden) {
    test(text, () => {
      assert.equal(maskSecrets(text), shown);
      assert.equal(maskSecrets(shown), shown);
      assert.ok(holdsSecret(text));
    });
  }
});

describe('what only looks like it is shown', () => {
  for (const text of [...NEAR_KINDS, ...SQL_NEAR, ...TYPED_NEAR])
    test(text, () => assert.equal(maskSecrets(text), text));
});

describe('a private key is hidden up to its end', () => {
  const lines = `${'QmFzZTY0+aA1'.repeat(5)}\n`.repeat(20);
  const key = (end: string): string => `echo "-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}${end}`;
  test('on many lines', () =>
    assert.equal(
      maskSecrets(key('-----END OPENSSH PRIVATE KEY-----" > k; ls')),
      `echo "-----BEGIN OPENSSH PRIVATE KEY-----\n${MASK}-----END OPENSSH PRIVATE KEY-----" > k; ls`,
    ));
  test('where the end is missing, as far as it is base64', () =>
    assert.equal(
      maskSecrets(key('" > k; ls')),
      `echo "-----BEGIN OPENSSH PRIVATE KEY-----\n${MASK}" > k; ls`,
    ));
});

// As in mask.test.ts: each beginning may stand in a text many times, and what follows may never come.
const LENGTH = 36_000;
const BEGINNINGS: readonly string[] = [
  'DB_PW=',
  'pw_',
  '--a-',
  '--x-password ',
  '-token ',
  '------',
  'PASSWORD /*',
  'PASSWORD -- a\n',
  'secret_key /**/ ',
  'password $a$',
  'set my.token ',
  'set a.',
  "'a.secret_key', ",
  "'password' , ",
  'configure set ',
  'config set --a ',
  'scram_',
  '&sig=',
  '?x-signature',
  'hooks.slack.com/services/a/',
  '-----BEGIN PRIVATE KEY-----',
  'curl --cert a:',
  'curl --proxy-user ',
  'sqlplus ',
  'exp ',
  'setx a_',
  'authorization: ',
  '--a-token \\\n',
  'sqlplus a/',
  'rman \\\n',
  'userid=',
  '"connect ',
  'ConvertTo-SecureString -Force ',
  "'x' | ",
  "NetworkCredential('a' ",
  'NetworkCredential ((',
  '"authorization" ',
];
for (const beginning of BEGINNINGS) {
  for (const filler of ['', ' '.repeat(LENGTH), 'x'.repeat(LENGTH), '/'.repeat(LENGTH)]) {
    const text = `key sqlplus ${beginning.repeat(filler === '' ? LENGTH / beginning.length : 9)}${filler}`;
    test(`ends in a moment on ${text.length} characters: ${JSON.stringify(text.slice(12, 52))}`, () => {
      const begun = performance.now();
      maskSecrets(text);
      assert.ok(performance.now() - begun < 500, `${Math.round(performance.now() - begun)} ms`);
    });
  }
}
