import type { ChalkInstance } from 'chalk';
import type { Advisory, JobPlan, Severity } from '../model/plan.ts';
import { wrapped } from './fold.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];
const MOST_MESSAGES_A_CODE = 1_000;
const MOST_SUBJECTS_SHOWN = 10;
const MOST_SUBJECTS_KEPT = 1_000;

interface Group {
  readonly severity: Severity;
  readonly messages: Map<string, { subjects: string[]; count: number }>;
  messagesLeftOut: number;
}

/** Gathers advisories by code and message, so that three hundred jobs with one trait make one paragraph. */
export class AdvisoryDigest {
  private readonly groups = new Map<string, Group>();

  add(plan: JobPlan): void {
    for (const advisory of plan.advisories) this.note(advisory, subject(plan, advisory));
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

  /**
   * The text, gravest first.
   * @param least the least severity to show
   */
  text(least: Severity, isVerbose: boolean, width: number, color: ChalkInstance): string {
    const shown = ORDER.slice(0, ORDER.indexOf(least) + 1);
    return shown
      .flatMap((severity) => [...this.groups].filter(([, group]) => group.severity === severity))
      .map(([code, group]) => paragraph(code, group, isVerbose, width, color))
      .join('');
  }
}

/** What an advisory of a job is about: the beginning of the sentence that its message ends. */
export function subject(plan: JobPlan, { scheduleId, scheduleName, stepId, stepName }: Advisory): string {
  const job = `job ${plan.jobId} "${plan.jobName}"`;
  if (scheduleId !== undefined) return `${job}, schedule ${named(scheduleId, scheduleName)}`;
  return stepId === undefined ? job : `${job}, step ${named(stepId, stepName)}`;
}

function named(id: number, name: string | undefined): string {
  return name === undefined ? String(id) : `${id} "${name}"`;
}

function paragraph(
  code: string,
  group: Group,
  isVerbose: boolean,
  width: number,
  color: ChalkInstance,
): string {
  const paint = { error: color.red, warning: color.yellow, info: color.cyan }[group.severity];
  const parts = [`${paint(group.severity)} ${color.bold(code)}\n`];
  for (const [message, { subjects, count }] of group.messages) {
    const visible = isVerbose ? subjects : subjects.slice(0, MOST_SUBJECTS_SHOWN);
    const rest = count - visible.length;
    if (subjects.length === 0) parts.push(wrapped(message, '  ', width));
    else if (count === 1) parts.push(wrapped(`${subjects[0]} ${message}`, '  ', width));
    else {
      parts.push(wrapped(`each ${message}`, '  ', width));
      parts.push(...visible.map((line) => wrapped(line, '    ', width)));
      if (rest > 0) {
        const where = isVerbose ? ': --format json lists them' : ' (--verbose lists them)';
        parts.push(wrapped(`and ${rest} more${where}`, '    ', width));
      }
    }
  }
  if (group.messagesLeftOut > 0)
    parts.push(
      wrapped(`and ${group.messagesLeftOut} more of this kind: --format json lists them`, '  ', width),
    );
  return parts.join('');
}
