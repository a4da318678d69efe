import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));

const HOOK =
  'export async function load(url, context, next) { process._rawDebug("LOAD " + url); return next(url, context); }';
// Node loads its own large parts only when they are asked for.
const AT_EXIT =
  'process.on("exit", () => { for (const name of process.moduleLoadList) process._rawDebug("OWN " + name); });';

/** What a run of the tool loads: the files, and the parts of Node. */
export interface Loaded {
  readonly code: number | null;
  readonly files: readonly string[];
  readonly ofNode: readonly string[];
}

/** Runs the tool and lists what it loads. */
export async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  const [loader, atExit] = [HOOK, AT_EXIT].map((code) => `data:text/javascript,${encodeURIComponent(code)}`);
  const child = spawn(
    process.execPath,
    ['--no-warnings', `--experimental-loader=${loader}`, `--import=${atExit}`, PROGRAM, ...args],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH ?? '' } },
  );
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const stderr = await text(child.stderr);
  const named = (kind: string): readonly string[] =>
    [...stderr.matchAll(new RegExp(`^${kind} (.*)$`, 'gm'))].map(([, name = '']) => name);
  return {
    code: await ended,
    files: named('LOAD')
      .filter((url) => url.startsWith('file:'))
      .map((url) => url.replace(/^.*\//, '')),
    ofNode: named('OWN'),
  };
}
