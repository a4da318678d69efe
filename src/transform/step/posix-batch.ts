import { batchTooLong, neverRan, scriptFile } from '../advisories/index.ts';
import { type BatchFate, fileName, notCarried } from './batch-fate.ts';
import { type InterpreterLine, readInterpreterLine, shownInterpreterLine } from './interpreter-line.ts';
import { formByLine, formInShell, type TextForm } from './interpreters.ts';
import { asScriptFile, fileLauncher, LONGEST_ARGUMENT, LONGEST_SCRIPT } from './script-file.ts';
import type { Shell } from './shell.ts';

/** An interpreter gets its text as an argument, where anybody can read it, unless only a file does what the file of pgAgent did. */
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
  const launcher = line.kind === 'none' ? fileLauncher(shell) : [];
  const form = formOf(text, line, shell);
  if ('fileBecause' in form) return planFile(text, launcher, form.fileBecause, stepId);
  const [program, ...words] = form.words;
  const length = bytes(form.text);
  if (length <= LONGEST_ARGUMENT)
    return { kind: 'runs', program, programArguments: [...words, form.text], script: null, advisories: [] };
  // A program that is no shell, chosen by --shell, may not read files at all.
  return line.kind === 'none' && shell.language !== 'posix'
    ? notCarried(batchTooLong({ stepId }, length, LONGEST_ARGUMENT, 'bytes of text'))
    : planFile(text, launcher, 'it is too long for one argument', stepId);
}

function formOf(text: string, line: InterpreterLine, { program, flags, language }: Shell): TextForm {
  if (line.kind === 'none')
    return language === 'posix'
      ? formInShell(text, [program, ...flags])
      : { words: [program, ...flags], text };
  const form = line.kind === 'words' ? formByLine(text, line) : null;
  return form ?? { fileBecause: `it begins with "${shownInterpreterLine(text)}"` };
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

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
