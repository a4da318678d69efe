import type { ChalkInstance } from 'chalk';
import type { Severity } from '../model/plan.ts';
import { wrapped } from './fold.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];
const MOST_SUBJECTS_SHOWN = 10;

/** The advisories of one code: what each message is about, and how many messages are not kept. */
export interface AdvisoryGroup {
  readonly severity: Severity;
  readonly messages: ReadonlyMap<string, { readonly subjects: readonly string[]; readonly count: number }>;
  readonly messagesLeftOut: number;
}

/**
 * The advisories of a run as text, gravest first.
 * @param least the least severity to show
 */
export function advisoriesText(
  groups: ReadonlyMap<string, AdvisoryGroup>,
  least: Severity,
  isVerbose: boolean,
  width: number,
  color: ChalkInstance,
): string {
  const shown = ORDER.slice(0, ORDER.indexOf(least) + 1);
  return shown
    .flatMap((severity) => [...groups].filter(([, group]) => group.severity === severity))
    .map(([code, group]) => paragraph(code, group, isVerbose, width, color))
    .concat(shown.includes('info') && !isVerbose ? infoLine(groups, width, color) : '')
    .join('');
}

/** The codes that are good to know, with how often each was said: their texts come with --verbose. */
function infoLine(groups: ReadonlyMap<string, AdvisoryGroup>, width: number, color: ChalkInstance): string {
  const codes = [...groups].flatMap(([code, { severity, messages, messagesLeftOut }]) => {
    if (severity !== 'info') return [];
    const count = [...messages.values()].reduce((sum, message) => sum + message.count, messagesLeftOut);
    return count === 1 ? [code] : [`${code} (${count})`];
  });
  if (codes.length === 0) return '';
  return `${color.cyan('info')} ${wrapped(`${codes.join(', ')}. To read them: --verbose.`, '', width - 5)}`;
}

function paragraph(
  code: string,
  group: AdvisoryGroup,
  isVerbose: boolean,
  width: number,
  color: ChalkInstance,
): string {
  if (group.severity === 'info' && !isVerbose) return '';
  const paint = { error: color.red, warning: color.yellow, info: color.cyan }[group.severity];
  const parts = [`${paint(group.severity)} ${color.bold(code)}\n`];
  for (const [message, { subjects, count }] of group.messages) {
    const visible = isVerbose ? subjects : subjects.slice(0, MOST_SUBJECTS_SHOWN);
    const rest = count - visible.length;
    if (subjects.length === 0) parts.push(wrapped(message, '  ', width));
    else if (count === 1) parts.push(wrapped(`${subjects[0]} ${message}`, '  ', width));
    else {
      parts.push(wrapped(`each ${message}`, '  ', width));
      parts.push(...visible.map((line) => wrapped(line, '    ', width)));
      if (rest > 0) {
        const where = isVerbose ? ': --format json lists them' : ' (--verbose lists them)';
        parts.push(wrapped(`and ${rest} more${where}`, '    ', width));
      }
    }
  }
  if (group.messagesLeftOut > 0)
    parts.push(
      wrapped(`and ${group.messagesLeftOut} more of this kind: --format json lists them`, '  ', width),
    );
  return parts.join('');
}
