import type * as z from 'zod';
import { Failure } from '../model/failure.ts';
import { type JobPlan, PLAN_VERSION, type PlanDocument, type PlanHeader, planSchema } from '../model/plan.ts';
import { textOfFile } from './text-file.ts';

/** A plan that was saved, as its file holds it. */
export interface PlanFile {
  readonly file: string;
  /** What counted as now, milliseconds since 1970 UTC. */
  readonly plannedAt: number;
  readonly header: PlanHeader;
  /** By their ids. */
  readonly jobs: ReadonlyMap<number, JobPlan>;
  /** The id of the key of its digests; null where nothing is masked, undefined where it was not saved by --output. */
  readonly secretKey: string | null | undefined;
}

const REMEDY = 'Make one with --dry-run --format json --output FILE.';
const TOO_LARGE = 'Make several plans, each of some of the jobs: --job, --exclude-job.';

/**
 * Reads a plan file.
 * @throws Failure of code `usage` for a file that is none
 */
export async function readPlanFile(file: string): Promise<PlanFile> {
  return toPlanFile(file, await textOfFile(file, `plan ${file}`, REMEDY, TOO_LARGE));
}

/**
 * Reads the text of a plan file.
 * @throws Failure of code `usage`
 */
export function toPlanFile(file: string, text: string): PlanFile {
  const document = checked(file, parsed(file, text));
  const jobs = new Map(document.jobs.map((job) => [job.jobId, job]));
  if (jobs.size < document.jobs.length) throw noPlan(file, 'names a job twice');
  if (document.summary.written)
    throw noPlan(file, 'is what a run printed that wrote its chains: they are in the target already');
  const { planVersion, plannedAt, source, target, options, secretKey } = document;
  return {
    file,
    plannedAt: Date.parse(plannedAt),
    header: { planVersion, plannedAt, source, target, options },
    jobs,
    secretKey,
  };
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says would repeat a part of the file.
    const isCut = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    throw noPlan(file, isCut ? 'ends in the middle: it is not whole' : 'is no JSON');
  }
}

function checked(file: string, value: unknown): PlanDocument {
  const version = typeof value === 'object' && value !== null ? Reflect.get(value, 'planVersion') : undefined;
  if (typeof version === 'number' && version !== PLAN_VERSION)
    throw noPlan(file, `has version ${version}; this program applies version ${PLAN_VERSION} only`);
  const result = planSchema.safeParse(value);
  if (result.success) return result.data;
  throw noPlan(file, `is no plan: ${firstPlace(result.error.issues[0])}`);
}

function firstPlace(issue: z.core.$ZodIssue | undefined): string {
  const [first, ...rest] = issue?.path ?? [];
  if (first === undefined) return 'it holds something else';
  const place = rest.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}.${String(step).slice(0, 60)}`),
    String(first),
  );
  return `${place} is missing or not as it has to be`;
}

function noPlan(file: string, what: string): Failure {
  return new Failure('usage', `The plan ${file} ${what}.`, REMEDY);
}
