import { z } from 'zod';

/**
 * What a check found.
 * - `ok`: as it should be
 * - `note`: nothing wrong, but good to know
 * - `warning`: may go wrong later; counts for --strict
 * - `stop`: the run ends before anything is written
 */
export const checkStatus = z.enum(['ok', 'note', 'warning', 'stop']);

/** One line of the preflight: something looked at before anything is written. */
export const checkSchema = z
  .object({
    /** What was looked at: a stable kebab-case name, which several lines may share. */
    check: z.string().regex(/^[a-z]+(?:-[a-z]+)*$/),
    status: checkStatus,
    /** What was found, in whole sentences. */
    message: z.string(),
    /** What to do about it; null where nothing is to be done. */
    remedy: z.string().nullable(),
  })
  .readonly();

export type CheckStatus = z.infer<typeof checkStatus>;
export type Check = z.infer<typeof checkSchema>;
