import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { connect } from '../../src/postgres/connect.ts';
import { readEndpoint } from '../../src/postgres/endpoint.ts';
import { pga2timetable } from '../cli/run.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

/** What a login may be given that would change what the tool's statements do; each session of the tool sets another. */
const FIXED: Readonly<Record<string, string>> = {
  search_path: "decoy, public, pg_catalog, '$user'",
  lock_timeout: "'1ms'",
  statement_timeout: "'1h'",
  idle_in_transaction_session_timeout: "'1s'",
  idle_session_timeout: "'1s'",
  transaction_timeout: "'1s'",
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  datestyle: "'German, DMY'",
  intervalstyle: 'iso_8601',
  extra_float_digits: "'-15'",
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  row_security: 'on',
  exit_on_error: 'on',
  jit: 'on',
  session_replication_role: 'replica',
  synchronous_commit: 'off',
  default_tablespace: 'elsewhere',
  default_table_access_method: 'strange',
};

/** The startup message sets them, which is stronger than a role and a database. */
const OF_THE_PROTOCOL = 'application_name client_encoding';

/** The preflight refuses with 3. */
const REFUSED = 'default_transaction_read_only';

/** The clock that the jobs go by: read, and each statement that needs another names it. */
const READ = 'TimeZone';

const HARMLESS: Readonly<Record<string, string>> = {
  'how long, not what':
    'backend_flush_after client_connection_check_interval commit_delay commit_siblings constraint_exclusion cursor_tuple_fraction deadlock_timeout debug_discard_caches debug_parallel_query default_statistics_target effective_io_concurrency force_parallel_mode from_collapse_limit gin_pending_list_limit hash_mem_multiplier io_combine_limit join_collapse_limit logical_decoding_work_mem maintenance_io_concurrency maintenance_work_mem max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather parallel_leader_participation plan_cache_mode recursive_worktable_factor temp_buffers wal_compression wal_init_zero wal_recycle wal_skip_threshold work_mem',
  'how a query is planned':
    '/^(?:enable_|geqo|jit_|cpu_|parallel_|min_parallel_|(?:random|seq)_page_cost$|effective_cache_size$)',
  'what is logged': '/^(?:log_|debug_(?:pretty|print)|track_|trace_|update_process_title$|compute_query_id$)',
  'vacuum and statistics, which the tool runs and reads not': '/^(?:vacuum_|stats_fetch_consistency$)',
  'a limit: what exceeds it fails, and the run says so':
    'max_stack_depth temp_file_limit restrict_nonsystem_relation_kind',
  'the connection, which fails or not':
    'tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout wal_sender_timeout',
  'an order that no statement relies on': 'synchronize_seqscans',
  'an index that neither schema has': 'gin_fuzzy_search_limit',
  'texts for people; no code reads them': 'client_min_messages lc_messages escape_string_warning',
  'types and functions that no statement uses':
    'bytea_output composite_type_mismatch default_text_search_config icu_validation_level lc_monetary lc_numeric lc_time timezone_abbreviations xmlbinary xmloption lo_compat_privileges backslash_quote',
  'what is made, and no run makes it':
    'check_function_bodies createrole_self_grant md5_password_warnings password_encryption scram_iterations temp_tablespaces file_copy_method allow_in_place_tablespaces default_toast_compression event_triggers',
  'code that is loaded':
    'dynamic_library_path extension_control_path extension_destdir local_preload_libraries output_plugin_libraries session_preload_libraries',
  'a superuser repairs a server':
    'allow_system_table_mods backtrace_functions debug_logical_replication_streaming ignore_checksum_failure wal_consistency_checking zero_damaged_pages',
  'of one transaction; no login can be given it':
    'transaction_deferrable transaction_isolation transaction_read_only',
};

function isListed(name: string): boolean {
  const listed = [OF_THE_PROTOCOL, REFUSED, READ, ...Object.values(HARMLESS)];
  return (
    name.toLowerCase() in FIXED ||
    listed.some((text) =>
      text.startsWith('/') ? new RegExp(text.slice(1)).test(name) : text.split(' ').includes(name),
    )
  );
}

async function settable(server: Server): Promise<readonly string[]> {
  const { rows } = await server.run(
    'postgres',
    "SELECT name FROM pg_catalog.pg_settings WHERE context IN ('user', 'superuser') AND name !~ '[.]' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

describe('what roles and databases are given', () => {
  let server: Server;
  let known: readonly string[];
  before(async () => {
    server = await startServer('embedded');
    known = await settable(server);
    await server.run('template1', 'CREATE ACCESS METHOD strange TYPE TABLE HANDLER heap_tableam_handler');
    const client = await server.connect('postgres');
    await client.query('SET allow_in_place_tablespaces = on');
    await client.query("CREATE TABLESPACE elsewhere LOCATION ''");
    await client.end();
  });
  after(() => server.stop());

  /** A superuser, so that each setting can be given. */
  async function hostile(
    place: Both,
    name: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<string> {
    const given = Object.entries(settings).filter(([key]) => known.some((one) => one.toLowerCase() === key));
    await place.server.run(
      place.name,
      [
        `CREATE ROLE ${name} LOGIN SUPERUSER`,
        ...given.map(([key, value]) => `ALTER ROLE ${name} SET ${key} = ${value}`),
      ].join('; '),
    );
    return server.uri(place.name, name);
  }

  test('each setting that a user or a database can be given is fixed, refused, read or harmless', async () => {
    assert.deepEqual(
      known.filter((name) => !isListed(name)),
      [],
    );
  });

  test('the same on PostgreSQL 15', {
    skip: debian15() === null ? 'needs Debian’s PostgreSQL 15' : false,
  }, async () => {
    const other = await startServer('debian-15');
    try {
      assert.deepEqual(
        (await settable(other)).filter((name) => !isListed(name)),
        [],
      );
    } finally {
      other.stop();
    }
  });

  const rowsOf = (place: Both): Promise<readonly unknown[]> =>
    place.rows(
      `SELECT c.chain_name, c.run_at, c.live, c.client_name, c.max_instances, t.task_name, t.kind, t.command,
              t.database_connection, t.autonomous, t.ignore_error, p.value
         FROM timetable.chain c JOIN timetable.task t USING (chain_id) LEFT JOIN timetable.parameter p USING (task_id)
        ORDER BY c.chain_name, t.task_order`,
    );

  test('a cutover and an undo under all the others at once do what they do under none', async () => {
    const rows: (readonly unknown[])[] = [];
    const states: unknown[] = [];
    for (const name of ['plain', 'bent']) {
      const place = await Both.create(server, name);
      await place.insert({ name: 'plain' });
      await place.insert({ name: 'quoted "E\\', steps: [{ name: 'a\\b', code: "SELECT 'a\\nb', E'\\\\'" }] });
      await place.insert({ name: 'batch', steps: [{ name: 'b', kind: 'b', code: 'echo "\\1"' }] });
      const uri = name === 'plain' ? server.uri(name) : await hostile(place, 'bent', FIXED);
      await server.run(
        name,
        'CREATE SCHEMA decoy; CREATE FUNCTION decoy.now() RETURNS timestamptz LANGUAGE sql AS $$SELECT NULL::timestamptz$$',
      );
      const moved = await pga2timetable(['-s', uri, '--disable-source', '--without-client', '--wait', '0s']);
      assert.equal(moved.code, 0, moved.stderr);
      rows.push(await rowsOf(place));
      assert.equal(await place.value('SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled'), 0);
      const undone = await pga2timetable(['undo', '-s', uri]);
      assert.equal(undone.code, 0, undone.stderr);
      states.push(
        await place.rows(
          `SELECT (SELECT count(*)::int FROM timetable.task) AS tasks,
                  (SELECT count(*)::int FROM timetable.parameter) AS parameters,
                  (SELECT count(*)::int FROM pgagent.pga_job WHERE jobenabled) AS enabled`,
        ),
      );
    }
    assert.ok((rows[0]?.length ?? 0) >= 3);
    assert.deepEqual(rows[1], rows[0]);
    assert.deepEqual(states, [
      [{ tasks: 0, parameters: 0, enabled: 3 }],
      [{ tasks: 0, parameters: 0, enabled: 3 }],
    ]);
  });

  test('session_replication_role = replica of a role that may not change it: exit 3 with the statement that ends it', async () => {
    const place = await Both.create(server, 'replicating');
    await place.insert({ name: 'nightly' });
    await server.run('replicating', 'CREATE ROLE "an Other" LOGIN');
    const uri = server.uri('replicating', encodeURIComponent('an Other'));
    const statements = [
      ['ALTER DATABASE replicating', 'ALTER DATABASE "replicating"'],
      ['ALTER ROLE "an Other"', 'ALTER ROLE "an Other"'],
      ['ALTER ROLE "an Other" IN DATABASE replicating', 'ALTER ROLE "an Other" IN DATABASE "replicating"'],
    ] as const;
    for (const [whose, said] of statements) {
      await server.run('replicating', `${whose} SET session_replication_role = replica`);
      const { code, stderr } = await pga2timetable(['--dry-run', '-s', uri]);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /session_replication_role is "replica" for this user on the source/);
      assert.ok(stderr.replaceAll(/\s+/g, ' ').includes(`${said} RESET session_replication_role;`), stderr);
    }
    for (const [whose] of statements)
      await server.run('replicating', `${whose} RESET session_replication_role`);
  });

  test('row-level security that hides steps ends the run', async () => {
    const place = await Both.create(server, 'hiding');
    await place.insert({ name: 'nightly' });
    await server.run(
      'hiding',
      `CREATE ROLE hidden LOGIN; GRANT USAGE ON SCHEMA pgagent, timetable TO hidden;
       GRANT ALL ON ALL TABLES IN SCHEMA pgagent, timetable TO hidden; GRANT CREATE ON DATABASE hiding TO hidden;
       GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO hidden;
       ALTER TABLE pgagent.pga_jobstep ENABLE ROW LEVEL SECURITY`,
    );
    const { code, stderr } = await pga2timetable(['-s', server.uri('hiding', 'hidden')]);
    assert.equal(code, 1);
    assert.match(stderr, /row-level security policy[\s\S]*BYPASSRLS/);
    assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);
  });

  test('what is fixed is fixed in the sessions of the tool', async () => {
    const place = await Both.create(server, 'looking');
    const uri = await hostile(place, 'looked', FIXED);
    const settingsOf = async (client: pg.Client): Promise<Readonly<Record<string, string>>> => {
      const { rows } = await client.query<{ name: string; setting: string }>(
        'SELECT name, setting FROM pg_catalog.pg_settings WHERE lower(name) = ANY ($1)',
        [Object.keys(FIXED)],
      );
      await client.end();
      return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    };
    const tool = await settingsOf(await connect(readEndpoint(uri, '--source', {}), 'source'));
    const given = new pg.Client(uri);
    await given.connect();
    const other = await settingsOf(given);
    assert.equal(Object.keys(other).length, Object.keys(FIXED).length);
    assert.deepEqual(
      Object.keys(other).filter((name) => other[name] === tool[name]),
      [],
    );
  });
});
