import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../src/model/failure.ts';
import type { Dump } from '../../../src/pgagent/dump/dump.ts';
import { readDump } from '../../../src/pgagent/dump/read-dump.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-dump-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'dump.sql');

/** Reads a dump that a file holds. */
export function read(bytes: string | Buffer): Promise<Dump> {
  writeFileSync(path, bytes);
  return readDump(path, { historyDays: 90 });
}

/** The failure that reading it ends with. */
export async function failureOf(bytes: string | Buffer): Promise<Failure> {
  try {
    await read(bytes);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error;
  }
  assert.fail('it was read');
}
