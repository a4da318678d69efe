import * as z from 'zod';
import { serverSchema } from './plan.ts';

/** A job that is enabled and that pgAgent does not run. */
export const heldJobSchema = z
  .object({
    why: z.string(),
    free: z.string().describe('The statement that lets pgAgent run it again, for the source.'),
  })
  .readonly();

/** What undo does with one job. */
export const undoneJobSchema = z
  .object({
    jobId: z.number().int(),
    jobName: z.string(),
    chains: z.array(z.string()).readonly().describe('The chains that are taken out.'),
    job: z
      .enum(['enabled', 'as-it-is', 'stays-disabled', 'gone'])
      .describe(
        'What becomes of the job in pgAgent. It is enabled again. Or it stays as it is: enabled, or disabled before the move. Or it stays disabled by somebody else, and runs nowhere. Or it is gone.',
      ),
    nextRun: z
      .string()
      .nullable()
      .describe('When pgAgent runs it next; null for never, or where it is not enabled here.'),
    held: heldJobSchema
      .nullable()
      .describe(
        'For an enabled job: why pgAgent takes it for running although nothing runs it. It does not run until it is freed. Else null.',
      ),
    changedByHand: z
      .array(z.string())
      .readonly()
      .describe('What somebody did to the chains by hand: lost with them.'),
  })
  .readonly()
  .meta({ id: 'UndoneJob', description: 'What undo does with one job.' });

/** A due minute that neither side ran, or may not have run, as jobs went back. */
export const lostMinuteSchema = z
  .object({ minute: z.string(), isCertain: z.boolean(), jobIds: z.array(z.number().int()).readonly() })
  .readonly()
  .meta({
    id: 'LostMinute',
    description: 'A due minute that neither side ran, or may not have run, as jobs went back.',
  });

export const undoSummarySchema = z
  .object({
    jobs: z.number().int(),
    chains: z.number().int(),
    enabled: z.number().int(),
    undone: z.boolean().describe('True once it is done.'),
  })
  .readonly()
  .meta({ id: 'Summary', description: 'Counts of the whole run.' });

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

export type HeldJob = z.infer<typeof heldJobSchema>;
export type UndoneJob = z.infer<typeof undoneJobSchema>;
export type LostMinute = z.infer<typeof lostMinuteSchema>;
export type UndoSummary = z.infer<typeof undoSummarySchema>;
