/** Where an undo of two databases stands when it breaks off. */
export type Left = 'jobs-wait' | 'chains-stay';

/** That, in words. */
export const LEFT: Readonly<Record<Left, string>> = {
  'jobs-wait':
    'The chains are stopped, and the jobs may not be enabled in pgAgent again: NOTHING RUNS THEM until this is finished.',
  'chains-stay':
    'The jobs run under pgAgent again; their chains are stopped, and may still be on the target.',
};
