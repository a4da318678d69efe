import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { stripStepText } from '../../../src/transform/step/strip-text.ts';
import { ANY, MARK, secrets } from '../../planted/secrets.ts';
import { SCRIPTS, STATEMENTS } from '../../planted/texts.ts';
import { runs } from '../../property-runs.ts';

describe('a password goes where libpq reads the same without it', () => {
  const cases: readonly (readonly [name: string, code: string, expected: string])[] = [
    ['an assignment in front of a command', 'PGPASSWORD=hunter2 psql -h db1', 'PGPASSWORD= psql -h db1'],
    ['export', "export PGPASSWORD='my hunter2'; psql", "export PGPASSWORD=''; psql"],
    ['double quotes', 'PGPASSWORD="my hunter2" psql', 'PGPASSWORD="" psql'],
    ['a quoted word', 'env "PGPASSWORD=hunter2" psql', 'env "PGPASSWORD=" psql'],
    ['a shell within a shell', "bash -c 'PGPASSWORD=hunter2 psql'", "bash -c 'PGPASSWORD= psql'"],
    ['a line of its own', 'PGPASSWORD=hunter2\nexport PGPASSWORD', 'PGPASSWORD=\nexport PGPASSWORD'],
    ['in front of a semicolon', 'PGPASSWORD=hunter2;psql', 'PGPASSWORD=;psql'],
    ['a batch file', 'set PGPASSWORD=hunter2\r\npsql', 'set PGPASSWORD=\r\npsql'],
    // The blank behind it would be the password then.
    ['a batch file, with blanks', '@set PGPASSWORD=my hunter2 \r\npsql', '@set PGPASSWORD=\r\npsql'],
    ['a batch file, one line', 'cd x && set PGPASSWORD=hunter2 && psql', 'cd x && set PGPASSWORD=&& psql'],
    ['a batch file, quoted', 'set "PGPASSWORD=hunter2" && psql -c "x"', 'set "PGPASSWORD=" && psql -c "x"'],
    ['PowerShell', '$env:PGPASSWORD = "hunter2"; psql', '$env:PGPASSWORD = ""; psql'],
    ['Python', "os.environ['PGPASSWORD'] = 'hunter2'\nrun()", "os.environ['PGPASSWORD'] = ''\nrun()"],
    ['Perl', '$ENV{PGPASSWORD} = "hunter2";', '$ENV{PGPASSWORD} = "";'],
    ['a URI', 'psql postgresql://me:hunter2@db1:5432/app -c "x"', 'psql postgresql://me@db1:5432/app -c "x"'],
    ['the other scheme', "psql 'postgres://me:hun%40ter2@db1'", "psql 'postgres://me@db1'"],
    ['a URI with IPv6', 'psql postgres://me:hunter2@[::1]:5432/app', 'psql postgres://me@[::1]:5432/app'],
    ['both', 'PGPASSWORD=a psql postgresql://me:b@db1/app', 'PGPASSWORD= psql postgresql://me@db1/app'],
  ];
  for (const [name, code, expected] of cases) {
    test(name, () => {
      assert.deepEqual(stripStepText({ kind: 'batch', code }), {
        text: expected,
        isStripped: true,
        isClean: true,
      });
    });
  }
});

describe('what might mean something else without it stays, and is not clean', () => {
  for (const code of [
    'PGPASSWORD=a$X psql',
    'PGPASSWORD="a$(b)" psql',
    "PGPASSWORD='it'\\''s' psql",
    'PGPASSWORD=hun"ter 2" psql',
    'PGPASSWORD=hun\\ ter psql',
    'set PGPASSWORD=a%b\r\npsql',
    'set PGPASSWORD=a^&b\r\npsql',
    'set /p PGPASSWORD=hunter2',
    'psql "host=db1 password=hunter2 dbname=app"',
    'psql "postgresql://db1/app?password=hunter2"',
    'mysqldump --password=hunter2 app',
    'curl https://me:hunter2@example.org/x',
    'sshpass -p hunter2 ssh db1',
    // One word, of which a part is a blank.
    'env "PGPASSWORD=my hunter2" psql',
    "docker run -e 'PGPASSWORD=my;hunter2' postgres",
    // The rest of the line may be the password, too.
    'cat > .env <<EOF\nPGPASSWORD=my hunter2\nEOF\n',
  ]) {
    test(code, () => {
      assert.deepEqual(stripStepText({ kind: 'batch', code }), {
        text: code,
        isStripped: false,
        isClean: false,
      });
    });
  }

  test('of two passwords the one that can go goes', () => {
    const found = stripStepText({ kind: 'batch', code: 'PGPASSWORD=a psql; mysql -phunter2' });
    assert.deepEqual(found, { text: 'PGPASSWORD= psql; mysql -phunter2', isStripped: true, isClean: false });
  });
});

describe('a text without a password stays', () => {
  for (const code of [
    'PGPASSWORD=$X psql',
    'PGPASSWORD= psql',
    'psql postgresql://me@db1/app',
    'echo set',
    '',
  ]) {
    test(code, () => {
      assert.deepEqual(stripStepText({ kind: 'batch', code }), {
        text: code,
        isStripped: false,
        isClean: true,
      });
    });
  }
});

test('of SQL nothing is taken out: a server that connects on looks into a file of its own', () => {
  for (const code of [
    "SELECT dblink_connect('postgresql://me:hunter2@db1/app')",
    "COPY t TO PROGRAM 'PGPASSWORD=hunter2 psql'",
    "ALTER ROLE me PASSWORD 'hunter2'",
  ])
    assert.deepEqual(stripStepText({ kind: 'sql', code }), { text: code, isStripped: false, isClean: false });
});

describe('whatever the secret, it is taken out whole or the text is not clean', () => {
  for (const [kind, plantings] of [
    ['batch', SCRIPTS],
    ['sql', STATEMENTS],
  ] as const) {
    for (const [name, text] of plantings) {
      test(`${kind}: ${name}`, () => {
        fc.assert(
          fc.property(secrets(ANY), (secret) => {
            const code = text(secret);
            fc.pre(code !== null);
            const found = stripStepText({ kind, code: code ?? '' });
            assert.equal(found.isClean, !found.text.includes(MARK), `${code} becomes ${found.text}`);
            assert.equal(found.isStripped, found.text !== code);
            assert.equal(stripStepText({ kind, code: found.text }).text, found.text);
          }),
          runs(50),
        );
      });
    }
  }
});

describe('a password that the text uses itself cannot be taken out', () => {
  for (const code of [
    'export PGPASSWORD=S3cret\n[ -n "$PGPASSWORD" ] || exit 1\npsql',
    'export PGPASSWORD=S3cret; export MYSQL_PWD=$PGPASSWORD',
    'echo PGPASSWORD=S3cret > app.env',
    'printf "%s" PGPASSWORD=S3cret >> app.env',
    'cat > app.env <<EOF\nPGPASSWORD=S3cret\nEOF',
    'export PGPASSWORD=S3cret\npython3 -c \'import os; os.environ["PGPASSWORD"]\'',
  ])
    test(JSON.stringify(code), () => assert.equal(stripStepText({ kind: 'batch', code }).isClean, false));

  for (const code of [
    'PGPASSWORD=S3cret psql -c "SELECT 1"',
    'export PGPASSWORD=S3cret\npsql\nunset PGPASSWORD',
    'PGPASSWORD=S3cret; export PGPASSWORD; pg_dump app',
  ])
    test(`${JSON.stringify(code)} is clean`, () =>
      assert.equal(stripStepText({ kind: 'batch', code }).isClean, true));
});
