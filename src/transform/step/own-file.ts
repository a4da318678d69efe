import { unknownInNode, unknownInPerl, unknownInPython, unknownInRuby } from './harmless-modules.ts';

/*
 * How a text asks for its own file, or for what is there in a file alone. Each sign was tried on the real interpreter, as a file and
 * as an argument (test/engine/short-form.test.ts). Comments and strings are looked at too: a file is never wrong.
 */

interface Sign {
  readonly word: string;
  readonly pattern: RegExp;
}

const sign = (word: string, pattern: RegExp): Sign => ({ word, pattern });

function asked(text: string, signs: readonly Sign[], module: string | null = null): string | null {
  const found = signs.find(({ pattern }) => pattern.test(text));
  if (found !== undefined) return needsFile(found.word);
  return module === null ? null : `it uses "${module}", which may look at the script's file`;
}

function needsFile(what: string): string {
  return `it uses ${what}, which needs a file`;
}

// bash(1): $0, $-, BASH_SOURCE, FUNCNAME, caller, ${@:0}, BASH_EXECUTION_STRING. zshparam(1), zshmisc(1): ZSH_ARGZERO, ${(%):-%x}.
const SHELL: readonly Sign[] = [
  sign('$0', /\$0(?!\d)|\$\{0(?!\d)|\bBASH_ARGV0\b|\$\{!#\}|\$\{[@*]:\s*(?:0\b|-)/),
  sign('BASH_SOURCE', /\bBASH_(?:SOURCE|LINENO)\b|\bFUNCNAME\b|^[ \t]*caller\b|\$\(caller\b/m),
  sign('ZSH_SCRIPT', /\bZSH_(?:ARGZERO|SCRIPT|EVAL_CONTEXT)\b|\(%\)/),
  sign('$-', /\$-|\$\{-|\bBASH_EXECUTION_STRING\b/),
  // Measured: bash drops a backslash at the end of a file.
  sign('a backslash as its last character', /\\$(?![\s\S])/),
];
// Measured: busybox and mksh count from 0.
const COUNTS_LINES = sign('LINENO', /\bLINENO\b/);

/** Why a shell runs a text from a file; null where it does the same by -c. */
export function askedInShell(text: string, name: string): string | null {
  return asked(text.replace(AWK_PROGRAM, 'awk'), name === 'bash' ? SHELL : [...SHELL, COUNTS_LINES]);
}

// Its $0 is a line.
const AWK_PROGRAM = /\b[gm]?awk\b[^'"\n;&|]{0,200}'[^']*'/g;

// sh sets PWD and SHLVL, which pg_timetable's own environment may lack.
const ANY: readonly Sign[] = [
  sign('PWD', /\b(?:OLD)?PWD\b|\bSHLVL\b/),
  sign('its command line', /\/proc\/self\b|\bcmdline\b/),
];

// docs.python.org: using/cmdline (-c), reference/datamodel (module attributes, frames), library/sys, library/logging, PEP 263.
const PYTHON: readonly Sign[] = [
  ...ANY,
  // It is decoded by the locale.
  sign('letters beyond ASCII', /\P{ASCII}/u),
  sign(
    'an encoding line',
    /^(?:[^\n]*\n)?[ \t]*#[^\n]*?coding[:=](?![ \t]*(?:utf-?8|latin-?1|iso-8859-1|(?:us-)?ascii)\b)/i,
  ),
  sign('__file__', /\b__(?:file|cached|loader|spec)__\b/),
  sign('sys.argv', /\borig_argv\b|(?<!len\(sys\.)\bargv\b(?!\[[1-9]\d*:?\d*\])/),
  sign('sys.path', /\bsys\.(?:path|modules|flags|set\w*|_\w+)\b|\bsys[ \t]+as\b/),
  sign(
    'from sys import',
    /\bfrom[ \t]+sys[ \t]+import\b(?![ \t]+(?:exit|stdin|stdout|stderr)[ \t]*(?:$|[;#]))/m,
  ),
  sign(
    'tracebacks',
    /\bexc_info\b|\.exception\(|\b(?:tb_\w+|f_(?:back|code|globals|locals)|co_filename|__traceback__|stack_info)\b/,
  ),
  sign('the name of its file in a log', /[(${](?:pathname|filename|module)\b/),
  // The first line of the argument is the tool's.
  sign('__doc__ or __future__', /\b__doc__\b|\bfrom[ \t]+__future__\b/),
  sign(
    'its own namespace',
    /(?<![.\w])(?:exec|eval|compile|execfile|__import__|globals|locals|vars|dir|help|breakpoint)[ \t]*\(|^[ \t]*exec[ \t]/m,
  ),
  sign('processes of its own', /\bProcessPool\w*/),
];

export const askedInPython = (text: string): string | null => asked(text, PYTHON, unknownInPython(text));

// perlrun (-e), perlvar ($0), perldata (__FILE__, DATA), perlfunc (caller, do).
const PERL: readonly Sign[] = [
  ...ANY,
  sign('$0', /\$0\b|\$\{\s*0\s*\}|\bPROGRAM_NAME\b/),
  sign('__FILE__', /\b__FILE__\b|\bcaller\b|\b(?:confess|cluck|longmess)\b/),
  sign('DATA', /\b(?:DATA|__DATA__)\b/),
  sign('its own namespace', /[%*](?:main)?::|\b(?:B|Devel)::|(?<!->\s*)\bdo\s*["'$(]/),
];

export const askedInPerl = (text: string): string | null => asked(text, PERL, unknownInPerl(text));

// docs.ruby-lang.org: Kernel (caller, __dir__), ruby/options (-e), doc/syntax/miscellaneous (__END__, DATA), Exception, TracePoint.
const RUBY: readonly Sign[] = [
  ...ANY,
  sign('an encoding line', /^(?:[^\n]*\n)?[ \t]*#[^\n]*?coding[:=](?![ \t]*utf-?8)/i),
  sign('$0', /\$0\b|\bPROGRAM_NAME\b|\bargv0\b/),
  sign('__FILE__', /\b__FILE__\b|\b__dir__\b|\brequire_relative\b/),
  sign('DATA', /\bDATA\b/),
  sign('backtraces', /\bcaller\w*|\bbacktrace\w*|\bsource_location\b|\bfull_message\b|\buplevel\b/),
  sign(
    'its own namespace',
    /\bSCRIPT_LINES__\b|\bTracePoint\b|\bset_trace_func\b|\bRubyVM\b|\bObjectSpace\b|\bbinding\b|BINDING\b/,
  ),
  sign('eval or load', /(?<![.\w])(?:load|autoload|eval)\b|\b\w+_eval\b/),
  // parse.y: under -e a number in such a range is compared with $.
  sign('a range in a condition', /\b(?:if|unless|while|until)\b[^\n]{0,300}?\d[ \t]*\.\./),
];

export const askedInRuby = (text: string): string | null => asked(text, RUBY, unknownInRuby(text));

const BUILT_IN =
  'assert|async_hooks|buffer|child_process|cluster|constants|dgram|diagnostics_channel|dns|domain|events|fs|http|http2|https|inspector|net|os|path|perf_hooks|punycode|querystring|readline|repl|stream|string_decoder|sys|timers|tls|trace_events|tty|url|util|v8|vm|wasi|worker_threads|zlib';
// nodejs.org/api: cli (-e: the built-in modules are variables), modules (the module wrapper), process (argv, execArgv), errors.
const NODE: readonly Sign[] = [
  ...ANY,
  sign('__filename', /\b__(?:filename|dirname)\b/),
  sign('argv', /\bargv\b(?!\.slice\([2-9]\)|\[[2-9]\])|\bargv0\b|\bexecArgv\b|\bmainModule\b|\bfork\b/),
  sign('module', /\b(?:module|exports|import)\b/),
  sign('the scope of a module', /\b(?:this|arguments|global|globalThis|eval|Function)\b/),
  sign(
    'the scope of a module',
    /\b(?:var|function)\s+(?:console|process|Buffer|URL|fetch|performance|(?:set|clear)[A-Z]\w+)\b/,
  ),
  sign('stack traces', /\.stack\b|\bStackTrace\b|\bconsole\.trace\b|\bgetCallSites\b/i),
  sign('crypto', /\bcrypto\b/),
];
const USED_MODULE = new RegExp(String.raw`(?<![.\w$'"/:-])(${BUILT_IN})\s*[.([]`, 'g');

// A class's static block allows no `return`, as -e does not.
function isPlainScript(text: string): boolean {
  try {
    // It is read, and never called.
    return Boolean(new Function(`class Script { static {\n${text.replace(/^#!/, '//')}\n} }`));
  } catch {
    return false;
  }
}

function usesUndeclaredModule(text: string): boolean {
  const used = new Set([...text.matchAll(USED_MODULE)].map(([, name]) => name));
  return [...used].some(
    (name) =>
      !new RegExp(String.raw`\b(?:const|let|var)\b[^;\n]{0,200}?\b${name}\b[^;\n]{0,200}?=`).test(text),
  );
}

/** Under -e the built-in modules are there without `require`, and a file may end by `return`. */
export function askedInNode(text: string): string | null {
  if (usesUndeclaredModule(text) || !isPlainScript(text))
    return asked(text, NODE) ?? needsFile('the scope of a module');
  return asked(text, NODE, unknownInNode(text));
}

// gawk(1): PROCINFO["argv"], SYMTAB; @include looks beside the program.
const AWK: readonly Sign[] = [...ANY, sign('PROCINFO', /\bPROCINFO\b|\bSYMTAB\b|\bFUNCTAB\b|^[ \t]*@/m)];

export const askedInAwk = (text: string): string | null => asked(text, AWK);
