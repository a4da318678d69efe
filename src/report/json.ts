import type { Advisory, JobPlan, PlanHeader, Summary } from '../plan.ts';
import { maskHeader, maskJobPlan } from './masked.ts';
import { printableJson } from './printable.ts';

/** Somewhere that text goes, at its own pace. */
export type Print = (text: string) => Promise<void>;

/** Prints the plan as one JSON document of the shape of planSchema, a job at a time. */
export async function printJson(
  header: PlanHeader,
  jobs: AsyncIterable<JobPlan>,
  advisories: readonly Advisory[],
  summary: Summary,
  print: Print,
): Promise<void> {
  const head = Object.entries(maskHeader(header)).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${printableJson(value, '  ')}`,
  );
  await print(`{\n${head.join(',\n')},\n  "jobs": [`);
  let separator = '\n';
  for await (const job of jobs) {
    await print(`${separator}    ${printableJson(maskJobPlan(job), '    ')}`);
    separator = ',\n';
  }
  await print(`${separator === '\n' ? '' : '\n  '}],\n`);
  await print(`  "advisories": ${printableJson(advisories, '  ')},\n`);
  await print(`  "summary": ${printableJson(summary, '  ')}\n}\n`);
}
