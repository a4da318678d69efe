import type { Severity } from '../../model/plan.ts';
import type { SharedText, TextLine } from '../../model/shared-texts.ts';
import type { AdvisoryGroup } from '../advisories.ts';
import { differingNames, sentenceOf } from '../shared-texts.ts';
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
  const lines = grave.flatMap(([name, { severity, texts }]) =>
    [...texts.texts].map((text) => differenceText(`**${severity}** ${code(name)}`, text)),
  );
  return { lines, count: grave.reduce((sum, [, { texts }]) => sum + texts.leftOut, lines.length) };
}

function differenceText(lead: string, text: SharedText): string {
  const { lines, count } = text;
  if (count === 1) return `- ${lead}: ${prose(`${lines[0]?.about ?? ''} ${sentenceOf(text)}`.trim())}\n`;
  const shown = lines.slice(0, MOST_SUBJECTS);
  const differing = ({ values }: TextLine): readonly string[] =>
    differingNames(text).map((name) => `${name.toUpperCase()} ${values[name] ?? ''}`);
  return [
    `- ${lead}: each ${prose(sentenceOf(text))}\n`,
    ...shown.map((line) => `  - ${prose([line.about, ...differing(line)].join(', '))}\n`),
    ...(count > shown.length ? [`  - and ${count - shown.length} more\n`] : []),
  ].join('');
}

/** The codes that are good to know, with how often each was said. */
export function infoLine(advisories: ReadonlyMap<string, AdvisoryGroup>): string {
  const codes = [...advisories].flatMap(([name, { severity, texts }]) => {
    if (severity !== 'info') return [];
    return [texts.count === 1 ? code(name) : `${code(name)} (${texts.count})`];
  });
  const good = codes.length === 0 ? '' : `\nGood to know: ${codes.join(', ')}.\n`;
  return `${good}\nMore about a code: ${code('npx pga2timetable explain CODE')}\n`;
}
