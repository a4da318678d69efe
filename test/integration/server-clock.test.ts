import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { clockDifference, serverClock } from '../../src/postgres/server-clock.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

/** A server whose clock is off, at the end of a way that takes so long there and back, in milliseconds. */
function farServer(ahead: number, there: number, back: number): pg.Client {
  const query = async (): Promise<{ rows: { now: number }[] }> => {
    await sleep(there);
    const now = performance.timeOrigin + performance.now() + ahead;
    await sleep(back);
    return { rows: [{ now }] };
  };
  return { query } as unknown as pg.Client;
}

test('a server on this machine has this clock, within the uncertainty', async () => {
  const client = await server.connect('postgres');
  const { ahead, uncertainty } = await serverClock(client);
  await client.end();
  assert.ok(Math.abs(ahead) <= uncertainty + 0.1, `${ahead} ± ${uncertainty}`);
  assert.ok(uncertainty < 50, String(uncertainty));
});

test('within a transaction too, where now() stands still', async () => {
  const client = await server.connect('postgres');
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1');
  await sleep(300);
  const { ahead } = await serverClock(client);
  await client.end();
  assert.ok(Math.abs(ahead) < 100, String(ahead));
});

for (const [ahead, there, back] of [
  [5_000, 10, 10],
  [-5_000, 40, 0],
  [1_500, 0, 60],
] as const) {
  test(`${ahead} ms off, by a way of ${there} ms there and ${back} ms back: the truth is within the uncertainty`, async () => {
    const found = await serverClock(farServer(ahead, there, back));
    assert.ok(Math.abs(found.ahead - ahead) <= found.uncertainty + 0.1, JSON.stringify(found));
    assert.ok(found.uncertainty >= (there + back) / 2 - 2, JSON.stringify(found));
    assert.ok(found.uncertainty < (there + back) / 2 + 25, JSON.stringify(found));
  });
}

test('the difference of two clocks is as uncertain as both together', () => {
  assert.deepEqual(clockDifference({ ahead: 100, uncertainty: 3 }, { ahead: -1_200, uncertainty: 4 }), {
    ahead: 1_300,
    uncertainty: 7,
  });
});
