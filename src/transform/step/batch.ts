import type { BatchStep } from '../../job.ts';
import type { Advisory } from '../../plan.ts';
import { maskSecrets } from '../../secret.ts';
import { batchTooLong, cmdText, interpreterLine, scriptPath, shellLanguage } from '../advisories/index.ts';
import { readInterpreterLine } from './interpreter-line.ts';
import type { Shell } from './shell.ts';

/** A program and the arguments of its one execution. */
export type BatchFate =
  | {
      readonly kind: 'runs';
      readonly program: string;
      readonly programArguments: readonly string[];
      readonly advisories: readonly Advisory[];
    }
  | { readonly kind: 'not-carried'; readonly advisories: readonly Advisory[] };

/** The longest text that fits one argument: Linux counts bytes with the closing zero, Windows characters of the whole line. */
const LONGEST_TEXT: Readonly<Record<Shell['language'], number>> = {
  posix: 131_071,
  other: 131_071,
  powershell: 32_000,
  cmd: 8_000,
};

/** Wraps the text of a batch step, as pgAgent would have run it (job.cpp: CRLF becomes LF; a `#!` line chooses the interpreter). */
export function planBatch(step: BatchStep, shell: Shell): BatchFate {
  const about = { stepId: step.id };
  const text = step.code.replaceAll('\r\n', '\n');
  const runner = chooseRunner(text, shell);
  if (runner === null) return notCarried(interpreterLine(about, maskSecrets(firstLine(text))));
  const command = asCommand(text, runner);
  const length = lengthOf(command, runner);
  if (length > LONGEST_TEXT[runner.language]) {
    return notCarried(batchTooLong(about, length, LONGEST_TEXT[runner.language]));
  }
  if (runner.language === 'cmd' && /["\n%]/.test(command)) return notCarried(cmdText(about));
  return {
    kind: 'runs',
    program: runner.program,
    programArguments: [...runner.flags, command],
    advisories: [
      ...(runner.language === 'powershell' ? [shellLanguage(about, runner.program)] : []),
      ...(runner.language === 'posix' && USES_ITS_OWN_PATH.test(text) ? [scriptPath(about)] : []),
    ],
  };
}

// A `#!` line goes before --shell, as it did for pgAgent; on Windows it means nothing that could be kept.
function chooseRunner(text: string, shell: Shell): Shell | null {
  const interpreter = readInterpreterLine(text);
  if (interpreter.kind === 'none') return shell;
  const isForWindows = shell.language === 'powershell' || shell.language === 'cmd';
  return interpreter.kind === 'other' || isForWindows ? null : { ...interpreter, language: 'posix' };
}

function notCarried(advisory: Advisory): BatchFate {
  return { kind: 'not-carried', advisories: [advisory] };
}

const USES_ITS_OWN_PATH = /\$0(?!\d)|\$\{0[}:%#/^,@]|BASH_SOURCE|ZSH_ARGZERO/;

function asCommand(text: string, { language }: Shell): string {
  if (language === 'cmd') return text.trimEnd();
  // `sh -c -x` would read a text that begins with a dash as one more option.
  return language === 'posix' && /^[-+]/.test(text) ? ` ${text}` : text;
}

function lengthOf(command: string, { language }: Shell): number {
  const isForWindows = language === 'powershell' || language === 'cmd';
  return isForWindows ? command.length : new TextEncoder().encode(command).length;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
