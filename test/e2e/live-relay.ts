import { setTimeout as sleep } from 'node:timers/promises';
import type { UndoneJob } from '../../src/model/undo-result.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import type { Engine, TickingClient } from '../engine/engine.ts';
import { insertJob } from '../pgagent/insert-job.ts';
import { createPgAgent } from '../pgagent/real.ts';
import type { Server } from '../servers/postgres.ts';
import { endsOf, MINUTE, sleepUntil, type Times } from './live-run.ts';

/** Two clients whose chains run for 40 s, half a minute apart: there is never a moment without one. */
const TICKS = { first: 5, second: 35 };
const RUNS_SECONDS = 40;
const ASKED = 20;

/** What came of an undo in the midst. */
export interface RelayStory {
  readonly moved: Result;
  readonly undo: Result;
  /** What the tool said of it. */
  readonly said: () => { readonly jobs: readonly UndoneJob[]; readonly missed: readonly unknown[] };
  /** Runs of each job, by the minute in which they began. */
  readonly runs: readonly { readonly job: string; readonly minute: number }[];
  /** Those that had not ended when pgAgent was to run the jobs again. */
  readonly cutOff: number;
}

/** Moves two jobs that follow each other without a pause, and takes them back. One database, no agent. */
export async function relay(server: Server, engine: Engine, name: string, times: Times): Promise<RelayStory> {
  await server.createDatabase(name);
  await createPgAgent(server, name);
  await engine.init(server, name);
  await server.run(
    name,
    'CREATE TABLE ran (job text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), ended timestamptz)',
  );
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  for (const job of Object.keys(TICKS))
    await insertJob(server, name, {
      ...{ name: job, host: job, schedules: [{ minutes }] },
      steps: [
        { name: '1', code: `INSERT INTO ran (job) VALUES ('${job}')` },
        { name: '2', code: `SELECT pg_sleep(${RUNS_SECONDS})` },
        { name: '3', code: `UPDATE ran SET ended = now() WHERE job = '${job}' AND ended IS NULL` },
      ],
    });
  const clients: TickingClient[] = [];
  try {
    const ends = await endsOf(server, { source: name, target: name }, null, '1min');
    await sleepUntil(times.first + TICKS.first * 1000);
    clients.push(await engine.startTicking(server, name, 'first'));
    await sleepUntil(times.first + TICKS.second * 1000);
    clients.push(await engine.startTicking(server, name, 'second'));
    await sleep(2_000);
    const moved = await pga2timetable(['--disable-source', ...ends]);
    await sleepUntil(times.first + MINUTE + ASKED * 1000);
    const undo = await pga2timetable(['undo', ...ends]);
    const { rows } = await server.run(
      name,
      `SELECT job, (extract(epoch FROM date_trunc('minute', at)) * 1000)::float8 AS minute, ended FROM ran ORDER BY at`,
    );
    const cutOff = rows.filter(({ ended }) => ended === null).length;
    return { moved, undo, runs: rows, cutOff, said: () => JSON.parse(undo.stdout) };
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
  }
}
