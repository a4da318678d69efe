import { Chalk } from 'chalk';
import type { Asked } from '../../model/groups.ts';
import type { Advisory, PlanHeader, ServerFacts, Summary } from '../../model/plan.ts';
import { type Check, isOfConcern } from '../../model/preflight.ts';
import { FROM_NEWER_TIMEOUTS, sessionSettings } from '../../postgres/session-settings.ts';
import { LOCK_KEY } from '../../timetable/writer.ts';
import { serverLine } from '../server-line.ts';
import { totals } from '../totals.ts';
import { comment, RULE } from './comment.ts';
import { groupComments } from './group-comments.ts';
import { sqlText } from './literal.ts';
import { doBlock, raise, raiseWith, SOURCE, when } from './raise.ts';

/** Why the tool itself would not write. */
export interface Reason {
  readonly message: string;
  readonly remedy: string;
}

/** What a script is about as a whole. */
export interface ScriptHead extends Asked {
  readonly header: PlanHeader;
  /** What the record calls the source. */
  readonly sourceKey: string;
  readonly hasTaskLive: boolean;
  /** The options that were given and matter, as on the command line. */
  readonly options: readonly string[];
  readonly summary: Summary;
  readonly checks: readonly Check[];
  readonly advisories: readonly Advisory[];
  /** For each of these the script ends at its beginning. */
  readonly reasons: readonly Reason[];
  /** SQL for the stations of pgAgents that would run the jobs too; null where the target does not show them, or none would. */
  readonly connectedStations: string | null;
}

/** What stands in front of the jobs: what the script is, and what has to be so for it to go on. */
export function headText(head: ScriptHead): string {
  return `${about(head)}\n${start(head)}\n${refusals(head)}\n`;
}

function about(head: ScriptHead): string {
  const { header, options, summary, checks, advisories, reasons } = head;
  const style = { color: new Chalk({ level: 0 }), width: 100 };
  const server = (name: string, facts: ServerFacts): string =>
    serverLine(name, facts, style)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `-- ${line}\n`)
      .join('');
  const told = checks.filter(isOfConcern);
  return [
    RULE,
    comment(
      'Moves jobs of pgAgent into pg_timetable: does what pga2timetable migrate would do, in one transaction.',
    ),
    comment('All of it is done or, after an error, nothing.'),
    '--\n',
    ...groupComments(head),
    '--\n',
    comment('Read it, then run it with psql against the target:'),
    '--\n',
    comment('psql -X -f FILE "host=... dbname=... user=..."', '  '),
    '--\n',
    comment(
      'It commits by itself, within a transaction of yours too. To rehearse it, replace the COMMIT at its end with ROLLBACK.',
    ),
    comment('Afterwards pga2timetable verify, undo and migrate treat the chains as written by migrate.'),
    '--\n',
    server('pgAgent', header.source),
    server('pg_timetable', header.target),
    comment(`Options       ${options.length === 0 ? '(none)' : options.join(' ')}`),
    '--\n',
    comment(totals(summary).replace(/ Nothing was written\.$/, '')),
    ...(told.length === 0 ? [] : ['--\n', comment('Preflight, when this was made:')]),
    ...told.map(({ check, status, message, remedy }) =>
      comment(`${status === 'stop' ? 'STOP' : status} ${check}: ${message} ${remedy ?? ''}`, '  '),
    ),
    ...(advisories.length === 0 ? [] : ['--\n', comment('Advisories of the whole run:')]),
    ...advisories.map(({ severity, code, message, link }) =>
      comment(`${severity} ${code}: ${message} See ${link}`, '  '),
    ),
    ...(reasons.length === 0
      ? []
      : ['--\n', comment('THIS SCRIPT STOPS AT ITS BEGINNING, AND WRITES NOTHING:')]),
    ...reasons.map(({ message, remedy }) => comment(`${message} ${remedy}`, '  ')),
    RULE,
  ].join('');
}

// What a psqlrc may have set otherwise, and a run without -X would go by.
const PSQL = ['ON_ERROR_STOP on', 'ON_ERROR_ROLLBACK off', 'AUTOCOMMIT on', 'SINGLELINE off', 'QUIET on'];

function start({ sourceKey, header }: ScriptHead): string {
  const settings = { client_encoding: "'UTF8'", ...sessionSettings(0) };
  return [
    ...PSQL.map((line) => `\\set ${line}\n`),
    'BEGIN ISOLATION LEVEL READ COMMITTED;\n',
    ...Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = ${value};\n`),
    doBlock([`PERFORM set_config(name, '0', true) ${FROM_NEWER_TIMEOUTS};`]),
    '\n-- The clock that the jobs were planned by: the only line that differs if this is made again and nothing has changed.\n',
    `SELECT set_config('pga2timetable.planned_at', ${sqlText(header.plannedAt)}, true) AS planned_at \\gset\n`,
    '-- What the record calls this pgAgent.\n',
    `SELECT set_config('pga2timetable.source', ${sqlText(sourceKey)}, true) AS source \\gset\n`,
  ].join('');
}

const LINE_ENDS = ["IF length('", "') <> 1 THEN"].join('\n');

function refusals(head: ScriptHead): string {
  const { reasons, header } = head;
  const again = 'Make a script for this database.';
  return doBlock([
    ...reasons.map(({ message, remedy }) => raise(message, remedy)),
    LINE_ENDS,
    `  ${raise('The line ends of this file were changed: texts would differ from the plan.', 'Keep the file unchanged, with line feeds only.')}`,
    'END IF;',
    ...when(
      `NOT pg_try_advisory_xact_lock(${LOCK_KEY})`,
      raise(
        'Another pga2timetable is writing to this target.',
        'Wait until it has ended, then run this again.',
      ),
    ),
    ...databaseCheck(header.target.database, again),
    ...serverCheck(header.target.identity, again),
    ...schemaChecks(head, again),
    ...when(
      "current_setting('session_replication_role') = 'replica'",
      raise(
        'session_replication_role is "replica" for this user: foreign keys and triggers would not work.',
        'SET session_replication_role = origin, or run this as another user.',
      ),
    ),
    ...unfinishedCheck(),
    ...agentCheck(head),
  ]);
}

function databaseCheck(database: string | null, again: string): readonly string[] {
  if (database === null) return [];
  return when(
    `current_database() <> ${sqlText(database)}`,
    raise(`This script was made for the database "${database}".`, again),
  );
}

function serverCheck(identity: string | null, again: string): readonly string[] {
  if (identity === null) return [];
  return when(
    "has_function_privilege('pg_control_system()', 'EXECUTE') THEN\n    IF " +
      `(SELECT system_identifier::text FROM pg_control_system()) <> ${sqlText(identity)}`,
    `  ${raise('This script was made for a database on another server.', again)}\n    END IF;`,
  );
}

function schemaChecks({ hasTaskLive }: ScriptHead, again: string): readonly string[] {
  const hasColumn = (table: string, column: string): string =>
    `EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('timetable.${table}') AND attname = '${column}' AND NOT attisdropped)`;
  return [
    ...when(
      "to_regclass('timetable.chain') IS NULL",
      raiseWith(
        'format(\'The database "%s" has no schema timetable.\', current_database())',
        'Create it: pg_timetable --init --clientname=any --connstr "..."',
      ),
    ),
    ...when(
      `${hasTaskLive ? 'NOT ' : ''}${hasColumn('task', 'live')}`,
      raise(
        hasTaskLive
          ? 'This script was made for pg_timetable 7 or later: timetable.task has no column live here.'
          : 'This script was made for pg_timetable before 7: timetable.task has a column live here.',
        again,
      ),
    ),
  ];
}

function unfinishedCheck(): readonly string[] {
  return when(
    "to_regclass('pga2timetable.job') IS NOT NULL THEN\n    IF EXISTS " +
      `(SELECT FROM pga2timetable.job WHERE source = ${SOURCE} AND phase IN ('cutting-over', 'undoing'))`,
    `  ${raise('A cutover or an undo of this pgAgent is unfinished.', 'Finish it first: pga2timetable --dry-run shows how.')}\n    END IF;`,
  );
}

function agentCheck({ connectedStations }: ScriptHead): readonly string[] {
  if (connectedStations === null) return [];
  return when(
    `EXISTS (${connectedStations})`,
    raise(
      'A pgAgent is connected, and the chains would be live: each job would run on both sides.',
      'Stop the agent first, or make a script with --paused.',
    ),
  );
}
