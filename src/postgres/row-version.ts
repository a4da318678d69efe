/**
 * SQL for a text that is another one as soon as rows are written, or are others: where a row stands, and which transaction
 * wrote it, changes with each write.
 * @param rows what follows FROM
 * @param told what tells a row from its other versions
 */
export const rowVersion = (rows: string, told = 'ctid, xmin'): string =>
  `(SELECT count(*) || '/' || sum(hashtextextended((${told})::text, 0)) FROM ${rows})`;
