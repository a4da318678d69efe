import * as z from 'zod';

/** What a check found. */
export const checkStatus = z
  .enum(['ok', 'note', 'warning', 'stop'])
  .describe(
    '`ok`: passed; `note`: nothing wrong, but good to know; `warning`: may go wrong later, and counts for --strict; `stop`: the run ends before anything is written.',
  );

/** One line of the preflight: something looked at before anything is written. */
export const checkSchema = z
  .object({
    check: z
      .string()
      .regex(/^[a-z]+(?:-[a-z]+)*$/)
      .describe('What was looked at: a stable kebab-case name, which several lines may share.'),
    status: checkStatus,
    message: z.string().describe('What was found, in whole sentences.'),
    remedy: z.string().nullable().describe('What to do about it; null where nothing is to be done.'),
  })
  .readonly()
  .meta({
    id: 'Check',
    description: 'One line of the preflight: something looked at before anything is written.',
  });

export type CheckStatus = z.infer<typeof checkStatus>;
export type Check = z.infer<typeof checkSchema>;

/** Whether it stops the run, or may go wrong later. */
export function isOfConcern({ status }: Check): boolean {
  return status === 'warning' || status === 'stop';
}
