import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { debian15, type Server, startServer } from '../servers/postgres.ts';
import { catalogOfSchema, sortedConstraints } from './catalog.ts';
import { findProgram } from './engine.ts';
import { initReal } from './real.ts';
import { type Catalog, type CronLine, catalogs, cronLines } from './recordings.ts';
import { createTimetable, TIMETABLE_VERSIONS } from './schema.ts';

// The catalogs of 4.x and 5.0 list none of the functions behind the cron domain, but the stand-in's domain needs one.
const OF_THE_STAND_IN = [
  'timetable.cron_split_to_arrays(text)',
  'timetable.is_cron_in_time(timetable.cron,timestamp with time zone)',
];

const LEFT_OUT: Readonly<Record<string, string>> = {
  _validate_json_schema_type: 'checks of parameters that nothing here calls',
  validate_json_schema: 'checks of parameters that nothing here calls',
  add_job: 'a shorthand for INSERT',
  add_task: 'a shorthand for INSERT',
  delete_job: 'a shorthand for DELETE',
  delete_task: 'a shorthand for DELETE',
  move_task_down: 'a shorthand for UPDATE',
  move_task_up: 'a shorthand for UPDATE',
  pause_job: 'a shorthand for UPDATE',
  resume_job: 'a shorthand for UPDATE',
  cron_days: 'a forecast of runs',
  cron_months: 'a forecast of runs',
  cron_runs: 'a forecast of runs',
  cron_times: 'a forecast of runs',
  next_run: 'a forecast of runs',
  notify_chain_stop: 'the stand-in runner stops a chain by itself',
  try_lock_client_name: 'the stand-in runner asks active_session',
  get_chain_running_statuses: 'only in 4.0.0, which is refused',
  health_check: 'only in 4.0.0, which is refused',
};
// Since 5.13 notify_chain_start takes a delay; the older form, without one, is not needed by a test.
const LEFT_OUT_OLD_FORM = 'timetable.notify_chain_start(bigint,text)';

/** The catalog of the `timetable` schema of a database, in the form of the recording. */
async function catalogOf(server: Server, database: string): Promise<Catalog> {
  const migrations = await server.run(database, 'SELECT version FROM timetable.migration ORDER BY id');
  return {
    ...(await catalogOfSchema(server, database, 'timetable')),
    migrations: migrations.rows.map(({ version }) => version),
  };
}

function recordedCatalog(version: string): Catalog {
  const catalog = catalogs()[`timetable ${version}`];
  assert.ok(catalog, `no catalog of ${version}`);
  return { ...catalog, constraints: sortedConstraints(catalog.constraints) };
}

/** Compares everything but the functions. */
function assertSameTables(made: Catalog, expected: Catalog): void {
  assert.deepEqual(Object.keys(made.tables), Object.keys(expected.tables).sort());
  for (const [table, columns] of Object.entries(expected.tables)) {
    assert.deepEqual(made.tables[table], columns, `columns of ${table}`);
  }
  assert.deepEqual(made.constraints, expected.constraints);
  assert.deepEqual(made.enums, expected.enums);
  assert.deepEqual(made.migrations, expected.migrations);
}

const CRON_HELPERS = `
  CREATE FUNCTION pg_temp.accepts(line text) RETURNS boolean LANGUAGE plpgsql AS $body$
  BEGIN
    PERFORM line::timetable.cron;
    RETURN true;
  EXCEPTION WHEN OTHERS THEN
    RETURN false;
  END $body$;
  CREATE FUNCTION pg_temp.days(line text, year int, first_time interval) RETURNS text[] LANGUAGE sql AS $body$
    SELECT coalesce(array_agg(to_char(day, 'MM-DD') ORDER BY day), '{}')
    FROM generate_series(make_date(year, 1, 1)::timestamp, make_date(year, 12, 31)::timestamp, '1 day') day
    WHERE timetable.is_cron_in_time(line::timetable.cron, (day + first_time) AT TIME ZONE 'UTC')
  $body$;`;

/** What the domain and the functions of a database make of a line, in the form of the recording. */
async function observeCron(
  client: Awaited<ReturnType<Server['connect']>>,
  recorded: CronLine,
): Promise<CronLine> {
  const { line } = recorded;
  const { accepted } = (await client.query('SELECT pg_temp.accepts($1) AS accepted', [line])).rows[0];
  if (!accepted || !recorded.reads) return { line, accepted };
  const reads = (
    await client.query(
      'SELECT mins minutes, hours, days, months, dow weekdays FROM timetable.cron_split_to_arrays($1)',
      [line],
    )
  ).rows[0];
  if (!recorded.days) return { line, accepted, reads };
  const firstTime = `${recorded.reads.hours[0]} hours ${recorded.reads.minutes[0]} minutes`;
  const days: Record<string, { count: number; first: string[]; last: string[] }> = {};
  for (const year of Object.keys(recorded.days)) {
    const fired: string[] = (
      await client.query('SELECT pg_temp.days($1, $2, $3) AS days', [line, year, firstTime])
    ).rows[0].days;
    days[year] = { count: fired.length, first: fired.slice(0, 3), last: fired.slice(-3) };
  }
  return { line, accepted, reads, days };
}

/** The real error text of a refused line is not held: only that the line is refused. */
function withoutError({ line, accepted, reads, days }: CronLine): CronLine {
  return { line, accepted, ...(reads && { reads }), ...(days && { days }) };
}

let server: Server;
before(async () => {
  server = await startServer(debian15() ? 'debian-15' : 'embedded');
});
after(() => server?.stop());

for (const version of TIMETABLE_VERSIONS) {
  test(`the stand-in schema ${version} is the catalog of pg_timetable ${version}`, async () => {
    const database = `stand_in_${version}`;
    await server.createDatabase(database);
    await createTimetable(server, database, version);
    const made = await catalogOf(server, database);
    const expected = recordedCatalog(version);
    assertSameTables(made, expected);
    const foreign = made.functions.filter(
      (signature) => !expected.functions.includes(signature) && !OF_THE_STAND_IN.includes(signature),
    );
    assert.deepEqual(foreign, [], 'functions that pg_timetable does not have');
    const missing = expected.functions.filter((signature) => !made.functions.includes(signature));
    const unexplained = missing.filter((signature) => {
      const name = signature.replace(/^timetable\.|\(.*/g, '');
      return signature !== LEFT_OUT_OLD_FORM && LEFT_OUT[name] === undefined;
    });
    assert.deepEqual(unexplained, [], 'functions left out without a reason');
  });
}

test('the stand-in cron domain accepts, reads and fires as recorded', async () => {
  const client = await server.connect('stand_in_7.0.0');
  try {
    await client.query(CRON_HELPERS);
    const lines = cronLines();
    assert.equal(lines.length, 286);
    for (const recorded of lines) {
      assert.deepEqual(await observeCron(client, recorded), withoutError(recorded), recorded.line);
    }
  } finally {
    await client.end();
  }
});

test('no run_at means every minute', async () => {
  const { rows } = await server.run('stand_in_7.0.0', 'SELECT timetable.is_cron_in_time(NULL, now()) AS due');
  assert.equal(rows[0].due, true);
});

const program = findProgram();
// Only where it is at hand: the stand-in's tests above run everywhere.
if (program) {
  test('the real schema is the recorded catalog of 7.0.0', async () => {
    await server.createDatabase('real');
    await initReal(program, server, 'real');
    const made = await catalogOf(server, 'real');
    const expected = recordedCatalog('7.0.0');
    assertSameTables(made, expected);
    assert.deepEqual([...made.functions].sort(), [...expected.functions].sort());
  });
}
