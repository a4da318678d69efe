import { isDeepStrictEqual } from 'node:util';
import { counted } from '../model/counted.ts';
import { Failure } from '../model/failure.ts';
import type { Job } from '../model/job.ts';
import type { ChainPlan, JobPlan } from '../model/plan.ts';
import { holdsSecret } from '../secrets/mask.ts';
import { HIDING, shownJobPlan } from '../secrets/masked.ts';
import { isCarriedOut, type Settings } from '../session/settings.ts';

const MOST_SHOWN = 10;

/** Finds the jobs whose steps hold a password, where the result is text that another program carries out. */
export class SecretJobs {
  private readonly jobs: string[] = [];
  private readonly isAsked: boolean;
  private readonly format: string;
  /** Only a script keeps descriptions, in the record; without their passwords, if it is to. */
  private readonly writesDescriptions: boolean;
  private where = 'Steps';

  constructor({ format, showSecrets, stripPasswords }: Settings) {
    this.isAsked = isCarriedOut(format) && !showSecrets;
    this.format = format;
    this.writesDescriptions = format === 'sql' && !stripPasswords;
  }

  see(plan: JobPlan, job: Job): void {
    if (!this.isAsked) return;
    // The result tells nothing of the steps that would need --step-conninfo.
    const { withStepConninfo, ...written } = plan;
    const inSteps = !isDeepStrictEqual(shownJobPlan(written, HIDING), written);
    const inDescriptions =
      this.writesDescriptions && plan.chains.length > 0 && descriptionsOf(job).some(holdsSecret);
    const inNames = namesOf([...plan.chains, ...(withStepConninfo?.chains ?? [])], job).some(holdsSecret);
    if (inDescriptions || inNames) this.where = 'Steps, names or descriptions';
    if (inSteps || inDescriptions || inNames) this.jobs.push(`job ${plan.jobId} "${plan.jobName}"`);
  }

  /** @throws Failure of code `refused` where there are any: masked, they would not work */
  refuse(): void {
    const { jobs } = this;
    if (jobs.length === 0) return;
    const rest = jobs.length - MOST_SHOWN;
    throw new Failure(
      'refused',
      `${this.where} of ${counted(jobs.length, 'job')} hold a password, which --format ${this.format} would write down: ${jobs.slice(0, MOST_SHOWN).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}.`,
      'Write it down with --show-secrets, or take it out: --strip-passwords does so in steps and descriptions, pgAdmin in names.',
    );
  }
}

function namesOf(chains: readonly ChainPlan[], { name, hostAgent }: Job): readonly string[] {
  return [
    name,
    hostAgent,
    ...chains.flatMap(({ chainName, tasks }) => [chainName, ...tasks.map(({ taskName }) => taskName)]),
  ];
}

function descriptionsOf({ className, description, schedules, steps }: Job): readonly string[] {
  return [className, description, ...[...schedules, ...steps].map((item) => item.description)];
}
