import { type Decision, groupOf } from '../model/groups.ts';
import type {
  Advisory,
  Cutover,
  GroupedJob,
  JobPlan,
  PlanHeader,
  Replacement,
  Summary,
} from '../model/plan.ts';
import type { Check } from '../model/preflight.ts';
import type { Veil } from '../secrets/veil.ts';
import { printableJson } from './printable.ts';

/** Somewhere that text goes, at its own pace. */
export type Print = (text: string) => Promise<void>;

/** The parts of a document that is longer than memory: what stands before its jobs, the jobs, and what comes after them. */
export interface LongDocument {
  readonly head: Readonly<Record<string, unknown>>;
  readonly jobs: AsyncIterable<unknown>;
  /** Asked for once the jobs are through. */
  readonly tail: () => Promise<Readonly<Record<string, unknown>>>;
}

/** Prints one JSON document, a job at a time. */
export async function printDocument({ head, jobs, tail }: LongDocument, print: Print): Promise<void> {
  const members = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `  ${JSON.stringify(name)}: ${printableJson(value, '  ')}`)
      .join(',\n');
  await print(`{\n${members(head)},\n  "jobs": [`);
  let separator = '\n';
  for await (const job of jobs) {
    await print(`${separator}    ${printableJson(job, '    ')}`);
    separator = ',\n';
  }
  await print(`${separator === '\n' ? '' : '\n  '}],\n${members(await tail())}\n}\n`);
}

/** What follows the jobs of a plan. */
export interface PlanTail {
  /** Whether the run changes when all jobs run. */
  readonly areAllChanged?: boolean;
  readonly advisories: readonly Advisory[];
  readonly decisions: readonly Decision[];
  readonly cutover?: Cutover;
  readonly replacement?: Replacement;
  readonly summary: Summary;
}

/** Prints the plan as one JSON document of the shape of planSchema. */
export async function printJson(
  header: PlanHeader,
  preflight: readonly Check[],
  jobs: AsyncIterable<JobPlan>,
  tail: PlanTail,
  veil: Veil,
  print: Print,
): Promise<void> {
  const head = { ...veil.header(header), preflight };
  const { areAllChanged = false, ...said } = tail;
  await printDocument(
    { head, jobs: eachVeiled(jobs, veil, areAllChanged), tail: async () => ({ ...said, ...veil.tail }) },
    print,
  );
}

async function* eachVeiled(
  jobs: AsyncIterable<JobPlan>,
  veil: Veil,
  areAllChanged: boolean,
): AsyncGenerator<GroupedJob> {
  for await (const job of jobs) yield { ...veil.job(job), group: groupOf(job, areAllChanged) };
}
