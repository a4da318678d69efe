import { writeFileSync } from 'node:fs';
import { lastScreenOf, SCREEN_COLUMNS } from '../test/cli/readme-screen.ts';
import { createTimetable } from '../test/engine/schema.ts';
import { insertsOf } from '../test/pgagent/inserts.ts';
import { plausibleJobs } from '../test/pgagent/plausible-jobs.ts';
import { createPgAgent } from '../test/pgagent/real.ts';
import { startServer } from '../test/servers/postgres.ts';
import { cliPage } from './cli-page.ts';
import { terminalSvg } from './terminal-svg.ts';

// What the pages show of the tool: its commands and options, and the last screen of 300 plausible jobs of the real pgAgent.

writeFileSync('docs/cli.md', cliPage());

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
