import * as z from 'zod';
import { Failure } from '../model/failure.ts';
import type { Exception, Job, Schedule, Step } from '../model/job.ts';
import { Remembered } from '../model/remembered.ts';

// Schedules that tick the same share one array: what is worked out for it is worked out once.
const KNOWN = new Remembered<readonly boolean[]>(1_000_000);

function elementsOf(text: string): readonly boolean[] {
  return text
    .slice(1, -1)
    .split(',')
    .map((element) => element === 't');
}

// Arrays come as PostgreSQL's own text, so that a lower bound, a second dimension or a NULL cannot pass unseen.
const ticks = (length: number) =>
  z
    .string()
    .regex(/^\{[tf](?:,[tf])*\}$/, 'is no plain list of true and false')
    .transform((text) => KNOWN.of(text, elementsOf))
    .refine((elements) => elements.length === length, `has not ${length} elements`);

const id = z.number().int();

/** Milliseconds. PostgreSQL's years go on to 294276, those of Date end with 275760. */
const LAST_INSTANT = 8_600_000_000_000_000;
const instant = z
  .number()
  .or(z.literal([Infinity, -Infinity]))
  .transform((value) => (value > LAST_INSTANT ? Infinity : value));

const jobRow = z.object({
  id,
  name: z.string(),
  description: z.string(),
  className: z.string(),
  hostAgent: z.string(),
  enabled: z.boolean(),
});

const scheduleRow = z.object({
  id,
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  start: instant,
  end: instant.nullable(),
  jscminutes: ticks(60),
  jschours: ticks(24),
  jscweekdays: ticks(7),
  jscmonthdays: ticks(32),
  jscmonths: ticks(12),
});

const exceptionRow = z.object({ id, date: z.string().nullable(), time: z.string().nullable() });

const stepBase = z.object({
  id,
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  jstonerror: z.enum(['f', 's', 'i'], 'is none of f, s and i'),
  code: z.string(),
});
const stepRow = z.discriminatedUnion(
  'jstkind',
  [
    stepBase.extend({ jstkind: z.literal('s'), jstconnstr: z.string(), jstdbname: z.string() }),
    stepBase.extend({ jstkind: z.literal('b'), jstconnstr: z.string(), jstdbname: z.string() }),
  ],
  'is neither s nor b',
);

const ON_ERROR = { f: 'fail', s: 'success', i: 'ignore' } as const;

export function toJob(row: unknown, schedules: readonly Schedule[], steps: readonly Step[]): Job {
  const { id: jobId } = row as { id: number };
  return { ...checked(jobRow, row, 'pga_job', jobId, jobId), schedules, steps };
}

export function toSchedule(row: { id: number; jobId: number }, exceptions: readonly Exception[]): Schedule {
  const { jscminutes, jschours, jscweekdays, jscmonthdays, jscmonths, ...rest } = checked(
    scheduleRow,
    row,
    'pga_schedule',
    row.id,
    row.jobId,
  );
  return {
    ...rest,
    minutes: jscminutes,
    hours: jschours,
    weekdays: jscweekdays,
    monthDays: jscmonthdays,
    months: jscmonths,
    exceptions,
  };
}

export function toException(row: { id: number; jobId: number }): Exception {
  return checked(exceptionRow, row, 'pga_exception', row.id, row.jobId);
}

export function toStep(row: { id: number; jobId: number }): Step {
  const { jstkind, jstonerror, jstconnstr, jstdbname, ...rest } = checked(
    stepRow,
    row,
    'pga_jobstep',
    row.id,
    row.jobId,
  );
  const step = { ...rest, onError: ON_ERROR[jstonerror] };
  if (jstkind === 'b') return { ...step, kind: 'batch' };
  // pgAgent (job.cpp) looks at the connection string first.
  const connection =
    jstconnstr === ''
      ? ({ kind: 'database', name: jstdbname } as const)
      : ({ kind: 'conninfo', conninfo: jstconnstr } as const);
  if (connection.kind === 'database' && jstdbname === '') {
    throw malformed('pga_jobstep', row.id, row.jobId, 'jstdbname and jstconnstr are both empty');
  }
  return { ...step, kind: 'sql', connection };
}

// A row that the checks of an old schema let through is shown by its place, never by its contents.
function checked<T extends z.ZodType>(
  schema: T,
  row: unknown,
  table: string,
  rowId: number,
  jobId: number,
): z.output<T> {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw malformed(
    table,
    rowId,
    jobId,
    `${issue?.path.join('.') ?? 'a column'} ${issue?.message ?? 'cannot be read'}`,
  );
}

function malformed(table: string, rowId: number, jobId: number, what: string): Failure {
  return new Failure(
    'failed',
    `Row ${rowId} of pgagent.${table}, of job ${jobId}, cannot be read: ${what}.`,
    `Fix it in pgAgent, or leave the job out: --exclude-job ${jobId}.`,
  );
}
