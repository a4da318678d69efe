import { Writable } from 'node:stream';
import type { Printing } from '../../src/cli/formats/format.ts';
import { showTable } from '../../src/cli/formats/table.ts';
import { Output } from '../../src/cli/output.ts';
import { NO_BAR } from '../../src/cli/progress-bar.ts';
import type { Job } from '../../src/model/job.ts';
import type { Advisory, JobPlan } from '../../src/model/plan.ts';
import { AdvisoryDigest } from '../../src/planning/advisory-digest.ts';
import { Decisions } from '../../src/planning/decisions.ts';
import { Tally } from '../../src/planning/tally.ts';
import {
  descriptionsStay,
  programTasks,
  schedulerDifferences,
  sqlSteps,
  stillEnabled,
} from '../../src/transform/advisories/index.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { withStepConninfo } from '../../src/transform/with-step-conninfo.ts';
import { context } from '../job-builders.ts';
import { CHECKS, HEADER, stream } from '../report/samples.ts';

/** Where and how a plan is shown. */
export interface Shown {
  readonly width: number;
  readonly isScreen: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  /** Whether the run has written it. */
  readonly isWritten?: boolean;
}

/** What a run prints, in lines: standard output, and both as a terminal shows them. */
export interface Lines {
  readonly stdout: readonly string[];
  readonly all: readonly string[];
}

/** A dry run of jobs that needs no database. */
export class PlannedRun {
  readonly tally = new Tally();
  readonly decisions = new Decisions();
  readonly digest = new AdvisoryDigest();
  readonly plans: readonly JobPlan[];
  private readonly advisories: readonly Advisory[];

  constructor(jobs: readonly Job[]) {
    const given = context();
    this.plans = jobs.map((job) => {
      const plan = withStepConninfo(job, planJob(job, given), given);
      return { ...plan, action: plan.chains.length > 0 ? 'create' : 'none' };
    });
    for (const plan of this.plans) {
      this.tally.add(plan);
      this.digest.add(plan);
      this.decisions.add(plan);
    }
    const enabled = this.plans.filter(({ enabled, moved }) => enabled && moved === 'whole');
    // Those that nearly every run has.
    this.advisories = [
      schedulerDifferences({}),
      sqlSteps({}),
      programTasks({}, ['sh']),
      descriptionsStay({}, jobs.length),
      stillEnabled(
        {},
        enabled.map(({ jobId }) => jobId),
        [],
      ),
    ];
    this.tally.addAdvisories(this.advisories);
    this.digest.addRun(this.advisories);
    this.decisions.addRun(this.advisories);
  }

  /** All that a run prints of its result. */
  async show({ width, isScreen, verbose = false, quiet = false, isWritten = false }: Shown): Promise<Lines> {
    const texts = { stdout: '', all: '' };
    const output = (isStdout: boolean): Output =>
      new Output(
        new Writable({
          write: (chunk: Buffer, _, done) => {
            texts.all += chunk.toString();
            if (isStdout) texts.stdout += chunk.toString();
            done();
          },
        }),
      );
    const [stdout, stderr] = [output(true), output(false)];
    const { tally, decisions, digest, advisories } = this;
    const { chains, tasks } = tally.summary(false);
    await showTable({
      session: { from: 'live', header: HEADER, target: { hasSchema: true } },
      found: { tally, decisions, digest, advisories, newChains: chains, newTasks: tasks, handedOver: 0 },
      checks: CHECKS,
      settings: { format: 'table', verbose, quiet, showSecrets: false, plan: null, dryRun: !isWritten },
      terminal: {
        ...{ stdout, stderr, words: ['--dry-run', '-s', 'dbname=postgres'], width, isScreen },
        lastLineWidth: isScreen ? width : Number.POSITIVE_INFINITY,
        ...{ stdoutHasColor: false, stderrHasColor: false, bar: NO_BAR, barBesideResult: NO_BAR },
      },
      jobs: stream(this.plans.map((plan) => ({ plan }))),
      outcome: isWritten ? { cutover: null, replacement: null } : null,
      reasons: [],
      print: (text: string) => stdout.print(text),
    } as unknown as Printing);
    return { stdout: texts.stdout.split('\n').slice(0, -1), all: texts.all.split('\n').slice(0, -1) };
  }
}
