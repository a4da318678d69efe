import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run, runAsPgAgent, SYSTEMS, without } from './planned-script.ts';

interface Script {
  readonly what: string;
  readonly text: string;
  readonly needs?: readonly string[];
  readonly status?: number;
  readonly out: string;
  readonly err?: string | RegExp;
}

const SCRIPTS: readonly Script[] = [
  {
    what: 'python3 by env',
    text: '#!/usr/bin/env python3\nimport sys\nprint("é", len(sys.argv))\nsys.exit(7)\n',
    needs: ['python3'],
    status: 7,
    out: 'é 1\n',
  },
  {
    what: 'a blank behind #!, CRLF throughout',
    text: '#! /usr/bin/env python3\r\nfor i in range(2):\r\n    print(i)\r\n',
    needs: ['python3'],
    out: '0\n1\n',
  },
  {
    what: 'perl with an option and its data behind the program',
    text: '#!/usr/bin/perl -l\nprint "[$_]" for map { chomp; $_ } <DATA>;\nwarn "careful\\n";\n__DATA__\n one\n%s \\n "two"',
    needs: ['perl'],
    out: '[ one]\n[%s \\n "two"]\n',
    err: 'careful\n',
  },
  {
    what: 'ruby with its data',
    text: '#!/usr/bin/env ruby\nputs DATA.read.size\nexit 4\n__END__\n12345',
    needs: ['ruby'],
    status: 4,
    out: '5\n',
  },
  {
    what: 'node',
    text: `#!${process.execPath}\nconsole.log(process.argv.length, require('path').basename(__filename));\nprocess.exitCode = 9;`,
    status: 9,
    out: '2 step_7.scr\n',
  },
  {
    what: 'awk -f, a program that begins with a comment',
    text: '#!/usr/bin/awk -f\nBEGIN { printf "%s %d\\n", ARGC, 6 * 7; exit 3 }\n',
    needs: ['awk'],
    status: 3,
    out: '1 42\n',
  },
  {
    what: 'gawk with --exec',
    text: '#!/usr/bin/gawk --exec\nBEGIN { print toupper("done") }',
    needs: ['gawk'],
    out: 'DONE\n',
  },
  {
    what: 'expect -f',
    text: '#!/usr/bin/expect -f\nlog_user 0\nspawn cat\nsend "hello\\r"\nexpect "hello" { puts "heard"; exit 5 }\n',
    needs: ['expect'],
    status: 5,
    out: 'heard\n',
  },
  {
    what: 'zsh with an option that is not plain',
    text: '#!/usr/bin/zsh -dfe\na=(1 2); print $#a\nfalse\nprint never',
    needs: ['zsh'],
    status: 1,
    out: '2\n',
  },
  {
    what: 'env -S',
    text: '#!/usr/bin/env -S FIRST=1 bash -u -o pipefail\necho "$FIRST"; false | true; echo "$?"\n',
    needs: ['bash'],
    out: '1\n1\n',
  },
  {
    what: 'bash in POSIX mode, by an option that the tool does not know',
    text: '#!/bin/bash --posix\nshopt -qo posix && echo posix; trap "echo bye" EXIT; exit 6',
    needs: ['bash'],
    status: 6,
    out: 'posix\nbye\n',
  },
  {
    what: 'a text that runs itself again',
    text: '#!/bin/sh\n[ -n "$AGAIN" ] && { echo again; exit 2; }\nAGAIN=1 exec "$0"',
    status: 2,
    out: 'again\n',
  },
  {
    what: 'two languages in one text',
    text: '#!/bin/sh\n""":"\nexec python3 "$0" "$@"\n"""\nprint("python")\n',
    needs: ['python3'],
    out: 'python\n',
  },
  {
    what: 'a here-document and a function, by its own name',
    text: `#!/bin/bash\nshow() { cat <<EOT\n$1 \\$HOME \`echo x\`\nEOT\n}\nshow "it's"; echo "\${BASH_SOURCE[0]##*/}"`,
    needs: ['bash'],
    out: "it's $HOME x\nstep_7.scr\n",
  },
  {
    what: 'nothing to read from standard input',
    text: '#!/bin/sh -p\nread -r a || echo end\ncat\nreadlink /proc/self/fd/0',
    out: 'end\n/dev/null\n',
  },
  {
    what: 'an interpreter that is not there',
    text: '#!/nowhere/python9\nprint()',
    status: 127,
    out: '',
    err: /not found/,
  },
  {
    what: 'a carriage return alone belongs to the name of the interpreter',
    text: '#!/bin/sh\recho no\n',
    status: 127,
    out: '',
    err: /not found/,
  },
  {
    what: 'killed',
    text: '#!/usr/bin/env perl\nkill 9, $$; sleep 9',
    needs: ['perl'],
    status: 137,
    out: '',
    err: /^(?:Killed\n)?$/,
  },
  {
    what: 'terminated',
    text: '#!/usr/bin/env perl\nkill 15, $$; sleep 9',
    needs: ['perl'],
    status: 143,
    out: '',
    err: /^(?:Terminated\n)?$/,
  },
  {
    what: 'interrupted: a script may use SIGINT',
    text: '#!/bin/bash -p\ntimeout -s INT 0.2 sleep 9; echo $?',
    needs: ['bash'],
    out: '124\n',
  },
  {
    what: 'bytes of all kinds, and no newline at the end',
    text: '#!/usr/bin/perl\nprint "\\x00\\xc3\\xa9%s\\\\\\r";',
    needs: ['perl'],
    out: '\u0000é%s\\\r',
  },
];

describe('a text behind a #! line does what the file of pgAgent did', () => {
  for (const { what, text, needs = [], status = 0, out, err = '' } of SCRIPTS) {
    for (const { sh, folder } of SYSTEMS) {
      test(`${what}, where sh is ${sh}`, { skip: without(sh, ...needs) }, async () => {
        const end = await run(text, { path: `${folder}:${process.env.PATH}` });
        assert.deepEqual({ status: end.status, out: end.out }, { status, out });
        if (typeof err === 'string') assert.equal(end.err, err);
        else assert.match(end.err, err);
      });
    }
    test(`${what}: pgAgent's way`, { skip: without(...needs) }, async () => {
      const end = await runAsPgAgent(text);
      assert.deepEqual(
        { status: end.status, out: end.out.replaceAll('1_7.scr', 'step_7.scr') },
        { status, out },
      );
    });
  }
});

test('the script finds what the file of pgAgent found: descriptors, signals, folder, umask, environment', {
  skip: without('python3'),
}, async () => {
  const text = `#!/usr/bin/env python3
import os, sys
print([os.readlink('/proc/self/fd/%d' % fd).split(':')[0] for fd in (0, 1, 2)])
print([fd for fd in range(3, 50) if os.path.exists('/proc/self/fd/%d' % fd)])
print([line for line in open('/proc/self/status') if line.startswith(('Sig', 'Shd')) and 'SigQ' not in line])
print(os.getcwd(), os.getpgrp() == os.getpgid(os.getppid()), sys.argv[1:])
print(os.listdir(os.path.dirname(sys.argv[0])) == [os.path.basename(sys.argv[0])])
print(oct(os.stat(sys.argv[0]).st_mode), oct(os.stat(os.path.dirname(sys.argv[0])).st_mode))
os.umask(os.umask(0)) or print(oct(os.umask(0)))
print(sorted((k, v) for k, v in os.environ.items() if k not in ('_', 'OLDPWD', 'SHLVL')))
`;
  const before = await runAsPgAgent(text);
  assert.equal(before.status, 0);
  assert.match(before.out, /^\['\/dev\/null', '(\w+)', '\1'\]\n\[\]\n/);
  assert.match(before.out, /^0o100700 0o40700$/m);
  assert.deepEqual(await run(text), before);
});

describe('--shell where only a file will do', () => {
  const cases: readonly [string, string, string, string, readonly string[]][] = [
    ['sh', 'sh', `echo "\${0##*/} $#"`, 'step_7.scr 0\n', []],
    [
      'bash',
      'bash',
      `[[ $0 == */step_7.scr ]] && echo "\${BASH_SOURCE[0]##*/} $#"`,
      'step_7.scr 0\n',
      ['bash'],
    ],
    ['zsh', 'zsh', `alias say=echo\nsay "\${0##*/}"`, 'step_7.scr\n', ['zsh']],
    [
      'a program with flags',
      'busybox sh -ec',
      `echo "\${0##*/}"; false; echo never`,
      'step_7.scr\n',
      ['busybox'],
    ],
    [
      'flags in front of -c',
      'bash -o pipefail -c',
      `false | true || echo "\${0##*/}"`,
      'step_7.scr\n',
      ['bash'],
    ],
  ];
  for (const [what, shell, text, out, needs] of cases) {
    test(what, { skip: without(...needs) }, async () => {
      assert.deepEqual((await run(text, { shell })).out, out);
    });
  }
});
