import { searchForUnreadable } from '../../model/unreadable-text.ts';
import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** No column for jobdesc, jscdesc, jstdesc and pga_jobclass. */
export const descriptionsStay = rule(
  'descriptions-stay',
  'info',
  (count: number) =>
    `${count} ${count === 1 ? 'job has' : 'jobs have'} descriptions (of the job, a schedule or a step): pg_timetable has no place for them. They stay in pgAgent, and the record on the target keeps a copy, with the job classes (pga2timetable.job).`,
);

/** timetable.task.live came with pg_timetable 7.0. */
export const disabledStepLeftOut = rule(
  'disabled-step-left-out',
  'info',
  (why: string) => varied`is disabled, and ${{ why }}: the step is left out.`,
);

/** pgAgent: Job::Execute has no rows; pg_timetable: a chain without live tasks succeeds (recorded: probe no-tasks). */
export const noEnabledStep = rule(
  'no-enabled-step',
  'info',
  () =>
    'has no enabled step. pgAgent logged each run and did nothing. The chain does nothing either and counts as a success.',
);

/** pg_timetable's texts are UTF-8 to every reader: its client, its chain files, this tool's record. */
export const unreadableText = rule(
  'unreadable-text',
  'error',
  (encoding: string) =>
    `has text that is not UTF-8 and cannot be converted to it. The job stays on pgAgent. Fix the text there, or leave the job out: --exclude-job with its id. To find such jobs, run on the source: ${searchForUnreadable(encoding, "RAISE NOTICE 'job %', r.jobid;")}`,
);

/** --disable-source disables whole jobs. */
export const partHeldBack = rule(
  'part-held-back',
  'warning',
  () =>
    'moves in part, so it stays enabled and pgAgent keeps running all of it. Its chains are written with live = false. Decide what becomes of the rest. Then disable the job in pgAgent and set the chains live.',
);

/** Why @JOB_TIMEOUT does not become the chains' timeout. */
export type TimeoutTrouble = keyof typeof TROUBLES;

const TROUBLES = {
  unreadable: 'is no time that jpgAgent could read: it let the job run as long as it took',
  nothing: 'is no time at all',
  'too-long': 'is longer than the 24 days that a chain can have',
} as const;

/** What jpgAgent did by these, pg_timetable does not; pgAgent never did it. Names only: a value may be a password. */
export const jpgagentAnnotation = rule(
  'jpgagent-annotation',
  'warning',
  (what: readonly string[] | TimeoutTrouble) =>
    typeof what === 'string'
      ? `has @JOB_TIMEOUT in its description, and its value ${TROUBLES[what]}. Its chains have no timeout: write a time such as 30 min, or set timetable.chain.timeout afterwards.`
      : varied`has ${{ annotations: what.map((name) => `@${name}`).join(', ') }} in its description. jpgAgent acted on that; pg_timetable does not.${elsewhere(what)} If jpgAgent ran this job, replace what is lost. If pgAgent ran it, nothing changes.`,
);

function elsewhere(names: readonly string[]): string {
  if (!names.some((name) => name.startsWith('DATABASE_'))) return '';
  return ' jpgAgent ran the job there, or as that user. Its task runs where pgAgent would run it.';
}

/** Measured: pg_timetable cancels the statement, kills the program, and the chain fails; what is committed stays. */
export const jobTimeout = rule(
  'job-timeout',
  'info',
  (milliseconds: number) =>
    varied`has @JOB_TIMEOUT in its description. jpgAgent stopped it after ${{ time: duration(milliseconds) }}; pgAgent ignored that. Its chains get this timeout (${{ milliseconds }} ms). If pgAgent ran it, remove the line from the description, or set chain.timeout to 0.`,
);

function duration(milliseconds: number): string {
  const units: readonly (readonly [size: number, name: string])[] = [
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ];
  const [size, name] = units.find(([one]) => milliseconds % one === 0) ?? [1, 'millisecond'];
  const count = milliseconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** Measured on both. */
export const schedulerDifferences = rule(
  'scheduler-differences',
  'info',
  () =>
    'pg_timetable starts a chain up to a minute late within its minute. It does not catch up on runs that it missed while it was down. It runs 16 chains at once, and runs twice in the hour that daylight saving repeats. pgAgent: within seconds, one catch-up run, no limit, once. When pgAgent computed the next run in a later hour, after a long run for example, it skipped the first minutes of that hour. A chain never does, so a job may run more often.',
);
