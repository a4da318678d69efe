/** A message of PostgreSQL's protocol: its kind is `connect` for the ones before a session, else its first byte. */
export interface Message {
  readonly kind: string;
  readonly bytes: Buffer;
}

const SSL_REQUEST = 80877103;

/** Cuts what a client sends into messages. */
export class ClientMessages {
  private rest: Buffer = Buffer.alloc(0);
  private isStarted = false;

  /** @returns the messages that are complete now */
  *take(data: Buffer): Generator<Message> {
    this.rest = Buffer.concat([this.rest, data]);
    for (;;) {
      const head = this.isStarted ? 1 : 0;
      if (this.rest.length < head + 4) return;
      const size = head + this.rest.readInt32BE(head);
      if (this.rest.length < size) return;
      const bytes = this.rest.subarray(0, size);
      this.rest = this.rest.subarray(size);
      const kind = this.isStarted ? String.fromCharCode(bytes[0] ?? 0) : 'connect';
      // A server without TLS says no, and the start follows.
      this.isStarted ||= bytes.readInt32BE(4) !== SSL_REQUEST;
      yield { kind, bytes };
    }
  }
}

/** The text of a statement that a message brings; null for another message. */
export function statementOf({ kind, bytes }: Message): string | null {
  if (kind === 'Q') return bytes.subarray(5, -1).toString();
  return kind === 'P' ? (bytes.subarray(5).toString().split('\0')[1] ?? '') : null;
}

/** Finds in what a server sends the ends of its answers: after each the client may have waited for the server. */
export class ServerAnswers {
  private rest: Buffer = Buffer.alloc(0);
  private isStarted = false;

  /** @returns how many answers end in this */
  take(data: Buffer): number {
    // To the question whether it speaks TLS a server says a single byte.
    if (!this.isStarted && data.length === 1) return 1;
    this.isStarted = true;
    this.rest = Buffer.concat([this.rest, data]);
    let ends = 0;
    while (this.rest.length >= 5) {
      const size = 1 + this.rest.readInt32BE(1);
      if (this.rest.length < size) break;
      if (isEnd(this.rest)) ends += 1;
      this.rest = this.rest.subarray(size);
    }
    return ends;
  }
}

/** AuthenticationOk (0) and SASLFinal (12) ask for nothing. */
const ASKS_FOR_NOTHING = [0, 12];

// ReadyForQuery, or a request for a password.
function isEnd(message: Buffer): boolean {
  const kind = String.fromCharCode(message[0] ?? 0);
  return kind === 'Z' || (kind === 'R' && !ASKS_FOR_NOTHING.includes(message.readInt32BE(5)));
}

/** Whether a client that has sent this waits for an answer. */
export function asksForAnswer({ kind }: Message): boolean {
  return ['connect', 'p', 'Q', 'S'].includes(kind);
}
