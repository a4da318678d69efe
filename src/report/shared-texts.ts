import type { ChalkInstance } from 'chalk';
import type { SharedText, SharedTexts, TextLine } from '../model/shared-texts.ts';
import { filled } from '../model/varied.ts';
import { aligned, GAP } from './aligned.ts';
import { shortened, wrapped } from './fold.ts';
import { printable } from './printable.ts';
import { widthOf } from './width.ts';

/** How texts are shown that many jobs have. */
export interface TextStyle {
  readonly width: number;
  readonly color: ChalkInstance;
  readonly isVerbose: boolean;
  /** Whether the texts are sentences, not the end of one that begins with what they are about. */
  readonly areSentences?: boolean;
}

const MOST_JOBS = 10;
const MOST_LINES_OF_ONE = 6;
const INDENT = '    ';
const NARROWEST = 20;
/** What the line says already that names a job. */
const ABOUT: readonly string[] = ['job', 'schedule', 'step'];

/**
 * Each text once, and below it the jobs that it is about, a line each, with what differs in columns: all of them with
 * --verbose, else ten in all and how many more there are.
 */
export function sharedTexts({ texts, leftOut }: SharedTexts, style: TextStyle): string {
  const parts: string[] = [];
  let room = style.isVerbose ? Number.POSITIVE_INFINITY : MOST_JOBS;
  let more = leftOut;
  for (const text of texts) {
    const lines = text.lines.slice(0, room);
    room -= lines.length;
    more += text.count - lines.length;
    if (lines.length > 0) parts.push(paragraph(text, lines, style));
  }
  const way = style.isVerbose ? '--format json' : '--verbose';
  if (more > 0) parts.push(wrapped(`and ${more} more. To list them: ${way}`, '  ', style.width));
  return parts.join('');
}

/** The text as all of its jobs share it: with the names of what differs in capitals. */
export function sentenceOf({ template, lines: [first], differing }: SharedText): string {
  return filled(template, (name) => (differing.has(name) ? name.toUpperCase() : first?.values[name]));
}

/** The names of what differs, but for what the line of a job says already. */
export function differingNames({ differing }: SharedText): readonly string[] {
  return [...differing].filter((name) => !ABOUT.includes(name));
}

function paragraph(text: SharedText, lines: readonly TextLine[], style: TextStyle): string {
  const { areSentences = false } = style;
  const sentence = sentenceOf(text);
  if (text.count === 1) {
    const about = lines[0]?.about ?? '';
    return brief(`${about}${areSentences ? ':' : ''} ${sentence}`.trim(), style);
  }
  return brief(areSentences ? sentence : `each ${sentence}`, style) + jobLines(text, lines, style);
}

/** Lists of ids and statements may be longer than all else: without --verbose what does not fit is left out by sentences. */
function brief(text: string, { width, isVerbose }: TextStyle): string {
  const linesOf = (part: string): readonly string[] => wrapped(part, '  ', width).split('\n').slice(0, -1);
  const whole = linesOf(text);
  if (isVerbose || whole.length <= MOST_LINES_OF_ONE) return `${whole.join('\n')}\n`;
  let shown: readonly string[] = whole.slice(0, MOST_LINES_OF_ONE - 1);
  for (const { index } of text.matchAll(/(?<=\.) /g)) {
    const sentences = linesOf(text.slice(0, index));
    if (sentences.length >= MOST_LINES_OF_ONE) break;
    shown = sentences;
  }
  return `${shown.join('\n')}\n${wrapped('... To read it to the end: --verbose', INDENT, width)}`;
}

function jobLines(text: SharedText, lines: readonly TextLine[], style: TextStyle): string {
  const { width, color, isVerbose } = style;
  const names = differingNames(text);
  const rows = lines.map(({ about, values }) =>
    [about, ...names.map((name) => values[name] ?? '')].map(printable),
  );
  const head = names.length === 0 ? [] : [['job', ...names].map((name) => name.toUpperCase())];
  const widths = ['', ...names].map((_, column) =>
    Math.max(...[...head, ...rows].map((row) => widthOf(row[column] ?? ''))),
  );
  const others = widths.slice(1).reduce((sum, one) => sum + GAP + one, 0);
  const room = Math.max(NARROWEST, width - INDENT.length - others);
  if (!isVerbose) widths[0] = Math.min(widths[0] ?? 0, room);
  const cells = [...head, ...rows].map(([about = '', ...values]) =>
    [isVerbose ? about : shortened(about, room), ...values].map((text) => ({ text })),
  );
  return aligned(cells, widths, color)
    .map((line, index) => {
      if (isVerbose) return wrapped(line, INDENT, width);
      const cut = shortened(line, width - INDENT.length);
      return `${INDENT}${index < head.length ? color.bold(cut) : cut}\n`;
    })
    .join('');
}
