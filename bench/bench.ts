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
import { printProfiles, STATEMENT_SETTINGS } from './profile.ts';
import { Stages } from './stage.ts';
import { measureStartup } from './startup.ts';

const { values: options } = parseArgs({
  options: {
    growth: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    json: { type: 'string' },
    only: { type: 'string' },
    pairs: { type: 'string' },
    profile: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const only = options.only?.split(',');
const jobs = Number(options.jobs ?? (options.quick ? 1_000 : 10_000));
const pairs = Number(options.pairs ?? (options.quick ? 2 : 5));
const wanted: Wanted = {
  ...{ jobs, pairs },
  has: (key) => only?.includes(key) ?? true,
  say: (text) => process.stderr.write(`${text}\n`),
};

// As a server comes, but that nobody gathers statistics in the middle of a run.
const server = await startServer(debian15() === null ? 'embedded' : 'debian-15', {
  ...{ shared_buffers: '128MB', max_wal_size: '4GB', autovacuum: 'off' },
  ...(options.profile ? STATEMENT_SETTINGS : {}),
});
const about = {
  ...{ jobs, pairs, cpu: `${cpus().length} x ${cpus()[0]?.model}`, node: process.version },
  ...{ postgres: server.major, pgAgent: agentProgram() === null ? 'stand-in' : 'real' },
  pgTimetable: findEngine().name,
};
const stages = new Stages(server);
const headline = Object.entries(about).map((entry) => entry.join(': '));
process.stdout.write(`${headline.join(', ')}\n`);

if (options.profile) await printProfiles(stages, wanted);
else {
  const figures = [
    ...(await measureStartup(server, wanted)),
    ...(await measureBulk(stages, wanted)),
    ...(await measureOthers(stages, wanted)),
    ...(options.growth ? await measureGrowth(stages, wanted) : []),
  ];
  process.stdout.write(`\n${table(figures)}\n`);
  if (options.json !== undefined) {
    const rows = figures.map((figure) => ({
      ...figure,
      spread: spread(figure.values),
      ...(figure.ratios === undefined ? {} : { ratioSpread: spread(figure.ratios) }),
    }));
    writeFileSync(options.json, `${JSON.stringify({ ...about, figures: rows }, null, 2)}\n`);
  }
}
server.stop();
