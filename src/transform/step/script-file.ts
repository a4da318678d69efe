import type { Shell } from './shell.ts';

/** Linux: 32 pages for one argument, less its closing zero. */
export const LONGEST_ARGUMENT = 131_071;

/** Linux: 2 MiB for all arguments and the environment (a quarter of the usual 8 MiB of stack), of which the latter gets 128 KiB. */
export const LONGEST_SCRIPT = 2_097_152 - 131_072;

/**
 * The arguments by which `sh` runs a text as pgAgent does: as a file of mode 700 in a folder of its own, which is gone afterwards.
 * @param name of the file, without its ending
 * @param launcher the words in front of the file; none where its `#!` line is for the system to read
 */
export function asScriptFile(text: string, name: string, launcher: readonly string[]): readonly string[] {
  return ['-c', runner(launcher), name, ...inArguments(text)];
}

/** The words that run a file where the shell's own flags would take a text. */
export function fileLauncher({ program, flags }: Shell): readonly string[] {
  const last = (flags.at(-1) ?? '').replace(/c$/, '');
  return [program, ...flags.slice(0, -1), ...(last === '-' ? [] : [last])];
}

/*
 * For dash, bash, busybox and ksh alike:
 * - A folder has the process id of its run in its name: what a run that was killed (SIGKILL) left goes in the next one.
 * - The script is no job in the background, where it would ignore SIGINT, and no `exec`, after which nobody would remove it.
 */
function runner(launcher: readonly string[]): string {
  const words = [...launcher.map(quoted), '"$_dir/$0.scr"'].join(' ');
  return `# Runs the text after this one as a file, as pgAgent did. First: remove what killed runs left.
for _old in "\${TMPDIR:-/tmp}"/pga_step_*.*.*; do _pid=\${_old%.*}; [ -O "$_old" ] && ! kill -0 "\${_pid##*.}" 2>/dev/null && rm -rf "$_old"; done
_dir=$(mktemp -d "\${TMPDIR:-/tmp}/pga_$0.$$.XXXXXX") && printf %s "$@" >"$_dir/$0.scr" && chmod 700 "$_dir/$0.scr" || exit 1
trap : HUP INT QUIT TERM # they end the script, not this shell, which still has to remove the file
${words}
_status=$?; rm -rf "$_dir"; exit $_status`;
}

function quoted(word: string): string {
  return /^[\w./+,:@%-]+$/.test(word) ? word : `'${word}'`;
}

// A text is cut between characters; the shell puts the parts together.
function inArguments(text: string): readonly string[] {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  for (let start = 0; start < text.length || parts.length === 0; ) {
    // encodeInto takes whole characters, as many as there is room for.
    const { read } = encoder.encodeInto(
      text.slice(start, start + LONGEST_ARGUMENT),
      new Uint8Array(LONGEST_ARGUMENT),
    );
    parts.push(text.slice(start, start + read));
    start += read;
  }
  return parts;
}
