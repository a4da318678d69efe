import { batchTooLong, neverRan, scriptFile } from '../advisories/index.ts';
import { type BatchFate, fileName, notCarried } from './batch-fate.ts';
import { type InterpreterLine, readInterpreterLine, shownInterpreterLine } from './interpreter-line.ts';
import { asScriptFile, fileLauncher, LONGEST_ARGUMENT, LONGEST_SCRIPT } from './script-file.ts';
import type { Shell } from './shell.ts';

/** A shell gets its text by `-c`, where anybody can read it, unless only a file does what the file of pgAgent did. */
export function planForPosix(text: string, shell: Shell, stepId: number): BatchFate {
  const line = readInterpreterLine(text);
  const fate = planText(text, line, shell, stepId);
  const isRefused = line.kind === 'none' && REFUSED_BY_DASH.test(text);
  if (fate.kind !== 'runs' || !isRefused) return fate;
  const advisory = neverRan({ stepId }, 'a control character in its first line', 'control');
  return { ...fate, advisories: [...fate.advisories, advisory] };
}

// Measured, character by character: of a file without `#!` dash looks at the first line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about these
const REFUSED_BY_DASH = /^[^\n]*[\x01-\x08\x10-\x1a\x1c-\x1f\x7f]/;

function planText(text: string, line: InterpreterLine, shell: Shell, stepId: number): BatchFate {
  const reason = reasonForFile(text, line, shell);
  if (reason !== null) return planFile(text, line.kind === 'none' ? fileLauncher(shell) : [], reason, stepId);
  const { program, flags } = line.kind === 'shell' ? line : shell;
  const command = asCommand(text, shell.language === 'posix' || line.kind === 'shell');
  const length = bytes(command);
  if (length > LONGEST_ARGUMENT)
    return notCarried(batchTooLong({ stepId }, length, LONGEST_ARGUMENT, 'bytes of text'));
  return { kind: 'runs', program, programArguments: [...flags, command], script: null, advisories: [] };
}

// $0 and its like, ${@:0:1} of bash among them; FUNCNAME and caller know the outermost level of a file only.
const KNOWS_ITS_FILE =
  /\$0(?!\d)|\$\{0(?!\d)|\bBASH_(?:SOURCE|ARGV0|LINENO)\b|\bFUNCNAME\b|^[ \t]*caller\b|\$\(caller\b|\bZSH_(?:ARGZERO|SCRIPT|EVAL_CONTEXT)\b|\(%\)|\$\{[@*]:\s*0\b/m;

function reasonForFile(text: string, line: InterpreterLine, shell: Shell): string | null {
  if (line.kind === 'other') return `it begins with "${shownInterpreterLine(text)}"`;
  // A program that is no shell, chosen by --shell, may not read files at all.
  if (line.kind === 'none' && shell.language !== 'posix') return null;
  if (isZsh(line.kind === 'shell' ? line : shell))
    return 'zsh -c reads the whole text before it runs any of it';
  if (KNOWS_ITS_FILE.test(text)) return 'it looks at its own file';
  return bytes(asCommand(text, true)) > LONGEST_ARGUMENT ? 'it is too long for one argument' : null;
}

// Measured: a file runs command by command, so what stands after `exit 0` may be anything. Of zsh, bash, dash, busybox, ksh
// and mksh only zsh reads a text given by -c to its end first.
function isZsh({ program, flags }: Pick<Shell, 'program' | 'flags'>): boolean {
  return [program, ...flags].some((word) => /(?:^|\/)zsh$/.test(word));
}

function planFile(text: string, launcher: readonly string[], reason: string, stepId: number): BatchFate {
  const length = bytes(text);
  if (length > LONGEST_SCRIPT)
    return notCarried(batchTooLong({ stepId }, length, LONGEST_SCRIPT, 'bytes of text'));
  return {
    kind: 'runs',
    program: 'sh',
    programArguments: asScriptFile(text, fileName(stepId), launcher),
    script: text,
    advisories: [scriptFile({ stepId }, reason)],
  };
}

// `sh -c -x` would read a text that begins with a dash as one more option.
function asCommand(text: string, isShell: boolean): string {
  return isShell && /^[-+]/.test(text) ? ` ${text}` : text;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
