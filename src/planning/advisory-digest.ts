import type { Advisory, JobPlan, Severity } from '../model/plan.ts';
import { SharedTexts } from '../model/shared-texts.ts';
import { subject } from '../model/subject.ts';

/** The advisories of one code. */
export interface Group {
  readonly severity: Severity;
  readonly texts: SharedTexts;
}

/** Gathers advisories by code and text. */
export class AdvisoryDigest {
  /** By code. */
  readonly groups = new Map<string, Group>();

  add(plan: JobPlan): void {
    // What is good to know of chains that are not written is no news yet.
    const proposed = (plan.withStepConninfo?.advisories ?? []).filter(({ severity }) => severity !== 'info');
    for (const advisory of [...plan.advisories, ...proposed]) this.note(advisory, subject(plan, advisory));
  }

  addRun(advisories: readonly Advisory[]): void {
    for (const advisory of advisories) this.note(advisory, '');
  }

  private note({ code, severity, message, template, values }: Advisory, about: string): void {
    const group = this.groups.get(code) ?? { severity, texts: new SharedTexts() };
    this.groups.set(code, group);
    group.texts.add({ template: template ?? message, values: values ?? {} }, about);
  }
}
