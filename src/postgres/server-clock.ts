import type { Client } from './connect.ts';

/** How far a server's clock is ahead of another clock, in milliseconds. */
export interface ClockOffset {
  readonly ahead: number;
  /** The truth is at most this far from `ahead`. */
  readonly uncertainty: number;
}

const LOOKS = 7;

/**
 * Compares a server's clock with this machine's. The answer was made somewhere between question and arrival, so the
 * quickest of a few answers tells most, and half its round trip is what it leaves open.
 */
export async function serverClock(client: Client): Promise<ClockOffset> {
  const offsets: ClockOffset[] = [];
  for (let look = 0; look < LOOKS; look += 1) offsets.push(await askOnce(client));
  return offsets.reduce((best, offset) => (offset.uncertainty < best.uncertainty ? offset : best));
}

async function askOnce(client: Client): Promise<ClockOffset> {
  const asked = clockHere();
  // Within a transaction now() would stand still.
  const { rows } = await client.query<{ now: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now',
  );
  const answered = clockHere();
  return {
    ahead: (rows[0]?.now ?? 0) - (asked + answered) / 2,
    uncertainty: (answered - asked) / 2,
  };
}

// Unlike Date.now(), it does not jump when this machine's clock is set, and knows fractions of a millisecond.
function clockHere(): number {
  return performance.timeOrigin + performance.now();
}

/** How far the first of two clocks is ahead of the second. */
export function clockDifference(first: ClockOffset, second: ClockOffset): ClockOffset {
  return {
    ahead: first.ahead - second.ahead,
    uncertainty: first.uncertainty + second.uncertainty,
  };
}
