import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseShell } from '../../../src/transform/step/shell.ts';
import { foreignText } from '../../../src/transform/step/text-family.ts';

/** The family of a text that a shell does not understand, or null. */
function family(text: string, shell = 'sh', isOnWindows = false): string | null {
  const language = parseShell(shell)?.language ?? assert.fail(shell);
  return foreignText(text, language, isOnWindows)?.family ?? null;
}

describe('a batch file under a POSIX shell: one strong sign is enough', () => {
  const texts = [
    'cd /d "D:\\Exports" && call export.bat',
    'cd /D E:\\jobs',
    'CD /d d:\\x & dir',
    '@echo off\ndir',
    '@ECHO OFF\r\ndir',
    'echo off\ndir',
    'pg_dump app\nif errorlevel 1 exit 1',
    'if not exist out md out',
    'IF DEFINED BACKUP echo x',
    'if %ERRORLEVEL% NEQ 0 exit 1',
    'if "%1"=="" exit 1',
    'call nightly.bat',
    'dir && call "C:\\my jobs\\nightly.cmd" all',
    'call :purge',
    'pg_dump -h db ^\n  -U postgres app',
    'goto :eof',
    'a || goto failed',
    ':failed\nexit 1',
    ':: nightly export\ndir',
    'setlocal enabledelayedexpansion\ndir',
    'set PGPASSFILE=pgpass.conf\npg_dump app',
    'set "OUT=x" && dir',
    'for %%i in (*.sql) do psql -f %%i',
    'for /f "tokens=1" %%a in (list.txt) do echo %%a',
    'forfiles /p backup /m *.sql /d -14 /c "cmd /c del @path"',
    'exit /b 3',
    'echo.\ndir',
    'copy /y a b',
    'del /q old.sql',
    'rd /s /q old',
    'robocopy a b /MIR',
    'schtasks /run /tn x',
    'taskkill /im x',
    'echo x > log_%date:~0,4%.txt',
    'cd %~dp0',
    'pg_dump app >nul 2>&1',
    '"C:\\Program Files\\PostgreSQL\\15\\bin\\pg_dump.exe" -f D:\\x.sql app',
    'C:\\pg\\bin\\vacuumdb -a',
    'nightly.bat',
    'D:\ncd \\exports\nexport.exe',
    'cscript //nologo x.vbs',
    'cmd.exe /c dir',
    'start "" notepad',
    'type nul > x',
    'net use z: x',
    'dir & other.cmd x',
  ];
  for (const text of texts) {
    test(JSON.stringify(text), () => {
      for (const shell of ['sh', 'bash', 'zsh', 'busybox sh -c'])
        assert.equal(family(text, shell), 'windows');
    });
  }

  test('with line ends of Windows too', () => {
    for (const text of texts)
      assert.equal(family(text.replaceAll('\n', '\r\n').replaceAll('\r\r', '\r')), 'windows');
  });
});

describe('of weak signs it takes two kinds', () => {
  const cases: readonly [string, boolean, string | null][] = [
    ['pg_dump -f %BACKUPDIR%/x.sql app', false, null],
    ['pg_dump -f %BACKUPDIR%/x.sql app', true, 'windows'],
    ['psql -f D:\\jobs\\load.sql', false, null],
    ['psql -f D:\\jobs\\load.sql', true, 'windows'],
    ['pg_dump -f D:\\backup\\%COMPUTERNAME%.sql app', false, 'windows'],
    ['rem nightly\npg_dump app', false, null],
    ['rem nightly\npsql -f D:\\x.sql', false, 'windows'],
    ['psql -v f=run.bat', false, null],
    ['pg_dump app', true, null],
    ['vacuumdb -a', true, null],
  ];
  for (const [text, isOnWindows, expected] of cases) {
    test(`${JSON.stringify(text)}${isOnWindows ? ' on a server on Windows' : ''}`, () =>
      assert.equal(family(text, 'sh', isOnWindows), expected));
  }
});

describe('harmless under a POSIX shell', () => {
  for (const text of [
    `psql -d app -c "DELETE FROM log WHERE name LIKE '%ABC%' AND path LIKE 'C:\\\\%'"`,
    `psql -c "COPY t TO 'D:/exports/%ALL%.csv'"`,
    `psql <<EOF\nUPDATE t SET a = '%TEMP%' WHERE p = 'C:\\x\\y.bat';\nEOF\n`,
    `psql <<-'END_SQL'\n\tSELECT 'D:\\x', '%ABC%';\n\tEND_SQL\necho done`,
    'scp x.bat host:',
    'scp /srv/jobs/run.bat admin@win1:C:/jobs/',
    `ssh win1 'cd /d D:\\jobs && call run.bat %TEMP%'`,
    'ssh win1 "D:\\jobs\\run.bat"',
    'pg_dump -f /backup/app_$(date +%Y%m%d_%H%M%S).sql app',
    'pg_dump app | gzip > "/backup/$(date "+%Y_%m_%d").gz"',
    `printf '%s_%s\\n' a b > D:/x`,
    `echo "copy %TEMP% to D:\\ and call run.bat"`,
    `# call run.bat, then cd /d D:\\x\npg_dump app`,
    'cd /data && ls',
    'cd /d1 && ls',
    'cd /d/files && ls',
    `sed -e 's/%NAME%/x/' D:/t > out`,
    `find /srv -name '*.bat' -o -name '*.exe' -delete`,
    'curl -s http://h/%D0%B0%D1%8F -o C:/x',
    'curl https://example.org/a',
    'for f in *.bat; do gzip "$f"; done',
    'if [ -f /srv/go.bat ]; then rm /srv/go.bat; fi',
    'remind me',
    ': nothing',
    `grep -v '^' list\nls`,
    `grep 'x^'\nls`,
    `tr 'a' '^'\nls`,
    'copy_all() {\n  cp a b\n}\ncopy_all',
    `name=\${file%.csv}_\${other%.txt}\necho "\${x%%.*}"`,
    'timeout 60 psql -c "SELECT 1"',
    'start=$(date +%s)\nls',
    'ls > /dev/null 2>&1',
    'call_me\nset -e\nset -- a b',
    '',
  ]) {
    test(JSON.stringify(text), () => {
      assert.equal(family(text), null);
      assert.equal(family(text, 'bash'), null);
    });
  }
});

const SCRIPTS = [
  'if [ -f x ]; then\n  rm x\nfi',
  'for f in a b; do echo $f; done',
  'for f in a b\ndo echo $f\ndone',
  'export PGPASSFILE=/home/me/.pgpass\npg_dump app',
  'PGDATABASE=app pg_dump > x.sql',
  'DAY=$(date +%u)\npg_dump app > app_$DAY.sql',
  'psql app <<EOF\nSELECT 1;\nEOF',
  'set -e\npg_dump app',
  `trap 'rm x' EXIT\npg_dump app`,
  'case $1 in\na) ls ;;\nesac',
  'pg_dump -h db \\\n  -U postgres app',
  `echo \${X:-none}`,
];

describe('a POSIX script under a shell of Windows', () => {
  for (const shell of ['cmd', 'pwsh', 'powershell']) {
    for (const text of SCRIPTS)
      test(`${shell}: ${JSON.stringify(text)}`, () => assert.equal(family(text, shell, true), 'posix'));
  }
  for (const text of [
    'pg_dump app > /dev/null',
    'purge() {\n  ls\n}\npurge',
    'rm -f /var/backup/old.sql',
    'pg_dump app | gzip > /home/me/app_$USER.gz',
    `psql -f load.sql -v 'x=1' && cp a /mnt/b`,
    '. /etc/profile\npg_dump app',
    '# nightly\nsleep 5',
  ])
    test(`cmd: ${JSON.stringify(text)}`, () => assert.equal(family(text, 'cmd', true), 'posix'));

  test('one weak sign is enough where the server is not on Windows', () => {
    assert.equal(family('sh x', 'cmd', false), 'posix');
    assert.equal(family('sh x', 'cmd', true), null);
  });
});

describe('harmless under a shell of Windows', () => {
  for (const text of [
    '@echo off\ncd /d D:\\x\ncall run.bat\nif errorlevel 1 exit /b 1',
    'rem if [ -f x ]; then\npg_dump app',
    'set DAY=1\nfor %%i in (a b) do echo %%i',
    'psql -c "SELECT $1, $tag$x$tag$ FROM t WHERE a = \'b\'"',
    'pg_dump -f D:\\backup\\app.sql app',
    'echo %PATH% > nul',
  ])
    test(`cmd: ${JSON.stringify(text)}`, () => assert.equal(family(text, 'cmd', true), null));

  for (const text of [
    'Get-Date',
    '$a = Get-Date -Format yyyy\nif ($a) { Write-Host "x" }',
    '# nightly\n& "C:\\Program Files\\a.exe" -f D:\\x\\y.sql',
    'D:\\jobs\\run.bat D:\\x',
    'foreach ($f in ls) { rm $f }\ndo { 1 } while ($x)',
    'do\n{ 1 }\nwhile ($x)',
    'trap { exit 1 }\nfunction Purge() {\n  ls\n}',
    '. .\\common.ps1\n$x = $(Get-Date)\ncp a b',
    'robocopy a b /MIR',
    'ls /var/log | sort > /dev/null',
    '[int]$x = 5',
    'pg_dump app | Out-Null; exit $LASTEXITCODE',
  ])
    test(`pwsh: ${JSON.stringify(text)}`, () => {
      assert.equal(family(text, 'pwsh', true), null);
      assert.equal(family(text, 'powershell', false), null);
    });
});

describe('a batch file under PowerShell', () => {
  for (const text of [
    'cd /d "D:\\Exports" && call export.bat',
    '@echo off\ndir',
    'if errorlevel 1 exit 1',
    'call x.bat',
    'pg_dump -h db ^\n app',
    'copy /y a b',
    'set X=1\ndir',
    'pg_dump -f D:\\b\\%COMPUTERNAME%.sql app',
    'dir >nul',
    'rem x\npsql -f D:\\x.sql',
  ])
    test(JSON.stringify(text), () => assert.equal(family(text, 'pwsh'), 'windows'));

  test('%VAR% alone is one weak sign, and a server on Windows another', () => {
    assert.equal(family('echo %BACKUP%', 'pwsh', false), null);
    assert.equal(family('echo %BACKUP%', 'pwsh', true), 'windows');
  });
});

test('of a program that is no shell nothing is known', () => {
  assert.equal(family('@echo off', 'python3 -c'), null);
});

test('a text of two megabytes does not take long', () => {
  const parts = [
    'copy ;',
    'call "',
    '<<A\n',
    ";a.b'",
    '"',
    'for x',
    '%A',
    'x\\y',
    '(',
    'echo ',
    "'",
    '#',
    '^',
  ];
  for (const part of parts) {
    const began = performance.now();
    family(part.repeat(2_000_000 / part.length));
    assert.ok(performance.now() - began < 1_000, part);
  }
});
