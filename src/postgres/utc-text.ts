/** Milliseconds since 1970 UTC of a time in UTC as PostgreSQL writes it, `infinity` included. */
export function instantOf(text: string): number {
  if (text.endsWith('infinity')) return text.startsWith('-') ? -Infinity : Infinity;
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
