import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import type { JobPlan, SkipReason } from '../../src/model/plan.ts';
import { varied, written } from '../../src/model/varied.ts';
import { printTable } from '../../src/report/table.ts';
import { widthOf } from '../../src/report/width.ts';
import { HIDING } from '../../src/secrets/masked.ts';
import { chain, jobPlan, span, task } from '../job-builders.ts';
import { HEADER, stream } from './samples.ts';

async function table(
  jobs: readonly JobPlan[],
  width = 100,
  showTasks = false,
  isBrief = false,
): Promise<string> {
  const parts: string[] = [];
  await printTable(
    HEADER,
    [],
    stream(jobs),
    { width, showTasks, shown: HIDING, isBrief, isWritten: false, color: new Chalk({ level: 0 }) },
    async (text) => {
      parts.push(text);
    },
  );
  return parts.join('');
}

const BACKUP = chain({
  chainName: 'backup @ nightly',
  runAt: '0 2 * * 1-5',
  clientName: 'node1',
  tasks: [
    task({ taskName: 'release snapshot', taskOrder: 1, autonomous: false, stepId: null }),
    task({ taskName: 'vacuum', command: 'VACUUM log', ignoreError: true }),
    task({
      taskName: 'copy',
      taskOrder: 20,
      kind: 'PROGRAM',
      command: 'sh',
      parameters: [['-c', 'cp a b']],
      autonomous: false,
      live: false,
    }),
    task({
      taskName: 'far',
      taskOrder: 30,
      databaseConnection: 'host=db2 password=hunter2 dbname=d',
      autonomous: false,
    }),
  ],
});

test('a row a chain: its job, name, run_at, client, live and the number of tasks', async () => {
  const lines = (
    await table([jobPlan({ chains: [BACKUP, chain({ chainName: 'b @ s', live: false })] })])
  ).split('\n');
  assert.ok(
    lines.some((line) => /^job\s+chain\s+run_at\s+client\s+live\s+tasks$/.test(line)),
    lines.join('\n'),
  );
  assert.ok(
    lines.some((line) => /^1\s+backup @ nightly\s+0 2 \* \* 1-5\s+node1\s+yes\s+4$/.test(line)),
    lines.join('\n'),
  );
  assert.ok(
    lines.some((line) => /^1\s+b @ s\s+\* \* \* \* \*\s+\(every\)\s+no\s+1$/.test(line)),
    lines.join('\n'),
  );
});

test('the ids stand in front once they are written', async () => {
  const text = await table([jobPlan({ chains: [chain({ chainId: 4711 })] })]);
  assert.match(text, /^id\s+job\s+chain/m);
  assert.match(text, /^4711\s+1\s+job @ often/m);
});

const LONG_LINE = '3,11,24,38,47,59 4,7,9,13,16,22 1-7 * 1,3,5';

test('a cron line too long for its column stands below the row, and the name alone wraps', async () => {
  const chains = [
    chain({ chainName: 'one '.repeat(20).trim(), runAt: LONG_LINE, clientName: 'a-client-of-a-long-name' }),
    chain({ chainName: 'two', runAt: '0 2 * * *' }),
  ];
  for (const width of [60, 80, 119, 120, 200]) {
    const lines = (await table([jobPlan({ chains })], width)).split('\n');
    const first = lines.findIndex((line) => line.startsWith('1  '));
    const next = lines.findIndex((line) => /^1 +two +0 2 \* \* \* /.test(line));
    assert.match(lines[first] ?? '', /one +\(below\) .*yes +1$/);
    const below = lines.slice(first + 1, next);
    const names = below.filter((line) => /^ +(?:one ?)+$/.test(line));
    assert.equal([lines[first], ...names].join(' ').split('one').length - 1, 20, `${width}`);
    const rest = below
      .slice(names.length)
      .join('\n')
      .replace(/\n {4}(?!client|in words)/g, ' ');
    assert.ok(rest.startsWith(`    run_at ${LONG_LINE}`), rest);
    assert.ok(rest.includes('\n    client a-client-of-a-long-name'), rest);
  }
});

test('what just fits its column stays in the row', async () => {
  const head = (await table([jobPlan()], 100)).split('\n').find((line) => line.startsWith('job ')) ?? '';
  const room = head.indexOf('client') - head.indexOf('run_at') - 2;
  for (const [length, isBelow] of [
    [room, false],
    [room + 1, true],
  ] as const) {
    const runAt = `${'1'.repeat(length - 8)} * * * *`;
    const text = await table([jobPlan({ chains: [chain({ runAt })] })], 100);
    assert.equal(text.includes(`\n    run_at ${runAt}\n`), isBelow, text);
  }
});

test('more chains than are to be listed are one line that says how to list them', async () => {
  const jobs = (count: number): readonly JobPlan[] =>
    span(1, count).map((jobId) => jobPlan({ jobId, chains: [chain({ chainName: `c${jobId}.` })] }));
  const whole = await table(jobs(40), 100, false, true);
  for (const id of span(1, 40)) assert.ok(whole.includes(` c${id}. `));
  const brief = await table(jobs(41), 100, false, true);
  assert.doesNotMatch(brief, / c\d+\. |run_at/);
  assert.match(
    brief,
    /^41 chains\. To list them: --verbose\. To make a page of them: --format html --output plan\.html$/m,
  );
  assert.equal((await table(jobs(41), 100)).match(/ c\d+\. /g)?.length, 41);
});

test('source and target stand above', async () => {
  const text = await table([], 200);
  assert.match(
    text,
    /^pgAgent +4\.2 in "postgres" on db1\.example\.org:5432 \(PostgreSQL 15\.7, TimeZone Europe\/Berlin\)$/m,
  );
  assert.match(text, /^pg_timetable +7\.0\.0 in "app"/m);
  assert.match(text, /No chain/);
});

test('tasks stand under their chain with --verbose only', async () => {
  const plan = [jobPlan({ chains: [BACKUP] })];
  assert.doesNotMatch(await table(plan), /VACUUM|cp a b/);
  const text = await table(plan, 100, true);
  const places = [
    'backup @ nightly',
    'release snapshot',
    'vacuum',
    'VACUUM log',
    'copy',
    'cp a b',
    'far',
  ].map((part) => text.indexOf(part));
  assert.ok(
    places.every((place) => place >= 0),
    text,
  );
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
  assert.match(text, /not live/);
  assert.match(text, /after an error/);
  assert.ok(!text.includes('hunter2'), text);
});

test('what was skipped and why, with its job', async () => {
  const text = await table([
    jobPlan({
      jobId: 7,
      jobName: 'old',
      moved: 'none',
      chains: [],
      skipped: [{ reason: 'schedule-over', message: 'schedule "s": it ended', scheduleId: 3 }],
    }),
  ]);
  assert.match(text, /Skipped\n {2}job 7 "old": schedule "s": it ended\n/);
  assert.doesNotMatch(await table([jobPlan()]), /Skipped/);
});

test('a reason stands once, and then the jobs', async () => {
  const ended = (jobId: number, end: string): JobPlan =>
    jobPlan({
      ...{ jobId, jobName: `j${jobId}`, moved: 'none', chains: [] },
      skipped: [{ reason: 'job-cannot-run', ...written(varied`it ended at ${{ end }}`) }],
    });
  const text = await table([ended(7, '2021-06-30'), ended(12, '2022-01-01')]);
  assert.match(
    text,
    /Skipped\n {2}it ended at END\n {4}JOB +END\n {4}job 7 "j7" +2021-06-30\n {4}job 12 "j12" +2022-01-01\n$/,
  );
});

test('on a screen a job has one reason, and what stays on pgAgent has none: it is said elsewhere', async () => {
  const skip = (reason: SkipReason, message: string) => ({ reason, message });
  const jobs = [
    jobPlan({ jobId: 1, skipped: [skip('step-disabled', 'one'), skip('step-disabled', 'two')] }),
    jobPlan({ jobId: 2, moved: 'none', chains: [], skipped: [skip('job-left-out', 'stays')] }),
  ];
  assert.match(await table(jobs, 100, false, true), /Skipped\n {2}job 1 "job": one\n$/);
  const whole = await table(jobs);
  for (const reason of ['one', 'two', 'stays']) assert.ok(whole.includes(`: ${reason}\n`), whole);
});

test('what is skipped beyond the first thousand is counted', async () => {
  const skipped = span(1, 1_500).map(
    (id) => ({ reason: 'schedule-over', message: `number ${id}.`, scheduleId: id }) as const,
  );
  const text = await table([jobPlan({ skipped })]);
  const shown = text.split('number ').length - 1;
  assert.equal(shown + Number(/and (\d+) more/.exec(text)?.[1] ?? 0), 1_500);
});

test('every chain is there when there are hundreds', async () => {
  const chains = span(1, 220).map((id) => chain({ chainName: `chain-${id}.`, scheduleId: id }));
  for (const width of [30, 60, 100]) {
    const text = await table([jobPlan({ chains })], width);
    for (const { chainName } of chains) assert.ok(text.includes(chainName), chainName);
  }
});

test('a chain name as long as the index holds is printed whole', async () => {
  const text = await table([jobPlan({ chains: [chain({ chainName: 'x'.repeat(2_000) })] })], 60);
  assert.equal((text.match(/x{2,}/g) ?? []).join('').length, 2_000);
});

/** Columns by hand: what each name takes on a terminal. */
const NAMES: readonly (readonly [name: string, columns: number])[] = [
  ['plain', 5],
  ['日本語の名前', 12],
  ['👨\u200d👩\u200d👧 family', 9],
  ['🇩🇪🇯🇵 flags', 10],
  ['❤ and ❤\ufe0f', 8],
  ['e\u0301te\u0301', 3],
  ['ﾊﾞｯｸｱｯﾌﾟ', 8],
  ['백업 ™', 6],
];

for (const width of [80, 120, 200]) {
  test(`columns line up whatever is in a name, at ${width} columns`, async () => {
    const chains = NAMES.map(([chainName]) => chain({ chainName, runAt: '7 8 * * *' }));
    const lines = (await table([jobPlan({ chains })], width)).split('\n');
    const head = lines.find((line) => line.startsWith('job')) ?? '';
    const start = head.indexOf('run_at');
    for (const [name, columns] of NAMES) {
      const line = lines.find((one) => one.includes(name)) ?? '';
      assert.equal(line.indexOf('7 8 * * *') - name.length + columns, start, line);
    }
  });
}

const NIGHTLY = jobPlan({ chains: [chain({ chainName: 'nightly', runAt: '0 2 * * *' })] });

test('from 120 columns on the schedule stands there in words too', async () => {
  const words = 'At 02:00 every day';
  assert.doesNotMatch(await table([NIGHTLY], 119), /in words|every day/);
  for (const width of [120, 160, 300]) {
    const text = await table([NIGHTLY], width);
    assert.match(text, /^job +chain +run_at +in words +client +live +tasks$/m);
    assert.match(text, new RegExp(`nightly +0 2 \\* \\* \\* +${words} +\\(every\\)`));
    assert.equal((await table([NIGHTLY], width, true)).split(words).length, 2, 'and once, with tasks too');
  }
});

test('on narrower terminals --verbose says it under the chain', async () => {
  for (const width of [40, 80, 119])
    assert.match(await table([NIGHTLY], width, true), /nightly[\s\S]*\n {4}At 02:00 every day\n/);
});

test('a long schedule in words is there to its last word', async () => {
  const plan = jobPlan({ chains: [chain({ runAt: '3,7,9 8,12 1,3,4 1,3,7 1,3,6' })] });
  const text = (await table([plan], 120)).replace(/\s+/g, ' ');
  for (const word of ['09', '12', 'Saturday', 'July']) assert.ok(text.includes(word), text);
});

test('colours take no room', async () => {
  const parts: string[] = [];
  const style = {
    width: 120,
    showTasks: false,
    shown: HIDING,
    isBrief: false,
    isWritten: false,
    color: new Chalk({ level: 1 }),
  };
  const chains = [chain({ live: false }), chain({ clientName: '日本', runAt: '0 2 * * *' })];
  await printTable(HEADER, [], stream([jobPlan({ chains })]), style, async (text) => {
    parts.push(text);
  });
  const colored = parts.join('');
  assert.ok(colored.includes('\u001b[33mno\u001b[39m'), colored);
  assert.equal(stripVTControlCharacters(colored), await table([jobPlan({ chains })], 120));
});

const NASTY = '\u001b[31mred\u001b[0m\u009b2J\u202e\r\n\u2028x';
const HARMFUL = jobPlan({
  jobName: NASTY,
  chains: [
    chain({
      chainName: NASTY,
      clientName: NASTY,
      tasks: [
        task({ taskName: NASTY, command: NASTY, databaseConnection: NASTY }),
        task({ kind: 'PROGRAM', command: NASTY, parameters: [[NASTY]] }),
      ],
    }),
  ],
  skipped: [{ reason: 'step-disabled', message: NASTY }],
});
const LONG = jobPlan({
  jobName: '日本語の名前'.repeat(9),
  chains: [
    chain({
      chainName: `${'日本語'.repeat(30)} ${'😀'.repeat(40)} @ ${'word '.repeat(30)}`,
      runAt: '0,1,2,3,5,8,13,21,34,55 0,1,2,3,5,8,13,21 1,2,3,5,8,13,21 1,2,3,5,8 1,2,3,5',
      clientName: 'a-very-long-host-name.in.a.very.long.domain.example.org',
      chainId: 1_234_567,
      tasks: [
        task({ taskName: '日本'.repeat(60), command: '日本語'.repeat(60), taskId: 12_345 }),
        task({
          kind: 'PROGRAM',
          command: `/opt/${'x'.repeat(150)}/sh`,
          parameters: [['-c', 'echo 😀 '.repeat(50)]],
          ignoreError: true,
          live: false,
        }),
        task({ databaseConnection: `host=${'h'.repeat(120)} dbname=d`, command: 'e\u0301'.repeat(200) }),
      ],
    }),
  ],
  skipped: [{ reason: 'step-disabled', message: `${'x'.repeat(200)} ${'語'.repeat(90)}` }],
});

for (const width of [30, 59, 60, 80, 119, 120, 200]) {
  describe(`a terminal of ${width} columns`, () => {
    for (const [name, plan, showTasks] of [
      ['plain', jobPlan({ chains: [BACKUP] }), false],
      ['plain, with tasks', jobPlan({ chains: [BACKUP] }), true],
      ['long names', LONG, false],
      ['long names, with tasks', LONG, true],
      ['names that hold escape sequences', HARMFUL, true],
    ] as const) {
      test(`no line is longer: ${name}`, async () => {
        const lines = (await table([plan], width, showTasks)).split('\n');
        fits(lines.slice(lines.indexOf('')));
      });
    }

    test('no line is longer: source and target above', async () => {
      const lines = (await table([], width)).split('\n');
      fits(lines.slice(0, lines.indexOf('')));
    });

    function fits(lines: readonly string[]): void {
      for (const line of lines) assert.ok(widthOf(line) <= width, `${widthOf(line)}: ${line}`);
    }

    test('a name with escape sequences appears harmlessly', async () => {
      const text = await table([HARMFUL], width, true);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.ok(text.includes('\\e[31m'), text);
    });

    test('a long name is there to its last character', async () => {
      const text = (await table([LONG], width)).replace(/\s/g, '');
      const name = LONG.chains[0]?.chainName ?? '';
      if (width < 60) assert.ok(text.includes(name.replace(/\s/g, '')));
      for (const character of '日本語😀@') {
        assert.ok(text.split(character).length >= name.split(character).length, character);
      }
    });
  });
}
