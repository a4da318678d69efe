import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembering } from '../../src/model/remembering.ts';

/** How often it is made anew where these are asked for in this order. */
function made(...asked: readonly (readonly [object, ...unknown[]])[]): number {
  let times = 0;
  const ask = remembering((about: object, ...rest: readonly unknown[]) => {
    times += 1;
    return [about, ...rest];
  });
  for (const [about, ...rest] of asked) assert.deepEqual(ask(about, ...rest), [about, ...rest]);
  return times;
}

const [ONE, OTHER] = [{ id: 1 }, { id: 1 }];

test('the same object is asked once, one that only looks like it again', () => {
  assert.equal(made([ONE], [ONE], [OTHER], [ONE], [OTHER]), 2);
});

test('another argument counts by identity, and the last two are remembered', () => {
  assert.equal(made([ONE, OTHER, 1], [ONE, OTHER, 1]), 1);
  assert.equal(made([ONE, OTHER, 1], [ONE, OTHER, 2], [ONE, OTHER, 1], [ONE, OTHER, 2]), 2);
  assert.equal(made([ONE, 1], [ONE, 2], [ONE, 3], [ONE, 2], [ONE, 1]), 4);
  assert.equal(made([ONE, { id: 2 }], [ONE, { id: 2 }]), 2);
});

test('nothing made is remembered as well', () => {
  let times = 0;
  const ask = remembering((_about: object): undefined => {
    times += 1;
  });
  ask(ONE);
  ask(ONE);
  assert.equal(times, 1);
});
