import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Advisory, type JobPlan, type PlanHeader, planSchema } from '../../src/model/plan.ts';
import { Tally } from '../../src/planning/tally.ts';
import { printJson } from '../../src/report/json.ts';
import { HIDING, shownJobPlan } from '../../src/secrets/masked.ts';
import { masking } from '../../src/secrets/veil.ts';
import { chain, jobPlan, task } from '../job-builders.ts';
import { runs } from '../property-runs.ts';
import { CHECKS, HEADER, stream } from './samples.ts';

async function json(
  jobs: readonly JobPlan[],
  header: PlanHeader = HEADER,
  advisories: readonly Advisory[] = [],
): Promise<string> {
  const tally = new Tally();
  for (const plan of jobs) tally.add(plan);
  const parts: string[] = [];
  await printJson(
    header,
    CHECKS,
    stream(jobs),
    { advisories, decisions: [], summary: tally.summary(false) },
    masking(HIDING),
    async (text) => {
      parts.push(text);
    },
  );
  return parts.join('');
}

const NASTY = '"\u001b[31m\u009b\u202e\u2028\u007f\n\t\\ 日本 👨‍👩‍👧 \ud800';

describe('the document', () => {
  const cases: readonly [string, readonly JobPlan[]][] = [
    ['no job', []],
    ['one job', [jobPlan()]],
    ['several jobs', [jobPlan(), jobPlan({ jobId: 2, moved: 'none', chains: [] }), jobPlan({ jobId: 3 })]],
    [
      'names that a terminal would obey',
      [
        jobPlan({
          jobName: NASTY,
          hostAgent: NASTY,
          chains: [
            chain({
              chainName: NASTY,
              clientName: NASTY,
              tasks: [task({ taskName: NASTY, command: NASTY, parameters: [[NASTY]] })],
            }),
          ],
        }),
      ],
    ],
    ['ids, once written', [jobPlan({ chains: [chain({ chainId: 5, tasks: [task({ taskId: 9 })] })] })]],
    [
      'what was skipped and advised',
      [
        jobPlan({
          skipped: [{ reason: 'schedule-over', message: 'over', scheduleId: 1 }],
          advisories: [{ code: 'any-host', severity: 'info', message: 'm', link: 'l', stepId: 2 }],
        }),
      ],
    ],
  ];
  for (const [name, jobs] of cases) {
    test(`reads as the plan: ${name}`, async () => {
      const text = await json(jobs, HEADER, [{ code: 'run', severity: 'info', message: NASTY, link: 'l' }]);
      const plan = planSchema.parse(JSON.parse(text));
      assert.deepEqual(
        plan.jobs,
        jobs.map((job) => ({ ...job, group: job.chains.length === 0 ? 'not-scheduled' : 'unchanged' })),
      );
      const { planVersion, plannedAt, source, target, options } = plan;
      assert.deepEqual({ planVersion, plannedAt, source, target, options }, HEADER);
      assert.equal(plan.summary.jobs, jobs.length);
      assert.equal(plan.advisories[0]?.message, NASTY);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      assert.ok(text.endsWith('}\n'));
      // One document, laid out as JSON.stringify lays it out.
      assert.equal(
        text.replace(/\\u[0-9a-f]{4}/g, '?'),
        `${JSON.stringify(JSON.parse(text), null, 2).replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]|\\u[0-9a-f]{4}/gu, '?')}\n`,
      );
    });
  }
});

describe('a password is never shown', () => {
  const SECRET = 'hunter2';
  const cases: readonly [string, Partial<Parameters<typeof task>[0]>][] = [
    ['in a connection string', { databaseConnection: `host=h password=${SECRET} dbname=d` }],
    [
      'in a batch text',
      { kind: 'PROGRAM', command: 'sh', parameters: [['-c', `PGPASSWORD=${SECRET} psql`]] },
    ],
    ['in an SQL text', { command: `ALTER ROLE x PASSWORD '${SECRET}'` }],
  ];
  for (const [name, more] of cases) {
    test(name, async () => {
      const text = await json([jobPlan({ chains: [chain({ tasks: [task(more)] })] })]);
      assert.ok(!text.includes(SECRET), text);
      planSchema.parse(JSON.parse(text));
    });
  }

  test('in --step-conninfo', async () => {
    const header = {
      ...HEADER,
      options: { ...HEADER.options, stepConninfo: `host=h user=u password=${SECRET}` },
    };
    assert.ok(!(await json([], header)).includes(SECRET));
  });

  // In a connection string, unlike in a script, $ % & ; | are letters like any other.
  test('whatever it is made of, in a connection string as the tool writes it', () => {
    const characters = fc.constantFrom(
      'a',
      '1',
      "'",
      '"',
      '\\',
      ' ',
      '$',
      '%',
      '@',
      ':',
      '/',
      '=',
      ';',
      '&',
      '|',
      ')',
      '(',
      'ü',
      '$(',
      '${',
    );
    const passwords = fc
      .tuple(fc.array(characters, { maxLength: 4 }), fc.array(characters, { maxLength: 4 }))
      .map(([before, behind]) => `${before.join('')}Zq${behind.join('')}Zq`);
    fc.assert(
      fc.property(passwords, (password) => {
        const value = /[\s'\\]/.test(password) ? `'${password.replace(/['\\]/g, '\\$&')}'` : password;
        const plan = jobPlan({
          chains: [chain({ tasks: [task({ databaseConnection: `host=h password=${value} dbname=d` })] })],
        });
        const shown = shownJobPlan(plan, HIDING).chains[0]?.tasks[0]?.databaseConnection ?? '';
        assert.ok(!shown.includes('Zq'), `${password} is shown as ${shown}`);
        assert.ok(shown.startsWith('host=h password='), shown);
        assert.ok(shown.endsWith(' dbname=d'), shown);
      }),
      runs(1_000),
    );
  });
});
