import type { ChalkInstance } from 'chalk';
import { counted } from '../model/counted.ts';
import type { Asked, Decision } from '../model/groups.ts';
import type { PlanHeader, ServerFacts } from '../model/plan.ts';
import { type Check, isOfConcern } from '../model/preflight.ts';
import { fold, shortened } from './fold.ts';
import { countsText, decisionText, stayingText } from './group-lines.ts';
import { printable } from './printable.ts';
import { widthOf } from './width.ts';

/** What a plan ends with. */
export interface LastScreen extends Asked {
  readonly header: Pick<PlanHeader, 'source' | 'target'>;
  /** Of the preflight; empty where all is written. */
  readonly checks: readonly Check[];
  /** What to do after reading it, each with its command, complete: `Next`, `npx pga2timetable`. */
  readonly commands: readonly (readonly [what: string, command: string])[];
}

const MOST_DECISIONS = 8;
const MOST_STAYING = 10;
const MOST_CHECKS = 2;
const NARROWEST = 20;

/** The last screen of a plan: at most 30 lines where it is 80 columns wide. */
export function lastScreen(
  { header, groups, decisions, staying, checks, commands }: LastScreen,
  { color, width }: { readonly color: ChalkInstance; readonly width: number },
): string {
  const line = (text: string, indent = ''): string => shortened(`${indent}${printable(text)}`, width);
  const more = (count: number, shown: number, how: string): readonly string[] =>
    count > shown ? [line(`and ${count - shown} more: ${how}`, '  ')] : [];
  return [
    line(endsText(header)),
    ...fold(countsText(groups), Math.max(NARROWEST, width)),
    ...(decisions.length === 0 ? [] : [color.bold('Decide')]),
    ...decisions.slice(0, MOST_DECISIONS).map((decision) => line(withCode(decision, width), '  ')),
    ...more(decisions.length, MOST_DECISIONS, '--verbose'),
    ...(staying.length === 0 ? [] : [color.bold('Stay on pgAgent')]),
    ...staying.slice(0, MOST_STAYING).map((job) => line(stayingText(job), '  ')),
    ...more(groups.stay, MOST_STAYING, '--format json'),
    ...preflightLines(checks).map((text) => line(text)),
    ...commands.flatMap(([what, command]) => [`${color.bold(what)}: ${printable(command)}`]),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

function endsText({ source, target }: LastScreen['header']): string {
  const place = ({ database, host }: ServerFacts): string => `"${database}" on ${host}`;
  const [from, to] = [
    `pgAgent ${source.schemaVersion.replace(/,$/, '')}`,
    `pg_timetable ${target.schemaVersion}`,
  ];
  return place(source) === place(target)
    ? `${from} -> ${to} in ${place(target)}`
    : `${from} in ${place(source)} -> ${to} in ${place(target)}`;
}

/** The code of a decision where there is room for it. */
function withCode(decision: Decision, width: number): string {
  const text = decisionText(decision);
  const whole = `${text} [${decision.code}]`;
  return widthOf(whole) + 2 <= width ? whole : text;
}

function preflightLines(checks: readonly Check[]): readonly string[] {
  if (checks.length === 0) return [];
  const concerns = checks.filter(isOfConcern);
  const passed = checks.length - concerns.length;
  if (concerns.length === 0) return [`Preflight: ${counted(passed, 'check')} passed`];
  return [
    `Preflight: ${counted(passed, 'check')} passed, ${concerns.length} did not`,
    ...concerns.slice(0, MOST_CHECKS).map(({ message }) => `  ${message}`),
  ];
}
