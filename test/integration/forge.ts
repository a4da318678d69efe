import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Job {
  readonly code: number | null;
  readonly output: string;
}

/** What a forge keeps between the pipelines of a change: comments, artifacts, and which plan succeeded. */
export interface Forge {
  readonly place: Place;
  /** The pipeline of a push to the change. */
  plan(secrets?: Secrets): Promise<Job>;
  /** The pipeline on the main branch, after the merge. */
  apply(secrets?: Secrets): Promise<Job>;
  /** The texts of all comments, oldest first. */
  comments(): readonly string[];
  /** Somebody writes a comment. */
  comment(body: string): void;
  /** The plan of the last pipeline; null if it left none. */
  artifact(): string | null;
  stop(): void;
}

export interface Secrets {
  readonly PGPASSWORD: string;
  readonly PGA2TIMETABLE_PLAN_KEY?: string;
}

/** A runner: it checks out the options file into a new folder for each job. The tool is where npx finds it. */
export class Place {
  readonly home = mkdtempSync(join(tmpdir(), 'pga2tt-ci-'));
  readonly calls = join(this.home, 'calls');
  readonly kept = join(this.home, 'forge');
  options: Readonly<Record<string, unknown>> = {};
  private jobs = 0;

  constructor() {
    for (const folder of ['bin', 'forge']) mkdirSync(join(this.home, folder));
    this.program(
      'npx',
      `printf '%s\\n' "$*" >> '${this.calls}'
       [ "$1" = --yes ] && [ "$2" = "$PACKAGE" ] && shift 2 || exit 99
       exec '${process.execPath}' '${join(ROOT, 'bin/pga2timetable.js')}' "$@"`,
    );
    this.program('gh', `exec '${process.execPath}' '${join(ROOT, 'test/integration/gh-stand-in.mjs')}' "$@"`);
    writeFileSync(this.calls, '');
  }

  private program(name: string, text: string): void {
    const file = join(this.home, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  }

  /** A fresh checkout. */
  checkout(): string {
    this.jobs += 1;
    const folder = join(this.home, `job-${this.jobs}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'pga2timetable.json'), JSON.stringify(this.options));
    return folder;
  }

  /** Runs a text as a runner does. Each job has a home of its own. */
  async shell(text: string, folder: string, variables: Readonly<Record<string, string>>): Promise<Job> {
    const script = `${folder}.sh`;
    writeFileSync(script, text);
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.home, 'bin')}${delimiter}${process.env.PATH}`,
        HOME: folder,
        CI: 'true',
        FORGE: this.kept,
        ...variables,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part;
      });
    const [code] = await once(child, 'close');
    return { code, output };
  }

  /** How the tool was called, a line each. */
  called(): string {
    return readFileSync(this.calls, 'utf8');
  }
}
