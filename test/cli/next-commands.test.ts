import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextCommand, passwordWays } from '../../src/cli/next-commands.ts';

const after = (...argv: string[]): string => nextCommand(argv, '', 'all');

test('the next command is this one without what only shows it', () => {
  assert.equal(after('--dry-run', '-y'), 'npx pga2timetable');
  assert.equal(
    after(
      '--dry-run',
      '--format=json',
      '--output',
      'p.json',
      '--disable-source',
      '--client-name',
      '=main',
      '--wait=2h',
    ),
    'npx pga2timetable --disable-source --client-name =main --wait 2h',
  );
  assert.equal(after('migrate', '--dry-run', '--job', "it's", '-v'), `npx pga2timetable --job 'it'\\''s'`);
});

test('a check or an undo takes the two ends along and which jobs, and nothing else', () => {
  assert.equal(
    nextCommand(['--config', 'a.json', '-n', '--paused'], 'undo', 'ends'),
    'npx pga2timetable undo --config a.json',
  );
  const argv = ['-s', 'dbname=a host=x', '--target=postgres://me@y/b', '--job', 'x', '--dry-run'];
  assert.equal(
    nextCommand(argv, 'verify', 'ends'),
    "npx pga2timetable verify --source 'dbname=a host=x' --target postgres://me@y/b --job x",
  );
});

test('no password is in it, in whatever form it was given', () => {
  for (const given of [
    'postgres://me:s3cr3t@db1/app',
    'postgresql://me@db1/app?password=s3cr3t',
    'postgresql://me@db1/app?sslmode=disable&password=s3cr3t&connect_timeout=3',
    'host=db1 password=s3cr3t user=me',
    "host=db1 password = 's3 cr3t' user=me",
    "password='s3cr3t'",
  ]) {
    const command = after('--source', given, '--dry-run');
    assert.doesNotMatch(command, /cr3t/, given);
    assert.match(command, /db1|--source/);
    assert.deepEqual(passwordWays(['--source', given]), ['set PGPASSWORD, or use a password file'], given);
  }
  assert.deepEqual(passwordWays(['--source', 'host=db1 user=me', '--dry-run']), []);
});

test('the password of steps has a place in the command, since no other place gives it', () => {
  for (const [given, shown] of [
    ['host=db1 user=bob password=s3cr3t', "'host=db1 user=bob password=*****'"],
    ["password = 's3 cr3t' host=db1", "'password=***** host=db1'"],
    ['postgres://bob:s3cr3t@db1', "'postgres://bob:*****@db1'"],
    ['postgres://bob@db1?password=s3cr3t', "'postgres://bob@db1?password=*****'"],
  ] as const) {
    const argv = ['--dry-run', '--step-conninfo', given];
    assert.equal(after(...argv), `npx pga2timetable --step-conninfo ${shown}`);
    assert.deepEqual(passwordWays(argv), ['put that of the steps in place of *****']);
  }
});

test('a job whose name a command line cannot keep is named by a pattern', () => {
  assert.equal(after('--job', 'new\nline', '-n'), "npx pga2timetable --job 'new?line'");
});

test('with a saved plan go the options that its file does not say', () => {
  const argv = [
    '-s',
    'dbname=a',
    '-n',
    '--paused',
    '--job',
    'x',
    '--disable-source',
    '--wait',
    '2h',
    '-f',
    'json',
  ];
  assert.equal(
    nextCommand([...argv, '--step-conninfo', 'host=a password=b', '--client-name', '=m'], '', 'plan'),
    "npx pga2timetable --source dbname=a --wait 2h --step-conninfo 'host=a password=*****'",
  );
});
