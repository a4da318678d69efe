import { rule } from './rule.ts';

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
