import { batchFile, batchTooLong, interpreterLine, shellLanguage } from '../advisories/index.ts';
import { type BatchFate, fileName, notCarried } from './batch-fate.ts';
import { asBatchFile, isPlainCommand } from './batch-file.ts';
import { commandLine, LONGEST_COMMAND_LINE } from './command-line.ts';
import { shownInterpreterLine } from './interpreter-line.ts';
import type { Shell } from './shell.ts';

/** PowerShell gets its text as an argument; cmd gets a plain command so, and everything else as a batch file. */
export function planForWindows(text: string, shell: Shell, stepId: number): BatchFate {
  if (text.startsWith('#!')) {
    return notCarried(interpreterLine({ stepId }, shownInterpreterLine(text), shell.program));
  }
  const fate =
    shell.language === 'cmd' ? planForCmd(text, shell, stepId) : planForPowerShell(text, shell, stepId);
  const length = commandLine([fate.program, ...fate.programArguments]).length;
  if (length > LONGEST_COMMAND_LINE)
    return notCarried(batchTooLong({ stepId }, length, LONGEST_COMMAND_LINE, 'characters of command line'));
  return fate;
}

type Runs = BatchFate & { readonly kind: 'runs' };

function planForPowerShell(text: string, { program, flags }: Shell, stepId: number): Runs {
  return {
    kind: 'runs',
    program,
    programArguments: [...flags, text],
    script: null,
    advisories: [shellLanguage({ stepId }, program)],
  };
}

function planForCmd(text: string, shell: Shell, stepId: number): Runs {
  const line = text.replace(/\n+$/, '');
  if (isPlainCommand(line)) {
    const { program, flags } = shell;
    return { kind: 'runs', program, programArguments: [...flags, line], script: null, advisories: [] };
  }
  return {
    kind: 'runs',
    program: 'powershell',
    programArguments: asBatchFile(text, fileName(stepId), shell),
    script: text,
    advisories: [batchFile({ stepId })],
  };
}
