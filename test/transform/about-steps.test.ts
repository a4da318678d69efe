import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Step } from '../../src/model/job.ts';
import type { Advisory } from '../../src/model/plan.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { batchStep, context, job, sqlStep } from '../job-builders.ts';

const CODES = [
  'made-twice',
  'shared-session',
  'chain-transaction',
  'chain-transaction-others',
  'settings-carry-over',
];

/** What is said of steps with one another; each text is a SQL step on pg_timetable's own database, named after its number. */
function said(
  texts: readonly (string | Partial<Step>)[],
  transaction: 'step' | 'chain' = 'step',
): readonly Advisory[] {
  const steps = texts.map((text, index): Step => {
    const more = {
      id: index + 1,
      name: `s${index + 1}`,
      ...(typeof text === 'string' ? { code: text } : text),
    };
    return more.kind === 'batch' ? batchStep(more.code ?? '', more as never) : sqlStep(more as never);
  });
  const stepConninfo = new Map([
    ['host', 'db1'],
    ['user', 'me'],
  ]);
  return planJob(job({ steps }), context({ options: { transaction, stepConninfo } })).advisories.filter(
    ({ code }) => CODES.includes(code),
  );
}

function texts(advisories: readonly Advisory[]): readonly string[] {
  return advisories.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
}

const ARCHIVE = { connection: { kind: 'database', name: 'archive' } } as const;
const TEMP = 'CREATE TEMP TABLE batch (a int)';
const USES = 'INSERT INTO log SELECT a FROM batch';

describe('steps that need one session', () => {
  test('name the steps, what they share, and the two ways out', () => {
    const [one, ...others] = texts(said([TEMP, 'SELECT 1', USES]));
    assert.equal(others.length, 0);
    assert.match(one ?? '', /^warning shared-session: /);
    assert.match(one ?? '', /step 3 "s3" uses the temporary table "batch" of step 1 "s1"/);
    assert.match(one ?? '', /Put them into one step, or let them share a session: --transaction 1=joined$/);
  });

  const shared: readonly [string, readonly (string | Partial<Step>)[]][] = [
    ['a prepared statement', ['PREPARE p AS SELECT 1', 'EXECUTE p']],
    ['a session lock that is held on', ['SELECT pg_advisory_lock(5)', 'DELETE FROM t']],
    ['a session lock that is given back', ['SELECT pg_advisory_lock(5)', 'SELECT pg_advisory_unlock(5)']],
    ['the last value of a sequence', ["SELECT nextval('s')", "SELECT currval('s')"]],
    ['SET ROLE, which RESET ALL leaves (measured)', ['SET ROLE reader', 'DELETE FROM t']],
    [
      'connection strings that say the same in another order, which pgAgent brings into one',
      [
        { code: TEMP, connection: { kind: 'conninfo', conninfo: 'host=db2 user=me dbname=x' } },
        { code: USES, connection: { kind: 'conninfo', conninfo: "dbname='x' host=db2  user=me" } },
      ],
    ],
    ['a table made in a DO block', ['DO $$ BEGIN CREATE TEMP TABLE batch (a int); END $$', USES]],
  ];
  for (const [name, steps] of shared)
    test(`${name}`, () =>
      assert.deepEqual(
        said(steps).map(({ code }) => code),
        ['shared-session'],
      ));

  const separate: readonly [string, readonly (string | Partial<Step>)[]][] = [
    ['one step has both', [`${TEMP}; ${USES}`, 'SELECT 1']],
    ['it is gone at the commit', [`${TEMP} ON COMMIT DROP`, USES]],
    ['the step that makes it is disabled', [{ code: TEMP, enabled: false }, USES]],
    ['the steps go to different databases', [TEMP, { code: USES, ...ARCHIVE }]],
    ['a setting, which pgAgent resets', ["SET work_mem = '64MB'", 'SELECT 1']],
    ['a lock of the transaction', ['SELECT pg_advisory_xact_lock(5)', 'DELETE FROM t']],
    ['the role is local', ['SET LOCAL ROLE reader', 'DELETE FROM t']],
    ['the role is given back', ['SET ROLE reader; RESET ROLE', 'DELETE FROM t']],
    ['a string', ["SELECT 'CREATE TEMP TABLE batch (a int)'", USES]],
  ];
  for (const [name, steps] of separate) test(`do not where ${name}`, () => assert.deepEqual(said(steps), []));

  test('steps that cannot be joined share a session in the transaction of their chain', () => {
    for (const between of [
      'VACUUM t',
      { kind: 'batch', code: 'ls' },
      { code: 'SELECT 1', onError: 'ignore' },
    ] as const)
      assert.match(
        texts(said([TEMP, between, USES]))[0] ?? '',
        /let them share a session and a transaction: --transaction 1=chain$/,
      );
  });

  test('a table that is made again is another thing: that step failed under pgAgent', () => {
    const found = said([TEMP, `${TEMP}; ${USES}`, 'SELECT 1']);
    assert.deepEqual(
      found.map(({ code, stepId }) => [code, stepId]),
      [['made-twice', 2]],
    );
    assert.match(found[0]?.message ?? '', /makes temporary table "batch", which step 1 "s1" left/);
  });

  test('a backup that ends with its session is said to be none', () => {
    const steps = [
      "SELECT pg_backup_start('b')",
      { kind: 'batch', code: 'cp -a x y' },
      'SELECT pg_backup_stop()',
    ] as const;
    assert.match(
      texts(said(steps))[0] ?? '',
      /step 3 "s3" uses the backup that pg_backup_start began of step 1 "s1" \(it is aborted when its session ends, so the copy is no backup\)/,
    );
    const [first, copy] = steps;
    assert.match(texts(said([first, copy]))[0] ?? '', /step 1 "s1" leaves the backup/);
  });

  test('on another database they can share a session, and no transaction', () => {
    const [text] = texts(
      said([
        { code: TEMP, ...ARCHIVE },
        { code: USES, ...ARCHIVE },
      ]),
    );
    assert.match(text ?? '', /Put them into one step, or let them share a session: --transaction 1=joined$/);
  });

  test('with --transaction chain local steps have it, and those on another database do not', () => {
    const remote = [
      { code: TEMP, ...ARCHIVE },
      { code: USES, ...ARCHIVE },
    ];
    assert.deepEqual(
      said([TEMP, USES], 'chain').map(({ code }) => code),
      ['chain-transaction'],
    );
    assert.deepEqual(
      said(remote, 'chain').map(({ code }) => code),
      ['shared-session'],
    );
  });
});

describe('--transaction chain', () => {
  test('is told of each job with local SQL steps, with their number', () => {
    assert.match(
      texts(said(['SELECT 1', 'SELECT 2'], 'chain'))[0] ?? '',
      /^info chain-transaction: has 2 SQL steps/,
    );
    assert.deepEqual(said([{ kind: 'batch', code: 'true' }], 'chain'), []);
  });

  test('steps outside the transaction are named, if they come behind a step inside it', () => {
    const batch = { kind: 'batch', code: 'psql -c ...' } as const;
    const [, warning] = texts(said(['DELETE FROM t', batch, { code: 'SELECT 1', ...ARCHIVE }], 'chain'));
    assert.match(warning ?? '', /^warning chain-transaction-others: .*\("s2", "s3"\)/);
    assert.deepEqual(
      said([batch, 'DELETE FROM t'], 'chain').map(({ code }) => code),
      ['chain-transaction'],
    );
  });

  test('a setting reaches the steps behind, and nothing behind the last', () => {
    const set = "SET work_mem = '64MB'; SET search_path = app";
    const found = said([set, 'SELECT 1'], 'chain').filter(({ code }) => code === 'settings-carry-over');
    assert.deepEqual(
      found.map(({ stepId }) => stepId),
      [1],
    );
    assert.match(found[0]?.message ?? '', /sets search_path, work_mem\./);
    assert.deepEqual(
      said(['SET ROLE reader', 'SELECT 1'], 'chain').map(({ code }) => code),
      ['chain-transaction'],
      'RESET ALL of pgAgent leaves a role, so it reached the steps behind there, too',
    );
    assert.deepEqual(
      said(['SELECT 1', set], 'chain').map(({ code }) => code),
      ['chain-transaction'],
    );
    assert.deepEqual(
      said([`${set}; RESET ALL`, 'SELECT 1'], 'chain').map(({ code }) => code),
      ['chain-transaction'],
    );
  });
});
