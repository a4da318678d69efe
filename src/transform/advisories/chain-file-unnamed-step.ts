import { rule } from './rule.ts';

/** Measured: the importer writes NULL for an empty name. */
export const chainFileUnnamedStep = rule(
  'chain-file-unnamed-step',
  'info',
  () =>
    "has an empty name, which a chain file cannot hold: its task has none (task_name is NULL), where a run without --format yaml writes ''. It runs alike.",
);
