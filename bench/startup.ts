import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTimetable } from '../test/engine/schema.ts';
import { createStandInPgAgent } from '../test/pgagent/insert-job.ts';
import { startServer } from '../test/servers/postgres.ts';

const PROGRAM = fileURLToPath(new URL('../bin/pga2timetable.js', import.meta.url));
const ROUNDS = 15;

/** Milliseconds of the wall clock, the median of several runs. */
function median(args: readonly string[]): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    spawnSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

const server = await startServer('embedded');
await server.createDatabase('demo');
await createStandInPgAgent(server, 'demo');
await createTimetable(server, 'demo');
await server.run('demo', readFileSync(new URL('../fixtures/jobs/sample.sql', import.meta.url), 'utf8'));

const bare = median(['-e', '0']);
const rows: readonly (readonly [string, number])[] = [
  ['node -e 0', bare],
  ['--version', median([PROGRAM, '--version'])],
  ['--help', median([PROGRAM, '--help'])],
  ['--dry-run (5 jobs)', median([PROGRAM, '-s', server.conninfo('demo'), '--dry-run'])],
];
server.stop();
for (const [name, milliseconds] of rows) {
  process.stdout.write(
    `${name.padEnd(20)} ${milliseconds.toFixed(0).padStart(5)} ms  ${(milliseconds / bare).toFixed(1).padStart(5)} x node -e 0\n`,
  );
}
