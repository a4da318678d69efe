import type { JobPlan, PlanHeader, PlanOptions, TaskPlan } from '../model/plan.ts';
import { HIDING, shownHeader, shownJobPlan } from '../secrets/masked.ts';
import type { Veil } from '../secrets/veil.ts';
import type { PlanKey } from './key.ts';

/** Masks what a plan file may not hold, and leaves a keyed digest of what stood there. */
export class Seal implements Veil {
  private isUsed = false;
  private readonly key: () => PlanKey;

  /** @param key asked for at the first masked value, so that a plan without any needs none */
  constructor(key: () => PlanKey) {
    this.key = key;
  }

  /** Which key it was, if it was needed. */
  get tail(): { readonly secretKey: string | null } {
    return { secretKey: this.isUsed ? this.key().id : null };
  }

  job(plan: JobPlan): JobPlan {
    const shown = shownJobPlan(plan, HIDING);
    return {
      ...shown,
      chains: shown.chains.map((chain, at) => {
        const real = plan.chains[at]?.tasks ?? [];
        return {
          ...chain,
          tasks: chain.tasks.map((task, index) =>
            this.task(task, real[index] ?? task, [plan.jobId, chain.chainName]),
          ),
        };
      }),
    };
  }

  header(header: PlanHeader): PlanHeader {
    const shown = shownHeader(header, HIDING);
    const digests = {
      shellDigest: this.option('shell', shown.options, header.options),
      stepConninfoDigest: this.option('stepConninfo', shown.options, header.options),
    };
    const found = Object.entries(digests).filter(([, digest]) => digest !== null);
    return { ...shown, options: { ...shown.options, ...Object.fromEntries(found) } };
  }

  private task(shown: TaskPlan, real: TaskPlan, where: readonly unknown[]): TaskPlan {
    const before = content(real);
    if (content(shown) === before) return shown;
    // The place stands in it too, so that equal digests do not tell of equal passwords.
    return { ...shown, secretDigest: this.digest(['task', ...where, real.stepId, real.taskName, before]) };
  }

  private option(name: 'shell' | 'stepConninfo', shown: PlanOptions, real: PlanOptions): string | null {
    return shown[name] === real[name] ? null : this.digest([name, real[name]]);
  }

  private digest(parts: readonly unknown[]): string {
    this.isUsed = true;
    return this.key().digest(JSON.stringify(parts));
  }
}

/** The texts of a task that may hold a secret, as one. */
export function content({ command, parameters, script, databaseConnection }: TaskPlan): string {
  return JSON.stringify([command, parameters, script ?? null, databaseConnection]);
}
