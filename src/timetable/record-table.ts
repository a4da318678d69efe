import { Failure } from '../model/failure.ts';
import type { Client } from '../postgres/connect.ts';

/** By this the tool knows the schema that it made. */
export const COMMENT =
  'What pga2timetable moved from pgAgent into this database, and how it stood before. pga2timetable undo removes it.';
/** Makes the record's schema. */
export const SCHEMA = ['CREATE SCHEMA pga2timetable', `COMMENT ON SCHEMA pga2timetable IS '${COMMENT}'`];
/** The record's table. */
export const TABLE = `
  CREATE TABLE pga2timetable.job (
    source text NOT NULL,
    job_id integer NOT NULL,
    job_name text NOT NULL,
    job_created timestamptz,
    phase text NOT NULL CHECK (phase IN ('moved', 'cutting-over', 'cut-over', 'undoing')),
    was_enabled boolean NOT NULL,
    was_next_run timestamptz,
    was_changed timestamptz,
    disabled_at timestamptz,
    disabled_by text,
    time_zone text,
    planned_at timestamptz NOT NULL,
    plan_digest text NOT NULL,
    chains jsonb NOT NULL,
    descriptions jsonb NOT NULL,
    options jsonb,
    stop jsonb,
    written_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (source, job_id)
  )`;

/** Adds what a table that version 0.1.0 made lacks. */
export const ADD_COLUMNS =
  'ALTER TABLE pga2timetable.job ADD COLUMN IF NOT EXISTS options jsonb, ADD COLUMN IF NOT EXISTS stop jsonb';
/** SQL: whether the table, which is there, has them all. */
export const HAS_ALL_COLUMNS = `(SELECT count(*) = 2 FROM pg_catalog.pg_attribute
              WHERE attrelid = 'pga2timetable.job'::regclass AND attname IN ('options', 'stop') AND NOT attisdropped)`;

/** Whether this database holds a record that this user may read. */
export async function hasRecord(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_catalog.pg_class t
       JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
      WHERE n.nspname = 'pga2timetable' AND t.relname = 'job'
        AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(t.oid, 'SELECT')`,
  );
  return rowCount === 1;
}

/** Makes the schema and the table of the record where they are not there yet, in the transaction under way. */
export async function createRecord(client: Client): Promise<void> {
  if (await hasRecord(client)) return addColumns(client);
  const { rowCount } = await client.query(
    `SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'pga2timetable'`,
  );
  if (rowCount === 0) for (const statement of SCHEMA) await client.query(statement);
  await client.query(TABLE);
}

/**
 * Adds what the record's table lacks, in the transaction under way.
 * @throws Failure of code `refused` where only its owner can
 */
export async function addColumns(client: Client): Promise<void> {
  const { rows } = await client.query<{ hasAll: boolean; owner: string; isOwner: boolean }>(
    `SELECT ${HAS_ALL_COLUMNS} AS "hasAll",
            pg_catalog.pg_get_userbyid(t.relowner) AS owner, pg_catalog.pg_has_role(t.relowner, 'USAGE') AS "isOwner"
       FROM pg_catalog.pg_class t
      WHERE t.oid = 'pga2timetable.job'::regclass`,
  );
  const [table] = rows;
  if (table === undefined || table.hasAll) return;
  if (!table.isOwner)
    throw new Failure(
      'refused',
      `The record pga2timetable.job was made by version 0.1.0, and only its owner "${table.owner}" can add a column.`,
      `Run as "${table.owner}" on the target: ${ADD_COLUMNS};`,
    );
  await client.query(ADD_COLUMNS);
}

/** Drops what `createRecord` made, once it holds nothing more. */
export async function dropEmptyRecord(client: Client): Promise<void> {
  const { rows } = await client.query<{ isEmpty: boolean }>(
    'SELECT NOT EXISTS (SELECT FROM pga2timetable.job) AS "isEmpty"',
  );
  if (!rows[0]?.isEmpty) return;
  await client.query('DROP TABLE pga2timetable.job');
  // One that an administrator has made is to stay.
  const made = await client.query(
    `SELECT FROM pg_catalog.pg_namespace n WHERE nspname = 'pga2timetable' AND pg_catalog.obj_description(n.oid) = $1`,
    [COMMENT],
  );
  if (made.rowCount === 0) return;
  // Somebody may have put something of their own beside it.
  await client.query('SAVEPOINT drop_schema');
  await client
    .query('DROP SCHEMA pga2timetable')
    .catch(() => client.query('ROLLBACK TO SAVEPOINT drop_schema'));
}
