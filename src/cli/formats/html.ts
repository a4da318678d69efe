import { plansOf, type Result } from './format.ts';

export async function showHtml({ jobs, print }: Result): Promise<void> {
  for await (const plan of plansOf(jobs)) await print(`${plan.jobId}\n`);
}
