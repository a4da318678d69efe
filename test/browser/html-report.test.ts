import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { accessibilityFaults } from './audit.ts';
import { startChromium } from './chromium.ts';

const SAMPLE = readFileSync(new URL('../../fixtures/jobs/sample.sql', import.meta.url), 'utf8');
const MANY = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'pga2tt-html-'));
const sample = join(folder, 'sample.html');
const many = join(folder, 'many.html');
const around = join(folder, 'around.html');

let server: Server;
let browser: Browser;

before(async () => {
  [server, browser] = await Promise.all([startServer('embedded'), startChromium()]);
  for (const name of ['sample', 'many', 'around']) {
    await server.createDatabase(name);
    await createStandInPgAgent(server, name);
    await createTimetable(server, name);
  }
  await server.run('sample', SAMPLE);
  await insertJob(server, 'sample', {
    name: '</script><script>document.title = "owned"</script>',
    schedules: [
      { name: '<img src="https://example.org/x.png" onerror="alert(1)">', hours: [4], minutes: [0] },
    ],
    steps: [{ name: 'a', code: `-- ${'wide'.repeat(200)}\n\tSELECT '<b>bold</b>'` }],
  });
  // Every tenth stays on pgAgent, every seventh is disabled, one of a hundred is called so.
  await server.run(
    'many',
    `INSERT INTO pgagent.pga_job (jobjclid, jobname, jobenabled)
     SELECT 1, 'job ' || n || CASE WHEN n % 100 = 1 THEN ' Ärger' ELSE '' END, n % 7 > 0 FROM generate_series(1, ${MANY}) n;
     INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart, jscminutes)
     SELECT jobid, 's', '2020-01-01', (SELECT array_agg(minute = jobid % 60 ORDER BY minute) FROM generate_series(0, 59) AS minute)
       FROM pgagent.pga_job;
     INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname)
     SELECT jobid, 'step', 's', 'SELECT ' || jobid, CASE WHEN jobid % 10 = 0 THEN 'elsewhere' ELSE 'many' END FROM pgagent.pga_job`,
  );
  await write('sample', sample, [
    '--step-conninfo',
    'host=archive.example.org user=jobs password=hidden-please',
  ]);
  await write('many', many, []);
  for (const [name, minutes, hours] of [
    ['hourly', [5], undefined],
    ['twice an hour', [5, 35], undefined],
    ['daily', [0], [3]],
  ] as const)
    await insertJob(server, 'around', {
      name,
      schedules: [{ minutes: [...minutes], ...(hours === undefined ? {} : { hours: [...hours] }) }],
      steps: [{ name: 'a', code: 'SELECT 1' }],
    });
  await write('around', around, []);
});
after(async () => {
  await browser?.close();
  server?.stop();
  rmSync(folder, { recursive: true });
});

async function write(database: string, file: string, args: readonly string[]): Promise<void> {
  const { stderr } = await pga2timetable([
    '--dry-run',
    '--format',
    'html',
    '--output',
    file,
    '-s',
    server.uri(database),
    ...args,
  ]);
  assert.ok(readFileSync(file, 'utf8').endsWith('</html>\n'), stderr);
}

/** Shows a page to a test, which fails if the page says anything on its console or asks for anything else than itself. */
async function onPage(
  file: string,
  options: BrowserContextOptions,
  see: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const troubles: string[] = [];
  try {
    const page = await context.newPage();
    const address = pathToFileURL(file).href;
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== address) troubles.push(`asked for ${request.url()}`);
    });
    await page.goto(address);
    await see(page);
    assert.deepEqual(troubles, []);
  } finally {
    await context.close();
  }
}

/** What a reader unfolds and scrolls to. */
const OPEN_ALL = `
  for (const one of document.querySelectorAll('details')) one.open = true;
  for (const one of document.querySelectorAll('.group')) one.style.contentVisibility = 'visible';`;

const DESKTOP = { viewport: { width: 1180, height: 900 } };
const PHONE = { viewport: { width: 360, height: 780 } };

/** The names of the jobs that can be seen, as they stand in the page. */
const shownJobs = (page: Page): Promise<readonly string[]> =>
  page.locator('.job:visible h3 bdi').allTextContents();

const shownText = (page: Page): Promise<string | null> => page.locator('#shown').textContent();

/** Until the page has filtered and painted. */
async function settled(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, options] of [
    ['a desktop', DESKTOP],
    ['a phone', PHONE],
  ] as const) {
    test(`axe-core finds nothing wrong on ${device} in ${colorScheme}`, async () => {
      await onPage(sample, { ...options, colorScheme }, async (page) => {
        assert.deepEqual(await accessibilityFaults(page, 400), [], 'folded');
        await page.evaluate(OPEN_ALL);
        assert.deepEqual(await accessibilityFaults(page, 500), [], 'open');
        await page.locator('#q').fill('clean-up');
        await settled(page);
        assert.deepEqual(await accessibilityFaults(page, 400), [], 'filtered');
      });
    });
  }
}

test('the two schemes have grounds of their own', async () => {
  const ground = async (colorScheme: 'light' | 'dark'): Promise<string> => {
    let found = '';
    await onPage(sample, { ...DESKTOP, colorScheme }, async (page) => {
      found = (await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string;
    });
    return found;
  };
  assert.deepEqual([await ground('light'), await ground('dark')], ['rgb(255, 255, 255)', 'rgb(19, 22, 25)']);
});

test('a hostile name is a name', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    assert.match(await page.title(), /^pgAgent to pg_timetable: sample on /);
    assert.equal(await page.locator('img, iframe, script[src], link[rel=stylesheet]').count(), 0);
    assert.equal(
      await page.locator('#job-6 h3 bdi').textContent(),
      '</script><script>document.title = "owned"</script>',
    );
    assert.equal(
      await page.locator('#job-6 pre').last().textContent(),
      `-- ${'wide'.repeat(200)}\n\tSELECT '<b>bold</b>'`,
    );
  });
});

test('a password is nowhere on the page', () => {
  const text = readFileSync(sample, 'utf8');
  assert.match(text, /password=\*+/);
  assert.doesNotMatch(text, /hidden-please/);
});

test('the picture names what differs: every minute of the job that a second schedule shares', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    // The first job runs every minute, and again at minute 0 and 5 of each hour from Monday to Friday.
    const [first, second] = await page.locator('.verdict').allTextContents();
    assert.match(
      first ?? '',
      /1 job does not run after as before in these 4 weeks, in 120 hours of the week: outlined in the second table\. 1 job of these runs in every hour: tick the box to see it there\./,
    );
    assert.equal(await page.locator('.week:visible .ne').count(), 0);
    await page.getByLabel('Also count 1 job').check();
    assert.equal(await page.locator('.week:visible .ne').count(), 120);
    // Of the same job: the schedule "every min" has nothing ticked.
    assert.match(second ?? '', /pgAgent itself ran 1 job less often\s+than is ticked/);
    const cell = (table: number, hour: number, day: number): Promise<string | null> =>
      page
        .locator('.all table.week')
        .nth(table)
        .locator('tbody tr')
        .nth(hour)
        .locator('td')
        .nth(day)
        .textContent();
    assert.equal(await cell(0, 5, 0), '240');
    assert.equal(await cell(1, 5, 0), '248+8, 8 more than before');
    assert.equal(await cell(1, 5, 6), '240');
    // The nightly clean-up at 02:30.
    assert.equal(await cell(0, 2, 6), '244');
  });
});

test('by keyboard alone: / searches, Escape clears, the count says so politely', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    await page.keyboard.press('/');
    assert.equal(await page.evaluate('document.activeElement.id'), 'q');
    await page.keyboard.type('02:30');
    await settled(page);
    assert.deepEqual(await shownJobs(page), ['Nightly clean-up']);
    assert.equal(await shownText(page), '1 chain of 9, in 1 job');
    const said = page.locator('#said[aria-live=polite]');
    await said.filter({ hasText: '1 chain of 9, in 1 job' }).waitFor({ state: 'attached', timeout: 5_000 });
    await page.keyboard.press('Escape');
    await settled(page);
    assert.equal(await shownText(page), '9 chains in 6 jobs');
  });
});

test('the key / can be switched off', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    await page.locator('#slash').uncheck();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('/');
    assert.notEqual(await page.evaluate('document.activeElement.id'), 'q');
  });
});

test('searched are names, cron lines, words, clients and codes; several words must all be there', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    for (const [text, names] of [
      ['PAYROLL', ['Payroll']],
      ['15 6 1 */3', ['Quarterly report']],
      ['every minute', ['Download locations and aggregate']],
      ['node1', ['Download locations and aggregate']],
      ['success-on-error', ['Quarterly report']],
      ['payroll [2/3]', ['Payroll']],
      ['payroll quarterly', []],
      ['2020', ['Load test of 2020']],
    ] as const) {
      await page.locator('#q').fill(text);
      await settled(page);
      assert.deepEqual(await shownJobs(page), names, text);
    }
    await page.locator('#q').fill('payroll [2/3]');
    await settled(page);
    assert.equal(await page.locator('.chain:visible').count(), 1);
  });
});

test('the filters say which severity, which chains and which jobs', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    for (const [control, value, text] of [
      ['#f-grave', 'warning', '3 chains of 9, in 1 job'],
      ['#f-grave', 'none', '0 chains of 9, in 1 job'],
      ['#f-live', 'rests', '1 chain of 9, in 1 job'],
      ['#f-live', 'live', '8 chains of 9, in 4 jobs'],
      ['#f-group', 'not-scheduled', '0 chains of 9, in 1 job'],
      ['#f-group', 'decide', '3 chains of 9, in 1 job'],
      ['#f-group', 'unchanged', '6 chains of 9, in 4 jobs'],
      ['#f-group', 'stay', '0 chains of 9, in 0 jobs'],
      ['#f-code', 'success-on-error', '1 chain of 9, in 1 job'],
    ] as const) {
      await page.locator(control).selectOption(value);
      await settled(page);
      assert.equal(await shownText(page), text, `${control} ${value}`);
      assert.equal(await page.locator('#nothing').isVisible(), value === 'stay');
      await page.getByRole('button', { name: 'Clear' }).click();
      await settled(page);
      assert.equal(await shownText(page), '9 chains in 6 jobs');
    }
  });
});

test('the number of a group shows its jobs, that of a decision the jobs of its code', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    await page.locator('#q').fill('payroll');
    await page.locator('#summary .unchanged a').click();
    await settled(page);
    assert.equal(await shownText(page), '6 chains of 9, in 4 jobs');
    assert.equal(await page.locator('#q').inputValue(), '');
    assert.equal(await page.locator('#f-group').inputValue(), 'unchanged');
    assert.ok(
      ((await page.evaluate('document.getElementById("jobs-h").getBoundingClientRect().top')) as number) <
        900,
    );
    const codes = await page.evaluate(
      '[...document.querySelectorAll("#summary a[data-code]")].map((one) => one.dataset.code)',
    );
    assert.deepEqual(codes, ['nothing-ticked', 'overlapping-schedules', 'remote-role', 'stored-password']);
    await page.locator('#summary a[data-code=overlapping-schedules]').click();
    await settled(page);
    assert.deepEqual(await shownJobs(page), ['Download locations and aggregate']);
    assert.equal(await page.locator('#f-code').inputValue(), 'overlapping-schedules');
  });
});

test('every number of a decision is that of the jobs that its link shows', async () => {
  await onPage(many, DESKTOP, async (page) => {
    const links = page.locator('#summary a[data-group]');
    const texts = await links.allTextContents();
    assert.ok(texts.length >= 3, texts.join());
    for (const [index, text] of texts.entries()) {
      await links.nth(index).click();
      await settled(page);
      const count = Number(/[\d,]+/.exec(text)?.[0]?.replaceAll(',', ''));
      const shown = (await shownText(page))?.replaceAll(',', '') ?? '';
      // Of those that stay ten are listed above it.
      const expected = text.endsWith('more jobs') ? count + 10 : count;
      assert.match(shown, new RegExp(`in ${expected} job`), text);
    }
  });
});

test('the code of an advisory leads to what it means, unfolded', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    const meaning = page.locator('#code-overlapping-schedules');
    assert.equal(await meaning.getAttribute('open'), null);
    await page.locator('#summary a[href="#code-overlapping-schedules"]').click();
    await settled(page);
    assert.notEqual(await meaning.getAttribute('open'), null);
    assert.match((await meaning.textContent()) ?? '', /Take --overlap exact, unless/);
    const dead = await page.evaluate(
      '[...document.querySelectorAll("a[href^=\\"#\\"]")].filter((one) => !document.getElementById(one.hash.slice(1))).length',
    );
    assert.equal(dead, 0);
  });
});

for (const javaScriptEnabled of [true, false]) {
  test(`jobs of every hour are counted where that is asked for, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    await onPage(around, { ...DESKTOP, javaScriptEnabled }, async (page) => {
      const captions = (): Promise<readonly string[]> =>
        page.locator('.week:visible caption').allTextContents();
      assert.deepEqual(await captions(), [
        'Before: pgAgent, without 2 jobs 28 runs',
        'After: pg_timetable, without 2 jobs 28 runs',
      ]);
      await page.getByLabel('Also count 2 jobs that run in every hour').check();
      // Four weeks of 24 hours, once and twice an hour, and once a day.
      assert.deepEqual(await captions(), ['Before: pgAgent 2,044 runs', 'After: pg_timetable 2,044 runs']);
    });
  });
}

test('a link to a job that is filtered out brings it back', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    await page.locator('#q').fill('payroll');
    await settled(page);
    await page.locator('#week .asked a').click();
    await settled(page);
    assert.equal(await page.locator('#job-1').isVisible(), true);
  });
});

test('everything that does something is reached by Tab, and seen when it is', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    const count = (await page.evaluate(
      '[...document.querySelectorAll("a[href], input, select, button, summary")].filter((one) => one.checkVisibility()).length',
    )) as number;
    const reached = new Set<string>();
    for (let press = 0; press < count; press += 1) {
      await page.keyboard.press('Tab');
      const [place, outline] = (await page.evaluate(
        `(() => { const all = [...document.querySelectorAll('a[href], input, select, button, summary')];
           const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
           return [all.indexOf(document.activeElement), outlineStyle + ' ' + outlineWidth]; })()`,
      )) as [number, string];
      assert.equal(outline, 'solid 2px', `element ${place}`);
      reached.add(String(place));
    }
    assert.equal(reached.size, count);
  });
});

test('there is one of each landmark, and headings leave out no level', async () => {
  await onPage(sample, DESKTOP, async (page) => {
    for (const role of ['banner', 'navigation', 'main', 'contentinfo', 'search'] as const)
      assert.equal(await page.getByRole(role).count(), 1, role);
    const levels = (await page.evaluate(
      '[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((one) => Number(one.tagName[1]))',
    )) as number[];
    assert.equal(levels.filter((level) => level === 1).length, 1);
    for (const [index, level] of levels.entries())
      assert.ok(level <= (levels[index - 1] ?? 0) + 1, `heading ${index}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
  });
});

test('a phone of 360 pixels never scrolls sideways, folded or open', async () => {
  await onPage(sample, PHONE, async (page) => {
    const width = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth');
    assert.equal(await width(), 360);
    await page.evaluate(OPEN_ALL);
    assert.equal(await width(), 360);
    const wide = (await page.evaluate(
      '[...document.querySelectorAll("main *:not(.sr)")].filter((one) => one.getBoundingClientRect().right > 360).map((one) => one.outerHTML.slice(0, 80))',
    )) as string[];
    assert.deepEqual(wide, []);
  });
});

test('on paper everything is open and light, and there is nothing to press', async () => {
  await onPage(sample, { ...DESKTOP, colorScheme: 'dark' }, async (page) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const hidden of ['#filter', 'nav', '.skip', '#constant', 'label[for=constant]'])
      assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
    const flat = await page.evaluate(
      '[...document.querySelectorAll("pre, .advisories li, .checks li")].filter((one) => one.getBoundingClientRect().height < 5).length',
    );
    assert.equal(flat, 0);
    assert.ok(((await page.evaluate('document.querySelectorAll("pre").length')) as number) > 20);
    assert.equal(
      await page.evaluate('getComputedStyle(document.body).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    assert.equal(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(27, 31, 36)');
  });
});

test('without JavaScript the page is whole, and has no controls that do nothing', async () => {
  await onPage(sample, { ...DESKTOP, javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.locator('#filter').isVisible(), false);
    assert.equal((await shownJobs(page)).length, 6);
    await page.locator('#job-2 .chain > summary').click();
    assert.equal(await page.locator('#job-2 pre').last().isVisible(), true);
    assert.equal(await page.locator('table.week:visible').count(), 2);
  });
});

test(`${MANY} jobs: a search finds each of its chains`, async () => {
  await onPage(many, DESKTOP, async (page) => {
    assert.equal(await shownText(page), '9,000 chains in 10,000 jobs');
    for (const [text, count] of [
      // Job 1, 101, 201...: none of them is a tenth.
      ['ärger', '100 chains of 9,000, in 100 jobs'],
      ['step-needs-conninfo', '0 chains of 9,000, in 1,000 jobs'],
      ['job 9999', '1 chain of 9,000, in 1 job'],
      ['', '9,000 chains in 10,000 jobs'],
    ] as const) {
      await page.locator('#q').fill(text);
      await settled(page);
      assert.equal(await shownText(page), count, text);
    }
    await page.locator('#f-live').selectOption('rests');
    await settled(page);
    // 1,428 are disabled, and 142 of these stay on pgAgent.
    assert.equal(await shownText(page), '1,286 chains of 9,000, in 1,286 jobs');
  });
});
