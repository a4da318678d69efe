import type { Shell } from './shell.ts';

/** A line of 8,191 is the longest that cmd takes; the rest is for what stands around it. */
const LONGEST_LINE = 8_000;

/**
 * Whether `cmd /C` and a batch file make the same of a text: one command on one line without double quotes or percent signs, which
 * both read their own way; without operators, labels and words of control; in ASCII, since a file is read in a code page. Go puts a
 * text with blanks into double quotes, which cmd takes off again, and doubles a backslash at its end, which cmd does not mend.
 */
export function isPlainCommand(text: string): boolean {
  return /^[\t\x20-\x7e]+$/.test(text) && text.length <= LONGEST_LINE && !NOT_PLAIN.test(text);
}

const NOT_PLAIN =
  /["%^&|()!]|^\s*(?:$|[:@/-]|(?:goto|call|if|for|set|setlocal|endlocal|shift|exit|rem)\b)|\\$/i;

/** The arguments by which PowerShell runs a text as pgAgent does: as a batch file in a folder of its own, gone afterwards. */
export function asBatchFile(text: string, name: string, shell: Shell): readonly string[] {
  return ['-NoProfile', '-NonInteractive', '-Command', wrapper(text, name, shell)];
}

/*
 * What the lines are for:
 * - PowerShell hands nothing on: cmd inherits the output and the working directory, and its exit code becomes PowerShell's.
 * - /S and the double quotes: cmd takes the outer pair off, whatever the path of the folder for temporary files holds.
 * - WriteAllText writes UTF-8, which is what pgAgent had from a database in UTF-8. pgAgent wrote each line end as CR CR LF (job.cpp
 *   makes CRLF, and the stream in text mode puts another CR in front of LF); cmd takes every CR out of what it reads.
 */
function wrapper(text: string, name: string, { program, flags }: Shell): string {
  const cmd = program === 'cmd' ? '$env:ComSpec' : literal(program);
  return `$text = ${literal(text.replaceAll('\n', '\r\n'))}
$ErrorActionPreference = 'Stop'
$folder = Join-Path ([IO.Path]::GetTempPath()) ('pga_${name}_' + [Guid]::NewGuid())
$file = Join-Path $folder '${name}.bat'
$null = [IO.Directory]::CreateDirectory($folder)
try {
  [IO.File]::WriteAllText($file, $text)
  $start = New-Object Diagnostics.ProcessStartInfo ${cmd}, (${literal(`/S ${flags.join(' ')} ""`)} + $file + '""')
  $start.UseShellExecute = $false
  $cmd = [Diagnostics.Process]::Start($start)
  $cmd.WaitForExit()
  $status = $cmd.ExitCode
} finally {
  Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
}
exit $status`;
}

// PowerShell takes the typographic quotes for single quotes, too.
function literal(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
