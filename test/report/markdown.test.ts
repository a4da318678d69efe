import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JobPlan } from '../../src/model/plan.ts';
import { AdvisoryDigest } from '../../src/planning/advisory-digest.ts';
import { type CommentParts, commentText } from '../../src/report/markdown/comment.ts';
import { fitting } from '../../src/report/markdown/room.ts';
import { cell, code, prose } from '../../src/report/markdown/spans.ts';
import { chain, jobPlan } from '../job-builders.ts';
import { HOSTILE_NAME } from '../planted/hostile.ts';
import { runs } from '../property-runs.ts';
import { CHECKS, HEADER, stream } from './samples.ts';

const PARTS: CommentParts = {
  header: HEADER,
  ...{ written: false, work: 'write 3 chains', isStopped: false },
  groups: { unchanged: 3, paused: 1, decide: 2, stay: 1, notScheduled: 4, excluded: 0 },
  decisions: [
    {
      ...{ code: 'overlapping-schedules', jobs: 2, what: 'run twice in shared minutes' },
      option: '--overlap exact',
    },
  ],
  staying: [{ jobId: 7, jobName: 'Remote', what: 'names another database', option: '--step-conninfo "x"' }],
  checks: CHECKS,
  advisories: new Map(),
  cutover: [],
};

const comment = (more: Partial<CommentParts> = {}, jobs: readonly JobPlan[] = []): Promise<string> =>
  commentText({ ...PARTS, ...more }, stream(jobs));

/** What is left of Markdown without its code spans, as CommonMark finds them: a run of backticks, up to the next as long. */
function withoutSpans(markdown: string): string {
  return markdown.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}

describe('the comment', () => {
  test('has the four counts first, then what to decide, what stays, the preflight and the chains', async () => {
    const text = await comment({}, [jobPlan({ jobId: 3 })]);
    const places = [
      '## From pgAgent to pg_timetable: 10 jobs\n',
      '| unchanged | to decide | stay | not scheduled |\n|---:|---:|---:|---:|\n| 3 (1 paused) | 2 | 1 | 4 |\n',
      '### Decide\n\n- 2 jobs run twice in shared minutes. To change it: `--overlap exact` (`overlapping-schedules`)\n',
      '### Stay on pgAgent\n\n- Job 7 `Remote`: names another database. To change it: `--step-conninfo "x"`\n',
      '### Preflight\n\n- **warning** Nobody is there. Start one.\n- **stop** It cannot be written. Go elsewhere.\n- 1 check passed, 1 note, 1 warning, 1 stops the run\n',
      '<details>\n<summary>1 chain</summary>\n\n| job | chain |',
      '| 3 | `job @ often` | `* * * * *` | Every minute | (every) | yes |\n\n</details>\n',
    ].map((part) => text.indexOf(part));
    assert.ok(
      places.every((place, index) => place > (places[index - 1] ?? -1)),
      `${places}\n${text}`,
    );
    assert.match(text, /^pgAgent 4\.2 in `postgres` on `db1\.example\.org:5432`, to pg_timetable 7\.0\.0 /m);
    assert.match(text, /^Nothing was written\.\nA run would write 3 chains\.$/m);
  });

  test('says what a run would do, once nothing stops it, or that it would change nothing', async () => {
    assert.match(
      await comment({ isStopped: true }),
      /^Once nothing stops it, a run would write 3 chains\.$/m,
    );
    assert.match(await comment({ work: '' }), /^A run would change nothing\.$/m);
    assert.doesNotMatch(await comment({ written: true }), /a run would/i);
  });

  test('leaves out what there is nothing to say of', async () => {
    const text = await comment({
      decisions: [],
      staying: [],
      checks: [],
      groups: { ...PARTS.groups, stay: 0 },
    });
    assert.doesNotMatch(text, /^### |<details>/m);
    assert.match(text, /^No chain to write\.$/m);
  });

  test('of a run that wrote says so, with its cutover', async () => {
    const text = await comment({ written: true, cutover: ['Cutover: 1 job disabled.'] });
    assert.match(text, /^The chains are written\.$/m);
    assert.match(text, /^- Cutover: 1 job disabled\.$/m);
  });

  test('says each text once, then ten of the jobs, gravest first; what is good to know by its code', async () => {
    const digest = new AdvisoryDigest();
    const advisory = { message: 'does m.', link: 'l' };
    for (let jobId = 1; jobId <= 12; jobId += 1)
      digest.add(
        jobPlan({
          jobId,
          advisories: [
            { ...advisory, code: 'grave', severity: 'warning' },
            { ...advisory, code: 'light', severity: 'info' },
            ...(jobId === 2 ? [{ ...advisory, code: 'fatal', severity: 'error' } as const] : []),
          ],
        }),
      );
    const text = await comment({ advisories: digest.groups });
    const differs = /### What differs\n\n([\s\S]*)\nGood to know: `light` \(12\)\.\n/.exec(text)?.[1];
    assert.deepEqual(differs?.split('\n'), [
      '- **error** `fatal`: job 2 "job" does m.',
      '- **warning** `grave`: each does m.',
      ...Array.from({ length: 10 }, (_, index) => `  - job ${index + 1} "job"`),
      '  - and 2 more',
      '',
    ]);
  });
});

describe('the size of a comment', () => {
  const name = (index: number): string => `${index} ${HOSTILE_NAME.repeat(3)}`;
  const many = (count: number): readonly JobPlan[] =>
    Array.from({ length: count }, (_, index) =>
      jobPlan({ jobId: index, chains: [chain({ chainName: name(index) })] }),
    );

  test('is at most 60,000 characters, cut at whole lines, and what is left out is counted', async () => {
    const digest = new AdvisoryDigest();
    for (const plan of many(3_000))
      digest.add({
        ...plan,
        advisories: [
          { code: `c-${plan.jobId}`, severity: 'warning', message: `${plan.jobId} `.repeat(900), link: 'l' },
        ],
      });
    const text = await comment(
      {
        groups: { ...PARTS.groups, stay: 5_000 },
        decisions: Array.from({ length: 90 }, (_, index) => ({
          ...{ code: `code-${index}`, jobs: 1, what: 'run '.repeat(300), option: '--x'.repeat(90) },
        })),
        staying: Array.from({ length: 1_000 }, (_, index) => ({
          ...{ jobId: index, jobName: name(index), what: HOSTILE_NAME, option: null },
        })),
        checks: Array.from({ length: 50 }, () => ({ ...CHECKS[2], message: HOSTILE_NAME }) as const).map(
          (check) => ({ check: 'c', status: 'warning', remedy: 'x '.repeat(500), message: check.message }),
        ),
        advisories: digest.groups,
        cutover: Array.from({ length: 80 }, () => 'Missed. '.repeat(200)),
      },
      many(3_000),
    );
    assert.ok(text.length <= 60_000 && text.length > 55_000, String(text.length));
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    const rest = [...text.matchAll(/^(?:- )?and (\d+) more: /gm)].map(([, number]) => Number(number));
    assert.equal(rest.length, 6);
    assert.equal(count(/^- Job \d+ /gm) + (rest[2] ?? 0), 5_000);
    assert.equal(count(/^- \*\*warning\*\* `c-/gm) + (rest[4] ?? 0), 3_000);
    assert.equal(count(/^\| \d+ \| `/gm) + (rest[5] ?? 0), 3_000);
    assert.ok(count(/^\| \d+ \| `/gm) > 20);
    assert.ok(text.endsWith('\n\n</details>\n'));
  });

  test('a character more or less in front never makes it too long', async () => {
    const jobs = Array.from({ length: 1_000 }, (_, jobId) => jobPlan({ jobId }));
    for (let length = 1; length < 80; length += 9) {
      const text = await comment(
        { staying: [{ ...{ jobId: 1, jobName: 'x'.repeat(length) }, what: 'a', option: null }] },
        jobs,
      );
      assert.ok(text.length <= 60_000 && text.length > 60_000 - 240, `${length}: ${text.length}`);
    }
  });

  test('lines fit up to the last character that is not kept for the count', () => {
    const more = (rest: number): string => `and ${rest}`;
    assert.equal(fitting(['a', 'b'], 102, more), 'ab');
    assert.equal(fitting(['a', 'b'], 101, more), 'aand 1');
    assert.equal(fitting(['a', 'b'], 102, more, 3), 'aband 1');
    assert.equal(fitting([], 0, more), '');
  });
});

describe('no text is read as Markdown', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a', '`a`'],
    ['', '(empty)'],
    ['a`b', '``a`b``'],
    ['``', '``` `` ```'],
    [' a', '`  a `'],
    ['@all\n# x', '`@all\\n# x`'],
    ['x'.repeat(101), `\`${'x'.repeat(97)}...\``],
    ['x'.repeat(100), `\`${'x'.repeat(100)}\``],
  ];
  for (const [name, expected] of cases)
    test(`a name: ${JSON.stringify(name).slice(0, 30)}`, () => assert.equal(code(name), expected));

  const sentences: readonly (readonly [string, string])[] = [
    ['the job "a b" (of x), at 02:30: 5 runs; 1/2.', 'the job "a b" (of x), at 02:30: 5 runs; 1/2.'],
    ['tell @all, #12 !3 or "_b_",', 'tell `@all`, `#12` `!3` or "`_b_`",'],
    ['pg_timetable a__b _c d_', 'pg_timetable `a__b` `_c` `d_`'],
    ['- x /close :boom: www.a.b http://a.b', '`-` x `/close` `:boom`: `www.a.b` `http://a.b`'],
    ['1. x - 2. = 3', '`1.` x - 2. = 3'],
    ['<img src=x> [a](b) &lt; ~~x~~ | c', '`<img` src=`x>` `[a](b`) `&lt`; `~~x~~` `|` c'],
  ];
  for (const [text, expected] of sentences)
    test(`a sentence: ${text}`, () => assert.equal(prose(text), expected.replace('src=`x>`', '`src=x>`')));

  test('a bar does not end a cell, behind a backslash either', () => {
    assert.equal(cell(code('a|b')), '`a\\|b`');
    assert.equal(cell(code('a\\|b|')), '`a\\\\u{7c}b\\|`');
  });

  test('whatever the names are, a row has its cells, and nothing but plain words is outside code spans', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '`',
        '``',
        '|',
        '\\',
        '<b>',
        '@all',
        '#1',
        '\n',
        '</details>',
        '*',
        '_x_',
        '](',
        ' ',
        '$',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (name, client) => {
        const plan = jobPlan({ chains: [chain({ chainName: name, clientName: client, runAt: name })] });
        const staying = [{ jobId: 7, jobName: name, what: `"${client}" is there`, option: null }];
        const found = await comment({ staying }, [plan]);
        const row = /^\| 1 \|.*$/m.exec(found)?.[0] ?? '';
        assert.equal(row.match(/(?<!\\)\|/g)?.length, 7, row);
        assert.doesNotMatch(row.replaceAll('\\|', ''), /\\\|/);
        const stay = /^- Job 7 .*$/m.exec(found)?.[0] ?? '';
        for (const line of [row.replace(/(?<!\\)\|/g, ''), stay])
          assert.match(
            withoutSpans(line),
            /^(?:[\p{L}\p{N}\p{M}"'(),.;:?/=+ -]|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))*$/u,
            line,
          );
      }),
      runs(300),
    );
  });
});

test('a password in a name or a sentence is masked', async () => {
  const secret = 'password=hunter2';
  const text = await comment(
    {
      staying: [{ jobId: 1, jobName: secret, what: `has ${secret}`, option: null }],
      header: { ...HEADER, source: { ...HEADER.source, database: secret } },
      checks: [{ check: 'a', status: 'warning', message: secret, remedy: secret }],
    },
    [jobPlan({ chains: [chain({ chainName: secret, clientName: secret })] })],
  );
  assert.doesNotMatch(text, /hunter2/);
});
