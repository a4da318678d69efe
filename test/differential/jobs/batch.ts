import { type DifferentialJob, type DifferentialStep, write } from '../differential-job.ts';

const NOTHING = '# a line that says nothing, of forty-four bytes\n';

/** A job of one script. */
const script = (
  id: string,
  what: string,
  code: string,
  after: DifferentialJob['after'],
  step: Partial<DifferentialStep> = {},
): DifferentialJob => ({ id, what, steps: [{ name: '1', kind: 'b', code, ...step }], after });

const fails = (id: string, what: string, code: string, status: number): DifferentialJob => ({
  id,
  what,
  steps: [
    { name: '1', kind: 'b', code, ends: `exit ${status}` },
    { name: '2', code: write('never'), ends: 'not run' },
  ],
  after: { end: 'failed' },
});

/** Batch steps: how the text is run, what it finds around it, and how it ends. */
export const BATCH_JOBS: readonly DifferentialJob[] = [
  script(
    'words',
    'quotes, blanks and expansions as the shell reads them',
    `set -- a "b c" 'd  e' "$((1 + 2))"
for word; do printf '<%s>' "$word" >> '{dir}/words'; done
printf '%s\\n' "\${#}" 'é ñ 日本' "\\\\ \\$x" >> '{dir}/words'`,
    { files: { words: '<a><b c><d  e><3>4\né ñ 日本\n\\ $x\n' } },
  ),
  script(
    'prints',
    'what it prints is kept',
    'echo one; echo " two"; printf "three"',
    {},
    {
      prints: 'one\n two\nthree',
    },
  ),
  script(
    'bash-e',
    'bash -e in the first line stops at the first error',
    `#!/bin/bash -e\necho begun >> '{dir}/ran'\nfalse\necho never >> '{dir}/ran'`,
    { end: 'failed', files: { ran: 'begun\n' } },
    { ends: 'exit 1' },
  ),
  script(
    'bash',
    'what bash knows and sh does not: [[, arrays, pipefail, <<<, capitals',
    `#!/bin/bash
set -o pipefail
words=(one "two three")
if [[ \${#words[@]} == 2 && x =~ ^x$ ]]; then cat <<< "\${words[1]^^}" > '{dir}/bash'; fi
false | true
echo $? >> '{dir}/bash'`,
    { files: { bash: 'TWO THREE\n1\n' } },
  ),
  script(
    'no-first-line',
    'without a first line it is sh, and [[ is no command of it where sh is dash',
    `if [[ 1 == 1 ]]; then echo bash > '{dir}/shell'; else echo sh > '{dir}/shell'; fi`,
    { files: { shell: 'sh\n' } },
  ),
  {
    id: 'shell-bash',
    what: 'with --shell bash a script without a first line runs under bash, and does the same where it is plain',
    options: ['--shell', 'bash'],
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `for n in 1 2; do echo "$n" >> '{dir}/plain'; done; exit 4`,
        ends: 'exit 4',
      },
    ],
    after: { end: 'failed', files: { plain: '1\n2\n' } },
  },
  script(
    'crlf',
    'line ends of Windows become those of Unix',
    `#!/bin/bash\r\nfor word in a b; do\r\n  printf '%s.\\n' "$word" >> '{dir}/words'\r\ndone\r\nexit 0\r\n`,
    { files: { words: 'a.\nb.\n' } },
  ),
  script(
    'lone-carriage-return',
    'a carriage return that ends no line stays',
    `printf '%s' 'a\rb' | od -An -c | tr -d ' ' > '{dir}/bytes'`,
    { files: { bytes: 'a\\rb\n' } },
  ),
  script(
    'here-documents',
    'here-documents, quoted and not, indented by tabs',
    `name=world
cat > '{dir}/here' <<END
hello $name \\$5 $(echo sub)
END
cat >> '{dir}/here' <<'END'
raw $name \`x\`
END
cat >> '{dir}/here' <<-END
\t\tindented
\tEND
`,
    { files: { here: 'hello world $5 sub\nraw $name `x`\nindented\n' } },
  ),
  script(
    'functions-and-traps',
    'functions, local variables and traps',
    `#!/bin/bash
work() { local n=$1; echo "work $n" >> '{dir}/trace'; return "$n"; }
finish() { echo "exit with $?" >> '{dir}/trace'; }
trap finish EXIT
trap 'echo "error on a line" >> "{dir}/trace"' ERR
work 0
work 4 || true
work 2
exit 5`,
    {
      end: 'failed',
      files: { trace: 'work 0\nwork 4\nwork 2\nerror on a line\nexit with 5\n' },
    },
    { ends: 'exit 5' },
  ),
  script(
    'pipes',
    'pipes, process substitution and subshells',
    `#!/bin/bash
printf '%s\\n' c a b | sort | tr '\\n' ' ' > '{dir}/sorted'
(cd / && pwd) >> '{dir}/sorted'
paste -d= <(echo k) <(echo v) >> '{dir}/sorted'`,
    { files: { sorted: 'a b c /\nk=v\n' } },
  ),
  fails('exit-1', 'exit status 1 stops the job', 'exit 1', 1),
  fails('exit-255', 'exit status 255', 'exit 255', 255),
  fails('unknown-command', 'a command that does not exist', 'no-such-command-anywhere', 127),
  fails('syntax-error', 'a script that sh cannot read', 'if true; then', 2),
  fails('last-command-counts', 'the status of the last command counts', 'true; grep -q x /dev/null', 1),
  script('exit-0-all-the-same', 'a failure in the middle does not count', 'false; true', {}),
  fails('killed', 'a script that a signal kills', 'kill -KILL $$; sleep 5', 137),
  fails('terminated', 'a script that is asked to end', 'kill -TERM $$; sleep 5', 143),
  fails('no-such-interpreter', 'a shell that does not exist', '#!/no/such/bash\ntrue', 127),
  script(
    'standard-error',
    'what it writes to its standard error is no failure',
    `echo out; echo problem >&2; echo on >> '{dir}/ran'`,
    { files: { ran: 'on\n' } },
  ),
  {
    id: 'standard-error-twice',
    what: 'a second script that writes to its standard error',
    steps: [
      { name: '1', kind: 'b', code: `echo first >&2; echo 1 >> '{dir}/ran'` },
      { name: '2', kind: 'b', code: `echo second >&2; echo 2 >> '{dir}/ran'` },
      { name: '3', kind: 'b', code: `echo third >&2` },
    ],
    after: { files: { ran: '1\n2\n' } },
  },
  {
    id: 'background-keeps-output',
    what: 'a child in the background that keeps the output open is waited for',
    steps: [
      { name: '1', kind: 'b', code: `(sleep 1; echo child >> '{dir}/order') & echo parent >> '{dir}/order'` },
      { name: '2', kind: 'b', code: `echo next >> '{dir}/order'` },
    ],
    after: { files: { order: 'parent\nchild\nnext\n' } },
  },
  {
    id: 'background-lets-go',
    what: 'a child in the background that has let the output go is not',
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `(sleep 1; echo child >> '{dir}/order') > /dev/null 2>&1 &\necho parent >> '{dir}/order'`,
      },
      { name: '2', kind: 'b', code: `echo next >> '{dir}/order'; sleep 2` },
    ],
    after: { files: { order: 'parent\nnext\nchild\n' } },
  },
  {
    id: 'own-path',
    what: 'a script that looks at its own path',
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `case "$0" in *.scr) echo file ;; *) echo no file ;; esac > '{dir}/path'`,
      },
    ],
    after: { files: { path: 'file\n' } },
  },
  script('empty', 'an empty script succeeds', '', {}),
  script('comment', 'a script of a comment succeeds', '# nothing yet\n', {}),
  fails('leading-dash', 'a text that begins with a dash is no option of the shell', '-c true', 127),
  fails('leading-plus', 'nor is one that begins with a plus', '+x true', 127),
  script(
    'environment',
    'the environment of the scheduler',
    `{ echo "$PGA2TT_ENVIRONMENT"; [ -n "$HOME" ] && echo home; command -v sort > /dev/null && echo path; } > '{dir}/environment'`,
    { files: { environment: 'from the scheduler\nhome\npath\n' } },
  ),
  script('arguments', 'it has no arguments', `echo "$# [$*]" > '{dir}/arguments'`, {
    files: { arguments: '0 []\n' },
  }),
  script(
    'surroundings',
    'the working directory, the umask and the terminal',
    `{ pwd; umask; [ -t 0 ] || echo no terminal; } > '{dir}/around'`,
    { files: { around: '{cwd}\n{umask}\nno terminal\n' } },
  ),
  {
    id: 'nothing-lasts',
    what: 'cd, variables and umask of one step are not there in the next',
    steps: [
      { name: '1', kind: 'b', code: 'cd /; export KEPT=1; umask 077' },
      { name: '2', kind: 'b', code: `{ pwd; echo "[$KEPT]"; umask; } > '{dir}/next'` },
    ],
    after: { files: { next: '{cwd}\n[]\n{umask}\n' } },
  },
  script(
    'standard-input',
    'standard input is at its end',
    `cat > '{dir}/input'; read line || echo end >> '{dir}/input'`,
    { files: { input: 'end\n' } },
  ),
  script(
    'long-output',
    'half a megabyte of output',
    `#!/bin/bash\nfor ((i = 0; i < 5000; i++)); do printf '%099d\\n' $i; done`,
    {},
  ),
  {
    id: 'output-not-utf-8',
    what: 'output that the database cannot hold: pgAgent cannot write its log and gives the job up',
    steps: [
      { name: '1', kind: 'b', code: "printf 'caf\\351\\n'", ends: 'unlogged' },
      { name: '2', code: write('behind'), ends: 'not run' },
    ],
    after: { end: 'failed' },
    differs: {
      advisory: null,
      underTimetable: { end: 'succeeded', ends: { '2': 'ok' }, seen: ['behind'] },
    },
  },
  {
    id: 'output-with-zero-byte',
    what: 'output with a zero byte: pg_timetable cannot write its log, and goes on',
    steps: [
      { name: '1', kind: 'b', code: "printf 'a\\000b\\n'" },
      { name: '2', code: write('behind') },
    ],
    after: { seen: ['behind'] },
    differs: { advisory: null, underTimetable: { ends: { '1': 'unlogged' } } },
  },
  {
    id: 'odd-output',
    what: 'output full of quotes, backslashes and other marks',
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `printf '%s' "it's \\\\ \\"x\\" \\$1 %s é 日本 ; DROP TABLE seen; --"`,
        prints: `it's \\ "x" $1 %s é 日本 ; DROP TABLE seen; --`,
      },
    ],
    after: {},
  },
  script(
    'batch-200-kb',
    'a script of 200 KB, more than one argument holds',
    `${NOTHING.repeat(4_600)}echo end > '{dir}/end'`,
    { files: { end: 'end\n' } },
  ),
  script(
    'batch-1500-kb',
    'a script of 1.5 MB',
    `#!/bin/bash\n${NOTHING.repeat(34_000)}echo end > '{dir}/end'`,
    { files: { end: 'end\n' } },
  ),
  {
    id: 'batch-3-mb',
    what: 'a script of 3 MB, more than all arguments of a program hold, stays on pgAgent',
    steps: [{ name: '1', kind: 'b', code: `${NOTHING.repeat(70_000)}echo end > '{dir}/end'` }],
    after: { files: { end: 'end\n' } },
    leftOut: 'batch-too-long',
  },
];
