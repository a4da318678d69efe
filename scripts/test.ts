import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { findEngine } from '../test/engine/engine.ts';
import { TestBundle } from './test-bundle.ts';
import { GROUPS, type Group } from './test-groups.ts';

const PROCESSES = 2;
/** Files that wait for the seconds of the minute most of their time: beside the others, one after the other. */
const WAITING: readonly string[] = [
  'test/fault/unfinished.test.ts',
  'test/e2e/live-cutover.test.ts',
  'test/e2e/dead-agent.test.ts',
  'test/fault/two-databases.test.ts',
];
/** Seconds from which a file is named with its time. */
const LONG = 30;
/** Milliseconds after which a file counts as hung. */
const LONGEST = 20 * 60_000;
/** Lines of an error that are shown; the rest is for a run of that file alone. */
const ERROR_LINES = 24;

/** A process of tests: one file, or many quick ones. */
interface Work {
  readonly group: Group;
  readonly compiled: string;
}

class Count {
  passed = 0;
  failed = 0;
  seconds = 0;
  /** Reasons with the number of tests that were skipped for them. */
  readonly skipped = new Map<string, number>();

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  get left(): number {
    return [...this.skipped.values()].reduce((sum, count) => sum + count, 0);
  }
}

type TestEvent =
  | { type: 'test:diagnostic' | 'test:stderr'; data: { message: string } }
  | { type: 'test:start'; data: { name: string; nesting: number } }
  | {
      type: 'test:pass' | 'test:fail';
      data: {
        name: string;
        nesting: number;
        file: string;
        skip?: string | boolean;
        details: { type?: string; error: Error & { failureType?: string; cause?: Error } };
      };
    }
  | { type: 'other'; data: unknown };

const OWN_SUMMARY = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

async function runFile({ group, compiled }: Work, count: Count, bundle: TestBundle): Promise<void> {
  const start = performance.now();
  const names: string[] = [];
  for await (const event of run({ files: [compiled], timeout: LONGEST }) as AsyncIterable<TestEvent>) {
    if (event.type === 'test:diagnostic' && !OWN_SUMMARY.test(event.data.message))
      say(`    ${event.data.message}`);
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type === 'test:start') names.splice(event.data.nesting, names.length, event.data.name);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file, skip, details } = event.data;
    const isFile = name === compiled;
    const { error } = details;
    // A suite's or a file's failure repeats that of a test in it.
    if (event.type === 'test:fail' && error.failureType !== 'subtestsFailed') {
      count.failed += 1;
      const named = isFile ? 'the file as a whole' : names.join(' > ');
      say(`    FAILED ${named}\n      ${bundle.source(file)} (${group.name})\n${firstLines(error)}`);
    }
    if (event.type === 'test:pass' && details.type !== 'suite' && !isFile) {
      if (skip === undefined) count.passed += 1;
      else count.skip(typeof skip === 'string' && skip !== '' ? skip : 'without a reason');
    }
  }
  const seconds = (performance.now() - start) / 1000;
  count.seconds += seconds;
  if (seconds >= LONG) say(`    ${seconds.toFixed(0)} s: ${bundle.source(compiled)}`);
}

function firstLines({ cause, message }: Error & { cause?: Error }): string {
  const lines = String(cause?.stack ?? cause ?? message)
    .split('\n')
    .filter((line) => !/^\s+at .*(?:node:|node_modules\/(?!\.tests))/.test(line));
  const more = lines.length - ERROR_LINES;
  const shown = more > 1 ? [...lines.slice(0, ERROR_LINES), `(${more} more lines)`] : lines;
  return shown.map((line) => `      ${line}`).join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Which engine ran the chains: the real program where it is at hand; the stand-in is held to its recording in every run. */
function engineLine(file: string): string {
  const { name } = findEngine();
  if (name !== 'stand-in') return `pg_timetable: ${name}`;
  if (!existsSync(file)) return 'pg_timetable: stand-in, no probe was run';
  const { agree, of } = JSON.parse(readFileSync(file, 'utf8')) as { agree: number; of: number };
  return `pg_timetable: stand-in, ${agree} of ${of} probes agree`;
}

const build = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(1);

// Names of groups, files and folders; all if none is given.
const wanted = process.argv.slice(2).map((word) => word.replace(/^\.\/|\/$/g, ''));
const isWanted = (file: string): boolean =>
  wanted.some((word) => file === word || file.startsWith(`${word}/`));
const groups = GROUPS.map((group) =>
  wanted.length === 0 || wanted.includes(group.name)
    ? group
    : { ...group, files: group.files.filter(isWanted) },
).filter(({ files }) => files.length > 0);
const here = groups.filter(({ missing }) => missing === null);
const bundle = await TestBundle.of(here.flatMap(({ files }) => files));
const summaryFolder = mkdtempSync(join(tmpdir(), 'pga2tt-summary-'));
process.env.ENGINE_SUMMARY = join(summaryFolder, 'engine.json');
// What starts this script is not for the tests, which are compiled.
process.execArgv = ['--enable-source-maps'];
process.setMaxListeners(0);

const counts = new Map(here.map((group) => [group, new Count()]));
const queue = here.flatMap((group): readonly Work[] => {
  const { name, files, isQuick } = group;
  if (!isQuick) return files.map((file) => ({ group, compiled: bundle.compiled(file) }));
  return Array.from({ length: PROCESSES }, (_, index) => ({
    group,
    compiled: bundle.together(
      `${name}-${index}`,
      files.filter((_, place) => place % PROCESSES === index),
    ),
  }));
});
const waits = ({ compiled }: Work): boolean => WAITING.includes(bundle.source(compiled));
const waiting = queue.filter(waits);
const working = queue.filter((work) => !waits(work));
await Promise.all(
  [waiting, ...Array.from({ length: PROCESSES }, () => working)].map(async (lane) => {
    for (let work = lane.shift(); work !== undefined; work = lane.shift())
      await runFile(work, counts.get(work.group) ?? new Count(), bundle);
  }),
);

for (const { name, missing } of groups) if (missing !== null) say(`${name}: left out, ${missing}`);
for (const [{ name }, { passed, failed, left, seconds, skipped }] of counts) {
  say(
    `${name}: ${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''} (${seconds.toFixed(1)} s)`,
  );
  for (const [reason, count] of skipped) say(`    ${count} skipped: ${reason}`);
}
const total = (of: (count: Count) => number): number =>
  [...counts.values()].reduce((sum, one) => sum + of(one), 0);
const passed = total((one) => one.passed);
// On a machine for continuous integration nothing may be left out.
const leftOut = groups.length - here.length + total((one) => one.left);
const failed = total((one) => one.failed) + (process.env.CI === 'true' && wanted.length === 0 ? leftOut : 0);
if (wanted.length === 0 || wanted.includes('engine')) say(engineLine(process.env.ENGINE_SUMMARY));
rmSync(summaryFolder, { recursive: true });
say(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
