import { createInterface } from 'node:readline';
import { Failure } from '../model/failure.ts';
import type { Output } from './output.ts';

/**
 * Asks a person at a terminal, until the answer is one.
 * @param question without its end: `Write 14 chains to "app" on db1?`
 * @throws Failure of code `interrupted` unless the answer is yes
 */
export async function confirm(
  question: string,
  stdin: NodeJS.ReadableStream,
  stderr: Output,
  signal: AbortSignal,
): Promise<void> {
  // The terminal edits the line, and Ctrl-C reaches the process as a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  const stop = (): void => lines.close();
  signal.addEventListener('abort', stop);
  try {
    await stderr.print(`${question} yes/no `);
    for await (const line of lines) {
      const answer = line.trim().toLowerCase();
      if (answer === 'yes' || answer === 'y') return;
      if (answer === 'no' || answer === 'n') throw declined();
      await stderr.print('Type yes or no: ');
    }
    await stderr.print('\n');
    throw declined();
  } finally {
    signal.removeEventListener('abort', stop);
    lines.close();
  }
}

function declined(): Failure {
  return new Failure('interrupted', 'Nothing was written.', 'Run it again when you like.');
}
