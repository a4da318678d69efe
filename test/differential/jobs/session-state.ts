import { type DifferentialJob, type DifferentialStep, write } from '../differential-job.ts';

const steps = (...texts: readonly string[]): readonly DifferentialStep[] =>
  texts.map((code, index) => ({ name: String(index + 1), code }));

/** A job whose second step finds what the first left in its session under pgAgent, and not under pg_timetable. */
const finds = (
  id: string,
  what: string,
  first: string,
  found: string,
  [under, instead]: readonly [string, string],
  setup?: string,
): DifferentialJob => ({
  id,
  what,
  ...(setup !== undefined && { setup }),
  steps: steps(first, `INSERT INTO seen (what) ${found}`),
  after: { seen: [under] },
  differs: { advisory: 'shared-session', underTimetable: { seen: instead === '' ? [] : [instead] } },
});

/** A job whose second step needs what the first left, and fails without it. */
const needs = (id: string, what: string, first: string, second: string, seen: string): DifferentialJob => ({
  id,
  what,
  steps: steps(first, second),
  after: { seen: [seen] },
  differs: {
    advisory: 'shared-session',
    underTimetable: { end: 'failed', ends: { '2': 'failed' }, seen: [] },
  },
});

/** A job whose second step fails under pgAgent, because the first made the same thing in its session. */
const twice = (id: string, what: string, first: string, second = first, setup?: string): DifferentialJob => ({
  id,
  what,
  ...(setup !== undefined && { setup }),
  steps: [
    { name: '1', code: first },
    { name: '2', code: second, ends: 'failed' },
    { name: '3', code: write('behind'), ends: 'not run' },
  ],
  after: { end: 'failed' },
  differs: {
    advisory: 'made-twice',
    step: '2',
    underTimetable: { end: 'succeeded', ends: { '2': 'ok', '3': 'ok' }, seen: ['behind'] },
  },
});

const joined = (
  id: string,
  what: string,
  job: Pick<DifferentialJob, 'steps' | 'after'> & Partial<DifferentialJob>,
): DifferentialJob => ({ id, what, options: ['--transaction', `${id}=joined`], ...job });

const TEMP = 'CREATE TEMP TABLE kept AS SELECT 1 AS a';
const DBLINK = 'CREATE EXTENSION dblink';
const CONNECT = "SELECT dblink_connect('far', 'host={host} port={port} user=postgres dbname={db}')";

/** What else a session keeps, and the two ways to let steps share one. */
export const SESSION_STATE_JOBS: readonly DifferentialJob[] = [
  finds(
    'seed-of-random',
    'setseed() for the random() of the next step: RESET ALL leaves it',
    'SELECT setseed(0.5)',
    // What PostgreSQL 15 gives first after setseed(0.5).
    'SELECT (random() = 0.9851677175347999)::text',
    ['true', 'false'],
  ),
  {
    id: 'seed-in-one-step',
    what: 'setseed() and random() in one step',
    steps: steps(
      'SELECT setseed(0.5); INSERT INTO seen (what) SELECT (random() = 0.9851677175347999)::text',
      write('behind'),
    ),
    after: { seen: ['true', 'behind'] },
  },
  finds(
    'loaded-library',
    'LOAD of a library whose settings the next step looks at',
    "LOAD 'auto_explain'",
    "SELECT (current_setting('auto_explain.log_analyze', true) IS NOT NULL)::text",
    ['true', 'false'],
  ),
  finds(
    'listening',
    'LISTEN in one step, and the channels of the next',
    'LISTEN jobs',
    "SELECT channel FROM pg_listening_channels() AS channel WHERE channel = 'jobs'",
    ['jobs', ''],
  ),
  finds(
    'prepared-statements-listed',
    'the list of prepared statements',
    'PREPARE mine AS SELECT 1',
    "SELECT name FROM pg_prepared_statements WHERE name = 'mine'",
    ['mine', ''],
  ),
  finds(
    'weak-numbers',
    'the weak mode of isn, which RESET ALL leaves',
    'SELECT isn_weak(true)',
    'SELECT isn_weak()::text',
    ['true', 'false'],
    'CREATE EXTENSION isn',
  ),
  finds(
    'own-process-id',
    'a process id that is written down and compared',
    'INSERT INTO owner SELECT pg_backend_pid()',
    'SELECT count(*)::text FROM owner WHERE pid = pg_backend_pid()',
    ['1', '0'],
    'CREATE TABLE owner (pid int)',
  ),
  finds(
    'temporary-slot',
    'a temporary replication slot that is there while the next step runs',
    "SELECT pg_create_physical_replication_slot('slot_{db}', true, true)",
    "SELECT slot_type FROM pg_replication_slots WHERE slot_name = 'slot_{db}'",
    ['physical', ''],
  ),
  needs(
    'temporary-type',
    'a temporary type',
    "CREATE TYPE pg_temp.mood AS ENUM ('good')",
    "INSERT INTO seen (what) SELECT ('good'::pg_temp.mood)::text",
    'good',
  ),
  needs(
    'temporary-function',
    'a temporary function',
    "CREATE FUNCTION pg_temp.greet() RETURNS text LANGUAGE sql AS $$ SELECT 'hello' $$",
    'INSERT INTO seen (what) SELECT pg_temp.greet()',
    'hello',
  ),
  needs(
    'temporary-view',
    'a temporary view',
    "CREATE TEMP VIEW kept AS SELECT 'through the view' AS what",
    'INSERT INTO seen (what) SELECT what FROM kept',
    'through the view',
  ),
  {
    id: 'dblink-connection',
    what: 'a dblink connection of one step for the next two',
    setup: DBLINK,
    steps: steps(
      CONNECT,
      "SELECT dblink_exec('far', 'INSERT INTO seen (what) VALUES (''from far'')')",
      "SELECT dblink_disconnect('far')",
    ),
    after: { seen: ['from far'] },
    differs: {
      advisory: 'shared-session',
      underTimetable: { end: 'failed', ends: { '2': 'failed', '3': 'not run' }, seen: [] },
    },
  },
  {
    id: 'dblink-in-one-step',
    what: 'a dblink connection that one step opens, uses and closes',
    setup: DBLINK,
    steps: steps(
      `${CONNECT}; SELECT dblink_exec('far', 'INSERT INTO seen (what) VALUES (''from far'')'); SELECT dblink_disconnect('far')`,
      `${CONNECT}; SELECT dblink_disconnect('far')`,
    ),
    after: { seen: ['from far'] },
  },
  {
    id: 'backup-across-steps',
    what: 'a backup with the copy in a step of its own: it is none when the session of its first step has ended',
    steps: [
      { name: '1', code: "SELECT pg_backup_start('nightly', true)" },
      { name: '2', kind: 'b', code: `echo copied > '{dir}/copy'` },
      { name: '3', code: 'SELECT lsn FROM pg_backup_stop(false)' },
    ],
    after: { files: { copy: 'copied\n' } },
    differs: { advisory: 'shared-session', underTimetable: { end: 'failed', ends: { '3': 'failed' } } },
  },
  {
    id: 'lock-beside-a-program',
    what: 'a session lock that is held while a program runs',
    steps: [
      { name: '1', code: 'SELECT pg_advisory_lock(77)' },
      {
        name: '2',
        kind: 'b',
        code: `psql -X -q "host={host} port={port} user=postgres dbname={db}" -c "INSERT INTO seen (what) SELECT pg_try_advisory_lock(77)::text"`,
      },
    ],
    after: { seen: ['false'] },
    differs: { advisory: 'shared-session', underTimetable: { seen: ['true'] } },
  },
  twice('temporary-table-twice', 'two steps that make the same temporary table', TEMP),
  twice(
    'temporary-table-and-view',
    'a temporary view of the name of a temporary table',
    TEMP,
    'CREATE TEMP VIEW kept AS SELECT 1',
  ),
  twice('prepared-twice', 'two steps that prepare the same name', 'PREPARE mine AS SELECT 1'),
  twice('cursor-twice', 'two cursors with hold of one name', 'DECLARE held CURSOR WITH HOLD FOR SELECT 1'),
  twice('dblink-twice', 'two dblink connections of one name', CONNECT, CONNECT, DBLINK),
  {
    id: 'temporary-table-made-anew',
    what: 'the same temporary table, dropped first',
    steps: steps(
      `DROP TABLE IF EXISTS kept; ${TEMP}`,
      `DROP TABLE IF EXISTS kept; ${TEMP}; INSERT INTO seen (what) SELECT a::text FROM kept`,
    ),
    after: { seen: ['1'] },
  },
  {
    id: 'temporary-table-discarded',
    what: 'the same temporary table behind DISCARD TEMP',
    steps: steps(TEMP, `DISCARD TEMP; ${TEMP}; INSERT INTO seen (what) SELECT a::text FROM kept`),
    after: { seen: ['1'] },
  },
  {
    id: 'characteristics-do-not-last',
    what: 'SET SESSION CHARACTERISTICS, which RESET ALL takes back',
    steps: steps(
      'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE',
      "INSERT INTO seen (what) SELECT current_setting('transaction_isolation')",
    ),
    after: { seen: ['read committed'] },
  },
  {
    id: 'similarity-limit-does-not-last',
    what: 'set_limit() of pg_trgm, which is a setting',
    setup: 'CREATE EXTENSION pg_trgm',
    steps: steps('SELECT set_limit(0.9)', 'INSERT INTO seen (what) SELECT show_limit()::text'),
    after: { seen: ['0.3'] },
  },
  joined('joined-temporary-table', 'joined steps share a temporary table', {
    steps: steps(TEMP, "INSERT INTO seen (what) SELECT 'kept ' || a FROM kept -- the last"),
    after: { seen: ['kept 1'] },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '2': 'not run' } } },
  }),
  joined('joined-failure', 'a failure of a joined step keeps what was committed before it', {
    steps: [
      { name: '1', code: write('kept') },
      { name: '2', code: `${write('lost')}; SELECT 1 / 0`, ends: 'failed' },
      { name: '3', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed', seen: ['kept'] },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '1': 'failed', '2': 'not run' } } },
  }),
  joined('joined-settings', 'settings of a joined step are taken back, its role is not', {
    steps: steps(
      "SET work_mem = '77MB'; SET ROLE reader",
      "INSERT INTO seen (what) VALUES (current_setting('work_mem')), (current_user)",
    ),
    after: { seen: ['4MB', 'reader'] },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '2': 'not run' } } },
  }),
  joined('joined-clock', 'now() of a joined step is that of the first', {
    setup: 'CREATE TABLE marks (at timestamptz)',
    steps: steps(
      'SELECT pg_sleep(0.2); INSERT INTO marks SELECT clock_timestamp()',
      'INSERT INTO seen (what) SELECT (now() > at)::text FROM marks',
    ),
    after: { seen: ['true'] },
    differs: {
      advisory: 'joined-clock',
      step: '2',
      underTimetable: { ends: { '2': 'not run' }, seen: ['false'] },
    },
  }),
  joined('joined-lock', 'a session lock of joined steps, and a batch step after them', {
    steps: [
      { name: '1', code: 'SELECT pg_advisory_lock(42)' },
      { name: '2', code: 'INSERT INTO seen (what) SELECT pg_advisory_unlock(42)::text' },
      { name: '3', kind: 'b', code: `echo behind > '{dir}/behind'` },
    ],
    after: { seen: ['true'], files: { behind: 'behind\n' } },
    differs: { advisory: 'joined-steps', underTimetable: { ends: { '2': 'not run' } } },
  }),
  joined('joined-vacuum', 'VACUUM cannot be joined', {
    steps: steps(write('one'), 'VACUUM seen'),
    after: { seen: ['one'] },
    leftOut: 'join-refused',
  }),
  joined('joined-ignored-error', 'an ignored error in the middle cannot be joined', {
    steps: [
      { name: '1', code: write('one') },
      { name: '2', code: 'SELECT 1 / 0', onError: 'i', ends: 'failed' },
      { name: '3', code: write('three') },
    ],
    after: { seen: ['one', 'three'] },
    leftOut: 'join-refused',
  }),
  {
    id: 'chain-for-one-job',
    what: 'one job in one transaction',
    options: ['--transaction', 'chain-for-*=chain'],
    steps: steps(TEMP, "INSERT INTO seen (what) SELECT 'kept ' || a FROM kept"),
    after: { seen: ['kept 1'] },
  },
];
