import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readInterpreterLine } from '../../src/transform/step/interpreter-line.ts';
import { formByLine } from '../../src/transform/step/interpreters.ts';
import { asFile, home, planned, runAsPgAgent, start, without } from './planned-script.ts';

/** A text after its `#!` line. */
interface Case {
  readonly what: string;
  readonly line: string;
  readonly needs: readonly string[];
  readonly text: string;
  readonly status?: number;
  /** What a file prints; `{file}` stands for its name. */
  readonly out: string;
}

const of =
  (line: string, ...needs: readonly string[]) =>
  (what: string, text: string, out: string, status = 0): Case => ({ what, line, needs, text, out, status });

const python = of('#!/usr/bin/env python3', 'python3');
const perl = of('#!/usr/bin/perl', 'perl');
const ruby = of('#!/usr/bin/env ruby', 'ruby');
const node = of(`#!${process.execPath}`);
const bash = of('#!/bin/bash', 'bash');
const sh = of('#!/bin/sh');
const awk = of('#!/usr/bin/awk -f', 'awk');

/** Texts that do the same as an argument. */
const AS_ARGUMENT: readonly Case[] = [
  python('three lines', 'import os, sys\nprint(os.path.sep, len(sys.argv), sys.argv[1:])\n', '/ 1 []\n'),
  python('an exit status', 'import sys\nprint("a")\nsys.exit(42)', 'a\n', 42),
  python(
    'quotes, backslashes and blanks',
    `print('''it's "x" \\\\ $HOME \`y\` ''')`,
    `it's "x" \\ $HOME \`y\` \n`,
  ),
  python('an exception', 'def f():\n    raise ValueError("no")\nf()', '', 1),
  python(
    'notes after the end, which are read first',
    'print("never")\nraise SystemExit(0)\nnotes (of mine',
    '',
    1,
  ),
  python(
    'the usual last lines',
    'def main():\n    print("main")\n    return 3\nif __name__ == "__main__":\n    raise SystemExit(main())',
    'main\n',
    3,
  ),
  python(
    'numbers of lines',
    'try:\n    1 / 0\nexcept ZeroDivisionError:\n    import sys\n    print(sys.version_info[0])\n',
    '3\n',
  ),
  python('CRLF', 'for i in range(2):\r\n    print(i)\r\n', '0\n1\n'),
  python('an encoding line that changes nothing', '# -*- coding: utf-8 -*-\nprint("\\u00e9")', 'é\n'),
  python(
    'the working directory has a module of the same name',
    'import sched\nprint(sched.__name__, "scheduler" in sched.__all__)',
    'sched True\n',
  ),
  python('a name that was never imported', 'try:\n    sys\nexcept NameError:\n    print("none")', 'none\n'),
  python('standard input', 'import sys\nprint(repr(sys.stdin.read()), sys.stdin.name)', "'' <stdin>\n"),
  of('#!/usr/bin/env -S python3 -u', 'python3')('an option after env -S', 'print(1)', '1\n'),
  of('#!/usr/bin/env -S GREETING=hello python3 -B -E', 'python3')(
    'a name that env sets',
    'import os\nprint(os.environ["GREETING"])',
    'hello\n',
  ),
  perl(
    'arguments, a number of a line, a status',
    'use strict; use warnings;\nprint scalar(@ARGV), __LINE__, "\\n";\nexit 7',
    '03\n',
    7,
  ),
  perl('notes after __END__', 'print "a\\n";\n__END__\nnotes (of mine\n', 'a\n'),
  perl('POD', 'print "a\\n";\n\n=pod\n\nnotes (of mine\n\n=cut\n\nprint "b\\n";', 'a\nb\n'),
  perl('bytes', 'print length("é"), "é\\n"', '2é\n'),
  perl('letters', 'use utf8;\nbinmode(STDOUT, ":utf8");\nprint length("é"), "é\\n"', '1é\n'),
  perl('standard input and its name', 'my @l = <>; print scalar(@l), $ARGV, "\\n"', '0-\n'),
  perl('a failure', 'print "a\\n"; die "no\\n"', 'a\n', 255),
  of('#!/usr/bin/perl -w', 'perl')('an option', 'print $^W, "\\n"', '1\n'),
  of('#!/usr/bin/perl -l', 'perl')('line ends by an option', 'print "a"; print "b"', 'a\nb\n'),
  of('#!/usr/bin/perl -T', 'perl')('taint checks', `print \${^TAINT}, "\\n"`, '1\n'),
  of('#!/usr/bin/perl -CS', 'perl')('an option with letters', 'print "\\x{e9}\\n"', 'é\n'),
  of('#!/usr/bin/env -S perl -w', 'perl')('options after env', 'print $^W, "\\n"', '1\n'),
  ruby(
    'arguments, a number of a line, a status',
    'require "json"\nputs [ARGV.size, __LINE__].to_json\nexit 4',
    '[0,3]\n',
    4,
  ),
  ruby('notes after __END__', 'puts 1\n__END__\nnotes (of mine', '1\n'),
  ruby('encodings', 'puts "a".encoding, __ENCODING__, "é".length', 'UTF-8\nUTF-8\n1\n'),
  ruby('a comment that ruby reads', '# frozen_string_literal: true\nputs "a".frozen?', 'true\n'),
  ruby(
    'an error and its words',
    'begin; nothing; rescue NameError => e; puts e.message.lines.first; end',
    "undefined local variable or method `nothing' for main:Object\n",
  ),
  ruby('a failure', 'puts 1\nraise "no"', '1\n', 1),
  ruby('standard input', 'p $stdin.read, ARGF.filename', '""\n"-"\n'),
  node(
    'modules, a status',
    'const fs = require("node:fs"), path = require(\'path\');\nconsole.log(fs.existsSync("/"), path.sep);\nprocess.exitCode = 9;',
    'true /\n',
    9,
  ),
  node(
    'a strict script',
    '"use strict";\ntry { undeclared = 1 } catch (e) { console.log(e.name) }',
    'ReferenceError\n',
  ),
  node('promises', 'async function main() { await null; return "done" }\nmain().then(console.log)', 'done\n'),
  node('a failure', 'console.log("é");\nthrow new Error("no")', 'é\n', 1),
  node('arguments', 'console.log(process.argv.slice(2), process.argv[2])', '[] undefined\n'),
  bash('quotes and arrays', `a=("x y" z); echo "\${#a[@]} $# $*"; exit 6`, '2 0 \n', 6),
  bash('notes after exit', 'echo a; exit 0\nnotes (of mine; fi', 'a\n'),
  bash('a number of a line', 'echo $LINENO', '2\n'),
  bash('a line of awk', "echo 'a b' | awk '{ print $0, $2 }'", 'a b b\n'),
  of('#!/usr/bin/env -S bash -eu -o pipefail', 'bash')(
    'options after env',
    'echo a\nfalse | true\necho never',
    'a\n',
    1,
  ),
  of('#!/bin/bash --posix', 'bash')('a long option', 'shopt -qo posix && echo posix', 'posix\n'),
  sh('CRLF', 'for i in 1 2; do\r\n  echo $i\r\ndone\r\n', '1\n2\n'),
  awk('a program', 'BEGIN { printf "%s %d [%s]\\n", ARGV[0], ARGC, FILENAME; exit 3 }', 'awk 1 []\n', 3),
  awk('a comment first', '# é\nBEGIN { print "é\\\\" }', 'é\\\n'),
];

/** Texts that do something else as an argument. */
const AS_FILE: readonly Case[] = [
  python('__file__', 'import os\nprint(os.path.basename(__file__))', '{file}\n'),
  python('sys.argv', 'import sys\nprint(sys.argv[0].split("/")[-1])', '{file}\n'),
  python('argv by its name', 'from sys import argv\nprint(len(argv[0]) > 2)', 'True\n'),
  python('argparse', 'import argparse\nprint(argparse.ArgumentParser().prog)', '{file}\n'),
  python('inspect', 'import inspect\ndef f(): pass\nprint(inspect.getfile(f).split("/")[-1])', '{file}\n'),
  python(
    'the text of an error',
    'import traceback\ntry:\n    1 / 0\nexcept Exception:\n    print("_7" in traceback.format_exc())',
    'True\n',
  ),
  python(
    'a file in a log',
    'import logging, sys\nlogging.basicConfig(format="%(module)s", stream=sys.stdout)\nlogging.error("x")',
    '{file}\n',
  ),
  python('__future__', 'from __future__ import division\nprint(1)', '1\n'),
  python('a docstring', '"""What it does."""\nprint(__doc__)', 'What it does.\n'),
  python('all names', 'print("__file__" in globals())', 'True\n'),
  python('an encoding that is no other', '# coding: no-such\nprint(1)', '', 1),
  python('the loader', 'print(__loader__.__class__.__name__)', 'SourceFileLoader\n'),
  python('its command line', 'print(b"-c" in open("/proc/self/cmdline", "rb").read())', 'False\n'),
  python(
    'a form of import',
    'import runpy, os, sys\nprint(os.path.isdir(__import__("sys").path[0]))',
    'True\n',
  ),
  perl('$0', 'print $0 =~ m{([^/]+)$}, "\\n"', '{file}\n'),
  perl('__FILE__', 'print __FILE__ =~ m{([^/]+)$}, "\\n"', '{file}\n'),
  perl('DATA', 'print <DATA>;\n__DATA__\na\n', 'a\n'),
  perl('DATA after __END__', 'print <DATA>;\n__END__\na\n', 'a\n'),
  perl(
    'FindBin',
    'use FindBin;\nprint $FindBin::Bin =~ /_7[._]/ ? "its own" : "another", "\\n"',
    'its own\n',
  ),
  perl('caller', 'sub f { print +(caller)[1] =~ m{([^/]+)$}, "\\n" } f()', '{file}\n'),
  ruby('__FILE__', 'puts File.basename(__FILE__)', '{file}\n'),
  ruby('$0', 'puts File.basename($0)', '{file}\n'),
  ruby('$PROGRAM_NAME', 'puts File.basename($PROGRAM_NAME)', '{file}\n'),
  ruby('DATA', 'puts DATA.read\n__END__\na', 'a\n'),
  ruby('__dir__', 'puts __dir__.include?("pga_")', 'true\n'),
  ruby('caller', 'def f = puts(File.basename(caller_locations(1, 1)[0].path))\nf', '{file}\n'),
  ruby(
    'a file beside it',
    'begin; require_relative "x"; rescue LoadError => e; puts e.path.include?("pga_"); end',
    'true\n',
  ),
  node('__filename', 'console.log(require("path").basename(__filename))', '{file}\n'),
  node('__dirname', 'console.log(__dirname.length > 1)', 'true\n'),
  node('require.main', 'console.log(require.main === module)', 'true\n'),
  node('process.argv', 'console.log(process.argv.length)', '2\n'),
  node('return', 'console.log(1);\nif (true) {\n  return;\n}\nconsole.log(2);', '1\n'),
  node(
    'a module that nobody asked for',
    'try { console.log(os.EOL) } catch (e) { console.log(e.name) }',
    'ReferenceError\n',
  ),
  node('this', 'console.log(this === globalThis)', 'false\n'),
  node('arguments', 'console.log(arguments.length)', '5\n'),
  bash('$0', `echo "\${0##*/}"`, '{file}\n'),
  bash('BASH_SOURCE', `echo "\${BASH_SOURCE[0]##*/}"`, '{file}\n'),
  bash('$-', 'case $- in *c*) echo text ;; *) echo file ;; esac', 'file\n'),
  bash('BASH_EXECUTION_STRING', 'echo "[$BASH_EXECUTION_STRING]"', '[]\n'),
  bash('a backslash at the end', 'echo a \\', 'a\n'),
  of('#!/bin/zsh', 'zsh')('notes after exit', 'echo a; exit 0\nnotes (of mine; fi', 'a\n'),
];

// Python looks here first for a module that a text given by -c imports.
writeFileSync(join(home, 'sched.py'), '__all__ = []\n');

interface End {
  readonly status: number | NodeJS.Signals | null;
  readonly out: string;
}

async function ended(program: string, args: readonly string[]): Promise<End> {
  const { status, out } = await start(program, args).ended;
  return { status, out: named(out) };
}

const named = (out: string): string => out.replaceAll(/(?:step|1)_7(?:\.scr)?/g, '{file}');

const whole = ({ line, text }: Case): string => `${line}\n${text}`;
const expected = ({ status = 0, out }: Case): End => ({ status, out });

/** The form of an argument, whatever the text says. */
async function asArgument(one: Case): Promise<End> {
  const line = readInterpreterLine(`${one.line}\n`);
  const form = line.kind === 'words' ? formByLine(`${one.line}\n`, line) : null;
  if (form === null || 'fileBecause' in form) {
    const [, program = ''] = /^#!(\S+)/.exec(one.line) ?? [];
    return await ended(program, ['-c', whole(one)]);
  }
  const [program, ...words] = form.words;
  return await ended(program, [...words, `${form.text}${one.text}`]);
}

describe('a text that does the same as an argument is one', () => {
  for (const one of AS_ARGUMENT) {
    test(`${one.line}: ${one.what}`, { skip: without(...one.needs) }, async () => {
      const { program, programArguments, advisories } = planned(whole(one));
      assert.deepEqual(advisories, []);
      assert.deepEqual(await ended(program, programArguments), expected(one));
      const file = asFile(whole(one));
      assert.deepEqual(await ended(file.program, file.programArguments), expected(one));
      const { status, out } = await runAsPgAgent(whole(one));
      assert.deepEqual({ status, out }, expected(one));
    });
  }
});

describe('a text that does something else as an argument is a file', () => {
  for (const one of AS_FILE) {
    test(`${one.line}: ${one.what}`, { skip: without(...one.needs) }, async () => {
      const { program, programArguments, advisories } = planned(whole(one));
      assert.deepEqual(
        advisories.map(({ code }) => code),
        ['script-file'],
      );
      const { status, out } = await runAsPgAgent(whole(one));
      assert.deepEqual({ status, out: named(out) }, expected(one));
      assert.deepEqual(await ended(program, programArguments), expected(one));
      assert.notDeepEqual(await asArgument(one), expected(one));
    });
  }
});
