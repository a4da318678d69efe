import { counted } from '../model/counted.ts';
import { Failure } from '../model/failure.ts';
import type { StuckJob } from '../pgagent/job-states.ts';
import { setvalFor } from '../postgres/sequences-behind.ts';

/** A job that the source does not let be disabled. */
export function keptEnabled(jobId: number): Failure {
  return new Failure(
    'refused',
    `The source does not let job ${jobId} be disabled: it stays enabled.`,
    'Check for triggers, rules and row-level security on pgagent.pga_job.',
  );
}

/** Why pgAgent holds a job for running that nothing runs. */
export function whyStuck({ reason }: StuckJob): string {
  switch (reason.kind) {
    case 'dead-agent':
      return `the agent that took it (process ${reason.agentId}) is not connected any more${whatWasCutOff(reason)}`;
    case 'after-run':
      return `the agent on "${reason.station}" has run it and could not let it go, as on the 31st`;
    case 'no-log':
      return `the agent on "${reason.station}" took it and could not write its log${
        reason.sequenceIsBehind
          ? `: the sequence of pga_joblog is behind its table. On the source: ${setvalFor({ table: 'pgagent.pga_joblog', column: 'jlgid' })}`
          : ''
      }`;
  }
}

function whatWasCutOff({
  begunSteps,
  stepId,
  mayStillRun,
}: StuckJob['reason'] & { kind: 'dead-agent' }): string {
  if (stepId !== null)
    return `; step ${stepId} was cut off and may have completed${mayStillRun ? ', or still run' : ''}`;
  return begunSteps === 0 ? '' : `; it had begun ${counted(begunSteps, 'step')} and may have completed`;
}
