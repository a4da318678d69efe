import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientMessages, statementOf } from './messages.ts';

/** What clients did over all ways of a proxy. */
export interface Trips {
  /** How often one had to wait for the server, one wait after the other: waits at the same time count once. */
  readonly chain: number;
  /** The waits of each connection, added up. */
  readonly sum: number;
  readonly connections: number;
  /** The texts, in the order in which they came. */
  readonly statements: readonly string[];
}

/**
 * A distant server: opening a connection and every answer take as long as a round trip, and the round trips are counted.
 * What a client sends before it has got an answer belongs to one round trip with what it sent before.
 */
export class CountingProxy {
  private readonly delay: number;
  private readonly closers: (() => void)[] = [];
  private readonly statements: string[] = [];
  private sum = 0;
  private connections = 0;
  private chain = 0;
  /** How many round trips came before the newest answer that a client has. */
  private answered = 0;

  /** @param delay milliseconds of a round trip; below 5 the count depends on which of two messages is faster */
  constructor(delay: number) {
    this.delay = delay;
  }

  /** @returns the port on 127.0.0.1 by which the server is reached, which listens there too */
  async to(server: { readonly port: number }): Promise<number> {
    const proxy = createServer({ noDelay: true }, (client) => this.pass(client, server.port));
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    this.closers.push(() => proxy.close());
    const address = proxy.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** What was counted since the last call. */
  take(): Trips {
    const { chain, sum, connections } = this;
    const statements = this.statements.splice(0);
    Object.assign(this, { chain: 0, sum: 0, connections: 0, answered: 0 });
    return { chain, sum, connections, statements };
  }

  close(): void {
    for (const close of this.closers.splice(0)) close();
  }

  private pass(client: Socket, port: number): void {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    const messages = new ClientMessages();
    this.connections += 1;
    // To connect is a round trip of its own.
    let trip = this.begin();
    let isWaiting = true;
    const answer = (): void => {
      this.answered = Math.max(this.answered, trip);
      isWaiting = false;
    };
    const connected = sleep(this.delay).then(answer);
    client.on('data', (data) => {
      void connected.then(() => {
        if (!isWaiting) {
          trip = this.begin();
          isWaiting = true;
        }
        for (const message of messages.take(data)) this.note(statementOf(message));
        upstream.write(data);
      });
    });
    upstream.on('data', (data) => {
      setTimeout(() => {
        answer();
        client.write(data);
      }, this.delay);
    });
    client
      .on('error', () => {})
      .on('end', () => void connected.then(() => upstream.end()))
      .on('close', () => void connected.then(() => upstream.destroySoon()));
    upstream.on('error', () => client.destroy()).on('end', () => setTimeout(() => client.end(), this.delay));
  }

  private begin(): number {
    this.sum += 1;
    const trip = this.answered + 1;
    this.chain = Math.max(this.chain, trip);
    return trip;
  }

  private note(statement: string | null): void {
    if (statement !== null) this.statements.push(statement);
  }
}
