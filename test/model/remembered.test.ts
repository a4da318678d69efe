import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from '../../src/model/remembered.ts';

/** What is read, in its order, where texts are asked for in this order. */
function read(most: number, asked: readonly string[]): readonly string[] {
  const remembered = new Remembered<string>(most);
  const found: string[] = [];
  for (const text of asked) {
    const value = remembered.of(text, (one) => {
      found.push(one);
      return one.toUpperCase();
    });
    assert.equal(value, text.toUpperCase());
  }
  return found;
}

const CASES: readonly (readonly [string, number, readonly string[], readonly string[]])[] = [
  ['a text is read once', 4, ['ab', 'ab', 'cd', 'ab', 'cd'], ['ab', 'cd']],
  ['all texts together may be as long as the bound', 4, ['abc', 'd', 'abc', 'd'], ['abc', 'd']],
  ['one character more is read each time', 4, ['abc', 'de', 'abc', 'de'], ['abc', 'de', 'de']],
  ['what still has room behind that is kept', 4, ['abc', 'de', 'f', 'f'], ['abc', 'de', 'f']],
  ['an empty text is one', 0, ['', ''], ['']],
];
for (const [name, most, asked, expected] of CASES)
  test(name, () => assert.deepEqual(read(most, asked), expected));
