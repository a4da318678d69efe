import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dumpText, ROWS, TAIL } from './dump-text.ts';
import { read } from './read-text.ts';

const nothing = (length: number): readonly boolean[] => Array.from({ length }, () => false);
const JOB = {
  id: 7,
  name: 'Nightly',
  description: 'Owner: me',
  className: 'Mine',
  hostAgent: '',
  enabled: true,
  schedules: [
    {
      id: 8,
      name: 'at night',
      description: '',
      enabled: true,
      start: Date.UTC(2026, 0, 1),
      end: null,
      minutes: nothing(60),
      hours: nothing(24),
      weekdays: nothing(7),
      monthDays: nothing(32),
      months: nothing(12),
      exceptions: [{ id: 9, date: '2026-12-24', time: null }],
    },
  ],
  steps: [
    {
      id: 10,
      name: 'vacuum',
      description: '',
      enabled: true,
      onError: 'fail',
      code: 'VACUUM;\nANALYZE',
      kind: 'sql',
      connection: { kind: 'database', name: 'app' },
    },
  ],
};

test('a dump is what stands in it', async () => {
  const { jobs, states, malformed, ...rest } = await read(dumpText());
  assert.deepEqual(jobs, [JOB]);
  assert.equal(malformed.size, 0);
  assert.deepEqual(
    [...states],
    [
      [
        7,
        {
          enabled: true,
          nextRun: '2026-02-01 03:00:00',
          changed: '2026-01-02 00:00:00',
          created: '2026-01-01 00:00:00',
          lastRun: null,
          agentId: null,
          host: '',
        },
      ],
    ],
  );
  assert.deepEqual(rest, {
    serverVersion: '15.8',
    database: null,
    encoding: 'UTF8',
    schemaVersion: null,
    history: null,
    agents: ['host1'],
    newestTime: Date.UTC(2026, 0, 2),
  });
});

for (const [what, bytes] of [
  ['lines that end as those of Windows', dumpText().replaceAll('\n', '\r\n')],
  ['a byte order mark', `\ufeff${dumpText()}`],
  ['gzip, whatever its name', gzipSync(dumpText())],
  ['gzip within gzip', gzipSync(gzipSync(dumpText()))],
  ['gzip in two parts', Buffer.concat([gzipSync(dumpText().slice(0, 900)), gzipSync(dumpText().slice(900))])],
  [
    'a text that looks like rows',
    dumpText({}, "COMMENT ON TABLE x IS '\nCOPY pgagent.pga_job (jobid) FROM stdin;\n7\n\\.\n';\n"),
  ],
  [
    'a function that inserts a job',
    dumpText(
      {},
      'CREATE FUNCTION f() RETURNS void\n    LANGUAGE sql\n    BEGIN ATOMIC\n INSERT INTO pgagent.pga_job VALUES (1);\nEND;\n',
    ),
  ],
  [
    'a rule that inserts a job',
    dumpText(
      {},
      'CREATE RULE r AS ON INSERT TO t DO ( SELECT 1; INSERT INTO pgagent.pga_job VALUES (1); );\n',
    ),
  ],
  [
    'an INSERT ... SELECT into another table',
    dumpText({}, 'INSERT INTO public.jobs SELECT * FROM pgagent.pga_job;\n'),
  ],
  [
    'rows of an INSERT that skips those that are there',
    dumpText(
      { pga_jobclass: [] },
      "INSERT INTO pgagent.pga_jobclass (jclid, jclname) VALUES (6, 'Mine') ON CONFLICT DO NOTHING;\n",
    ),
  ],
  ['a comment that inserts a job', dumpText({}, '/* INSERT INTO pgagent.pga_job VALUES (1); */\n')],
  [
    'rows of others that look like the end of the dump',
    dumpText({}, `COPY a.b (c) FROM stdin;\n${TAIL}INSERT INTO pgagent.pga_job VALUES (1);\n\\.\n`),
  ],
  [
    'the schema as search path',
    dumpText().replaceAll('COPY pgagent.', 'SET search_path = pgagent, pg_catalog;\nCOPY '),
  ],
  [
    'the tables of the log, which has no end',
    dumpText({}, 'COPY pgagent.pga_jobsteplog (x, y) FROM stdin;\n1\n\\.\n'),
  ],
  [
    'columns in another order, and one more',
    dumpText().replace(
      'jclid, jclname) FROM stdin;\n6\tMine',
      'jclname, more, jclid) FROM stdin;\nMine\t\\N\t6',
    ),
  ],
] as const)
  test(`${what}: the same jobs`, async () => {
    const { jobs } = await read(bytes);
    assert.deepEqual(jobs, [JOB]);
  });

test('steps are in the order of the bytes of their names, then of their ids', async () => {
  const step = (id: number, name: string): string =>
    ROWS.pga_jobstep[0]?.replace('10\t7\tvacuum', `${id}\t7\t${name}`) ?? '';
  const names = ['b', 'B', '\u00e9', 'b', '\u{1f600}', '\uff5e'];
  const { jobs } = await read(dumpText({ pga_jobstep: names.map((name, index) => step(20 - index, name)) }));
  assert.deepEqual(
    jobs[0]?.steps.map(({ id, name }) => [name, id]),
    [
      ['B', 19],
      ['b', 17],
      ['b', 20],
      ['\u00e9', 18],
      ['\uff5e', 15],
      ['\u{1f600}', 16],
    ],
  );
});

test('a class of the five that pgAgent brings is known where pg_dump leaves it out', async () => {
  const job = ROWS.pga_job[0]?.replace('7\t6\t', '7\t4\t') ?? '';
  const { jobs } = await read(dumpText({ pga_job: [job], pga_jobclass: [] }));
  assert.equal(jobs[0]?.className, 'Data Summarisation');
});

test('no job is no error', async () => {
  const { jobs, states, newestTime } = await read(
    dumpText({ pga_job: [], pga_jobstep: [], pga_schedule: [], pga_exception: [] }),
  );
  assert.deepEqual([jobs, states, newestTime], [[], new Map(), null]);
});

test('a row that no pgAgent could have meant stands with its line in `malformed`, and the job without it', async () => {
  const text = dumpText({
    pga_jobstep: [ROWS.pga_jobstep[0] ?? '', '11\t7\tx\t\tt\tq\tsecret\t\tapp\tf\t\\N'],
  });
  const { jobs, malformed } = await read(text);
  assert.deepEqual(jobs, [JOB]);
  const { message, details, remedy } = malformed.get(7) ?? assert.fail();
  assert.equal(
    message,
    'Row 11 of pgagent.pga_jobstep, of job 7, cannot be read: jstkind is neither s nor b.',
  );
  const line = text.split('\n').findIndex((one) => one.includes('secret')) + 1;
  assert.deepEqual(details, [`It is line ${line} of the dump.`]);
  assert.match(remedy, /--exclude-job 7/);
});
