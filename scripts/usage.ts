import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { lastScreenOf, SCREEN_COLUMNS } from '../test/cli/readme-screen.ts';
import { createTimetable } from '../test/engine/schema.ts';
import { insertsOf } from '../test/pgagent/inserts.ts';
import { plausibleJobs } from '../test/pgagent/plausible-jobs.ts';
import { createPgAgent } from '../test/pgagent/real.ts';
import { startServer } from '../test/servers/postgres.ts';
import { terminalSvg } from './terminal-svg.ts';

// What the pages show of the tool: its help, and the last screen of 300 plausible jobs of the real pgAgent.

const help = (...words: string[]): string =>
  spawnSync(process.execPath, ['bin/pga2timetable.js', ...words, '--help'], {
    encoding: 'utf8',
  }).stdout.replaceAll(process.cwd(), 'node_modules/pga2timetable');
const server = await startServer('debian-15');
await server.createDatabase('app');
await createPgAgent(server, 'app');
await createTimetable(server, 'app');
await server.run('app', insertsOf(plausibleJobs(300).rows, 'app'));
const screen = await lastScreenOf(server);
server.stop();
writeFileSync(
  'docs/images/last-screen.svg',
  terminalSvg(screen, SCREEN_COLUMNS, 'The last screen of pga2timetable --dry-run for 300 jobs'),
);

const PAGE = 'docs/cli.md';
const usage = ['', 'verify', 'undo', 'explain', 'schema'].map((word) =>
  help(...word.split(' ').filter(Boolean)),
);
writeFileSync(
  PAGE,
  readFileSync(PAGE, 'utf8').replace(
    /(<!-- usage: [^\n]*-->\n```text\n)[\s\S]*?(```\n<!-- \/usage -->)/,
    (_, head: string, tail: string) => head + usage.join('\n') + tail,
  ),
);
