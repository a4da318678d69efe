import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MASK, maskSecrets } from '../../src/secrets/mask.ts';
import { HIDDEN, QUOTED, SHOWN } from '../planted/commands.ts';
import { SECRET } from '../planted/samples.ts';

describe('the secret among the arguments of a program is hidden, the rest is not', () => {
  for (const command of HIDDEN)
    test(command, () => assert.equal(maskSecrets(command), command.replaceAll(SECRET, MASK)));
  for (const [command, shown] of QUOTED) test(command, () => assert.equal(maskSecrets(command), shown));
  test('in the second command of a script as well', () =>
    assert.equal(
      maskSecrets('ssh -p 22 a\nzip -P hunter2 x.zip y\nssh -p 23 b'),
      'ssh -p 22 a\nzip -P ***** x.zip y\nssh -p 23 b',
    ));
});

describe('what only looks like it is shown', () => {
  for (const command of SHOWN) test(command, () => assert.equal(maskSecrets(command), command));
});

// As in test/secret.test.ts.
const LENGTH = 36_000;
const long: readonly (readonly [string, string])[] = [
  ['options of another program', `docker ${'-p '.repeat(LENGTH / 3)}`],
  ['blanks', `${' '.repeat(LENGTH)}PGPASSWORD=x`],
  ['an option that does not end', `curl -${'u'.repeat(LENGTH)}`],
  ['many beginnings', 'net use x /user:'.repeat(LENGTH / 16)],
];
for (const [name, text] of long) {
  test(`ends in a moment on ${text.length} characters: ${name}`, () => {
    const begun = performance.now();
    maskSecrets(text);
    assert.ok(performance.now() - begun < 500, `${Math.round(performance.now() - begun)} ms`);
  });
}
