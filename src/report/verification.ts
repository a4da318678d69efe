import type { ChalkInstance } from 'chalk';
import type { PlanHeader } from '../model/plan.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Difference, Problem, Unattended, Verdict, VerificationSummary } from '../model/verdict.ts';
import { wrapped } from './fold.ts';
import { type Print, printDocument } from './json.ts';
import { serverLine } from './server-line.ts';

/** What is known before the first job is compared. */
export interface VerificationHeader extends Pick<PlanHeader, 'source' | 'target'> {
  /** What the wall clocks of the two sides being different means; null where they are the same. */
  readonly clocks: string | null;
}

/** The verdicts, and after the last of them what else was found. */
export interface VerificationFindings {
  readonly summary: VerificationSummary;
  verdicts(): AsyncIterable<Verdict>;
  strayChains(): Promise<readonly string[] | null>;
  unattended(): readonly Unattended[];
}

export interface VerificationStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** The same for the last line. */
  readonly lastLineWidth: number;
  readonly color: ChalkInstance;
  /** Which jobs to show. */
  readonly least: 'all' | 'different';
}

/** Prints a verification, a job at a time. */
export async function printVerification(
  format: 'table' | 'json',
  header: VerificationHeader,
  findings: VerificationFindings,
  style: VerificationStyle,
  print: Print,
): Promise<void> {
  if (format === 'table') return printLines(header, findings, style, print);
  const { source, target, clocks } = header;
  const head = { verifyVersion: 1, source, target, clocks };
  const tail = async (): Promise<Record<string, unknown>> => ({
    strayChains: await findings.strayChains(),
    unattended: findings.unattended(),
    summary: findings.summary,
  });
  await printDocument({ head, jobs: findings.verdicts(), tail }, print);
}

async function printLines(
  header: VerificationHeader,
  findings: VerificationFindings,
  style: VerificationStyle,
  print: Print,
): Promise<void> {
  await print(
    `${serverLine('pgAgent', header.source, style)}${serverLine('pg_timetable', header.target, style)}\n`,
  );
  if (header.clocks !== null)
    await print(`${style.color.red('clocks differ')}\n${wrapped(header.clocks, '  ', style.width)}\n`);
  for await (const verdict of findings.verdicts()) {
    if (style.least === 'all' || verdict.verdict === 'different') await print(verdictLines(verdict, style));
  }
  const stray = (await findings.strayChains()) ?? [];
  if (stray.length > 0) {
    await print('\nMade by this tool, and of no job of the source:\n');
    for (const name of stray) await print(wrapped(`"${name}"`, '  ', style.width));
  }
  for (const one of findings.unattended())
    await print(`\n${style.color.red('no client')}\n${wrapped(unattendedText(one), '  ', style.width)}`);
  await print(`\n${wrapped(summaryLine(findings.summary, stray.length), '', style.lastLineWidth)}`);
}

function unattendedText({ clientName, chains }: Unattended): string {
  const those = chains === 1 ? '1 live chain runs' : `${chains} live chains run`;
  const who = clientName === null ? 'No pg_timetable client' : `The pg_timetable client "${clientName}"`;
  const is = clientName === null ? 'is connected' : 'is not connected';
  const start = `pg_timetable --clientname=${clientName === null ? 'NAME' : shellWord(clientName)}`;
  return `${who} ${is}: ${those} nowhere, since pgAgent does not run these jobs. Start it: ${start}`;
}

const SHOWN: Readonly<Record<Verdict['verdict'], string>> = {
  equal: 'equal    ',
  paused: 'paused   ',
  different: 'different',
  idle: 'idle     ',
};

function verdictLines(verdict: Verdict, { width, color }: VerificationStyle): string {
  const paint = { equal: color.green, paused: color.green, different: color.red, idle: color.dim }[
    verdict.verdict
  ];
  const { length } = verdict.chains;
  const chains = length === 1 ? '1 chain' : `${length} chains`;
  const { wasNamed } = verdict;
  const renamed = wasNamed === undefined ? '' : `; it moved as "${wasNamed}", and its chains keep that name`;
  const head = `job ${verdict.jobId} "${verdict.jobName}", ${chains}${renamed}`;
  // The verdict's own width is that of its plain word.
  const [first = '', ...more] = wrapped(`${SHOWN[verdict.verdict]}  ${head}`, '', width).split('\n');
  const lines = [first.replace(SHOWN[verdict.verdict], paint(SHOWN[verdict.verdict])), ...more].join('\n');
  return (
    lines +
    verdict.differences.map((one) => wrapped(differenceText(one), '  ', width)).join('') +
    verdict.problems.map((problem) => wrapped(problemText(problem), '  ', width)).join('')
  );
}

function differenceText({ minute, firesIn }: Difference): string {
  const other = firesIn === 'pgAgent' ? 'pg_timetable' : 'pgAgent';
  return `${minute.replace('T', ' ')}: runs in ${firesIn}, not in ${other}`;
}

function problemText({ code, message, chainName }: Problem): string {
  return chainName === undefined ? `${code}: ${message}` : `${code}: chain "${chainName}": ${message}`;
}

function summaryLine({ jobs, equal, paused, different, idle }: VerificationSummary, stray: number): string {
  const asPaused = paused > 0 ? ` ${paused} equal but paused (pgAgent runs them),` : '';
  const more = stray > 0 ? ` ${stray} ${stray === 1 ? 'chain' : 'chains'} of no job.` : '';
  return `${jobs === 1 ? '1 job' : `${jobs} jobs`}: ${equal} equal,${asPaused} ${different} different, ${idle} idle (neither side runs them by the clock).${more}`;
}
