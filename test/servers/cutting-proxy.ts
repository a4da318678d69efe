import { once } from 'node:events';
import { connect, createServer, type Socket, type Server as TcpServer } from 'node:net';
import type { Server } from './postgres.ts';

/** A way to a server that can be cut at one statement. */
export interface CuttingProxy {
  readonly port: number;
  close(): void;
}

/**
 * Listens on 127.0.0.1 and passes everything on, until a client sends the given text: then that connection is cut,
 * `before` the server sees it or `after`. Later connections pass.
 */
export async function cutAt(server: Server, text: string, when: 'before' | 'after'): Promise<CuttingProxy> {
  let isArmed = true;
  const proxy: TcpServer = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      // The server is to finish what it has got.
      setTimeout(() => upstream.destroy(), 500);
    };
    client.on('data', (data) => {
      if (!isArmed || !data.includes(text)) {
        upstream.write(data);
        return;
      }
      isArmed = false;
      if (when === 'after') upstream.write(data);
      cut();
    });
    upstream.on('data', (data) => {
      if (!client.destroyed) client.write(data);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as [Socket, Socket][]) {
      one.on('error', () => {});
      one.on('end', () => other.end());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return { port: typeof address === 'object' && address ? address.port : 0, close: () => proxy.close() };
}
