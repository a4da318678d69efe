import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { holdsSecret, MASK, maskSecrets } from '../../src/secrets/mask.ts';
import { runs } from '../property-runs.ts';

const SECRET = 'hunter2';

/** A text with a secret planted, and the pieces around it that must stay. */
type Planted = readonly [name: string, text: string, ...stays: string[]];

const PLANTED: readonly Planted[] = [
  [
    'a URI',
    'psql postgresql://me:hunter2@db1:5432/app -c "SELECT 1"',
    'psql postgresql://me:',
    '@db1:5432/app -c "SELECT 1"',
  ],
  ['the other scheme', 'pg_dump postgres://me:hunter2@db1/app > x', 'postgres://me:', '@db1/app > x'],
  ['a URI whose password has a lone %', 'postgresql://me:%zzhunter2@db1/app', 'postgresql://me:', '@db1/app'],
  ['a URI with odd characters', 'postgresql://me:a%40!$hunter2@db1/app', 'postgresql://me:', '@db1/app'],
  [
    'a URI with a parameter',
    'postgresql://db1/app?user=me&password=hunter2&sslmode=require',
    'user=me',
    'sslmode=require',
  ],
  [
    'a URI, the secret begins with an @',
    'postgresql://me:%40hunter2@db1/app',
    'postgresql://me:',
    '@db1/app',
  ],
  ['a URI of another service', 'curl https://me:hunter2@example.org/x', 'curl https://me:', '@example.org/x'],
  ['a connection string', 'host=db1 password=hunter2 dbname=app', 'host=db1 password=', ' dbname=app'],
  ['a connection string, last', 'host=db1 password=hunter2', 'host=db1 password='],
  ['blanks around =', 'host = db1 password = hunter2 dbname = app', 'host = db1', 'dbname = app'],
  ['a quoted value with blanks', "host=db1 password='my hunter2 word' dbname=app", 'host=db1', ' dbname=app'],
  ['a quoted value with an escaped quote', "password='it\\'s hunter2' dbname=app", ' dbname=app'],
  ['a quoted value with a doubled quote', "password='it''s hunter2' dbname=app", ' dbname=app'],
  [
    'a quoted value with an escaped backslash',
    "password='\\\\' host=db1 user=me sslpassword=hunter2",
    'host=db1 user=me',
  ],
  ['an escaped blank', 'password=my\\ hunter2 dbname=app', ' dbname=app'],
  ['the password of a key', 'sslkey=/k.pem sslpassword=hunter2 host=db1', 'sslkey=/k.pem', 'host=db1'],
  ['PGPASSWORD', 'PGPASSWORD=hunter2 psql -h db1', 'PGPASSWORD=', ' psql -h db1'],
  ['PGPASSWORD in single quotes', "PGPASSWORD='my hunter2' psql -h db1", ' psql -h db1'],
  ['PGPASSWORD in double quotes', 'PGPASSWORD="my hunter2" psql -h db1', ' psql -h db1'],
  [
    'PGPASSWORD in double quotes with an escaped one',
    'PGPASSWORD="a\\" hunter2" psql -h db1',
    ' psql -h db1',
  ],
  ["PGPASSWORD in $'...'", "PGPASSWORD=$'my\\' hunter2' psql -h db1", ' psql -h db1'],
  ['export', 'export PGPASSWORD=hunter2\npsql -h db1', 'export PGPASSWORD=', '\npsql -h db1'],
  ['export, then a semicolon', 'export PGPASSWORD=hunter2; psql', '; psql'],
  ['a batch file', 'set PGPASSWORD=hunter2\r\npsql -h db1', 'set PGPASSWORD=', 'psql -h db1'],
  ['a batch file, quoted', 'set "PGPASSWORD=hunter2" && psql -h db1', 'psql -h db1'],
  ['PowerShell', '$env:PGPASSWORD = "hunter2"; psql -h db1', '$env:PGPASSWORD = ', '; psql -h db1'],
  ['PowerShell, single quotes', "$env:PGPASSWORD='my hunter2'; psql", '; psql'],
  ['an option', 'mysqldump --user=me --password=hunter2 app', '--user=me --password=', ' app'],
  ['an option, quoted', 'mysqldump --password="my hunter2" app', ' app'],
  ['an option apart', 'mongodump --password hunter2 --db app', '--password ', ' --db app'],
  ['an option apart, quoted', "mongodump --password 'my hunter2' --db app", ' --db app'],
  ['curl', 'curl -u me:hunter2 https://example.org/x', 'curl -u me:', ' https://example.org/x'],
  ['curl, quoted', 'curl -u "me:hunter2" https://example.org/x', 'https://example.org/x'],
  ['Ruby', "PG.connect(:password => 'my hunter2', :host => 'db1')", ':password => ', ", :host => 'db1'"],
  ['the environment, as a list', "os.environ['PGPASSWORD'] = 'hunter2'; run()", '; run()'],
  ['a token', 'API_TOKEN=hunter2 ./send.sh', ' ./send.sh'],
  [
    'a header',
    'curl -H "Authorization: Bearer hunter2" https://example.org/x',
    'Authorization: Bearer ',
    'https://example.org/x',
  ],
  ['JSON', '{"user": "me", "password": "my hunter2"}', '"user": "me"'],
  [
    'CREATE ROLE',
    "CREATE ROLE me LOGIN PASSWORD 'hunter2' VALID UNTIL '2030-01-01'",
    'CREATE ROLE me LOGIN',
    "VALID UNTIL '2030-01-01'",
  ],
  ['CREATE ROLE, with a quote in it', "ALTER ROLE me PASSWORD 'it''s hunter2'; SELECT 1", '; SELECT 1'],
  ["CREATE ROLE, E'...'", "ALTER ROLE me PASSWORD E'it\\'s hunter2'; SELECT 1", '; SELECT 1'],
  ['ENCRYPTED PASSWORD on two lines', "ALTER ROLE me ENCRYPTED PASSWORD\n  'hunter2';\nSELECT 1", 'SELECT 1'],
  ['small letters', "alter user me with password 'hunter2'; select 1", '; select 1'],
  [
    'a user mapping',
    "CREATE USER MAPPING FOR me SERVER s OPTIONS (user 'me', password 'hunter2')",
    'SERVER s OPTIONS (user',
  ],
  [
    'a subscription',
    "CREATE SUBSCRIPTION s CONNECTION 'host=db1 password=hunter2 dbname=app' PUBLICATION p",
    'host=db1',
    'dbname=app',
    'PUBLICATION p',
  ],
  [
    'dblink',
    "SELECT dblink_connect('c', 'host=db1 password=hunter2'); SELECT 2",
    'dblink_connect',
    'host=db1',
    'SELECT 2',
  ],
  [
    'dblink, quotes within quotes around one word',
    "SELECT dblink_connect('host=db1 password=''hunter2'' dbname=app')",
    'host=db1',
    'SELECT dblink_connect(',
  ],
  [
    'dblink, quotes within quotes',
    "SELECT * FROM dblink('host=db1 password=''my hunter2'' dbname=app', 'SELECT 1') AS t(x int)",
    'host=db1',
    'SELECT * FROM dblink(',
  ],
  [
    'dblink by URI',
    "SELECT dblink_exec('postgresql://me:hunter2@db1/app', 'VACUUM')",
    'postgresql://me:',
    "@db1/app', 'VACUUM'",
  ],
  ['two of them', 'PGPASSWORD=hunter2 psql "postgresql://me:hunter2@db1/app"', '@db1/app'],
  [
    'two URIs',
    'postgresql://a:hunter2@db1/x postgresql://b:hunter2@db2/y',
    '@db1/x postgresql://b:',
    '@db2/y',
  ],
];

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
  const cases = [
    'SELECT 1',
    'PGPASSWORD= psql -h db1',
    'PGPASSWORD=; psql',
    "PGPASSWORD='' psql",
    'set PGPASSWORD=\r\npsql',
    'set "PGPASSWORD=" && psql -c "SELECT 1"',
    "host=a password='' dbname=b",
    'echo "Password: "; read -r x',
    'POSTGRES_PASSWORD_FILE=/run/secrets/x',
    'PGPASSWORD=$PASS psql -h db1',
    'PGPASSWORD="$PASS" psql -h db1',
    `PGPASSWORD=\${PASS} psql -h db1`,
    'PGPASSWORD=$(cat /run/secrets/x) psql -h db1',
    'set PGPASSWORD=%PASS%',
    '--password=$PASS',
    '--password $PASS',
    'psql postgresql://me:$PGPASSWORD@db1/app',
    'psql postgresql://me@db1/app',
    'psql postgresql://db1:5432/app',
    'host=db1 port=5432 user=me dbname=app passfile=/home/me/.pgpass',
    'SELECT password FROM users',
    'ALTER TABLE users ADD COLUMN password text',
    'psql --no-password -h db1',
    'https://example.org/a:b',
  ];
  for (const text of cases) {
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
