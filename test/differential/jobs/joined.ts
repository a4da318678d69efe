import { CONNINFO, type DifferentialJob, type DifferentialStep, write } from '../differential-job.ts';

const steps = (...texts: readonly string[]): readonly DifferentialStep[] =>
  texts.map((code, index) => ({ name: String(index + 1), code }));

/** A job whose steps 1 and on are one task, which has one row in the log. */
const joined = (
  id: string,
  what: string,
  texts: readonly string[],
  seen: readonly string[],
  more: Partial<DifferentialJob> = {},
): DifferentialJob => ({
  id,
  what,
  options: ['--transaction', `${id}=joined`],
  steps: steps(...texts),
  after: { seen },
  differs: {
    advisory: 'joined-steps',
    underTimetable: {
      ends: Object.fromEntries(texts.slice(1).map((_, index) => [String(index + 2), 'not run' as const])),
    },
  },
  ...more,
});

const refused = (
  id: string,
  what: string,
  theSteps: readonly DifferentialStep[],
  after: DifferentialJob['after'],
  setup?: string,
): DifferentialJob => ({
  id,
  what,
  ...(setup !== undefined && { setup }),
  options: ['--transaction', `${id}=joined`],
  steps: theSteps,
  after,
  leftOut: 'join-refused',
});

const TEMP = 'CREATE TEMP TABLE kept AS SELECT 1 AS a';
const KEPT = "INSERT INTO seen (what) SELECT 'kept ' || a FROM kept";

/** Steps that share a session by --transaction JOB=joined, and those that cannot. */
export const JOINED_JOBS: readonly DifferentialJob[] = [
  joined(
    'joined-three-steps',
    'three joined steps, with a comment and a semicolon at their ends',
    [`${TEMP} -- made here`, `${KEPT};`, `${KEPT} /* the last */`],
    ['kept 1', 'kept 1'],
  ),
  joined(
    'joined-explicit-transaction',
    'a joined step with a BEGIN and its COMMIT',
    [`BEGIN; ${TEMP}; ${write('one')}; COMMIT`, KEPT],
    ['one', 'kept 1'],
  ),
  joined(
    'joined-rollback',
    'a joined step that takes back what it did',
    [`BEGIN; ${write('lost')}; ROLLBACK; ${TEMP}`, KEPT],
    ['kept 1'],
  ),
  joined(
    'joined-block',
    'a block of PL/pgSQL that makes the table of the next step',
    [`DO $$ BEGIN ${TEMP}; END $$`, KEPT],
    ['kept 1'],
  ),
  joined(
    'joined-prepared',
    'a prepared statement of joined steps',
    ["PREPARE mine AS INSERT INTO seen (what) VALUES ('prepared')", 'EXECUTE mine', 'DEALLOCATE mine'],
    ['prepared'],
  ),
  joined(
    'joined-cursor',
    'a cursor with hold of joined steps',
    [
      'DECLARE held CURSOR WITH HOLD FOR SELECT 1',
      "INSERT INTO seen (what) SELECT name FROM pg_cursors WHERE name = 'held'",
    ],
    ['held'],
  ),
  joined(
    'joined-seed',
    'the seed of random() of joined steps',
    // What PostgreSQL 15 gives first after setseed(0.5).
    ['SELECT setseed(0.5)', 'INSERT INTO seen (what) SELECT (random() = 0.9851677175347999)::text'],
    ['true'],
  ),
  joined(
    'joined-dblink',
    'a dblink connection of joined steps',
    [
      `SELECT dblink_connect('far', '${CONNINFO} dbname={db}')`,
      "SELECT dblink_exec('far', 'INSERT INTO seen (what) VALUES (''from far'')')",
      "SELECT dblink_disconnect('far')",
    ],
    ['from far'],
    { setup: 'CREATE EXTENSION dblink' },
  ),
  joined(
    'joined-sequence',
    'the last value of a sequence of joined steps',
    ["SELECT nextval('numbers')", 'INSERT INTO seen (what) SELECT lastval()::text'],
    ['70'],
    { setup: 'CREATE SEQUENCE numbers START 70' },
  ),
  joined(
    'joined-local-setting',
    'SET LOCAL of a joined step ends with it, and a custom setting stays without a value',
    [
      "SET LOCAL work_mem = '77MB'; SET my.actor = 'x'",
      "INSERT INTO seen (what) VALUES (current_setting('work_mem')), ('[' || current_setting('my.actor') || ']')",
    ],
    ['4MB', '[]'],
  ),
  joined(
    'joined-on-commit-drop',
    'a table that is dropped when its joined step commits',
    [
      'CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT 1 AS a',
      "INSERT INTO seen (what) SELECT (to_regclass('pg_temp.kept') IS NULL)::text",
    ],
    ['true'],
  ),
  joined(
    'joined-made-twice',
    'two joined steps that make the same temporary table: the second fails as it did',
    [TEMP, TEMP, write('never')],
    [],
    {
      steps: [
        { name: '1', code: TEMP },
        { name: '2', code: TEMP, ends: 'failed' },
        { name: '3', code: write('never'), ends: 'not run' },
      ],
      after: { end: 'failed' },
      differs: { advisory: 'joined-steps', underTimetable: { ends: { '1': 'failed', '2': 'not run' } } },
    },
  ),
  joined('joined-first-fails', 'a joined step that fails first', [], [], {
    steps: [
      { name: '1', code: `${write('lost')}; SELECT 1 / 0`, ends: 'failed' },
      { name: '2', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed' },
    differs: { advisory: 'joined-steps', underTimetable: {} },
  }),
  joined('joined-deferred', 'a joined step that fails when it commits', [], [], {
    setup:
      'CREATE TABLE parents (a int PRIMARY KEY); CREATE TABLE children (a int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)',
    steps: [
      { name: '1', code: write('kept') },
      { name: '2', code: `${write('lost')}; INSERT INTO children VALUES (1)`, ends: 'failed' },
      { name: '3', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed', seen: ['kept'], rows: { 'SELECT count(*) FROM children': ['0'] } },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '1': 'failed', '2': 'not run' } } },
  }),
  joined('joined-around-a-program', 'a batch step between two pairs of joined steps', [], [], {
    steps: [
      { name: '1', code: TEMP },
      { name: '2', code: KEPT },
      { name: '3', kind: 'b', code: `echo between > '{dir}/between'` },
      { name: '4', code: 'CREATE TEMP TABLE other AS SELECT 2 AS a' },
      { name: '5', code: "INSERT INTO seen (what) SELECT 'other ' || a FROM other" },
    ],
    after: { seen: ['kept 1', 'other 2'], files: { between: 'between\n' } },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '2': 'not run', '5': 'not run' } } },
  }),
  joined('joined-in-another-database', 'joined steps in another database', [], [], {
    archive: 'CREATE TABLE t (a int)',
    steps: [
      { name: '1', code: TEMP, database: '{archive}' },
      { name: '2', code: 'INSERT INTO t SELECT a FROM kept', database: '{archive}' },
      { name: '3', code: write('behind') },
    ],
    after: { seen: ['behind'], archiveRows: { 'SELECT a FROM t': ['1'] } },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '2': 'not run' } } },
  }),
  joined('joined-disabled', 'a disabled step between joined ones', [], [], {
    steps: [
      { name: '1', code: TEMP },
      { name: '2', code: 'VACUUM', enabled: false },
      { name: '3', code: KEPT },
    ],
    after: { seen: ['kept 1'] },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '3': 'not run' } } },
  }),
  joined('joined-alone', 'a job with nothing to join', [], [], {
    steps: [
      { name: '1', code: write('one') },
      { name: '2', kind: 'b', code: `echo two > '{dir}/two'` },
      { name: '3', code: write('three') },
    ],
    after: { seen: ['one', 'three'], files: { two: 'two\n' } },
    differs: { advisory: 'joined-steps', underTimetable: {} },
  }),
  refused(
    'joined-commits',
    'a block that commits cannot be joined',
    steps(write('one'), `DO $$ BEGIN ${write('two')}; COMMIT; END $$`),
    { seen: ['one', 'two'] },
  ),
  refused(
    'joined-call',
    'a CALL cannot be joined',
    steps(write('one'), 'CALL work()'),
    { seen: ['one', 'work'] },
    `CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ BEGIN ${write('work')}; COMMIT; END $$`,
  ),
  refused(
    'joined-open-transaction',
    'a BEGIN without its end cannot be joined',
    steps(write('one'), `BEGIN; ${write('lost')}`),
    { seen: ['one'] },
  ),
  refused(
    'joined-mistake',
    'a text that is no SQL cannot be joined: it would stop the steps before it',
    [
      { name: '1', code: write('one') },
      { name: '2', code: 'SELEC 1', ends: 'failed' },
    ],
    { end: 'failed', seen: ['one'] },
  ),
  refused(
    'joined-copy',
    'COPY to the client cannot be joined',
    steps(write('one'), 'COPY seen TO STDOUT', write('three')),
    { seen: ['one', 'three'] },
  ),
  refused(
    'joined-success-on-error',
    'an error that counts as a success cannot be joined',
    [
      { name: '1', code: 'SELECT 1 / 0', onError: 's', ends: 'failed' },
      { name: '2', code: write('two') },
    ],
    { seen: ['two'] },
  ),
  refused(
    'joined-index',
    'CREATE INDEX CONCURRENTLY cannot be joined',
    steps(write('one'), 'CREATE INDEX CONCURRENTLY ON seen (what)'),
    { seen: ['one'], rows: { "SELECT count(*) FROM pg_indexes WHERE tablename = 'seen'": ['1'] } },
  ),
];
