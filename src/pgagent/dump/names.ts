const NAME = '(?:"(?:[^"]|"")*"|[\\w$\\x80-\\xff]+)';
/** A pattern for a name that may be qualified: `pgagent.pga_job`, `"pgagent"."pga_job"`. */
export const QUALIFIED = `${NAME}(?:\\s*\\.\\s*${NAME})*`;

const ONE_NAME = new RegExp(NAME, 'g');

/** The names in a text of SQL, as PostgreSQL reads them: `pgagent.pga_job` is two. */
export function namesIn(text: string): readonly string[] {
  return (text.match(ONE_NAME) ?? []).map(unquoted);
}

export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
