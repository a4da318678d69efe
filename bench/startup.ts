import { readFileSync } from 'node:fs';
import { findEngine } from '../test/engine/engine.ts';
import { createStandInPgAgent } from '../test/pgagent/insert-job.ts';
import { CountingProxy, type Trips } from '../test/servers/counting-proxy.ts';
import type { Server } from '../test/servers/postgres.ts';
import type { Wanted } from './bulk.ts';
import type { Figure, Goal } from './figures.ts';
import { type Ran, run, runTool, TOOL } from './run-tool.ts';

const FEW = 'few';
const SAMPLE = new URL('../fixtures/jobs/sample.sql', import.meta.url);
/** So short that what else the machine does shows: more of them than of the long ones. */
const PAIRS_EACH = 5;
const ROUND_TRIP_MILLISECONDS = 20;

const COMMANDS: readonly { name: string; args: readonly string[]; goal: Goal }[] = [
  { name: '--version', args: ['--version'], goal: { reach: 1.3, stretch: 1.15 } },
  { name: 'dry run of 5 jobs', args: ['--dry-run'], goal: { reach: 5, stretch: 3.5 } },
];

/** Measures runs that have little to do, each right after a Node.js that has nothing to do. */
export async function measureStartup(server: Server, wanted: Wanted): Promise<readonly Figure[]> {
  if (!wanted.has('startup')) return [];
  wanted.say('start-up');
  await server.createDatabase(FEW);
  await createStandInPgAgent(server, FEW);
  await findEngine().init(server, FEW);
  await server.run(FEW, readFileSync(SAMPLE, 'utf8'));
  // The first run compiles.
  for (const { args } of COMMANDS) await runTool([...args, ...source(server, args)]);
  const node: number[] = [];
  const figures: Figure[] = [];
  for (const { name, args, goal } of COMMANDS) {
    const values: number[] = [];
    const ratios: number[] = [];
    for (let pair = 0; pair < wanted.pairs * PAIRS_EACH; pair += 1) {
      const floor = await run(process.execPath, ['-e', '0']);
      const ran = await run(process.execPath, [TOOL, ...args, ...source(server, args)]);
      node.push(floor.milliseconds);
      values.push(ran.milliseconds);
      ratios.push(ran.milliseconds / floor.milliseconds);
    }
    figures.push({ name, unit: 'ms', values, ratios, of: 'node -e 0', goal });
  }
  figures.push(...(await measureDistant(server, wanted)));
  await server.run('postgres', `DROP DATABASE ${FEW}`);
  return [{ name: 'node -e 0', unit: 'ms', values: node }, ...figures];
}

/** The dry run of a few jobs on a distant server. */
async function measureDistant(server: Server, wanted: Wanted): Promise<readonly Figure[]> {
  const proxy = new CountingProxy(ROUND_TRIP_MILLISECONDS);
  const port = await proxy.to(server);
  const address = `host=127.0.0.1 port=${port} user=postgres dbname=${FEW}`;
  const runs: { ran: Ran; trips: Trips }[] = [];
  for (let pair = 0; pair < wanted.pairs; pair += 1) {
    const ran = await run(process.execPath, [TOOL, '--dry-run', '--source', address]);
    runs.push({ ran, trips: proxy.take() });
  }
  proxy.close();
  const counts = (of: (trips: Trips) => number): readonly number[] => runs.map(({ trips }) => of(trips));
  return [
    {
      name: `  at ${ROUND_TRIP_MILLISECONDS} ms distance`,
      unit: 'ms',
      values: runs.map(({ ran }) => ran.milliseconds),
    },
    {
      name: '  its round trips',
      unit: '',
      values: counts(({ chain }) => chain),
      goal: { reach: 15, stretch: 15 },
    },
    { name: '  its statements', unit: '', values: counts(({ statements }) => statements.length) },
    { name: '  its connections', unit: '', values: counts(({ connections }) => connections) },
  ];
}

const source = (server: Server, args: readonly string[]): readonly string[] =>
  args.includes('--version') ? [] : ['--source', server.conninfo(FEW)];
