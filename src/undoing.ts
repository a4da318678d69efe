import { z } from 'zod';
import { serverSchema } from './plan.ts';

/** What undo does with one job. */
export const undoneJobSchema = z
  .object({
    jobId: z.number().int(),
    jobName: z.string(),
    /** The chains that are taken out. */
    chains: z.array(z.string()).readonly(),
    /**
     * What becomes of the job in pgAgent: enabled again; as it is, since it is enabled or was disabled before; disabled,
     * since others than this tool disabled it, so that it runs nowhere; not there any more.
     */
    job: z.enum(['enabled', 'as-it-is', 'stays-disabled', 'gone']),
    /** When pgAgent runs it next; null for never, or where it is not enabled here. */
    nextRun: z.string().nullable(),
    /** What somebody did to the chains by hand: lost with them. */
    changedByHand: z.array(z.string()).readonly(),
  })
  .readonly();

/** A due minute that neither side ran, or may not have run, as jobs went back. */
export const lostMinuteSchema = z
  .object({ minute: z.string(), isCertain: z.boolean(), jobIds: z.array(z.number().int()).readonly() })
  .readonly();

export const undoSummarySchema = z
  .object({
    jobs: z.number().int(),
    chains: z.number().int(),
    enabled: z.number().int(),
    /** True once it is done. */
    undone: z.boolean(),
  })
  .readonly();

/** The whole document, as `undo --format json` prints it. */
export const undoSchema = z
  .object({
    undoVersion: z.literal(1),
    source: serverSchema,
    target: serverSchema,
    jobs: z.array(undoneJobSchema).readonly(),
    missed: z.array(lostMinuteSchema).readonly(),
    summary: undoSummarySchema,
  })
  .readonly();

export type UndoneJob = z.infer<typeof undoneJobSchema>;
export type LostMinute = z.infer<typeof lostMinuteSchema>;
export type UndoSummary = z.infer<typeof undoSummarySchema>;
