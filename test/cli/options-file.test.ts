import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from '../../src/cli/command-line.ts';
import { ALL_OPTIONS, OPTIONS_OF } from '../../src/cli/options.ts';
import { optionsIn, optionsOfFile } from '../../src/cli/options-file.ts';
import { withPlannedOptions } from '../../src/cli/planned-options.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { Failure } from '../../src/model/failure.ts';
import type { LiveSettings } from '../../src/session/settings.ts';
import { validator } from './documents.ts';
import { pga2timetable } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-config-'));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, 'moves.json');

async function settingsOf(line: string, content: object): Promise<LiveSettings> {
  writeFileSync(FILE, JSON.stringify(content));
  const parsed = await parse([...line.split(' '), '--config', FILE], '0');
  assert.ok(parsed.kind === 'options');
  const fromFile = await optionsOfFile(parsed.options, parsed.command);
  const { options, savedPlan, given } = await withPlannedOptions(parsed.options, fromFile, {});
  const settings = readSettings(parsed.command, options, {}, savedPlan, given);
  assert.ok(settings.from === 'live');
  return settings;
}

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../docs/config.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const isOfSchema = validator(SCHEMA);

test('its options count more than the defaults, and those of the command line more than its own', async () => {
  const content = {
    $schema: './config.schema.json',
    source: 'host=db1 dbname=app',
    overlap: 'exact',
    wait: '1h',
    'client-name': ['=main', 'WIN1=w1'],
    partial: true,
    paused: false,
  };
  const settings = await settingsOf('migrate --wait 2h --client-name =other', content);
  assert.equal(settings.source.host, 'db1');
  assert.equal(settings.overlap, 'exact');
  assert.equal(settings.partial, true);
  assert.equal(settings.paused, false);
  assert.equal(settings.lastDay, 'keep');
  assert.equal(settings.wait, 2 * 3_600_000);
  // A list is one option: that of the command line stands alone.
  assert.deepEqual([...settings.clientNames], [['', 'other']]);
});

test('what it names counts as given, and so more than what an earlier run recorded', async () => {
  const content = { overlap: 'keep', shell: ['WIN1=cmd'], transaction: ['chain'], paused: false, wait: '0' };
  const { given } = await settingsOf('migrate --partial', content);
  assert.deepEqual([...given].sort(), ['overlap', 'partial', 'paused', 'transaction']);
});

test('one file serves each command, which takes of it what it has an option for', async () => {
  const content = { source: 'host=db1 dbname=app', shell: ['bash'], 'after-cutover': true, 'dry-run': true };
  const verify = await settingsOf('verify', content);
  assert.deepEqual([verify.source.host, verify.isAfterCutover, verify.shellName], ['db1', true, 'sh']);
  const undo = await settingsOf('undo', content);
  assert.deepEqual([undo.source.host, undo.isAfterCutover, undo.dryRun], ['db1', false, true]);
});

test('no file is read that --config does not name', async () => {
  assert.deepEqual(await optionsOfFile({}, 'migrate'), {});
});

const PASSWORDS = 'Set PGPASSWORD, or use a password file (~/.pgpass).';
const BAD: readonly (readonly [content: string, what: string, remedy: string])[] = [
  ['', 'is no JSON', 'Check its commas, quotes and brackets. JSON has no comments.'],
  ['{ "overlap": "exact", }', 'is no JSON', 'Check its commas, quotes and brackets. JSON has no comments.'],
  ['[]', 'is no JSON object', 'Write options by their names: { "overlap": "exact" }'],
  ['null', 'is no JSON object', 'Write options by their names: { "overlap": "exact" }'],
  ['"x"', 'is no JSON object', 'Write options by their names: { "overlap": "exact" }'],
  ['{"overlpa":"exact"}', 'has "overlpa", which is no option', 'Did you mean "overlap"?'],
  ['{"clientName":["=x"]}', 'has "clientName", which is no option', 'Did you mean "client-name"?'],
  ['{"xyzzy":1}', 'has "xyzzy", which is no option', 'The names: pga2timetable --help'],
  ['{"constructor":1}', 'has "constructor", which is no option', 'The names: pga2timetable --help'],
  ['{"__proto__":{"paused":true}}', 'has "__proto__", which is no option', 'The names: pga2timetable --help'],
  ['{"password":"x"}', 'has "password", which is no option', PASSWORDS],
  ['{"yes":true}', 'has "yes", which cannot be in a file', 'Write --yes on the command line.'],
  ['{"force":false}', 'has "force", which cannot be in a file', 'Write --force on the command line.'],
  [
    '{"show-secrets":true}',
    'has "show-secrets", which cannot be in a file',
    'Write --show-secrets on the command line.',
  ],
  ['{"config":"a.json"}', 'has "config", which cannot be in a file', 'Write --config on the command line.'],
  ['{"source":"postgres://me:s3cr3t@db1/app"}', 'has a password in "source"', PASSWORDS],
  ['{"target":"host=db1 password=s3cr3t"}', 'has a password in "target"', PASSWORDS],
  ['{"step-conninfo":"host=db1 user=me password=s3cr3t"}', 'has a password in "step-conninfo"', PASSWORDS],
  ['{"shell":["env PGPASSWORD=s3cr3t sh -c"]}', 'has a password in "shell"', PASSWORDS],
  ['{"paused":"yes"}', 'is wrong: "paused" takes true or false', 'See pga2timetable schema config.'],
  ['{"paused":null}', 'is wrong: "paused" takes true or false', 'See pga2timetable schema config.'],
  ['{"history":30}', 'is wrong: "history" takes a text in quotes', 'See pga2timetable schema config.'],
  ['{"overlap":["exact"]}', 'is wrong: "overlap" takes a text in quotes', 'See pga2timetable schema config.'],
  [
    '{"job":"17"}',
    'is wrong: "job" takes a list of texts in quotes: ["...", "..."]',
    'See pga2timetable schema config.',
  ],
  [
    '{"job":[17]}',
    'is wrong: "job" takes a list of texts in quotes: ["...", "..."]',
    'See pga2timetable schema config.',
  ],
  ['{"overlap":"excat"}', 'is wrong: "overlap" takes keep or exact', 'See pga2timetable schema config.'],
  ['{"source":""}', 'is wrong: "source" is empty', 'See pga2timetable schema config.'],
];

describe('what is no options file', () => {
  for (const [content, what, remedy] of BAD)
    test(content === '' ? 'an empty file' : content, () => {
      assert.throws(
        () => optionsIn('options file f', content),
        (error) => {
          assert.ok(error instanceof Failure);
          assert.deepEqual(
            [error.code, error.message, error.remedy],
            ['usage', `The options file f ${what}.`, remedy],
          );
          return true;
        },
      );
    });

  for (const [file, message] of [
    ['/nowhere/moves.json', 'There is no options file /nowhere/moves.json.'],
    [folder, `The options file ${folder} is a folder.`],
    ['/dev/null', 'The options file /dev/null is no file.'],
  ] as const)
    test(`${message}: exit code 2`, async () => {
      const { code, stdout, stderr } = await pga2timetable(['--config', file, '--dry-run']);
      const remedy = 'Name another file, or leave --config out.';
      assert.deepEqual([code, stdout, stderr], [2, '', `pga2timetable: ${message}\n  ${remedy}\n`]);
    });

  for (const args of [
    ['--config', ''],
    ['--config', 'a', '--config', 'b'],
  ])
    test(`${args.join(' ')}: exit code 2`, async () => {
      const { code, stderr } = await pga2timetable(args);
      assert.equal(code, 2);
      assert.match(stderr, /^pga2timetable: --config is (?:empty|given more than once)\./);
    });

  test('its password is not repeated', async () => {
    writeFileSync(FILE, '{"source":"postgres://me:s3cr3t@db1/app"}');
    const { code, stderr } = await pga2timetable(['--config', FILE]);
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, /cr3t/);
  });
});

describe('docs/config.schema.json', () => {
  test('has the options of all commands but those that no file holds', () => {
    const missing = ['config', 'force', 'show-secrets', 'yes'];
    assert.deepEqual(
      Object.keys(SCHEMA.properties as object).sort(),
      ['$schema', ...Object.keys(ALL_OPTIONS).filter((name) => !missing.includes(name))].sort(),
    );
  });

  test('takes one of each, as the tool does', () => {
    for (const [name, { type, array, default: usual }] of Object.entries(OPTIONS_OF.migrate)) {
      if (!(name in (SCHEMA.properties as object))) continue;
      const text = typeof usual === 'string' ? usual : 'host=h user=u';
      const lists: Record<string, string> = { shell: 'sh', transaction: 'chain', 'client-name': 'a=b' };
      const value = type === 'boolean' ? true : array === true ? [lists[name] ?? 'x'] : text;
      assert.equal(isOfSchema({ [name]: value }), true, name);
      assert.deepEqual(optionsIn('f', JSON.stringify({ [name]: value })), { [name]: value });
    }
  });

  test('refuses wrong types, other words and other names', () => {
    for (const one of [
      { paused: 'yes' },
      { history: 30 },
      { job: '17' },
      { overlap: 'excat' },
      { yes: true },
      [],
    ])
      assert.equal(isOfSchema(one), false, JSON.stringify(one));
  });

  test('takes the example of docs/options.md', () => {
    const page = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8');
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    assert.equal(isOfSchema(optionsIn('f', example)), true);
  });

  test('is what schema config prints', async () => {
    const { code, stdout } = await pga2timetable(['schema', 'config']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), SCHEMA);
  });
});
