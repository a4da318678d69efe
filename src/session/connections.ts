import { abandon, type Client, connect } from '../postgres/connect.ts';
import type { Endpoint } from '../postgres/endpoint.ts';
import type { Interrupt } from './interrupt.ts';
import type { Side } from './session.ts';

/** The connections of one session, which all end with it. */
export class Connections {
  private readonly opened = new Set<Client>();
  private readonly attempts = new Set<Client>();
  private isClosed = false;
  private readonly wait: number;
  private readonly interrupt: Interrupt;

  /** @param wait how long a connection may take, milliseconds */
  constructor(wait: number, interrupt: Interrupt) {
    this.wait = wait;
    this.interrupt = interrupt;
  }

  /** Opens one; a run that is stopped drops it. */
  async open(endpoint: Endpoint, side: Side): Promise<Client> {
    const client = await connect(endpoint, side, {
      onAttempt: (attempt) => {
        this.attempts.add(attempt);
        this.interrupt.whenStopped(() => abandon(attempt));
        if (this.isClosed) abandon(attempt);
      },
      waits: this.wait,
    });
    this.opened.add(client);
    client.once('end', () => this.opened.delete(client));
    this.interrupt.check();
    return client;
  }

  isOpen(client: Client): boolean {
    return this.opened.has(client);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    // One side may have failed before the other was reached.
    for (const attempt of this.attempts) if (!this.opened.has(attempt)) abandon(attempt);
    await Promise.all([...this.opened].map((client) => client.end().catch(() => {})));
  }

  /** Does what opens a session: closes them all where it fails. */
  async unlessFailed<T>(opening: () => Promise<T>): Promise<T> {
    try {
      return await opening();
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}
