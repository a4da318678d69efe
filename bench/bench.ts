import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findEngine } from '../test/engine/engine.ts';
import { agentProgram } from '../test/pgagent/real.ts';
import { debian15, startServer } from '../test/servers/postgres.ts';
import { measureBulk, type Wanted } from './bulk.ts';
import { spread, table } from './figures.ts';
import { measureGrowth } from './growth.ts';
import { measureOthers } from './others.ts';
import { Stages } from './stage.ts';
import { measureStartup } from './startup.ts';

const { values: options } = parseArgs({
  options: {
    growth: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    pairs: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const only = options.only?.split(',');
const wanted: Wanted = {
  jobs: Number(options.jobs ?? (options.quick ? 1_000 : 10_000)),
  pairs: Number(options.pairs ?? (options.quick ? 2 : 5)),
  has: (key) => only?.includes(key) ?? true,
  say: (text) => process.stderr.write(`${text}\n`),
};

// As a server comes, but for what a temporary one need not: nobody gathers statistics in the middle of a run.
const server = await startServer(debian15() === null ? 'embedded' : 'debian-15', {
  shared_buffers: '128MB',
  max_wal_size: '4GB',
  autovacuum: 'off',
});
const { jobs, pairs } = wanted;
const about = {
  ...{
    jobs,
    pairs,
    postgres: server.major,
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model}`,
  },
  ...{ pgAgent: agentProgram() === null ? 'stand-in' : 'real', pgTimetable: findEngine().name },
};
const stages = new Stages(server);
const figures = [
  ...(await measureStartup(server, wanted)),
  ...(await measureBulk(stages, wanted)),
  ...(await measureOthers(stages, wanted)),
  ...(options.growth ? await measureGrowth(stages, wanted) : []),
];
server.stop();

process.stdout.write(`
${Object.entries(about)
  .map((entry) => entry.join(': '))
  .join(', ')}

${table(figures)}
`);
if (options.json !== undefined) {
  const rows = figures.map((figure) => ({
    ...figure,
    spread: spread(figure.values),
    ...(figure.ratios === undefined ? {} : { ratioSpread: spread(figure.ratios) }),
  }));
  writeFileSync(options.json, `${JSON.stringify({ ...about, figures: rows }, null, 2)}\n`);
}
