import type { Advisory, Severity } from '../../model/plan.ts';
import { type Varied, written } from '../../model/varied.ts';

/** The schedule or step that an advisory is about; neither for the job, or the run, as a whole. */
export interface About {
  readonly scheduleId?: number;
  readonly stepId?: number;
}

/** One reason for an advisory: a code that never changes, how much it matters, and what it says. */
export interface Rule<Args extends readonly unknown[]> {
  (about: About, ...args: Args): Advisory;
  readonly code: string;
  readonly severity: Severity;
}

/**
 * Makes a rule.
 * @param text what happens now and what to do, in a sentence or two; it never repeats a secret. What differs from job
 *   to job in it goes in by `varied`, so that a reader of many jobs reads the rest once
 */
export function rule<Args extends readonly unknown[]>(
  code: string,
  severity: Severity,
  text: (...args: Args) => string | Varied,
): Rule<Args> {
  const advise = (about: About, ...args: Args): Advisory => ({
    code,
    severity,
    ...written(text(...args)),
    link: `docs/advisories/${code}.md`,
    ...about,
  });
  return Object.assign(advise, { code, severity });
}
