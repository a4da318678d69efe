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
    return `which functions, views and triggers of the source use pgAgent's tables cannot be told: ${search.why}. Look for them as a user who may read the catalogs.`;
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
  return `code in the source database ${uses.join('; ')}. For jobs that moved these tables stand still: what is read there is old, and what is written there is lost or brings a job back on pgAgent. Change this code for the schema timetable.`;
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
    "seems to use pgAgent's own tables (pgagent.): for jobs that moved, what it writes there no longer changes anything or brings them back on pgAgent, and what it reads there stands still. Rewrite it for the schema timetable, or take it out.",
);

/** Nobody writes pgAgent's logs for a job that runs under pg_timetable. */
export const pgagentRead = rule(
  'pgagent-read',
  'warning',
  (names: readonly string[]) =>
    `reads ${shown(names)}: pgAgent kept that up to date, and for jobs that moved it stands still. Let it read the schema timetable: what jobs there are stands in chain, how they ran in execution_log.`,
);

/** After the move nobody acts on what is written there, and an enabled job would run on both sides. */
export const pgagentWritten = rule(
  'pgagent-written',
  'error',
  (names: readonly string[]) =>
    `writes to ${shown(names)}: pgAgent did what that told it, pg_timetable looks at no table of pgAgent. What is written for a job that moved would be lost, or bring it back on pgAgent beside its chain. Rewrite the step for the schema timetable, or disable it, and move the job then.`,
);
