import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { zoneWithoutServer } from '../../../src/session/dump/zone-without-server.ts';
import { BERLIN } from '../../zones.ts';

const NOW = Date.parse('2026-01-10T12:00Z');

describe('a time zone without a server', () => {
  test('changes when the law says so, to the second', () => {
    const zone = zoneWithoutServer('europe/berlin', NOW, 7);
    assert.equal(zone?.name, 'Europe/Berlin');
    assert.deepEqual(zone?.offsets.slice(0, BERLIN.offsets.length), BERLIN.offsets);
  });

  test('of 30 years has two changes a year', () => {
    // From January 2026 to January 2056.
    assert.equal(zoneWithoutServer('Europe/Berlin', NOW, 7)?.offsets.length, 1 + 2 * 30);
  });

  test('has its past, where that is asked for', () => {
    const [, first] = zoneWithoutServer('Europe/Berlin', NOW, 400)?.offsets ?? [];
    assert.deepEqual(first, { from: Date.parse('2025-03-30T01:00Z'), seconds: 7_200 });
  });

  for (const [name, seconds] of [
    ['UTC', 0],
    ['Asia/Kolkata', 19_800],
    ['America/Phoenix', -25_200],
    ['Asia/Kathmandu', 20_700],
  ] as const)
    test(`${name} is ${seconds} seconds from UTC all year`, () => {
      assert.deepEqual(zoneWithoutServer(name, NOW, 7)?.offsets, [{ from: -Infinity, seconds }]);
    });

  for (const name of ['Europe/Berlin2', 'nowhere', '', '+01:00', 'EST5EDT,M3.2.0,M11.1.0'])
    test(`${JSON.stringify(name)} is none`, () => {
      assert.equal(zoneWithoutServer(name, NOW, 7), null);
    });
});
