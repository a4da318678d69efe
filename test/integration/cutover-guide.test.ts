import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTimetable } from '../engine/schema.ts';
import { StandInClient } from '../engine/stand-in.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';

const GUIDE = readFileSync(new URL('../../docs/cutover.md', import.meta.url), 'utf8');
const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));
const commands = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
const [, options = ''] = /^```json\n([\s\S]*?)^```$/m.exec(GUIDE) ?? [];
const programs = debian15();

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-guide-'));
before(async () => {
  server = await startServer(programs === null ? 'embedded' : 'debian-15');
  await server.createDatabase('app');
  await createStandInPgAgent(server, 'app');
  await createTimetable(server, 'app');
  await insertJob(server, 'app', {
    name: 'every hour',
    schedules: [{ minutes: [0] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await insertJob(server, 'app', {
    name: 'on the 31st',
    schedules: [{ minutes: [30], hours: [6], monthDays: [31] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  await insertJob(server, 'app', {
    name: 'switched off',
    enabled: false,
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
  writeFileSync(join(folder, 'moves.json'), options);
  // What npx would find in a checkout.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin', 'npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`,
  );
  chmodSync(join(folder, 'bin', 'npx'), 0o755);
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

function run(command: string): { status: number | null; output: string } {
  const path = [
    join(folder, 'bin'),
    ...(programs === null ? [] : [programs]),
    dirname(process.execPath),
    process.env.PATH,
  ];
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: path.join(':'),
      PGHOST: '127.0.0.1',
      PGPORT: String(server.port),
      PGUSER: 'postgres',
      PGDATABASE: 'app',
      XDG_STATE_HOME: folder,
    },
  });
  return { status, output: stdout + stderr };
}

const jobs = async (): Promise<readonly unknown[]> =>
  (
    await server.run(
      'app',
      'SELECT jobname AS name, jobenabled AS enabled FROM pgagent.pga_job ORDER BY jobid',
    )
  ).rows;
const liveChains = async (): Promise<readonly string[]> =>
  (await server.run('app', 'SELECT chain_name FROM timetable.chain WHERE live ORDER BY 1')).rows.map(
    ({ chain_name }) => chain_name,
  );

const UNTOUCHED = [
  { name: 'every hour', enabled: true },
  { name: 'on the 31st', enabled: true },
  { name: 'switched off', enabled: false },
];

test('the commands of docs/cutover.md, one after the other', {
  skip: programs === null && 'no pg_dump here',
}, async () => {
  assert.equal(commands.length, 13, commands.join('\n'));
  const client = await StandInClient.connect(server, 'app', 'main');
  const before = await server.run(
    'app',
    "SELECT to_jsonb(j) - 'jobnextrun' - 'jobchanged' AS job FROM pgagent.pga_job j ORDER BY jobid",
  );
  const cutover = commands.findIndex((command) => command.includes('--plan'));
  for (const [at, command] of commands.entries()) {
    const { status, output } = run(command);
    assert.equal(status, 0, `${command}\n${output}`);
    if (at < cutover) {
      assert.deepEqual(await jobs(), UNTOUCHED, command);
    } else if (at === cutover) {
      assert.match(output, /Cutover: 2 jobs disabled in pgAgent/);
      assert.deepEqual(
        await jobs(),
        UNTOUCHED.map(({ name }) => ({ name, enabled: false })),
      );
      assert.deepEqual(await liveChains(), ['every hour @ schedule 1', 'on the 31st @ schedule 1']);
    } else if (command.includes('verify')) {
      assert.match(output, /3 jobs: 2 equal, 0 different, 1 idle/);
    } else if (command.endsWith('--config moves.json --dry-run')) {
      assert.match(output, /3 jobs there already/);
    }
  }
  const { rows } = await server.run(
    'app',
    "SELECT to_jsonb(j) - 'jobnextrun' - 'jobchanged' AS job FROM pgagent.pga_job j ORDER BY jobid",
  );
  assert.deepEqual(rows, before.rows);
  assert.deepEqual((await server.run('app', 'SELECT 1 FROM timetable.chain')).rows, []);
  await client.stop();
});
