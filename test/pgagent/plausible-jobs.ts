import type { Job } from '../../src/model/job.ts';
import { batchStep, exception, schedule, span, sqlStep } from '../job-builders.ts';
import type { JobRow, ScheduleRow, StepRow } from './insert-job.ts';

/** What a job of the generator is made to be. */
type Kind = 'plain' | 'overlap' | 'session' | 'elsewhere' | 'disabled' | 'over';

/** Of every thirty jobs, in an order that the seed shuffles. */
const OF_THIRTY: readonly Kind[] = [
  ...Array<Kind>(20).fill('plain'),
  ...Array<Kind>(4).fill('overlap'),
  ...Array<Kind>(2).fill('session'),
  'elsewhere',
  ...Array<Kind>(2).fill('disabled'),
  'over',
];

/** What every plan of the jobs has to say of them: by construction, not by planning them. */
export interface Truth {
  readonly unchanged: number;
  readonly paused: number;
  readonly decide: number;
  readonly stay: number;
  readonly notScheduled: number;
  /** By code: how many jobs. */
  readonly decisions: Readonly<Record<string, number>>;
}

/** Jobs as one finds them in a company, with what is true of them. */
export interface PlausibleJobs {
  readonly rows: readonly JobRow[];
  readonly truth: Truth;
}

/**
 * Makes jobs whose local SQL steps run in the database `app`. The clock is to read 2026 or later, and no schedule
 * falls into an hour that daylight saving repeats.
 * @param seed the same one makes the same jobs
 */
export function plausibleJobs(count: number, seed = 1): PlausibleJobs {
  const draw = new Draw(seed);
  const kinds = span(1, Math.ceil(count / OF_THIRTY.length))
    .flatMap(() => draw.shuffled(OF_THIRTY))
    .slice(0, count);
  const of = (...some: readonly Kind[]): number => kinds.filter((kind) => some.includes(kind)).length;
  return {
    rows: kinds.map((kind, index) => jobOf(kind, index + 1, draw)),
    truth: {
      unchanged: of('plain', 'disabled'),
      paused: of('disabled'),
      decide: of('overlap', 'session'),
      stay: of('elsewhere'),
      notScheduled: of('over'),
      decisions: { 'overlapping-schedules': of('overlap'), 'shared-session': of('session') },
    },
  };
}

/** Numbers that look random and are the same for each seed (mulberry32). */
class Draw {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** From 0 on, less than the limit. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  among<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  shuffled<T>(values: readonly T[]): readonly T[] {
    return values
      .map((value) => ({ value, at: this.below(1_000_000) }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }
}

const TABLES = ['orders', 'customers', 'invoices', 'stock', 'prices', 'audit', 'sessions', 'mails'] as const;
const PLACES = ['shop', 'crm', 'warehouse', 'finance', 'intranet'] as const;
const WORK = ['Refresh', 'Vacuum', 'Archive', 'Import', 'Report', 'Clean up', 'Export'] as const;

function jobOf(kind: Kind, number: number, draw: Draw): JobRow {
  const table = draw.among(TABLES);
  const job = {
    name: `${draw.among(WORK)} ${draw.among(PLACES)} ${table} ${number}`,
    description: draw.below(3) === 0 ? `Owner: team ${draw.among(PLACES)}` : '',
    host: draw.below(5) === 0 ? 'etl01' : '',
    schedules: [plainSchedule(draw)],
    steps: plainSteps(table, draw),
  };
  if (kind === 'overlap') return { ...job, schedules: sharingSchedules(draw) };
  if (kind === 'session') return { ...job, steps: stepsOfOneSession(table) };
  if (kind === 'elsewhere')
    return { ...job, steps: [{ name: 'pull', code: `SELECT pull_${table}()`, database: 'reports' }] };
  if (kind === 'disabled') return { ...job, enabled: false };
  return kind === 'over'
    ? { ...job, schedules: [{ ...plainSchedule(draw), end: '2021-06-30 12:00:00+00' }] }
    : job;
}

function plainSchedule(draw: Draw): ScheduleRow {
  const minute = draw.below(60);
  const hour = 4 + draw.below(19);
  return draw.among<ScheduleRow>([
    { name: 'nightly', minutes: [minute], hours: [hour] },
    { name: 'working days', minutes: [minute], hours: [hour], weekdays: [1, 2, 3, 4, 5] },
    { name: 'each quarter of an hour', minutes: [0, 15, 30, 45], hours: span(6, 20) },
    { name: 'first of the month', minutes: [minute], hours: [hour], monthDays: [1] },
    {
      name: 'odd times',
      minutes: [3, 11, 24, 38, 47, 59],
      hours: [4, 7, 9, 13, 16, 22],
      weekdays: [1, 3, 5],
    },
    { name: 'but for a holiday', minutes: [minute], hours: [hour], exceptions: [{ date: '2030-12-24' }] },
    { name: 'until 2035', minutes: [minute], hours: [hour], end: '2035-12-31 12:00:00+00' },
  ]);
}

// Both fire on the hour.
function sharingSchedules(draw: Draw): readonly ScheduleRow[] {
  const hour = 4 + draw.below(19);
  return [
    { name: 'daily', minutes: [0], hours: [hour] },
    { name: 'half-hourly', minutes: [0, 30], hours: span(hour, 23) },
  ];
}

function plainSteps(table: string, draw: Draw): readonly StepRow[] {
  return draw.among<readonly StepRow[]>([
    [{ name: '1 vacuum', code: `VACUUM (ANALYZE) ${table}` }],
    [{ name: '1 refresh', code: `REFRESH MATERIALIZED VIEW CONCURRENTLY ${table}_daily` }],
    [
      {
        name: '1 archive',
        code: `INSERT INTO ${table}_old SELECT * FROM ${table} WHERE at < now() - interval '90 days'`,
      },
      { name: '2 delete', code: `DELETE FROM ${table} WHERE at < now() - interval '90 days'`, onError: 'i' },
    ],
    [{ name: '1 dump', kind: 'b', code: `pg_dump -Fc -t ${table} app > /backup/${table}.dump` }],
  ]);
}

function stepsOfOneSession(table: string): readonly StepRow[] {
  return [
    { name: '1 load', code: `CREATE TEMPORARY TABLE new_${table} AS SELECT * FROM ${table}_import` },
    { name: '2 merge', code: `INSERT INTO ${table} SELECT * FROM new_${table}` },
  ];
}

const ON_ERROR = { f: 'fail', s: 'success', i: 'ignore' } as const;

/** The jobs as the tool reads them, with ids as an empty database gives them. */
export function jobsFromRows(rows: readonly JobRow[]): readonly Job[] {
  let scheduleId = 0;
  let stepId = 0;
  return rows.map((row, index) => ({
    id: index + 1,
    name: row.name,
    description: row.description ?? '',
    className: 'Routine Maintenance',
    hostAgent: row.host ?? '',
    enabled: row.enabled ?? true,
    schedules: (row.schedules ?? []).map(({ name = '', end, exceptions = [], start: _, ...ticked }) => {
      scheduleId += 1;
      return schedule(ticked, {
        id: scheduleId,
        name,
        end: end === undefined ? null : Date.parse(end),
        exceptions: exceptions.map(({ date, time }) => exception(date ?? null, time ?? null)),
      });
    }),
    steps: row.steps.map(({ name, kind, code, database = 'app', onError = 'f' }) => {
      stepId += 1;
      const about = { id: stepId, name, onError: ON_ERROR[onError] };
      return kind === 'b'
        ? batchStep(code, about)
        : sqlStep({ ...about, code, connection: { kind: 'database', name: database } });
    }),
  }));
}
