import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { comment } from '../../src/report/sql/comment.ts';
import { dollarQuoted, sqlCode, sqlJson, sqlText } from '../../src/report/sql/literal.ts';
import { HOSTILE } from '../planted/hostile.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { NO_PSQL, psql } from './script-run.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded-12');
});
after(() => server.stop());

// What means something to a scanner, more often than it would come by itself.
const PIECES = [
  ...`'"\\$:;-/*%{}()[]`,
  ...'abcex01_ ä雪😀',
  ...[
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\u0001',
    '\u001b',
    '\u007f',
    '\u0085',
    '\u00ad',
    '\u200d',
    '\u202e',
    '\u2028',
  ],
  ...[
    '$$',
    '$code$',
    '$code',
    '$code_1$',
    '$check$',
    '--',
    '/*',
    '*/',
    "E'",
    "U&'",
    ':x',
    ":'x'",
    '\\q',
    '\\n',
    'COMMIT;',
  ],
];
const TEXTS: readonly string[] = [
  '',
  HOSTILE,
  ...PIECES,
  ...fc.sample(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((parts) => parts.join('')),
    { numRuns: 3_000, seed: 7 },
  ),
  ...fc.sample(
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
    { numRuns: 500, seed: 7 },
  ),
];

const WAYS: Readonly<Record<string, (text: string) => string>> = {
  sqlText,
  sqlCode,
  dollarQuoted: (text) => dollarQuoted(text, 'code'),
  'a literal within a block': (text) => `(SELECT ${sqlText(text)}::text)`,
};

describe('every text comes through psql as it is', { skip: NO_PSQL }, () => {
  for (const [name, quoted] of Object.entries(WAYS)) {
    for (const conforming of name === 'sqlText' ? ['on', 'off'] : ['on']) {
      test(`${name}, standard_conforming_strings ${conforming}`, async () => {
        await server.run('postgres', 'DROP TABLE IF EXISTS texts; CREATE TABLE texts (place int, text text)');
        const rows = TEXTS.map((text, place) => `(${place}, ${quoted(text)})`);
        const settings = `\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = ${conforming};\nSET escape_string_warning = off;\n`;
        const done = await psql(
          server,
          'postgres',
          `${settings}INSERT INTO texts VALUES ${rows.join(',\n')};\n`,
        );
        assert.equal(done.stderr, '');
        assert.deepEqual(await textsThere(), TEXTS);
      });
    }
  }

  test('as JSON, and within a block that quotes it again', async () => {
    await server.run('postgres', 'DROP TABLE IF EXISTS texts; CREATE TABLE texts (place int, text text)');
    const inserts = TEXTS.map(
      (text, place) => `INSERT INTO texts VALUES (${place}, ${sqlJson([text])} ->> 0);`,
    );
    const blocks = [0, 1, 2, 3].map((part) =>
      dollarQuoted(`\nBEGIN\n${inserts.filter((_, place) => place % 4 === part).join('\n')}\nEND\n`, 'check'),
    );
    const script = `\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\n${blocks.map((block) => `DO ${block};\n`).join('')}`;
    const done = await psql(server, 'postgres', script);
    assert.equal(done.stderr, '');
    assert.deepEqual(await textsThere(), TEXTS);
  });

  test('no text leaves its comment', async () => {
    await server.run('postgres', 'DROP TABLE IF EXISTS texts; CREATE TABLE texts (place int, text text)');
    const lines = TEXTS.map(
      (text, place) => `${comment(text, '  ')}INSERT INTO texts VALUES (${place}, 'x');\n`,
    );
    const done = await psql(
      server,
      'postgres',
      `\\set ON_ERROR_STOP on\n\\set QUIET on\nBEGIN;\nSET LOCAL client_encoding = 'UTF8';\n${lines.join('')}COMMIT;\n`,
    );
    assert.equal(done.stderr, '');
    assert.equal(done.stdout, '');
    assert.equal((await textsThere()).length, TEXTS.length);
  });
});

async function textsThere(): Promise<readonly string[]> {
  const { rows } = await server.run('postgres', 'SELECT text FROM texts ORDER BY place');
  return rows.map(({ text }) => text);
}
