import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Tally } from '../src/planning/tally.ts';
import { jobCard } from '../src/report/html/job-card.ts';
import { pageParts } from '../src/report/html/page.ts';
import { HIDING } from '../src/secrets/masked.ts';
import { planJob } from '../src/transform/plan-job.ts';
import { WeekCounts } from '../src/transform/week/week-counts.ts';
import { startChromium } from '../test/browser/chromium.ts';
import { context, job, NOW, schedule, sqlStep } from '../test/job-builders.ts';
import { HEADER } from '../test/report/samples.ts';
import { BERLIN } from '../test/zones.ts';

/*
 * What the HTML report costs: counting and writing beside planning, a job; and in Chromium how long a page takes from a
 * keystroke to the painted result, by its size.
 */
const SIZES = [1_000, 10_000];
const SEARCHES = ['j', 'job 7', 'job 77', 'any-host', 'nothing like it', ''];

/** Microseconds of the processor. */
function time(action: () => void): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-bench-'));
const browser = await startChromium();
const given = context({ zone: BERLIN });
process.stdout.write(
  '  jobs   plan   count   cards  (µs a job)    page   elements    opened   key to paint, median and worst\n',
);
for (const size of SIZES) {
  // Each with lines of its own.
  const jobs = Array.from({ length: size }, (_, id) =>
    job({
      id,
      name: `job ${id}`,
      schedules: [
        schedule({ minutes: [id % 60, (id * 7) % 60], hours: [Math.floor(id / 60) % 24, id % 13] }),
      ],
      steps: [sqlStep({ code: `SELECT ${id}` })],
    }),
  );
  const plans: ReturnType<typeof planJob>[] = [];
  const planning = time(() => plans.push(...jobs.map((one) => planJob(one, given))));
  const counts = new WeekCounts({
    source: BERLIN,
    target: BERLIN,
    now: NOW,
    disablesSource: false,
    clients: 1,
  });
  let picture = counts.picture();
  const counting = time(() => {
    for (const [index, plan] of plans.entries()) counts.add(jobs[index] ?? job(), plan);
    picture = counts.picture();
  });
  let cards: readonly string[] = [];
  const writing = time(() => {
    cards = plans.map((plan) => jobCard(plan, HIDING).text);
  });
  const tally = new Tally();
  for (const plan of plans) tally.add(plan);
  const text = [
    ...pageParts({
      header: HEADER,
      plannedAt: '2026-04-16T14:00:00+02:00',
      summary: tally.summary(false),
      groups: tally.summary(false).groups,
      decisions: [],
      staying: [],
      pages: new Map(),
      cutover: [],
      conflicts: { jobs: 0, texts: [] },
      checks: [],
      advisories: [],
      picture,
      cards,
      shown: HIDING,
    }),
  ].join('');
  const file = join(folder, `${size}.html`);
  writeFileSync(file, text);

  const page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  const opened = performance.now() - start;
  const elements = (await page.evaluate('document.querySelectorAll("*").length')) as number;
  await page.evaluate('document.getElementById("all").scrollIntoView()');
  await page.waitForTimeout(1_000);
  const times = (await page.evaluate(`(async () => {
    const times = [];
    for (const text of ${JSON.stringify([...SEARCHES, ...SEARCHES, ...SEARCHES])}) {
      await new Promise((done) => setTimeout(done, 200));
      const field = document.getElementById('q');
      const start = performance.now();
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      // A message posted within a frame comes in behind its painting.
      await new Promise((done) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
      }));
      times.push(performance.now() - start);
    }
    return times;
  })()`)) as number[];
  await page.close();
  times.sort((a, b) => a - b);
  const each = (microseconds: number): string => (microseconds / size).toFixed(0).padStart(6);
  process.stdout.write(
    `${String(size).padStart(6)} ${each(planning)}  ${each(counting)}  ${each(writing)}  ${(text.length / 1e6).toFixed(1).padStart(16)} MB ${String(elements).padStart(9)} ${opened.toFixed(0).padStart(6)} ms ${(times[times.length >> 1] ?? 0).toFixed(0).padStart(6)} ms ${(times.at(-1) ?? 0).toFixed(0).padStart(6)} ms\n`,
  );
}
await browser.close();
rmSync(folder, { recursive: true });
