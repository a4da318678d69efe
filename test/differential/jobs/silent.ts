import { CONNINFO, type DifferentialJob, type DifferentialStep, psql, write } from '../differential-job.ts';

const steps = (...texts: readonly string[]): readonly DifferentialStep[] =>
  texts.map((code, index) => ({ name: String(index + 1), code }));

/** A job whose second step finds something else than under pgAgent, or fails. */
const shares = (
  id: string,
  what: string,
  first: string,
  second: string,
  [under, instead]: readonly [string, string | null],
  setup?: string,
): DifferentialJob => ({
  id,
  what,
  ...(setup !== undefined && { setup }),
  steps: steps(first, second),
  after: { seen: [under] },
  differs: {
    advisory: 'shared-session',
    underTimetable:
      instead === null ? { end: 'failed', ends: { '2': 'failed' }, seen: [] } : { seen: [instead] },
  },
});

const script = (
  id: string,
  what: string,
  code: string,
  after: DifferentialJob['after'],
  { ends, ...more }: Partial<DifferentialJob> & Pick<DifferentialStep, 'ends'> = {},
): DifferentialJob => ({
  id,
  what,
  steps: [{ name: '1', kind: 'b', code, ...(ends !== undefined && { ends }) }],
  after,
  ...more,
});

const TEMP = "CREATE TEMP TABLE kept AS SELECT 'temporary' AS what";
const PLAIN = "CREATE TABLE kept AS SELECT 'plain' AS what";
const IS_GONE = { "SELECT count(*) FROM pg_database WHERE datname = '{archive}'": ['0'] };
const IN_ARCHIVE: DifferentialStep = { name: '1', code: 'SELECT 1', database: '{archive}' };
const OWN_NAME = "INSERT INTO seen (what) SELECT '[' || application_name || ']' FROM pg_stat_activity";

/** A script in Python that looks whether its own words are among the processes. */
const looks = (processes: string): string => `#!/usr/bin/env python3
import glob, os, pathlib
state = 'free'
for entry in ${processes}:
    try:
        if b'{dir}/state' in pathlib.Path(entry).joinpath('cmdline').read_bytes():
            state = 'already running'
    except OSError:
        pass
open('{dir}/state', 'w').write(state)
`;
const findsItself = (id: string, what: string, processes: string): DifferentialJob =>
  script(
    id,
    what,
    looks(processes),
    { files: { state: 'free' } },
    {
      needs: ['python3'],
      differs: {
        advisory: 'process-list',
        step: '1',
        underTimetable: { files: { state: 'already running' } },
      },
    },
  );

/** What once differed without a word, or was named without a difference. */
export const SILENT_JOBS: readonly DifferentialJob[] = [
  shares(
    'temporary-sequence',
    'a temporary sequence that is named by a text',
    'CREATE TEMP SEQUENCE kept START 7',
    "INSERT INTO seen (what) SELECT nextval('kept')::text",
    ['7', null],
  ),
  shares(
    'temporary-table-asked-for',
    'to_regclass() of a temporary table',
    TEMP,
    "INSERT INTO seen (what) SELECT (to_regclass('kept') IS NOT NULL)::text",
    ['true', 'false'],
  ),
  shares(
    'temporary-table-in-the-catalog',
    'a temporary table in information_schema',
    TEMP,
    "INSERT INTO seen (what) SELECT count(*)::text FROM information_schema.tables WHERE table_name = 'kept'",
    ['1', '0'],
  ),
  shares(
    'temporary-table-before-another',
    'a temporary table that hides an ordinary one',
    TEMP,
    'INSERT INTO seen (what) SELECT what FROM kept',
    ['temporary', 'plain'],
    PLAIN,
  ),
  shares(
    'select-into-temporary',
    'SELECT INTO TEMP, read by a block',
    "SELECT 'temporary' AS what INTO TEMP kept",
    'DO $$ BEGIN INSERT INTO seen (what) SELECT what FROM kept; END $$',
    ['temporary', null],
  ),
  shares(
    'temporary-table-by-dynamic-sql',
    'a temporary table of one block, read by EXECUTE in another',
    `DO $$ BEGIN EXECUTE '${TEMP.replaceAll("'", "''")}'; END $$`,
    "DO $$ BEGIN EXECUTE 'INSERT INTO seen (what) SELECT what FROM kept'; END $$",
    ['temporary', null],
  ),
  shares(
    'role-by-function',
    'a role by set_config',
    "SELECT set_config('role', 'reader', false)",
    'INSERT INTO seen (what) SELECT current_user',
    ['reader', 'postgres'],
  ),
  shares(
    'lock-that-is-let-go-later',
    'a session lock that the next step lets go',
    'SELECT pg_advisory_lock(5)',
    'INSERT INTO seen (what) SELECT pg_advisory_unlock(5)::text',
    ['true', 'false'],
  ),
  shares(
    'custom-setting-needed',
    'a custom setting of the step before, without its value',
    "SET my.actor = 'x'",
    "INSERT INTO seen (what) SELECT '[' || current_setting('my.actor') || ']'",
    ['[]', null],
  ),
  shares(
    'dblink-unnamed',
    'the unnamed connection of dblink',
    `SELECT dblink_connect('${CONNINFO} dbname={db}')`,
    "INSERT INTO seen (what) SELECT what FROM dblink('SELECT 7') AS t (what text)",
    ['7', null],
    'CREATE EXTENSION dblink',
  ),
  {
    id: 'temporary-table-dropped',
    what: 'DROP TABLE that met the temporary table, and now meets the ordinary one',
    setup: PLAIN,
    steps: steps(TEMP, 'DROP TABLE kept'),
    after: { rows: { "SELECT to_regclass('public.kept') IS NOT NULL": ['t'] } },
    differs: {
      advisory: 'shared-session',
      underTimetable: { rows: { "SELECT to_regclass('public.kept') IS NOT NULL": ['f'] } },
    },
  },
  {
    id: 'lock-of-a-transaction',
    what: 'a lock that its transaction lets go',
    steps: steps(
      'SELECT pg_advisory_xact_lock(6)',
      'INSERT INTO seen (what) SELECT pg_try_advisory_xact_lock(6)::text',
    ),
    after: { seen: ['true'] },
  },
  {
    id: 'text-like-a-temporary-table',
    what: 'a text that is the name of a temporary table',
    steps: steps(TEMP, write('kept')),
    after: { seen: ['kept'] },
  },
  {
    id: 'sessions-ended-first',
    what: 'sessions that are ended before their database is dropped',
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      IN_ARCHIVE,
      {
        name: '2',
        code: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{archive}'",
      },
      { name: '3', code: 'DROP DATABASE "{archive}"' },
    ],
    after: { rows: IS_GONE },
    advisories: ['ends-sessions'],
  },
  // As with drop-database: an agent that looks each second has closed its connection in time.
  {
    id: 'rename-database',
    what: 'ALTER DATABASE ... RENAME after a step in it, and back',
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      IN_ARCHIVE,
      {
        name: '2',
        code: 'ALTER DATABASE "{archive}" RENAME TO "{archive}_old"; ALTER DATABASE "{archive}_old" RENAME TO "{archive}"',
      },
      { name: '3', code: write('behind') },
    ],
    after: { seen: ['behind'] },
    advisories: ['empty-database'],
  },
  {
    id: 'copy-database',
    what: 'CREATE DATABASE ... TEMPLATE after a step in it',
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      IN_ARCHIVE,
      { name: '2', code: 'CREATE DATABASE "{archive}_copy" TEMPLATE "{archive}"' },
      { name: '3', code: 'DROP DATABASE "{archive}_copy"' },
    ],
    after: {},
    advisories: ['empty-database'],
  },
  {
    id: 'drop-database-by-dblink',
    what: 'DROP DATABASE through dblink',
    setup: 'CREATE EXTENSION dblink',
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      IN_ARCHIVE,
      {
        name: '2',
        code: `SELECT dblink_exec('${CONNINFO} dbname={db}', 'DROP DATABASE "{archive}"')`,
      },
    ],
    after: { rows: IS_GONE },
    advisories: ['empty-database'],
  },
  {
    id: 'dropdb-of-a-variable',
    what: 'dropdb of a variable of the script',
    archive: 'CREATE TABLE precious (a int)',
    steps: [
      IN_ARCHIVE,
      {
        name: '2',
        kind: 'b',
        code: `DB={archive}\ndropdb --if-exists -h {host} \\\n  -p {port} -U postgres "$DB"`,
      },
    ],
    after: { rows: IS_GONE },
    advisories: ['empty-database'],
  },
  {
    id: 'no-more-connections-by-script',
    what: 'a database that a script closes, and a step that was there before',
    archive: 'CREATE TABLE t (a int)',
    steps: [
      { name: '1', code: 'INSERT INTO t VALUES (1)', database: '{archive}' },
      { name: '2', kind: 'b', code: psql('ALTER DATABASE {archive} ALLOW_CONNECTIONS false') },
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
    id: 'application-name-of-its-session',
    what: 'application_name of the own session in pg_stat_activity',
    steps: steps(`${OWN_NAME} WHERE pid = pg_backend_pid()`),
    after: { seen: ['[]'] },
    differs: { advisory: 'application-name', step: '1', underTimetable: { seen: ['[pg_timetable]'] } },
  },
  {
    id: 'application-name-set-first',
    what: 'application_name that the step sets first',
    steps: steps(`SET application_name = 'mine'; ${OWN_NAME} WHERE pid = pg_backend_pid()`),
    after: { seen: ['[mine]'] },
  },
  {
    id: 'wait-for-idle-transactions',
    what: 'a block that waits until nobody is idle in transaction, three times',
    steps: steps(
      `DO $$
       DECLARE
         busy bigint := 1;
       BEGIN
         FOR attempt IN 1..3 LOOP
           SELECT count(*) INTO busy FROM pg_stat_activity
            WHERE datname = current_database() AND state LIKE 'idle in transaction%';
           EXIT WHEN busy = 0;
           PERFORM pg_sleep(0.05), pg_stat_clear_snapshot();
         END LOOP;
         INSERT INTO seen (what) VALUES (CASE busy WHEN 0 THEN 'free' ELSE 'gave up' END);
       END $$`,
    ),
    after: { seen: ['free'] },
    differs: { advisory: 'looks-at-sessions', step: '1', underTimetable: { seen: ['gave up'] } },
  },
  script(
    'pg-repack',
    'pg_repack waits for the transaction of its chain',
    'pg_repack -h {host} -p {port} -U postgres -d {db} -t big',
    {},
    {
      setup: 'CREATE EXTENSION pg_repack; CREATE TABLE big (id int PRIMARY KEY)',
      needs: ['pg_repack'],
      differs: {
        advisory: 'waits-for-transactions',
        step: '1',
        underTimetable: {
          end: 'hangs',
          ends: { '1': 'not run' },
        },
      },
    },
  ),
  script(
    'pg-repack-of-indexes',
    'pg_repack of indexes alone',
    'pg_repack --only-indexes -h {host} -p {port} -U postgres -d {db} -t big',
    {},
    {
      setup: 'CREATE EXTENSION pg_repack; CREATE TABLE big (id int PRIMARY KEY)',
      needs: ['pg_repack'],
    },
  ),
  findsItself(
    'finds-itself-by-pathlib',
    'a script that looks through /proc by pathlib',
    `pathlib.Path('/proc').iterdir()`,
  ),
  findsItself(
    'finds-itself-by-pattern',
    'a script that looks through /proc by a pattern',
    `glob.glob('/proc/[0-9]*')`,
  ),
  script(
    'alias-ps-in-a-here-document',
    'an alias called ps in SQL that a pipe takes to psql, and a comment',
    `# ps shows nothing of it
cat <<SQL | ${psql('').replace(' -c ""', '')}
INSERT INTO seen (what)
SELECT count(*)::text FROM seen ps WHERE ps.n > 0;
SQL`,
    { seen: ['0'] },
  ),
  script(
    'call-of-a-batch-file',
    'call, which sh does not know',
    'call nightly.bat',
    { end: 'failed' },
    { ends: 'exit 127', leftOut: 'shell-mismatch' },
  ),
  script(
    'two-weak-signs',
    'a remark and a name between percent signs',
    `rem nightly\necho %TEMP%x > '{dir}/x'`,
    { files: { x: '%TEMP%x\n' } },
    { leftOut: 'shell-mismatch' },
  ),
  script(
    'a-remark-alone',
    'a remark, which sh does not know, and goes on',
    `rem nightly\necho ran > '{dir}/x'`,
    { files: { x: 'ran\n' } },
  ),
  script(
    'drive-alone',
    'a change to another drive',
    `D:\necho ran > '{dir}/x'`,
    { files: { x: 'ran\n' } },
    { leftOut: 'shell-mismatch' },
  ),
  script(
    'signs-of-windows-in-a-here-document',
    'names between percent signs and a drive in SQL',
    `psql -X -q "${CONNINFO} dbname={db}" <<'SQL'
INSERT INTO seen (what) SELECT 'found' WHERE 'C:\\jobs\\%TEMP%.bat' LIKE '%TEMP%';
SQL`,
    { seen: ['found'] },
  ),
  script(
    'shell-script-for-cmd',
    'a script of Unix where --shell says cmd',
    `export A=1; echo $A > '{dir}/a'`,
    { files: { a: '1\n' } },
    { options: ['--shell', 'cmd'], leftOut: 'shell-mismatch' },
  ),
  script(
    'shell-script-for-powershell',
    'a script of Unix where --shell says pwsh',
    `for n in 1 2; do\n  echo $n\ndone > '{dir}/a'`,
    { files: { a: '1\n2\n' } },
    { options: ['--shell', 'pwsh'], leftOut: 'shell-mismatch' },
  ),
  script(
    'first-line-for-cmd',
    'a first line with an interpreter where --shell says cmd',
    `#!/bin/sh\necho ran > '{dir}/a'`,
    { files: { a: 'ran\n' } },
    { options: ['--shell', 'cmd'], leftOut: 'interpreter-line' },
  ),
  script(
    'busybox-notes-after-exit',
    'notes after exit 0 for the sh of busybox',
    `echo ran > '{dir}/ran'\nexit 0\nnotes (of mine; fi\n`,
    { files: { ran: 'ran\n' } },
    { needs: ['busybox'], options: ['--shell', 'busybox sh -c'] },
  ),
  script(
    'mksh-notes-after-exit',
    'notes after exit 0 for mksh',
    `#!/bin/mksh\necho ran > '{dir}/ran'\nexit 0\nnotes (of mine; fi\n`,
    { files: { ran: 'ran\n' } },
    { needs: ['mksh'] },
  ),
  script(
    'python-notes-after-exit',
    'notes behind the end of a script in Python, which reads all of it first',
    `#!/usr/bin/env python3\nopen('{dir}/ran', 'w').write('ran')\nraise SystemExit(0)\nnotes (of mine\n`,
    { end: 'failed' },
    { ends: 'exit 1', needs: ['python3'] },
  ),
  script(
    'perl-notes-after-end',
    'notes behind __END__ in Perl',
    `#!/usr/bin/perl\nopen my $f, '>', '{dir}/ran'; print $f 'ran';\n__END__\nnotes (of mine\n`,
    { files: { ran: 'ran' } },
    { needs: ['perl'] },
  ),
  script(
    'default-for-the-environment',
    'a name of the environment with a default',
    `echo "\${NIGHTLY_BACKUP_USER:-nobody}" > '{dir}/name'`,
    { files: { name: 'nobody\n' } },
  ),
  script(
    'control-character-later',
    'a control character in the second line, and a form feed in the first',
    "printf 'a\f' > '{dir}/odd'\nprintf 'b\u0001' >> '{dir}/odd'\n",
    { files: { odd: 'a\fb\u0001' } },
  ),
  script(
    'delete-character-in-first-line',
    'the last control character of ASCII in the first line',
    "printf 'a\u007f' > '{dir}/odd'\n",
    { end: 'failed' },
    {
      ends: 'exit 126',
      differs: {
        advisory: 'never-ran',
        step: '1',
        underTimetable: { end: 'succeeded', ends: { '1': 'ok' }, files: { odd: 'a\u007f' } },
      },
    },
  ),
];
