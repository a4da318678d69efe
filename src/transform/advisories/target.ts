import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** Measured on 4.9.0; 5.0 has the same schema, so the two cannot be told apart. */
export const oldTarget = rule(
  'old-target',
  'warning',
  () =>
    "the target's schema is that of pg_timetable 5.0 or older. On 4.9 a step on another connection runs inside a transaction (VACUUM and CREATE DATABASE fail), CREATE INDEX CONCURRENTLY waits for its own chain for ever, and a SET of one step reaches other chains. Upgrade pg_timetable first: version 5.13 and later do none of this.",
);

/** Recordings back three versions. */
export const unrecordedTarget = rule(
  'unrecorded-target',
  'info',
  (version: string) =>
    `the target's schema is ${version}: what a chain does there was recorded with pg_timetable 7.0.0, 6.3.0 and 5.13.0, not with this one.`,
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
  (former: string, role: string, missing: readonly Missing[]) => {
    const shown = missing.slice(0, MOST_MISSING);
    const more =
      missing.length > MOST_MISSING
        ? `; and ${missing.length - MOST_MISSING} more, which a run after these are mended lists`
        : '';
    return `local SQL steps ran as "${former}" and will run as "${role}", which lacks: ${shown.map(missingInWords).join('; ')}${more}. These steps would fail, or find fewer rows. Give it what it needs, on the target: ${shown.map(({ mend }) => mend).join(' ')}`;
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
    varied`sets ${{ names: names.join(', ') }}: with --transaction chain that holds for the SQL steps behind it as well; under pgAgent it was gone when the step ended. Add a RESET at the end of the step.`,
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
    return `the ${compared.by.join(' and the ')} ${compared.by.length === 1 ? 'hides' : 'hide'} from this user which settings roles and databases have (pg_db_role_setting): whether pgAgent's sessions had other settings than pg_timetable's cannot be told. Look as a superuser.`;
  const { had, will, differences } = compared;
  const shown = differences.slice(0, MOST_SETTINGS);
  const list = shown.map((one) => `${one.name} was ${one.had} and will be ${one.will}`).join('; ');
  const more = differences.length > MOST_SETTINGS ? `; and ${differences.length - MOST_SETTINGS} more` : '';
  const mends = shown.flatMap(({ mend }) => mend ?? []);
  const what =
    mends.length === 0
      ? ''
      : ` To have what it was, run on the target and restart pg_timetable: ${mends.join(' ')}`;
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
    'has no text, which a chain file cannot hold: its command is one blank there. pg_timetable fails at either as at an empty one.',
);

/** Measured: the importer refuses the whole file for one chain without tasks. */
export const chainFileNoTask = rule(
  'chain-file-no-task',
  'error',
  () =>
    'has no step that can become a task, and pg_timetable imports no chain without one: the job is left out of the chain file. It does nothing in pgAgent either; a run without --format yaml moves it.',
);

/** Measured: the importer writes NULL for an empty name. */
export const chainFileUnnamedStep = rule(
  'chain-file-unnamed-step',
  'info',
  () =>
    "has an empty name, which a chain file cannot hold: its task has none (task_name is NULL), where a run without --format yaml writes ''. It runs alike.",
);
