import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from '../../src/cli/command-line.ts';
import { ALL_OPTIONS, OPTIONS_OF } from '../../src/cli/options.ts';
import { Failure } from '../../src/model/failure.ts';

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

describe('a word that is no option leads to what it means', () => {
  const cases: readonly (readonly [line: string, message: string, remedy: string])[] = [
    ['--json', 'Unknown argument: json.', 'Did you mean --format json?'],
    ['undo --json', 'Unknown argument: json.', 'Did you mean --format json?'],
    ['--html', 'Unknown argument: html.', 'Did you mean --format html?'],
    ['--markdown', 'Unknown argument: markdown.', 'Did you mean --format markdown?'],
    ['--dry_run', 'Unknown argument: dry_run.', 'Did you mean --dry-run?'],
    ['--dryRun', 'Unknown argument: dryRun.', 'Did you mean --dry-run?'],
    ['-dry-run', 'Unknown argument: -dry-run.', 'Did you mean --dry-run?'],
    ['\u2013dry-run', 'Unknown argument: \u2013dry-run.', 'Did you mean --dry-run?'],
    ['dry-run', 'Unknown argument: dry-run.', 'Did you mean --dry-run?'],
    ['-output plan.json', 'Unknown argument: -output.', 'Did you mean --output?'],
    [
      'verify -o x',
      'Unknown argument: o.',
      '--output is an option of migrate. See pga2timetable verify --help.',
    ],
    [
      'verify --dry-run',
      'Unknown argument: dry-run.',
      '--dry-run is an option of migrate. See pga2timetable verify --help.',
    ],
    ['--jobs 1', 'Unknown argument: jobs.', 'Did you mean --job?'],
    ['--sorce', 'Unknown argument: sorce.', 'Did you mean --source?'],
    ['--undo', 'Unknown argument: undo.', 'Did you mean undo?'],
    ['help', 'Unknown argument: help.', 'Did you mean --help?'],
    ['--wat', 'Unknown argument: wat.', 'Did you mean --wait?'],
    ['--password', 'Unknown argument: password.', 'Set PGPASSWORD, or use a password file (~/.pgpass).'],
    ['-d', 'Unknown argument: d.', 'Did you mean --source "host=HOST port=PORT dbname=NAME user=USER"?'],
    // Nothing is near.
    ['-x', 'Unknown argument: x.', 'See pga2timetable --help.'],
    ['--xyzzy', 'Unknown argument: xyzzy.', 'See pga2timetable --help.'],
    ['explain --xyzzy', 'Unknown argument: xyzzy.', 'See pga2timetable explain --help.'],
    ['-o', '--output needs a value.', 'See pga2timetable --help.'],
  ];
  for (const [line, message, remedy] of cases)
    test(line, () =>
      assert.rejects(parse(line.split(' '), '0'), (error) => {
        assert.ok(error instanceof Failure);
        assert.deepEqual([error.code, error.message, error.remedy], ['usage', message, remedy]);
        return true;
      }),
    );
});

describe('a flag is on or not given', () => {
  const flags = Object.entries(ALL_OPTIONS).filter(([, { type }]) => type === 'boolean');
  for (const [name, { alias }] of [...flags, ['help', { alias: 'h' }] as const]) {
    test(name, async () => {
      const words = alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`];
      for (const word of words)
        for (const line of [[`${word}=false`], [word, 'false'], [`${word}=true`], [word, 'true']])
          await assert.rejects(parse(line, '0'), /takes no value\.$/, line.join(' '));
      for (const word of [`--no-${name}`, `--no-${name}=true`])
        await assert.rejects(parse(['undo', word], '0'), (error) => {
          assert.ok(error instanceof Failure);
          assert.equal(error.message, `There is no --no-${name}.`);
          assert.equal(error.remedy, `Write --${name} alone, or leave it out.`);
          return true;
        });
    });
  }

  test('the value of an option is no flag', async () => {
    const parsed = await parse(['--job', '--no-dry-run'], '0').catch((error: unknown) => error);
    assert.ok(parsed instanceof Failure);
  });
});

describe('the help', () => {
  const helpOf = async (line: string, width?: number): Promise<readonly string[]> => {
    const parsed = await parse(line.split(' '), '0', width);
    assert.ok(parsed.kind === 'text');
    return parsed.text.split('\n');
  };

  test('of the default command has fewer than 80 lines of at most 80 columns', async () => {
    const lines = await helpOf('--help', 200);
    assert.ok(lines.length < 80, String(lines.length));
    // The address of the documentation is as long as it is.
    for (const line of lines.slice(0, -1)) assert.ok(line.length <= 80, line);
  });

  test('starts with eight common options', async () => {
    const lines = await helpOf('-h');
    const from = lines.indexOf('Common options');
    const names = lines.slice(from + 1, lines.indexOf('', from)).map((line) => /--([\w-]+)/.exec(line)?.[1]);
    assert.deepEqual(names, [
      'source',
      'target',
      'dry-run',
      'job',
      'disable-source',
      'format',
      'output',
      'yes',
    ]);
  });

  test('ends with two examples that are read, the exit codes and where the documentation is', async () => {
    for (const command of ['migrate', 'verify', 'undo']) {
      const lines = await helpOf(`${command} --help`);
      const from = lines.indexOf('Examples');
      const examples = lines.slice(from + 1, lines.indexOf('', from));
      assert.equal(examples.length, 2);
      for (const example of examples) {
        const [, typed = ''] = /^ {2}npx pga2timetable (.*) {2}# /.exec(example) ?? [];
        const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
        const parsed = await parse(words, '0');
        assert.ok(parsed.kind === 'options' && parsed.command === command, example);
      }
      assert.match(lines.slice(lines.indexOf('', from)).join(' '), /Exit codes: 0 done/);
      const [, page = ''] = /^Documentation: (\S+cli\.md)/.exec(lines.at(-1) ?? '') ?? [];
      assert.ok(existsSync(page), page);
    }
  });

  test('has every option of its command, folded to a narrow terminal', async () => {
    for (const [command, options] of Object.entries(OPTIONS_OF)) {
      const lines = await helpOf(`${command} --help`, 60);
      for (const name of Object.keys(options))
        assert.ok(
          lines.some((line) => line.includes(` --${name} `)),
          `${command} --${name}`,
        );
      for (const line of lines.filter((line) => /^ {2}(?:-\w,| {3}) --|^ {31}/.test(line)))
        assert.ok(line.length <= 60, line);
    }
  });

  test('wins over what is wrong, but not as the value of an option', async () => {
    assert.ok((await helpOf('--xyzzy --help')).length > 20);
    const parsed = await parse(['--job', '-h'], '0').catch((error: unknown) => error);
    assert.ok(parsed instanceof Failure);
  });
});
