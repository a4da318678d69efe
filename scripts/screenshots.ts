import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startChromium } from '../test/browser/chromium.ts';
import { pga2timetable } from '../test/cli/run.ts';
import { createTimetable } from '../test/engine/schema.ts';
import { createStandInPgAgent } from '../test/pgagent/insert-job.ts';
import { startServer } from '../test/servers/postgres.ts';

// The pictures of the HTML report in the README, made from the sample jobs.
const IMAGES = new URL('../docs/images/', import.meta.url);
const SHOTS = [
  { name: 'report-light', width: 1180, height: 1000, colorScheme: 'light', at: '#week' },
  { name: 'report-dark', width: 1180, height: 900, colorScheme: 'dark', at: '#all', open: '#job-2 details' },
  { name: 'report-phone', width: 360, height: 780, colorScheme: 'light', at: '#week' },
] as const;

const server = await startServer('embedded');
await server.createDatabase('app');
await createStandInPgAgent(server, 'app');
await createTimetable(server, 'app');
await server.run('app', readFileSync(new URL('../fixtures/jobs/sample.sql', import.meta.url), 'utf8'));
const file = join(tmpdir(), `pga2tt-report-${process.pid}.html`);
const { stderr } = await pga2timetable([
  ...['--dry-run', '--format', 'html', '--output', file, '-s', server.uri('app')],
  ...['--step-conninfo', 'host=db1.example.org user=jobs'],
]);
const browser = await startChromium();
try {
  process.stderr.write(stderr);
  for (const { name, width, height, colorScheme, at, ...rest } of SHOTS) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.goto(pathToFileURL(file).href);
    if ('open' in rest)
      await page.evaluate(`for (const one of document.querySelectorAll('${rest.open}')) one.open = true`);
    await page.evaluate(`document.querySelector('${at}').scrollIntoView()`);
    await page.waitForTimeout(300);
    await page.screenshot({ path: new URL(`${name}.png`, IMAGES).pathname });
    await page.close();
  }
} finally {
  await browser.close();
  server.stop();
  rmSync(file, { force: true });
}
