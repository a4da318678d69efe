import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planBatch } from '../../../src/transform/step/batch.ts';
import { parseShell, type Shell } from '../../../src/transform/step/shell.ts';
import { batchStep, codes } from '../../job-builders.ts';

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

function notes(code: string, name = 'sh'): readonly string[] {
  return codes(planBatch(batchStep(code), shell(name)).advisories);
}

describe('--shell: the command is the program alone, the arguments end with the text', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['sh', ['sh', '-c', 'echo hi']],
    ['bash', ['bash', '-c', 'echo hi']],
    ['zsh', ['zsh', '-c', 'echo hi']],
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
  for (const name of ['sh', 'bash', 'zsh']) {
    for (const text of ['-x', '-e; echo 1', '--version', '+x', '-']) {
      test(`${name} gets ${JSON.stringify(text)} behind a blank`, () => {
        const [, , argument = ''] = run(text, name);
        assert.match(argument, /^[ \n]/);
        assert.equal(argument.trimStart(), text);
      });
    }
  }
});

describe('a "#!" line chooses the interpreter, whatever --shell says', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['#!/bin/sh', ['/bin/sh', '-c']],
    ['#! /bin/sh', ['/bin/sh', '-c']],
    ['#!/bin/bash', ['/bin/bash', '-c']],
    ['#!/bin/bash -e', ['/bin/bash', '-e', '-c']],
    ['#!/bin/bash -eu ', ['/bin/bash', '-eu', '-c']],
    ['#!/usr/bin/zsh', ['/usr/bin/zsh', '-c']],
    ['#!/usr/local/bin/bash', ['/usr/local/bin/bash', '-c']],
    ['#!/usr/bin/env bash', ['/usr/bin/env', 'bash', '-c']],
    ['#!/usr/bin/env sh', ['/usr/bin/env', 'sh', '-c']],
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

  for (const line of [
    '#!/usr/bin/python3',
    '#!/usr/bin/env python3',
    '#!/usr/bin/perl -w',
    '#!/usr/bin/env -S bash -e',
    '#!/bin/bash -c',
    '#!/bin/bash -s',
    '#!/bin/false',
    '#!bash',
    '#!',
  ]) {
    test(`${line} cannot be carried over`, () => {
      assert.deepEqual(run(`${line}\necho 1\n`), ['error', 'interpreter-line']);
      assert.deepEqual(run(`${line}\r\necho 1\r\n`), ['error', 'interpreter-line']);
    });
  }

  for (const name of ['pwsh', 'powershell', 'cmd']) {
    test(`#!/bin/sh under ${name}, which has no such program`, () => {
      assert.deepEqual(run('#!/bin/sh\necho 1', name), ['error', 'interpreter-line']);
    });
  }

  test('only the very beginning of the text counts', () => {
    for (const text of ['\n#!/usr/bin/python3', ' #!/usr/bin/python3', 'echo "#!/usr/bin/python3"']) {
      assert.deepEqual(run(text), ['sh', '-c', text]);
    }
  });
});

describe('one argument of a Linux program takes 131,071 bytes', () => {
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
    for (const name of ['sh', 'bash', 'zsh', 'busybox sh -c']) {
      test(`${what}, ${name}`, () => {
        if (fits) assert.equal(run(text, name)[0], name.split(' ')[0]);
        else assert.deepEqual(run(text, name), ['error', 'batch-too-long']);
      });
    }
  }

  test('no blank stands in front of the text of a program that is no shell', () => {
    assert.deepEqual(run('-x', 'perl -e'), ['perl', '-e', '-x']);
  });

  test('a shell behind env or busybox is one', () => {
    assert.deepEqual(run('+x echo', 'env bash -c'), ['env', 'bash', '-c', ' +x echo']);
    assert.deepEqual(run('-x', '/bin/busybox sh -c'), ['/bin/busybox', 'sh', '-c', ' -x']);
  });

  test('a #! line does not change the limit', () => {
    const line = '#!/bin/sh\n';
    assert.equal(run(`${line}${'x'.repeat(131_071 - line.length)}`)[0], '/bin/sh');
    assert.deepEqual(run(`${line}${'x'.repeat(131_072 - line.length)}`), ['error', 'batch-too-long']);
  });

  test('the command line of Windows is far shorter', () => {
    assert.deepEqual(run('x'.repeat(8_192), 'cmd'), ['error', 'batch-too-long']);
    assert.deepEqual(run('x'.repeat(32_768), 'pwsh'), ['error', 'batch-too-long']);
    assert.deepEqual(run('x'.repeat(32_768), 'powershell'), ['error', 'batch-too-long']);
    assert.equal(run('x'.repeat(4_000), 'cmd')[0], 'cmd');
    assert.equal(run('x'.repeat(20_000), 'pwsh')[0], 'pwsh');
  });
});

describe('cmd /C takes one line, and reads quotes and percent signs otherwise than a batch file', () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ['one line', 'copy a.txt b.txt', ['cmd', '/C', 'copy a.txt b.txt']],
    ['one line with its end', 'copy a.txt b.txt\r\n', ['cmd', '/C', 'copy a.txt b.txt']],
    ['commands joined on one line', 'cd /d D:\\x && y.bat', ['cmd', '/C', 'cd /d D:\\x && y.bat']],
    ['two lines, LF', 'a\nb', ['error', 'cmd-text']],
    ['two lines, CRLF', 'a\r\nb', ['error', 'cmd-text']],
    ['a quote', 'cd /d "D:\\folder with space" && something.bat', ['error', 'cmd-text']],
    ['a percent sign', 'echo %DATE%', ['error', 'cmd-text']],
    ['the variable of a loop', 'for %%i in (1 2) do echo %%i', ['error', 'cmd-text']],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(run(text, 'cmd'), expected));
});

describe('what the text itself may notice', () => {
  const cases: readonly [string, string, string, readonly string[]][] = [
    ['$0 was the path of the script', 'cd "$(dirname $0)"', 'sh', ['script-path']],
    ['in braces too', `cd "$(dirname "\${0}")"`, 'sh', ['script-path']],
    ['with something cut off', `cd "\${0%/*}"`, 'bash', ['script-path']],
    ['BASH_SOURCE too', `cd "$(dirname "\${BASH_SOURCE[0]}")"`, 'bash', ['script-path']],
    ['behind a #! line', '#!/bin/bash\necho $0', 'sh', ['script-path']],
    ['other arguments are none of it', 'echo $1 $10 $USER 0 $?', 'sh', []],
    ['PowerShell is another language than a batch file', 'Get-Date', 'pwsh', ['shell-language']],
    ['Windows PowerShell is, too', 'Get-Date', 'powershell', ['shell-language']],
    ['a plain script', 'pg_dump -f /backup/x_$(date +%Y%m%d).sql app', 'sh', []],
  ];
  for (const [name, text, shellName, expected] of cases) {
    test(name, () => assert.deepEqual(notes(text, shellName), expected));
  }
});
