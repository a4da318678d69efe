import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { findEngine } from '../test/engine/engine.ts';
import { agentProgram } from '../test/pgagent/real.ts';
import { debian15 } from '../test/servers/postgres.ts';

interface Group {
  readonly name: string;
  readonly folders: readonly string[];
  /** Tests that take less time than a process of their own. */
  readonly isQuick?: boolean;
  /** Why this machine cannot run it, with how to mend that; null where it can. */
  readonly missing: string | null;
}

const noAgent =
  agentProgram() === null || debian15() === null
    ? 'pgAgent is not installed (Debian: apt-get install pgagent postgresql-15)'
    : null;

const GROUPS: readonly Group[] = [
  {
    name: 'unit',
    folders: [
      'test/model',
      'test/secrets',
      'test/transform',
      'test/verify',
      'test/session',
      'test/planning',
      'test/cutover',
      'test/preflight',
      'test/saved-plan',
      'test/postgres',
      'test/report',
      'test/cli',
      'test',
    ],
    isQuick: true,
    missing: null,
  },
  { name: 'fuzz', folders: ['test/fuzz'], isQuick: true, missing: null },
  { name: 'proof', folders: ['test/proof'], missing: null },
  { name: 'integration', folders: ['test/integration'], missing: null },
  { name: 'fault', folders: ['test/fault'], missing: noAgent },
  { name: 'engine', folders: ['test/engine'], missing: null },
  { name: 'e2e', folders: ['test/e2e'], missing: noAgent },
  { name: 'differential', folders: ['test/differential'], missing: noAgent },
];

function filesOf({ folders }: Group): string[] {
  return folders.flatMap((folder) => {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: folder !== 'test' });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
      .map((entry) => join(entry.parentPath, entry.name));
  });
}

// A folder that no group names would never be run.
const inGroups = new Set(GROUPS.flatMap(filesOf));
const forgotten = readdirSync('test', { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => !inGroups.has(file));
if (forgotten.length > 0) throw new Error(`no group has ${forgotten.join(', ')}`);

const PROCESSES = 2;

/** Files that import the others: starting a process takes longer than most of the quick tests. */
function inFewProcesses(files: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pga2tt-quick-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  return Array.from({ length: PROCESSES }, (_, index) => {
    const entry = join(folder, `${index}.test.mts`);
    const mine = files.filter((_, place) => place % PROCESSES === index);
    writeFileSync(entry, mine.map((file) => `import ${JSON.stringify(resolve(file))};\n`).join(''));
    return entry;
  });
}

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Seconds from which a file is named with its time: two cores for ninety minutes are all that CI has. */
const LONG = 30;
/** Milliseconds after which a file counts as hung. */
const LONGEST = 20 * 60_000;

const OWN_SUMMARY = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

async function runGroup(group: Group): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  const files = group.isQuick ? inFewProcesses(filesOf(group)) : filesOf(group);
  const isFile = (name: string): boolean => /\.test\.m?ts$/.test(name);
  for await (const event of run({ files, concurrency: 2, timeout: LONGEST }) as AsyncIterable<TestEvent>) {
    if (event.type === 'test:diagnostic' && !OWN_SUMMARY.test(event.data.message))
      say(`    ${event.data.message}`);
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type === 'test:fail' && event.data.details.type !== 'suite') {
      const { error } = event.data.details;
      // A suite's or a file's failure repeats that of a test in it.
      if (error.failureType === 'subtestsFailed') continue;
      count.failed += 1;
      say(
        `    FAILED ${event.data.name} (${event.data.file})\n${indent(String(error.cause?.stack ?? error.cause ?? error.message))}`,
      );
    }
    if (event.type === 'test:complete' && isFile(event.data.name)) {
      const seconds = event.data.details.duration_ms / 1000;
      if (seconds >= LONG) say(`    ${seconds.toFixed(0)} s: ${event.data.name}`);
    }
    if (event.type === 'test:pass' && event.data.details.type !== 'suite' && !isFile(event.data.name)) {
      if (event.data.skip === undefined) count.passed += 1;
      else count.skipped += 1;
    }
  }
  return count;
}

type TestEvent =
  | { type: 'test:diagnostic' | 'test:stderr'; data: { message: string } }
  | {
      type: 'test:pass' | 'test:complete';
      data: { name: string; skip?: string | boolean; details: { type?: string; duration_ms: number } };
    }
  | {
      type: 'test:fail';
      data: {
        name: string;
        file: string;
        details: { type?: string; error: Error & { failureType?: string; cause?: Error } };
      };
    }
  | { type: 'other'; data: unknown };

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
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

const wanted = process.argv.slice(2);
const summaryFolder = mkdtempSync(join(tmpdir(), 'pga2tt-summary-'));
process.env.ENGINE_SUMMARY = join(summaryFolder, 'engine.json');
const total: Count = { passed: 0, failed: 0, skipped: 0 };
let leftOut = 0;
for (const group of GROUPS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  if (group.missing !== null) {
    say(`${group.name}: left out, ${group.missing}`);
    leftOut += 1;
    continue;
  }
  const start = performance.now();
  const count = await runGroup(group);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(
    `${group.name}: ${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''} (${seconds} s)`,
  );
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}
// On a machine for continuous integration nothing may be left out.
if (process.env.CI === 'true' && wanted.length === 0) total.failed += leftOut + total.skipped;
if (wanted.length === 0 || wanted.includes('engine')) say(engineLine(process.env.ENGINE_SUMMARY));
rmSync(summaryFolder, { recursive: true });
say(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
