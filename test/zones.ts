import type { Zone } from '../src/model/zone.ts';

const HOUR = 3_600;

/**
 * Europe/Berlin in 2026, 2027 and 2028, as the law has it: UTC+1, and UTC+2 from 01:00 UTC of the last Sunday of March
 * to 01:00 UTC of the last Sunday of October.
 */
export const BERLIN: Zone = {
  name: 'Europe/Berlin',
  offsets: [
    { from: -Infinity, seconds: HOUR },
    { from: Date.parse('2026-03-29T01:00Z'), seconds: 2 * HOUR },
    { from: Date.parse('2026-10-25T01:00Z'), seconds: HOUR },
    { from: Date.parse('2027-03-28T01:00Z'), seconds: 2 * HOUR },
    { from: Date.parse('2027-10-31T01:00Z'), seconds: HOUR },
    { from: Date.parse('2028-03-26T01:00Z'), seconds: 2 * HOUR },
    { from: Date.parse('2028-10-29T01:00Z'), seconds: HOUR },
  ],
};

/** A zone that never changes, so many minutes east of UTC. */
export function fixedZone(minutes: number): Zone {
  return { name: `fixed ${minutes}`, offsets: [{ from: -Infinity, seconds: minutes * 60 }] };
}
