import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  askedInAwk,
  askedInNode,
  askedInPerl,
  askedInPython,
  askedInRuby,
  askedInShell,
} from '../../../src/transform/step/own-file.ts';

type Ask = (text: string) => string | null;

function needsFile(language: string, ask: Ask, texts: readonly (readonly [string, string])[]): void {
  describe(`${language}: a file is needed`, () => {
    for (const [text, what] of texts) test(text, () => assert.ok(ask(text)?.includes(what), `${ask(text)}`));
  });
}

function isArgument(language: string, ask: Ask, texts: readonly string[]): void {
  describe(`${language}: an argument will do`, () => {
    for (const text of texts) test(text, () => assert.equal(ask(text), null));
  });
}

needsFile('bash', (text) => askedInShell(text, 'bash'), [
  [`last="\${@: -1}"`, '$0'],
  [`last="\${*: -1:1}"`, '$0'],
  [`last="\${!#}"`, '$0'],
]);
isArgument('bash', (text) => askedInShell(text, 'bash'), [`echo "\${@:1}" "\${!name}" "\${#@}"`]);

needsFile('Python', askedInPython, [
  ['print(__file__)', '__file__'],
  ['print(__spec__)', '__file__'],
  ['import sys; print(sys.argv)', 'sys.argv'],
  ['import sys; print(sys.argv[0])', 'sys.argv'],
  ['import sys; print(sys.argv[01])', 'sys.argv'],
  ['import sys; print(sys.argv[:1])', 'sys.argv'],
  ['import sys; print(sys.orig_argv)', 'sys.argv'],
  ['from sys import argv', 'sys.argv'],
  ['from sys import exit, path', 'from sys import'],
  ['import sys as s', 'sys.path'],
  ['import sys\nsys.path.insert(0, "/opt")', 'sys.path'],
  ['import sys\nsys.modules["__main__"]', 'sys.path'],
  ['import sys\nsys._getframe()', 'sys.path'],
  ['log.exception("no")', 'tracebacks'],
  ['log.error("no", exc_info=True)', 'tracebacks'],
  ['e.__traceback__', 'tracebacks'],
  ['FORMAT = "%(filename)s %(message)s"', 'name of its file'],
  ['FORMAT = "{module}: {message}"', 'name of its file'],
  ['"""Doc."""\nprint(__doc__)', '__doc__'],
  ['from __future__ import annotations', '__future__'],
  ['exec(open("/opt/x.py").read())', 'namespace'],
  ['x = eval (y)', 'namespace'],
  ['exec "print 1"', 'namespace'],
  ['globals()["x"] = 1', 'namespace'],
  ['print("é")', 'beyond ASCII'],
  ['# coding: latin-15', 'encoding line'],
  ['#!/usr/bin/python3\n# -*- coding: cp1252 -*-', 'encoding line'],
  ['import os\nos.environ["PWD"]', 'PWD'],
  ['open("/proc/self/status")', 'command line'],
  ['ProcessPoolExecutor()', 'processes'],
  ['import argparse', '"argparse"'],
  ['import os, multiprocessing as mp', '"multiprocessing"'],
  ['import os.path, ours.jobs', '"ours"'],
  ['if x: import inspect', '"inspect"'],
  ['def f():\n    from traceback import print_exc', '"traceback"'],
  ['from . import x', '""'],
]);
isArgument('Python', askedInPython, [
  'import sys; print(sys.argv[1:], sys.argv[1], len(sys.argv))',
  'from sys import exit',
  'import sys\nsys.exit(sys.stdin.read())',
  'import os.path as p, json; from datetime import datetime',
  'import psycopg2\nimport requests  # the client',
  'cursor.execute("SELECT 1"); re.compile("x"); model.eval(1)',
  '# coding: utf-8\n# the next import is of the day',
  '#!/usr/bin/python3\n# vim: set fileencoding=latin-1',
  'x = 1\ny = 2\n# coding: cp1252',
  'if __name__ == "__main__": main()',
  'f_name = tb = 1',
  'FORMAT = "%(levelname)s %(message)s %(lineno)d"',
]);
needsFile('Perl', askedInPerl, [
  ['print $0', '$0'],
  [`print "\${0}"`, '$0'],
  ['print __FILE__', '__FILE__'],
  ['(caller)[1]', '__FILE__'],
  ['while (<DATA>) {}', 'DATA'],
  ['do "/opt/x.pl"', 'namespace'],
  ['keys %main::', 'namespace'],
  ['use FindBin qw($Bin);', '"FindBin"'],
  ['use strict; use Our::Jobs;', '"Our::Jobs"'],
  ['require "x.pl"', '"x.pl"'],
  ['eval "use Foo"', '"Foo'],
]);
isArgument('Perl', askedInPerl, [
  'use v5.10; use 5.010_001; use strict; no warnings; use POSIX qw(strftime);',
  'use DBI;\nmy $d = DBI->connect; $d->do($sql)',
  'print $01, "$00 no data here", "DO NOTHING";',
  'do { $x } while (1)',
  'print "a";\n__END__\nnotes',
]);
needsFile('Ruby', askedInRuby, [
  ['puts $0', '$0'],
  ['puts $PROGRAM_NAME', '$0'],
  ['puts __dir__', '__FILE__'],
  ['require_relative "x"', '__FILE__'],
  ['DATA.each {}', 'DATA'],
  ['rescue => e\n puts e.backtrace', 'backtraces'],
  ['load "/opt/x.rb"', 'eval or load'],
  ['instance_eval "1"', 'eval or load'],
  ['puts 1 if 2..3', 'a range'],
  ['# encoding: cp1252', 'encoding line'],
  ['ObjectSpace.each_object', 'namespace'],
  ["require 'pg'", '"pg"'],
  ['require File.join("a")', '"require"'],
]);
isArgument('Ruby', askedInRuby, [
  'require \'json\'\nrequire("net/http")',
  'YAML.load(text); puts e.message; $01',
  'for i in 1..3 do puts i end',
  '# encoding: utf-8\nputs 1',
]);
needsFile('JavaScript', askedInNode, [
  ['__dirname', '__filename'],
  ['process.argv[1]', 'argv'],
  ['process.argv.slice(1)', 'argv'],
  ['process.argv.length', 'argv'],
  ['require("child_process").fork("x")', 'argv'],
  ['module.exports = 1', 'module'],
  ['import fs from "fs"', 'module'],
  ['await import("fs")', 'module'],
  ['this.x = 1', 'scope'],
  ['if (1) { return }', 'scope'],
  ['await f()', 'scope'],
  ['fs.existsSync("/")', 'scope'],
  ['var process = 1', 'scope'],
  ['function setTimeout() {}', 'scope'],
  ['console.log(new Error().stack)', 'stack'],
  ['require("crypto")', 'crypto'],
  ['require("pg")', '"pg"'],
  ['require("./x")', '"require"'],
  ['require.main', '"require"'],
]);
isArgument('JavaScript', askedInNode, [
  '#!/usr/bin/env node\nconst fs = require("node:fs"), { join } = require(\'path\');\nfs.existsSync(join("/"))',
  'const f = async () => { await null; return 1 };',
  'class A { f() { return 1 } }',
  'process.argv.slice(2); process.argv[2]',
  'console.log("all required fields")',
]);
needsFile('awk', askedInAwk, [
  ['BEGIN { print PROCINFO["argv", 0] }', 'PROCINFO'],
  ['@include "x"', 'PROCINFO'],
  ['BEGIN { print ENVIRON["OLDPWD"] }', 'PWD'],
]);
isArgument('awk', askedInAwk, ['{ print $0, FILENAME, ARGV[0] }', '/@/ { print }']);

test('a text of 130 KB takes no time, whatever it repeats', () => {
  const began = performance.now();
  for (const piece of [
    'awk ',
    'if ',
    '\n',
    'const x ',
    'os.a ',
    "'",
    '${',
    ';   ',
    '{ ',
    'do ',
    '# coding: ',
  ])
    for (const ask of [askedInShell, askedInPython, askedInPerl, askedInRuby, askedInNode, askedInAwk])
      ask(piece.repeat(130_000 / piece.length), 'sh');
  assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`);
});
