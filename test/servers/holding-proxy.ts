import { once } from 'node:events';
import { connect, createServer, type Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './postgres.ts';

/** A way to servers that holds one message up. */
export class HoldingProxy {
  /** Milliseconds since 1970 UTC: until when the message was held; null where none was. */
  heldUntil: number | null = null;
  private readonly closers: (() => void)[] = [];
  private readonly isHeld: (message: string) => boolean;
  private readonly until: (now: number) => number;

  /**
   * @param isHeld is shown each message until it says yes to one; all others pass
   * @param until when that one goes on, by the time at which it came
   */
  constructor(isHeld: (message: string) => boolean, until: (now: number) => number) {
    this.isHeld = isHeld;
    this.until = until;
  }

  /** @returns the port on 127.0.0.1 by which the server is reached */
  async to(server: Server): Promise<number> {
    const proxy: TcpServer = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1');
      let turn = Promise.resolve();
      client.on('data', (data) => {
        turn = turn.then(async () => {
          if (this.heldUntil === null && this.isHeld(data.toString('latin1'))) {
            this.heldUntil = this.until(Date.now());
            await sleep(this.heldUntil - Date.now());
          }
          upstream.write(data);
        });
      });
      upstream.on('data', (data) => client.write(data));
      client.on('error', () => upstream.destroy()).on('end', () => upstream.end());
      upstream.on('error', () => client.destroy()).on('end', () => client.end());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    this.closers.push(() => proxy.close());
    const address = proxy.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  close(): void {
    for (const close of this.closers.splice(0)) close();
  }
}

/** A `COMMIT` that has to reach the server before its deadline. */
export const isCommitInTime = (message: string): boolean =>
  message.includes('the commit came too late') && message.includes('COMMIT');

/** Shown the messages of a run, says yes to the bare `COMMIT` after one that has a deadline. */
export function isCommitAfterOneInTime(): (message: string) => boolean {
  let isDisabled = false;
  return (message) => {
    if (isCommitInTime(message)) isDisabled = true;
    return isDisabled && /^Q.{4}COMMIT\0/s.test(message);
  };
}
