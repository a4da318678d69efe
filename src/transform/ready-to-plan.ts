import type { Job, Step } from '../model/job.ts';
import { readyToRead } from './sql/parse.ts';
import { stripStepText } from './step/strip-text.ts';

/** Makes ready to plan these jobs: PostgreSQL's parser is large, and is loaded only where a step needs it. */
export async function readyToPlan(jobs: readonly Job[]): Promise<void> {
  await readyToRead(jobs.flatMap(({ steps }) => steps.flatMap(textsOf)));
}

// Some options have a step read without its passwords.
function textsOf(step: Step): readonly string[] {
  return step.kind === 'sql' ? [step.code, stripStepText(step).text] : [];
}
