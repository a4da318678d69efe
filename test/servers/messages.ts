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
