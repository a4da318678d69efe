import { findProgram } from '../test/engine/engine.ts';
import { insertScheduled, recordedTick, runProbes } from '../test/engine/probes.ts';
import { realEngine } from '../test/engine/real.ts';
import { recordingOf } from '../test/engine/recordings.ts';
import { debian15, type Server, startServer } from '../test/servers/postgres.ts';

const VERSION = '7.0.0';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs everything recorded on the real program. @returns where it no longer agrees, a line each */
async function disagreements(program: string, server: Server): Promise<string[]> {
  const engine = realEngine(program);
  const { probes, scheduled } = recordingOf(VERSION);
  const lines: string[] = [];
  if (engine.name !== VERSION) lines.push(`the program is ${engine.name}, the recording is of ${VERSION}`);
  const results = await runProbes(engine, server, probes);
  for (const { probe, difference } of results) {
    if (difference !== null) lines.push(`${probe.id}: ${difference}`);
  }
  say(
    `pg_timetable: ${engine.name}, ${results.filter((r) => r.difference === null).length} of ${probes.length} probes agree`,
  );
  await server.createDatabase('scheduled');
  await engine.init(server, 'scheduled');
  await insertScheduled(server, 'scheduled', scheduled);
  const ticked = await engine.tickOnce(server, 'scheduled', ['w1', 'w2']);
  const expected = recordedTick(scheduled, new Date().getUTCDay());
  if (ticked.join() !== expected.join())
    lines.push(`scheduled: ran ${ticked.join()}, recorded ${expected.join()}`);
  return lines;
}

const program = findProgram();
if (program === null) {
  say('pg_timetable is not here: set PG_TIMETABLE to its path, or put it on PATH. Nothing was compared.');
} else {
  const server = await startServer(debian15() ? 'debian-15' : 'embedded');
  try {
    const lines = await disagreements(program, server);
    for (const line of lines) say(line);
    process.exitCode = lines.length > 0 ? 1 : 0;
  } finally {
    server.stop();
  }
}
