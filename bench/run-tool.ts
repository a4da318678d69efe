import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const TOOL = fileURLToPath(new URL('../bin/pga2timetable.js', import.meta.url));
const PEAK = fileURLToPath(new URL('peak.cjs', import.meta.url));

const JOBS_LEFT_OUT = 6;

/** A process from its start to its end. */
export interface Ran {
  readonly milliseconds: number;
  /** The highest memory, MiB; NaN where nobody asked. */
  readonly mebibytes: number;
}

// No PG* of this machine, no options of whoever started the benchmark.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:PG|NODE_)|^(?:NO|FORCE)_COLOR$/.test(name)),
);

/**
 * Runs a program; its standard output goes nowhere.
 * @throws Error if it fails
 */
export async function run(program: string, args: readonly string[], tellsPeak = false): Promise<Ran> {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const [errors, peak] = await Promise.all(
    [child.stderr, child.stdio[3] as Readable].map(async (stream) => (await stream?.toArray())?.join('')),
  );
  const [code] = await closed;
  const milliseconds = performance.now() - start;
  if (code !== 0 && code !== JOBS_LEFT_OUT)
    throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${errors}`);
  return { milliseconds, mebibytes: tellsPeak ? Number(peak) / 1024 : Number.NaN };
}

/** Runs the built command line, as a user would whose standard output is a file. */
export function runTool(args: readonly string[]): Promise<Ran> {
  return run(process.execPath, ['--require', PEAK, TOOL, ...args], true);
}
