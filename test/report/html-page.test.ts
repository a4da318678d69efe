import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { JobPlan } from '../../src/model/plan.ts';
import { UTC } from '../../src/model/zone.ts';
import { Tally } from '../../src/planning/tally.ts';
import { jobCard } from '../../src/report/html/job-card.ts';
import { code, figure, html } from '../../src/report/html/markup.ts';
import { pageParts, type Report } from '../../src/report/html/page.ts';
import { hoursText, timeText } from '../../src/report/html/times.ts';
import { HIDING, REVEALING, type Shown } from '../../src/secrets/masked.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { WeekCounts } from '../../src/transform/week/week-counts.ts';
import { batchStep, context, job, NOW, schedule, span, sqlStep } from '../job-builders.ts';
import { CHECKS, HEADER } from './samples.ts';

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror="a">'&amp;\u202eevil\u0007`;
const HARMLESS =
  '&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&quot;a&quot;&gt;&#39;&amp;amp;\\u{202e}evil\\u{7}';

/** The page of some plans. */
function page(plans: readonly JobPlan[], more: Partial<Report> = {}, shown: Shown = HIDING): string {
  const tally = new Tally();
  for (const plan of plans) tally.add(plan);
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  return [
    ...pageParts({
      header: HEADER,
      plannedAt: '2026-03-01T10:00:00+01:00',
      summary: tally.summary(false),
      groups: tally.summary(false).groups,
      decisions: [],
      staying: [],
      pages: new Map(),
      cutover: [],
      conflicts: { jobs: 0, texts: [] },
      checks: CHECKS,
      advisories: [],
      picture: counts.picture(),
      cards: plans.map((plan) => jobCard(plan, shown).text),
      shown,
      ...more,
    }),
  ].join('');
}

test('every part of a template is escaped, unless it is HTML already', () => {
  assert.equal(html`<p title="${HOSTILE}">${HOSTILE}</p>`.text, `<p title="${HARMLESS}">${HARMLESS}</p>`);
  assert.equal(html`<p>${html`<b>${'<'}</b>`}${null}${[1, '&']}</p>`.text, '<p><b>&lt;</b>1&amp;</p>');
});

test('code keeps its lines and tabs, and what a browser would obey is written out', () => {
  assert.equal(code('a\r\n\tb\n<c>\u202e\rd').text, '<pre>\na\n\tb\n&lt;c&gt;\\u{202e}\\rd</pre>');
});

test('a first empty line of code is not lost', () => {
  assert.equal(code('\na').text, '<pre>\n\na</pre>');
});

test('no text of a job becomes anything but text', () => {
  const hostile = job({
    name: HOSTILE,
    hostAgent: HOSTILE,
    schedules: [schedule({ minutes: [0], hours: [2] }, { name: HOSTILE })],
    steps: [sqlStep({ name: HOSTILE, code: HOSTILE }), batchStep(HOSTILE, { id: 2, name: HOSTILE })],
  });
  const plan = planJob(hostile, context({ options: { clientNames: new Map([[HOSTILE, HOSTILE]]) } }));
  const { options } = HEADER;
  const header = {
    ...HEADER,
    source: { ...HEADER.source, host: HOSTILE, database: HOSTILE, user: HOSTILE, schemaVersion: HOSTILE },
    options: { ...options, jobs: [HOSTILE], clientNames: { [HOSTILE]: HOSTILE }, shell: HOSTILE },
  };
  const checks = [{ check: 'x', status: 'stop', message: HOSTILE, remedy: HOSTILE }] as const;
  const advisories = [{ code: HOSTILE, severity: 'info', message: HOSTILE, link: HOSTILE }] as const;
  const text = page([plan], {
    header,
    checks,
    advisories,
    cutover: [HOSTILE],
    conflicts: { jobs: 1, texts: [HOSTILE] },
  });
  assert.equal(text.includes('alert(1)'), true);
  assert.doesNotMatch(text, /<img|<script>alert|(?!\n)[\p{Cc}\p{Cf}]/u);
  assert.equal(text.match(/<script/g)?.length, 1);
  assert.equal(text.match(/<\/script/g)?.length, 1);
});

test('names in the picture and among the busiest minutes are text too', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  const given = job({
    name: HOSTILE,
    schedules: [schedule({ minutes: [0] }), schedule({ minutes: [0] }, { id: 2, name: 'more' })],
  });
  counts.add(given, planJob(given, context()));
  const text = page([], { picture: counts.picture() });
  assert.match(text, /Job 1 <bdi>&lt;\/script&gt;/);
  assert.match(text, /<li><bdi>&lt;\/script&gt;/);
  assert.equal(text.match(/<script/g)?.length, 1);
});

test('passwords are masked in tasks and options, unless they are asked for', () => {
  const secret = 'Xk29-geheim';
  const plan = planJob(
    job({
      steps: [
        sqlStep({ connection: { kind: 'conninfo', conninfo: `host=a dbname=b user=c password=${secret}` } }),
        sqlStep({ id: 2, code: `ALTER ROLE x PASSWORD '${secret}'` }),
        batchStep(`PGPASSWORD=${secret} psql`, { id: 3 }),
      ],
    }),
    context(),
  );
  const header = { ...HEADER, options: { ...HEADER.options, stepConninfo: `host=a password=${secret}` } };
  assert.equal(plan.moved, 'whole', JSON.stringify(plan.advisories));
  assert.doesNotMatch(page([plan], { header }), new RegExp(secret));
  assert.equal(page([plan], { header }, REVEALING).match(new RegExp(secret, 'g'))?.length, 4);
});

test('the policy allows the style and the script of the page and nothing else', () => {
  const text = page([]);
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text) ?? [];
  const inside = (name: string): string =>
    new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(text)?.[1] ?? assert.fail(name);
  const hash = (name: string): string =>
    `&#39;sha256-${createHash('sha256').update(inside(name)).digest('base64')}&#39;`;
  assert.equal(
    policy,
    `default-src &#39;none&#39;; style-src ${hash('style')}; script-src ${hash('script')}; img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
  );
  assert.doesNotMatch(text, /https?:\/\/|url\(|@import| style="| on[a-z]+="/);
});

test('jobs in conflict with the target are counted, and the first of them listed', () => {
  const texts = Array.from({ length: 25 }, (_, index) => `job ${index} <clashes>`);
  const text = page([], { conflicts: { jobs: 2_000, texts } });
  assert.match(text, /2,000 jobs are in conflict with what the target has, which stops a run\./);
  assert.equal(text.match(/&lt;clashes&gt;/g)?.length, 20);
  assert.match(text, /<li>and 1,980 more jobs<\/li>/);
  assert.doesNotMatch(page([]), /in conflict/);
});

test('the same plan is the same page', () => {
  const plan = planJob(job(), context());
  assert.equal(page([plan]), page([plan]));
});

test('a chain stands there with its line, its words, its client, its next runs and its tasks', () => {
  const plan = planJob(
    job({
      hostAgent: 'node1',
      schedules: [schedule({ minutes: [30], hours: [2] })],
      steps: [sqlStep({ name: 'tidy', onError: 'ignore' })],
    }),
    context(),
  );
  const card = jobCard(plan, HIDING).text;
  assert.match(
    card,
    /<b><bdi>job @ often<\/bdi><\/b> <code>30 2 \* \* \*<\/code> <span class="words">[^<]*02:30/,
  );
  assert.match(card, /client <bdi>node1<\/bdi>/);
  assert.match(card, /<span class="live">live<\/span>/);
  assert.match(card, /next Fri 2026-04-17 02:30 \+00:00, Sat 2026-04-18 02:30 \+00:00, Sun 2026-04-19/);
  assert.match(
    card,
    /<span class="order">10<\/span> <bdi>tidy<\/bdi> · SQL, autonomous · continues after an error<\/p><pre>\nSELECT 1<\/pre>/,
  );
  assert.match(card, /data-group="unchanged" data-grave="info" data-codes="bound-to-client"/);
});

test('what is left out says why, with a link to what the page says of its advisory', () => {
  const steps = [sqlStep({ connection: { kind: 'database', name: 'elsewhere' } })];
  const card = jobCard(planJob(job({ steps }), context()), HIDING).text;
  assert.match(card, /data-group="stay" data-grave="error" data-codes="step-needs-conninfo"/);
  assert.match(card, /<span class="fate none">stays on pgAgent<\/span>/);
  assert.match(card, /<li>needs --step-conninfo, so it stays on pgAgent<\/li>/);
  assert.match(
    card,
    /<a href="#code-step-needs-conninfo"><code>step-needs-conninfo<\/code><\/a> Step 1 <bdi>“step”<\/bdi> runs in the database/,
  );
});

test('the preflight counts as the other forms do', () => {
  assert.match(
    page([]),
    /<h2 id="preflight-h">Preflight<\/h2>\n<p>1 check passed, 1 note, 1 warning, 1 stops the run<\/p>/,
  );
});

test('a job without a schedule that can fire is not scheduled', () => {
  const card = jobCard(planJob(job({ schedules: [] }), context()), HIDING).text;
  assert.match(card, /<span class="fate none">not scheduled<\/span>/);
});

test('cells that differ say so in words, others do not', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  const given = job({
    schedules: [1, 2].map((id) =>
      schedule({ minutes: [0], hours: [9], weekdays: [1] }, { id, name: `s${id}` }),
    ),
  });
  counts.add(given, planJob(given, context()));
  const text = page([], { picture: counts.picture() });
  assert.match(text, /1 job does not run after as before in these 4 weeks, in 1 hour of the week/);
  assert.equal(text.match(/, 4 more than before/g)?.length, 1);
  assert.equal(text.match(/than before/g)?.length, 1);
  assert.match(text, /Monday 09 h: 4 before, 8 after\./);
});

test('where all is alike the page says so', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  counts.add(job(), planJob(job(), context()));
  const text = page([], { picture: counts.picture() });
  assert.match(
    text,
    /In these 4 weeks every job runs in the minutes that are ticked, as often before as after\.</,
  );
  assert.doesNotMatch(text, /class="s\d ne"/);
  assert.match(page([]), /Nothing runs by the clock in these 4 weeks, before or after\./);
});

test('what pgAgent ran less often than is ticked stands beside what is alike', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  const given = job({ schedules: [schedule({})] });
  const plan = planJob(given, context());
  assert.ok(plan.advisories.some(({ code }) => code === 'nothing-ticked'));
  counts.add(given, plan);
  const staying = job({ steps: [sqlStep({ connection: { kind: 'database', name: 'elsewhere' } })] });
  counts.add(staying, planJob(staying, context()));
  const text = page([], { picture: counts.picture() });
  assert.match(text, /ticked, as often before as after\. 1 job of these stays on pgAgent\./);
  assert.match(text, /pgAgent itself ran 1 job less often\s+than is ticked/);
});

test('the four groups come first, each number a link that filters, with what to decide and what stays', () => {
  const text = page([], {
    groups: { unchanged: 1_200, paused: 7, decide: 2, stay: 12, notScheduled: 0, excluded: 0 },
    decisions: Array.from({ length: 9 }, (_, index) => ({
      ...{ code: `code-${index}`, jobs: index + 1, what: 'run <twice>' },
      ...(index === 0 ? { job: { jobId: 7, jobName: 'a & b' } } : {}),
      option: index === 0 ? '--overlap exact' : null,
    })),
    staying: Array.from({ length: 12 }, (_, index) => ({
      ...{ jobId: index, jobName: '<b>', what: 'names <another> database.', option: '--step-conninfo "x"' },
    })),
  });
  const link = (group: string, rest: string): string => `<a href="#jobs-h" data-group="${group}"${rest}`;
  for (const part of [
    `<li class="unchanged">${link('unchanged', '><b>1,200</b> <span>unchanged, 7 of them paused</span></a>')}</li>`,
    `<li class="decide">${link('decide', '><b>2</b> <span>to decide</span></a>')}</li>`,
    '<li class="not-scheduled"><b>0</b> <span>not scheduled</span></li>',
    `<li>${link('decide', ' data-code="code-0">Job 7 <bdi>a &amp; b</bdi></a>')} runs &lt;twice&gt;. To change it: <code>--overlap exact</code> <a href="#code-code-0"><code>code-0</code></a></li>`,
    `<li>${link('decide', ' data-code="code-8">9 jobs</a>')} run &lt;twice&gt;. <a href="#code-code-8">`,
    '<details><summary>1 more code</summary>',
    '<li><a href="#job-9">Job 9 <bdi>&lt;b&gt;</bdi></a>: names &lt;another&gt; database. To change it: <code>--step-conninfo &quot;x&quot;</code></li>',
    `<li>and ${link('stay', '>2 more jobs</a>')}</li>`,
  ])
    assert.ok(text.includes(part), part);
  assert.ok(!text.includes('<a href="#job-10">'));
  assert.ok(text.indexOf('<li class="unchanged">') < text.indexOf('id="preflight"'));
});

test('the page says what its advisories mean, each once', () => {
  const text = page([], {
    pages: new Map([
      ['b-code', '# b-code\n\nIt is <so>.\n'],
      ['a-code', 'See [b](b-code.md).'],
    ]),
  });
  assert.equal(text.match(/id="code-/g)?.length, 2);
  assert.match(
    text,
    /id="code-a-code"><summary><code>a-code<\/code><\/summary>\n<p>See <a href="#code-b-code">b<\/a>\.<\/p>/,
  );
  assert.match(text, /id="code-b-code"><summary><code>b-code<\/code><\/summary>\n<p>It is &lt;so&gt;\.<\/p>/);
  assert.doesNotMatch(page([]), /What the advisories mean/);
});

test('jobs that run around the clock are left out of the tables until they are asked for', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  const always = job({ schedules: [schedule({ minutes: span(0, 59) })] });
  const monday = job({ id: 2, schedules: [schedule({ minutes: [0], hours: [9], weekdays: [1] })] });
  for (const one of [always, monday]) counts.add(one, planJob(one, context()));
  const text = page([], { picture: counts.picture() });
  assert.match(text, /<label for="constant">Also count 1 job that runs in every hour of the week<\/label>/);
  const totals = [...text.matchAll(/<caption>([^<]*) <span class="total">([^<]*)</g)].map(
    ([, ...found]) => found,
  );
  // 60 runs an hour of 168 hours in four weeks, and four Mondays.
  assert.deepEqual(totals, [
    ['Before: pgAgent, without 1 job', '4 runs'],
    ['After: pg_timetable, without 1 job', '4 runs'],
    ['Before: pgAgent', '40,324 runs'],
    ['After: pg_timetable', '40,324 runs'],
  ]);
});

test('where all run around the clock nothing is left out', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 1 });
  counts.add(job(), planJob(job(), context()));
  const text = page([], { picture: counts.picture() });
  assert.equal(text.match(/<caption>(?:Before|After)/g)?.length, 2);
  assert.doesNotMatch(text, /id="constant"/);
});

test('what differs is said once, then the jobs with their numbers', () => {
  const counts = new WeekCounts({ source: UTC, target: UTC, now: NOW, disablesSource: false, clients: 2 });
  const nine = { minutes: [0], hours: [9], weekdays: [1] };
  const twice = [1, 2].map((id) => schedule(nine, { id, name: `s${id}` }));
  for (const [id, hostAgent] of [
    [1, 'node'],
    [2, 'node'],
    [3, ''],
  ] as const) {
    const one = job({ id, hostAgent, schedules: id === 3 ? [schedule(nine)] : twice });
    counts.add(one, planJob(one, context()));
  }
  const text = page([], { picture: counts.picture() });
  assert.equal(text.match(/In minutes that schedules of the job share/g)?.length, 1);
  assert.equal(text.match(/so each of the 2 clients runs them/g)?.length, 1);
  const items = [...text.matchAll(/<li><a href="#job-(\d)">[^:]*: ([^.]*)\./g)].map(([, ...found]) => found);
  assert.deepEqual(items, [
    ['1', '4 repeated'],
    ['2', '4 repeated'],
    ['3', '4 repeated'],
  ]);
  assert.match(text, /Monday 09 h: 4 before, 8 after\./);
});

test('hours of the week in words: days of the same hours together', () => {
  const day = (number: number, ...hours: readonly number[]): number[] =>
    hours.map((hour) => number * 24 + hour);
  for (const [hours, text] of [
    [day(0, 9), 'Monday 09 h'],
    [[...day(0, 9, 10), ...day(1, 9, 10), ...day(2, 9)], 'Monday–Tuesday 09–10 h; Wednesday 09 h'],
    [[...day(0, 9), ...day(2, 9)], 'Monday, Wednesday 09 h'],
    [
      [...day(5, ...Array.from({ length: 24 }, (_, hour) => hour)), ...day(6, 0, 2)],
      'Saturday all day; Sunday 00 h, 02 h',
    ],
  ] as const)
    assert.equal(hoursText(hours), text);
});

test('times and numbers as they are read', () => {
  assert.equal(timeText('2026-11-29T02:30:00+01:00'), 'Sun 2026-11-29 02:30 +01:00');
  assert.equal(timeText('2026-11-30T00:00:00-03:30'), 'Mon 2026-11-30 00:00 -03:30');
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(figure), ['0', '999', '1,000', '1,234,567']);
});
