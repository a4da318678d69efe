import { startAgent, until } from '../pgagent/real.ts';
import type { Server } from '../servers/postgres.ts';
import type { DifferentialJob, StepEnd } from './differential-job.ts';
import { type Effects, effectsIn, type StepRun } from './effects.ts';
import { makePlace, removePlace } from './place.ts';

interface SteplogRow {
  readonly id: number;
  readonly kind: string;
  readonly status: string;
  readonly result: number | null;
  readonly output: string | null;
}

/** Lets the real pgAgent run a job once, in fresh databases, by a daemon of its own. */
export async function runUnderAgent(
  server: Server,
  job: DifferentialJob,
  name: string,
  home: string,
): Promise<Effects> {
  const { place, jobId } = await makePlace(server, job, name, home);
  try {
    await server.run(name, `UPDATE pgagent.pga_job SET jobnextrun = now() WHERE jobid = ${jobId}`);
    const agent = await startAgent(server, name);
    let status = 'r';
    try {
      await until(async () => {
        const { rows } = await server.run(name, 'SELECT jlgstatus AS status FROM pgagent.pga_joblog');
        status = rows[0]?.status ?? 'r';
        return status !== 'r';
      });
    } finally {
      await agent.stop();
    }
    return await effectsIn(place, job, {
      end: status === 's' ? 'succeeded' : status === 'f' ? 'failed' : status,
      steps: await stepRuns(server, name, job),
    });
  } finally {
    await removePlace(place);
  }
}

async function stepRuns(server: Server, database: string, job: DifferentialJob): Promise<StepRun[]> {
  const { rows } = await server.run(
    database,
    `SELECT (SELECT count(*)::int FROM pgagent.pga_jobstep earlier WHERE earlier.jstid < jsljstid) AS id,
            jstkind AS kind, jslstatus AS status, jslresult AS result, jsloutput AS output
       FROM pgagent.pga_jobsteplog JOIN pgagent.pga_jobstep ON jstid = jsljstid ORDER BY jslid`,
  );
  return (rows as SteplogRow[]).map((row) => {
    const step = job.steps[row.id];
    if (step === undefined) throw new Error(`no step ${row.id}`);
    const printed = step.prints === undefined ? {} : { printed: (row.output ?? '').trim() };
    return { step: step.name, end: endOf(row, step.onError === 's'), ...printed };
  });
}

// A SQL step that failed has -1; one marked a success all the same has only that. A row that still says `r` is one that
// pgAgent could not write when the step ended.
function endOf({ kind, status, result }: SteplogRow, failureIsSuccess: boolean): StepEnd {
  if (status === 'r') return 'unlogged';
  if (kind === 'b') return result === 0 ? 'ok' : `exit ${result ?? -1}`;
  return status === 's' && !(failureIsSuccess && result === -1) ? 'ok' : 'failed';
}
