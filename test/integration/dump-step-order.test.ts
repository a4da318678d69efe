import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type JobPlan, planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { cannotDump, pgDump } from '../pgagent/dump/pg-dump.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

/** By bytes: capitals, then small letters, then what is beyond ASCII; a blank (20) before an underscore (5f). */
const BY_BYTES = ['B', 'a b', 'a_c', 'ä'];
/** By letters: a and its accents, then b, whether small or not; a text before what it begins. */
const BY_LETTERS = ['ä', 'a b', 'a_c', 'B'];

describe('the steps of a dump', { skip: cannotDump }, () => {
  let server: Server;
  let file = '';
  before(async () => {
    server = await startServer('debian-15');
    for (const [name, locale] of [
      ['bytes', "LOCALE 'C'"],
      ['letters', "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"],
    ] as const) {
      await server.createDatabase(name, `TEMPLATE template0 ENCODING 'UTF8' ${locale}`);
      await createStandInPgAgent(server, name);
      await createTimetable(server, name);
      await insertJob(server, name, {
        name: 'mixed',
        schedules: [{ minutes: [0], hours: [9] }],
        // Neither of the orders.
        steps: ['a_c', 'ä', 'B', 'a b'].map((step) => ({ name: step, kind: 'b', code: 'echo' })),
      });
      await insertJob(server, name, {
        name: 'alike',
        schedules: [{ minutes: [0], hours: [9] }],
        steps: ['2 - load', '1 - check', '3 - VACUUM'].map((step) => ({
          name: step,
          kind: 'b',
          code: 'echo',
        })),
      });
      await insertJob(server, name, {
        name: 'ten',
        schedules: [{ minutes: [0], hours: [9] }],
        steps: ['1 - check', '10 - load'].map((step) => ({ name: step, kind: 'b', code: 'echo' })),
      });
      await insertJob(server, name, {
        name: 'never',
        schedules: [],
        steps: ['B', 'a'].map((step) => ({ name: step, kind: 'b', code: 'echo' })),
      });
    }
    // Its rows are the same in both.
    file = pgDump(server, 'bytes');
  });
  after(() => server.stop());

  const BASE = ['--dry-run', '--format', 'json'];
  async function jobs(...words: readonly string[]): Promise<ReadonlyMap<string, JobPlan>> {
    const { stdout, stderr } = await pga2timetable([...BASE, ...words]);
    assert.notEqual(stdout, '', stderr);
    return new Map(planSchema.parse(JSON.parse(stdout)).jobs.map((job) => [job.jobName, job]));
  }
  const dumped = (...words: readonly string[]): ReturnType<typeof jobs> =>
    jobs('--dump', file, '--source-time-zone', 'UTC', ...words);
  const order = (job: JobPlan | undefined): readonly string[] =>
    (job?.chains[0]?.tasks ?? []).flatMap(({ stepId, taskName }) => (stepId === null ? [] : taskName));

  test('whose order is the same everywhere move without a question', async () => {
    const plan = await dumped();
    assert.deepEqual(order(plan.get('alike')), ['1 - check', '2 - load', '3 - VACUUM']);
    assert.deepEqual(
      plan.get('alike')?.advisories.filter(({ code }) => code === 'step-order'),
      [],
    );
  });

  test('whose order depends on the collation keep their job, with two orders, also with --partial', async () => {
    for (const more of [[], ['--partial']]) {
      const job = (await dumped(...more)).get('mixed');
      assert.equal(job?.moved, 'none');
      const [advisory] = job?.advisories ?? [];
      assert.deepEqual([advisory?.code, advisory?.severity], ['step-order', 'error']);
      assert.ok(advisory?.message.includes('C: "B", "a b", "a_c", "ä"'), advisory?.message);
      assert.ok(advisory?.message.includes('; en-US: "ä", "a b", "a_c", "B"'), advisory?.message);
    }
  });

  test('numbered to ten and more depend on it too: Linux looks at blanks and hyphens last', async () => {
    const job = (await dumped()).get('ten');
    assert.ok(
      job?.advisories[0]?.message.includes(
        'C: "1 - check", "10 - load"; en_US.UTF-8 (punctuation last): "10 - load", "1 - check"',
      ),
      job?.advisories[0]?.message,
    );
  });

  test('do not keep a job that nothing starts', async () => {
    assert.deepEqual(
      (await dumped()).get('never')?.skipped.map(({ reason }) => reason),
      ['job-cannot-run'],
    );
  });

  for (const [collation, expected] of [
    ['C', BY_BYTES],
    ['POSIX', BY_BYTES],
    ['en-US', BY_LETTERS],
    ['de', BY_LETTERS],
    ['en_US.UTF-8', BY_LETTERS],
  ] as const)
    test(`stand in the order of --collation ${collation}`, async () => {
      assert.deepEqual(order((await dumped('--collation', collation)).get('mixed')), expected);
    });

  test('of two databases with the same rows stand as each live one has them, once its collation is named', async () => {
    assert.deepEqual(order((await jobs('-s', server.uri('bytes'))).get('mixed')), BY_BYTES);
    assert.deepEqual(order((await jobs('-s', server.uri('letters'))).get('mixed')), BY_LETTERS);
  });

  test('stand in the order that the queries of the pages find', async () => {
    for (const page of ['docs/dump.md', 'docs/advisories/step-order.md']) {
      const [, query = ''] = /```sql\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
      for (const [database, expected] of [
        ['bytes', 'C'],
        ['letters', 'en-US'],
      ] as const)
        assert.equal((await server.run(database, query)).rows[0]?.['--collation'], expected);
    }
  });

  describe('with a target', () => {
    const on = (database: string): readonly string[] => ['--target', server.uri(database)];

    test('are sorted by a collation of the target', async () => {
      const plan = await dumped(...on('bytes'), '--collation', 'en-US-x-icu');
      assert.deepEqual(order(plan.get('mixed')), BY_LETTERS);
    });

    for (const [database, expected] of [
      ['bytes', BY_BYTES],
      ['letters', BY_LETTERS],
    ] as const)
      test(`are sorted as ${database} sorts by --collation default`, async () => {
        assert.deepEqual(
          order((await dumped(...on(database), '--collation', 'default')).get('mixed')),
          expected,
        );
      });

    test('whose order that of the target changes stay, and it is named', async () => {
      const message = (await dumped(...on('letters'))).get('mixed')?.advisories[0]?.message ?? '';
      assert.ok(message.includes('default: "ä", "a b", "a_c", "B"; C: "B"'), message);
    });

    test('stay in the order in which an earlier run wrote them', async () => {
      const words = ['--source-time-zone', 'UTC', '--paused', '--job', 'mixed', ...on('letters')];
      const own = pgDump(server, 'letters');
      const written = await pga2timetable(['--dump', own, ...words, '--collation', 'C']);
      assert.equal(written.code, 0, written.stderr);
      const again = await pga2timetable(['--dump', own, ...words, ...BASE]);
      assert.match(again.stderr, /From the record of earlier runs: --collation C \(1 job\)/);
      const [job] = planSchema.parse(JSON.parse(again.stdout)).jobs;
      assert.deepEqual([job?.action, order(job)], ['keep', BY_BYTES]);
      // The live database sorts otherwise, and that counts.
      const live = (await jobs('-s', server.uri('letters'), '--job', 'mixed')).get('mixed');
      assert.deepEqual([live?.action, order(live)], ['replace', BY_LETTERS]);
    });

    test('are not sorted by what neither the target nor this tool knows', async () => {
      const { code, stderr } = await pga2timetable([
        ...['--dump', file, '--dry-run', '--collation', 'xx_nowhere', ...on('bytes')],
      ]);
      assert.equal(code, 2);
      assert.match(stderr, /--collation xx_nowhere: the target has no such collation/);
    });

    test('stay open under a locale of Linux that the target lacks', async () => {
      const missing = 'de_LI.UTF-8';
      const plan = await dumped(...on('bytes'), '--collation', missing);
      assert.equal(plan.get('ten')?.moved, 'none');
      assert.match(plan.get('ten')?.advisories[0]?.message ?? '', /de_LI\.UTF-8 \(punctuation last\): "10/);
      assert.deepEqual(order(plan.get('mixed')), BY_LETTERS);
    });
  });
});
