import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskEncoded } from '../../src/secrets/encoded.ts';
import { maskSecrets } from '../../src/secrets/mask.ts';
import { runs } from '../property-runs.ts';

/** Both readings of a run, tried one after the other: what is quick to tell must not change what comes of them. */
function plainly(run: string): string {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(run), (character) => character.charCodeAt(0));
  } catch {
    return run;
  }
  for (const name of ['utf-8', 'utf-16le'] as const) {
    let text: string;
    try {
      text = new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      continue;
    }
    const masked = maskSecrets(text);
    if (masked !== text) return Buffer.from(masked, name === 'utf-8' ? 'utf8' : 'utf16le').toString('base64');
  }
  return run;
}

const words = fc.constantFrom(
  'password=hush ',
  'größe ',
  '日本',
  '😀',
  'SELECT 1',
  ' -W x',
  '\u0000',
  'é',
  'pass',
);
const texts = fc.array(words, { minLength: 1, maxLength: 6 }).map((some) => some.join(''));
const bytes = fc
  .tuple(
    fc.oneof(
      texts.map((text) => Buffer.from(text, 'utf8')),
      texts.map((text) => Buffer.from(text, 'utf16le')),
      fc.uint8Array({ minLength: 12, maxLength: 30 }).map((some) => Buffer.from(some)),
    ),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
  )
  .map(([some, changes]) => {
    for (const [place, value] of changes) if (some.length > 0) some[place % some.length] = value;
    return some;
  });
const encoded = fc
  .tuple(bytes, fc.nat(3), fc.constantFrom('', 'A', '=', '=='))
  .map(([some, cut, more]) => some.toString('base64').slice(0, cut === 0 ? undefined : -cut) + more);

test('a run is masked as if it were decoded in both ways, whatever it holds', () => {
  fc.assert(
    fc.property(encoded, (run) => {
      fc.pre(/^[A-Za-z\d+/]{16,}={0,2}$/.test(run));
      assert.equal(maskEncoded(run, maskSecrets), plainly(run));
    }),
    runs(4_000),
  );
});

test('a secret in either encoding is found, beside characters of other alphabets', () => {
  for (const name of ['utf8', 'utf16le'] as const) {
    const run = Buffer.from('größe 日本 😀 password=hush', name).toString('base64');
    assert.equal(
      Buffer.from(maskEncoded(run, maskSecrets), 'base64').toString(name),
      'größe 日本 😀 password=*****',
    );
  }
});
