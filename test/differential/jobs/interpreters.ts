import { type DifferentialJob, type DifferentialStep, write } from '../differential-job.ts';

/** A job of one script that begins with a `#!` line, in a language that is no shell's. */
const inLanguage = (
  id: string,
  what: string,
  program: string,
  code: string,
  after: DifferentialJob['after'],
  step: Partial<DifferentialStep> = {},
): DifferentialJob => ({
  id,
  what,
  needs: [program],
  steps: [{ name: '1', kind: 'b', code, ...step }],
  after,
});

const goneAfter = (
  id: string,
  what: string,
  code: string,
  step: Partial<DifferentialStep>,
): DifferentialJob => ({
  id,
  what,
  steps: [
    { name: '1', kind: 'b', code: `echo "$0" > '{dir}/where'\n${code}`, ...step },
    {
      name: '2',
      kind: 'b',
      code: `file=$(cat '{dir}/where'); [ -e "$file" ] && echo there > '{dir}/where' || echo gone > '{dir}/where'`,
    },
    {
      name: '3',
      kind: 'b',
      code: `[ "$(stat -c %a "$0")" = 700 ] && echo private >> '{dir}/where'`,
    },
  ],
  after: { files: { where: 'gone\nprivate\n' } },
});

/** Batch steps whose first line chooses what runs them. */
export const INTERPRETER_JOBS: readonly DifferentialJob[] = [
  inLanguage(
    'python',
    'python3 by env, with its arguments, quotes of every kind and lines that count',
    'python3',
    `#!/usr/bin/env python3
import os, sys
text = '''it's "three" \\\\ $HOME \`x\`'''
def work(n):
    if n > 1:
        return n * work(n - 1)
    return 1
with open('{dir}/python', 'w') as out:
    print(text, work(5), len(sys.argv), os.path.exists(sys.argv[0]), __name__, file=out)
print('é printed')
`,
    { files: { python: `it's "three" \\ $HOME \`x\` 120 1 True __main__\n` } },
    { prints: 'é printed' },
  ),
  inLanguage(
    'python-fails',
    'an exception of python stops the job',
    'python3',
    "#!/usr/bin/env python3\nraise SystemExit('no more')\n",
    { end: 'failed' },
    { ends: 'exit 1' },
  ),
  inLanguage(
    'python-exit-status',
    'the exit status of python',
    'python3',
    '#!/usr/bin/env python3\nimport sys\nsys.exit(42)\n',
    { end: 'failed' },
    { ends: 'exit 42' },
  ),
  inLanguage(
    'python-killed',
    'a python that a signal kills',
    'python3',
    '#!/usr/bin/env python3\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n',
    { end: 'failed' },
    { ends: 'exit 137' },
  ),
  inLanguage(
    'perl',
    'perl with an option in the line, and data behind the program',
    'perl',
    `#!/usr/bin/perl -w
use strict;
open(my $out, '>', '{dir}/perl') or die $!;
while (my $line = <DATA>) { chomp $line; print $out uc($line), "|"; }
print $out scalar(@ARGV), "\\n";
__DATA__
first
second`,
    { files: { perl: 'FIRST|SECOND|0\n' } },
  ),
  inLanguage(
    'ruby',
    'ruby, with its data',
    'ruby',
    `#!/usr/bin/env ruby
File.write('{dir}/ruby', "#{DATA.read.strip} #{[3, 1, 2].sort.join(',')} #{$0 == __FILE__}\\n")
exit 0
__END__
the data
`,
    { files: { ruby: 'the data 1,2,3 true\n' } },
  ),
  inLanguage(
    'node',
    'node',
    'node',
    `#!/usr/bin/env node
const { writeFileSync } = require('node:fs');
writeFileSync('{dir}/node', \`\${process.argv.length} \${[1, 2].map((n) => n * 2)}\\n\`);
process.exitCode = 7;
`,
    { end: 'failed', files: { node: '2 2,4\n' } },
    { ends: 'exit 7' },
  ),
  inLanguage(
    'awk',
    'awk, which takes its file by an option',
    'awk',
    `#!/usr/bin/awk -f
BEGIN { printf "%s %d\\n", toupper("from awk"), 6 * 7 > "{dir}/awk"; exit 3 }
`,
    { end: 'failed', files: { awk: 'FROM AWK 42\n' } },
    { ends: 'exit 3' },
  ),
  inLanguage(
    'expect',
    'expect, which talks to a program',
    'expect',
    `#!/usr/bin/expect -f
log_user 0
spawn sh -c {printf 'name? '; read answer; echo "hello $answer"}
expect "name? "
send "world\\r"
expect -re {hello ([a-z]+)}
set out [open {{dir}/expect} w]
puts $out "got $expect_out(1,string)"
close $out
`,
    { files: { expect: 'got world\n' } },
  ),
  inLanguage(
    'zsh',
    'zsh, whose arrays begin at 1',
    'zsh',
    `#!/bin/zsh\nwords=(a "b c" d)\nprint -r -- $words[2] \${(U)words[1]} \${#words} > '{dir}/zsh'\n`,
    { files: { zsh: 'b c A 3\n' } },
  ),
  inLanguage(
    'env-with-options',
    'several words behind env -S',
    'bash',
    `#!/usr/bin/env -S bash -eu\necho begun > '{dir}/ran'\necho "$UNSET_ANYWHERE"\necho never >> '{dir}/ran'\n`,
    { end: 'failed', files: { ran: 'begun\n' } },
    { ends: 'exit 1' },
  ),
  inLanguage(
    'blank-in-first-line',
    'a blank behind the #!, options of sh, and line ends of Windows',
    'sh',
    `#! /bin/sh -eu\r\necho begun > '{dir}/ran'\r\nfalse\r\necho never >> '{dir}/ran'\r\n`,
    { end: 'failed', files: { ran: 'begun\n' } },
    { ends: 'exit 1' },
  ),
  inLanguage(
    'any-program',
    'any program can be in the line: this one prints the text itself',
    'cat',
    '#!/bin/cat\nthe text, with its "quotes" and \\ $signs\nand é',
    {},
    { prints: '#!/bin/cat\nthe text, with its "quotes" and \\ $signs\nand é' },
  ),
  inLanguage('sed', 'sed, which runs on nothing', 'sed', '#!/bin/sed -nf\ns/a/b/p\n', {}, { prints: '' }),
  {
    id: 'no-such-other-interpreter',
    what: 'an interpreter that is no shell and does not exist',
    steps: [
      { name: '1', kind: 'b', code: '#!/opt/none/python9\nprint(1)\n', ends: 'exit 127' },
      { name: '2', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed' },
  },
  {
    id: 'python-then-sql',
    what: 'a python that fails and is ignored, between SQL steps',
    needs: ['python3'],
    steps: [
      { name: '1', code: write('before') },
      {
        name: '2',
        kind: 'b',
        code: '#!/usr/bin/env python3\nraise SystemExit(1)\n',
        onError: 'i',
        ends: 'exit 1',
      },
      { name: '3', code: write('after') },
    ],
    after: { seen: ['before', 'after'] },
  },
  goneAfter(
    'file-is-gone',
    'the file of a script is gone when the next step runs, and was for its owner alone',
    'true',
    {},
  ),
  goneAfter('file-is-gone-after-failure', 'it is gone after a failure', 'exit 9', {
    onError: 'i',
    ends: 'exit 9',
  }),
  goneAfter('file-is-gone-after-kill', 'it is gone after a signal that nothing can catch', 'kill -KILL $$', {
    onError: 's',
    ends: 'exit 137',
  }),
];
