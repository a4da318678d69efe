import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countLines } from '../../../src/pgagent/dump/lexer/count-lines.ts';
import { copyFields } from '../../../src/pgagent/dump/values/copy-row.ts';
import { encodingOf } from '../../../src/pgagent/dump/values/encoding.ts';
import { insertFields } from '../../../src/pgagent/dump/values/insert-row.ts';
import { intervalMillis } from '../../../src/pgagent/dump/values/interval.ts';
import { millisOf, momentOf, utcText } from '../../../src/pgagent/dump/values/timestamp.ts';
import { runs } from '../../property-runs.ts';

const texts = (fields: readonly (Buffer | null)[]): readonly (string | null)[] =>
  fields.map((field) => field?.toString() ?? null);

for (const [line, fields] of [
  ['', ['']],
  ['1\t\tx', ['1', '', 'x']],
  ['\\N\t\\\\N\tN', [null, '\\N', 'N']],
  ['\\b\\f\\n\\r\\t\\v', ['\b\f\n\r\t\v']],
  ['\\\\n \\\\\\n', ['\\n \\\n']],
  ['\\101\\60\\0123', ['A0\n3']],
  ['\\x41\\x4g\\xg', ['A\x04gxg']],
  ['a\\', ['a\\']],
  ['\\.x\t\\q', ['.x', 'q']],
  ['\\303\\251\tcaf\u00e9', ['\u00e9', 'caf\u00e9']],
] as const)
  test(`COPY's line ${JSON.stringify(line)}`, () => {
    assert.deepEqual(texts(copyFields(Buffer.from(line), () => false)), fields);
  });

test('in SJIS the second byte of a letter may look like a backslash', () => {
  const { isLead, decode } = encodingOf('SJIS');
  // U+8868 is 95 5C, the halfwidth U+FF71 the single byte B1.
  const [both, nothing] = copyFields(Buffer.from('955c5c6eb15c6e09955c4e', 'hex'), isLead);
  assert.ok(both && nothing);
  assert.deepEqual(decode(both), { text: '\u8868\n\uff71\n', isBroken: false });
  assert.deepEqual(decode(nothing), { text: '\u8868N', isBroken: false });
});

const PLAIN = { hasBackslashes: false, hasReturns: false };
for (const [values, fields, writing = PLAIN] of [
  [
    "1, -2, 1.5e+10, NULL, DEFAULT, true, false, B'01'",
    ['1', '-2', '1.5e+10', null, null, 'true', 'false', '01'],
  ],
  ["'it''s', '', 'a, b) (', 'NULL'", ["it's", '', 'a, b) (', 'NULL']],
  ["'x\\', '\\n'", ['x\\', '\\n']],
  ["E'x\\'\\\\, ''\\n', 'y'", ["x'\\, '\n", 'y']],
  ["'x\\'\\\\, ''', 'y'", ["x'\\, '", 'y'], { hasBackslashes: true, hasReturns: false }],
  ["'a\r\nb\r\r\nc'", ['a\r\nb\r\r\nc']],
  ["'a\r\nb\r\r\nc'", ['a\nb\r\nc'], { hasBackslashes: false, hasReturns: true }],
  ["\n\t1\n,\t'\u00e9'\n", ['1', '\u00e9']],
] as const)
  test(`the row of an INSERT ${JSON.stringify(values)} ${JSON.stringify(writing)}`, () => {
    assert.deepEqual(texts(insertFields(Buffer.from(values), 1, writing)), fields);
  });

for (const values of ['now()', "'a'::text", '1 2', "'a' 'b'", 'NULLS', "X'1f'"])
  test(`no row of pg_dump: ${values}`, () => {
    assert.throws(() => insertFields(Buffer.from(values), 12, PLAIN), {
      message: 'The INSERT in line 12 of the dump has a value that pg_dump does not write.',
    });
  });

test('a text of some megabytes in an INSERT', () => {
  const long = "it''s ".repeat(1_000_000);
  assert.equal(insertFields(Buffer.from(`'${long}'`), 1, PLAIN)[0]?.length, 5_000_000);
});

for (const [text, millis, utc] of [
  ['1970-01-01 00:00:00+00', 0, '1970-01-01 00:00:00'],
  ['2026-03-29 03:30:00+02', Date.UTC(2026, 2, 29, 1, 30), '2026-03-29 01:30:00'],
  ['2026-01-01 05:30:00.25+05:30', Date.UTC(2026, 0, 1) + 250, '2026-01-01 00:00:00.25'],
  ['2025-12-31 20:00:00-04', Date.UTC(2026, 0, 1), '2026-01-01 00:00:00'],
  // Local mean time of Berlin, 53 minutes and 28 seconds ahead.
  ['1890-01-01 00:53:28+00:53:28', Date.UTC(1890, 0, 1), '1890-01-01 00:00:00'],
  ['2023-05-17 07:14:27.123456+00', 1_684_307_667.123456 * 1000, '2023-05-17 07:14:27.123456'],
  ['1969-12-31 23:59:59.75+00', -250, '1969-12-31 23:59:59.75'],
  ['1969-12-31 23:59:58.000001+00', -1.999999 * 1000, '1969-12-31 23:59:58.000001'],
  ['0001-01-01 00:00:00+00', -62_135_596_800_000, '0001-01-01 00:00:00'],
  ['0001-12-31 00:00:00+00 BC', -62_135_683_200_000, '0001-12-31 00:00:00 BC'],
  ['294276-12-31 23:59:59.999999+00', 9_224_318_016_000_000, '294276-12-31 23:59:59.999999'],
  ['infinity', Infinity, 'infinity'],
  ['-infinity', -Infinity, '-infinity'],
] as const)
  test(`the time ${text}`, () => {
    const moment = momentOf(text);
    assert.ok(moment !== null);
    assert.equal(millisOf(moment), millis);
    assert.equal(utcText(moment), utc);
  });

test('any time that JavaScript knows', () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      (date) => {
        const written = date
          .toISOString()
          .replace('T', ' ')
          .replace(/\.000Z$|0{0,2}Z$/, '');
        const moment = momentOf(`${written}+00`);
        assert.ok(moment !== null);
        assert.ok(Math.abs(millisOf(moment) - date.getTime()) < 0.1);
        assert.equal(utcText(moment), written);
      },
    ),
    runs(2_000),
  );
});

for (const text of ['2026-01-01', '2026-01-01 00:00:00', '01.01.2026 00:00:00 CET', 'now', '', 'epoch'])
  test(`no time: ${JSON.stringify(text)}`, () => assert.equal(momentOf(text), null));

for (const [text, millis] of [
  ['00:00:02.5', 2_500],
  ['-00:00:01', -1_000],
  ['1 day 02:00:00', 26 * 3_600_000],
  ['2 days', 48 * 3_600_000],
  ['100:00:00', 360_000_000],
  ['', null],
  ['x', null],
] as const)
  test(`the interval ${JSON.stringify(text)}`, () => assert.equal(intervalMillis(text), millis));

test('lines are counted four bytes at a time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.nat(3_000), fc.nat(3_000), (bytes, one, other) => {
      const buffer = Buffer.from(bytes.map((byte) => (byte < 100 ? 10 : byte)));
      const [from, to] = [Math.min(one, other, buffer.length), Math.min(Math.max(one, other), buffer.length)];
      assert.equal(
        countLines(buffer, from, to),
        buffer.subarray(from, to).filter((byte) => byte === 10).length,
      );
    }),
    runs(2_000),
  );
  const lines = Buffer.alloc(1_000_003, 10);
  assert.equal(countLines(lines, 1, lines.length), lines.length - 1);
});

test('an encoding that is not known fails when a text is read, and says how to go on', () => {
  const { decode } = encodingOf('EUC_TW');
  assert.throws(() => decode(Buffer.from('a')), {
    message: 'The dump is in the encoding EUC_TW, which this tool cannot read.',
    remedy: 'Dump again in UTF-8: pg_dump --encoding=UTF8',
  });
});
