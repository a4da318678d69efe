import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from '../../src/cli/command-line.ts';

describe('a command is found behind options', () => {
  const cases: readonly (readonly [line: string, command: string, options: Record<string, unknown>])[] = [
    ['--quiet undo', 'undo', { quiet: true }],
    ['--dry-run --no-color undo --force', 'undo', { 'dry-run': true, 'no-color': true, force: true }],
    ['-s dbname=a verify --quiet', 'verify', { source: 'dbname=a', quiet: true }],
    ['--source=dbname=a undo', 'undo', { source: 'dbname=a' }],
    ['--job 1 --job 2 verify', 'verify', { job: ['1', '2'] }],
    ['-y undo', 'undo', { yes: true }],
    ['--verbose migrate', 'migrate', { verbose: true }],
    // The value of an option is no command.
    ['--job undo --quiet', 'migrate', { job: ['undo'], quiet: true }],
    ['-s undo verify', 'verify', { source: 'undo' }],
  ];
  for (const [line, command, options] of cases) {
    test(line, async () => {
      const parsed = await parse(line.split(' '), '0');
      assert.ok(parsed.kind === 'options');
      assert.equal(parsed.command, command);
      for (const [name, value] of Object.entries(options)) assert.deepEqual(parsed.options[name], value);
    });
  }

  test('schema, too', async () =>
    assert.deepEqual(await parse(['schema', 'undo'], '0'), { kind: 'schema', document: 'undo' }));

  test('only the first word is one', async () => {
    await assert.rejects(parse(['--quiet', 'verify', 'undo'], '0'), /Unknown argument: undo/);
    await assert.rejects(parse(['--quiet', 'redo', 'undo'], '0'), /Unknown argument/);
  });

  test('its own options are refused elsewhere', async () =>
    await assert.rejects(parse(['--run-overdue', 'undo'], '0'), /Unknown argument: run-overdue/));
});
