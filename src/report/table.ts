import type { JobPlan, PlanHeader, Skipped } from '../model/plan.ts';
import type { Check } from '../model/preflight.ts';
import { SharedTexts } from '../model/shared-texts.ts';
import { subject } from '../model/subject.ts';
import { ChainRows, type TableStyle } from './chain-rows.ts';
import type { Print } from './json.ts';
import { NEEDS_CONNINFO, proposalOf } from './needs-conninfo.ts';
import { preflightSection } from './preflight.ts';
import { serverLine } from './server-line.ts';
import { sharedTexts } from './shared-texts.ts';

/** Prints the plan for a person: what was looked at before, the chains, then what was skipped and why. */
export async function printTable(
  header: PlanHeader,
  checks: readonly Check[],
  jobs: AsyncIterable<JobPlan>,
  style: TableStyle,
  print: Print,
): Promise<void> {
  await print(serverLine('pgAgent', header.source, style) + serverLine('pg_timetable', header.target, style));
  await print('\n');
  const section = preflightSection(checks, style);
  if (section !== '') await print(`${section}\n`);
  const rows = new ChainRows(style, print);
  const proposed: JobPlan[] = [];
  const skipped = new SharedTexts();
  for await (const job of jobs) {
    for (const chain of job.chains) await rows.add(job.jobId, chain);
    if (proposalOf(job).chains.length > 0) proposed.push(job);
    for (const { message, template = message, values = {} } of toName(job.skipped, style))
      skipped.add({ template, values }, subject(job));
  }
  await rows.end();
  if (rows.count === 0) await print('No chain to write.\n');
  if (!rows.isCut) await printProposed(proposed, style, print);
  if (skipped.count === 0 || (style.isBrief && style.isWritten)) return;
  const { width, color, isBrief } = style;
  const texts = sharedTexts(skipped, { width, color, isVerbose: !isBrief, areSentences: true });
  await print(`\n${color.bold('Skipped')}\n${texts}`);
}

/** On a screen one reason a job, and none for what stays: an error and the last screen say that. */
function toName(skipped: readonly Skipped[], { isBrief }: TableStyle): readonly Skipped[] {
  return isBrief ? skipped.slice(0, 1).filter(({ reason }) => reason !== 'job-left-out') : skipped;
}

/** A table of its own: what is not written is not to be counted among what is. */
async function printProposed(jobs: readonly JobPlan[], style: TableStyle, print: Print): Promise<void> {
  if (jobs.length === 0) return;
  await print(`\n${style.color.bold(NEEDS_CONNINFO)}; not written\n`);
  const rows = new ChainRows(style, print);
  for (const job of jobs) for (const chain of proposalOf(job).chains) await rows.add(job.jobId, chain);
  await rows.end();
}
