import type { JobPlan, PlanHeader, Skipped } from '../model/plan.ts';
import type { Check } from '../model/preflight.ts';
import { ChainRows, type TableStyle } from './chain-rows.ts';
import { wrapped } from './fold.ts';
import type { Print } from './json.ts';
import { NEEDS_CONNINFO, proposalOf } from './needs-conninfo.ts';
import { preflightSection } from './preflight.ts';
import { serverLine } from './server-line.ts';

const MOST_SKIPPED = 1_000;

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
  const skipped: string[] = [];
  let skippedCount = 0;
  for await (const job of jobs) {
    for (const chain of job.chains) await rows.add(job.jobId, chain);
    if (proposalOf(job).chains.length > 0) proposed.push(job);
    skippedCount += job.skipped.length;
    for (const item of job.skipped) if (skipped.length < MOST_SKIPPED) skipped.push(skippedLine(job, item));
  }
  await rows.end();
  if (rows.count === 0) await print('No chain to write.\n');
  await printProposed(proposed, { ...style, mostChains: style.mostChains - rows.count }, print);
  if (skippedCount === 0) return;
  await print(`\n${style.color.bold('Skipped')}\n`);
  for (const line of skipped) await print(wrapped(line, '  ', style.width));
  if (skippedCount > skipped.length)
    await print(`  and ${skippedCount - skipped.length} more: --format json lists them\n`);
}

/** A table of its own: what is not written is not to be counted among what is. */
async function printProposed(jobs: readonly JobPlan[], style: TableStyle, print: Print): Promise<void> {
  if (jobs.length === 0) return;
  await print(`\n${style.color.bold(NEEDS_CONNINFO)}; not written\n`);
  const rows = new ChainRows(style, print);
  for (const job of jobs) for (const chain of proposalOf(job).chains) await rows.add(job.jobId, chain);
  await rows.end();
}

function skippedLine(job: JobPlan, { message }: Skipped): string {
  return `job ${job.jobId} "${job.jobName}": ${message}`;
}
