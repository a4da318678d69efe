const GAP = /[\s;]+|--[^\n\r]*/y;

/**
 * Whether SQL text holds no statement at all: only white space, semicolons and comments.
 * Comments in slashes and stars nest, as in PostgreSQL's scanner.
 */
export function holdsNoStatement(sql: string): boolean {
  let at = 0;
  while (at < sql.length) {
    GAP.lastIndex = at;
    if (GAP.test(sql)) at = GAP.lastIndex;
    else if (sql.startsWith('/*', at)) at = endOfComment(sql, at);
    else return false;
  }
  return true;
}

function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) depth += 1;
    else if (sql.startsWith('*/', at)) depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}
