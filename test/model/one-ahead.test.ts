import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAhead } from '../../src/model/one-ahead.ts';

async function* items(log: string[], count: number): AsyncGenerator<number> {
  for (let item = 1; item <= count; item += 1) {
    log.push(`read ${item}`);
    yield item;
  }
}

test('each is handed out in its order, and the next is begun before that', async () => {
  const log: string[] = [];
  const made = oneAhead(items(log, 3), async (item) => {
    log.push(`begin ${item}`);
    await new Promise(setImmediate);
    return item * 10;
  });
  for await (const one of made) log.push(`use ${one}`);
  assert.deepEqual(log, [
    ...['read 1', 'begin 1', 'read 2', 'begin 2', 'use 10'],
    ...['read 3', 'begin 3', 'use 20', 'use 30'],
  ]);
});

test('one that fails ends it, after those before it', async () => {
  const used: number[] = [];
  const made = oneAhead(items([], 3), async (item) => {
    if (item === 2) throw new Error('no');
    return item;
  });
  await assert.rejects(async () => {
    for await (const one of made) used.push(one);
  }, /no/);
  assert.deepEqual(used, [1]);
});

test('whoever stops early leaves no failure behind that nobody hears', async () => {
  for await (const one of oneAhead(items([], 3), async (item) => {
    if (item === 2) throw new Error('no');
    return item;
  })) {
    assert.equal(one, 1);
    break;
  }
  await new Promise(setImmediate);
});

test('of nothing comes nothing', async () => {
  for await (const _ of oneAhead(items([], 0), async (item) => item)) assert.fail('made something');
});
