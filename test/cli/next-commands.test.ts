import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPassword, nextCommand } from '../../src/cli/next-commands.ts';

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

test('a check or an undo takes the two ends along, and nothing else', () => {
  assert.equal(
    nextCommand(['--config', 'a.json', '-n', '--paused'], 'undo', 'ends'),
    'npx pga2timetable undo --config a.json',
  );
  const argv = ['-s', 'dbname=a host=x', '--target=postgres://me@y/b', '--job', 'x', '--dry-run'];
  assert.equal(
    nextCommand(argv, 'verify', 'ends'),
    "npx pga2timetable verify --source 'dbname=a host=x' --target 'postgres://me@y/b'".replace(
      "'postgres://me@y/b'",
      'postgres://me@y/b',
    ),
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
    assert.equal(hasPassword(['--source', given]), true, given);
  }
  assert.equal(hasPassword(['--source', 'host=db1 user=me', '--dry-run']), false);
});
