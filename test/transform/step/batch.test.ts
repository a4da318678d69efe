import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { planBatch } from '../../../src/transform/step/batch.ts';
import { parseShell, type Shell } from '../../../src/transform/step/shell.ts';
import { batchStep, codes, span } from '../../job-builders.ts';

function shell(name: string): Shell {
  const found = parseShell(name);
  assert.ok(found, name);
  return found;
}

/** The program and its arguments, or the codes of the errors. */
function run(code: string, name = 'sh'): readonly string[] {
  const fate = planBatch(batchStep(code), shell(name));
  if (fate.kind === 'runs') return [fate.program, ...fate.programArguments];
  for (const { severity, stepId } of fate.advisories) assert.deepEqual([severity, stepId], ['error', 1]);
  return ['error', ...codes(fate.advisories)];
}

describe('--shell: the command is the program alone, the arguments end with the text', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['sh', ['sh', '-c', 'echo hi']],
    ['bash', ['bash', '-c', 'echo hi']],
    ['pwsh', ['pwsh', '-NoProfile', '-NonInteractive', '-Command', 'echo hi']],
    ['powershell', ['powershell', '-NoProfile', '-NonInteractive', '-Command', 'echo hi']],
    ['cmd', ['cmd', '/C', 'echo hi']],
    ['busybox ash -c', ['busybox', 'ash', '-c', 'echo hi']],
    ['/opt/bin/fish -c', ['/opt/bin/fish', '-c', 'echo hi']],
    ['  python3   -c ', ['python3', '-c', 'echo hi']],
  ];
  for (const [name, expected] of cases) test(name, () => assert.deepEqual(run('echo hi', name), expected));

  for (const name of ['', ' ', 'ksh', 'python3', 'SH']) {
    test(`${JSON.stringify(name)} is neither a known name nor a program with a flag`, () => {
      assert.equal(parseShell(name), null);
    });
  }

  for (const name of ['toString', '__proto__', 'constructor']) {
    test(`${name} is no shell`, () => assert.equal(parseShell(name), null));
  }
});

describe('the text arrives as pgAgent wrote it to its file', () => {
  const cases: readonly [string, string, string][] = [
    [
      'a quote, a dollar, a backslash and a percent are left alone',
      `echo "it's" $HOME \\n 100%`,
      `echo "it's" $HOME \\n 100%`,
    ],
    ['several lines are one argument', 'a() {\n  echo 1\n}\na\n', 'a() {\n  echo 1\n}\na\n'],
    ['CRLF becomes LF', 'echo 1\r\necho 2\r\n', 'echo 1\necho 2\n'],
    ['a carriage return alone stays', 'printf "1\rx"', 'printf "1\rx"'],
    ['blanks around it stay', '  echo 1  ', '  echo 1  '],
    ['an empty text stays empty', '', ''],
  ];
  for (const [name, code, text] of cases) test(name, () => assert.deepEqual(run(code), ['sh', '-c', text]));
});

describe('a text that begins with a dash or a plus would be read as one more option', () => {
  for (const name of ['sh', 'bash', 'dash -c']) {
    for (const text of ['-x', '-e; echo 1', '--version', '+x', '-']) {
      test(`${name} gets ${JSON.stringify(text)} behind a blank`, () => {
        const argument = run(text, name).at(-1) ?? '';
        assert.match(argument, /^[ \n]/);
        assert.equal(argument.trimStart(), text);
      });
    }
  }
});

const PYTHON_LINE =
  'import sys; sys.path[:] = filter(None, sys.path); del sys  # as in a file: no modules from the working directory';

describe('a "#!" line chooses the interpreter, whatever --shell says', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['#!/bin/sh', ['/bin/sh', '-c']],
    ['#! /bin/sh', ['/bin/sh', '-c']],
    ['#!/bin/bash', ['/bin/bash', '-c']],
    ['#!/bin/bash -e', ['/bin/bash', '-e', '-c']],
    ['#!/bin/bash -eu ', ['/bin/bash', '-eu', '-c']],
    ['#!/usr/local/bin/bash', ['/usr/local/bin/bash', '-c']],
    ['#!/usr/bin/env bash', ['/usr/bin/env', 'bash', '-c']],
    ['#!/usr/bin/env sh', ['/usr/bin/env', 'sh', '-c']],
    ['#!/usr/bin/env -S bash -e', ['/usr/bin/env', 'bash', '-e', '-c']],
    [
      '#!/usr/bin/env -S A=1 bash -u -o pipefail',
      ['/usr/bin/env', 'A=1', 'bash', '-u', '-o', 'pipefail', '-c'],
    ],
    ['#!/bin/bash --posix', ['/bin/bash', '--posix', '-c']],
    ['#!/usr/bin/perl', ['/usr/bin/perl', '-e']],
    ['#!/usr/bin/perl -w', ['/usr/bin/perl', '-w', '-e']],
    ['#!/usr/bin/env perl', ['/usr/bin/env', 'perl', '-e']],
    ['#!/usr/bin/awk -f', ['/usr/bin/awk']],
  ];
  for (const [line, start] of cases) {
    for (const [ending, newline] of [
      ['LF', '\n'],
      ['CRLF', '\r\n'],
    ] as const) {
      test(`${line} (${ending})`, () => {
        const expected = [...start, `${line}\necho 1\n`];
        assert.deepEqual(run(`${line}${newline}echo 1${newline}`, 'sh'), expected);
        assert.deepEqual(run(`${line}${newline}echo 1${newline}`, 'zsh'), expected);
        assert.deepEqual(run(`${line}${newline}echo 1${newline}`, 'python3 -c'), expected);
      });
    }
  }

  const rewritten: readonly [string, readonly string[], string][] = [
    ['#!/usr/bin/python3', ['/usr/bin/python3', '-c'], PYTHON_LINE],
    ['#! /usr/bin/env python3', ['/usr/bin/env', 'python3', '-c'], PYTHON_LINE],
    ['#!/usr/bin/env -S python3.11 -u -B', ['/usr/bin/env', 'python3.11', '-u', '-B', '-c'], PYTHON_LINE],
    ['#!/usr/bin/ruby', ['/usr/bin/ruby', '-e'], '# encoding: UTF-8'],
    ['#!/usr/bin/env node', ['/usr/bin/env', 'node', '-e'], '///usr/bin/env node'],
    [
      '#!/usr/bin/node --no-warnings',
      ['/usr/bin/node', '--no-warnings', '-e'],
      '///usr/bin/node --no-warnings',
    ],
  ];
  for (const [line, start, first] of rewritten)
    test(`${line} makes room for what -c and -e need, and no line gets another number`, () => {
      assert.deepEqual(run(`${line}\n\nx = 1\n`), [...start, `${first}\n\nx = 1\n`]);
      assert.deepEqual(run(line), [...start, first]);
    });

  test('only the very beginning of the text counts', () => {
    for (const text of ['\n#!/usr/bin/python3', ' #!/usr/bin/python3', 'echo "#!/usr/bin/python3"']) {
      assert.deepEqual(run(text), ['sh', '-c', text]);
    }
  });
});

/** What runs as a file: the words in front of it, its name, and the text put together again. */
function file(code: string, name = 'sh'): { launcher: string; name: string; text: string; parts: number } {
  const fate = planBatch(batchStep(code, { id: 17 }), shell(name));
  assert.equal(fate.kind, 'runs');
  const [flag, runner = '', fileName = '', ...parts] = fate.kind === 'runs' ? fate.programArguments : [];
  assert.deepEqual(
    [fate.kind === 'runs' && fate.program, flag, codes(fate.advisories)],
    ['sh', '-c', ['script-file']],
  );
  const [, launcher = ''] = /^(.*)"\$_dir\/\$0\.scr"$/m.exec(runner) ?? [];
  return { launcher: launcher.trim(), name: fileName, text: parts.join(''), parts: parts.length };
}

describe('any other "#!" line is for the system to read: the text becomes a file', () => {
  for (const line of [
    '#!/usr/bin/lua',
    '#!/usr/bin/php',
    '#!/usr/bin/pypy3',
    '#!/usr/bin/sed -nf',
    '#!/usr/bin/perl -x',
    '#!/usr/bin/perl -w -T',
    '#!/usr/bin/python3 -i',
    '#!/usr/bin/env -S python3 -m trace',
    '#!/usr/bin/ruby -w',
    '#!/usr/bin/node --check',
    '#!/usr/bin/gawk --exec',
    '#!/usr/bin/awk',
    '#!/usr/bin/awk -vf',
    '#!/usr/bin/env bash -e',
    '#!/usr/bin/env -i bash',
    '#!/usr/bin/env -S -i bash',
    '#!/usr/bin/env -S A="x y" bash',
    '#!/usr/bin/env -S A=1',
    '#!/bin/bash -c',
    '#!/bin/bash -s',
    '#!/bin/bash -v',
    '#!/bin/bash -e -u',
    '#!/usr/bin/env -S bash -o',
    '#!/usr/bin/env -S bash -e pipefail',
    '#!/bin/false',
    '#!bash',
    '#!',
    `#!${'/'.repeat(120)}bin/sh`,
  ]) {
    test(line, () => {
      const text = `${line}\necho 1\n`;
      for (const name of ['sh', 'bash', 'python3 -c']) {
        assert.deepEqual(file(text, name), { launcher: '', name: 'step_17', text, parts: 1 });
      }
      assert.equal(file(`${line}\r\necho 1\r\n`).text, text);
    });
  }

  test('a line of 127 characters that names a shell needs none', () => {
    assert.equal(run(`#!${'/'.repeat(119)}bin/sh`)[0], `${'/'.repeat(119)}bin/sh`);
  });
});

describe('a text that looks at its own file becomes one, whatever runs it', () => {
  const cases: readonly [string, string, string, string][] = [
    ['$0', 'cd "$(dirname $0)"', 'sh', 'sh'],
    ['in braces', `cd "$(dirname "\${0}")"`, 'sh', 'sh'],
    ['with something cut off', `cd "\${0%/*}"`, 'bash', 'bash'],
    ['BASH_SOURCE', `cd "$(dirname "\${BASH_SOURCE[0]}")"`, 'bash', 'bash'],
    ['the name of the outermost function', `log() { echo "\${FUNCNAME[1]}"; }; log`, 'bash', 'bash'],
    ['the arguments from the name on', `echo "\${@:0:1}"`, 'bash', 'bash'],
    ['the same with a star and a blank', `echo "\${*: 0}"`, 'bash', 'bash'],
    ['behind a #! line that names a shell', '#!/bin/bash\necho $0', 'zsh', ''],
    ['by a shell of several words', 'echo $0', 'busybox sh -ec', 'busybox sh -e'],
    ['with flags in front', 'echo $0', 'bash -o pipefail -c', 'bash -o pipefail'],
    ['in awk, outside its program', `awk '{ print $0 }' "$0"`, 'sh', 'sh'],
    ['in quotes of another program', `sh -c 'echo $0'`, 'sh', 'sh'],
    ['options', 'case $- in *e*) ;; esac', 'bash', 'bash'],
    ['numbers of lines, which not every sh counts alike', 'echo $LINENO', 'sh', 'sh'],
    ['a backslash at the very end', 'echo a \\', 'sh', 'sh'],
    ['words that a shell would read', 'echo $0', '/opt/my$shells/bash -c', "'/opt/my$shells/bash'"],
  ];
  for (const [what, text, name, launcher] of cases) {
    test(what, () => assert.deepEqual(file(text, name), { launcher, name: 'step_17', text, parts: 1 }));
  }

  test('zsh always gets a file: zsh -c reads the whole text before it runs any of it', () => {
    const text = 'echo 1; exit 0\nnotes (of mine';
    for (const name of ['zsh', '/usr/bin/zsh -c', 'env zsh -ec']) assert.equal(file(text, name).text, text);
    for (const line of ['#!/bin/zsh', '#!/usr/bin/env zsh', '#!/usr/bin/zsh -e'])
      assert.deepEqual(file(`${line}\n${text}`), {
        launcher: '',
        name: 'step_17',
        text: `${line}\n${text}`,
        parts: 1,
      });
    assert.deepEqual(run('zsh x.zsh'), ['sh', '-c', 'zsh x.zsh']);
  });

  for (const text of [
    `echo "\${@:10}"`,
    'alias say=echo\nsay 1',
    'echo $1 $10 $USER 0 $?',
    `awk '{ print $0 }' x | gawk -F: '$0 ~ /x/' | mawk -f y`,
    'echo "$00"',
    'SOURCE=1',
    'pg_dump --alias x',
    'say $ZSH',
    'echo a \\\n',
  ]) {
    test(`not for ${text}`, () => assert.deepEqual(run(text), ['sh', '-c', text]));
  }
});

describe('one argument of a Linux program takes 131,071 bytes; a longer text becomes a file', () => {
  const EURO = '\u20ac'; // three bytes of UTF-8
  const cases: readonly [string, string, boolean][] = [
    ['131,071 bytes of ASCII', 'x'.repeat(131_071), true],
    ['131,072 bytes of ASCII', 'x'.repeat(131_072), false],
    ['43,690 euro signs, 131,070 bytes', EURO.repeat(43_690), true],
    ['and one letter more', `${EURO.repeat(43_690)}x`, true],
    ['and two letters more', `${EURO.repeat(43_690)}xx`, false],
    ['32,767 emoji and three letters, 131,071 bytes', `${'\u{1f600}'.repeat(32_767)}xyz`, true],
    ['32,768 emoji', '\u{1f600}'.repeat(32_768), false],
    ['131,072 bytes of which one is a carriage return that goes', `${'x'.repeat(131_070)}\r\n`, true],
    ['a dash and 131,069 more, one byte less than all with its blank', `-${'x'.repeat(131_069)}`, true],
    ['a dash and 131,070 more: the blank in front is one too many', `-${'x'.repeat(131_070)}`, false],
  ];
  for (const [what, text, fits] of cases) {
    for (const name of ['sh', 'bash', 'busybox sh -c']) {
      test(`${what}, ${name}`, () => {
        if (fits) assert.deepEqual(run(text, name).slice(-2, -1), ['-c']);
        else assert.equal(file(text, name).text, text);
      });
    }
  }

  test('it is cut between characters, never inside one', () => {
    for (const character of ['é', EURO, '\u{1f600}']) {
      for (const shift of ['', 'x', 'xx', 'xxx']) {
        const text = `${shift}${character.repeat(100_000)}`;
        const fate = planBatch(batchStep(text), shell('sh'));
        assert.equal(fate.kind, 'runs');
        const parts = fate.kind === 'runs' ? fate.programArguments.slice(3) : [];
        assert.equal(parts.join(''), text);
        for (const part of parts) {
          assert.ok(Buffer.byteLength(part) <= 131_071);
          assert.equal(Buffer.from(part).toString(), part);
        }
      }
    }
  });

  test('all arguments take 2 MiB, of which 128 KiB are left to the environment', () => {
    assert.equal(file('x'.repeat(1_966_080)).parts, 16);
    assert.equal(file(`#!/usr/bin/perl\n${'x'.repeat(1_966_080 - 16)}`).parts, 16);
    for (const text of [
      'x'.repeat(1_966_081),
      `#!/usr/bin/perl\n${'x'.repeat(1_966_065)}`,
      EURO.repeat(655_361),
    ]) {
      assert.deepEqual(run(text), ['error', 'batch-too-long']);
    }
  });

  test('a program that is no shell gets no file', () => {
    assert.equal(run('x'.repeat(131_071), 'perl -e')[0], 'perl');
    assert.deepEqual(run('x'.repeat(131_072), 'perl -e'), ['error', 'batch-too-long']);
    assert.deepEqual(run('print($0)', 'perl -e'), ['perl', '-e', 'print($0)']);
  });

  test('no blank stands in front of the text of a program that is no shell', () => {
    assert.deepEqual(run('-x', 'perl -e'), ['perl', '-e', '-x']);
  });

  test('a shell behind env or busybox is one', () => {
    assert.deepEqual(run('+x echo', 'env bash -c'), ['env', 'bash', '-c', ' +x echo']);
    assert.deepEqual(run('-x', '/bin/busybox sh -c'), ['/bin/busybox', 'sh', '-c', ' -x']);
  });
});

describe('what is said', () => {
  const about = (text: string) => planBatch(batchStep(text, { id: 4 }), shell('sh')).advisories;

  test('nothing of a plain script', () => {
    assert.deepEqual(about('pg_dump -f /backup/x_$(date +%Y%m%d).sql app'), []);
  });

  test('a file is an info of that step, with its reason', () => {
    const cases: readonly [string, RegExp][] = [
      ['#!/usr/bin/lua\nprint()', /"#!\/usr\/bin\/lua"/],
      ['#!/usr/bin/perl\nprint <DATA>', /it uses DATA, which needs a file/],
      ['#!/usr/bin/env python3\nimport os, argparse', /"argparse", which may look at the script's file/],
      ['echo $0', /it uses \$0, which needs a file/],
      ['x'.repeat(200_000), /too long for one argument/],
    ];
    for (const [text, words] of cases) {
      const [advisory] = about(text);
      assert.deepEqual([advisory?.code, advisory?.severity, advisory?.stepId], ['script-file', 'info', 4]);
      assert.match(advisory?.message ?? '', words);
    }
  });

  test('a long first line is cut, and a password in it hidden', () => {
    const [advisory] = about(`#!/usr/bin/env -S PGPASSWORD=hunter2 ${'x'.repeat(900)}`);
    assert.ok((advisory?.message.length ?? 999) < 400);
    assert.ok(!advisory?.message.includes('hunter2'));
  });
});

test('the page shows the runner', () => {
  const fate = planBatch(batchStep('#!/usr/bin/lua'), shell('sh'));
  const runner = fate.kind === 'runs' ? fate.programArguments[1] : undefined;
  const page = readFileSync(new URL('../../../docs/advisories/script-file.md', import.meta.url), 'utf8');
  assert.ok(runner !== undefined && page.includes(`\n${runner}\n`));
});

test('the text is told where it is no argument of its own', () => {
  const of = (text: string) => {
    const fate = planBatch(batchStep(text), shell('sh'));
    return fate.kind === 'runs' ? fate.script : undefined;
  };
  assert.equal(of('echo 1'), null);
  assert.equal(of('#!/usr/bin/perl\r\nprint'), null);
  assert.equal(of('#!/usr/bin/lua\r\nprint()'), '#!/usr/bin/lua\nprint()');
});

describe('a control character in the first line of a file without an interpreter', () => {
  const isRefused = (code: string): boolean =>
    planBatch(batchStep(code), shell('sh')).advisories.some((advisory) => advisory.code === 'never-ran');
  // Measured on dash 0.5.12, each character in turn: exit code 126 for these.
  const REFUSED = [...span(1, 8), ...span(16, 26), ...span(28, 31), 127];
  for (const code of span(1, 159)) {
    const what = REFUSED.includes(code) ? 'keeps dash from running it' : 'does not matter';
    test(`${code} ${what}`, () =>
      assert.equal(isRefused(`echo ${String.fromCharCode(code)}x\necho ok`), REFUSED.includes(code)));
  }
  test('in a later line, or behind `#!`, it does not matter', () => {
    assert.equal(isRefused('echo a\necho \u0001'), false);
    assert.equal(isRefused('#!/bin/sh\necho \u0001'), false);
  });
});
