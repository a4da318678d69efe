import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { holdsSecret, MASK, maskSecrets } from '../../src/secrets/mask.ts';
import { HARMLESS, PLANTED, type Planted, SECRET } from '../planted/samples.ts';
import { runs } from '../property-runs.ts';

describe('a secret never survives, the text around it does', () => {
  for (const [name, text, ...stays] of PLANTED) {
    test(name, () => {
      const masked = maskSecrets(text);
      assert.ok(!masked.includes(SECRET), masked);
      assert.ok(masked.includes(MASK), masked);
      for (const part of stays)
        assert.ok(masked.includes(part), `${JSON.stringify(part)} is gone from ${masked}`);
      assert.ok(holdsSecret(text));
    });
  }
});

describe('a secret ends where its own quotes end', () => {
  // Of each secret every part says hunter2: behind what another pair of quotes would end at, too.
  const cases: readonly Planted[] = [
    ['a " and a bracket', `PGPASSWORD='hunter2") hunter2' sh`, ' sh'],
    ['a " and a blank', `PGPASSWORD='hunter2" hunter2' sh`, ' sh'],
    ["a ' and a bracket", 'PGPASSWORD="hunter2\') hunter2" sh', ' sh'],
    ['an escaped " and a blank', 'PGPASSWORD="hunter2\\" hunter2" sh'],
    ["an escaped ' in $'...'", "PGPASSWORD=$'hunter2\\') hunter2' sh"],
    ["a ' within single quotes", "PGPASSWORD='hunter2'\\'') hunter2' sh"],
    ['one kind of quotes behind the other', `PGPASSWORD='hunter2'"hunter2) "hunter2 sh`],
    ['one kind of quotes behind the other, a blank first', `PGPASSWORD='hunter2'" hunter2" sh`, ' sh'],
    ['quotes behind a plain beginning', `PGPASSWORD=hunter2'") hunter2'hunter2 sh`],
    ['quotes behind an escaped blank', `PGPASSWORD=hunter2\\ '") hunter2' sh`],
    ['a user and a password', `curl -u 'me:hunter2") hunter2' https://db1`],
    ['over two lines, with the other quotes', `PGPASSWORD='hunter2 "x\nhunter2' sh`, ' sh'],
    ['over two lines, doubled', `ALTER ROLE me PASSWORD 'hunter2''s\nhunter2'; SELECT 1`, '; SELECT 1'],
  ];
  const around: readonly (readonly [string, (text: string) => string])[] = [
    ['alone', (text) => text],
    ['in a message', (text) => `--shell is "${text}": it takes sh, or a program, as in "busybox sh -c"`],
    ['in a message with single quotes', (text) => `unknown: '${text}'`],
    ['in brackets', (text) => `run("${text}")`],
  ];
  for (const [name, text, ...stays] of cases) {
    for (const [where, put] of around) {
      test(`${name}, ${where}`, () => {
        const masked = maskSecrets(put(text));
        assert.ok(!masked.includes(SECRET), masked);
        for (const part of where === 'alone' ? stays : []) assert.ok(masked.includes(part), masked);
        assert.equal(maskSecrets(masked), masked);
      });
    }
  }

  test('what a program once showed of one', () => {
    assert.equal(
      maskSecrets(`--shell is "PGPASSWORD='Zq7x||^ :Zq7x")$ä.^~;}Zq7x' sh": it takes a name`),
      '--shell is "PGPASSWORD=***** sh": it takes a name',
    );
  });
});

describe('what is no secret stays as it is', () => {
  for (const text of HARMLESS) {
    test(text, () => {
      assert.equal(maskSecrets(text), text);
      assert.equal(holdsSecret(text), false);
    });
  }
});

describe('masking', () => {
  const parts = fc.constantFrom(
    'password=',
    'PGPASSWORD=',
    ' --password ',
    "PASSWORD '",
    'postgresql://me:',
    '@db1',
    "'",
    '"',
    '\\',
    ' ',
    'hunter2',
    '$X',
    '%X%',
    '\n',
    ';',
    MASK,
  );
  const texts = fc.array(parts, { maxLength: 10 }).map((all) => all.join(''));

  test('twice is masking once', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        const once = maskSecrets(text);
        assert.equal(maskSecrets(once), once);
      }),
      runs(1_500),
    );
  });

  test('twice is masking once where a secret within a secret is hidden first', () => {
    const once = maskSecrets("postgresql://me:password=''@db1");
    assert.equal(once, 'postgresql://me:*****@db1');
    assert.equal(maskSecrets(once), once);
  });

  for (const [name, text] of PLANTED) {
    test(`twice is masking once: ${name}`, () =>
      assert.equal(maskSecrets(maskSecrets(text)), maskSecrets(text)));
  }

  test('a secret beside one that is masked already is still a secret', () => {
    assert.equal(holdsSecret(`host=a password=${MASK}`), false);
    assert.equal(holdsSecret(`host=a password=${MASK}; PGPASSWORD=hunter2 psql`), true);
  });

  test('no password of a connection string survives, in quotes or not', () => {
    const characters = fc.constantFrom('a', 'B', '1', "'", '\\', ' ', '@', ':', '/', '=', 'ü', '$', '%');
    const passwords = fc
      .array(characters, { minLength: 3, maxLength: 10 })
      .map((all) => `Zq${all.join('')}Zq`);
    fc.assert(
      fc.property(passwords, (password) => {
        const isPlain = !/[\s'\\]/.test(password);
        const value = isPlain ? password : `'${password.replace(/['\\]/g, '\\$&')}'`;
        const masked = maskSecrets(`host=db1 user=me password=${value} dbname=app`);
        assert.ok(!masked.includes('Zq'), masked);
        assert.ok(masked.startsWith('host=db1 user=me password='), masked);
      }),
      runs(1_000),
    );
  });

  // A step's text may hold a whole file; ten jobs of that size must not take a minute.
  const LENGTH = 36_000;
  const long: readonly [string, string][] = [
    ['one word', 'x'.repeat(LENGTH)],
    ['one word beside a URI', `https://example.org ${'x'.repeat(LENGTH)}`],
    ['hexadecimal digits', `INSERT INTO files VALUES ('\\x${'4a'.repeat(LENGTH / 2)}')`],
    ['base64', `echo ${'QmFzZTY0+aA1'.repeat(LENGTH / 12)} | base64 -d`],
    ['a long argument of --user', `--user ${'x'.repeat(LENGTH)}`],
    ['many beginnings of a password', "password='".repeat(LENGTH / 10)],
    ['a quote that does not end', `password='${'\\'.repeat(LENGTH)}`],
  ];
  for (const [name, text] of long) {
    test(`ends in a moment on ${text.length} characters: ${name}`, () => {
      const begun = performance.now();
      maskSecrets(text);
      assert.ok(performance.now() - begun < 500, `${Math.round(performance.now() - begun)} ms`);
    });
  }
});
