import { rule } from './rule.ts';

const MOST = 20;

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
  const shown = differences.slice(0, MOST);
  const list = shown.map((one) => `${one.name} was ${one.had} and will be ${one.will}`).join('; ');
  const more = differences.length > MOST ? `; and ${differences.length - MOST} more` : '';
  const mends = shown.flatMap(({ mend }) => mend ?? []);
  const what =
    mends.length === 0
      ? ''
      : ` To have what it was, run on the target and restart pg_timetable: ${mends.join(' ')}`;
  return `local SQL steps ran in sessions of ${inWords(had)}, and will in sessions of ${inWords(will)}, whose settings differ: ${list}${more}.${what}`;
});

function inWords({ role, database }: Login): string {
  return `"${role}" in "${database}"`;
}
