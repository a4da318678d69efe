import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronLines } from '../../engine/recordings.ts';
import { readLine } from './cron-reader.ts';

// The oracle of the tests beside this one is itself held to the real engine.
test('the naive reader reads each line as the domain timetable.cron was recorded to, or refuses it as that did', () => {
  const lines = cronLines().filter(({ line }) => !line.startsWith('@'));
  assert.ok(lines.length > 250);
  for (const { line, accepted, reads } of lines) {
    const read = readLine(line);
    assert.equal(read !== null, accepted, JSON.stringify(line));
    if (reads) assert.deepEqual(read, reads, line);
  }
});
