import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Failure } from '../../../src/model/failure.ts';
import { readDump } from '../../../src/pgagent/dump/read-dump.ts';
import { runs } from '../../property-runs.ts';
import { copyText, dumpText, HEAD, ROWS, TAIL } from './dump-text.ts';
import { failureOf, read } from './read-text.ts';

const FOREIGN = 'Line 1 is not the head of a dump of pg_dump or pg_dumpall.';
for (const [what, bytes, message, remedy] of [
  ['nothing', '', 'The dump is empty.', /^Name a file/],
  ['another file', 'id,name\n1,x\n', FOREIGN, /^Name a file/],
  ['bytes', Buffer.from([0, 1, 2, 3, 0xff, 0xfe]), FOREIGN, /^Name a file/],
  [
    'a dump of MySQL',
    '-- MySQL dump 10.13  Distrib 8.0\n--\n',
    'The file is a dump of MySQL.',
    /^Name a file/,
  ],
  [
    'UTF-16',
    Buffer.from(`\ufeff${dumpText()}`, 'utf16le'),
    'The dump is in UTF-16, as PowerShell writes it by >.',
    /--file=FILE$/,
  ],
  [
    'bzip2',
    'BZh91AY&SY',
    'The dump is compressed with bzip2.',
    /^Use a pipe: bzip2 -dc .*dump\.sql \| pga2timetable --dump -$/,
  ],
  [
    'gzip that is cut',
    gzipSync(dumpText()).subarray(0, -20),
    /^The dump is cut or damaged: it cannot be decompressed/,
    /again/,
  ],
  [
    'gzip that is damaged',
    Buffer.concat([gzipSync(dumpText()).subarray(0, 60), Buffer.alloc(2_000, 7)]),
    /^The dump is cut or damaged/,
    /again/,
  ],
  ['no schema', HEAD + TAIL, 'The dump has no schema pgagent.', /^Dump the database that pgAgent is in/],
  [
    'the schema alone',
    `${HEAD}CREATE SCHEMA pgagent;\nCREATE TABLE pgagent.pga_job (\n    jobid integer\n);\n${TAIL}`,
    'The dump has the schema pgagent without its rows.',
    /--schema-only/,
  ],
  [
    'the extension alone',
    `${HEAD}CREATE EXTENSION IF NOT EXISTS pgagent WITH SCHEMA pgagent;\n${TAIL}`,
    'The dump has the schema pgagent without its rows.',
    /--schema-only/,
  ],
  [
    'some of its tables',
    `${HEAD}${copyText('pga_job', ROWS.pga_job)}${TAIL}`,
    'The dump has no rows of pgagent.pga_jobstep, pgagent.pga_schedule, pgagent.pga_exception, which jobs are made of.',
    /--schema=pgagent/,
  ],
  [
    'a schema before 3.4',
    dumpText().replace('jobhostagent', 'jobagent'),
    'The schema pgagent is older than 3.4: it has no pga_job.jobhostagent.',
    /^Upgrade it/,
  ],
  [
    'a schedule without its job',
    dumpText({ pga_job: [] }),
    /^Line \d+ of the dump is a schedule of job 7, which the dump lacks: it is damaged\.$/,
    /again/,
  ],
  ...[
    ['UPDATE on pgagent.pga_job', 'UPDATE pgagent.pga_job SET jobenabled = false;'],
    ['DELETE on pgagent.pga_jobstep', 'DELETE FROM ONLY pgagent.pga_jobstep WHERE jstid = 1;'],
    ['TRUNCATE on pgagent.pga_job', 'TRUNCATE TABLE pgagent.pga_job CASCADE;'],
    ['MERGE on pgagent.pga_job', 'MERGE INTO pgagent.pga_job USING x ON true WHEN MATCHED THEN DELETE;'],
    ['INSERT without VALUES on pgagent.pga_job', 'INSERT INTO pgagent.pga_job SELECT * FROM old_jobs;'],
    [
      'INSERT without VALUES on pgagent.pga_job',
      "INSERT INTO pgagent.pga_job (jobid, jobname) SELECT 8, 'Weekly';",
    ],
    [
      'INSERT without VALUES on pgagent.pga_jobstep',
      'INSERT INTO pgagent.pga_jobstep SELECT * FROM (VALUES (11, 7)) AS x;',
    ],
    ['INSERT without VALUES on pgagent.pga_job', 'INSERT INTO pgagent.pga_job DEFAULT VALUES;'],
    [
      'WITH on pgagent.pga_job',
      'WITH x AS (SELECT * FROM old_jobs) INSERT INTO pgagent.pga_job SELECT * FROM x;',
    ],
    [
      'WITH on pgagent.pga_job',
      'WITH x AS (SELECT 1) INSERT INTO "pgagent"."pga_job" (jobid) SELECT * FROM x;',
    ],
    ['WITH on pgagent.pga_job', 'WITH"x" AS (INSERT INTO pgagent.pga_job VALUES (8)) SELECT 1;'],
    [
      'INSERT without VALUES on pgagent.pga_job',
      'SET search_path = public, pgagent;\nINSERT INTO pga_job (jobid) SELECT 1;',
    ],
    ['\\copy, which reads another file', "\\copy pgagent.pga_job from 'x.csv'"],
    ['COPY on pgagent.pga_jobstep', 'COPY pgagent.pga_jobstep (jstid) FROM stdin WITH (FORMAT csv);\n\\.'],
    ['\\i, which reads another file', '\\i other.sql'],
  ].map(
    ([what = '', statement = '']) =>
      [
        what,
        dumpText().replace(TAIL, `${statement}\n${TAIL}`),
        new RegExp(
          `^Line \\d+ of the dump has what pg_dump does not write: ${what.replace('\\', '\\\\')}\\.$`,
        ),
        /--source/,
      ] as const,
  ),
  [
    'two dumps with other jobs',
    dumpText() +
      dumpText({
        pga_job: ROWS.pga_job.map((row) => row.replace(/^7/, '70')),
        pga_schedule: [],
        pga_exception: [],
        pga_jobstep: [],
      }),
    'The file has rows of pgagent.pga_jobagent in two dumps.',
    /two dumps/,
  ],
  [
    'no last line',
    dumpText().replace('dump complete', ''),
    /^The dump ends in line \d+ without the line that pg_dump writes last: it is cut\.$/,
    /append the line: -- PostgreSQL database dump complete$/,
  ],
  [
    'a row with too few values',
    dumpText({ pga_jobclass: ['6'] }),
    /^Line 28 of the dump, a row of pgagent\.pga_jobclass, has 1 values for 2 columns\.$/,
    /again/,
  ],
  [
    'an id that is none',
    dumpText({ pga_jobclass: ['x\tMine'] }),
    'Line 28 of the dump, a row of pgagent.pga_jobclass, cannot be read: jclid is no whole number.',
    /again/,
  ],
  [
    'a time that is none',
    dumpText().replace('2026-01-02 00:00:00+00', 'yesterday'),
    /a row of pgagent\.pga_job, cannot be read: jobchanged is no time with an offset\.$/,
    /again/,
  ],
  [
    'the same dump twice',
    dumpText() + dumpText(),
    'The file has rows of pgagent.pga_jobagent in two dumps.',
    /two dumps/,
  ],
  [
    'a row twice',
    dumpText({ pga_job: [...ROWS.pga_job, ...ROWS.pga_job] }),
    /^Row 7 of pgagent\.pga_job stands in line \d+ of the dump and in line \d+\.$/,
    /two dumps/,
  ],
  [
    'a row of 65 MiB',
    dumpText({ pga_jobclass: [`6\t${'x'.repeat(65 * 1024 * 1024)}`] }),
    'The row in line 28 of the dump, of pgAgent, is longer than 64 MiB.',
    /again/,
  ],
  [
    'no statements',
    `${HEAD}${'x'.repeat(3 * 1024 * 1024)}`,
    'The statement in line 15 of the dump is longer than 1 MiB.',
    /again/,
  ],
] as const)
  test(`${what}: a clear message`, async () => {
    const failure = await failureOf(bytes);
    assert.equal(failure.code, 'failed');
    if (typeof message === 'string') assert.equal(failure.message, message);
    else assert.match(failure.message, message);
    assert.match(failure.remedy, remedy);
    assert.doesNotMatch(`${failure.message} ${failure.remedy}`, /xxx/);
  });

test('no file', async () => {
  await assert.rejects(readDump('/nowhere/my dump.sql', { historyDays: 90 }), {
    code: 'usage',
    message: "There is no dump '/nowhere/my dump.sql'.",
  });
});

test('two databases with jobs: a usage error that names both and has a command that takes one', async () => {
  const cluster = (...names: readonly string[]): string =>
    `--\n-- PostgreSQL database cluster dump\n--\n\n${names.map((name) => `--\n-- Database "${name}" dump\n--\n\n\\connect ${name}\n\n${dumpText()}`).join('')}--\n-- PostgreSQL database cluster dump complete\n--\n\n`;
  const failure = await failureOf(cluster('app', 'postgres'));
  assert.equal(failure.code, 'usage');
  assert.equal(failure.message, 'Several databases of the dump have jobs of pgAgent: "app", "postgres".');
  assert.match(failure.remedy, /^Take one: sed -n '\/\^-- Database "app" dump\//);
  const { database, jobs } = await read(cluster('app'));
  assert.deepEqual([database, jobs.map(({ id }) => id)], ['app', [7]]);
  const { message } = await failureOf(cluster('app').replace('cluster dump complete', 'dump complete'));
  assert.match(message, /without the line that pg_dump writes last/);
});

test('a dump that is cut anywhere is an error', async () => {
  const text = dumpText(
    {},
    "INSERT INTO pgagent.pga_joblog VALUES (1, 7, 's', '2026-01-01 00:00:00+00', NULL);\nCOPY a.b (c) FROM stdin;\n1\n2\n\\.\n",
  );
  const last = text.indexOf('dump complete') + 'dump complete'.length;
  await fc.assert(
    fc.asyncProperty(fc.nat(last - 1), async (length) => {
      const failure = await failureOf(text.slice(0, length));
      assert.match(failure.message, /cut|empty|not the head/);
    }),
    runs(400),
  );
  assert.equal((await read(text.slice(0, last))).jobs.length, 1);
});

test('a dump with any bytes changed is read, or is an error in plain words', async () => {
  const bytes = Buffer.from(
    dumpText({}, "INSERT INTO pgagent.pga_jobclass VALUES (9, E'x\\n');\nDO $x$ y $x$;\n"),
  );
  const change = fc.tuple(
    fc.nat(bytes.length - 1),
    fc.constantFrom(...Buffer.from('\'"\\$-/*();\n\t\r\0xE1,{\xff', 'latin1')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
      const changed = Buffer.from(bytes);
      for (const [at, byte] of changes) changed[at] = byte;
      try {
        await read(changed);
      } catch (error) {
        assert.ok(error instanceof Failure, String((error as Error).stack));
      }
    }),
    runs(3_000),
  );
});
