import { chainsNow } from '../../timetable/chain-digests.ts';
import { type NewRecord, OVER_RECORD, type RecordChange } from '../../timetable/record.ts';
import { ADD_COLUMNS, HAS_ALL_COLUMNS, SCHEMA, TABLE } from '../../timetable/record-table.ts';
import { insert } from './chain.ts';
import { sqlJson, sqlText, sqlTextOrNull } from './literal.ts';
import { doBlock, PLANNED_AT, raise, raiseWith, SOURCE, when } from './raise.ts';
import type { ChainToRecord } from './work.ts';

/** Makes the record where it is not there yet; whoever may only use it need not be allowed to make it. */
export function makeRecord(): string {
  const made = (statements: readonly string[]): string =>
    statements.map((one) => `${one.trim().replace(/^ {2}/gm, '    ')};`).join('\n    ');
  return `-- The record, in which the tool keeps what it made.\n${doBlock([
    ...when("to_regnamespace('pga2timetable') IS NULL", made(SCHEMA)),
    ...when("to_regclass('pga2timetable.job') IS NULL", made([TABLE])),
    ...when(`NOT ${HAS_ALL_COLUMNS}`, `${ADD_COLUMNS};`),
  ])}\n`;
}

/**
 * Writes the record of a job whose chains are made; their ids and digests come later. was_next_run and was_changed stay empty:
 * they would be another in each script, the first is read only once --disable-source has set it, the second never.
 */
export function recordInsert(record: NewRecord<ChainToRecord>, isThere: boolean): string {
  const { jobCreated } = record;
  const statement = insert('pga2timetable.job AS j', [
    ['source', SOURCE],
    ['job_id', String(record.jobId)],
    ['job_name', sqlText(record.jobName)],
    ['job_created', jobCreated === null ? 'NULL' : `${sqlText(jobCreated)}::timestamp AT TIME ZONE 'UTC'`],
    ['phase', sqlText(record.phase)],
    ['was_enabled', String(record.wasEnabled)],
    ['planned_at', `${PLANNED_AT}::timestamptz`],
    ['plan_digest', sqlText(record.planDigest)],
    ['chains', sqlJson(record.chains.map(({ name, live, scheduleId }) => ({ name, live, scheduleId })))],
    ['descriptions', sqlJson(record.descriptions)],
    ['options', sqlJson(record.options)],
    ['time_zone', sqlTextOrNull(record.timeZone)],
  ]);
  return `${statement}${isThere ? OVER_RECORD.replace(/^ {5}/gm, '') : ''};\n\n`;
}

/** Writes what the record of a job whose chains are kept is to say from now on. */
export function recordUpdate({ jobId, phase, wasEnabled, options, chains }: RecordChange): string {
  return (
    `UPDATE pga2timetable.job\n   SET phase = ${sqlText(phase)}, was_enabled = ${wasEnabled},\n` +
    `       chains = ${sqlJson(chains)},\n       options = ${sqlJson(options)}\n WHERE source = ${SOURCE} AND job_id = ${jobId};\n`
  );
}

// Looked up rather than joined: nobody has counted the rows of this transaction, and PostgreSQL would join them badly.
const DIGESTS = `digests := (
      SELECT jsonb_object_agg(id::bigint, digest) FROM (${chainsNow((id) => `${id} = ANY (ids)`)}
      ) AS now);`;
const PARTS = 'Some at a time: timetable.task has no index by its chain.';

/** Completes the records of this script's jobs by the ids of their chains and by the digests that the tool itself takes. */
export function completeRecords(): string {
  return `-- The ids of the chains, and digests of what they do: by these the tool sees later what was changed by hand.\n${doBlock(
    [
      `-- ${PARTS}`,
      `FOR jobs IN
    SELECT array_agg(job_id)
      FROM (SELECT job_id, (row_number() OVER (ORDER BY job_id) - 1) / 250 AS part
              FROM pga2timetable.job WHERE source = ${SOURCE} AND chains -> 0 ->> 'digest' IS NULL) AS numbered
     GROUP BY part
  LOOP
    ids := ARRAY(
      SELECT c.chain_id
        FROM pga2timetable.job r
       CROSS JOIN LATERAL jsonb_array_elements(r.chains) AS e (chain)
        JOIN timetable.chain c ON c.chain_name = e.chain ->> 'name'
       WHERE r.source = ${SOURCE} AND r.job_id = ANY (jobs));
    ${DIGESTS}
    UPDATE pga2timetable.job j
       SET chains = made.chains
      FROM (
      SELECT r.job_id, jsonb_agg(e.chain || jsonb_build_object('id', c.chain_id, 'digest', digests -> c.chain_id::text) ORDER BY e.place) AS chains
        FROM pga2timetable.job r
       CROSS JOIN LATERAL jsonb_array_elements(r.chains) WITH ORDINALITY AS e (chain, place)
        LEFT JOIN timetable.chain c ON c.chain_name = e.chain ->> 'name'
       WHERE r.source = ${SOURCE} AND r.job_id = ANY (jobs)
       GROUP BY r.job_id) AS made
     WHERE j.source = ${SOURCE} AND j.job_id = made.job_id;
  END LOOP;`,
      ...refuseIncomplete(),
    ],
    ['jobs integer[];', 'ids bigint[];', 'digests jsonb;'],
  )}\n`;
}

function refuseIncomplete(): readonly string[] {
  return when(
    `EXISTS (SELECT FROM pga2timetable.job WHERE source = ${SOURCE} AND chains @> '[{"digest": null}]')`,
    raise('The target did not take a chain as it was written.', 'Check for triggers or rules on its tables.'),
  );
}

/** Notes which chains of the record are not as they were written: the checks of single jobs ask for it. */
export function noteChangedChains(): string {
  return `-- Which chains of earlier runs were changed by hand.\n${doBlock(
    [
      ...when(
        "to_regclass('pga2timetable.job') IS NULL",
        raiseWith(
          "format('The record pga2timetable.job, which was in the database %I when this script was made, is gone.', current_database())",
          'Make a new script.',
        ),
      ),
      `-- ${PARTS}`,
      `FOR ids, recorded IN
    SELECT array_agg(id), array_agg(digest)
      FROM (SELECT (e.chain ->> 'id')::bigint AS id, e.chain ->> 'digest' AS digest, (row_number() OVER () - 1) / 500 AS part
              FROM pga2timetable.job r
             CROSS JOIN LATERAL jsonb_array_elements(r.chains) AS e (chain)
             WHERE r.source = ${SOURCE}) AS numbered
     GROUP BY part
  LOOP
    ${DIGESTS}
    changed := changed || ARRAY(
      SELECT chain.id FROM unnest(ids, recorded) AS chain (id, digest)
       WHERE digests ->> chain.id::text IS DISTINCT FROM chain.digest);
  END LOOP;`,
      "PERFORM set_config('pga2timetable.changed', changed::text, true);",
    ],
    ['ids bigint[];', 'recorded text[];', 'digests jsonb;', "changed bigint[] := '{}';"],
  )}\n`;
}
