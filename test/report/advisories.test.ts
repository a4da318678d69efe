import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Chalk } from 'chalk';
import stringWidth from 'string-width';
import type { Advisory, Severity } from '../../src/model/plan.ts';
import { type Varied, varied, written } from '../../src/model/varied.ts';
import { AdvisoryDigest } from '../../src/planning/advisory-digest.ts';
import { advisoriesText } from '../../src/report/advisories.ts';
import { jobPlan, span } from '../job-builders.ts';

const PLAIN = new Chalk({ level: 0 });

function note(code: string, severity: Severity, message: string, more: Partial<Advisory> = {}): Advisory {
  return { code, severity, message, link: 'l', ...more };
}

/** A digest of jobs 1, 2, 3..., each with its advisories. */
function digest(...jobs: readonly (readonly Advisory[])[]): AdvisoryDigest {
  const found = new AdvisoryDigest();
  jobs.forEach((advisories, index) => {
    found.add(jobPlan({ jobId: index + 1, jobName: `j${index + 1}`, advisories }));
  });
  return found;
}

function text(found: AdvisoryDigest, least: Severity = 'info', isVerbose = false, width = 100): string {
  return advisoriesText(found.groups, least, { isVerbose, width, color: PLAIN });
}

function times(needle: string, hay: string): number {
  return hay.split(needle).length - 1;
}

test('nothing to say is no text', () => {
  assert.equal(text(digest([], [])), '');
});

test('equal messages of several jobs make one paragraph that names each of them', () => {
  const found = text(digest(...span(1, 3).map(() => [note('any-host', 'warning', 'is for any host.')])));
  assert.equal(times('any-host', found), 1);
  assert.equal(times('is for any host.', found), 1);
  for (const name of ['job 1 "j1"', 'job 2 "j2"', 'job 3 "j3"']) assert.equal(times(name, found), 1, found);
});

test('different messages of one code stand under it, each with its job', () => {
  const found = text(
    digest([note('x-code', 'warning', 'says one.')], [note('x-code', 'warning', 'says two.')]),
  );
  assert.equal(times('x-code', found), 1);
  assert.match(found, /job 1 "j1" says one\.\n[\s\S]*job 2 "j2" says two\./);
});

test('the schedule or the step that it is about is named', () => {
  const found = text(
    digest([
      note('a-code', 'warning', 'one.', { scheduleId: 7 }),
      note('b-code', 'warning', 'two.', { stepId: 9 }),
    ]),
  );
  assert.match(found, /job 1 "j1", schedule 7 one\./);
  assert.match(found, /job 1 "j1", step 9 two\./);
});

/** As a rule makes it. */
function varying(text: Varied, more: Partial<Advisory> = {}): Advisory {
  return { ...note('x-code', 'warning', ''), ...written(text), ...more };
}

test('a text stands once, and what differs stands in columns, a line a job', () => {
  const found = digest(
    ...[
      [4, '2026-05-01'],
      [12, '2026-04-17'],
    ].map(([count = '', first = '']) => [
      varying(varied`fires in ${{ minutes: count }} minutes, first on ${{ first }}, of ${{ zone: 'UTC' }}.`),
    ]),
  );
  assert.equal(
    text(found),
    [
      'warning x-code',
      '  each fires in MINUTES minutes, first on FIRST, of UTC.',
      '    JOB         MINUTES  FIRST',
      '    job 1 "j1"  4        2026-05-01',
      '    job 2 "j2"  12       2026-04-17',
      '',
    ].join('\n'),
  );
});

test('a text of one job alone is a whole sentence', () => {
  const found = digest([varying(varied`ends at ${{ end: '2027-01-01' }}.`)]);
  assert.equal(text(found), 'warning x-code\n  job 1 "j1" ends at 2027-01-01.\n');
});

test('the id of the job that a line is about has no column of its own', () => {
  const found = digest(...[1, 2].map((job) => [varying(varied`asks for --transaction ${{ job }}=joined.`)]));
  assert.equal(
    text(found),
    'warning x-code\n  each asks for --transaction JOB=joined.\n    job 1 "j1"\n    job 2 "j2"\n',
  );
});

test('a line that is too long for the terminal is cut, and whole with --verbose', () => {
  const found = digest(
    ...span(1, 2).map((id) => [varying(varied`takes ${{ what: `${'thing '.repeat(30)}${id}` }}.`)]),
  );
  const rows = (isVerbose: boolean): readonly string[] =>
    text(found, 'info', isVerbose, 80)
      .split('\n')
      .filter((line) => line.includes('thing'));
  assert.deepEqual(
    rows(false).map((line) => [stringWidth(line), line.endsWith('...')]),
    [
      [80, true],
      [80, true],
    ],
  );
  assert.equal(times('thing', rows(true).join('\n')), 60);
});

test('ten jobs a code are listed, whatever their texts, and the others counted', () => {
  const found = digest(
    ...span(1, 25).map((id) => [
      note('x-code', 'warning', id <= 8 ? 'is one.' : id <= 20 ? 'is two.' : `is ${id}.`),
    ]),
  );
  const brief = text(found);
  assert.equal(times('    job ', brief), 10);
  assert.match(
    brief,
    /each is one\.\n(?: {4}job \d \S+\n){8} {2}each is two\.\n(?: {4}job \d+ \S+\n){2} {2}and 15 more\. To list them: --verbose\n$/,
  );
  const whole = text(found, 'info', true);
  assert.equal(times('    job ', whole), 20);
  assert.doesNotMatch(whole, /more\./);
});

test('a text of more than six lines is cut, and whole with --verbose', () => {
  const found = new AdvisoryDigest();
  found.addRun([note('run-code', 'warning', 'word '.repeat(200).trim())]);
  const lines = text(found).split('\n');
  assert.deepEqual([lines.length, lines.at(-2)], [8, '    ... To read it to the end: --verbose']);
  assert.equal(times('word', text(found, 'info', true)), 200);
  // 19 words are 94 of the 96 columns that a line has beside its indents.
  for (const [words, isCut] of [
    [6 * 19, false],
    [6 * 19 + 1, true],
  ] as const) {
    const some = new AdvisoryDigest();
    some.addRun([note('run-code', 'warning', 'word '.repeat(words).trim())]);
    assert.equal(text(some).includes('...'), isCut, `${words}`);
  }
});

test('a statement that is too long is left out, not cut, where sentences stand before it', () => {
  const found = new AdvisoryDigest();
  found.addRun([
    note('run-code', 'warning', `One is so. Two is so. UPDATE t WHERE id IN (${'123456, '.repeat(90)}0);`),
  ]);
  assert.equal(
    text(found),
    'warning run-code\n  One is so. Two is so.\n    ... To read it to the end: --verbose\n',
  );
});

test('an advisory of the whole run stands without a job', () => {
  const found = new AdvisoryDigest();
  found.addRun([note('run-code', 'warning', 'the jobs stay enabled.')]);
  assert.equal(text(found), 'warning run-code\n  the jobs stay enabled.\n');
});

test('what is good to know is one line a code with its count, most first, and its texts with --verbose', () => {
  const found = digest(
    [note('bound-to-client', 'info', 'is bound.'), note('w-code', 'warning', 'w.')],
    [note('any-host', 'info', 'is for any host.')],
    [note('any-host', 'info', 'is for any host.')],
  );
  assert.equal(
    text(found),
    'warning w-code\n  job 1 "j1" w.\ninfo (to read the texts: --verbose)\n  any-host (2)\n  bound-to-client\n',
  );
  assert.match(text(found, 'info', true), /info any-host\n {2}each is for any host\./);
  assert.doesNotMatch(text(found, 'warning'), /any-host/);
});

describe('the gravest come first, and the least is what was asked for', () => {
  const all = digest([
    note('i-code', 'info', 'i.'),
    note('e-code', 'error', 'e.'),
    note('w-code', 'warning', 'w.'),
  ]);
  const cases: readonly [Severity, readonly string[]][] = [
    ['info', ['error e-code', 'warning w-code', 'info i-code']],
    ['warning', ['error e-code', 'warning w-code']],
    ['error', ['error e-code']],
  ];
  for (const [least, expected] of cases) {
    test(least, () => {
      const heads = text(all, least, true)
        .split('\n')
        .filter((line) => / [a-z]-code$/.test(line));
      assert.deepEqual(heads, expected);
    });
  }
});

describe('what is left out is counted', () => {
  const of = (count: number): AdvisoryDigest =>
    digest(...span(1, count).map(() => [note('x-code', 'warning', 'same.')]));
  const shown = (found: string): number => times('    job ', found);
  const left = (found: string): number => Number(/and (\d+) more/.exec(found)?.[1] ?? 0);

  for (const count of [1, 2, 10, 11, 300, 1_000, 1_001, 2_500]) {
    test(`of ${count} jobs with one message`, () => {
      const brief = text(of(count));
      const whole = text(of(count), 'warning', true);
      if (count > 1) {
        assert.equal(shown(brief) + left(brief), count);
        assert.equal(shown(whole) + left(whole), count);
        assert.ok(shown(whole) >= Math.min(count, 1_000));
      }
      assert.ok(shown(brief) <= 10);
      assert.equal(left(brief) > 0, count > 10);
    });
  }

  test('of a hundred thousand different messages, in bounded memory', () => {
    const found = new AdvisoryDigest();
    for (let id = 1; id <= 5_000; id += 1) {
      found.add(
        jobPlan({ jobId: id, jobName: 'j', advisories: [note('x-code', 'warning', `number ${id}.`)] }),
      );
    }
    const whole = text(found, 'warning', true);
    assert.equal(times('number ', whole) + left(whole), 5_000);
  });
});

test('a name with escape sequences appears harmlessly', () => {
  const found = new AdvisoryDigest();
  found.add(
    jobPlan({ jobName: '\u001b[2J\u202e\n', advisories: [note('x-code', 'warning', 'says "\u009b31m".')] }),
  );
  assert.doesNotMatch(text(found).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

for (const width of [30, 60, 100]) {
  test(`no line is longer than a terminal of ${width} columns`, () => {
    const long = note(
      'connection-unreadable',
      'error',
      `has ${'a word and 日本語 '.repeat(20)}${'x'.repeat(100)}.`,
    );
    const found = digest(
      ...span(1, 30).map(() => [
        long,
        note('any-host', 'warning', 'is for any host.'),
        note('scheduler-differences', 'info', 'i.'),
      ]),
    );
    for (const line of text(found, 'info', false, width).split('\n')) {
      assert.ok(stringWidth(line) <= width, `${stringWidth(line)}: ${line}`);
    }
  });
}
