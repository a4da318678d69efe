import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type PlanDocument, planSchema } from '../../src/model/plan.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { fillToDump } from '../pgagent/dump/filled.ts';
import { cannotDump, newPath, pgDump, run } from '../pgagent/dump/pg-dump.ts';
import { insertJob } from '../pgagent/insert-job.ts';
import { insertsOf } from '../pgagent/inserts.ts';
import { plausibleJobs } from '../pgagent/plausible-jobs.ts';
import { createPgAgent } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

/** The advisories of a run that only one of the two can have: what a dump cannot know. */
const OF_ONE_SIDE = [
  'from-dump',
  'settings-differ',
  'missing-rights',
  'pgagent-code',
  'job-log-hidden',
  'still-enabled',
];
/** What names the source in the lock of a job with several chains. */
const LOCK = / of database "[^"]*" on [\w.:/-]+/g;

/** All of a plan that a dump can know. */
function known(text: string): unknown {
  const plan: PlanDocument = planSchema.parse(
    JSON.parse(text, (_, value) => (typeof value === 'string' ? value.replaceAll(LOCK, '') : value)),
  );
  const isShared = ({ code }: { readonly code: string }): boolean => !OF_ONE_SIDE.includes(code);
  // A dump is told what a live pgAgent tells.
  const { given: _, sourceTimeZone: _zone, collation: _collation, ...options } = plan.options;
  const { advisories: _counts, ...counts } = plan.summary;
  return {
    jobs: plan.jobs,
    advisories: plan.advisories.filter(isShared),
    decisions: plan.decisions.filter(isShared),
    ...{ options, counts, target: plan.target, timeZone: plan.source.timeZone },
  };
}

/** Fills a database `app` with jobs. */
type Fill = (server: Server) => Promise<unknown>;

const SCHEDULES: Fill = async (server) => {
  const all = Array.from({ length: 60 }, (_, n) => n);
  await insertJob(server, 'app', {
    name: `odd "names" \\ and\ttabs ' ä 漢字`,
    description: 'line 1\nline 2',
    host: "o'brien",
    schedules: [
      { name: 'a', minutes: [0], hours: [9], monthDays: [31], months: [1, 3, 5, 7, 8, 10, 12] },
      { name: 'b', minutes: [5, 35], hours: [2], weekdays: [1, 3], monthDays: [32], months: [2, 12] },
      { name: 'c', minutes: all, start: '2020-05-17 09:14:27.123456+05:30', end: '2099-01-01 00:00:00-04' },
      {
        name: 'd',
        minutes: [1],
        exceptions: [{ date: '2030-12-24' }, { time: '07:30' }, { date: '2031-01-01', time: '00:01' }],
      },
      { name: 'off', enabled: false, minutes: [1] },
      { name: 'ever', start: '-infinity', end: 'infinity', minutes: [7], hours: [7] },
    ],
    steps: [
      { name: '1', code: "SELECT E'\\\\.', '\\N'\n;\n\\.\nSELECT $$ COPY pgagent.pga_job FROM stdin; $$" },
      { name: '2', code: 'echo "a\tb" && printf \'%s\\n\' "$HOME"', kind: 'b', onError: 'i' },
      { name: '3', code: 'SELECT 1', conninfo: "host=db2 user=me password='a b' dbname=x", onError: 's' },
      { name: '4', code: '', enabled: false, description: 'nothing' },
      { name: '5', code: 'SELECT 1', database: 'archive' },
    ],
  });
  await insertJob(server, 'app', { name: 'no steps', steps: [] });
  await insertJob(server, 'app', {
    name: 'no schedules',
    schedules: [],
    steps: [{ name: 'a', code: 'VACUUM' }],
  });
  await insertJob(server, 'app', { name: 'off', enabled: false, steps: [{ name: 'a', code: 'SELECT 1' }] });
  // One name for two.
  for (const host of ['h1', ''])
    await insertJob(server, 'app', { name: 'same', host, steps: [{ name: 'a', code: 'SELECT 1' }] });
};

const LOG: Fill = async (server) => {
  for (const name of ['good', 'bad', 'never', 'taken'])
    await insertJob(server, 'app', {
      name,
      schedules: [{ minutes: [0], hours: [3] }],
      steps: [{ name: 'a', code: 'SELECT 1' }],
    });
  await server.run(
    'app',
    `UPDATE pgagent.pga_job SET jobcreated = now() - interval '80 days', jobchanged = now() - interval '80 days';
     INSERT INTO pgagent.pga_joblog (jlgjobid, jlgstatus, jlgstart, jlgduration)
     SELECT jobid, CASE jobname WHEN 'good' THEN 's' ELSE 'f' END, date_trunc('day', now()) - n * interval '1 day' + interval '3 hours', '00:01:02.5'
       FROM pgagent.pga_job, generate_series(1, 60) AS n WHERE jobname IN ('good', 'bad') ORDER BY n DESC;
     UPDATE pgagent.pga_job SET joblastrun = date_trunc('day', now()) - interval '21 hours' WHERE jobname IN ('good', 'bad');
     UPDATE pgagent.pga_job SET jobnextrun = date_trunc('day', now()) + interval '27 hours' WHERE jobname IN ('good', 'bad', 'taken');
     UPDATE pgagent.pga_job SET jobnextrun = NULL WHERE jobname = 'never';
     -- So that the dump shows how old it is.
     UPDATE pgagent.pga_job SET jobchanged = now() WHERE jobname = 'good';`,
  );
};

/** Makes a dump of the database `app`. @returns its path */
type Dump = (server: Server) => string;

const byPgDump =
  (...options: readonly string[]): Dump =>
  (server) =>
    pgDump(server, 'app', options);

const FORMS: Readonly<Record<string, Dump>> = {
  plain: byPgDump(),
  'the schema alone': byPgDump('--schema=pgagent'),
  inserts: byPgDump('--inserts'),
  'column inserts': byPgDump('--column-inserts', '--rows-per-insert=3'),
  'data alone': byPgDump('--data-only', '--schema=pgagent'),
  create: byPgDump('--create'),
  custom: byPgDump('--format=custom'),
  directory: byPgDump('--format=directory'),
  tar: byPgDump('--format=tar'),
  gzip: byPgDump('--compress=1'),
  pg_dumpall: (server) => {
    const file = newPath();
    run('pg_dumpall', [`--dbname=${server.conninfo('postgres')}`, `--file=${file}`]);
    return file;
  },
};

const FIXTURES: Readonly<Record<string, Fill>> = {
  'the sample jobs': (server) => server.run('app', readFileSync('fixtures/jobs/sample.sql', 'utf8')),
  '300 plausible jobs': (server) => server.run('app', insertsOf(plausibleJobs(300).rows, 'app')),
  'odd texts, times and days': SCHEDULES,
  'jobs with a log': LOG,
  'every kind of job, and other tables': async (server) => {
    await fillToDump(server, 'app');
    // Whether the agent that holds a job is still there, no dump tells.
    await server.run('app', 'UPDATE pgagent.pga_job SET jobagentid = NULL');
  },
  'no job at all': async () => {},
};

describe('the plan of a dump is that of the live pgAgent', { skip: cannotDump }, () => {
  let server: Server;
  before(async () => {
    server = await startServer('debian-15', { timezone: 'Europe/Berlin' });
    await server.run('postgres', "ALTER ROLE postgres SET TimeZone = 'Europe/Berlin'");
  });
  after(() => server.stop());

  const OPTIONS = [
    '--dry-run',
    '--format',
    'json',
    '--step-conninfo',
    // As pgAgent, whose role no dump tells.
    'host=db1 user=postgres',
    '--schedules',
    'all',
  ];

  const OF_DUMP = ['--source-time-zone', 'Europe/Berlin', '--collation', 'C'];
  const minuteOf = ({ stdout }: Result): string =>
    (JSON.parse(stdout) as PlanDocument).plannedAt.slice(0, 16);

  for (const [name, fill] of Object.entries(FIXTURES)) {
    describe(name, () => {
      before(async () => {
        await server.run('postgres', 'DROP DATABASE IF EXISTS app WITH (FORCE)');
        await server.createDatabase('app');
        await createPgAgent(server, 'app');
        await createTimetable(server, 'app');
        await fill(server);
      });

      let live: Result | null = null;
      for (const [form, dump] of Object.entries(FORMS))
        test(`in the form: ${form}`, async () => {
          const file = dump(server);
          const planDump = async (): Promise<Result> => {
            const dumped = await pga2timetable([
              ...OPTIONS,
              ...OF_DUMP,
              '--dump',
              file,
              '-t',
              server.uri('app'),
            ]);
            assert.notEqual(dumped.stdout, '', dumped.stderr);
            return dumped;
          };
          let dumped = await planDump();
          // Next runs are those of the minute in which a plan is made.
          if (live === null || minuteOf(live) !== minuteOf(dumped))
            live = await pga2timetable([...OPTIONS, '-s', server.uri('app')]);
          // A minute began in between.
          if (minuteOf(live) !== minuteOf(dumped)) dumped = await planDump();
          assert.equal(dumped.code, live.code, dumped.stderr);
          assert.deepEqual(known(dumped.stdout), known(live.stdout));
        });
    });
  }
});
