import { type DifferentialJob, psql, write } from '../differential-job.ts';

const SERVER = '--host="{host}" --port={port} --username=postgres';
const EVENTS = `CREATE TABLE events (at timestamptz, what text);
  INSERT INTO events SELECT now() - n * interval '1 day', 'event ' || n FROM generate_series(1, 100) n`;

/** Jobs as installations have them. */
export const REAL_LIFE_JOBS: readonly DifferentialJob[] = [
  {
    id: 'nightly-dump',
    what: 'a nightly pg_dump that keeps seven files',
    setup: 'CREATE TABLE kept (a int); INSERT INTO kept VALUES (1), (2)',
    steps: [
      {
        name: '1 - dump',
        kind: 'b',
        code: `#!/bin/bash
set -euo pipefail
# Nightly dump; keep the last 7.
BACKUP_DIR='{dir}'
STAMP=$(date +%Y%m%d)
for n in 1 2 3 4 5 6 7 8; do touch -d "$n days ago" "$BACKUP_DIR/kept_old$n.sql"; done
pg_dump ${SERVER} --table=kept --data-only --inserts "{db}" -f "$BACKUP_DIR/kept_$STAMP.sql"
ls -1t "$BACKUP_DIR"/kept_*.sql | tail -n +8 | while read -r old; do
  rm -f -- "$old"
done
grep -c '^INSERT' "$BACKUP_DIR/kept_$STAMP.sql" > "$BACKUP_DIR/report.txt"
ls -1 "$BACKUP_DIR" | grep -c '^kept_' >> "$BACKUP_DIR/report.txt"
rm -f "$BACKUP_DIR"/kept_*
echo "dump finished"
`,
        prints: 'dump finished',
      },
      { name: '2 - note', code: write('dumped') },
    ],
    after: { seen: ['dumped'], files: { 'report.txt': '2\n7\n' } },
  },
  {
    id: 'one-line-dump',
    what: 'a pg_dump of one line with a date in the name',
    setup: 'CREATE TABLE kept (a int)',
    steps: [
      {
        name: 'dump',
        kind: 'b',
        code: `pg_dump ${SERVER} -t kept -s {db} -f {dir}/x_$(date +%Y).sql && grep -o 'CREATE TABLE public.kept' {dir}/x_$(date +%Y).sql > {dir}/found; rm {dir}/x_*`,
      },
    ],
    after: { files: { found: 'CREATE TABLE public.kept\n' } },
  },
  {
    id: 'retention',
    what: 'DELETE of what is too old, then VACUUM ANALYZE',
    setup: EVENTS,
    steps: [
      { name: '1 - delete', code: "DELETE FROM events WHERE at < now() - interval '30 days'" },
      { name: '2 - Vacuum', code: 'VACUUM ANALYZE events' },
      { name: '3 - count', code: 'INSERT INTO seen (what) SELECT count(*)::text FROM events' },
    ],
    after: {
      // The row of 30 days ago is a moment older than 30 days when the step runs.
      seen: ['29'],
      rows: { "SELECT reltuples::int FROM pg_class WHERE oid = 'events'::regclass": ['29'] },
    },
  },
  {
    id: 'archive-then-delete',
    what: 'rows moved into a history table in one statement',
    setup: `${EVENTS}; CREATE TABLE history (LIKE events)`,
    steps: [
      {
        name: 'move',
        code: `WITH gone AS (DELETE FROM events WHERE at < now() - interval '60 days' RETURNING *)
          INSERT INTO history SELECT * FROM gone;`,
      },
    ],
    inOneTransaction: 'same',
    after: { rows: { 'SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM history)': ['59|41'] } },
  },
  {
    id: 'refresh-concurrently',
    what: 'a materialized view refreshed concurrently',
    setup: `CREATE TABLE base AS SELECT 1 AS a;
      CREATE MATERIALIZED VIEW mv AS SELECT a FROM base; CREATE UNIQUE INDEX ON mv (a);
      INSERT INTO base VALUES (2)`,
    steps: [{ name: 'refresh', code: 'REFRESH MATERIALIZED VIEW CONCURRENTLY mv;' }],
    inOneTransaction: 'same',
    after: { rows: { 'SELECT a FROM mv ORDER BY a': ['1', '2'] } },
  },
  {
    id: 'partitions',
    what: 'a partition attached, one detached and dropped, one made by EXECUTE format',
    setup: `CREATE TABLE measured (day date, value int) PARTITION BY RANGE (day);
      CREATE TABLE measured_2020 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      CREATE TABLE measured_2021 (LIKE measured);
      INSERT INTO measured VALUES ('2020-06-01', 1); INSERT INTO measured_2021 VALUES ('2021-06-01', 2)`,
    steps: [
      {
        name: '1 attach',
        code: "ALTER TABLE measured ATTACH PARTITION measured_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
      },
      { name: '2 detach', code: 'ALTER TABLE measured DETACH PARTITION measured_2020 CONCURRENTLY' },
      { name: '3 drop', code: 'DROP TABLE IF EXISTS measured_2020; DROP TABLE IF EXISTS measured_2019' },
      {
        name: '4 make',
        code: `DO $$
          DECLARE year int;
          BEGIN
            FOR year IN 2022..2023 LOOP
              EXECUTE format('CREATE TABLE %I PARTITION OF measured FOR VALUES FROM (%L) TO (%L)',
                'measured_' || year, make_date(year, 1, 1), make_date(year + 1, 1, 1));
            END LOOP;
          END $$;`,
      },
    ],
    after: {
      rows: {
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'measured'::regclass ORDER BY inhrelid::regclass::text":
          ['measured_2021', 'measured_2022', 'measured_2023'],
        'SELECT * FROM measured': ['2021-06-01|2'],
      },
    },
  },
  {
    id: 'purge-in-pieces',
    what: 'a procedure that deletes in pieces and commits each',
    setup: `${EVENTS};
      CREATE PROCEDURE purge(older interval, pieces int) LANGUAGE plpgsql AS $$
      DECLARE gone int;
      BEGIN
        LOOP
          DELETE FROM events WHERE ctid IN (SELECT ctid FROM events WHERE at < now() - older LIMIT pieces);
          GET DIAGNOSTICS gone = ROW_COUNT;
          EXIT WHEN gone = 0;
          INSERT INTO seen (what) VALUES (gone || ' at ' || (SELECT count(DISTINCT xmin::text) FROM seen));
          COMMIT;
        END LOOP;
      END $$`,
    steps: [{ name: 'purge', code: "CALL purge('30 days', 30);" }],
    after: { seen: ['30 at 0', '30 at 1', '11 at 2'], rows: { 'SELECT count(*) FROM events': ['29'] } },
  },
  {
    id: 'statistics',
    what: 'an upsert of the day’s figures, run by a function of the application',
    setup: `${EVENTS};
      CREATE TABLE figures (day date PRIMARY KEY, n int);
      CREATE FUNCTION count_day(d date) RETURNS void LANGUAGE sql AS $$
        INSERT INTO figures SELECT d, count(*) FROM events WHERE at::date = d
        ON CONFLICT (day) DO UPDATE SET n = excluded.n $$`,
    steps: [
      { name: 'Yesterday', code: 'SELECT count_day(current_date - 1);' },
      { name: 'Yesterday, again', code: 'SELECT count_day(current_date - 1);' },
    ],
    inOneTransaction: 'same',
    after: { rows: { 'SELECT current_date - day, n FROM figures': ['1|1'] } },
  },
  {
    id: 'psql-file',
    what: 'a script that writes a file of SQL and runs it by psql -f, with variables',
    steps: [
      {
        name: 'load',
        kind: 'b',
        code: `cat > '{dir}/load.sql' <<'SQL'
\\set ON_ERROR_STOP on
BEGIN;
INSERT INTO seen (what) VALUES (:'greeting');
INSERT INTO seen (what) VALUES ('it''s $HOME, \`unquoted\`');
COMMIT;
SQL
psql -X -q ${SERVER} --dbname={db} -v greeting="hello, world" -f '{dir}/load.sql'
status=$?
rm '{dir}/load.sql'
exit $status`,
      },
    ],
    after: { seen: ['hello, world', "it's $HOME, `unquoted`"] },
  },
  {
    id: 'pipe-between-databases',
    what: 'rows carried from one database into another through a pipe',
    setup: EVENTS,
    archive: 'CREATE TABLE events (at timestamptz, what text)',
    steps: [
      {
        name: 'carry',
        kind: 'b',
        code: `#!/bin/bash
set -o pipefail
psql -X -q ${SERVER} -d {db} -c "COPY (SELECT * FROM events WHERE at < now() - interval '90 days') TO STDOUT" |
  psql -X -q ${SERVER} -d {archive} -c "COPY events FROM STDIN"`,
      },
      { name: 'delete', code: "DELETE FROM events WHERE at < now() - interval '90 days'" },
    ],
    after: {
      rows: { 'SELECT count(*) FROM events': ['89'] },
      archiveRows: { 'SELECT count(*) FROM events': ['11'] },
    },
  },
  {
    id: 'copy-to-file-and-program',
    what: 'COPY to a file of the server and through a program, and back from a file',
    setup: 'CREATE TABLE loaded (a text)',
    steps: [
      { name: '1', code: "COPY (SELECT 'a,b' UNION ALL SELECT 'c') TO '{dir}/out.csv' WITH (FORMAT csv)" },
      { name: '2', code: "COPY (VALUES ('x'), ('y')) TO PROGRAM 'tr a-z A-Z > ''{dir}/upper''' " },
      { name: '3', code: "COPY loaded FROM '{dir}/out.csv' WITH (FORMAT csv)" },
    ],
    after: {
      rows: { 'SELECT a FROM loaded ORDER BY a': ['a,b', 'c'] },
      files: { 'out.csv': '"a,b"\nc\n', upper: 'X\nY\n' },
    },
  },
  {
    id: 'maintenance-all',
    what: 'a first step that checks, maintenance by script and SQL, and a note that is written last',
    setup: EVENTS,
    steps: [
      {
        name: '1 - check',
        code: "DO $$BEGIN IF pg_is_in_recovery() THEN RAISE EXCEPTION 'replica'; END IF; END$$",
      },
      {
        name: '2 - reindex',
        kind: 'b',
        code: `reindexdb --quiet ${SERVER} --concurrently --table=events {db}`,
      },
      { name: '3 - analyze', code: 'ANALYZE' },
      { name: '4 - vacuum', kind: 'b', code: psql('VACUUM FREEZE events') },
      { name: '5 - note', code: write('all done') },
    ],
    after: { seen: ['all done'] },
  },
  {
    id: 'purge-of-logs',
    what: 'a purge of pgAgent’s own logs stays on pgAgent',
    steps: [
      { name: 'purge', code: "DELETE FROM pgagent.pga_joblog WHERE jlgstart < now() - interval '1 month'" },
      { name: 'then', code: write('purged') },
    ],
    after: { seen: ['purged'] },
    leftOut: 'pgagent-written',
  },
  {
    id: 'report-on-jobs',
    what: 'a step that counts pgAgent’s jobs',
    steps: [{ name: 'count', code: 'INSERT INTO seen (what) SELECT count(*)::text FROM pgagent.pga_job' }],
    after: { seen: ['1'] },
    advisories: ['pgagent-read'],
  },
  {
    id: 'password-in-script',
    what: 'a script that names a password for psql',
    setup: 'CREATE TABLE who AS SELECT session_user AS name WHERE false',
    steps: [
      {
        name: '1',
        kind: 'b',
        code: 'PGPASSWORD=S3cret psql -X -q "host={host} port={port} user=guarded dbname={db}" -c "INSERT INTO who SELECT session_user"',
      },
    ],
    after: { rows: { 'SELECT name FROM who': ['guarded'] } },
    advisories: ['stored-password'],
  },
];
