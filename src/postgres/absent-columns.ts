/**
 * SQL of a query of tables that lack some columns in older versions: there it is as if each had one value in all rows.
 * A name without its table that a query finds in none of its own tables is looked for in the query around it.
 * @param values the columns that may be absent, with their values: `true AS live`
 * @param query names them without their tables, and none of them is in two of its tables
 */
export const withAbsent = (values: string, query: string): string =>
  `SELECT found.* FROM (SELECT ${values}) absent CROSS JOIN LATERAL (${query}) found`;
