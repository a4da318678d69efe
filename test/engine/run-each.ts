import type { ChainEnd, Engine } from './engine.ts';

/** Runs each chain once, one after the other, on one client that is connected for it. */
export async function runEach(
  connect: Engine['connect'],
  ...[server, database, chainIds, clientName, options]: Parameters<Engine['runChains']>
): Promise<ReadonlyMap<string, ChainEnd>> {
  const client = await connect(server, database, clientName, options);
  const ends = new Map<string, ChainEnd>();
  try {
    for (const id of chainIds) ends.set(id, await client.run(id));
  } finally {
    await client.stop();
  }
  return ends;
}
