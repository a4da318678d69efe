import type { Check } from '../model/preflight.ts';
import type { BlockingLock } from '../postgres/blocking-locks.ts';
import { type Numbered, setvalFor } from '../postgres/sequences-behind.ts';
import type { Clocks } from '../session/clocks.ts';
import { initCommand, type Place } from '../timetable/init-command.ts';
import type { RecordRights } from '../timetable/record-rights.ts';
import { NEWEST, type TargetFacts, whereItIs } from '../timetable/target.ts';
import { versionOf } from './about-source.ts';
import { note, ok, stop, warning } from './check.ts';

/**
 * Version, capabilities and state of the target.
 * @param place for the command that makes a schema which is not there
 */
export function aboutTarget(target: TargetFacts, place: Place): readonly Check[] {
  return [aboutVersion(target, place), ...aboutWriting(target)];
}

function aboutVersion(target: TargetFacts, place: Place): Check {
  const { schemaVersion, serverVersion, hasSchema, elsewhere = [], hasTaskLive, isRecorded, isOld } = target;
  const check = 'target-version';
  if (!hasSchema)
    return stop(
      check,
      `The target database "${target.database}" has no schema timetable. This is a plan for pg_timetable ${NEWEST}.`,
      `${elsewhere.length > 0 ? `${whereItIs(elsewhere)} ` : ''}Create the schema: ${initCommand(place)}`,
    );
  const found = `pg_timetable ${schemaVersion} on PostgreSQL ${versionOf(serverVersion)}`;
  const tasks = hasTaskLive
    ? 'it can hold tasks that are not live.'
    : 'it cannot hold tasks that are not live (since 7.0), so disabled steps are left out.';
  if (isOld) return note(check, `${found}; ${tasks}`, 'See the advisory old-target.');
  if (!isRecorded) return note(check, `${found}; ${tasks}`, 'See the advisory unrecorded-target.');
  return ok(check, `${found}; ${tasks}`);
}

function aboutWriting({ user, isInRecovery, isReadOnly }: TargetFacts): readonly Check[] {
  if (isInRecovery)
    return [
      stop(
        'target-recovery',
        'The target is in recovery (a replica): it cannot be written.',
        'Name its primary by --target.',
      ),
    ];
  const state = ok('target-recovery', 'The target is not in recovery.');
  if (!isReadOnly) return [state];
  return [
    state,
    stop(
      'target-read-only',
      `The target is read-only for the user "${user}" (default_transaction_read_only).`,
      'Connect as another user, or change that setting.',
    ),
  ];
}

/**
 * @param cutover what is lacking for replacing chains or setting them live: `DELETE on timetable.chain`
 */
export function aboutRights(
  { user, hasSchema, missingRights }: TargetFacts,
  cutover: readonly string[],
): readonly Check[] {
  // Who makes the schema owns it.
  if (!hasSchema) return [];
  const check = 'target-rights';
  const to = `TO "${user}";`;
  const checks: Check[] = [];
  if (missingRights.length > 0)
    checks.push(
      stop(
        check,
        `The user "${user}" lacks on the target: ${missingRights.join(', ')}.`,
        `Grant it: GRANT USAGE ON SCHEMA timetable ${to} GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA timetable ${to} ` +
          `GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable ${to}`,
      ),
    );
  if (cutover.length > 0)
    checks.push(
      stop(
        check,
        `The user "${user}" lacks on the target, for what these options do to chains: ${cutover.join(', ')}.`,
        `Grant it: ${cutover.map((right) => `GRANT ${right.replace(' on ', ' ON ')} ${to}`).join(' ')}`,
      ),
    );
  return checks.length > 0
    ? checks
    : [ok(check, `The user "${user}" has every right on the schema timetable that this run needs.`)];
}

/** Sequences that would give chains or tasks numbers which are taken. */
export function aboutSequences(behind: readonly Numbered[]): readonly Check[] {
  const check = 'target-sequences';
  if (behind.length === 0)
    return [ok(check, 'The sequences of timetable.chain and timetable.task return new numbers.')];
  return behind.map((column) =>
    stop(
      check,
      `The sequence of ${column.table}.${column.column} is behind its table: it returns numbers that rows already have.`,
      `Run on the target: ${setvalFor(column)}`,
    ),
  );
}

/** Whether the run can write down what it made. */
export function aboutRecord({ user, database }: TargetFacts, rights: RecordRights): Check {
  const check = 'record';
  switch (rights.kind) {
    case 'kept':
      return ok(check, 'The schema pga2timetable, with the record of moved jobs, exists.');
    case 'to-be-made':
      return ok(check, 'The schema pga2timetable, for the record of moved jobs, will be created.');
    case 'may-not-be-made':
      return stop(
        check,
        `The user "${user}" may not create the schema pga2timetable in the target "${database}", where this tool keeps its record of moved jobs.`,
        `Let an administrator create it: CREATE SCHEMA pga2timetable AUTHORIZATION "${user}";`,
      );
    case 'not-usable':
      return stop(
        check,
        `The user "${user}" lacks on the record of moved jobs: ${rights.missing.join(', ')}.`,
        `Connect as the user who made it, or grant it: GRANT USAGE, CREATE ON SCHEMA pga2timetable TO "${user}"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pga2timetable TO "${user}";`,
      );
  }
}

/** Locks of others on what the run writes into. */
export function aboutLocks(side: 'source' | 'target', locks: readonly BlockingLock[]): readonly Check[] {
  const [lock] = locks;
  if (lock === undefined) return [];
  const pids = [...new Set(locks.map(({ pid }) => pid))].filter((pid) => pid !== null);
  const who = pids.length === 0 ? 'A prepared transaction' : `Another session (process ${pids.join(', ')})`;
  const tables = [...new Set(locks.map(({ table }) => table))].join(', ');
  return [
    warning(
      'locks',
      `${who} holds a lock on ${tables} of the ${side} that this run would have to wait for.`,
      'Check pg_stat_activity and pg_prepared_xacts, and let it end first.',
    ),
  ];
}

export function aboutTimeZones({ areSame, source, target }: Clocks, isAccepted: boolean): Check {
  const check = 'time-zones';
  if (source === null)
    return isAccepted
      ? note(check, `The chains will use ${target.name}, whatever pgAgent used (--accept-time-zone).`)
      : stop(
          check,
          'The dump does not tell the time zone of pgAgent: every chain may fire at other hours.',
          'See the advisory time-zone-unknown. To say the time zone: --source-time-zone Europe/Berlin',
        );
  if (areSame)
    return ok(
      check,
      source.name === target.name
        ? `Both sides use ${source.name}.`
        : `${source.name} and ${target.name} show the same time.`,
    );
  if (isAccepted)
    return note(check, `The chains will use ${target.name}, no longer ${source.name} (--accept-time-zone).`);
  return stop(
    check,
    'The two sides have different time zones: every chain would fire at other hours.',
    'See the advisory time-zone-differs. To move the jobs to the hours of the target: --accept-time-zone',
  );
}

/** --no-program-tasks is an option of pg_timetable's, which leaves no trace in the database. */
export function aboutPrograms(hasPrograms: boolean): readonly Check[] {
  return hasPrograms
    ? [
        note(
          'program-tasks',
          'The plan has batch steps. Make sure pg_timetable runs without --no-program-tasks.',
          'More about this: pga2timetable explain program-tasks',
        ),
      ]
    : [];
}
