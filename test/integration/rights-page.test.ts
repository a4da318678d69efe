import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pga2timetable, type Result } from '../cli/run.ts';
import { timetableSchema } from '../engine/schema.ts';
import { markedSql } from '../pages/page.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

// The statements of docs/connections.md, one after the other: what is lacking before each, and that all are enough.

const sql = (part: string): string => markedSql('docs/connections.md', `rights: ${part}`);
let server: Server;
before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('app');
  await createStandInPgAgent(server, 'app');
  await insertJob(server, 'app', {
    name: 'nightly',
    schedules: [{ minutes: [0], hours: [3] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await server.run('app', 'CREATE ROLE mover LOGIN; CREATE ROLE scheduler LOGIN');
});
after(() => server?.stop());

const run = (...words: string[]): Promise<Result> =>
  pga2timetable([...words, '--source', server.uri('app', 'mover')]);
const cutover = ['--disable-source', '--client-name', '=main', '--without-client'];

async function asScheduler(statements: string): Promise<void> {
  await server.run('app', `SET ROLE scheduler; ${statements}`);
}

test('the statements of docs/connections.md give a user all rights that a move needs, and no statement is idle', async () => {
  await server.run('app', sql('before the schema'));
  await asScheduler(timetableSchema('7.0.0'));
  await server.run('app', 'REVOKE CREATE ON DATABASE app FROM public');

  assert.match((await run('--dry-run')).stderr, /may not use the schema pgagent/);
  await server.run('app', sql('source'));
  assert.match((await run('--dry-run', ...cutover)).stderr, /lacks on the target: USAGE on schema timetable/);
  await asScheduler(sql('target'));
  const withoutRecord = await run('--dry-run', ...cutover);
  assert.match(withoutRecord.stderr, /may not create the schema pga2timetable/);
  assert.doesNotMatch(withoutRecord.stderr, /lacks|may not disable/);
  await server.run('app', sql('record'));

  const commands = [['--dry-run', ...cutover], cutover, ['verify', '--without-client'], ['undo']];
  for (const words of commands) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  }
});

for (const right of sql('source').trim().split('\n').slice(1))
  test(`a cutover without "${right}" is refused`, async () => {
    await server.run('app', right.replace('GRANT', 'REVOKE').replace(' TO ', ' FROM '));
    const { code, stderr } = await run(...cutover);
    await server.run('app', right);
    assert.ok(code === 1 || code === 3, `${code}: ${stderr}`);
    assert.match(stderr, /may not (?:read|disable)/);
  });

for (const right of sql('target').trim().split('\n'))
  test(`a cutover or its undo without "${right}" is refused`, async () => {
    await asScheduler(right.replace('GRANT', 'REVOKE').replace(' TO ', ' FROM '));
    const { code, stderr } = await run(...cutover, '--on-conflict', 'replace');
    await asScheduler(right);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /lacks on the target/);
  });
