import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { ClientMessages, type Message, statementOf } from './messages.ts';
import type { Server } from './postgres.ts';

/** `before`: the server never sees the statement; `after`: it has answered, and the answer never arrives. */
export type When = 'before' | 'after';

/** What a run sent, in the order in which it sent it, over all its connections. */
export interface Statement {
  readonly server: Server;
  /** The text of a query; `connect` for the start of a session. */
  readonly text: string;
}

/** The session whose statement is hit. */
export interface Hit extends Statement {
  /** Of its backend; 0 where it has none yet. */
  readonly pid: number;
  /** Resets the connection on both sides. */
  cut(): void;
}

interface Trap {
  /** @param number of the statement, from 1 */
  readonly isHit: (statement: Statement, number: number) => boolean;
  readonly when: When;
  readonly strike: (hit: Hit) => Promise<void>;
}

/** The ways to some servers: counts statements over all of them, and strikes at one. */
export class FaultLine {
  readonly statements: Statement[] = [];
  private trap: Trap | null = null;
  private readonly closers: (() => void)[] = [];

  /** @returns the port on 127.0.0.1 by which the server is reached */
  async to(server: Server): Promise<number> {
    const proxy = createServer({ noDelay: true }, (client) => new Passage(this, server, client));
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    this.closers.push(() => proxy.close());
    const address = proxy.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Begins to count anew. */
  arm(trap: Trap | null): void {
    this.statements.length = 0;
    this.trap = trap;
  }

  /** The trap, if this statement is the one. */
  note(statement: Statement): Trap | null {
    this.statements.push(statement);
    return this.trap?.isHit(statement, this.statements.length) ? this.trap : null;
  }

  close(): void {
    for (const close of this.closers.splice(0)) close();
  }
}

/** One connection through the proxy. */
class Passage {
  private readonly upstream: Socket;
  private readonly line: FaultLine;
  private readonly server: Server;
  private readonly client: Socket;
  private readonly fromClient = new ClientMessages();
  private fromServer = Buffer.alloc(0);
  private bundle: Buffer[] = [];
  private text = '';
  private pid = 0;
  /** How many statements the server has yet to answer. */
  private unanswered = 0;
  /** Set while an answer is swallowed: called at its end. */
  private atAnswer: (() => void) | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(line: FaultLine, server: Server, client: Socket) {
    this.line = line;
    this.server = server;
    this.client = client;
    this.upstream = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
    client.on('data', (data) => {
      this.turn = this.turn.then(() => this.take(data));
    });
    this.upstream.on('data', (data) => this.answer(data));
    for (const [one, other] of [
      [client, this.upstream],
      [this.upstream, client],
    ] as [Socket, Socket][]) {
      one.on('error', () => reset(other));
      one.on('end', () => other.end());
      one.on('close', () => this.atAnswer?.());
    }
  }

  private async take(data: Buffer): Promise<void> {
    for (const message of this.fromClient.take(data)) await this.message(message);
  }

  private async message(message: Message): Promise<void> {
    const { kind, bytes } = message;
    this.bundle.push(bytes);
    this.text = kind === 'connect' ? 'connect' : (statementOf(message) ?? this.text);
    if (kind === 'X') return this.pass();
    // An extended query is one statement, up to its Sync.
    if (kind !== 'connect' && kind !== 'Q' && kind !== 'S') return;
    this.unanswered += 1;
    const trap = this.line.note({ server: this.server, text: this.text });
    if (trap === null) return this.pass();
    const hit: Hit = { server: this.server, text: this.text, pid: this.pid, cut: () => this.cut() };
    if (trap.when === 'before') {
      await trap.strike(hit);
      return;
    }
    const answered = new Promise<void>((done) => {
      this.atAnswer = done;
    });
    this.pass();
    await answered;
    this.atAnswer = null;
    await trap.strike({ ...hit, pid: this.pid });
  }

  private pass(): void {
    this.upstream.write(Buffer.concat(this.bundle));
    this.bundle = [];
  }

  // Of what was sent before and is not answered yet the answers pass: only that of the statement is swallowed.
  private answer(data: Buffer): void {
    this.fromServer = Buffer.concat([this.fromServer, data]);
    while (this.fromServer.length >= 5) {
      const size = 1 + this.fromServer.readInt32BE(1);
      if (this.fromServer.length < size) return;
      const message = this.fromServer.subarray(0, size);
      this.fromServer = this.fromServer.subarray(size);
      const kind = String.fromCharCode(message[0] ?? 0);
      const isSwallowed = this.atAnswer !== null && this.unanswered === 1;
      if (!isSwallowed) this.client.write(message);
      if (kind === 'K') this.pid = message.readInt32BE(5);
      if (kind !== 'Z') continue;
      this.unanswered -= 1;
      if (isSwallowed) this.atAnswer?.();
    }
  }

  private cut(): void {
    reset(this.client);
    reset(this.upstream);
  }
}

// Reset behind its end, a socket of Node 20 keeps the process from ever exiting (measured).
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
