import { rule } from './rule.ts';

const MOST = 20;

interface Missing {
  readonly what: string;
  readonly steps: readonly { readonly jobId: number; readonly stepId: number; readonly stepName: string }[];
  readonly hasMoreSteps: boolean;
  readonly mend: string;
}

/** Local SQL steps run as the role that pg_timetable connects as. */
export const missingRights = rule(
  'missing-rights',
  'warning',
  (former: string, role: string, missing: readonly Missing[]) => {
    const shown = missing.slice(0, MOST);
    const more =
      missing.length > MOST
        ? `; and ${missing.length - MOST} more, which a run after these are mended lists`
        : '';
    return `local SQL steps ran as "${former}" and will run as "${role}", which lacks: ${shown.map(inWords).join('; ')}${more}. These steps would fail, or find fewer rows. Give it what it needs, on the target: ${shown.map(({ mend }) => mend).join(' ')}`;
  },
);

function inWords({ what, steps, hasMoreSteps }: Missing): string {
  const who = steps
    .map(({ jobId, stepId, stepName }) => `job ${jobId} step ${stepId} "${stepName}"`)
    .join(', ');
  return `${what} (${who}${hasMoreSteps ? ' and others' : ''})`;
}
