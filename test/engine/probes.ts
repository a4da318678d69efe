import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Server } from '../servers/postgres.ts';
import { type Engine, type EngineClient, onPath } from './engine.ts';
import type { Outcome, Probe, ProbeTask, Scheduled } from './recordings.ts';

const RECORDED_DATABASE = 'record';

// The recording's own words for this are in its `setup`.
const SETUP = `
  CREATE TABLE seen(n int GENERATED ALWAYS AS IDENTITY, s text);
  CREATE TABLE big AS SELECT generate_series(1, 1000) a;
  CREATE MATERIALIZED VIEW mv AS SELECT 1 a;
  CREATE UNIQUE INDEX ON mv(a);
  DO $$BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lowly') THEN CREATE ROLE lowly; END IF;
  END$$;`;

/** Makes a database in which probes can run. */
async function prepareDatabase(engine: Engine, server: Server, database: string): Promise<void> {
  await server.createDatabase(database);
  await engine.init(server, database);
  await server.run(database, SETUP);
}

/** Puts the server's values in the place of the names that the recording has for them. */
export function fillIn<Value>(value: Value, server: Server): Value {
  const values: Readonly<Record<string, string>> = {
    host: server.socketDirectory,
    port: String(server.port),
    socket_encoded: encodeURIComponent(server.socketDirectory),
    home: homedir(),
  };
  const inText = (text: string): string =>
    text
      .replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
      .replace(/\{(.) x (\d+)\}/g, (_, letter: string, times: string) => letter.repeat(Number(times)));
  const inAny = (any: unknown): unknown => {
    if (typeof any === 'string') return inText(any);
    if (Array.isArray(any)) return any.map(inAny);
    if (any === null || typeof any !== 'object') return any;
    return Object.fromEntries(Object.entries(any).map(([name, each]) => [name, inAny(each)]));
  };
  return inAny(value) as Value;
}

async function insertTask(db: pg.Client, chainId: string, order: number, task: ProbeTask): Promise<void> {
  const { rows } = await db.query(
    `INSERT INTO timetable.task(chain_id, task_order, kind, command, autonomous, ignore_error, live, database_connection)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING task_id`,
    [
      chainId,
      order,
      task.kind,
      task.command,
      task.autonomous ?? false,
      task.ignoreError ?? false,
      task.live ?? true,
      task.databaseConnection ?? null,
    ],
  );
  for (const [i, value] of (task.parameters ?? []).entries()) {
    await db.query('INSERT INTO timetable.parameter VALUES ($1, $2, $3)', [
      rows[0].task_id,
      i + 1,
      JSON.stringify(value),
    ]);
  }
}

/** Makes the probe's chain in an otherwise empty schema. @returns its id */
async function insertChain(db: pg.Client, probe: Probe): Promise<string> {
  await db.query(`TRUNCATE seen RESTART IDENTITY;
    DELETE FROM timetable.chain;
    TRUNCATE timetable.execution_log`);
  const { rows } = await db.query(
    'INSERT INTO timetable.chain(chain_name, on_error, self_destruct) VALUES ($1, $2, $3) RETURNING chain_id',
    [probe.id, probe.chain?.onError ?? null, probe.chain?.selfDestruct ?? false],
  );
  for (const [i, task] of probe.tasks.entries()) await insertTask(db, rows[0].chain_id, (i + 1) * 10, task);
  return rows[0].chain_id;
}

type Unlogged = Omit<Outcome, 'errors'>;

/** Reads what a chain left behind, but for its errors. */
async function outcomeOf(db: pg.Client, chain: string, chainId: string): Promise<Unlogged> {
  const seen = await db.query('SELECT s FROM seen ORDER BY n');
  const gone = await db.query('SELECT FROM timetable.chain WHERE chain_id = $1', [chainId]);
  const log = await db.query(
    `SELECT numbered.task::int, returncode, coalesce(output, '') AS output FROM timetable.execution_log
     LEFT JOIN (SELECT task_id, row_number() OVER (ORDER BY task_order) AS task FROM timetable.task) numbered USING (task_id)
     WHERE chain_id = $1 ORDER BY last_run, finished`,
    [chainId],
  );
  return {
    chain,
    ...(gone.rowCount === 0 && { chainGone: true }),
    seen: seen.rows.map(({ s }) => (/^\d+$/.test(s) ? '<txid>' : s)),
    log: log.rows,
  };
}

/** Reads the errors of a chain from timetable.log, which is complete only when the client has stopped. */
async function errorsOf(db: pg.Client, chainId: string): Promise<string[]> {
  const { rows } = await db.query(
    `SELECT message_data ->> 'error' AS error FROM timetable.log
     WHERE log_level = 'ERROR' AND message_data ? 'error' AND message_data -> 'chain' ->> 'ChainID' = $1 ORDER BY ts`,
    [chainId],
  );
  return rows.map(({ error }) => error);
}

// The stand-in fails in the words of Node and its own. What the two programs mean is compared: for an error of the
// server its severity, text and SQLSTATE without what stands around it, for any other error which of these it is.
const MEANINGS: readonly (readonly [meaning: string, words: RegExp])[] = [
  ['exit status', /exit status (\d+)/],
  ['killed', /signal: killed|ended by SIGKILL/],
  ['terminated', /signal: terminated|ended by SIGTERM/],
  ['no service file', /service file/],
  ['no such program', /executable file not found|no such file or directory|^spawn .* ENOENT/],
  ['too long', /argument list too long|^spawn E2BIG/],
  ['bad parameter', /cannot unmarshal (\w+)|^a parameter .*of type (\w+)/],
  ['connection refused', /connection refused|ECONNREFUSED/],
  ['connection closed', /conn closed|is not queryable/],
  ['timed out', /context deadline exceeded|^timed out$/],
  ['empty', /cannot be empty|is empty/],
];

/** What an error means, in words that do not depend on the engine. */
export function meaningOf(error: string): string {
  const ofServer = [...error.matchAll(/\b((?:ERROR|FATAL|PANIC): [^\n]* \(SQLSTATE \w{5}\))/g)].at(-1)?.[1];
  if (ofServer !== undefined) return ofServer;
  for (const [meaning, words] of MEANINGS) {
    const found = words.exec(error);
    if (found) return [meaning, ...found.slice(1).filter((detail) => detail !== undefined)].join(' ');
  }
  return error;
}

/** Why this machine cannot run a probe, or null. */
export function cannotRunHere(probe: Probe): string | null {
  for (const program of ['psql', 'python3', 'sh', 'true']) {
    const needs = probe.tasks.some(({ kind, command }) => kind === 'PROGRAM' && command.trim() === program);
    if (needs && !onPath(program)) return `this machine has no ${program}`;
  }
  return null;
}

/** A probe that was run, and whether it left behind what was recorded. */
export interface ProbeResult {
  readonly probe: Probe;
  /** Null if it agrees, else how it differs, in one line. */
  readonly difference: string | null;
}

function differenceOf(expected: Outcome, observed: Outcome, seconds: number): string | null {
  const { seconds: atLeast, ...outcome } = expected;
  try {
    assert.deepEqual(
      { ...observed, errors: observed.errors.map(meaningOf) },
      { ...outcome, errors: outcome.errors.map(meaningOf) },
    );
  } catch {
    return `observed ${JSON.stringify(observed)}, recorded ${JSON.stringify(outcome)}`;
  }
  if (atLeast !== undefined && seconds < atLeast * 0.9) return `took ${seconds} s, recorded ${atLeast} s`;
  return null;
}

/** A chain that has run. */
interface Ran {
  readonly probe: Probe;
  readonly chainId: string;
  readonly outcome: Unlogged;
  readonly seconds: number;
}

async function runProbe(client: EngineClient, db: pg.Client, probe: Probe): Promise<Ran> {
  const chainId = await insertChain(db, probe);
  const started = Date.now();
  const end = await client.run(chainId);
  const seconds = (Date.now() - started) / 1000;
  return { probe, chainId, outcome: await outcomeOf(db, end, chainId), seconds };
}

async function resultOf(db: pg.Client, { probe, chainId, outcome, seconds }: Ran): Promise<ProbeResult> {
  const errors = outcome.chain === 'hangs' ? [] : await errorsOf(db, chainId);
  return { probe, difference: differenceOf(probe.recorded, { ...outcome, errors }, seconds) };
}

/** Runs probes one after the other in a database of their own. */
async function runInTurn(
  engine: Engine,
  server: Server,
  database: string,
  probes: readonly Probe[],
): Promise<ProbeResult[]> {
  await prepareDatabase(engine, server, database);
  const db = await server.connect(database);
  try {
    const client = await engine.connect(server, database, 'probe');
    const ran: Ran[] = [];
    const results: ProbeResult[] = [];
    for (const probe of probes) {
      const missing = cannotRunHere(probe);
      if (missing) results.push({ probe, difference: missing });
      else ran.push(await runProbe(client, db, fillIn(probe, server)));
    }
    await client.stop();
    for (const each of ran) results.push(await resultOf(db, each));
    return results;
  } finally {
    await db.end();
  }
}

/** Runs all probes. Those that hang get a database each, beside the others. @returns the results in the given order */
export async function runProbes(
  engine: Engine,
  server: Server,
  probes: readonly Probe[],
): Promise<readonly ProbeResult[]> {
  await server.createDatabase("odd db's");
  const hanging = probes.filter(({ recorded }) => recorded.chain === 'hangs');
  const others = probes.filter((probe) => !hanging.includes(probe));
  const groups = hanging.map((probe, i) => ({ database: `hanging${i}`, probes: [probe] }));
  groups.push({ database: RECORDED_DATABASE, probes: others });
  // One after the other until the schema is made: two CREATE DATABASE at once can refuse each other.
  const running: Promise<ProbeResult[]>[] = [];
  for (const group of groups) {
    running.push(runInTurn(engine, server, group.database, group.probes));
    await sleep(1000);
  }
  const results = (await Promise.all(running)).flat();
  return probes.flatMap(({ id }) => results.filter(({ probe }) => probe.id === id));
}

/** Makes the chains of the recorded tick, each with one task that does nothing. */
export async function insertScheduled(server: Server, database: string, scheduled: Scheduled): Promise<void> {
  const db = await server.connect(database);
  try {
    for (const { name, runAt, live, clientName } of scheduled.chains) {
      await db.query(
        `WITH made AS (
           INSERT INTO timetable.chain(chain_name, run_at, live, client_name) VALUES ($1, $2, $3, $4) RETURNING chain_id
         )
         INSERT INTO timetable.task(chain_id, task_order, command) SELECT chain_id, 10, 'SELECT 1' FROM made`,
        [name, runAt, live, clientName ?? null],
      );
    }
  } finally {
    await db.end();
  }
}

/** What the recorded tick is on another day of the week: without the chains of its own day. */
export function recordedTick({ recorded, weekday }: Scheduled, today: number): readonly string[] {
  return today === weekday ? recorded : recorded.filter((entry) => !entry.startsWith('sunday-'));
}
