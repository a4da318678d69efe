import { dateOnWall, type WallTime } from '../model/zone.ts';

/** A text as SQL reads it back, whatever is in it and whatever standard_conforming_strings says. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/** A body between dollar quotes of a tag that it does not hold. */
export function dollarQuoted(body: string, tag: string): string {
  const quote = `$${tag}$`;
  return body.includes(quote) ? dollarQuoted(body, `${tag}_`) : `${quote}${body}${quote}`;
}

/** An instant as a literal that means the same in every session: 2027-03-01 00:00:00+00. */
export function timestamp(instant: number): string {
  return literal(timeText(instant));
}

export function timeText(instant: number): string {
  const text = new Date(instant).toISOString().replace(/^\+0*/, '');
  return `${text.slice(0, -5).replace('T', ' ')}+00`;
}

/** A time on the wall, to the minute: 2027-03-01 08:30. */
export function wallText(wall: WallTime): string {
  return `${dateOnWall(wall)} ${new Date(wall).toISOString().slice(-13, -8)}`;
}

/** The text of a literal that `literal` wrote. */
export function readLiteral(text: string): string {
  if (!text.startsWith('E')) return text.slice(1, -1).replaceAll("''", "'");
  return text.slice(2, -1).replaceAll("''", "'").replaceAll('\\\\', '\\');
}
