import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { isInTransaction, withSavepoint } from '../../src/postgres/savepoint.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

/** As the tool's own: what is sent together is not held back. */
async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.uri('postgres'), pipeline: true });
  await client.connect();
  return client;
}

const styleNow = (client: pg.Client): Promise<string> =>
  client
    .query<{ IntervalStyle: string }>('SHOW IntervalStyle')
    .then(({ rows }) => rows[0]?.IntervalStyle ?? '');

function styleThere(client: pg.Client, style: string): Promise<string> {
  return withSavepoint(client, async () => {
    const [, now] = await Promise.all([client.query(`SET IntervalStyle = ${style}`), styleNow(client)]);
    return now;
  });
}

describe('something of which nothing stays', () => {
  for (const before of ['', 'BEGIN'])
    test(`${before || 'no transaction'}: several at the same time, one of which fails, leave no trace`, async () => {
      const client = await session();
      await client.query(before);
      const results = await Promise.allSettled([
        styleThere(client, 'iso_8601'),
        styleThere(client, 'nonsense'),
        styleThere(client, 'sql_standard'),
      ]);
      assert.deepEqual(
        results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed')),
        ['iso_8601', 'failed', 'sql_standard'],
      );
      assert.equal(await styleNow(client), 'postgres');
      assert.equal(client.getTransactionStatus(), before === '' ? 'I' : 'T');
      await client.end();
    });

  test('a transaction of its own is none that a later statement comes into', async () => {
    const client = await session();
    let second: Promise<string> | null = null;
    const first = withSavepoint(client, async () => {
      const both = [client.query('SELECT 1'), client.query('SELECT pg_sleep(0.2)')];
      await both[0];
      // The end of the first is on its way, and the server has not answered to it.
      assert.equal(client.getTransactionStatus(), 'T');
      assert.equal(isInTransaction(client), false);
      second = styleThere(client, 'iso_8601');
      await both[1];
    });
    await first;
    assert.equal(await second, 'iso_8601');
    await client.end();
  });
});
