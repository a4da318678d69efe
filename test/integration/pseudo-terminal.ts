import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { widthOf } from '../../src/report/width.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));
const RUNNER = fileURLToPath(new URL('pseudo-terminal.py', import.meta.url));

/** What is done once a text has been seen: keys are typed, the window gets another width, or a file is waited for. */
export type Answer =
  | readonly [seen: string, what: 'type', keys: string]
  | readonly [seen: string, what: 'resize', columns: number]
  | readonly [seen: string, what: 'wait', file: string];

export interface OnTerminal {
  readonly code: number | null;
  /** All that was written to the terminal, as it was written. */
  readonly output: string;
}

/** Runs the built command line on a pseudo-terminal, as a user at a keyboard would. */
export async function onTerminal(
  args: readonly string[],
  more: {
    readonly columns?: number;
    readonly environment?: Readonly<Record<string, string>>;
    /** A file that standard output goes to instead. */
    readonly stdout?: string;
    readonly answers?: readonly Answer[];
  } = {},
): Promise<OnTerminal> {
  const bare = Object.entries(process.env).filter(
    ([name]) => !/^PG|^(?:NO_COLOR|FORCE_COLOR|COLUMNS|NODE_OPTIONS|TERM)$/.test(name),
  );
  const order = {
    command: [process.execPath, PROGRAM, ...args],
    columns: more.columns ?? 100,
    environment: { ...Object.fromEntries(bare), TERM: 'xterm-256color', ...more.environment },
    stdout: more.stdout ?? null,
    answers: more.answers ?? [],
  };
  const child = spawn('python3', [RUNNER], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  child.stdin.end(JSON.stringify(order));
  await once(child, 'close');
  const { code, output, left } = JSON.parse(text) as OnTerminal & { left: number };
  if (left > 0) throw new Error(`never seen: ${JSON.stringify(order.answers.slice(-left))}\n${output}`);
  return { code, output };
}

/**
 * The lines that stand on the screen in the end, and above it.
 * @throws Error where the terminal is told anything but text, colours and the end of a line to be erased
 */
export function screenOf(output: string, columns: number): readonly string[] {
  const lines = [''];
  let line = 0;
  let column = 0;
  const put = (text: string): void => {
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const width = widthOf(segment);
      if (column + width > columns) {
        line += 1;
        column = 0;
      }
      const before = lines[line] ?? '';
      lines[line] = before.slice(0, column).padEnd(column) + segment + before.slice(column + segment.length);
      column += segment.length;
    }
  };
  for (const [part] of output.replaceAll('\u001b', '␛').matchAll(/␛\[[\d;]*[a-zA-Z]|\r|\n|␛|[^␛\r\n]+/g)) {
    if (part === '\r') column = 0;
    else if (part === '\n') {
      line += 1;
      lines[line] ??= '';
    } else if (part === '␛[K') lines[line] = (lines[line] ?? '').slice(0, column);
    else if (/^␛\[[\d;]*m$/.test(part)) continue;
    else if (part.startsWith('␛')) throw new Error(`a terminal is told ${part}`);
    else put(part);
  }
  return lines.map((text) => text.trimEnd());
}
