import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** Measured on 4.9.0; 5.0 has the same schema, so the two cannot be told apart. */
export const oldTarget = rule(
  'old-target',
  'warning',
  () =>
    "the target's schema is that of pg_timetable 5.0 or older. On 4.9 a step on another connection runs inside a transaction: VACUUM and CREATE DATABASE fail. CREATE INDEX CONCURRENTLY waits forever for its own chain. A SET of one step reaches other chains. Upgrade pg_timetable first: version 5.13 and later do none of this.",
);

/** Recordings back three versions. */
export const unrecordedTarget = rule(
  'unrecorded-target',
  'info',
  (version: string) =>
    `the target's schema is ${version}. What a chain does was recorded with pg_timetable 7.0.0, 6.3.0 and 5.13.0, not with this version.`,
);

const MOST_MISSING = 20;

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
  (former: string | null, role: string, missing: readonly Missing[]) => {
    const shown = missing.slice(0, MOST_MISSING);
    const more =
      missing.length > MOST_MISSING
        ? `; and ${missing.length - MOST_MISSING} more: fix these, then run this again to see them`
        : '';
    const who = former === null ? 'will run' : `ran as "${former}" and will run`;
    return `local SQL steps ${who} as "${role}", which lacks: ${shown.map(missingInWords).join('; ')}${more}. These steps would fail, or find fewer rows. To grant this, run on the target: ${shown.map(({ mend }) => mend).join(' ')}`;
  },
);

function missingInWords({ what, steps, hasMoreSteps }: Missing): string {
  const who = steps
    .map(({ jobId, stepId, stepName }) => `job ${jobId} step ${stepId} "${stepName}"`)
    .join(', ');
  return `${what} (${who}${hasMoreSteps ? ' and others' : ''})`;
}

/** Measured: pgAgent sends RESET ALL after each step; tasks in the chain's transaction share it. */
export const settingsCarryOver = rule(
  'settings-carry-over',
  'warning',
  (names: readonly string[]) =>
    varied`sets ${{ names: names.join(', ') }}. With --transaction chain that also applies to the SQL steps after it; under pgAgent it ended with the step. Add a RESET at the end of the step.`,
);

const MOST_SETTINGS = 20;

interface Login {
  readonly role: string;
  readonly database: string;
}

/** What a comparison of the two logins came to. */
type Comparison =
  | {
      readonly kind: 'found';
      readonly had: Login;
      readonly will: Login;
      readonly differences: readonly {
        readonly name: string;
        readonly had: string;
        readonly will: string;
        readonly mend: string | null;
      }[];
    }
  | { readonly kind: 'hidden'; readonly by: readonly string[] };

/** ALTER ROLE and ALTER DATABASE ... SET give a session what its login has, and the logins are two. */
export const settingsDiffer = rule('settings-differ', 'warning', (compared: Comparison) => {
  if (compared.kind === 'hidden')
    return `the ${compared.by.join(' and the ')} ${compared.by.length === 1 ? 'hides' : 'hide'} the settings of roles and databases (pg_db_role_setting) from this user. pgAgent's sessions may have had other settings than pg_timetable's. Check as a superuser.`;
  const { had, will, differences } = compared;
  const shown = differences.slice(0, MOST_SETTINGS);
  const list = shown.map((one) => `${one.name} was ${one.had} and will be ${one.will}`).join('; ');
  const more = differences.length > MOST_SETTINGS ? `; and ${differences.length - MOST_SETTINGS} more` : '';
  const mends = shown.flatMap(({ mend }) => mend ?? []);
  const what =
    mends.length === 0
      ? ''
      : ` To keep the old settings, run on the target and restart pg_timetable: ${mends.join(' ')}`;
  return `local SQL steps ran in sessions of ${loginInWords(had)}, and will in sessions of ${loginInWords(will)}, whose settings differ: ${list}${more}.${what}`;
});

function loginInWords({ role, database }: Login): string {
  return `"${role}" in "${database}"`;
}

/** Measured: the importer refuses the whole file for one empty command, and takes a blank. */
export const chainFileEmptyCommand = rule(
  'chain-file-empty-command',
  'info',
  () =>
    'has no text, which a chain file cannot hold. Its command is one blank there. pg_timetable fails at both.',
);

/** Measured: the importer refuses the whole file for one chain without tasks. */
export const chainFileNoTask = rule(
  'chain-file-no-task',
  'error',
  () =>
    'has no step that can become a task, and pg_timetable imports no chain without one. The job is left out of the chain file. It does nothing in pgAgent either. A run without --format yaml moves it.',
);

/** Measured: the importer writes NULL for an empty name. */
export const chainFileUnnamedStep = rule(
  'chain-file-unnamed-step',
  'info',
  () =>
    "has an empty name, which a chain file cannot hold. The name of its task is NULL; a run without --format yaml writes ''. It runs the same.",
);
