import { type JobPlan, planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import type { Engine } from '../engine/engine.ts';
import { meaningOf } from '../engine/probes.ts';
import type { Server } from '../servers/postgres.ts';
import { CONNINFO, type DifferentialJob } from './differential-job.ts';
import { type Effects, effectsIn } from './effects.ts';
import { fillIn, makePlace, type Place, removePlace, takeOut } from './place.ts';
import { type ErrorRow, type LogRow, stepRuns, type TaskOfStep } from './step-runs.ts';

/** What a migrated job left behind, and what pg_timetable wrote about it. */
export interface Outcome extends Effects {
  readonly log: readonly Pick<LogRow, 'task' | 'returncode' | 'output'>[];
  /** By meaning: see `meaningOf`. */
  readonly errors: readonly { readonly task: string; readonly error: string }[];
}

/** The value of --transaction. */
export type Transaction = 'step' | 'chain';

/** A job that was migrated and run; no outcome if its plan has no chain. */
export interface Migrated {
  readonly plan: JobPlan;
  readonly outcome: Outcome | null;
}

/** Migrates a job by the command line in fresh databases, and lets the engine run its chain once. */
export async function runUnderTimetable(
  engine: Engine,
  server: Server,
  job: DifferentialJob,
  name: string,
  home: string,
  transaction: Transaction,
): Promise<Migrated> {
  const { place } = await makePlace(server, job, name, home);
  try {
    const plan = await migrate(place, job, transaction);
    const [chain] = plan.chains;
    if (chain?.chainId === undefined) return { plan, outcome: null };
    const chainId = String(chain.chainId);
    const ends = await engine.runChains(server, name, [chainId], 'main', {
      hangSeconds: job.differs?.underTimetable.end === 'hangs' ? 8 : 30,
    });
    return { plan, outcome: await outcomeOf(place, job, plan, String(ends.get(chainId))) };
  } finally {
    await removePlace(place);
  }
}

async function migrate(place: Place, job: DifferentialJob, transaction: Transaction): Promise<JobPlan> {
  const args = [
    ...['-s', place.server.conninfo(place.database), '--client-name', '=main', '--format', 'json'],
    ...['--step-conninfo', fillIn(CONNINFO, place)],
    ...(transaction === 'chain' ? ['--transaction', 'chain'] : []),
    ...fillIn(job.options ?? [], place),
  ];
  const { code, stdout, stderr } = await pga2timetable(args);
  if (code !== (isLeftOut(job, transaction) ? 6 : 0)) throw new Error(`exit code ${code}: ${stderr}`);
  const [plan] = planSchema.parse(JSON.parse(stdout)).jobs;
  if (plan === undefined) throw new Error('the plan has no job');
  return plan;
}

function isLeftOut({ leftOut, inOneTransaction }: DifferentialJob, transaction: Transaction): boolean {
  if (transaction === 'chain') return typeof inOneTransaction === 'object' && 'leftOut' in inOneTransaction;
  return leftOut !== undefined;
}

async function outcomeOf(place: Place, job: DifferentialJob, plan: JobPlan, end: string): Promise<Outcome> {
  const { rows: logged } = await place.server.run(
    place.database,
    `SELECT task_id::int AS id, task_name AS task, returncode, coalesce(output, '') AS output
       FROM timetable.execution_log JOIN timetable.task USING (task_id) ORDER BY last_run, finished`,
  );
  const { rows: errors } = await place.server.run(
    place.database,
    `SELECT task_id::int AS id, coalesce(task_name, '') AS task, message_data ->> 'error' AS error
       FROM timetable.log
       LEFT JOIN timetable.task ON task_id::text = message_data -> 'task' ->> 'TaskID'
      WHERE log_level = 'ERROR' AND message_data ? 'error' AND message_data ? 'chain' ORDER BY ts`,
  );
  const meanings = (errors as ErrorRow[]).map((row) => ({ ...row, error: meaningOf(row.error) }));
  const steps = await stepsOfTasks(place, job, plan);
  const runs = stepRuns(steps, end, logged, meanings);
  const effects = await effectsIn(place, job, { end, steps: runs });
  return takeOut(
    {
      ...effects,
      log: (logged as LogRow[]).map(({ task, returncode, output }) => ({ task, returncode, output })),
      errors: end === 'hangs' ? [] : meanings.map(({ task, error }) => ({ task, error })),
    },
    place,
  );
}

/** The live tasks of the chain in their order, each with the step of the table that it stands for. */
async function stepsOfTasks(place: Place, job: DifferentialJob, plan: JobPlan): Promise<TaskOfStep[]> {
  const { rows } = await place.server.run(
    place.database,
    'SELECT jstid::int AS id FROM pgagent.pga_jobstep ORDER BY jstid',
  );
  const tasks = (plan.chains[0]?.tasks ?? []).filter(({ live }) => live);
  return tasks.map(({ taskId, stepId }) => ({
    taskId: taskId ?? 0,
    step: job.steps[rows.findIndex(({ id }) => id === stepId)],
  }));
}
