import type { Severity } from '../../model/plan.ts';
import type { AdvisoryGroup } from '../advisories.ts';
import { code, prose } from './spans.ts';

const GRAVE: readonly Severity[] = ['error', 'warning'];
const MOST_SUBJECTS = 10;

/** What does not stay as it was, gravest first: each text once, then what it is about. */
export function differences(advisories: ReadonlyMap<string, AdvisoryGroup>): {
  readonly lines: readonly string[];
  /** With those that are not kept. */
  readonly count: number;
} {
  const grave = GRAVE.flatMap((severity) =>
    [...advisories].filter(([, group]) => group.severity === severity),
  );
  const lines = grave.flatMap(([name, { severity, messages }]) =>
    [...messages].map(([message, about]) => differenceText(`**${severity}** ${code(name)}`, message, about)),
  );
  return { lines, count: grave.reduce((sum, [, group]) => sum + group.messagesLeftOut, lines.length) };
}

function differenceText(
  lead: string,
  message: string,
  { subjects, count }: { readonly subjects: readonly string[]; readonly count: number },
): string {
  if (subjects.length === 0) return `- ${lead}: ${prose(message)}\n`;
  if (count === 1) return `- ${lead}: ${prose(`${subjects[0]} ${message}`)}\n`;
  const shown = subjects.slice(0, MOST_SUBJECTS);
  return [
    `- ${lead}: each ${prose(message)}\n`,
    ...shown.map((subject) => `  - ${prose(subject)}\n`),
    ...(count > shown.length ? [`  - and ${count - shown.length} more\n`] : []),
  ].join('');
}

/** The codes that are good to know, with how often each was said. */
export function infoLine(advisories: ReadonlyMap<string, AdvisoryGroup>): string {
  const codes = [...advisories].flatMap(([name, { severity, messages, messagesLeftOut }]) => {
    if (severity !== 'info') return [];
    const count = [...messages.values()].reduce((sum, message) => sum + message.count, messagesLeftOut);
    return [count === 1 ? code(name) : `${code(name)} (${count})`];
  });
  const good = codes.length === 0 ? '' : `\nGood to know: ${codes.join(', ')}.\n`;
  return `${good}\nMore about a code: ${code('npx pga2timetable explain CODE')}\n`;
}
