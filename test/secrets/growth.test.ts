import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskSecrets } from '../../src/secrets/mask.ts';
import { environmentOf } from '../../src/transform/step/environment.ts';

/** What a step's text may hold thousands of times, on one line or in one word. */
const PIECES: readonly (readonly [name: string, piece: (number: number) => string])[] = [
  ['objects of JSON', (number) => `{"id":${number},"password":"abc${number}"},`],
  ['assignments in single quotes', (number) => `token='t${number}' `],
  ['assignments in double quotes', (number) => `token="t${number}" `],
  ['arguments', (number) => `set_config('a.token', 't${number}', true), `],
  ['schemes in one word', () => 'a://'],
  ['users in one word', () => 'a://b:'],
  ['dollar quotes', (number) => `password $a${number}$ `],
  ['beginnings of a key', () => '-----BEGIN PRIVATE KEY-----'],
  ['assignments of an UPDATE', (number) => `UPDATE u SET password=${number}, `],
  ['calls', (number) => `password=md5('${number}') `],
  ['beginnings of a token', () => 'eyJaB3xYz9Qwa.'],
  ['functions of pgcrypto', () => 'hmac(a,'],
  ['variables', (number) => `a${number}=b PGPASSWORD=$a${number} `],
  ['pipes', () => 'echo a '],
  ['tags', () => '<password>'],
  ['brackets', () => 'password=f('],
];

/** Eight times the text may take 24 times as long, and a moment more, but not 64 times. Other programs' time does not count. */
function assertGrows(name: string, run: (length: number) => void): void {
  const LENGTH = 20_000;
  run(LENGTH / 10);
  const quickest = (length: number): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const begun = process.cpuUsage();
        run(length);
        const { user, system } = process.cpuUsage(begun);
        return (user + system) / 1_000;
      }),
    );
  const [short, long] = [quickest(LENGTH), quickest(8 * LENGTH)];
  assert.ok(long < 24 * short + 200, `${name}: ${Math.round(short)} ms, then ${Math.round(long)} ms`);
}

function repeated(piece: (number: number) => string, length: number): string {
  let text = '';
  for (let number = 0; text.length < length; number += 1) text += piece(number);
  return text;
}

for (const [name, piece] of PIECES)
  test(`the time to mask grows with the length of the text: ${name}`, () =>
    assertGrows(name, (length) => maskSecrets(repeated(piece, length))));

for (const word of ['x', '4af0'])
  test(`the time to find the names of an environment grows with the length of a word of ${word}`, () =>
    assertGrows(word, (length) => environmentOf(`echo $A ${word.repeat(length / word.length)}`)));
