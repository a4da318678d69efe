import { stripVTControlCharacters } from 'node:util';
import type { ChalkInstance } from 'chalk';
import { type Asked, type Decision, type StayingJob, stayHeading } from '../model/groups.ts';
import type { PlanHeader } from '../model/plan.ts';
import { type Check, isOfConcern } from '../model/preflight.ts';
import { fold, shortened } from './fold.ts';
import { countsText, decisionText, stayingText } from './group-lines.ts';
import { placeText } from './place.ts';
import { preflightCounts } from './preflight.ts';
import { printable } from './printable.ts';
import { widthOf } from './width.ts';

/** What a plan ends with. */
export interface LastScreen extends Asked {
  readonly header: Pick<PlanHeader, 'source' | 'target'>;
  /** What was written; null for a plan. */
  readonly written: string | null;
  /** Whether none of it is left out. */
  readonly isVerbose?: boolean;
  /** Of the preflight; empty where all is written. */
  readonly checks: readonly Check[];
  /** Where the reader finds all checks. */
  readonly allChecks: string;
  /** What to do after reading it, each with its command, complete: `Next`, `npx pga2timetable`. */
  readonly commands: readonly (readonly [what: string, command: string])[];
}

const MOST_DECISIONS = 8;
const MOST_STAYING = 10;
/** Of the screen. A command that does not fit on a line takes several, and leaves fewer for the jobs that stay. */
const MOST_LINES = 30;
const HEAD_AND_MORE = 2;
const MOST_CHECKS = 2;
const NARROWEST = 20;

/** The last screen of a plan: at most 30 lines where it is 80 columns wide. */
export function lastScreen(
  { header, written, groups, decisions, staying, checks, allChecks, commands, isVerbose = false }: LastScreen,
  { color, width }: { readonly color: ChalkInstance; readonly width: number },
): string {
  const line = (text: string, indent = ''): string => shortened(`${indent}${printable(text)}`, width);
  const more = (count: number, shown: number, how: string): readonly string[] =>
    count > shown ? [line(`and ${count - shown} more: ${how}`, '  ')] : [];
  const ofRun = decisions.filter(({ jobs }) => jobs === null);
  const ofJobs = decisions.filter(({ jobs }) => jobs !== null);
  // A line that says "and 1 more" takes as much room as what it leaves out.
  const room = MOST_DECISIONS - ofRun.length;
  const most = isVerbose || ofJobs.length === room + 1 ? ofJobs.length : room;
  const decisionLine = (one: Decision): string => `  ${decisionText(shownDecision(one), width - 2)}`;
  const above = [
    line(endsText(header)),
    ...(written === null ? [] : [line(written)]),
    ...fold(countsText(groups, written !== null), Math.max(NARROWEST, width)),
    ...(ofRun.length === 0 ? [] : [color.bold('The run as a whole')]),
    ...ofRun.map(decisionLine),
    ...(ofJobs.length === 0 ? [] : [color.bold(written === null ? 'Decide' : 'Watch')]),
    ...ofJobs.slice(0, most).map(decisionLine),
    ...more(ofJobs.length, most, '--verbose'),
  ];
  const tail = [
    ...preflightLines(checks).map((text) => line(text)),
    ...more(checks.filter(isOfConcern).length, MOST_CHECKS, allChecks),
    ...commands.map(([what, command]) => `${color.bold(what)}: ${printable(command)}`),
  ];
  const taken = [...above, ...tail].reduce((sum, text) => sum + linesOf(text, width), 0);
  const shown = Math.max(1, Math.min(MOST_STAYING, MOST_LINES - taken - HEAD_AND_MORE));
  return [
    ...above,
    ...(staying.length === 0 ? [] : [color.bold(stayHeading(staying))]),
    ...staying.slice(0, shown).map((job) => `  ${stayingText(shownJob(job), width - 2)}`),
    ...more(groups.stay, shown, '--format json'),
    ...tail,
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** How many lines of the screen it takes. */
function linesOf(text: string, width: number): number {
  return Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(text)) / width));
}

function endsText({ source, target }: LastScreen['header']): string {
  const [from, to] = [
    `pgAgent ${source.schemaVersion.replace(/,$/, '')}`,
    `pg_timetable ${target.schemaVersion}`,
  ];
  const [here, there] = [placeText(source), placeText(target)];
  if (here === there) return `${from} -> ${to} ${there}`;
  return source.host === target.host && target.host !== null
    ? `${from} in "${source.database}" -> ${to} in "${target.database}", on ${target.host}`
    : `${from} ${here} -> ${to} ${there}`.trimEnd();
}

// What is measured has no control characters.
function shownJob(job: StayingJob): StayingJob {
  return { ...job, jobName: printable(job.jobName), what: printable(job.what) };
}

function shownDecision({ job, ...decision }: Decision): Decision {
  return job === undefined ? decision : { ...decision, job: { ...job, jobName: printable(job.jobName) } };
}

/** How many checks came out how, and the first that may go wrong, those that stop the run before the others. */
function preflightLines(checks: readonly Check[]): readonly string[] {
  const concerns = [
    ...checks.filter(({ status }) => status === 'stop'),
    ...checks.filter(({ status }) => status === 'warning'),
  ];
  return checks.length === 0
    ? []
    : [
        `Preflight: ${preflightCounts(checks)}`,
        ...concerns.slice(0, MOST_CHECKS).map(({ message }) => `  ${message}`),
      ];
}
