import type { ChalkInstance } from 'chalk';
import { counted } from '../model/counted.ts';
import { type Check, type CheckStatus, checkStatus } from '../model/preflight.ts';
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

/** How many checks came out how, the same in every form: `13 checks passed, 3 notes, 1 warning`. */
export function preflightCounts(checks: readonly Check[]): string {
  const words: Readonly<Record<CheckStatus, (count: number) => string>> = {
    ok: (count) => `${counted(count, 'check')} passed`,
    note: (count) => counted(count, 'note'),
    warning: (count) => counted(count, 'warning'),
    stop: (count) => `${count} ${count === 1 ? 'stops' : 'stop'} the run`,
  };
  return checkStatus.options
    .map((one) => [one, checks.filter(({ status }) => status === one).length] as const)
    .flatMap(([one, count]) => (count === 0 ? [] : [words[one](count)]))
    .join(', ');
}

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
