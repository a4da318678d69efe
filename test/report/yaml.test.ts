import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { load } from 'js-yaml';
import type { Advisory, ChainPlan, JobPlan } from '../../src/model/plan.ts';
import { scheduleInWords } from '../../src/report/words.ts';
import { type FileJob, printChainFile } from '../../src/report/yaml/print.ts';
import { quoted } from '../../src/report/yaml/text.ts';
import { readChainFile } from '../engine/chain-file.ts';
import { chain, jobPlan, task } from '../job-builders.ts';
import { runs } from '../property-runs.ts';
import { CHECKS, HEADER, stream } from './samples.ts';

async function printed(
  jobs: readonly FileJob[],
  head: {
    readonly advisories?: readonly Advisory[];
    readonly paused?: boolean;
    readonly conflictingJobs?: number;
  } = {},
): Promise<string> {
  const parts: string[] = [];
  await printChainFile(
    {
      header: { ...HEADER, options: { ...HEADER.options, paused: head.paused ?? false } },
      checks: CHECKS,
      advisories: head.advisories ?? [],
      conflictingJobs: head.conflictingJobs ?? 0,
    },
    stream(jobs),
    async (text) => {
      parts.push(text);
    },
  );
  return parts.join('');
}

function file(...plans: readonly JobPlan[]): Promise<string> {
  return printed(plans.map((plan) => ({ plan, wouldBeLive: [] })));
}

function withChains(...chains: readonly ChainPlan[]): JobPlan {
  return jobPlan({ action: 'create', chains });
}

/** The lines that are no comment. */
function body(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** What the importer is to make of a chain, by the names of pg_timetable's columns. */
function wanted(one: ChainPlan): unknown {
  return {
    chain_name: one.chainName,
    run_at: one.runAt,
    max_instances: one.maxInstances,
    timeout: one.timeout,
    live: one.live,
    self_destruct: false,
    exclusive_execution: false,
    client_name: one.clientName,
    on_error: null,
    tasks: one.tasks.map((each) => ({
      task_name: each.taskName,
      kind: each.kind,
      command: each.command,
      run_as: null,
      database_connection: each.databaseConnection,
      ignore_error: each.ignoreError,
      autonomous: each.autonomous,
      timeout: 0,
      live: each.live,
      parameters: each.parameters,
    })),
  };
}

test('a chain is an item of the list with the members that are not the importer’s defaults', async () => {
  const text = await file(
    withChains(
      chain({
        chainName: 'clean @ nightly',
        runAt: '0 2 * * *',
        live: true,
        timeout: 90_000,
        clientName: 'w1',
        tasks: [
          task({ taskName: 'release snapshot', command: 'SELECT 1', autonomous: false }),
          task({
            taskName: 'clean',
            command: 'DELETE FROM t;\nVACUUM t;',
            autonomous: true,
            ignoreError: true,
          }),
          task({
            taskName: 'off',
            command: 'SELECT 2',
            live: false,
            autonomous: false,
            databaseConnection: 'host=db1',
          }),
          task({
            taskName: 'dump',
            kind: 'PROGRAM',
            command: 'sh',
            autonomous: false,
            parameters: [['-c', 'pg_dump x']],
          }),
          task({
            taskName: 'script',
            kind: 'PROGRAM',
            command: 'sh',
            autonomous: false,
            parameters: [['-c', 'a\nb\n']],
          }),
        ],
      }),
    ),
  );
  assert.deepEqual(body(text), [
    'chains:',
    '- name: "clean @ nightly"',
    '  schedule: "0 2 * * *"',
    '  live: true',
    '  max_instances: 1',
    '  timeout: 90000',
    '  client_name: "w1"',
    '  tasks:',
    '    - name: "release snapshot"',
    '      kind: "SQL"',
    '      command: "SELECT 1"',
    '    - name: "clean"',
    '      kind: "SQL"',
    '      command: |-',
    '        DELETE FROM t;',
    '        VACUUM t;',
    '      ignore_error: true',
    '      autonomous: true',
    '    - name: "off"',
    '      kind: "SQL"',
    '      command: "SELECT 2"',
    '      connect_string: "host=db1"',
    '      live: false',
    '    - name: "dump"',
    '      kind: "PROGRAM"',
    '      command: "sh"',
    '      parameters:',
    '        - ["-c", "pg_dump x"]',
    '    - name: "script"',
    '      kind: "PROGRAM"',
    '      command: "sh"',
    '      parameters:',
    '        - - "-c"',
    '          - |',
    '            a',
    '            b',
  ]);
});

describe('how a command is written', () => {
  const cases: readonly [name: string, text: string, lines: readonly string[]][] = [
    ['one line', 'SELECT 1', ['"SELECT 1"']],
    ['lines', 'a\nb', ['|-', 'a', 'b']],
    ['lines with a newline behind the last', 'a\nb\n', ['|', 'a', 'b']],
    ['two newlines behind the last', 'a\nb\n\n', ['"a\\nb\\n\\n"']],
    ['a line and a newline', 'a\n', ['"a\\n"']],
    ['a blank in front', ' a\nb', ['" a\\nb"']],
    ['a tab in front, which the importer refuses in a block', '\ta\nb', ['"\\ta\\nb"']],
    ['an empty first line', '\na\nb', ['"\\na\\nb"']],
    ['a blank behind the last line', 'a\nb ', ['"a\\nb "']],
    ['a blank behind another line', 'a \nb', ['|-', 'a ', 'b']],
    ['tabs inside', 'a\n\tb\tc', ['|-', 'a', '\tb\tc']],
    ['CRLF, which a reader would turn into LF', 'a\r\nb', ['"a\\r\\nb"']],
    ['NEL, a line break in YAML 1.1', 'a\nb\u0085c', ['"a\\nb\\x85c"']],
    ['LS and PS', 'a\nb\u2028c\u2029', ['"a\\nb\\u2028c\\u2029"']],
    ['what turns the direction', 'a\nb\u202ec', ['"a\\nb\\u202ec"']],
    ['a byte order mark', '\ufeffa', ['"\\ufeffa"']],
    ['what is no character', 'a\nb\ufffec', ['"a\\nb\\ufffec"']],
    ['a format character beyond the first plane', 'a\u{e0001}', ['"a\\U000e0001"']],
    ['letters and pictures', '日本 é 👍', ['"日本 é 👍"']],
    ['quotes and backslashes', '"\\n', ['"\\"\\\\n"']],
    ['a word that YAML reads as something else', 'yes', ['"yes"']],
  ];
  for (const [name, command, lines] of cases) {
    test(name, async () => {
      const text = await file(withChains(chain({ tasks: [task({ command, autonomous: false })] })));
      const [, written = ''] = /^ {6}command: ([\s\S]*?)\n(?=#|- |$(?!\n))/m.exec(`${text}#`) ?? [];
      assert.deepEqual(
        written.split('\n').map((line, index) => (index === 0 ? line : line.slice(8))),
        lines,
      );
    });
  }
});

test('a name with lines stays on its own', async () => {
  const text = await file(
    withChains(
      chain({
        chainName: 'a\nb',
        clientName: 'c\nd',
        tasks: [task({ taskName: 'e\nf', databaseConnection: 'g\nh' })],
      }),
    ),
  );
  const lines = body(text).map((line) => line.trim());
  for (const line of [
    '- name: "a\\nb"',
    'client_name: "c\\nd"',
    '- name: "e\\nf"',
    'connect_string: "g\\nh"',
  ])
    assert.ok(lines.includes(line), line);
});

const PIECES = [
  ...[
    'a',
    ' ',
    '  ',
    '\n',
    '\t',
    '\r',
    '\r\n',
    '"',
    "'",
    '\\',
    '#',
    ' #',
    ': ',
    '- ',
    '---',
    '...',
    '%',
    '&a',
    '*a',
  ],
  ...[
    '!!int',
    '|',
    '>',
    '{',
    '}',
    '[',
    ']',
    ',',
    '`',
    '@',
    'yes',
    'null',
    '~',
    '1e3',
    '0x1F',
    '2026-01-01',
    '<<',
    '=',
  ],
  ...[
    '\u0085',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\u007f',
    '\u0001',
    '\u001b[31m',
    '\u00a0',
    '\u202e',
    '\ufffe',
    '日本',
  ],
  ...['👨‍👩‍👧', '\u{e0001}', '\u{1fffe}', '\u{10ffff}', '$1', '#sql ', 'chains:'],
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));
const filled = text.map((found) => `x${found}`);
const somewhere = fc.oneof(text, filled);
const anyTask = fc
  .record({
    taskName: filled,
    command: somewhere.map((found) => (found === '' ? ' ' : found)),
    kind: fc.constantFrom('SQL' as const, 'PROGRAM' as const),
    parameters: fc.array(fc.array(somewhere, { maxLength: 3 }), { maxLength: 2 }),
    databaseConnection: fc.option(filled),
    ignoreError: fc.boolean(),
    autonomous: fc.boolean(),
    live: fc.boolean(),
  })
  .map((more) => task(more));
const anyChain = fc
  .record({
    chainName: filled,
    clientName: fc.option(filled),
    live: fc.boolean(),
    timeout: fc.constantFrom(0, 1, 90_000),
    tasks: fc.array(anyTask, { minLength: 1, maxLength: 3 }),
  })
  .map((more) => chain(more));
const anyJob = fc
  .record({
    jobName: somewhere,
    chains: fc.array(anyChain, { maxLength: 3 }),
    skipped: fc.array(
      text.map((message) => ({ reason: 'step-disabled' as const, message })),
      { maxLength: 1 },
    ),
    advisories: fc.array(
      text.map((message) => ({
        code: 'any-host',
        severity: 'info' as const,
        message,
        link: 'l',
        stepName: message,
      })),
      { maxLength: 1 },
    ),
  })
  .map((more) => jobPlan({ action: 'create', ...more }));

test('whatever names, texts and advisories hold, the file reads back as what is planned', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyJob, { maxLength: 4 }),
      fc.boolean(),
      text,
      async (plans, paused, message) => {
        const jobs = plans.map((plan) => ({
          plan,
          wouldBeLive: plan.chains.map(({ chainName }) => chainName),
        }));
        const advisories = [{ code: 'any-host', severity: 'info' as const, message, link: 'l' }];
        const found = await printed(jobs, { paused, advisories });
        // The importer's parser refuses these wherever they stand.
        assert.doesNotMatch(found, /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u);
        assert.deepEqual(
          readChainFile(found),
          plans.flatMap(({ chains }) => chains.map(wanted)),
        );
      },
    ),
    runs(500),
  );
});

test('nothing of a quoted text is left that a reader refuses, breaks lines at or hides', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (found) => {
      const written = quoted(found);
      assert.match(written, /^"[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]*"$/u);
      assert.equal(load(written), found);
    }),
    runs(1_000),
  );
});

describe('what is in the file', () => {
  const nightly = (): readonly ChainPlan[] => [chain({ chainName: 'a', runAt: '0 2 * * *' })];

  test('only chains that are to be made; of the others a comment', async () => {
    const found = await file(
      jobPlan({ jobId: 1, jobName: 'new', action: 'create', chains: nightly() }),
      jobPlan({ jobId: 2, jobName: 'there', action: 'keep', chains: nightly() }),
      jobPlan({ jobId: 3, jobName: 'other', action: 'skip', chains: nightly() }),
      jobPlan({ jobId: 4, jobName: 'stays', action: 'none', chains: [], moved: 'none' }),
    );
    assert.equal(readChainFile(found).length, 1);
    for (const line of [
      '# job 1 "new": 1 chain',
      '# job 2 "there": its chains are in the target as planned: not in this file',
      '# job 3 "other": its chains in the target are left as they are (--on-conflict skip): not in this file',
      '# job 4 "stays": stays on pgAgent',
    ])
      assert.ok(found.split('\n').includes(line), line);
  });

  test('an empty list where there is none', async () => {
    assert.deepEqual(body(await file(jobPlan({ action: 'none', chains: [] }))), ['chains: []']);
    assert.deepEqual(body(await file()), ['chains: []']);
  });

  test('before each chain its name and its schedule in words', async () => {
    const found = await file(jobPlan({ action: 'create', chains: nightly() }));
    const words = scheduleInWords({ runAt: '0 2 * * *' });
    assert.match(words, /02:00/);
    assert.ok(found.includes(`\n# a: ${words}\n- name: "a"\n`), found);
  });

  test('the advisories of a schedule before its first chain, the others below the job', async () => {
    const advisory = (more: Partial<Advisory>): Advisory => ({
      code: 'any-host',
      severity: 'warning',
      message: 'is so.',
      link: 'l',
      ...more,
    });
    const found = await file(
      jobPlan({
        action: 'create',
        chains: [
          chain({ chainName: 'a [1/2]', scheduleId: 7 }),
          chain({ chainName: 'a [2/2]', scheduleId: 7 }),
        ],
        advisories: [
          advisory({ scheduleId: 7, scheduleName: 'night' }),
          advisory({ scheduleId: 8, scheduleName: 'gone' }),
          advisory({ stepId: 1, stepName: 'one' }),
        ],
      }),
    );
    const comments = found.split('\n').filter((line) => /^# {3}warning any-host|^# a |^# job/.test(line));
    assert.deepEqual(
      comments.map((line) => line.replace(`: ${scheduleInWords(chain())}`, '')),
      [
        '# job 1 "job": 2 chains',
        '#   warning any-host: schedule "gone" is so.',
        '#   warning any-host: step "one" is so.',
        '# a [1/2]',
        '#   warning any-host: schedule "night" is so.',
        '# a [2/2]',
      ],
    );
  });

  test('the head tells of warnings and stops of the preflight', async () => {
    const found = await file();
    assert.match(found, /^# {3}warning Nobody is there\. Start one\.$/m);
    assert.match(found, /^# {3}STOP It cannot be written\. Go elsewhere\.$/m);
    assert.doesNotMatch(found, /All is well there|This cannot be seen/);
  });

  test('the head tells of conflicts, beside which the file holds nothing', async () => {
    assert.match(await printed([], { conflictingJobs: 2 }), /^# NOTHING IS IN THIS FILE: 2 of the jobs/m);
    assert.doesNotMatch(await printed([]), /NOTHING IS IN THIS FILE/);
  });
});

describe('the statement at the end of a file of paused chains', () => {
  const statement = (found: string): string =>
    found
      .split('\n')
      .filter((line) => line.startsWith('#sql '))
      .map((line) => line.slice('#sql '.length))
      .join('\n');

  test('names the chains that would be live, each on a line', async () => {
    const plan = withChains(
      chain({ chainName: "it's" }),
      chain({ chainName: 'b\nc\\' }),
      chain({ chainName: 'd' }),
    );
    const found = await printed([{ plan, wouldBeLive: ["it's", 'b\nc\\', 'not in the file'] }], {
      paused: true,
    });
    const rows = statement(found)
      .split('\n')
      .filter((line) => line.startsWith('    ('));
    assert.deepEqual(rows, ["    ('it''s', '* * * * *'),", "    (E'b\\nc\\\\', '* * * * *')"]);
    assert.match(statement(found), /^\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\nDO \$live\$/);
    assert.match(statement(found), /IF switched <> 2 THEN/);
  });

  test('is not there where no chain would be live', async () => {
    assert.equal(
      statement(await printed([{ plan: withChains(chain()), wouldBeLive: [] }], { paused: true })),
      '',
    );
  });
});

test('the same plan gives the same text', async () => {
  const plan = withChains(chain({ nextRuns: ['2026-03-01T02:00:00+00:00'] }));
  const later = withChains(chain({ nextRuns: ['2027-03-01T02:00:00+00:00'] }));
  assert.equal(await file(plan), await file(later));
});
