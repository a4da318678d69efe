import type { DifferentialJob } from '../differential-job.ts';

export const ARCHIVE = 'CREATE TABLE arrived (n int GENERATED ALWAYS AS IDENTITY, what text)';
export const ARRIVED = 'SELECT what FROM arrived ORDER BY n';
export const arrive = (what: string): string => `INSERT INTO arrived (what) SELECT ${what}`;
export const WHERE = "current_database() || ' as ' || session_user";

/** A step in the other database by a connection string, which does under both what it says. */
export const reaches = (
  id: string,
  what: string,
  conninfo: string,
  expression: string,
  arrived: string,
  advisories: readonly string[] = [],
): DifferentialJob => ({
  id,
  what,
  archive: ARCHIVE,
  steps: [{ name: '1', code: arrive(expression), conninfo }],
  after: { archiveRows: { [ARRIVED]: [arrived] } },
  ...(advisories.length > 0 && { advisories }),
});

/** Where SQL steps run. */
export const CONNECTION_JOBS: readonly DifferentialJob[] = [
  {
    id: 'other-database',
    what: 'a step in another database of the server, by its name, between two in pgAgent’s own',
    archive: ARCHIVE,
    steps: [
      { name: '1', code: 'INSERT INTO seen (what) SELECT current_database()' },
      { name: '2', code: arrive(WHERE), database: '{archive}' },
      { name: '3', code: 'INSERT INTO seen (what) SELECT current_database()' },
    ],
    after: { seen: ['{db}', '{db}'], archiveRows: { [ARRIVED]: ['{archive} as postgres'] } },
  },
  reaches(
    'keywords',
    'a connection string of keywords',
    'host={host} port={port} user=postgres dbname={archive}',
    WHERE,
    '{archive} as postgres',
  ),
  {
    id: 'own-database-by-conninfo',
    what: 'connection strings that lead to pg_timetable’s own database: by keywords, by URI, as another user',
    steps: [
      {
        name: '1',
        code: `INSERT INTO seen (what) SELECT ${WHERE}; VACUUM seen`,
        conninfo: 'host={host} port={port} user=postgres dbname={db} connect_timeout=10',
        onError: 'i',
        ends: 'failed',
      },
      {
        name: '2',
        code: `INSERT INTO seen (what) SELECT ${WHERE}`,
        conninfo: 'host={host} port={port} user=postgres dbname={db} connect_timeout=10',
      },
      {
        name: '3',
        code: `INSERT INTO seen (what) SELECT ${WHERE}`,
        conninfo: 'postgresql://postgres@127.0.0.1:{port}/{db}',
      },
      {
        name: '4',
        code: `INSERT INTO seen (what) SELECT ${WHERE}`,
        conninfo: 'host={host} port={port} user=loader dbname={db}',
      },
    ],
    after: { seen: ['{db} as postgres', '{db} as postgres', '{db} as loader'] },
  },
  reaches(
    'uri',
    'a connection string that is a URI by TCP',
    'postgresql://postgres@127.0.0.1:{port}/{archive}?connect_timeout=10',
    WHERE,
    '{archive} as postgres',
  ),
  reaches(
    'uri-socket',
    'a URI with the socket as a parameter',
    'postgres:///{archive}?host={host_encoded}&port={port}&user=postgres',
    WHERE,
    '{archive} as postgres',
  ),
  reaches(
    'another-user',
    'another user, with the settings of that role',
    'host={host} port={port} user=loader dbname={archive}',
    `${WHERE} || ' on ' || current_setting('search_path')`,
    '{archive} as loader on loading, public',
  ),
  reaches(
    'non-ascii-user',
    'a user whose name is not ASCII and has capitals',
    'host={host} port={port} user=Müller dbname={archive}',
    WHERE,
    '{archive} as Müller',
  ),
  reaches(
    'user-with-capitals',
    'a user whose name SQL would have to quote',
    'host={host} port={port} user=Night-Shift dbname={archive}',
    WHERE,
    '{archive} as Night-Shift',
  ),
  reaches(
    'application-name',
    'an application name of one word, and a timeout as pgAdmin writes it',
    'host={host} port={port} user=postgres dbname={archive} application_name=nightly connect_timeout=10',
    "current_setting('application_name')",
    'nightly',
  ),
  reaches(
    'options',
    'options of one word',
    'host={host} port={port} user=postgres dbname={archive} options=-csearch_path=pg_catalog,public',
    "current_setting('search_path')",
    'pg_catalog,public',
  ),
  reaches(
    'keepalives',
    'keepalives, which the driver of pg_timetable does not know',
    'host={host} port={port} user=postgres dbname={archive} keepalives=1 keepalives_idle=30 keepalives_interval=10 keepalives_count=3',
    WHERE,
    '{archive} as postgres',
  ),
  reaches(
    'hostaddr',
    'an address beside a name that leads nowhere',
    'host=nowhere.invalid hostaddr=127.0.0.1 port={port} user=postgres dbname={archive}',
    WHERE,
    '{archive} as postgres',
  ),
  reaches(
    'client-encoding-auto',
    'client_encoding=auto, which only libpq knows',
    'host={host} port={port} user=postgres dbname={archive} client_encoding=auto',
    WHERE,
    '{archive} as postgres',
  ),
  reaches(
    'sslmode',
    'sslmode=disable and sslmode=prefer over TCP',
    'host=127.0.0.1 port={port} user=postgres dbname={archive} sslmode=prefer gssencmode=disable',
    WHERE,
    '{archive} as postgres',
  ),
  reaches(
    'several-hosts',
    'several hosts, of which the first refuses',
    'host=127.0.0.1,{host} port=1,{port} user=postgres dbname={archive} target_session_attrs=read-write',
    WHERE,
    '{archive} as postgres',
  ),
  {
    id: 'latin-1',
    what: 'text that is not ASCII for a database of another encoding: its bytes are taken for letters of that, under both',
    archive: ARCHIVE,
    archiveEncoding: 'LATIN1',
    steps: [{ name: '1', code: "INSERT INTO arrived (what) VALUES ('Größe')", database: '{archive}' }],
    // In UTF-8 ö is the bytes C3 B6 and ß is C3 9F.
    after: {
      archiveRows: { [ARRIVED]: ['Gr\u00c3\u00b6\u00c3\u009fe'], 'SELECT length(what) FROM arrived': ['7'] },
    },
  },
  {
    id: 'unreachable',
    what: 'a server that is not there, ignored, and a database that is not there',
    archive: ARCHIVE,
    steps: [
      {
        name: '1',
        code: 'SELECT 1',
        conninfo: 'host=127.0.0.1 port=1 user=postgres dbname={archive} connect_timeout=5',
        onError: 'i',
        ends: 'failed',
      },
      { name: '2', code: arrive("'behind'"), database: '{archive}' },
      {
        name: '3',
        code: 'SELECT 1',
        conninfo: 'host={host} port={port} user=postgres dbname=nowhere',
        ends: 'failed',
      },
    ],
    after: { end: 'failed', archiveRows: { [ARRIVED]: ['behind'] } },
  },
  {
    id: 'no-such-user',
    what: 'a user that does not exist',
    steps: [
      {
        name: '1',
        code: 'SELECT 1',
        conninfo: 'host={host} port={port} user=nobody_at_all dbname={db}',
        ends: 'failed',
      },
    ],
    after: { end: 'failed' },
  },
  {
    id: 'remote-transactions',
    what: 'VACUUM, an index built concurrently and COMMIT on a remote connection, and an implicit transaction',
    archive: `${ARCHIVE}; CREATE TABLE wide AS SELECT generate_series(1, 1000) AS a`,
    steps: [
      { name: '1', code: 'VACUUM wide', database: '{archive}' },
      { name: '2', code: 'CREATE INDEX CONCURRENTLY by_a ON wide (a)', database: '{archive}' },
      {
        name: '3',
        code: `BEGIN; ${arrive("'committed'")}; COMMIT; ${arrive("'and after'")}`,
        database: '{archive}',
      },
      {
        name: '4',
        code: `${arrive("'lost'")}; SELECT 1 / 0`,
        database: '{archive}',
        onError: 'i',
        ends: 'failed',
      },
      { name: '5', code: 'REINDEX TABLE CONCURRENTLY wide', database: '{archive}' },
    ],
    after: {
      archiveRows: {
        [ARRIVED]: ['committed', 'and after'],
        "SELECT count(*) FROM pg_index WHERE indrelid = 'wide'::regclass AND indisvalid": ['1'],
      },
    },
  },
];
