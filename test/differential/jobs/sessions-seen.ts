import { type DifferentialJob, psql, write } from '../differential-job.ts';

const IDLE = "datname = current_database() AND state = 'idle in transaction'";
const guard = (condition: string): string =>
  `DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_stat_activity WHERE ${condition}) THEN RAISE EXCEPTION 'busy'; END IF; END $$`;

/** SQL that sees sessions and locks, and what pgAgent's own connections kept from happening. */
export const SESSIONS_SEEN_JOBS: readonly DifferentialJob[] = [
  {
    id: 'guard-on-idle-transactions',
    what: "a guard on idle transactions sees the chain's own",
    steps: [
      { name: '1', code: guard(IDLE) },
      { name: '2', code: write('ran') },
    ],
    after: { seen: ['ran'] },
    differs: {
      advisory: 'looks-at-sessions',
      step: '1',
      underTimetable: { end: 'failed', ends: { '1': 'failed', '2': 'not run' }, seen: [] },
    },
  },
  {
    id: 'guard-that-leaves-chains-out',
    what: 'a guard on idle transactions that leaves pg_timetable out',
    steps: [
      { name: '1', code: guard(`${IDLE} AND application_name <> 'pg_timetable'`) },
      { name: '2', code: write('ran') },
    ],
    after: { seen: ['ran'] },
  },
  {
    id: 'guard-in-a-script',
    what: 'the same guard in a script',
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `n=$(psql -X -A -t "host={host} port={port} user=postgres dbname={db}" -c "SELECT count(*) FROM pg_stat_activity WHERE ${IDLE}")\n[ "$n" = 0 ] || exit 5`,
      },
      { name: '2', code: write('ran') },
    ],
    after: { seen: ['ran'] },
    differs: {
      advisory: 'looks-at-sessions',
      step: '1',
      underTimetable: { end: 'failed', ends: { '1': 'exit 5', '2': 'not run' }, seen: [] },
    },
  },
  {
    id: 'old-transactions',
    what: 'transactions that began before this one',
    steps: [
      {
        name: '1',
        code: `INSERT INTO seen (what) SELECT count(*)::text FROM pg_stat_activity
               WHERE datname = current_database() AND xact_start < now()`,
      },
    ],
    after: { seen: ['0'] },
    differs: { advisory: 'looks-at-sessions', underTimetable: { seen: ['1'] } },
  },
  {
    id: 'locks-of-idle-transactions',
    what: 'locks of sessions that are idle in transaction',
    steps: [
      {
        name: '1',
        code: `INSERT INTO seen (what) SELECT count(DISTINCT l.pid)::text FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE ${IDLE}`,
      },
    ],
    after: { seen: ['0'] },
    differs: { advisory: 'looks-at-sessions', underTimetable: { seen: ['1'] } },
  },
  {
    id: 'own-session-seen',
    what: 'a step that looks at its own session alone',
    steps: [
      {
        name: '1',
        code: "SET application_name = 'nightly'; INSERT INTO seen (what) SELECT application_name || ' ' || state FROM pg_stat_activity WHERE pid = pg_backend_pid()",
      },
    ],
    after: { seen: ['nightly active'] },
  },
  {
    id: 'application-name-read',
    what: 'application_name is empty under pgAgent',
    steps: [
      { name: '1', code: "INSERT INTO seen (what) SELECT '[' || current_setting('application_name') || ']'" },
    ],
    after: { seen: ['[]'] },
    differs: { advisory: 'application-name', step: '1', underTimetable: { seen: ['[pg_timetable]'] } },
  },
  // DROP DATABASE waits 5 seconds for others to leave: an agent that looks each second closes its connection in time,
  // and one with the 5 or 10 seconds of an installation does not.
  {
    id: 'drop-database',
    what: "DROP DATABASE after a step in it, where pgAgent's own connection may stand in the way",
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      { name: '1', code: 'SELECT 1', database: '{archive}' },
      { name: '2', code: 'DROP DATABASE "{archive}"' },
      { name: '3', code: write('behind') },
    ],
    after: {
      seen: ['behind'],
      rows: { "SELECT count(*) FROM pg_database WHERE datname = '{archive}'": ['0'] },
    },
    advisories: ['empty-database'],
  },
  {
    id: 'dropdb-in-a-script',
    what: 'the same by dropdb',
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      { name: '1', code: 'SELECT 1', database: '{archive}' },
      { name: '2', kind: 'b', code: 'dropdb -h {host} -p {port} -U postgres {archive}' },
    ],
    after: { rows: { "SELECT count(*) FROM pg_database WHERE datname = '{archive}'": ['0'] } },
    advisories: ['empty-database'],
  },
  {
    id: 'drop-database-first',
    what: 'DROP DATABASE of a database that no step was in',
    archive: 'CREATE TABLE gone (a int)',
    steps: [
      { name: '1', code: 'DROP DATABASE "{archive}"' },
      { name: '2', code: write('behind') },
    ],
    after: {
      seen: ['behind'],
      rows: { "SELECT count(*) FROM pg_database WHERE datname = '{archive}'": ['0'] },
    },
  },
  {
    id: 'no-more-connections',
    what: 'a database that lets nobody in, and a step that was there before',
    archive: 'CREATE TABLE t (a int)',
    steps: [
      { name: '1', code: 'INSERT INTO t VALUES (1)', database: '{archive}' },
      { name: '2', code: 'ALTER DATABASE "{archive}" ALLOW_CONNECTIONS false' },
      { name: '3', code: 'INSERT INTO t VALUES (3)', database: '{archive}' },
      { name: '4', code: 'ALTER DATABASE "{archive}" ALLOW_CONNECTIONS true' },
    ],
    after: {},
    differs: {
      advisory: 'session-limit',
      step: '2',
      underTimetable: { end: 'failed', ends: { '3': 'failed', '4': 'not run' } },
    },
  },
  {
    id: 'alias-ps',
    what: 'an alias called ps in SQL is no list of processes',
    steps: [
      {
        name: '1',
        kind: 'b',
        code: psql('INSERT INTO seen (what) SELECT count(ps.n)::text FROM seen ps WHERE ps.n > 0'),
      },
    ],
    after: { seen: ['0'] },
  },
];
