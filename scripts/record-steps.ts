import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOBS } from '../test/differential/jobs/index.ts';
import { HBA, makeTemplates } from '../test/differential/place.ts';
import {
  RECORDED_VERSION,
  type Recorded,
  recordable,
  runName,
  writeRecording,
} from '../test/differential/recording.ts';
import { beginMigrated, cannotRunHere } from '../test/differential/run-all.ts';
import { findProgram } from '../test/engine/engine.ts';
import { realEngine } from '../test/engine/real.ts';
import { startServer } from '../test/servers/postgres.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Lets the real program run every migrated job of the table, and writes down what it did. */
async function record(program: string): Promise<void> {
  const engine = realEngine(program);
  if (engine.name !== RECORDED_VERSION)
    throw new Error(`the program is ${engine.name}, not ${RECORDED_VERSION}`);
  const missing = JOBS.map(cannotRunHere).find((reason) => reason !== null);
  if (missing !== undefined) throw new Error(missing);
  const server = await startServer('debian-15', { max_connections: '200' }, HBA);
  const home = mkdtempSync(join(tmpdir(), 'pga2tt-record-'));
  chmodSync(home, 0o777);
  try {
    await makeTemplates(engine, server);
    const recorded = new Map<string, Recorded>();
    const begun = beginMigrated(engine, server, JOBS, home);
    for (const { jobId, transaction, migrated } of begun) {
      const { outcome } = await migrated;
      if (outcome !== null) recorded.set(runName(jobId, transaction), recordable(outcome));
    }
    writeRecording(recorded);
    say(`pg_timetable ${engine.name}: ${recorded.size} runs of ${JOBS.length} jobs recorded`);
  } finally {
    server.stop();
    rmSync(home, { recursive: true });
  }
}

const program = findProgram();
if (program === null) {
  say('pg_timetable is not here: set PG_TIMETABLE to its path, or put it on PATH. Nothing was recorded.');
} else {
  await record(program);
}
