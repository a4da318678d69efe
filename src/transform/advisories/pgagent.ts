import { rule } from './rule.ts';
import { shown } from './shown.ts';

const MOST = 20;

/** What the search in the source's catalogs came to. */
type Search =
  | {
      readonly kind: 'found';
      readonly code: readonly { readonly what: string; readonly isCertain: boolean }[];
    }
  | { readonly kind: 'denied'; readonly why: string };

/** Whoever calls these after the move acts on tables that nobody reads any more. */
export const pgagentCode = rule('pgagent-code', 'warning', (search: Search) => {
  if (search.kind === 'denied')
    return `the functions, views and triggers of the source that use pgAgent's tables are not known: ${search.why}. Search for them as a user who may read the catalogs.`;
  const certain = search.code.filter(({ isCertain }) => isCertain).map(({ what }) => what);
  const byWords = search.code.filter(({ isCertain }) => !isCertain).map(({ what }) => what);
  const uses = [
    ...(certain.length > 0 ? [`uses pgAgent's tables or functions: ${list(certain)}`] : []),
    ...(byWords.length > 0
      ? [
          `seems, by its words, to use ${certain.length > 0 ? 'them' : "pgAgent's tables or functions"}: ${list(byWords)}`,
        ]
      : []),
  ];
  return `code in the source database ${uses.join('; ')}. For moved jobs these tables no longer change: what is read there is old. What is written there is lost, or makes pgAgent run a moved job again. Change this code for the schema timetable.`;
});

function list(names: readonly string[]): string {
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  return `${names.slice(0, MOST).join(', ')}${more}`;
}

/** A script may be in any language, so only its words can be looked at. */
export const pgagentInScript = rule(
  'pgagent-in-script',
  'warning',
  () =>
    "seems to use pgAgent's own tables (pgagent.). For moved jobs these tables no longer change: what it reads there is old. What it writes there is lost, or makes pgAgent run a moved job again. Rewrite it for the schema timetable, or remove it.",
);

/** Nobody writes pgAgent's logs for a job that runs under pg_timetable. */
export const pgagentRead = rule(
  'pgagent-read',
  'warning',
  (names: readonly string[]) =>
    `reads ${shown(names)}, which pgAgent no longer updates for moved jobs. Read the schema timetable instead: the jobs are in chain, their runs in execution_log.`,
);

/** After the move nobody acts on what is written there, and an enabled job would run on both sides. */
export const pgagentWritten = rule(
  'pgagent-written',
  'error',
  (names: readonly string[]) =>
    `writes to ${shown(names)}. pgAgent acted on that; pg_timetable reads no table of pgAgent. What is written for a moved job is lost, or makes pgAgent run it beside its chain. Rewrite the step for the schema timetable, or disable it. Then move the job.`,
);
