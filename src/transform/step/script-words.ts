import type { Step } from '../../model/job.ts';
import type { Advisory } from '../../model/plan.ts';
import {
  applicationName,
  backgroundOutput,
  endsSessions,
  looksAtSessions,
  pgagentInScript,
  processList,
  waitsForTransactions,
} from '../advisories/index.ts';
import { withoutSql } from './quoted-matter.ts';

/** What the words of a script say: they are all there is to look at. */
export function aboutWords({ id, code }: Step): readonly Advisory[] {
  const about = { stepId: id };
  const ends = /\bpg_(?:terminate|cancel)_backend\b/i.test(code);
  const own = withoutSql(code);
  return [
    ...(USES_PGAGENT.test(code) ? [pgagentInScript(about)] : []),
    ...(ends ? [endsSessions(about)] : []),
    ...(!ends && LOOKS_AT_SESSIONS.test(code) && !LEAVES_OUT_CHAINS.test(code)
      ? [looksAtSessions(about, sessionViews(code))]
      : []),
    ...(COMPARES_NAME.test(code) ? [applicationName(about)] : []),
    ...(LOOKS_AT_PROCESSES.test(own) ? [processList(about)] : []),
    ...(REPACKS.test(own) ? [waitsForTransactions(about)] : []),
    ...(leavesProcess(own) ? [backgroundOutput(about)] : []),
  ];
}

const USES_PGAGENT = /\bpgagent"?\s*\.|\bpga_(?:job|schedule|exception)/i;
const LOOKS_AT_SESSIONS = /\bpg_(?:stat_activity|locks|stat_get_activity|lock_status)\b|\bnumbackends\b/i;
const LEAVES_OUT_CHAINS =
  /\bapplication_name\s*(?:=\s*'(?!pg_timetable')[^']|(?:<>|!=)\s*'pg_timetable')|\bbackend_type\s*=\s*'(?!client)/i;
const COMPARES_NAME = /\bapplication_name\s*(?:=|<>|!=)\s*'(?:pg_timetable)?'/i;

function sessionViews(code: string): readonly string[] {
  const found = code.match(new RegExp(LOOKS_AT_SESSIONS.source, 'gi')) ?? [];
  return [...new Set(found.map((name) => name.toLowerCase()))];
}

/*
 * Programs by their names as words, other than parts of `docker ps`; /proc itself or the folder of a process, not /proc/meminfo and its
 * like; libraries that list processes.
 */
const LOOKS_AT_PROCESSES = new RegExp(
  [
    String.raw`(?<![\w./$\{-])(?<!\b(?:docker|podman|compose|nerdctl|kubectl|heroku)[ \t]{1,3})(?:pgrep|pkill|killall|pidof|pstree|ps)(?=[\s"';|&)\`]|$)`,
    String.raw`/bin/(?:pgrep|pkill|killall|pidof|pstree|ps)\b`,
    String.raw`/proc(?:/?(?=["'\`\s;|&),]|$)|/["']?[\[*?$\{\d%]|/["']?\s*[+.]|/self/(?:cmdline|\.\.|status|task))`,
    String.raw`\bprocess_iter\b|\bpsutil\b[\s\S]{0,100000}?\bpids[ \t]*\(|\bProc::(?:ProcessTable|Find)|\bsys/proctable\b|\bProcTable\b|["']ps-(?:list|node|tree)["']|["']find-process["']`,
    String.raw`\bGet-(?:Process|CimInstance|WmiObject)\b|\bWin32_Process\b|\btasklist\b|\bwmic[ \t]+process\b`,
  ].join('|'),
  'm',
);

// Where a command begins, or in quotes as the first of a list; not with options by which it waits for nobody.
const REPACKS =
  /(?:^|[;&|(!"'`]|\b(?:do|then|else|if|exec|time|sudo|nice|nohup|xargs|env|timeout)[ \t][^\n;&|]{0,200}?)[ \t]*(?:\w+=\S*[ \t]+)*[\w./${}-]*(?<![\w-])pg_repack(?![\w.-])(?![^\n;&|]*[\s"'](?:--only-indexes|--dry-run|--version|--help|-[aknZDeS]*[xNV][aknZDeS]*(?=[\s"']|$)))/m;

// A command and the & that sends it into the background; not &&, >& or &>.
const IN_BACKGROUND = /(?:^|[\n;|(]|&&)((?:[^\n;|&]|[<>]&|&>){0,2000})(?<![&<>])&(?![&>])/g;
const STDOUT_ELSEWHERE = /(?<![\d&])1?>>?[ \t]*[^&\s]/;
const STDERR_ELSEWHERE = /2>|&>|>&/;

/** Whether a process in the background has its standard output elsewhere, and its error output where the step has it. */
function leavesProcess(script: string): boolean {
  if (/^[ \t]*wait\b/m.test(script) || /^[ \t]*exec\b[^\n]*(?:2>|&>)/m.test(script)) return false;
  const isLeft = [...script.matchAll(IN_BACKGROUND)].some(([, command = '']) => {
    const own = ownRedirections(command);
    return STDOUT_ELSEWHERE.test(own) && !STDERR_ELSEWHERE.test(own);
  });
  // Python: a child whose output alone goes elsewhere, and for which nobody waits.
  const isChild =
    /\bPopen\([^\n]{0,500}?\bstdout[ \t]*=/.test(script) &&
    !/\bstderr[ \t]*=|\.(?:wait|communicate)\(/.test(script);
  return isLeft || isChild;
}

/** What of a command is not in quotes, and not within a group that ends in it. */
function ownRedirections(command: string): string {
  const bare = command.replaceAll(/'[^']*'|"[^"]*"/g, '');
  return bare.slice(Math.max(bare.lastIndexOf(')'), bare.lastIndexOf("'"), bare.lastIndexOf('"')) + 1);
}
