import type { Replacement } from '../../src/model/plan.ts';
import { pga2timetable, type Result } from '../cli/run.ts';
import type { Engine } from '../engine/engine.ts';
import { HoldingProxy, isCommitInTime } from '../servers/holding-proxy.ts';
import type { Server } from '../servers/postgres.ts';
import { endsOf, MINUTE, nextMinute, prepare, sleepUntil, type Times } from './live-run.ts';

/** Live chains of one client are exchanged for those of another: when each ticks, and how the commit is held. */
export interface Exchange {
  /** The seconds at which the old client and the new one tick. */
  readonly from: number;
  readonly to: number;
  readonly isHeld: boolean;
}

/** What happened, and what the tool said of it. */
export interface ExchangeStory {
  readonly moved: Result;
  readonly replaced: Result;
  /** What the tool said of the exchange. */
  readonly replacement: () => Replacement;
  /** By job and due minute (milliseconds since 1970 UTC): how often it ran. */
  readonly runs: readonly { readonly jobId: number; readonly minute: number; readonly runs: number }[];
}

/** The second of the minute at which the exchange is asked for: between both ticks. */
const ASKED = 25;
const DUE = { each: Array.from({ length: 60 }, (_, minute) => minute) };

/** Moves jobs to one client, and in the next minute to another that is connected too; no agent is there. */
export async function exchange(
  server: Server,
  engine: Engine,
  name: string,
  { from, to, isHeld }: Exchange,
  times: Times,
): Promise<ExchangeStory> {
  const even = DUE.each.filter((minute) => minute % 2 === 0);
  const jobIds = await prepare(server, engine, { source: name, target: name }, { ...DUE, even });
  const clients = [];
  for (const [client, second] of [
    ['old', from],
    ['new', to],
  ].sort(([, a], [, b]) => Number(a) - Number(b))) {
    await sleepUntil(times.first + Number(second) * 1000);
    clients.push(await engine.startTicking(server, name, String(client)));
  }
  const proxy = isHeld ? new HoldingProxy(isCommitInTime, nextMinute(to > from ? from : to)) : null;
  try {
    const ends = await endsOf(server, { source: name, target: name }, null);
    const moved = await pga2timetable(['--disable-source', '--client-name', '=old', ...ends]);
    await sleepUntil(times.first + MINUTE + ASKED * 1000);
    const held = await endsOf(server, { source: name, target: name }, proxy);
    const replaced = await pga2timetable(['--client-name', '=new', '--on-conflict', 'replace', ...held]);
    await sleepUntil(times.first + 3 * MINUTE + 5_000);
    const { rows } = await server.run(
      name,
      `SELECT job, (extract(epoch FROM date_trunc('minute', at)) * 1000)::float8 AS minute FROM ran`,
    );
    const runs = [...jobIds].flatMap(([job, jobId]) =>
      [times.first + MINUTE, times.first + 2 * MINUTE]
        .filter((minute) => job === 'each' || new Date(minute).getUTCMinutes() % 2 === 0)
        .map((minute) => ({
          ...{ jobId, minute },
          runs: rows.filter((row) => row.job === job && row.minute === minute).length,
        })),
    );
    return { moved, replaced, runs, replacement: () => JSON.parse(replaced.stdout).replacement };
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
    proxy?.close();
  }
}
