import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Asked } from '../../src/model/groups.ts';
import { type PlanDocument, planSchema } from '../../src/model/plan.ts';
import { jobCard } from '../../src/report/html/job-card.ts';
import { printJson } from '../../src/report/json.ts';
import { commentText } from '../../src/report/markdown/comment.ts';
import { groupComments } from '../../src/report/sql/group-comments.ts';
import { HIDING } from '../../src/secrets/masked.ts';
import { masking } from '../../src/secrets/veil.ts';
import { jobsFromRows, plausibleJobs } from '../pgagent/plausible-jobs.ts';
import { CHECKS, HEADER, stream } from '../report/samples.ts';
import { PlannedRun } from './plausible-plan.ts';

const WORDS: Readonly<Record<string, string>> = {
  'overlapping-schedules': 'jobs? runs? twice in shared minutes',
  'shared-session': 'jobs? needs? one session for several steps',
};

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** How many of something a text counts without showing them. */
const more = (text: string, where: RegExp): number => Number(where.exec(text)?.[1] ?? 0);

async function documentOf(run: PlannedRun): Promise<PlanDocument> {
  let text = '';
  const tail = {
    advisories: [],
    decisions: run.decisions.decisions,
    summary: run.tally.summary(false),
  };
  await printJson(HEADER, CHECKS, stream(run.plans), tail, masking(HIDING), async (part) => {
    text += part;
  });
  return planSchema.parse(JSON.parse(text));
}

for (const size of [10, 100, 300, 3_000]) {
  describe(`what is true of ${size} plausible jobs stands in`, () => {
    const { rows, truth } = plausibleJobs(size);
    const { decisions: codes, ...groups } = truth;
    const run = new PlannedRun(jobsFromRows(rows));
    const decisions = Object.entries(codes).filter(([, jobs]) => jobs > 0);
    const asked: Asked = {
      groups: run.tally.summary(false).groups,
      decisions: run.decisions.decisions,
      staying: run.decisions.staying,
    };

    test('the comment of a merge request, of at most 60,000 characters', async () => {
      const parts = {
        ...asked,
        header: HEADER,
        written: false,
        checks: CHECKS,
        cutover: [],
        work: '',
        isStopped: false,
      };
      const text = await commentText({ ...parts, advisories: run.digest.groups }, stream(run.plans));
      assert.ok(text.length <= 60_000, String(text.length));
      const { unchanged, paused, decide, stay, notScheduled } = groups;
      const first = paused === 0 ? `${unchanged}` : `${unchanged} (${paused} paused)`;
      assert.ok(
        text.includes(`\n| ${first} | ${decide} | ${stay} | ${notScheduled} |\n`),
        text.slice(0, 800),
      );
      for (const [code, jobs] of decisions)
        assert.match(text, new RegExp(`^- ${jobs} ${WORDS[code]}\\. .*\\(\`${code}\`\\)$`, 'm'));
      const stays = text.slice(text.indexOf('### Stay'), text.indexOf('### Preflight'));
      assert.equal(count(stays, /^- Job /gm) + more(stays, /^- and (\d+) more/m), stay);
      assert.equal(
        count(text, /^\| \d+ \| `/gm) + more(text, /^and (\d+) more/m),
        run.tally.summary(false).chains,
      );
    });

    test('the head of a script, of at most 40 jobs that stay', () => {
      const text = groupComments(asked).join('');
      const { unchanged, decide, stay, notScheduled } = groups;
      assert.match(
        text,
        new RegExp(
          `^-- ${size} jobs: ${unchanged} unchanged.*, ${decide} to decide, ${stay} stays?, ${notScheduled} not`,
        ),
      );
      for (const [code, jobs] of decisions)
        assert.match(text, new RegExp(`^-- {3}${jobs} ${WORDS[code]} -> .*\\[${code}\\]$`, 'm'));
      assert.equal(count(text, /^-- {3}job \d+ /gm), Math.min(40, stay));
      assert.equal(more(text, /^-- {3}and (\d+) more/m), Math.max(0, stay - 40));
    });

    test('the JSON, job by job', async () => {
      const { summary, jobs, decisions: found } = await documentOf(run);
      assert.deepEqual(summary.groups, { ...groups, excluded: 0 });
      const of = (group: string): number => jobs.filter((one) => one.group === group).length;
      assert.deepEqual(
        [of('unchanged'), of('decide'), of('stay'), of('not-scheduled')],
        [groups.unchanged, groups.decide, groups.stay, groups.notScheduled],
      );
      assert.deepEqual(Object.fromEntries(found.map((one) => [one.code, one.jobs])), {
        'still-enabled': null,
        ...Object.fromEntries(decisions),
      });
    });

    test('the cards of the HTML report: a link finds as many jobs as it says', () => {
      const cards = run.plans.map((plan) => jobCard(plan, HIDING).text);
      const of = (pattern: RegExp): number => cards.filter((card) => pattern.test(card)).length;
      assert.deepEqual(
        ['unchanged', 'decide', 'stay', 'not-scheduled'].map((group) =>
          of(new RegExp(`data-group="${group}"`)),
        ),
        [groups.unchanged, groups.decide, groups.stay, groups.notScheduled],
      );
      for (const [code, jobs] of decisions)
        assert.equal(
          of(new RegExp(`data-group="decide"[^>]* data-codes="(?:[^"]* )?${code}[ "]`)),
          jobs,
          code,
        );
    });
  });
}
