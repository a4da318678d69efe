import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));
const JOBS = 12_600;
const MOVED = JOBS * 0.9;
/** Enabled, and not left out. */
const LIVE = MOVED - Math.floor(JOBS / 7) + Math.floor(JOBS / 70);
/** Megabytes of heap: the tool itself takes some 40, the plans of all jobs more than 80. */
const HEAP = 64;

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-many-'));

before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('many');
  await createStandInPgAgent(server, 'many');
  await createTimetable(server, 'many');
  // Every tenth job is left out, every seventh is disabled, so that skips and advisories come in numbers too.
  await server.run(
    'many',
    `
    INSERT INTO pgagent.pga_job (jobjclid, jobname, jobenabled) SELECT 1, 'job ' || n, n % 7 > 0 FROM generate_series(1, ${JOBS}) n;
    INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart) SELECT jobid, 's', '2020-01-01' FROM pgagent.pga_job;
    INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname)
    SELECT jobid, 'step ' || n, 's', 'SELECT ' || jobid || ' -- ' || repeat('a line of a text of some length ', 35),
           CASE WHEN jobid % 10 = 0 THEN 'elsewhere' ELSE 'many' END
      FROM pgagent.pga_job, generate_series(1, 2) n;
    ANALYZE`,
  );
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

async function runWithLittleMemory(args: readonly string[]): Promise<{ code: number; file: string }> {
  const file = join(folder, `out${args.length}`);
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, PROGRAM, '-s', server.conninfo('many'), '--quiet', ...args],
    {
      stdio: ['ignore', openSync(file, 'w'), 'ignore'],
    },
  );
  const [code] = await once(child, 'close');
  return { code, file };
}

async function lastCharacters(file: string, count: number): Promise<string> {
  let tail = '';
  for await (const chunk of createReadStream(file, 'utf8')) tail = (tail + chunk).slice(-count);
  return tail;
}

test(`${JOBS} jobs are planned as JSON in ${HEAP} MB of heap`, async () => {
  const { code, file } = await runWithLittleMemory(['--dry-run', '--format', 'json']);
  assert.equal(code, 6);
  assert.match(
    await lastCharacters(file, 1_000),
    new RegExp(
      `"jobs": ${JOBS},\\n {4}"jobsMoved": ${MOVED},\\n[\\s\\S]*"chains": ${MOVED},[\\s\\S]*"tasks": ${3 * MOVED},`,
    ),
  );
});

test(`${JOBS} jobs are migrated and listed in ${HEAP} MB of heap`, async () => {
  const { code, file } = await runWithLittleMemory([]);
  assert.equal(code, 6);
  assert.match(
    await lastCharacters(file, 600),
    new RegExp(
      `${JOBS} jobs: ${MOVED} moved, 0 not scheduled, ${JOBS - MOVED} left out\\. ${MOVED} chains \\(${LIVE} live\\), ${3 * MOVED} tasks\\.`,
    ),
  );
  const { rows } = await server.run(
    'many',
    `
    SELECT (SELECT count(*)::int FROM timetable.chain) AS chains, (SELECT count(*)::int FROM timetable.task) AS tasks,
           (SELECT count(*)::int FROM timetable.chain WHERE live) AS live`,
  );
  assert.deepEqual(rows, [{ chains: MOVED, tasks: 3 * MOVED, live: LIVE }]);
});
