import type { Job } from '../model/job.ts';
import type { Advisory } from '../model/plan.ts';
import { jobTimeout, jpgagentAnnotation } from './advisories/index.ts';
import type { TimeoutTrouble } from './advisories/job.ts';

/** What jpgAgent, another agent for pgAgent's tables, was told in a description: `@JOB_TIMEOUT=30 min;` */
export type Annotations = ReadonlyMap<string, string>;

/**
 * The annotations of a description, as jpgAgent reads them: each on a line of its own, from its first character to the
 * semicolon at its end, in capitals. Of a name twice the last counts.
 */
export function readAnnotations(description: string): Annotations {
  const found = new Map<string, string>();
  for (const line of description.split(LINE_ENDS)) {
    const [, name, value] = /^@([A-Z_]+)=(.+);$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) found.set(name, value);
  }
  return found;
}

// Those of Java's regular expressions.
const LINE_ENDS = /\r\n|[\n\r\u0085\u2028\u2029]/;

/** Measures of time as jpgAgent knows them, in milliseconds: only these, in small letters, after one blank. */
const MEASURES: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
};

/** timetable.chain.timeout is an integer. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

type Timeout =
  | { readonly kind: 'none' }
  | { readonly kind: 'timeout'; readonly milliseconds: number }
  | { readonly kind: 'not-carried'; readonly why: TimeoutTrouble };

function timeoutOf({ description }: Job): Timeout {
  const value = readAnnotations(description).get('JOB_TIMEOUT');
  if (value === undefined) return { kind: 'none' };
  const milliseconds = timeIn(value);
  if (milliseconds === null) return { kind: 'not-carried', why: 'unreadable' };
  if (milliseconds <= 0) return { kind: 'not-carried', why: 'nothing' };
  if (milliseconds > LONGEST_TIMEOUT) return { kind: 'not-carried', why: 'too-long' };
  return { kind: 'timeout', milliseconds };
}

function timeIn(value: string): number | null {
  if (/^[+-]?\d+$/.test(value)) return Number(value);
  const [, number, measure = ''] = /^(\d+) ([a-z]+)$/.exec(value) ?? [];
  const size = MEASURES[measure];
  return number === undefined || size === undefined ? null : Number(number) * size;
}

/** timetable.chain.timeout of every chain of the job: milliseconds, 0 for none. */
export function chainTimeout(job: Job): number {
  const timeout = timeoutOf(job);
  return timeout.kind === 'timeout' ? timeout.milliseconds : 0;
}

const OF_JOBS: ReadonlySet<string> = new Set(['EMAIL_ON', 'EMAIL_TO', 'EMAIL_SUBJECT', 'EMAIL_BODY']);
const OF_STEPS: ReadonlySet<string> = new Set([
  ...OF_JOBS,
  'RUN_IN_PARALLEL',
  'JOB_STEP_TIMEOUT',
  'DATABASE_NAME',
  'DATABASE_HOST',
  'DATABASE_LOGIN',
  'DATABASE_PASSWORD',
  'DATABASE_AUTH_QUERY',
]);

/** What is to be said of the annotations of a job and of its enabled steps. Their values may be passwords. */
export function aboutAnnotations(job: Job): readonly Advisory[] {
  const timeout = timeoutOf(job);
  const found: Advisory[] = [];
  if (timeout.kind === 'timeout') found.push(jobTimeout({}, timeout.milliseconds));
  if (timeout.kind === 'not-carried') found.push(jpgagentAnnotation({}, timeout.why));
  const names = namesIn(job.description, OF_JOBS);
  if (names.length > 0) found.push(jpgagentAnnotation({}, names));
  for (const { id, description } of job.steps.filter(({ enabled }) => enabled)) {
    const ofStep = namesIn(description, OF_STEPS);
    if (ofStep.length > 0) found.push(jpgagentAnnotation({ stepId: id }, ofStep));
  }
  return found;
}

function namesIn(description: string, known: ReadonlySet<string>): readonly string[] {
  return [...readAnnotations(description)]
    .filter(([name, value]) => known.has(name) && hasEffect(name, value))
    .map(([name]) => name)
    .sort();
}

// Java's Boolean.valueOf: anything but `true` leaves the steps one after the other.
function hasEffect(name: string, value: string): boolean {
  return name !== 'RUN_IN_PARALLEL' || value.toLowerCase() === 'true';
}
