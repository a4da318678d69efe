import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { Failure } from '../../src/model/failure.ts';
import type { Job } from '../../src/model/job.ts';
import { type JobPlan, jobPlanSchema, planSchema } from '../../src/model/plan.ts';
import { readJobs } from '../../src/pgagent/read-jobs.ts';
import { AdvisoryDigest } from '../../src/planning/advisory-digest.ts';
import { Tally } from '../../src/planning/tally.ts';
import type { Client } from '../../src/postgres/connect.ts';
import { advisoriesText } from '../../src/report/advisories.ts';
import { printJson } from '../../src/report/json.ts';
import { printTable } from '../../src/report/table.ts';
import { printVerification } from '../../src/report/verification.ts';
import { HIDING } from '../../src/secrets/masked.ts';
import { masking } from '../../src/secrets/veil.ts';
import type { Context } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { verifyJob } from '../../src/verify/compare/verify-job.ts';
import { context, NOW } from '../job-builders.ts';
import { HEADER, stream } from '../report/samples.ts';
import { migrated } from '../verify/migrated.ts';
import { BERLIN, fixedZone } from '../zones.ts';
import { assertPlainFailure, assertPlainText, longTexts, SECRET, secretConninfos, texts } from './inputs.ts';
import { trapped } from './trapped.ts';

const READ = 12_000;
const PLANNED = 700;
const VERIFIED = 150;

type Row = Readonly<Record<string, unknown>>;
interface Rows {
  readonly job: Row;
  readonly schedules: readonly Row[];
  readonly exceptions: readonly Row[];
  readonly steps: readonly Row[];
}

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<unknown>, weight = 30): fc.Arbitrary<unknown> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });
const names = fc.oneof(
  {
    weight: 12,
    arbitrary: texts.map((text) =>
      text
        .replaceAll('\0', '')
        .replace(/\p{Cs}/gu, '')
        .replaceAll('\ufffd', ''),
    ),
  },
  { weight: 1, arbitrary: longTexts },
  { weight: 1, arbitrary: texts },
);
const nothing = fc.constantFrom<unknown>(null, undefined, 1, '', true, {}, []);
const ids = fc.constantFrom(1, 2, 7, 2_147_483_647, -5);

// As PostgreSQL writes an array.
const ticks = (length: number): fc.Arbitrary<unknown> => {
  const written = (chosen: readonly number[]): string =>
    `{${Array.from({ length }, (_, at) => (chosen.includes(at) ? 't' : 'f')).join(',')}}`;
  const some = fc.oneof(
    fc.constant<number[]>([]),
    fc.nat(length - 1).map((one) => [one]),
    fc.uniqueArray(fc.nat(length - 1), { maxLength: 5 }),
    fc.constant(Array.from({ length }, (_, at) => at)),
  );
  const wrong = fc.constantFrom<unknown>(
    ...[
      '{}',
      '{t}',
      `{${'t,'.repeat(length)}t}`,
      `{NULL${',f'.repeat(length - 1)}}`,
      `[0:${length - 1}]=${written([])}`,
    ],
    ...[`{${written([])}}`, 'NULL', null, [true], '{t,f', `{${'true,'.repeat(length - 1)}true}`],
  );
  return often(some.map(written), wrong, 60);
};

/** The first and the last instant that a timestamptz holds, and years that JavaScript writes with a sign. */
const EDGES = [
  -210_866_803_200_000, 9_224_318_016_000_000, 8_640_000_000_000_000, 253_402_300_800_000,
  -62_135_596_800_001,
];
const instants = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(Date.UTC(2020, 0, 1), NOW, NOW + 90_000.123, NOW + 3e10, NOW - 1) },
  { weight: 2, arbitrary: fc.constantFrom<number>(Infinity, -Infinity, ...EDGES) },
);
const dates = fc.constantFrom(
  ...['2026-05-01', '2028-02-29', '2026-04-16', '1999-12-31', 'infinity', '-infinity', '5874897-12-31'],
  ...['4713-01-01 BC', '10000-01-01', '99999-12-31', '275761-01-01', '2026-02-30', 'x'],
);
const times = fc.constantFrom('00:00:00', '12:00:00', '23:59:59.999999', '24:00:00', '12:30:30', '7', 'x');

const CODES = [
  ...[
    'SELECT 1',
    '',
    ' ',
    '-- nothing',
    'VACUUM',
    'COMMIT',
    'BEGIN; SELECT 1',
    'COPY a FROM STDIN',
    'SET ROLE a',
  ],
  ...[
    'UPDATE pgagent.pga_job SET jobnextrun = now()',
    'CREATE TEMP TABLE t()',
    'SELECT pg_terminate_backend(1)',
  ],
  ...[
    '/* /* */',
    "SELECT 'open",
    'SELECT $$open',
    'SELECT $a$ $b$',
    'SELECT U&"\\0027"',
    "SELECT E'\\",
    'SELECT 1;;;',
  ],
  ...[
    "DO $$ BEGIN EXECUTE 'VACUUM'; END $$",
    'DO $$ BEGIN',
    "DO 'x' LANGUAGE plpython3u",
    'DO $$ BEGIN COMMIT; END $$',
  ],
  ...[
    '#!/bin/sh',
    '#!',
    '#!/usr/bin/env python3\nimport os',
    '#!\u001b',
    'a\r\nb\r',
    '@echo off\r\ncd /d "D:\\x y"',
  ],
  ...[
    `PGPASSWORD=${SECRET} psql -c 'SELECT 1'`,
    `ALTER ROLE me PASSWORD '${SECRET}'`,
    `psql postgres://me:${SECRET}@db/x`,
  ],
  ...[
    '('.repeat(3_000),
    `SELECT ${'('.repeat(900)}1${')'.repeat(900)}`,
    `SELECT ${'1+'.repeat(3_000)}1`,
    'SELECT '.repeat(500),
  ],
  ...[
    `DO $$ ${'BEGIN '.repeat(300)}`,
    `SELECT ${'CASE WHEN true THEN '.repeat(300)}`,
    `${'$x$'.repeat(999)}`,
  ],
];
const codes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...CODES) },
  { weight: 4, arbitrary: names },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...CODES), texts, fc.constantFrom(...CODES))
      .map((all) => all.join(' ')),
  },
);

const jobRows: fc.Arbitrary<Row> = fc.record({
  id: fc.constant(7),
  name: often(names, nothing, 60),
  description: often(
    fc.oneof(
      names,
      fc.constantFrom('@JOB_TIMEOUT = 5;', '@RUN_IN_PARALLEL=true;', '@JOB_TIMEOUT=1e9;@EMAIL_ON="x"'),
    ),
    nothing,
    60,
  ),
  className: names,
  hostAgent: often(fc.oneof(fc.constant(''), names), nothing, 60),
  enabled: often(fc.boolean(), nothing, 60),
});
const scheduleRows: fc.Arbitrary<Row> = fc.record({
  id: ids,
  jobId: fc.constant(7),
  name: often(names, nothing, 60),
  description: names,
  enabled: often(fc.constantFrom(true, true, true, false), nothing, 60),
  start: often(
    fc.oneof({ weight: 3, arbitrary: fc.constant(Date.UTC(2020, 0, 1)) }, { weight: 1, arbitrary: instants }),
    fc.constantFrom<unknown>(null, Number.NaN, 'x'),
    60,
  ),
  end: fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>(null) }, { weight: 1, arbitrary: instants }),
  jscminutes: ticks(60),
  jschours: ticks(24),
  jscweekdays: ticks(7),
  jscmonthdays: ticks(32),
  jscmonths: ticks(12),
});
const exceptionRows: fc.Arbitrary<Row> = fc.record({
  id: ids,
  jobId: fc.constant(7),
  scheduleId: ids,
  date: often(fc.option(dates, { freq: 4 }), nothing),
  time: often(fc.option(times, { freq: 2 }), nothing),
});
const stepRows: fc.Arbitrary<Row> = fc.record({
  id: ids,
  jobId: fc.constant(7),
  name: often(names, nothing, 60),
  description: names,
  enabled: often(fc.constantFrom(true, true, true, false), nothing, 60),
  jstkind: often(fc.constantFrom('s', 's', 'b'), fc.constantFrom<unknown>('x', '', null), 60),
  jstonerror: often(fc.constantFrom('f', 's', 'i'), fc.constantFrom<unknown>('x', '', null), 60),
  code: often(codes, nothing, 60),
  jstconnstr: often(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: secretConninfos },
      { weight: 1, arbitrary: names },
    ),
    nothing,
    60,
  ),
  jstdbname: often(
    fc.oneof({ weight: 4, arbitrary: fc.constant('app') }, { weight: 1, arbitrary: names }),
    nothing,
    60,
  ),
});
const rows: fc.Arbitrary<Rows> = fc.record({
  job: jobRows,
  schedules: fc.uniqueArray(scheduleRows, { maxLength: 3, selector: ({ id }) => id }),
  exceptions: fc.array(exceptionRows, { maxLength: 3 }),
  steps: fc.uniqueArray(stepRows, { maxLength: 4, selector: ({ id }) => id }),
});

const contexts: fc.Arbitrary<Context> = fc
  .record({
    zone: fc.constantFrom(context().zone, BERLIN, fixedZone(345), fixedZone(-570)),
    ambiguousSchedules: fc.constantFrom(new Set<number>(), new Set([1, 2])),
    ambiguousJobs: fc.constantFrom(new Set<number>(), new Set([7])),
    target: fc.record({
      database: fc.constantFrom('app', 'other'),
      isSourceServer: fc.boolean(),
      hasTaskLive: fc.boolean(),
      knowsSslNegotiation: fc.boolean(),
      knowsClientName: fc.boolean(),
      connectedClients: fc.array(names, { maxLength: 2 }),
      knownClients: fc.array(names, { maxLength: 2 }),
      encoding: fc.constantFrom('UTF8', 'LATIN1', 'SQL_ASCII'),
      transactionTimeouts: fc.constantFrom([], ['idle_in_transaction_session_timeout = 1s']),
    }),
    options: fc.record({
      schedules: fc.constantFrom('pending' as const, 'active' as const, 'all' as const),
      onDemand: fc.boolean(),
      overlap: fc.constantFrom('keep' as const, 'exact' as const),
      lastDay: fc.constantFrom('keep' as const, 'honor' as const),
      allowManyChains: fc.boolean(),
      transaction: fc.constantFrom('step' as const, 'chain' as const),
      stripPasswords: fc.boolean(),
      disableSource: fc.boolean(),
      everyClient: fc.boolean(),
      partial: fc.boolean(),
      paused: fc.boolean(),
      shell: fc.constantFrom(
        { program: 'sh', flags: ['-c'], language: 'posix' as const },
        { program: 'cmd', flags: ['/C'], language: 'cmd' as const },
      ),
      stepConninfo: fc.constantFrom(
        null,
        new Map([
          ['host', 'db1'],
          ['user', 'me'],
          ['password', SECRET],
        ]),
      ),
    }),
  })
  .map((drawn) => context(drawn));

/** A database that hands these rows over. */
function holding({ job, schedules, exceptions, steps }: Rows): Client {
  const answers: readonly (readonly [RegExp, readonly Row[]])[] = [
    [/SELECT jobid AS id/, [job]],
    [/FROM pgagent\.pga_exception/, exceptions],
    [/FROM pgagent\.pga_schedule/, schedules],
    [/FROM pgagent\.pga_jobstep/, steps],
    [/FROM pgagent\.pga_job j/, [job]],
  ];
  const query = async (sql: string): Promise<{ rows: readonly Row[] }> => ({
    rows: answers.find(([pattern]) => pattern.test(sql))?.[1] ?? assert.fail(sql),
  });
  return { query } as unknown as Client;
}

async function read(drawn: Rows): Promise<Job | null> {
  try {
    for await (const job of readJobs(holding(drawn), null)) return job;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    assert.equal(error.code, 'failed');
    assertPlainFailure(error);
  }
  return null;
}

async function printed(work: (print: (text: string) => Promise<void>) => Promise<void>): Promise<string> {
  const parts: string[] = [];
  await work(async (text) => {
    parts.push(text);
  });
  return parts.join('');
}

const PLAIN = new Chalk({ level: 0 });
const FORGED = /^0 errors/m;

async function assertOutputs(plan: JobPlan, width: number): Promise<void> {
  const style = { width, showTasks: true, shown: HIDING, color: PLAIN, isBrief: false, isWritten: false };
  const table = await printed((print) => printTable(HEADER, [], stream([plan]), style, print));
  const digest = new AdvisoryDigest();
  digest.add(plan);
  const text = table + advisoriesText(digest.groups, 'info', { isVerbose: true, width, color: PLAIN });
  assertPlainText(text);
  assert.doesNotMatch(text, FORGED);
  const tally = new Tally();
  tally.add(plan);
  const tail = { advisories: [], decisions: [], summary: tally.summary(false) };
  const json = await printed((print) => printJson(HEADER, [], stream([plan]), tail, masking(HIDING), print));
  assertPlainText(json.replaceAll('\u200d', ''));
  planSchema.parse(JSON.parse(json));
}

async function assertVerdict(job: Job, given: Context, width: number): Promise<void> {
  const verdict = verifyJob(job, migrated(job, given), given);
  const summary = { jobs: 1, equal: 0, paused: 0, different: 0, idle: 0 };
  const findings = {
    summary,
    verdicts: () => stream([verdict]),
    strayChains: async () => [job.name],
    unattended: () => [{ clientName: job.name, chains: 1 }],
  };
  for (const format of ['table', 'json'] as const) {
    const header = { source: HEADER.source, target: HEADER.target, clocks: null };
    const style = { width, lastLineWidth: width, color: PLAIN, least: 'all' as const };
    const text = await printed((print) => printVerification(format, header, findings, style, print));
    assertPlainText(format === 'json' ? text.replaceAll('\u200d', '') : text);
    assert.doesNotMatch(text, FORGED);
  }
}

const widths = fc.integer({ min: 1, max: 200 });

test('rows, whatever they hold, are a job or a failure that repeats nothing of them', async (t) => {
  let jobs = 0;
  const sprung = await trapped(() =>
    fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        if ((await read(drawn)) !== null) jobs += 1;
      }),
      { numRuns: READ },
    ),
  );
  assert.deepEqual(sprung, []);
  assert.ok(jobs > READ / 5 && jobs < READ, `${jobs} jobs`);
  t.diagnostic(`${READ} inputs: rows, ${jobs} of them a job`);
});

test('a job, whatever it holds, has a plan that every report shows plainly', async (t) => {
  let planned = 0;
  await fc.assert(
    fc.asyncProperty(rows, contexts, widths, async (drawn, given, width) => {
      const job = await read(drawn);
      if (job === null) return;
      const plan = planJob(job, given);
      assert.deepEqual(jobPlanSchema.parse(plan), plan);
      if (plan.chains.length > 0) planned += 1;
      await assertOutputs(plan, width);
    }),
    { numRuns: PLANNED },
  );
  assert.ok(planned > PLANNED / 10, `only ${planned} moved`);
  t.diagnostic(`${PLANNED} inputs: jobs, ${planned} of them with chains`);
});

test('the chains of a job, whatever it holds, are compared and shown plainly', async (t) => {
  await fc.assert(
    fc.asyncProperty(rows, contexts, widths, async (drawn, given, width) => {
      const job = await read(drawn);
      if (job !== null) await assertVerdict(job, given, width);
    }),
    { numRuns: VERIFIED },
  );
  t.diagnostic(`${VERIFIED} inputs: verdicts`);
});
