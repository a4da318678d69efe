import type { TaskPlan } from '../model/plan.ts';
import { startCall } from '../model/start-call.ts';
import type { Condition, Stretch } from './schedule/condition.ts';
import { dollarQuoted, literal, timestamp, timeText, wallText } from './sql-text.ts';

const TASK = {
  kind: 'SQL',
  parameters: [],
  databaseConnection: null,
  ignoreError: false,
  live: true,
  stepId: null,
} as const;

/**
 * A first task that fails where one of the conditions does not hold, so that the chain's steps do not run. Autonomous,
 * since what it writes at the end of the schedule has to stay although the chain fails.
 */
export function stoppingGuard(conditions: readonly Condition[], taskOrder: number): TaskPlan {
  const stops = conditions.map((condition) => {
    const stop = `RAISE EXCEPTION ${literal(`not run: ${why(condition)}`)};`;
    return condition.kind === 'before'
      ? `  IF ${fails(condition)} THEN\n${RETIRE}    COMMIT;\n    ${stop}\n  END IF;\n`
      : `  IF ${fails(condition)} THEN ${stop} END IF;\n`;
  });
  const purpose = 'skips runs that a cron line cannot leave out. To run them too, delete this task.';
  return guardTask(purpose, stops.join(''), taskOrder);
}

/**
 * The only task of a chain that starts another one, which holds the steps: for a guard that would have to stop so many
 * runs that a failure each would drown the log.
 */
export function startingGuard(
  conditions: readonly Condition[],
  stepsChain: string,
  taskOrder: number,
): TaskPlan {
  const stops = conditions.map((condition) =>
    condition.kind === 'before'
      ? `  IF ${fails(condition)} THEN\n${RETIRE}    RETURN; -- ${why(condition)}\n  END IF;\n`
      : `  IF ${fails(condition)} THEN RETURN; END IF; -- ${why(condition)}\n`,
  );
  const name = literal(stepsChain);
  const start =
    `  PERFORM ${startCall('chain_id', "current_setting('pg_timetable.current_client_name')")}\n` +
    `     FROM timetable.chain WHERE chain_name = ${name};\n` +
    `  IF NOT FOUND THEN RAISE EXCEPTION 'the chain with the steps is gone: %', ${name}; END IF;\n`;
  const purpose =
    'starts the chain with the steps, and skips runs that a cron line cannot leave out. To run them too, delete the IFs before PERFORM.';
  return guardTask(purpose, stops.join('') + start, taskOrder);
}

function guardTask(purpose: string, body: string, taskOrder: number): TaskPlan {
  const text = ` BEGIN\n  -- Made by pga2timetable: ${purpose}\n${body}END `;
  return {
    ...TASK,
    taskName: 'guard',
    taskOrder,
    command: `DO ${dollarQuoted(text, 'guard')}`,
    autonomous: true,
  };
}

// Only after the end: in the last run it could come before its time, since a run that waited judges by a later minute.
const RETIRE =
  '    UPDATE timetable.chain SET live = false\n' +
  "     WHERE chain_id = nullif(current_setting('pg_timetable.current_chain_id', true), '')::bigint;\n";

/** SQL that is true where the condition does not hold. A run is judged by the minute in which its guard runs. */
function fails(condition: Condition): string {
  switch (condition.kind) {
    case 'from':
      return `now() < ${timestamp(condition.instant)}`;
    case 'before':
      return `now() >= ${timestamp(condition.instant)}`;
    case 'not-on':
      return `now()::date IN (${condition.dates.map(literal).join(', ')})`;
    case 'not-at':
      return condition.stretches.map(within).join(' OR ');
    case 'not-leap-eve':
      return "to_char(now() + interval '1 day', 'MM-DD') = '02-29'";
    case 'not':
      return `NOT (${fails(condition.condition)})`;
  }
}

function within({ from, before }: Stretch): string {
  return `now()::timestamp >= '${wallText(from)}' AND now()::timestamp < '${wallText(before)}'`;
}

function why(condition: Condition): string {
  switch (condition.kind) {
    case 'from':
      return `only from ${timeText(condition.instant)} on`;
    case 'before':
      return `only before ${timeText(condition.instant)}`;
    case 'not-on':
    case 'not-at':
      return 'an exception of the schedule';
    case 'not-leap-eve':
      return 'not the last day of this February';
    case 'not':
      return 'another schedule of the job has this minute';
  }
}

/**
 * A local first task that lets only one chain of a job run at a time. It tries the lock and never waits: a chain that
 * waited would hold a snapshot, for which an index built concurrently waits in turn (measured).
 * @param job what tells the job from every other that may come to the same target
 */
export function oneRunAtATime(job: string, taskOrder: number): TaskPlan {
  const text =
    ` BEGIN\n  -- Made by pga2timetable: the job is several chains, and pgAgent never ran it beside itself. To allow that, see docs/advisories/several-schedules.md.\n` +
    `  IF NOT pg_try_advisory_xact_lock(hashtextextended(${literal(job)}, 0)) THEN\n` +
    `    RAISE EXCEPTION 'not run: another chain of the job is still running';\n  END IF;\nEND `;
  return {
    ...TASK,
    taskName: 'one run at a time',
    taskOrder,
    command: `DO ${dollarQuoted(text, 'lock')}`,
    autonomous: false,
  };
}

const RELEASE =
  'SELECT 1 -- Made by pga2timetable: without it VACUUM and CREATE INDEX CONCURRENTLY wait for this chain. Keep it in front.';

/**
 * A local first task without parameters: until the first one a chain's own transaction holds a snapshot (recorded: probe
 * purge-then-vacuum-after-local).
 */
export function releaseSnapshot(taskOrder: number): TaskPlan {
  return { ...TASK, taskName: 'release snapshot', taskOrder, command: RELEASE, autonomous: false };
}
