import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Wanted } from './bulk.ts';
import { COMMANDS } from './commands.ts';
import { run, TOOL } from './run-tool.ts';
import type { Stages } from './stage.ts';
import { WORK } from './workload.ts';

const SHOWN = 8;

/** Settings of a server by which it keeps what each statement took. */
export const STATEMENT_SETTINGS = { shared_preload_libraries: 'pg_stat_statements' };
const STATEMENTS = `
  SELECT calls || ' x ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 90) AS what, total_exec_time AS ms
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
   WHERE datname = '${WORK}'`;

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What `node --cpu-prof` writes, as far as it is read here. */
export interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

type Shares = ReadonlyMap<string, number>;

/** Prints where each wanted command spends its time: the tool by source file, the server by statement. */
export async function printProfiles(stages: Stages, wanted: Wanted): Promise<void> {
  const { server } = stages;
  const stage = await stages.get({ jobs: wanted.jobs, kind: 'same' });
  await server.run('postgres', 'CREATE EXTENSION pg_stat_statements');
  for (const { key, name, from, args } of COMMANDS.same) {
    if (args === null || !wanted.has(key)) continue;
    wanted.say(`profile: ${name}`);
    await stage.put(from);
    await server.run('postgres', 'SELECT pg_stat_statements_reset()');
    const folder = mkdtempSync(join(tmpdir(), 'pga2tt-profile-'));
    const profiled = ['--cpu-prof', `--cpu-prof-dir=${folder}`, TOOL, ...args, '--source', stage.conninfo];
    const { milliseconds } = await run(process.execPath, profiled);
    const [file = ''] = readdirSync(folder);
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
    rmSync(folder, { recursive: true });
    const { rows } = await server.run('postgres', STATEMENTS);
    process.stdout.write(
      `\n${name}: ${milliseconds.toFixed(0)} ms\n${lines(timeOfFiles(profile))}  the server\n${lines(new Map(rows.map(({ what, ms }) => [what, ms])))}`,
    );
  }
}

/** Milliseconds that a run spent in each file of the sources, in each package, and in what is neither. */
export function timeOfFiles({ nodes, samples, timeDeltas }: Profile): Shares {
  const nameOf = new Map(nodes.map(({ id, callFrame }) => [id, sourceOf(callFrame)]));
  const shares = new Map<string, number>();
  for (const [index, sample] of samples.entries()) {
    const name = nameOf.get(sample) ?? '';
    shares.set(name, (shares.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  }
  return shares;
}

const bundles = new Map<string, readonly string[]>();

/** esbuild writes the name of each file above its code. */
function sourceOf({ url, lineNumber, functionName }: Frame): string {
  if (!url.startsWith('file:')) return url === '' ? functionName : 'node';
  const bundle = bundles.get(url) ?? readFileSync(fileURLToPath(url), 'utf8').split('\n');
  bundles.set(url, bundle);
  const above = bundle.slice(0, lineNumber + 1).findLast((line) => /^\s*\/\/ \S+\.[cm]?[jt]s$/.test(line));
  return above?.replace(/^\s*\/\/ (?:.*node_modules\/((?:@[^/]+\/)?[^/]+)\/.*|(.*))$/, '$1$2') ?? 'start';
}

function lines(shares: Shares): string {
  const most = [...shares].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN);
  return most.map(([what, share]) => `${share.toFixed(0).padStart(9)} ms ${what}\n`).join('');
}
