import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { CountingProxy } from './counting-proxy.ts';
import { ClientMessages } from './messages.ts';

const DELAY = 10;

/** A simple query. */
function query(text: string): Buffer {
  const body = Buffer.from(`Q....${text}\0`);
  body.writeInt32BE(body.length - 1, 1);
  return body;
}

const START = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
/** ReadyForQuery. */
const READY = Buffer.from('Z\0\0\0\u0005I');

describe('the counting proxy', () => {
  let server: Server;
  let proxy: CountingProxy;
  let port: number;
  before(async () => {
    server = createServer((socket) => {
      const messages = new ClientMessages();
      socket.on('data', (data) => {
        for (const _ of messages.take(data)) socket.write(READY);
      });
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    proxy = new CountingProxy(DELAY);
    port = await proxy.to({ port: typeof address === 'object' && address ? address.port : 0 });
  });
  after(() => {
    proxy.close();
    server.close();
  });

  async function begin(): Promise<Socket> {
    const client = connect({ port, host: '127.0.0.1', noDelay: true });
    client.write(START);
    await once(client, 'data');
    return client;
  }

  test('each wait for an answer is a round trip, and so is a connection', async () => {
    const started = performance.now();
    const client = await begin();
    client.write(query('SELECT 1'));
    await once(client, 'data');
    client.destroy();
    assert.ok(performance.now() - started >= 3 * DELAY - 3);
    assert.deepEqual(proxy.take(), {
      chain: 3,
      sum: 3,
      connections: 1,
      statements: ['SELECT 1'],
      links: [[], [], ['SELECT 1']],
    });
  });

  test('what is sent without a wait is one round trip', async () => {
    const client = await begin();
    client.write(query('SELECT 1'));
    client.write(query('SELECT 2'));
    await once(client, 'data');
    client.destroy();
    assert.deepEqual(proxy.take(), {
      chain: 3,
      sum: 3,
      connections: 1,
      statements: ['SELECT 1', 'SELECT 2'],
      links: [[], [], ['SELECT 1', 'SELECT 2']],
    });
  });

  test('waits at the same time lengthen the chain by one, waits one after the other by each', async () => {
    const both = await Promise.all([begin(), begin()]);
    assert.deepEqual(proxy.take(), { chain: 2, sum: 4, connections: 2, statements: [], links: [[], []] });
    for (const client of both) {
      client.write(query('SELECT 1'));
      await once(client, 'data');
      client.destroy();
    }
    const { chain, sum } = proxy.take();
    assert.deepEqual({ chain, sum }, { chain: 2, sum: 2 });
  });
});
