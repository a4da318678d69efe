import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pga2timetable } from '../cli/run.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-config-'));
let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

let places = 0;

/** A database with a job of any host, and what writes an options file that names the database. */
async function place(): Promise<{ both: Both; config: (content: object) => string }> {
  const both = await Both.create(server, `config_${++places}`);
  await both.insert({ name: 'any' });
  const file = join(folder, `${both.name}.json`);
  return {
    both,
    config: (content) => {
      writeFileSync(file, JSON.stringify({ source: server.uri(both.name), ...content }));
      return file;
    },
  };
}

const client = (both: Both): Promise<string> => both.value('SELECT client_name FROM timetable.chain');

test('the file says where and how; the command line counts more, and the file more than the record', async () => {
  const { both, config } = await place();
  const file = config({ 'client-name': ['=of-file'], 'on-conflict': 'replace' });
  const planned = await pga2timetable(['--config', file, '--dry-run']);
  assert.equal(planned.code, 0, planned.stderr);
  assert.ok(planned.stdout.includes(`npx pga2timetable --config ${file}\n`), planned.stdout);
  assert.ok(planned.stdout.includes(`npx pga2timetable undo --config ${file}\n`), planned.stdout);
  const typed = await pga2timetable(['--config', file, '--client-name', '=typed']);
  assert.equal(typed.code, 0, typed.stderr);
  assert.equal(await client(both), 'typed');
  // Without the file the record would keep "typed".
  const again = await pga2timetable(['--config', file]);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(await client(both), 'of-file');
  const verified = await pga2timetable(['verify', '--config', file, '--without-client']);
  assert.equal(verified.code, 0, verified.stderr);
  const undone = await pga2timetable(['undo', '--config', file]);
  assert.equal(undone.code, 0, undone.stderr);
  assert.equal(await both.value('SELECT count(*)::int FROM timetable.chain'), 0);
});

test('a file that makes the run a dry one: the next command is said to need it changed', async () => {
  const { both, config } = await place();
  const file = config({ 'dry-run': true });
  const { code, stdout, stderr } = await pga2timetable(['--config', file]);
  assert.equal(code, 0, stderr);
  assert.match(stdout.replaceAll(/\s+/g, ' '), /First: remove "dry-run" from the options file Next/);
  assert.equal(await both.value('SELECT count(*)::int FROM timetable.chain'), 0);
  const typed = await pga2timetable(['--config', file, '--dry-run']);
  assert.match(typed.stdout.replaceAll(/\s+/g, ' '), /First: remove "dry-run" from/);
  const script = await pga2timetable(['--config', config({ format: 'sql' })]);
  assert.equal(script.code, 0, script.stderr);
  assert.match(script.stderr.replaceAll(/\s+/g, ' '), /First: remove "format" from the options file Next/);
  const plain = await pga2timetable(['--config', config({ format: 'json', paused: true }), '-n']);
  assert.doesNotMatch(plain.stderr, /First/);
});
