import { readFileSync, writeFileSync } from 'node:fs';
import type { Outcome, Transaction } from './under-timetable.ts';

const FILE = new URL('../../fixtures/engine/steps-7.0.0.json', import.meta.url);

/** The version of pg_timetable that the recording is of. */
export const RECORDED_VERSION = '7.0.0';

/** What the real program did with a migrated job: what it left behind, its log, its errors by meaning. */
export type Recorded = Outcome;

/** The name of a run in the recording. */
export function runName(jobId: string, transaction: Transaction): string {
  return transaction === 'step' ? jobId : `${jobId} --transaction chain`;
}

const LONGEST_OUTPUT = 300;

/** An outcome as it is written down: outputs without what only fills. */
export function recordable(outcome: Outcome): Recorded {
  const log = outcome.log.map((row) => ({ ...row, output: shortened(withoutFile(row.output)) }));
  return { ...outcome, steps: outcome.steps.map(({ step, end }) => ({ step, end })), log };
}

// A script that runs as a file has another name each time, and its shell is named after the step.
function withoutFile(output: string): string {
  return output
    .replaceAll(/\/\S*\/pga_step_\d+\.\d+\.\w+\/step_\d+\.scr/g, '{script}')
    .replaceAll(/\bstep_\d+(?=: )/g, 'step');
}

function shortened(output: string): string {
  if (output.length <= LONGEST_OUTPUT) return output;
  return `${output.slice(0, LONGEST_OUTPUT)}... (${output.length} characters)`;
}

/** What the real program did, by the name of the run. */
export function readRecording(): ReadonlyMap<string, Recorded> {
  const { runs } = JSON.parse(readFileSync(FILE, 'utf8')) as { runs: Record<string, Recorded> };
  return new Map(Object.entries(runs));
}

/** Writes the recording, a line a run. */
export function writeRecording(runs: ReadonlyMap<string, Recorded>): void {
  const lines = [...runs].map(([name, run]) => `${JSON.stringify(name)}: ${JSON.stringify(run)}`);
  writeFileSync(FILE, `{"engine": "${RECORDED_VERSION}", "runs": {\n${lines.join(',\n')}\n}}\n`);
}
