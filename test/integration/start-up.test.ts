import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Loaded, loadedBy } from '../cli/loaded.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

/** What a dry run of one job loads. */
async function dryRun(database: string, code: string): Promise<Loaded> {
  const both = await Both.create(server, database);
  await both.insert({ name: 'nightly', steps: [{ name: '1', code }] });
  const loaded = await loadedBy('--source', server.conninfo(database), '--dry-run');
  assert.equal(loaded.code, 0);
  return loaded;
}

const isParser = (file: string): boolean => file.startsWith('grammar-');
const MOST_FILES = 30;

describe('a dry run loads what it needs', () => {
  test('of plain steps: no SQL parser, and none of what Node keeps for the web', async () => {
    const { files, ofNode } = await dryRun('plain', "DELETE FROM log WHERE at < now() - interval '30 days'");
    assert.ok(files.length > 5 && files.length <= MOST_FILES, files.join('\n'));
    assert.deepEqual(files.filter(isParser), []);
    assert.deepEqual(
      ofNode.filter((name) => /undici|fetch/.test(name)),
      [],
    );
  });

  test('of a block: the parser, once', async () => {
    const { files } = await dryRun('block', 'DO $$ BEGIN PERFORM 1; END $$');
    assert.equal(files.filter(isParser).length, 1);
  });
});
