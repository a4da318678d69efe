import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { asksForAnswer, ClientMessages, ServerAnswers, statementOf } from './messages.ts';

/** What clients did over all ways of a proxy. */
export interface Trips {
  /** How often one had to wait for the server, one wait after the other: waits at the same time count once. */
  readonly chain: number;
  /** The waits of each connection, added up. */
  readonly sum: number;
  readonly connections: number;
  /** The texts, in the order in which they came. */
  readonly statements: readonly string[];
  /** The same by the link of the chain in which they were sent, from 1. */
  readonly links: readonly (readonly string[])[];
}

/**
 * A distant server: opening a connection and every answer take as long as a round trip, and the round trips are counted.
 * What a client sends before it has got an answer belongs to one round trip with what it sent before.
 */
export class CountingProxy {
  private readonly delay: number;
  private readonly closers: (() => void)[] = [];
  private readonly statements: string[] = [];
  private readonly links: string[][] = [];
  private sum = 0;
  private connections = 0;
  /** How many round trips came before the newest answer that a client has; and before those that count. */
  private answered = 0;
  private before = 0;

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
    const sum = this.sum;
    const connections = this.connections;
    const links = this.links.splice(0);
    this.sum = 0;
    this.connections = 0;
    this.before = this.answered;
    return { chain: links.length, sum, connections, statements: this.statements.splice(0), links };
  }

  close(): void {
    for (const close of this.closers.splice(0)) close();
  }

  private pass(client: Socket, port: number): void {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    const messages = new ClientMessages();
    const answers = new ServerAnswers();
    /** The round trips of the questions that are not answered yet. */
    const open: number[] = [];
    let newest = 0;
    const begin = (): number => {
      const trip = this.answered + 1;
      if (trip > newest) this.sum += 1;
      newest = trip;
      while (this.links.length < trip - this.before) this.links.push([]);
      return trip;
    };
    const answer = (trip: number): void => {
      this.answered = Math.max(this.answered, trip);
    };
    this.connections += 1;
    // To connect is a round trip of its own.
    const connecting = begin();
    const connected = sleep(this.delay).then(() => answer(connecting));
    client.on('data', (data) => {
      void connected.then(() => {
        for (const message of messages.take(data)) {
          // Nobody waits for an answer to a goodbye.
          if (message.kind === 'X') continue;
          const trip = begin();
          if (asksForAnswer(message)) open.push(trip);
          this.note(statementOf(message), trip);
        }
        upstream.write(data);
      });
    });
    upstream.on('data', (data) => {
      setTimeout(() => {
        for (let ends = answers.take(data); ends > 0; ends -= 1) answer(open.shift() ?? 0);
        client.write(data);
      }, this.delay);
    });
    client
      .on('error', () => {})
      .on('end', () => void connected.then(() => upstream.end()))
      .on('close', () => void connected.then(() => upstream.destroySoon()));
    upstream.on('error', () => client.destroy()).on('end', () => setTimeout(() => client.end(), this.delay));
  }

  private note(statement: string | null, trip: number): void {
    if (statement === null) return;
    this.statements.push(statement);
    this.links[trip - this.before - 1]?.push(statement);
  }
}
