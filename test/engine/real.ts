import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Server } from '../servers/postgres.ts';
import type { ChainEnd, ClientOptions, Engine, EngineClient } from './engine.ts';
import { runEach } from './run-each.ts';

// When its input ends, which happens too if the test dies by a signal, the program is stopped, by the signal that the
// input names.
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell that puts the signal in
const WATCH = '"$@" & engine=$!; signal=$(cat); kill "${signal:--TERM}" "$engine"; wait "$engine"';

const ENDS: Readonly<Record<string, ChainEnd>> = {
  'Chain executed successfully': 'succeeded',
  'Chain failed': 'failed',
  'Cannot proceed. Sleeping': 'not-run',
};
const HANDLED = /^Error handler (executed|failed)/;
const REFUSED = /cannot start chain with ID: (\d+);/;

/** Makes the schema by the program itself. */
export async function initReal(program: string, server: Server, database: string): Promise<void> {
  const arguments_ = ['--init', '--clientname', 'init', '--connstr', server.uri(database)];
  const { status, stdout, stderr } = spawnSync(program, arguments_, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`pg_timetable --init failed: ${stdout}${stderr}`);
}

/** A line of the program's log file. */
interface LogLine {
  readonly msg: string;
  readonly error?: string;
  readonly chain?: { readonly ChainID: number; readonly ChainName: string; readonly OnError: string };
}

/** A running pg_timetable and its log file. */
class RealProcess {
  readonly #child: ChildProcess;
  readonly #home: string;
  readonly #exited: Promise<void>;

  constructor(
    program: string,
    options: readonly string[],
    uri: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#home = mkdtempSync(join(tmpdir(), 'pgtt-'));
    const log = ['--log-file', this.#logFile, '--log-file-format', 'json'];
    this.#child = spawn('sh', ['-c', WATCH, 'sh', program, ...options, ...log, '--connstr', uri], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, ...env },
    });
    this.#exited = new Promise((done) => this.#child.once('exit', () => done()));
  }

  get #logFile(): string {
    return join(this.#home, 'log.json');
  }

  /** What it has logged so far, its last line only when that is complete. */
  log(): LogLine[] {
    let text: string;
    try {
      text = readFileSync(this.#logFile, 'utf8');
    } catch {
      return [];
    }
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  async stop(signal: '-TERM' | '-KILL' = '-TERM'): Promise<void> {
    this.#child.stdin?.end(signal);
    await this.#exited;
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Waits until a condition holds. @returns whether it did in time */
async function until(condition: () => boolean | Promise<boolean>, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}

function endOf(line: LogLine, chainId: string): ChainEnd | undefined {
  if (line.error !== undefined && REFUSED.exec(line.error)?.[1] === chainId) return 'not-run';
  return String(line.chain?.ChainID) === chainId ? ENDS[line.msg] : undefined;
}

function isStartOf(chainId: string): (line: LogLine) => boolean {
  return ({ msg, chain }) => msg === 'Starting chain' && String(chain?.ChainID) === chainId;
}

/** How a chain ended by these lines; undefined before its end, which is that of on_error if that runs. */
function endIn(log: readonly LogLine[], chainId: string): ChainEnd | undefined {
  for (const [i, line] of log.entries()) {
    const end = endOf(line, chainId);
    if (end === undefined) continue;
    const handling = end === 'failed' && line.chain?.OnError;
    const handled = log
      .slice(i)
      .some(({ msg, chain }) => HANDLED.test(msg) && String(chain?.ChainID) === chainId);
    return handling && !handled ? undefined : end;
  }
  return undefined;
}

/** A client under --debug, told by notify_chain_start what to run. */
class RealClient implements EngineClient {
  #process: RealProcess;
  readonly #start: () => RealProcess;
  readonly #admin: pg.Client;
  readonly #clientName: string;
  readonly #hangSeconds: number;
  readonly #notified = new Map<string, number>();
  #last: string | undefined;

  constructor(start: () => RealProcess, admin: pg.Client, clientName: string, hangSeconds: number) {
    this.#start = start;
    this.#process = start();
    this.#admin = admin;
    this.#clientName = clientName;
    this.#hangSeconds = hangSeconds;
  }

  /** Resolves when the client hears notifications. */
  async listening(): Promise<void> {
    const accepting = await until(
      () => this.#process.log().some(({ msg }) => msg.startsWith('Accepting asynchronous chains')),
      90,
    );
    if (!accepting) throw new Error(`pg_timetable does not listen: ${JSON.stringify(this.#process.log())}`);
    // It says so a little before the last of its two or three connections listens, which is the one that waits for
    // notifications: the others handle theirs when they are next used, up to a minute later.
    await until(async () => {
      const { rowCount } = await this.#admin.query(
        'SELECT FROM timetable.active_session WHERE client_name = $1',
        [this.#clientName],
      );
      return Number(rowCount) >= 3;
    }, 0.5);
    await sleep(150);
  }

  async run(chainId: string): Promise<ChainEnd> {
    await this.#oneSecondLater(chainId);
    const before = this.#process.log().length;
    await this.#admin.query('SELECT timetable.notify_chain_start($1, $2)', [chainId, this.#clientName]);
    let end: ChainEnd | undefined;
    const ended = await until(() => {
      end = endIn(this.#process.log().slice(before), chainId);
      return end !== undefined;
    }, this.#hangSeconds);
    if (!ended || end === undefined) {
      const started = this.#process.log().slice(before).some(isStartOf(chainId));
      if (!started) throw new Error(`pg_timetable did not start chain ${chainId}`);
      await this.#cut();
      return 'hangs';
    }
    if (end !== 'not-run') await this.#left(chainId, end);
    return end;
  }

  async stop(): Promise<void> {
    await this.#written();
    await this.#process.stop();
    await this.#admin.end();
  }

  // A notification carries its time rounded to seconds; a second one of the same time would count for nothing.
  async #oneSecondLater(chainId: string): Promise<void> {
    const last = this.#notified.get(chainId);
    if (last !== undefined) await sleep(Math.max(0, last + 1050 - Date.now()));
    this.#notified.set(chainId, Date.now());
  }

  // The chain's end is logged a little before it is no longer active, and before it destroys itself.
  async #left(chainId: string, end: ChainEnd): Promise<void> {
    this.#last = chainId;
    await until(async () => {
      const { rowCount } = await this.#admin.query(
        `SELECT FROM timetable.active_chain WHERE chain_id = $1 AND client_name = $2
         UNION ALL SELECT FROM timetable.chain WHERE chain_id = $1 AND self_destruct AND $3`,
        [chainId, this.#clientName, end === 'succeeded'],
      );
      return rowCount === 0;
    }, 10);
  }

  // Rows come to timetable.log up to two seconds late.
  async #written(): Promise<void> {
    if (this.#last === undefined) return;
    await until(async () => {
      const { rowCount } = await this.#admin.query(
        "SELECT FROM timetable.log WHERE message = ANY ($2) AND message_data -> 'chain' ->> 'ChainID' = $1 LIMIT 1",
        [this.#last, Object.keys(ENDS)],
      );
      return rowCount === 1;
    }, 5);
  }

  // A chain that hangs holds its connections; a new process takes over. Stopped gently, the old one would still write.
  async #cut(): Promise<void> {
    await this.#process.stop('-KILL');
    const cut = async (): Promise<boolean> => {
      const { rowCount } = await this.#admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
           AND (application_name = 'pg_timetable' OR pid IN (SELECT server_pid FROM timetable.active_session))`,
      );
      return rowCount === 0;
    };
    await until(cut, 10);
    this.#last = undefined;
    await this.#admin.query('DELETE FROM timetable.active_session WHERE client_name = $1', [
      this.#clientName,
    ]);
    this.#process = this.#start();
    await this.listening();
  }
}

async function connectReal(
  program: string,
  server: Server,
  database: string,
  clientName: string,
  { hangSeconds = 8, env = {} }: ClientOptions = {},
): Promise<EngineClient> {
  const start = () =>
    new RealProcess(program, ['--debug', '--clientname', clientName], server.uri(database), env);
  const client = new RealClient(start, await server.connect(database), clientName, hangSeconds);
  await client.listening();
  return client;
}

// A client ticks as it starts, and again a minute later.
async function tickReal(
  program: string,
  server: Server,
  database: string,
  clientNames: readonly string[],
): Promise<readonly string[]> {
  const ticked = (line: LogLine): boolean => line.msg.startsWith('Retrieve scheduled chains to run');
  if (new Date().getSeconds() > 50) await sleep((60 - new Date().getSeconds()) * 1000);
  const processes = clientNames.map(
    (name) => new RealProcess(program, ['--clientname', name], server.uri(database), {}),
  );
  try {
    for (const process of processes) await until(() => process.log().some(ticked), 20);
    await sleep(1500);
    await until(async () => {
      const { rows } = await server.run(
        database,
        'SELECT count(*)::int AS running FROM timetable.active_chain',
      );
      return rows[0].running === 0;
    }, 30);
    return processes
      .flatMap((process, i) =>
        process
          .log()
          .filter(({ msg }) => msg === 'Starting chain')
          .map(({ chain }) => `${chain?.ChainName} on ${clientNames[i]}`),
      )
      .sort();
  } finally {
    await Promise.all(processes.map((process) => process.stop()));
  }
}

/** Resolves at its first tick. */
async function startTickingReal(
  program: string,
  server: Server,
  database: string,
  clientName: string,
): Promise<RealProcess> {
  const process = new RealProcess(program, ['--clientname', clientName], server.uri(database), {});
  const isTicking = await until(
    () => process.log().some(({ msg }) => msg.startsWith('Retrieve scheduled chains to run')),
    20,
  );
  if (isTicking) return process;
  await process.stop();
  throw new Error('pg_timetable did not tick');
}

function versionOf(program: string): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return /Version:\s+(\S+)/.exec(stdout ?? '')?.[1] ?? 'of unknown version';
}

/** The pg_timetable at this path as an engine. */
export function realEngine(program: string): Engine {
  const engine: Engine = {
    name: versionOf(program),
    init: (server, database) => initReal(program, server, database),
    connect: (server, database, clientName, options) =>
      connectReal(program, server, database, clientName, options),
    runChains: (...run) => runEach(engine.connect, ...run),
    tickOnce: (server, database, clientNames) => tickReal(program, server, database, clientNames),
    startTicking: (server, database, clientName) => startTickingReal(program, server, database, clientName),
  };
  return engine;
}
