import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BatchFate, planBatch } from '../../../src/transform/step/batch.ts';
import { commandLine } from '../../../src/transform/step/command-line.ts';
import { parseShell } from '../../../src/transform/step/shell.ts';
import { batchStep, codes } from '../../job-builders.ts';

function plan(text: string, name: string): BatchFate {
  const shell = parseShell(name);
  assert.ok(shell, name);
  return planBatch(batchStep(text, { id: 17 }), shell);
}

/** The program and its arguments, or the codes of the errors. */
function run(text: string, name: string): readonly string[] {
  const fate = plan(text, name);
  return fate.kind === 'runs'
    ? [fate.program, ...fate.programArguments]
    : ['error', ...codes(fate.advisories)];
}

/**
 * A command line taken apart by the rule of CommandLineToArgvW (Microsoft, "Parsing C++ command-line arguments"): 2n backslashes and
 * a double quote are n backslashes and the start or end of a quoted part; 2n + 1 are n and a double quote; others are themselves.
 */
function takenApart(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (let i = 0; i < line.length; ) {
    const backslashes = /^\\*/.exec(line.slice(i))?.[0].length ?? 0;
    i += backslashes;
    const next = line[i];
    if (next === '"') {
      word = `${word ?? ''}${'\\'.repeat(Math.floor(backslashes / 2))}${backslashes % 2 === 1 ? '"' : ''}`;
      if (backslashes % 2 === 0) isQuoted = !isQuoted;
    } else {
      if (backslashes > 0) word = `${word ?? ''}${'\\'.repeat(backslashes)}`;
      if (next === undefined) break;
      if ((next === ' ' || next === '\t') && !isQuoted) {
        if (word !== null) words.push(word);
        word = null;
      } else word = `${word ?? ''}${next}`;
    }
    i += 1;
  }
  return word === null ? words : [...words, word];
}

describe('the command line that Go makes, by the rule in its source', () => {
  const cases: readonly [string, readonly string[], string][] = [
    ['a word without blanks is itself', ['cmd', '/C', 'dir'], 'cmd /C dir'],
    ['nothing is a pair of double quotes', ['a', ''], 'a ""'],
    ['a blank or a tab wants double quotes', ['a b', 'c\td'], '"a b" "c\td"'],
    ['a line break does not', ['a\r\nb'], 'a\r\nb'],
    ['a double quote gets a backslash', ['a"b'], String.raw`a\"b`],
    ['backslashes in front of it are doubled', [String.raw`a\\"b c`], String.raw`"a\\\\\"b c"`],
    ['others are not', [String.raw`\\srv\a b`], String.raw`"\\srv\a b"`],
    ['at the end they are, in double quotes', [String.raw`C:\a b\ `.trim()], String.raw`"C:\a b\\"`],
    ['at the end they are not without', ['C:\\a\\'], 'C:\\a\\'],
  ];
  for (const [what, words, line] of cases) {
    test(what, () => {
      assert.equal(commandLine(words), line);
      assert.deepEqual(takenApart(line), words);
    });
  }
});

/** What PowerShell reads between single quotes (about_Quoting_Rules): two of them, straight or typographic, stand for one. */
function firstLiteral(script: string): string {
  const [, inner = ''] =
    /^\$text = '((?:[^'\u2018-\u201b]|''|\u2018\u2018|\u2019\u2019|\u201a\u201a|\u201b\u201b)*)'\n/.exec(
      script,
    ) ?? [];
  return inner.replace(/(['\u2018-\u201b])\1/g, '$1');
}

describe('--shell cmd: a batch file is written by PowerShell and run by cmd', () => {
  const texts: readonly [string, string][] = [
    ['several lines', '@echo off\r\ncopy a b\r\nif errorlevel 1 exit /b 3\r\n'],
    ['double quotes', 'cd /d "D:\\folder with space" && something.bat'],
    ['percent signs', 'echo %DATE:~0,4% 100%%'],
    ['the variable of a loop', 'for %%i in (1 2) do echo %%i'],
    ['a label', ':again'],
    ['goto', 'goto :eof'],
    ['a caret', 'echo a^b'],
    ['brackets', '(dir)'],
    ['an operator alone', 'a & b'],
    ['a pipe', 'a | b'],
    ['an exclamation mark', 'echo !x!'],
    ['a percent sign alone', 'echo 100%'],
    ['a condition', 'if exist a del a'],
    ['another batch file called', 'call x.bat'],
    ['setlocal', 'setlocal enabledelayedexpansion'],
    ['carets and brackets', 'echo a ^\n b (c)'],
    ['operators', 'a & b | c || d'],
    ['a backslash at the end', 'cd /d D:\\a b\\'],
    ['letters outside ASCII', 'copy é.txt ü.txt'],
    ['single quotes of all kinds', "echo it's '' \u2018q\u2019 \u201a\u201b \u2018\u2018"],
    ['what PowerShell would read', 'echo $env:PATH `n $(bad) @" {0} #'],
    ['double quotes behind backslashes', 'x "\\\\srv\\share\\" \\"'],
    ['an end that looks like its own', "'\nexit $status"],
    ['nothing', ''],
    ['a blank', ' '],
    ['an emoji', 'echo \u{1f600}'],
  ];
  for (const [what, text] of texts) {
    test(what, () => {
      const fate = plan(text, 'cmd');
      assert.ok(fate.kind === 'runs');
      assert.deepEqual(codes(fate.advisories), ['batch-file']);
      assert.deepEqual(
        [fate.advisories[0]?.severity, fate.advisories[0]?.stepId, fate.programArguments.length],
        ['info', 17, 4],
      );
      const words = takenApart(commandLine([fate.program, ...fate.programArguments]));
      assert.deepEqual(words.slice(0, 4), ['powershell', '-NoProfile', '-NonInteractive', '-Command']);
      assert.equal(words.length, 5);
      const lines = text.replaceAll('\r\n', '\n');
      assert.equal(firstLiteral(words[4] ?? ''), lines.replaceAll('\n', '\r\n'));
      assert.equal(fate.script, lines);
    });
  }

  test('what stands behind the text is the same for every text of a step', () => {
    const behind = texts.map(([, text]) => {
      const script = run(text, 'cmd')[4] ?? '';
      return script.slice(script.indexOf("\n$ErrorActionPreference = 'Stop'\n"));
    });
    assert.equal(new Set(behind).size, 1);
    assert.match(behind[0] ?? '', /step_17\.bat/);
  });

  test("cmd's own program and flags are used", () => {
    assert.match(
      run('a\nb', 'cmd')[4] ?? '',
      /ProcessStartInfo \$env:ComSpec, \('\/S \/C ""' \+ \$file \+ '""'\)/,
    );
    assert.match(
      run('a\nb', 'C:\\tools\\cmd.exe /D /C')[4] ?? '',
      /ProcessStartInfo 'C:\\tools\\cmd\.exe', \('\/S \/D \/C ""'/,
    );
  });
});

describe('--shell cmd: one plain command is left to be read', () => {
  const cases: readonly [string, string, string][] = [
    ['a command with blanks', 'copy a.txt b.txt', 'copy a.txt b.txt'],
    ['one word', 'backup.bat', 'backup.bat'],
    ['with its end', 'copy a.txt b.txt\r\n\r\n', 'copy a.txt b.txt'],
    ['blanks at its end stay', 'echo a ', 'echo a '],
    [
      'its output in a file',
      'pg_dump -f D:\\x\\a.sql app > D:\\x\\log.txt',
      'pg_dump -f D:\\x\\a.sql app > D:\\x\\log.txt',
    ],
  ];
  for (const [what, text, argument] of cases) {
    test(what, () => {
      assert.deepEqual(run(text, 'cmd'), ['cmd', '/C', argument]);
      assert.deepEqual(plan(text, 'cmd').advisories, []);
      // cmd takes the outer double quotes off, and finds what was there.
      assert.equal(commandLine([argument]).replace(/^"(.*)"$/, '$1'), argument);
    });
  }
});

describe('PowerShell gets its text as it is', () => {
  const texts = [
    'Get-Date',
    '$a = "x y\\"\n& "C:\\Program Files\\a.exe" \'it\'\'s\' `\n  -b "$a\\\\"\n',
    'Write-Host "é \u{1f600} %PATH% \\" ; exit 3',
  ];
  for (const name of ['pwsh', 'powershell']) {
    for (const text of texts) {
      test(`${name}: ${JSON.stringify(text)}`, () => {
        const words = run(text, name);
        assert.deepEqual(words, [name, '-NoProfile', '-NonInteractive', '-Command', text]);
        assert.deepEqual(takenApart(commandLine(words)), words);
      });
    }

    test(`${name}: a batch file is another language, and --shell cmd recommended`, () => {
      const [advisory] = plan('Get-Date', name).advisories;
      assert.deepEqual([advisory?.code, advisory?.severity], ['shell-language', 'warning']);
      assert.match(advisory?.message ?? '', /--shell cmd/);
    });
  }
});

describe('the command line of Windows holds 32,766 characters', () => {
  test('PowerShell: its program, flags and double quotes count', () => {
    // pwsh -NoProfile -NonInteractive -Command "..."
    const around = 'pwsh -NoProfile -NonInteractive -Command ""'.length;
    const text = `a ${'x'.repeat(32_766 - around - 2)}`;
    assert.equal(run(text, 'pwsh')[0], 'pwsh');
    assert.deepEqual(run(`${text}x`, 'pwsh'), ['error', 'batch-too-long']);
    assert.deepEqual(run(`${text.slice(0, -1)}"`, 'pwsh'), ['error', 'batch-too-long']);
  });

  test('cmd: 31,000 characters of a batch file go, 33,000 do not; each quote counts twice', () => {
    const rem = (length: number, end: string) => `rem ${'x'.repeat(length)}\n${end}`;
    assert.equal(run(rem(31_000, 'a'), 'cmd')[0], 'powershell');
    assert.deepEqual(run(rem(33_000, 'a'), 'cmd'), ['error', 'batch-too-long']);
    assert.deepEqual(run(`rem\n${"'".repeat(16_500)}`, 'cmd'), ['error', 'batch-too-long']);
    assert.deepEqual(run(`rem\n${'"'.repeat(16_500)}`, 'cmd'), ['error', 'batch-too-long']);
  });

  test('a plain command longer than a line of cmd becomes a batch file', () => {
    assert.equal(run(`echo ${'x'.repeat(7_900)}`, 'cmd')[0], 'cmd');
    assert.equal(run(`echo ${'x'.repeat(8_200)}`, 'cmd')[0], 'powershell');
  });
});

describe('a "#!" line means nothing to Windows', () => {
  for (const name of ['pwsh', 'powershell', 'cmd']) {
    test(`${name}: an error that shows the line and the way out`, () => {
      for (const line of ['#!/bin/sh', '#!/usr/bin/python3']) {
        const fate = plan(`${line}\necho 1`, name);
        const [advisory] = fate.advisories;
        assert.deepEqual(
          [fate.kind, advisory?.code, advisory?.severity, advisory?.stepId],
          ['not-carried', 'interpreter-line', 'error', 17],
        );
        assert.ok(advisory?.message.includes(line));
        assert.match(advisory?.message ?? '', /--shell sh/);
      }
    });
  }
});
