import { type DifferentialJob, psql, write } from '../differential-job.ts';

const INDEXES = `SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
  WHERE indrelid = 'wide'::regclass AND indisvalid ORDER BY 1`;
const WIDE = 'CREATE TABLE wide AS SELECT generate_series(1, 1000) AS a';
const BIG = 'CREATE TABLE big AS SELECT generate_series(1, 20000) AS a';
const PAGES = "SELECT pg_relation_size('big')";
/** Connections that hold a snapshot while they do nothing. */
const HOLDERS = `SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND backend_xmin IS NOT NULL`;

/** Statements that no transaction may hold, and that wait for whoever holds a snapshot. */
export const MAINTENANCE_JOBS: readonly DifferentialJob[] = [
  {
    id: 'vacuum',
    what: 'VACUUM, which no transaction may hold',
    setup: WIDE,
    steps: [{ name: '1', code: 'VACUUM (ANALYZE) wide' }],
    inOneTransaction: { leftOut: 'refused-in-transaction' },
    after: { rows: { "SELECT reltuples::int FROM pg_class WHERE oid = 'wide'::regclass": ['1000'] } },
  },
  {
    id: 'vacuum-twice-in-a-step',
    what: 'two VACUUM in one text are an implicit transaction, and fail',
    setup: WIDE,
    steps: [{ name: '1', code: 'VACUUM wide; VACUUM seen', ends: 'failed' }],
    after: { end: 'failed' },
  },
  {
    id: 'index-concurrently',
    what: 'an index built concurrently, then built anew',
    setup: WIDE,
    steps: [
      { name: '1', code: 'CREATE INDEX CONCURRENTLY by_a ON wide (a)' },
      { name: '2', code: 'REINDEX INDEX CONCURRENTLY by_a' },
      { name: '3', code: 'REINDEX TABLE CONCURRENTLY wide' },
      { name: '4', code: 'CREATE INDEX CONCURRENTLY by_other ON wide ((a + 1))' },
      { name: '5', code: 'DROP INDEX CONCURRENTLY by_a' },
    ],
    inOneTransaction: { leftOut: 'refused-in-transaction' },
    after: { rows: { [INDEXES]: ['by_other'] } },
  },
  {
    id: 'index-concurrently-from-script',
    what: 'the same by psql in a batch step, first and between SQL steps',
    setup: WIDE,
    steps: [
      { name: '1', kind: 'b', code: psql('CREATE INDEX CONCURRENTLY by_script ON wide (a)') },
      { name: '2', code: write('between') },
      { name: '3', kind: 'b', code: psql('REINDEX INDEX CONCURRENTLY by_script') },
    ],
    after: { seen: ['between'], rows: { [INDEXES]: ['by_script'] } },
  },
  {
    id: 'other-statements-outside-transactions',
    what: 'statements besides VACUUM that no transaction may hold',
    setup: WIDE,
    steps: [
      { name: '1', code: 'REINDEX SCHEMA public' },
      { name: '2', code: 'ALTER SYSTEM RESET archive_timeout' },
      { name: '3', code: 'CREATE DATABASE {db}_made TEMPLATE template0' },
      {
        name: '4',
        code: "INSERT INTO seen (what) SELECT 'made' FROM pg_database WHERE datname = '{db}_made'",
      },
      { name: '5', code: 'DROP DATABASE {db}_made' },
    ],
    after: { seen: ['made'] },
  },
  {
    id: 'delete-then-vacuum',
    what: 'VACUUM behind a DELETE gives the space back',
    setup: BIG,
    steps: [
      { name: '1', code: 'DELETE FROM big' },
      { name: '2', code: 'VACUUM big' },
    ],
    after: { rows: { [PAGES]: ['0'] } },
  },
  {
    id: 'vacuum-from-script-behind-delete',
    what: 'the same with vacuumdb in a batch step, behind a batch step',
    setup: BIG,
    steps: [
      { name: '1', kind: 'b', code: psql('DELETE FROM big') },
      {
        name: '2',
        kind: 'b',
        code: 'vacuumdb --quiet --host="{host}" --port={port} --username=postgres --table=big {db}',
      },
    ],
    after: { rows: { [PAGES]: ['0'] } },
  },
  {
    id: 'holds-no-snapshot',
    what: 'while a step runs, nothing idles with a snapshot that would hold back vacuum',
    steps: [
      { name: '1', code: `INSERT INTO seen (what) SELECT 'SQL ' || (${HOLDERS})` },
      { name: '2', kind: 'b', code: psql(`INSERT INTO seen (what) SELECT 'batch ' || (${HOLDERS})`) },
      {
        name: '3',
        code: `INSERT INTO seen (what) SELECT 'remote ' || (${HOLDERS})`,
        conninfo: 'host={host} port={port} user=postgres dbname={db}',
      },
    ],
    after: { seen: ['SQL 0', 'batch 0', 'remote 0'] },
    // They look for idle transactions with a snapshot, and the chain's own has none.
    advisories: ['looks-at-sessions'],
  },
  {
    id: 'holds-no-snapshot-remote-first',
    what: 'the same when the first step runs on a connection of its own',
    steps: [
      {
        name: '1',
        code: `INSERT INTO seen (what) SELECT 'remote ' || (${HOLDERS})`,
        conninfo: 'host={host} port={port} user=postgres dbname={db}',
      },
      { name: '2', kind: 'b', code: psql(`INSERT INTO seen (what) SELECT 'batch ' || (${HOLDERS})`) },
    ],
    after: { seen: ['remote 0', 'batch 0'] },
    advisories: ['looks-at-sessions'],
  },
];
