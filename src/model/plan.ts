import * as z from 'zod';
import { decisionSchema, groupCounts, jobGroup } from './groups.ts';
import { checkSchema } from './preflight.ts';

/** How much an advisory matters. */
export const severity = z
  .enum(['info', 'warning', 'error'])
  .describe('`error` means that the item is not migrated as things stand.');

export const advisorySchema = z
  .object({
    code: z.string().describe('Stable kebab-case name; docs/advisories has a page for each.'),
    severity,
    message: z.string().describe('What happens now and what to do.'),
    template: z
      .string()
      .exactOptional()
      .describe(
        'Where some of the message differs from job to job: the message with `{name}` in each such place.',
      ),
    values: z
      .record(z.string(), z.string())
      .readonly()
      .exactOptional()
      .describe('What stands in these places here, by name.'),
    link: z.string().describe('The page that says more: a path in this repository and in the package.'),
    scheduleId: z.number().int().exactOptional(),
    scheduleName: z.string().exactOptional(),
    stepId: z.number().int().exactOptional(),
    stepName: z.string().exactOptional(),
  })
  .readonly()
  .meta({ id: 'Advisory', description: 'What cannot be kept exactly, or was a bug, with what to do.' });

export const skipReason = z.enum([
  'schedule-disabled',
  'schedule-over',
  'schedule-not-active',
  'schedule-impossible',
  'schedule-not-carried',
  'schedule-covered',
  'step-disabled',
  'step-not-carried',
  'job-cannot-run',
  'job-left-out',
]);

export const skippedSchema = z
  .object({
    reason: skipReason,
    message: z.string(),
    template: z.string().exactOptional().describe('As in an advisory.'),
    values: z.record(z.string(), z.string()).readonly().exactOptional(),
    scheduleId: z.number().int().exactOptional(),
    stepId: z.number().int().exactOptional(),
  })
  .readonly()
  .meta({ id: 'Skipped', description: 'A schedule, a step or a job that is not carried over, and why.' });

export const taskSchema = z
  .object({
    taskName: z.string(),
    taskOrder: z.number(),
    kind: z.enum(['SQL', 'PROGRAM']),
    command: z.string().describe('SQL text, or the program alone.'),
    parameters: z
      .array(z.array(z.string()).readonly())
      .readonly()
      .describe('One row of timetable.parameter each: the arguments of one execution of the program.'),
    script: z
      .string()
      .exactOptional()
      .describe(
        "The text of a batch step, where the parameters hold it in parts or within a script of the tool's own.",
      ),
    databaseConnection: z.string().nullable().describe("null: pg_timetable's own database."),
    ignoreError: z.boolean(),
    autonomous: z.boolean(),
    live: z.boolean(),
    stepId: z.number().int().nullable().describe('null for a task that the tool adds.'),
    joinedStepIds: z
      .array(z.number().int())
      .readonly()
      .exactOptional()
      .describe('The other steps whose texts it holds too (--transaction JOB=joined).'),
    taskId: z.number().int().exactOptional().describe('timetable.task.task_id, once written.'),
    secretDigest: z
      .string()
      .exactOptional()
      .describe('In a saved plan, where something is masked: a keyed digest of what stands there really.'),
  })
  .readonly()
  .meta({ id: 'Task', description: 'A row of timetable.task with its parameters.' });

export const chainSchema = z
  .object({
    chainName: z.string(),
    runAt: z.string(),
    clientName: z.string().nullable().describe('null: every pg_timetable client runs it.'),
    live: z.boolean(),
    maxInstances: z.number().int(),
    timeout: z
      .number()
      .int()
      .describe('timetable.chain.timeout: milliseconds after which a run is stopped; 0 for never.'),
    scheduleId: z.number().int().nullable().describe('null for a job that is started by hand.'),
    tasks: z.array(taskSchema).readonly(),
    nextRuns: z
      .array(z.string())
      .readonly()
      .describe(
        "The next three minutes at which it runs if it is live, in the target's time zone, guards included: ISO 8601.",
      ),
    chainId: z.number().int().exactOptional().describe('timetable.chain.chain_id, once written.'),
  })
  .readonly()
  .meta({ id: 'Chain', description: 'A row of timetable.chain with its tasks in their order.' });

/** What becomes of one job. */
export const jobPlanSchema = z
  .object({
    jobId: z.number().int(),
    jobName: z.string(),
    enabled: z.boolean(),
    hostAgent: z.string(),
    moved: z
      .enum(['whole', 'part', 'none'])
      .describe(
        '`whole`: all that can still run is carried over; `part`: with --partial or --schedules active; `none`: the job stays on pgAgent.',
      ),
    action: z
      .enum(['none', 'create', 'keep', 'replace', 'skip', 'conflict'])
      .exactOptional()
      .describe(
        'What becomes of it on the target: its chains are created, kept as planned, or replaced. Or the job is skipped (--on-conflict skip), or stops the run.',
      ),
    isDormant: z
      .literal(true)
      .exactOptional()
      .describe(
        'Its chains are not live and its pgAgent job stays as it is, since it stood still there (--pause-dormant).',
      ),
    chains: z.array(chainSchema).readonly(),
    skipped: z.array(skippedSchema).readonly(),
    expiredExceptions: z
      .number()
      .int()
      .describe('Exceptions of its schedules whose day is over: they are not carried over.'),
    advisories: z.array(advisorySchema).readonly(),
    withStepConninfo: z
      .object({ chains: z.array(chainSchema).readonly(), advisories: z.array(advisorySchema).readonly() })
      .readonly()
      .exactOptional()
      .describe(
        'In a dry run, of a job that needs `--step-conninfo`: what it would be with it. Nothing of this is written; `...` stands for what is not known.',
      ),
  })
  .readonly();

/** What becomes of one job, as a document says it. */
export const groupedJobSchema = z
  .object({ ...jobPlanSchema.unwrap().shape, group: jobGroup })
  .readonly()
  .meta({ id: 'Job', description: 'What becomes of one job.' });

export const serverSchema = z
  .object({
    host: z
      .string()
      .nullable()
      .describe(
        '`db1:5432`; like the others null where a dump does not tell it, or no target was looked at.',
      ),
    database: z.string().nullable(),
    user: z.string().nullable(),
    serverVersion: z.string().nullable(),
    schemaVersion: z
      .string()
      .describe('The version of the pgagent or timetable schema there, as far as it can be told.'),
    timeZone: z.string().nullable(),
    identity: z
      .string()
      .nullable()
      .describe(
        'What tells its cluster from others, by whatever address it is reached; null where the user may not ask.',
      ),
    dump: z
      .object({
        file: z.string().describe('As --dump names it; `-` is standard input.'),
        newestTime: z
          .string()
          .nullable()
          .describe('The newest time in it, ISO 8601: the dump is no older. null where it holds none.'),
      })
      .readonly()
      .exactOptional()
      .describe('Where the jobs were read from a dump.'),
  })
  .readonly()
  .meta({ id: 'Server', description: 'One side of the run: a database and its server.' });

export const planOptionsSchema = z
  .object({
    shell: z.string(),
    hostShells: z
      .record(z.string(), z.string())
      .readonly()
      .describe("By the name of pgAgent's host; '' for jobs of any host."),
    partial: z.boolean(),
    paused: z.boolean(),
    pauseDormant: z.boolean(),
    history: z.number().int().describe("Days of pgAgent's log that were read; 0 for none."),
    schedules: z.enum(['pending', 'active', 'all']),
    onDemand: z.boolean(),
    overlap: z.enum(['keep', 'exact']),
    lastDay: z.enum(['keep', 'honor']),
    allowManyChains: z.boolean(),
    transaction: z
      .enum(['step', 'chain'])
      .describe(
        "`step`: each local SQL step commits by itself; `chain`: all of a chain's share its transaction.",
      ),
    jobTransactions: z
      .record(z.string(), z.enum(['step', 'chain', 'joined']))
      .readonly()
      .describe(
        'By the id or name of a job: `joined` puts SQL steps of one connection into one task, each committed by itself.',
      ),
    stripPasswords: z.boolean(),
    acceptTimeZone: z.boolean(),
    jobs: z.array(z.string()).readonly(),
    excludedJobs: z.array(z.string()).readonly(),
    clientNames: z.record(z.string(), z.string()).readonly(),
    everyClient: z.boolean(),
    stepConninfo: z.string().nullable(),
    sourceRole: z.string().nullable(),
    targetRole: z.string().nullable(),
    sourceTimeZone: z.string().nullable(),
    collation: z
      .string()
      .nullable()
      .exactOptional()
      .describe('By which the steps of a dump were sorted; null for any.'),
    disableSource: z.boolean(),
    given: z
      .array(z.string())
      .readonly()
      .exactOptional()
      .describe(
        'The options that were named; for the others the record of an earlier run counts, job by job.',
      ),
    shellDigest: z
      .string()
      .exactOptional()
      .describe('In a saved plan, where something is masked: keyed digests.'),
    stepConninfoDigest: z.string().exactOptional(),
  })
  .readonly()
  .meta({ id: 'Options', description: 'The options that shape the plan.' });

/** Raised with a member that every document has from then on: a plan of another version is not applied. */
export const PLAN_VERSION = 2;

/** What the whole run is about: known before the first job is read. */
export const planHeaderSchema = z
  .object({
    planVersion: z.literal(PLAN_VERSION),
    plannedAt: z.iso
      .datetime({ precision: 3 })
      .describe("What counts as now: an instant of the source's clock, ISO 8601 with milliseconds."),
    source: serverSchema,
    target: serverSchema,
    options: planOptionsSchema,
  })
  .readonly();

export const summarySchema = z
  .object({
    jobs: z.number().int(),
    jobsMoved: z.number().int().describe('Whole; those that are skipped are not among them.'),
    jobsMovedInPart: z
      .number()
      .int()
      .describe(
        'Without what an advisory of severity error keeps back (--partial) or what begins later (--schedules active).',
      ),
    jobsThatCannotRun: z.number().int().describe('No schedule that can still fire.'),
    jobsLeftOut: z
      .number()
      .int()
      .describe('Not migrated: an advisory of severity error keeps them back, or --schedules active.'),
    jobsKept: z.number().int().describe('Whose chains are in the target as planned.'),
    jobsSwitched: z
      .number()
      .int()
      .describe('Of these, jobs whose chains are switched on or off, or that are handed over.'),
    jobsReplaced: z.number().int().describe('Whose chains are replaced.'),
    jobsSkipped: z.number().int().describe('Left as they are in the target (--on-conflict skip).'),
    chains: z.number().int(),
    liveChains: z.number().int(),
    tasks: z.number().int(),
    parameters: z.number().int(),
    skipped: z.number().int(),
    expiredExceptions: z.number().int().describe('Exceptions whose day is over.'),
    advisories: z
      .object({ info: z.number().int(), warning: z.number().int(), error: z.number().int() })
      .readonly(),
    groups: groupCounts,
    written: z.boolean().describe('True once the chains are in the target.'),
  })
  .readonly()
  .meta({ id: 'Summary', description: 'Counts of the whole run.' });

/** How jobs were handed over from pgAgent to pg_timetable. */
export const cutoverSchema = z
  .object({
    jobs: z.number().int().describe('The jobs that were disabled in pgAgent.'),
    resumed: z.number().int().describe('Of these, jobs that an earlier run had disabled already.'),
    disabledAt: z.string().describe("When they were disabled, by the source's clock."),
    liveAt: z.string().describe("When their chains went live, by the source's clock."),
    moment: z
      .enum(['no-agent', 'quiet-minute', 'both-ran', 'split', 'resumed'])
      .describe('Why it was a good one; `resumed` where an earlier run had disabled all of the jobs.'),
    missed: z
      .array(
        z.object({
          minute: z.string(),
          jobIds: z.array(z.number().int()).readonly(),
          isCertain: z.boolean(),
        }),
      )
      .readonly()
      .describe('Due minutes that no side ran, or may not have run, with the jobs that were due.'),
    perhapsTwice: z
      .array(z.object({ minute: z.string(), jobIds: z.array(z.number().int()).readonly() }))
      .readonly()
      .describe('Due minutes that began while the commit was under way: both sides may have run them.'),
    overdue: z
      .array(
        z.object({
          jobId: z.number().int(),
          dueSince: z.string(),
          isStarted: z.boolean(),
          mayHaveRun: z
            .boolean()
            .describe('Whether pgAgent has begun it since and not ended it: it is never started.'),
        }),
      )
      .readonly()
      .describe('Jobs that pgAgent should have run before and had not.'),
    enabledAgain: z
      .array(z.number().int())
      .readonly()
      .describe(
        'Jobs that an earlier cutover had disabled and that were enabled in pgAgent again: until now they ran on both sides.',
      ),
    stuck: z
      .array(z.object({ jobId: z.number().int(), why: z.string() }))
      .readonly()
      .describe('Jobs that pgAgent held for running though nothing ran them.'),
  })
  .readonly()
  .meta({ id: 'Cutover', description: 'How jobs were handed over from pgAgent to pg_timetable.' });

/** How live chains were exchanged for others (--on-conflict replace). */
export const replacementSchema = z
  .object({
    jobs: z.number().int(),
    at: z.string().describe("When the new chains took over, by the source's clock."),
    unsure: z
      .array(z.object({ minute: z.string(), jobIds: z.array(z.number().int()).readonly() }))
      .readonly()
      .describe('Due minutes that the old and the new chains may both have run, or neither.'),
  })
  .readonly()
  .meta({ id: 'Replacement', description: 'How live chains were exchanged for others.' });

/** The whole document, as `--format json` prints it. */
export const planSchema = z
  .object({
    ...planHeaderSchema.unwrap().shape,
    preflight: z.array(checkSchema).readonly(),
    jobs: z.array(groupedJobSchema).readonly(),
    advisories: z.array(advisorySchema).readonly(),
    decisions: z
      .array(decisionSchema)
      .readonly()
      .describe('What has to be decided about the jobs of the group `decide`, most jobs first.'),
    cutover: cutoverSchema.exactOptional(),
    replacement: replacementSchema.exactOptional(),
    summary: summarySchema,
    secretKey: z
      .string()
      .nullable()
      .exactOptional()
      .describe('In a saved plan: which key made its digests; null where nothing is masked.'),
  })
  .readonly();

export type Severity = z.infer<typeof severity>;
export type Advisory = z.infer<typeof advisorySchema>;
export type SkipReason = z.infer<typeof skipReason>;
export type Skipped = z.infer<typeof skippedSchema>;
export type TaskPlan = z.infer<typeof taskSchema>;
export type ChainPlan = z.infer<typeof chainSchema>;
export type JobPlan = z.infer<typeof jobPlanSchema>;
export type GroupedJob = z.infer<typeof groupedJobSchema>;
export type ServerFacts = z.infer<typeof serverSchema>;
export type PlanOptions = z.infer<typeof planOptionsSchema>;
export type PlanHeader = z.infer<typeof planHeaderSchema>;
export type Cutover = z.infer<typeof cutoverSchema>;
export type Replacement = z.infer<typeof replacementSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type PlanDocument = z.infer<typeof planSchema>;
