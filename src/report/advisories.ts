import type { Severity } from '../model/plan.ts';
import type { SharedTexts } from '../model/shared-texts.ts';
import { wrapped } from './fold.ts';
import { sharedTexts, type TextStyle } from './shared-texts.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** The advisories of one code. */
export interface AdvisoryGroup {
  readonly severity: Severity;
  readonly texts: SharedTexts;
}

/**
 * The advisories of a run as text, gravest first.
 * @param least the least severity to show
 */
export function advisoriesText(
  groups: ReadonlyMap<string, AdvisoryGroup>,
  least: Severity,
  style: TextStyle,
): string {
  const shown = ORDER.slice(0, ORDER.indexOf(least) + 1);
  const inFull = shown.filter((severity) => severity !== 'info' || style.isVerbose);
  return inFull
    .flatMap((severity) => [...groups].filter(([, group]) => group.severity === severity))
    .map(([code, group]) => paragraph(code, group, style))
    .concat(inFull.length < shown.length ? infoLines(groups, style) : '')
    .join('');
}

/** The codes that are good to know, a line each, with how often each was said: their texts come with --verbose. */
function infoLines(groups: ReadonlyMap<string, AdvisoryGroup>, { width, color }: TextStyle): string {
  const counts = [...groups]
    .filter(([, { severity }]) => severity === 'info')
    .map(([code, { texts }]) => ({ code, count: texts.count }))
    .sort((one, other) => other.count - one.count);
  if (counts.length === 0) return '';
  const lines = counts.map(({ code, count }) =>
    wrapped(count === 1 ? code : `${code} (${count})`, '  ', width),
  );
  const head = wrapped('(to read the texts: --verbose)', '', width - 'info '.length);
  return `${color.cyan('info')} ${head}${lines.join('')}`;
}

function paragraph(code: string, { severity, texts }: AdvisoryGroup, style: TextStyle): string {
  const { color } = style;
  const paint = { error: color.red, warning: color.yellow, info: color.cyan }[severity];
  return `${paint(severity)} ${color.bold(code)}\n${sharedTexts(texts, style)}`;
}
