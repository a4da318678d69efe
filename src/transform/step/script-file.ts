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
 * For dash, bash, busybox and ksh alike. What each line is for:
 * - _dir: the subshell outlives a killed shell and then cannot hand over the name, so it takes the folder back.
 * - The one in the background reads a named pipe until nobody can write to it: the script has ended, and an empty line was the last;
 *   or this shell was killed (which is how pg_timetable stops a chain), and the script by its process id must follow. It holds
 *   neither the output, which pg_timetable waits for, nor the pipe's other end, and outlives the signals that a service is stopped by.
 * - trap: those signals end the script, not the shell that waits for it.
 * - The script is no job in the background, where it would ignore SIGINT. It gets none of the descriptors 7 to 9.
 * - 2>/dev/null: the shell's own "Killed" is no output of the script.
 * - wait: in a container pg_timetable may be process 1, which takes no orphans.
 */
function runner(launcher: readonly string[]): string {
  const words = [...launcher.map(quoted), '"$_dir/$0.scr"'].join(' ');
  return `# Runs the script, which follows, as a temporary file.
_dir=$(trap '' 13; _dir=$(mktemp -d "\${TMPDIR:-/tmp}/pga_$0_XXXXXX") && mkfifo "$_dir/f" && printf '%s\\n' "$_dir" || rm -rf "$_dir")
[ "$_dir" ] && exec 9<>"$_dir/f" 8<"$_dir/f" || exit 1
(exec <&8 8<&- 9>&- >/dev/null 2>&1; trap '' 1 2 3 15; _pid=; while read -r _line; do _pid=$_line; done; kill -9 $_pid; rm -rf "$_dir") &
exec 8<&-
trap : 1 2 3 15
rm "$_dir/f" && printf %s "$@" >"$_dir/$0.scr" && chmod 700 "$_dir/$0.scr" && exec 7>&2 2>/dev/null &&
sh -c 'echo $$ >&9; exec "$@" 2>&7 7>&- 9>&-' sh ${words} 7>&7 9>&9
_status=$?
echo >&9
exec 9>&-
wait
exit $_status`;
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
