import * as z from 'zod';
import { counted } from './counted.ts';

/** What a job asks of whoever reads the plan. */
export const jobGroup = z
  .enum(['stay', 'not-scheduled', 'decide', 'unchanged'])
  .describe(
    '`stay`: no chain is written, for an error or a conflict. `not-scheduled`: no chain is written, because nothing can fire. `decide`: chains are written, with a warning or only in part. `unchanged`: the rest.',
  );

export type JobGroup = z.infer<typeof jobGroup>;

/** What of a job's plan says its group. */
interface Grouped {
  readonly moved: 'whole' | 'part' | 'none';
  readonly action?: string;
  readonly chains: readonly unknown[];
  readonly skipped: readonly { readonly reason: string }[];
  readonly advisories: readonly { readonly severity: string }[];
}

/**
 * The group of a job: the first that matches, in the order in which they are listed. Pure.
 * @param areAllChanged whether something of the run changes when all jobs run: clocks that differ
 */
export function groupOf(
  { moved, action, chains, skipped, advisories }: Grouped,
  areAllChanged = false,
): JobGroup {
  const isLeftOut = moved === 'none' && skipped.some(({ reason }) => reason === 'job-left-out');
  if (isLeftOut || action === 'skip' || action === 'conflict') return 'stay';
  if (chains.length === 0) return 'not-scheduled';
  const isWarned = advisories.some(({ severity }) => severity !== 'info');
  return areAllChanged || moved === 'part' || isWarned ? 'decide' : 'unchanged';
}

/** How many jobs there are of each group; they add up to all. */
export const groupCounts = z
  .object({
    unchanged: z.number().int(),
    paused: z.number().int().describe('Of the unchanged ones, those whose chains are not live.'),
    decide: z.number().int(),
    stay: z.number().int(),
    notScheduled: z.number().int(),
    excluded: z
      .number()
      .int()
      .describe(
        'Jobs that --job and --exclude-job leave out: not in the sum, and nothing is looked at of them.',
      ),
  })
  .readonly()
  .meta({
    id: 'Groups',
    description:
      'How many jobs ask what of the reader; all but the excluded ones add up to the jobs that were selected.',
  });

export type GroupCounts = z.infer<typeof groupCounts>;

/** What has to be decided about jobs that move: one code. */
export const decisionSchema = z
  .object({
    code: z.string(),
    jobs: z.number().int().nullable().describe('How many jobs it is about; null for the run as a whole.'),
    job: z
      .object({ jobId: z.number().int(), jobName: z.string() })
      .readonly()
      .exactOptional()
      .describe('Which job, where it is one.'),
    what: z.string().describe('What happens to them: the words after "21 jobs".'),
    option: z.string().nullable().describe('The option that changes it; null where none does.'),
  })
  .readonly()
  .meta({ id: 'Decision', description: 'What has to be decided about jobs that move.' });

export type Decision = z.infer<typeof decisionSchema>;

/** A job that stays on pgAgent. */
export interface StayingJob {
  readonly jobId: number;
  readonly jobName: string;
  readonly what: string;
  readonly option: string | null;
  /** Whether it stays because of chains that the target has. */
  readonly isInConflict?: boolean;
}

/** The heading of jobs that stay: those in conflict may have chains that run. */
export function stayHeading(staying: readonly StayingJob[]): string {
  return staying.some(({ isInConflict }) => isInConflict) ? 'Stay as they are' : 'Stay on pgAgent';
}

/** What a plan asks of its reader. */
export interface Asked {
  readonly groups: GroupCounts;
  /** About the run as a whole, then most jobs first. */
  readonly decisions: readonly Decision[];
  /** Some of the jobs that stay. */
  readonly staying: readonly StayingJob[];
}

const THIRD_PERSON: Readonly<Record<string, string>> = {
  have: 'has',
  do: 'does',
  may: 'may',
  can: 'can',
  cannot: 'cannot',
  failed: 'failed',
  never: 'never',
  stood: 'stood',
};

/**
 * What happens to which jobs: `21 jobs run twice`, `job 7 "nightly" runs twice`; null is the jobs of the run.
 * @param isNamed whether a single job has its name beside its id
 */
export function jobsText({ jobs, job, what }: Omit<Decision, 'code' | 'option'>, isNamed = true): string {
  if (jobs === null) return `Jobs ${what}`;
  if (job === undefined) return `${counted(jobs, 'job')} ${jobs === 1 ? ofOneJob(what) : what}`;
  return `job ${job.jobId}${isNamed ? ` "${job.jobName}"` : ''} ${ofOneJob(what)}`;
}

/** The words after "21 jobs" as they stand after one job: `lose their lock` becomes `loses its lock`. */
export function ofOneJob(what: string): string {
  const [verb = '', ...rest] = what
    .replaceAll('their ', 'its ')
    .replaceAll('they begin', 'it begins')
    .split(' ');
  return [THIRD_PERSON[verb] ?? `${verb}s`, ...rest].join(' ');
}
