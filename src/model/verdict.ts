import * as z from 'zod';
import { serverSchema } from './plan.ts';

/** Why chains do not keep what their job said, apart from the minutes. */
export const problemCode = z.enum([
  /** A schedule that can still fire has no chain. */
  'missing-chain',
  /** A chain is not live although its job and schedule are enabled. */
  'not-live',
  /** run_at is no cron line, such as @reboot: its minutes cannot be compared. */
  'run-at',
  /** The guard is not as the tool writes it. */
  'guard-changed',
  /** A chain is to be started by another one and is not there. */
  'steps-missing',
  /** The steps are not those of the job. */
  'steps-changed',
  /** client_name is not what the job's host asks for. */
  'client-name',
  /** max_instances is not 1. */
  'max-instances',
  /** One of several chains of a job does not try the job's lock. */
  'lock-missing',
  /** A setting of the chain that keeps it from running, or takes it out of service. */
  'chain-settings',
  /** A task of the tool's own is not as it was written. */
  'task-changed',
  /** A chain is not as the tool wrote it. */
  'changed-by-hand',
  /** A chain of any client is live, and several clients are connected. */
  'several-clients',
  /** Two chains of one schedule come due in the same minute. */
  'fires-twice',
  /** A cutover has disabled the job; it is enabled in pgAgent again, and its chains are live. */
  'on-both-sides',
  /** A cutover has disabled the job in pgAgent, and its chains do not run it. */
  'runs-nowhere',
  /** Some text of the job is not UTF-8. */
  'unreadable-text',
]);

export const problemSchema = z
  .object({
    code: problemCode,
    message: z.string(),
    chainName: z.string().exactOptional(),
    scheduleId: z.number().int().exactOptional(),
  })
  .readonly()
  .meta({
    id: 'Problem',
    description: 'Why the chains of a job do not keep what it said, apart from the minutes.',
  });

export const differenceSchema = z
  .object({
    minute: z.string().describe('By the clock on the wall: YYYY-MM-DDTHH:MM.'),
    firesIn: z.enum(['pgAgent', 'pg_timetable']).describe('The side on which the job runs at that minute.'),
  })
  .readonly()
  .meta({ id: 'Difference', description: 'A minute at which the job runs on one side only.' });

/** Whether a job's chains fire when its schedules do. */
export const verdictSchema = z
  .object({
    jobId: z.number().int(),
    jobName: z.string(),
    verdict: z
      .enum(['equal', 'paused', 'different', 'idle'])
      .describe(
        '`paused`: equal, and the chains are not live while pgAgent runs the job. `idle`: neither side runs it by the clock.',
      ),
    chains: z.array(z.string()).readonly(),
    differences: z.array(differenceSchema).readonly().describe('The first minutes that differ.'),
    problems: z.array(problemSchema).readonly(),
    wasNamed: z
      .string()
      .exactOptional()
      .describe('The name under which the job moved, where it has another in pgAgent now.'),
  })
  .readonly()
  .meta({ id: 'Verdict', description: "Whether a job's chains fire when its schedules do." });

export const unattendedSchema = z
  .object({ clientName: z.string().nullable(), chains: z.number().int() })
  .readonly()
  .meta({
    id: 'Unattended',
    description:
      'Live chains whose client is not connected (null: any client), while pgAgent does not run their jobs.',
  });

export const verificationSummarySchema = z
  .object({
    jobs: z.number().int(),
    equal: z.number().int(),
    paused: z.number().int(),
    different: z.number().int(),
    idle: z.number().int(),
  })
  .readonly()
  .meta({ id: 'Summary', description: 'Counts of the whole run.' });

/** The whole document, as `verify --format json` prints it. */
export const verificationSchema = z
  .object({
    verifyVersion: z.literal(1),
    source: serverSchema,
    target: serverSchema,
    jobs: z.array(verdictSchema).readonly(),
    clocks: z
      .string()
      .nullable()
      .describe('Why all of it may be off: the wall clocks of the two sides differ.'),
    strayChains: z
      .array(z.string())
      .readonly()
      .nullable()
      .describe(
        'Chains that this tool made and that belong to no job; null where only some jobs were looked at.',
      ),
    unattended: z.array(unattendedSchema).readonly(),
    summary: verificationSummarySchema,
  })
  .readonly();

export type Problem = z.infer<typeof problemSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Unattended = z.infer<typeof unattendedSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type VerificationSummary = z.infer<typeof verificationSummarySchema>;
export type Verification = z.infer<typeof verificationSchema>;
