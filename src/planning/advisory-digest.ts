import type { Advisory, JobPlan, Severity } from '../model/plan.ts';
import { subject } from '../model/subject.ts';

const MOST_MESSAGES_A_CODE = 1_000;
const MOST_SUBJECTS_KEPT = 1_000;

/** The advisories of one code. */
export interface Group {
  readonly severity: Severity;
  readonly messages: Map<string, { subjects: string[]; count: number }>;
  messagesLeftOut: number;
}

/** Gathers advisories by code and message, so that three hundred jobs with one trait make one paragraph. */
export class AdvisoryDigest {
  /** By code. */
  readonly groups = new Map<string, Group>();

  add(plan: JobPlan): void {
    for (const advisory of [...plan.advisories, ...(plan.withStepConninfo?.advisories ?? [])])
      this.note(advisory, subject(plan, advisory));
  }

  addRun(advisories: readonly Advisory[]): void {
    for (const advisory of advisories) this.note(advisory, '');
  }

  private note({ code, severity, message }: Advisory, about: string): void {
    const group = this.groups.get(code) ?? { severity, messages: new Map(), messagesLeftOut: 0 };
    this.groups.set(code, group);
    const entry = group.messages.get(message);
    if (entry === undefined && group.messages.size >= MOST_MESSAGES_A_CODE) {
      group.messagesLeftOut += 1;
      return;
    }
    const { subjects, count } = entry ?? { subjects: [], count: 0 };
    if (about !== '' && subjects.length < MOST_SUBJECTS_KEPT) subjects.push(about);
    group.messages.set(message, { subjects, count: count + 1 });
  }
}
