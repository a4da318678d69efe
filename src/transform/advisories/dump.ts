import type { StepOrder } from '../../model/job.ts';
import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** A dump holds rows alone. */
export const fromDump = rule(
  'from-dump',
  'info',
  (newest: string | null, ownDatabase: string | null, hasLog: boolean) =>
    `the jobs come from a dump${newest === null ? '' : `, which is not older than ${newest}`}. A dump does not tell what changed since, nor whether a pgAgent runs. It does not tell pgAgent's role, with its settings, rights and password file, nor what else uses pgAgent's tables. ${
      hasLog ? '' : 'This dump has no rows of pga_joblog: which jobs failed in all runs cannot be seen. '
    }${
      ownDatabase === null
        ? 'No step counts as local: the database of pg_timetable is not known (--target-database).'
        : `Steps that name only the database "${ownDatabase}" run in pg_timetable's own.`
    } Before the cutover, run this again with --source.`,
);

const MOST_NAMES = 12;

/** pgAgent sorts steps by name in the collation of its database, which a dump of that database alone does not hold. */
export const stepOrder = rule(
  'step-order',
  'error',
  (orders: readonly StepOrder[]) =>
    varied`the order of its steps depends on the collation of pgAgent's database, which the dump does not tell: ${{ orders: orders.map(orderInWords).join('; ') }}. To say which: --collation NAME, for a locale of Linux with a --target that has it. To find it, run the query in docs/dump.md on the old server.`,
);

function orderInWords({ collation, stepNames }: StepOrder): string {
  const shown = stepNames.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  const more = stepNames.length > MOST_NAMES ? `, and ${stepNames.length - MOST_NAMES} more` : '';
  return `${collation}: ${shown.join(', ')}${more}`;
}

/** Both schedulers read the hour in their session's TimeZone. */
export const timeZoneUnknown = rule(
  'time-zone-unknown',
  'error',
  () =>
    "the dump does not tell the time zone that pgAgent read the hours in, so every chain may fire at other hours. To say it: --source-time-zone Europe/Berlin. To find it, run SHOW TimeZone in a session of pgAgent's role on the old server. To move the jobs to the target's hours, whatever it was: --accept-time-zone",
);
