import { z } from 'zod';
import { checkSchema } from './preflight.ts';

/** How much an advisory matters: `error` means that the item is not migrated as things stand. */
export const severity = z.enum(['info', 'warning', 'error']);

export const advisorySchema = z
  .object({
    /** Stable kebab-case name; docs/advisories has a page for each. */
    code: z.string(),
    severity,
    /** What happens now and what to do. */
    message: z.string(),
    /** The page that says more: a path in this repository and in the package. */
    link: z.string(),
    scheduleId: z.number().int().exactOptional(),
    scheduleName: z.string().exactOptional(),
    stepId: z.number().int().exactOptional(),
    stepName: z.string().exactOptional(),
  })
  .readonly();

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
    scheduleId: z.number().int().exactOptional(),
    stepId: z.number().int().exactOptional(),
  })
  .readonly();

export const taskSchema = z
  .object({
    taskName: z.string(),
    taskOrder: z.number(),
    kind: z.enum(['SQL', 'PROGRAM']),
    /** SQL text, or the program alone. */
    command: z.string(),
    /** One row of timetable.parameter each: the arguments of one execution of the program. */
    parameters: z.array(z.array(z.string()).readonly()).readonly(),
    /** The text of a batch step, where the parameters hold it in parts or within a script of the tool's own. */
    script: z.string().exactOptional(),
    /** null: pg_timetable's own database. */
    databaseConnection: z.string().nullable(),
    ignoreError: z.boolean(),
    autonomous: z.boolean(),
    live: z.boolean(),
    /** null for a task that the tool adds. */
    stepId: z.number().int().nullable(),
    /** timetable.task.task_id, once written. */
    taskId: z.number().int().exactOptional(),
    /** In a saved plan, where something is masked: a keyed digest of what stands there really. */
    secretDigest: z.string().exactOptional(),
  })
  .readonly();

export const chainSchema = z
  .object({
    chainName: z.string(),
    runAt: z.string(),
    /** null: every pg_timetable client runs it. */
    clientName: z.string().nullable(),
    live: z.boolean(),
    maxInstances: z.number().int(),
    /** timetable.chain.timeout: milliseconds after which a run is stopped; 0 for never. */
    timeout: z.number().int(),
    /** null for a job that is started by hand. */
    scheduleId: z.number().int().nullable(),
    tasks: z.array(taskSchema).readonly(),
    /** The next three minutes at which it runs if it is live, in the target's time zone, guards included: ISO 8601. */
    nextRuns: z.array(z.string()).readonly(),
    /** timetable.chain.chain_id, once written. */
    chainId: z.number().int().exactOptional(),
  })
  .readonly();

/** What becomes of one job. */
export const jobPlanSchema = z
  .object({
    jobId: z.number().int(),
    jobName: z.string(),
    enabled: z.boolean(),
    hostAgent: z.string(),
    /** `whole`: all that can still run is carried over; `part`: with --partial or --schedules active; `none`: the job stays on pgAgent. */
    moved: z.enum(['whole', 'part', 'none']),
    /**
     * What becomes of it on the target: its chains are made, are there as planned, are made anew; it is left as it is there
     * (--on-conflict skip), or stops the run.
     */
    action: z.enum(['none', 'create', 'keep', 'replace', 'skip', 'conflict']).exactOptional(),
    chains: z.array(chainSchema).readonly(),
    skipped: z.array(skippedSchema).readonly(),
    /** Exceptions of its schedules whose day is over: they are not carried over. */
    expiredExceptions: z.number().int(),
    advisories: z.array(advisorySchema).readonly(),
  })
  .readonly();

export const serverSchema = z
  .object({
    host: z.string(),
    database: z.string(),
    user: z.string(),
    serverVersion: z.string(),
    /** The version of the pgagent or timetable schema there, as far as it can be told. */
    schemaVersion: z.string(),
    timeZone: z.string(),
    /** What tells its cluster from others, by whatever address it is reached; null where the user may not ask. */
    identity: z.string().nullable(),
  })
  .readonly();

export const planOptionsSchema = z
  .object({
    shell: z.string(),
    partial: z.boolean(),
    paused: z.boolean(),
    schedules: z.enum(['pending', 'active', 'all']),
    onDemand: z.boolean(),
    overlap: z.enum(['keep', 'exact']),
    lastDay: z.enum(['keep', 'honor']),
    allowManyChains: z.boolean(),
    /** `step`: each local SQL step commits by itself; `chain`: all of a chain's share its transaction. */
    transaction: z.enum(['step', 'chain']),
    stripPasswords: z.boolean(),
    acceptTimeZone: z.boolean(),
    jobs: z.array(z.string()).readonly(),
    excludedJobs: z.array(z.string()).readonly(),
    clientNames: z.record(z.string(), z.string()).readonly(),
    stepConninfo: z.string().nullable(),
    sourceRole: z.string().nullable(),
    targetRole: z.string().nullable(),
    sourceTimeZone: z.string().nullable(),
    disableSource: z.boolean(),
    /** In a saved plan, where something is masked: keyed digests. */
    shellDigest: z.string().exactOptional(),
    stepConninfoDigest: z.string().exactOptional(),
  })
  .readonly();

/** What the whole run is about: known before the first job is read. */
export const planHeaderSchema = z
  .object({
    planVersion: z.literal(1),
    /** What counts as now: an instant of the source's clock, ISO 8601 with milliseconds. */
    plannedAt: z.iso.datetime({ precision: 3 }),
    source: serverSchema,
    target: serverSchema,
    options: planOptionsSchema,
  })
  .readonly();

export const summarySchema = z
  .object({
    jobs: z.number().int(),
    /** Whole. */
    jobsMoved: z.number().int(),
    /** Without what an advisory of severity error keeps back (--partial) or what begins later (--schedules active). */
    jobsMovedInPart: z.number().int(),
    /** No schedule that can still fire. */
    jobsThatCannotRun: z.number().int(),
    /** Not migrated: an advisory of severity error keeps them back, or --schedules active. */
    jobsLeftOut: z.number().int(),
    /** Whose chains are in the target as planned. */
    jobsKept: z.number().int(),
    /** Of these, jobs whose chains are switched on or off, or that are handed over. */
    jobsSwitched: z.number().int(),
    /** Whose chains are made anew. */
    jobsReplaced: z.number().int(),
    /** Left as they are in the target (--on-conflict skip). */
    jobsSkipped: z.number().int(),
    chains: z.number().int(),
    liveChains: z.number().int(),
    tasks: z.number().int(),
    parameters: z.number().int(),
    skipped: z.number().int(),
    /** Exceptions whose day is over. */
    expiredExceptions: z.number().int(),
    advisories: z
      .object({ info: z.number().int(), warning: z.number().int(), error: z.number().int() })
      .readonly(),
    /** True once the chains are in the target. */
    written: z.boolean(),
  })
  .readonly();

/** How jobs were handed over from pgAgent to pg_timetable. */
export const cutoverSchema = z
  .object({
    /** The jobs that were disabled in pgAgent. */
    jobs: z.number().int(),
    /** Of these, jobs that an earlier run had disabled already. */
    resumed: z.number().int(),
    /** When they were disabled, by the source's clock. */
    disabledAt: z.string(),
    /** When their chains went live, by the source's clock. */
    liveAt: z.string(),
    moment: z.enum(['no-agent', 'quiet-minute', 'both-had-their-turn', 'split']),
    /** Due minutes that no side ran, or may not have run, with the jobs that were due. */
    missed: z
      .array(
        z.object({
          minute: z.string(),
          jobIds: z.array(z.number().int()).readonly(),
          isCertain: z.boolean(),
        }),
      )
      .readonly(),
    /** Jobs that pgAgent should have run before and had not. */
    overdue: z
      .array(z.object({ jobId: z.number().int(), dueSince: z.string(), isStarted: z.boolean() }))
      .readonly(),
    /** Jobs that an earlier cutover had disabled and that were enabled in pgAgent again: until now they ran on both sides. */
    enabledAgain: z.array(z.number().int()).readonly(),
    /** Jobs that pgAgent held for running though nothing ran them. */
    stuck: z.array(z.object({ jobId: z.number().int(), why: z.string() })).readonly(),
  })
  .readonly();

/** The whole document, as `--format json` prints it. */
export const planSchema = z
  .object({
    ...planHeaderSchema.unwrap().shape,
    preflight: z.array(checkSchema).readonly(),
    jobs: z.array(jobPlanSchema).readonly(),
    advisories: z.array(advisorySchema).readonly(),
    cutover: cutoverSchema.exactOptional(),
    summary: summarySchema,
    /** In a saved plan: which key made its digests; null where nothing is masked. */
    secretKey: z.string().nullable().exactOptional(),
  })
  .readonly();

export type Severity = z.infer<typeof severity>;
export type Advisory = z.infer<typeof advisorySchema>;
export type SkipReason = z.infer<typeof skipReason>;
export type Skipped = z.infer<typeof skippedSchema>;
export type TaskPlan = z.infer<typeof taskSchema>;
export type ChainPlan = z.infer<typeof chainSchema>;
export type JobPlan = z.infer<typeof jobPlanSchema>;
export type ServerFacts = z.infer<typeof serverSchema>;
export type PlanOptions = z.infer<typeof planOptionsSchema>;
export type PlanHeader = z.infer<typeof planHeaderSchema>;
export type Cutover = z.infer<typeof cutoverSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type PlanDocument = z.infer<typeof planSchema>;
