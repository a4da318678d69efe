import { rule } from './rule.ts';

/** Why @JOB_TIMEOUT does not become the chains' timeout. */
export type TimeoutTrouble = keyof typeof TROUBLES;

const TROUBLES = {
  unreadable: 'is no time that jpgAgent could read: it let the job run as long as it took',
  nothing: 'is no time at all',
  'too-long': 'is longer than the 24 days that a chain can have',
} as const;

/** What jpgAgent did by these, pg_timetable does not; pgAgent never did it. Names only: a value may be a password. */
export const jpgagentAnnotation = rule(
  'jpgagent-annotation',
  'warning',
  (what: readonly string[] | TimeoutTrouble) =>
    typeof what === 'string'
      ? `has @JOB_TIMEOUT in its description, and its value ${TROUBLES[what]}. Its chains have no timeout: write a time such as 30 min, or set timetable.chain.timeout afterwards.`
      : `has ${what.map((name) => `@${name}`).join(', ')} in its description: jpgAgent acted on that, and pg_timetable does not.${elsewhere(what)} If jpgAgent ran this job, look for what takes its place; pgAgent took no notice of it, so if pgAgent ran it nothing changes.`,
);

function elsewhere(names: readonly string[]): string {
  if (!names.some((name) => name.startsWith('DATABASE_'))) return '';
  return ' Under jpgAgent it ran where, or as whom, these say; its task runs where pgAgent would have run it.';
}
