import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parse } from '../../src/cli/command-line.ts';
import { migrate } from '../../src/cli/commands/migrate.ts';
import { undo } from '../../src/cli/commands/undo.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { failureText } from '../../src/cli/failure-text.ts';
import type { Output } from '../../src/cli/output.ts';
import { NO_BAR } from '../../src/cli/progress-bar.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { Failure } from '../../src/model/failure.ts';

export interface Ran {
  /** null for a process that was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

class Text {
  text = '';
  async print(text: string): Promise<void> {
    this.text += text;
  }
  async end(): Promise<void> {}
}

/** Runs the tool in this process, as its `main` does. */
export async function runHere(args: readonly string[]): Promise<Ran> {
  const stdout = new Text();
  const stderr = new Text();
  const terminal = {
    stdout: stdout as unknown as Output,
    stderr: stderr as unknown as Output,
    words: [],
    width: 100,
    isScreen: false,
    lastLineWidth: 100,
    stdoutHasColor: false,
    stderrHasColor: false,
    bar: NO_BAR,
    barBesideResult: NO_BAR,
    ask: null,
  };
  let code: number;
  try {
    const parsed = await parse(args, '0');
    if (parsed.kind !== 'options') throw new Error(`no run: ${args.join(' ')}`);
    const command = parsed.command === 'undo' ? undo : migrate;
    const settings = readSettings(parsed.command, parsed.options, {});
    if (settings.from !== 'live') throw new Error('these tests have no dump');
    code = await command(settings, terminal, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await stderr.print(failureText(error.message, error.remedy));
    code = exitCodeOf(error.code);
  }
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const CHILD = fileURLToPath(new URL('waiting-process.mjs', import.meta.url));

/** Processes of the built tool that have loaded it and wait for their arguments, so that none is waited for. */
export class WaitingProcesses {
  private next: ChildProcess | null = null;

  private spawn(): ChildProcess {
    const bare = Object.entries(process.env).filter(([name]) => !/^PG|^NODE_OPTIONS$/.test(name));
    return fork(CHILD, { env: Object.fromEntries(bare), execArgv: [], silent: true });
  }

  /** Runs one. @param onStart is given what can be killed */
  async run(args: readonly string[], onStart: (child: ChildProcess) => void): Promise<Ran> {
    const child = this.next ?? this.spawn();
    this.next = this.spawn();
    onStart(child);
    const ran = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      ran.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      ran.stderr += text;
    });
    child.send(args);
    const [code] = await once(child, 'close');
    return { code, ...ran };
  }

  close(): void {
    this.next?.kill('SIGKILL');
  }
}
