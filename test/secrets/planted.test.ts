import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatConninfo } from '../../src/postgres/conninfo.ts';
import { holdsSecret, MASK, maskConninfo, maskSecrets } from '../../src/secrets/mask.ts';
import { ANY, MARK, secrets } from '../planted/secrets.ts';
import { SCRIPTS, STATEMENTS } from '../planted/texts.ts';
import { runs } from '../property-runs.ts';

for (const [kind, plantings] of [
  ['a script', SCRIPTS],
  ['SQL', STATEMENTS],
] as const) {
  describe(`of a secret of any characters nothing is left in ${kind}`, () => {
    for (const [name, text] of plantings) {
      test(name, () => {
        fc.assert(
          fc.property(secrets(ANY), (secret) => {
            const planted = text(secret);
            fc.pre(planted !== null);
            const masked = maskSecrets(planted ?? '');
            assert.ok(!masked.includes(MARK), `${planted} is shown as ${masked}`);
            assert.ok(masked.includes(MASK));
            assert.ok(holdsSecret(planted ?? ''));
            assert.equal(maskSecrets(masked), masked);
          }),
          runs(100),
        );
      });
    }
  });
}

test('of a secret nothing is left where a message repeats the text in quotes of its own', () => {
  const messages = fc.constantFrom<(text: string) => string>(
    (text) => `--shell is "${text}": it takes sh, or a program, as in "busybox sh -c"`,
    (text) => `run('${text}')`,
  );
  fc.assert(
    fc.property(secrets(ANY), fc.constantFrom(...SCRIPTS), messages, (secret, [, text], message) => {
      const planted = text(secret);
      fc.pre(planted !== null);
      const masked = maskSecrets(message(planted ?? ''));
      assert.ok(!masked.includes(MARK), `${planted} is shown as ${masked}`);
    }),
    runs(500),
  );
});

test('of the passwords of a connection string nothing is left, wherever they stand and whatever stands beside them', () => {
  const values = fc.oneof(
    fc.constantFrom('db1', ' password=', "' sslpassword='", "it's", 'a\\'),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(secrets(ANY), secrets(ANY), values, values, (password, other, host, name) => {
      const text = formatConninfo([
        ['host', host],
        ['password', password],
        ['dbname', name],
        ['sslpassword', other],
      ]);
      const masked = maskConninfo(text);
      assert.ok(!masked.includes(MARK), `${text} is shown as ${masked}`);
    }),
    runs(1_000),
  );
});
