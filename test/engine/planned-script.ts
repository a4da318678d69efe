import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type BatchFate, planBatch } from '../../src/transform/step/batch.ts';
import { asScriptFile, fileLauncher } from '../../src/transform/step/script-file.ts';
import { parseShell } from '../../src/transform/step/shell.ts';
import { batchStep } from '../job-builders.ts';
import { onPath } from './engine.ts';

/** The working directory of what runs. */
export const home = mkdtempSync(join(tmpdir(), 'pga2tt-script-'));
const groups = new Set<number>();
after(() => {
  // A test that failed may have left a script behind.
  for (const group of groups) process.kill(-group, 'SIGKILL');
  rmSync(home, { recursive: true, force: true });
});
/** Where scripts become files; nothing else is there. */
export const temporary = join(home, 'tmp');
mkdirSync(temporary);

/** A folder to be the PATH, in which `sh` and the programs that the tool's own script calls are these. */
function programFolder(name: string, links: Readonly<Record<string, string>>): string {
  const folder = join(home, name);
  mkdirSync(folder);
  for (const [link, program] of Object.entries(links)) {
    const target = onPath(program);
    if (target !== null) symlinkSync(target, join(folder, link));
  }
  return folder;
}

/** What the tool's own script calls. */
const NEEDED = { mktemp: 'mktemp', chmod: 'chmod', rm: 'rm' };
/** What `sh` is: on Debian, on Red Hat, in pg_timetable's own container image. */
export const SYSTEMS = [
  { sh: 'dash', folder: programFolder('dash', { ...NEEDED, sh: 'dash' }) },
  { sh: 'bash', folder: programFolder('bash', { ...NEEDED, sh: 'bash' }) },
  {
    sh: 'busybox',
    folder: programFolder(
      'busybox',
      Object.fromEntries(['sh', ...Object.keys(NEEDED)].map((link) => [link, 'busybox'])),
    ),
  },
] as const;

/** Why a test is left out, or false. */
export function without(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => onPath(program) === null);
  return missing.length > 0 && `${missing.join(', ')} not installed`;
}

type Runs = BatchFate & { readonly kind: 'runs' };

/** The plan for a batch step of this text. */
export function planned(text: string, shell = 'sh'): Runs {
  const found = parseShell(shell);
  assert.ok(found);
  const fate = planBatch(batchStep(text, { id: 7 }), found);
  assert.equal(fate.kind, 'runs');
  return fate as Runs;
}

/** The same as a file, whether it needs one or not. */
export function asFile(text: string, shell = 'sh'): Pick<Runs, 'program' | 'programArguments'> {
  const found = parseShell(shell);
  assert.ok(found);
  const launcher = text.startsWith('#!') ? [] : fileLauncher(found);
  return { program: 'sh', programArguments: asScriptFile(text.replaceAll('\r\n', '\n'), 'step_7', launcher) };
}

interface End {
  readonly status: number | NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Place {
  /** Stands for the whole PATH. */
  readonly path?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a program as pg_timetable does. */
export function start(program: string, args: readonly string[], { path, env }: Place = {}) {
  const child = spawn(program, args, {
    cwd: home,
    env: { ...process.env, ...(path === undefined ? {} : { PATH: path }), ...env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own.
    detached: true,
  });
  const group = Number(child.pid);
  groups.add(group);
  let out = '';
  let err = '';
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('latin1').on('data', (chunk: string) => {
    err += chunk;
  });
  // Like pg_timetable it waits until nobody holds the output.
  const ended = once(child, 'close').then(([status, signal]): End => {
    groups.delete(group);
    return { status: status ?? signal, out: utf8(out), err: utf8(err) };
  });
  return { child, ended, printed: () => out };
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Runs a text as a file, to its end. */
export async function run(
  text: string,
  { shell = 'sh', ...place }: Place & { shell?: string } = {},
): Promise<End> {
  const { program, programArguments } = asFile(text, shell);
  const end = await start(program, programArguments, place).ended;
  assert.deepEqual(readdirSync(temporary), [], 'nothing is left');
  return end;
}

/** job.cpp: CRLF becomes LF, a file of mode 700, popen. */
export async function runAsPgAgent(text: string): Promise<End> {
  const folder = mkdtempSync(join(home, 'pga_1_7_'));
  const file = join(folder, '1_7.scr');
  writeFileSync(file, text.replaceAll('\r\n', '\n'));
  chmodSync(file, 0o700);
  const end = await start('sh', ['-c', file]).ended;
  rmSync(folder, { recursive: true });
  return end;
}
