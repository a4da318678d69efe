const MOST = 5;

/** The first few of a list, and how many more there are. */
export function shown(items: readonly string[]): string {
  const first = items.slice(0, MOST).join(', ');
  return items.length > MOST ? `${first} and ${items.length - MOST} more` : first;
}
