import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nodeFolder } from '../servers/node.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

const SAMPLE = readFileSync(new URL('../../fixtures/jobs/sample.sql', import.meta.url), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-package-'));
let server: Server;
let archive = '';
before(async () => {
  server = await startServer('embedded');
  // The tests have built dist, and another build would take it away from those that run beside this one.
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], process.cwd(), {});
  archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
});
after(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], cwd: string, variables: NodeJS.ProcessEnv): Ended {
  const bare = Object.entries(process.env).filter(([name]) => !/^(?:PG|npm_|NODE_)/.test(name));
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...Object.fromEntries(bare), ...variables },
  });
  return { code: status, stdout, stderr };
}

for (const major of [20, 22, 24]) {
  describe(`Node ${major}`, () => {
    test('npx runs the archive in an empty folder: the plan of the sample, then the move', async (context) => {
      const bin = nodeFolder(major);
      if (bin === null) return context.skip(`Node ${major} cannot be fetched from the npm registry`);
      const both = await Both.create(server, `node${major}`);
      await server.run(both.name, SAMPLE);
      const empty = join(folder, `node${major}`);
      mkdirSync(empty);
      const variables = {
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        npm_config_cache: join(folder, 'cache'),
        ...{ PGHOST: '127.0.0.1', PGPORT: String(server.port), PGUSER: 'postgres', PGDATABASE: both.name },
      };
      const npx = (...args: readonly string[]): Ended =>
        run('npx', ['--yes', `../${basename(archive)}`, ...args], empty, variables);
      const node = run('node', ['--version'], empty, variables);
      assert.ok(node.stdout.startsWith(`v${major}.`), node.stdout);

      const planned = npx('--dry-run', '--format', 'json');
      assert.equal(planned.code, 6, planned.stderr);
      assert.doesNotMatch(planned.stderr, /npm (?:warn|error)/);
      const { jobs } = JSON.parse(planned.stdout) as { jobs: { chains: { chainName: string }[] }[] };
      const chains = jobs.flatMap((job) => job.chains.map(({ chainName }) => chainName)).sort();
      assert.ok(chains.length > 3, planned.stdout);
      assert.equal(await both.value('SELECT count(*)::int FROM timetable.chain'), 0);

      const moved = npx('--yes');
      assert.equal(moved.code, 6, moved.stderr);
      const rows = await both.rows<{ name: string }>('SELECT chain_name AS name FROM timetable.chain');
      assert.deepEqual(rows.map(({ name }) => name).sort(), chains);
      assert.deepEqual(readdirSync(empty), []);
    });
  });
}
