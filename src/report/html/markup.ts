import { printable } from '../printable.ts';

/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template; nothing is printed for null. */
export type Part = string | number | Markup | null | readonly Part[];

/**
 * HTML whose parts are escaped unless they are HTML: a text from a database has no other way into the page. Whatever a
 * browser would obey without showing it (control characters, reversed directions) is written out.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += textOf(part) + (strings[index + 1] ?? '');
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escaped(printable(part));
  return typeof part === 'number' ? String(part) : part.map(textOf).join('');
}

/** Code of many lines: these and its tabs are kept. */
export function code(text: string): Markup {
  const lines = text.split(/\r?\n/).map((line) => line.split('\t').map(printable).join('\t'));
  // A parser drops the first line break within <pre>.
  return new Markup(`<pre>\n${escaped(lines.join('\n'))}</pre>`);
}

/** Safe in an element and in an attribute. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A number as a reader of English writes it: 12,345. */
export function figure(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 job`, `12,345 jobs` */
export function figured(number: number, noun: string): string {
  return `${figure(number)} ${noun}${number === 1 ? '' : 's'}`;
}
