import type { ChalkInstance } from 'chalk';
import type { Check, CheckStatus } from '../model/preflight.ts';
import { fold } from './fold.ts';
import { printable } from './printable.ts';

const WORD: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok',
  note: 'note',
  warning: 'warning',
  stop: 'STOP',
};
const WORD_COLUMNS = 9;
const NARROWEST = 20;

/** The checks as lines for a terminal: how each came out, what was found, and below it what to do. */
export function preflightText(
  checks: readonly Check[],
  { color, width }: { readonly color: ChalkInstance; readonly width: number },
): string {
  const paint = { ok: color.green, note: color.cyan, warning: color.yellow, stop: color.red };
  const room = Math.max(NARROWEST, width - WORD_COLUMNS - 2);
  return checks
    .map(({ status, message, remedy }) => {
      const lines = [
        ...fold(printable(message), room),
        ...(remedy === null ? [] : fold(printable(remedy), room - 2).map((line) => `  ${line}`)),
      ];
      const word = paint[status](WORD[status]) + ' '.repeat(WORD_COLUMNS - WORD[status].length);
      return lines
        .map((line, index) => `  ${index === 0 ? word : ' '.repeat(WORD_COLUMNS)}${line}\n`)
        .join('');
    })
    .join('');
}

/** Under its heading; nothing where there is no check to show. */
export function preflightSection(
  checks: readonly Check[],
  style: { readonly color: ChalkInstance; readonly width: number },
): string {
  return checks.length === 0 ? '' : `${style.color.bold('Preflight')}\n${preflightText(checks, style)}`;
}
