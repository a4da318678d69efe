import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../src/model/failure.ts';
import { together } from '../../src/postgres/together.ts';

const failing = (code: string): Error => Object.assign(new Error(code), { code });
const aborted = failing('25P02');

test('answers come in the order in which they were asked for', async () => {
  assert.deepEqual(await together([sleep(2, 'slow'), 'known', null]), ['slow', 'known', null]);
});

test('the error that others follow from is thrown, whichever comes first', async () => {
  const cause = failing('22023');
  await assert.rejects(
    together([Promise.reject(aborted), sleep(2).then(() => Promise.reject(cause))]),
    cause,
  );
  const inWords = new Failure('failed', 'aborted', 'Look.', { cause: aborted });
  await assert.rejects(together([Promise.reject(inWords), Promise.reject(cause)]), cause);
});

test('of two causes the one asked for first is thrown', async () => {
  const first = failing('42501');
  await assert.rejects(
    together([sleep(2).then(() => Promise.reject(first)), Promise.reject(failing('22023'))]),
    first,
  );
});

test('what is under way tells the cause, and fails nothing by itself', async () => {
  const cause = failing('57014');
  await assert.rejects(together([Promise.reject(aborted)], [Promise.reject(cause)]), cause);
  const underWay = Promise.reject(cause);
  underWay.catch(() => {});
  assert.deepEqual(await together([1], [underWay]), [1]);
});
