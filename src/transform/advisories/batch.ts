import { shellWord } from '../../model/shell-word.ts';
import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';
import { shown } from './shown.ts';

const MOST_NAMES = 20;

/** Measured: pg_timetable reads the parameters of a program as UTF-8, whatever the database sends. */
export const batchEncoding = rule(
  'batch-encoding',
  'error',
  (side: 'source' | 'target', encoding: string) =>
    `has letters beyond ASCII, and the ${side} is in ${encoding}. ${
      side === 'source'
        ? 'pgAgent passed their bytes in that encoding; pg_timetable would pass UTF-8'
        : 'pg_timetable reads them as UTF-8 and replaces each of them'
    }. Write them in ASCII (printf and octal numbers), or put the script into a file that the step calls.`,
);

/** cmd /C takes one line and reads quotes, percent signs and other letters than a batch file does. */
export const batchFile = rule(
  'batch-file',
  'info',
  () =>
    "runs as a temporary .bat file, as under pgAgent. PowerShell writes the file, has cmd run it, and removes it. pg_timetable's machine must allow that.",
);

/** Recorded: probe program-argument-140000 fails with "argument list too long". */
export const batchTooLong = rule(
  'batch-too-long',
  'error',
  (length: number, most: number, unit: 'bytes of text' | 'characters of command line') =>
    varied`is too long: ${{ length }} ${unit}; pg_timetable's machine takes ${String(most)}. Put the script into a file on pg_timetable's machine and call that.`,
);

/** Measured: pgAgent runs each batch text as a file of mode 700 in a folder of its own, and removes both. */
export const scriptFile = rule(
  'script-file',
  'info',
  (reason: string) =>
    varied`runs as a temporary file, because ${{ reason }}. pgAgent did so too, in another folder and with another name. pg_timetable's machine must have its interpreter, and a temporary folder (TMPDIR, else /tmp) from which programs may run.`,
);

/** pgAgent executes the text as a file, so its first line chooses the interpreter; Windows knows no such line. */
export const interpreterLine = rule(
  'interpreter-line',
  'error',
  (line: string, shell: string) =>
    varied`begins with "${{ line }}". pgAgent ran it with that interpreter, on a machine that is not Windows; --shell ${shell} cannot. Move this job with --shell sh, to a pg_timetable on such a machine.`,
);

/** pgAgent on Windows runs the text as a .bat file. */
export const shellLanguage = rule(
  'shell-language',
  'warning',
  (program: string) =>
    `was read by cmd (pgAgent on Windows) or by sh; ${program} reads another language. Use --shell cmd for batch files, --shell sh for shell scripts; keep this only for a text that is PowerShell.`,
);

interface Foreign {
  readonly family: 'windows' | 'posix';
  readonly signs: readonly string[];
}

const FAMILIES = {
  windows: { what: 'a batch file of Windows', shell: 'cmd', where: 'on Windows' },
  posix: { what: 'a shell script of Unix', shell: 'sh', where: 'on Unix' },
} as const;

/** Measured: `cd /d` under sh fails with "can't cd to /d", and the step with it. */
export const shellMismatch = rule(
  'shell-mismatch',
  'error',
  ({ family, signs }: Foreign, shell: string, host: string) => {
    const { what, shell: other, where } = FAMILIES[family];
    const option = (name: string): string => `--shell ${shellWord(`${host}=${name}`)}`;
    return varied`is ${what}, by ${{ signs: shown(signs) }}: ${shell} reads another language. To run the jobs of ${host === '' ? 'any host' : `host "${host}"`} by ${other}, on a pg_timetable ${where}: ${option(other)}. To keep ${shell}: ${option(shell)}`;
  },
);

/** --shell HOST=SHELL says that a shell is meant. */
export const shellMismatchAccepted = rule(
  'shell-mismatch-accepted',
  'warning',
  ({ family, signs }: Foreign, shell: string) =>
    varied`is ${FAMILIES[family].what}, by ${{ signs: shown(signs) }}, and --shell says that ${shell} runs it. It will probably fail, or do something else.`,
);

/** Measured: the text is an argument of the shell, where pgrep -f finds it; pgAgent's command line was the path of a file. */
export const processList = rule(
  'process-list',
  'warning',
  () =>
    'seems to look at the list of processes. Its own text is in that list now, as an argument; pgAgent had the path of a file there. pgrep -f, pkill -f or ps with words of the text find the step itself. Use a pattern that does not match itself ("[n]ame" for "name"), pgrep without -f, or a script in a file of its own.',
);

/** Measured: pg_timetable reads both outputs by one pipe until all have closed it; pgAgent waits for standard output, its error output is a file. */
export const backgroundOutput = rule(
  'background-output',
  'warning',
  () =>
    'starts a process in the background that keeps the error output of the step. pgAgent waited for standard output only. pg_timetable waits until every process has closed both. So the next step waits for that process, and the chain may never end. To let it go: >/dev/null 2>&1 &',
);

/** Both give a program their own environment (measured). */
export const environmentNames = rule(
  'environment-names',
  'info',
  (names: readonly string[]) =>
    varied`has scripts that use environment variables and do not set them: ${{ names: namesInWords(names) }}. pgAgent had them from its service. Set them for the service of pg_timetable, or in the scripts.`,
);

function namesInWords(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).join(', ') + more;
}

/** pg_timetable: exec without a shell; pgAgent: a file of mode 700. */
export const programTasks = rule(
  'program-tasks',
  'info',
  (programs: readonly string[]) =>
    `batch steps run as the operating system user of pg_timetable, on its machine, in its folder and environment. They use ${shown(programs)} of that machine. Under --no-program-tasks they do not run. Their text is in timetable.log or execution_log.params and, while they run, in ps.`,
);
