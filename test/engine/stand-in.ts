import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../servers/postgres.ts';
import { type Chain, ChainRun } from './chain.ts';
import type { Target } from './connection.ts';
import type { ChainEnd, ClientOptions, Engine, EngineClient, TickingClient } from './engine.ts';
import { runEach } from './run-each.ts';
import { createTimetable } from './schema.ts';
import { Session } from './session.ts';

const WORKERS = 16;

function targetOfServer(server: Server, database: string): Target {
  return {
    hosts: [{ host: server.socketDirectory, port: server.port }],
    user: 'postgres',
    password: undefined,
    passwordFile: undefined,
    database,
    ssl: false,
    connectSeconds: 0,
    parameters: { application_name: 'pg_timetable' },
  };
}

/** A client of the stand-in runner: what `pg_timetable --clientname NAME` is, ticking only when told to. */
export class StandInClient implements EngineClient {
  readonly #name: string;
  readonly #control: Session;
  readonly #target: Target;
  readonly #env: NodeJS.ProcessEnv;
  readonly #hangSeconds: number;
  readonly #notified = new Set<Promise<unknown>>();

  private constructor(name: string, control: Session, target: Target, options: ClientOptions) {
    this.#name = name;
    this.#control = control;
    this.#target = target;
    this.#env = { ...process.env, ...options.env };
    this.#hangSeconds = options.hangSeconds ?? 8;
  }

  /** Connects a client, which then also heeds timetable.notify_chain_start. */
  static async connect(
    server: Server,
    database: string,
    name: string,
    options: ClientOptions = {},
  ): Promise<StandInClient> {
    const target = targetOfServer(server, database);
    const control = await Session.open(target);
    const client = new StandInClient(name, control, target, options);
    try {
      await client.#register();
    } catch (error) {
      await control.close();
      throw error;
    }
    return client;
  }

  async #register(): Promise<void> {
    await this.#forgetTheDead();
    const [other] = await this.#control.rows('SELECT FROM timetable.active_session WHERE client_name = $1', [
      this.#name,
    ]);
    if (other) throw new Error(`another client is called ${this.#name}`);
    await this.#control.rows('DELETE FROM timetable.active_chain WHERE client_name = $1', [this.#name]);
    await this.#control.rows('INSERT INTO timetable.active_session VALUES ($1, pg_backend_pid(), $2)', [
      process.pid,
      this.#name,
    ]);
    this.#control.onNotification((payload) => this.#heed(payload));
    await this.#control.run(`LISTEN "${this.#name.replaceAll('"', '""')}"`);
  }

  // What a client that is no longer connected has left does not count.
  async #forgetTheDead(): Promise<void> {
    await this.#control.run(
      `DELETE FROM timetable.active_session WHERE server_pid NOT IN (SELECT pid FROM pg_stat_activity);
       DELETE FROM timetable.active_chain
         WHERE client_name NOT IN (SELECT client_name FROM timetable.active_session)`,
    );
  }

  #heed(payload: string): void {
    const { ConfigID, Command, Delay } = JSON.parse(payload);
    if (Command !== 'START') return;
    const run = sleep(Delay * 1000).then(() => this.run(String(ConfigID)));
    this.#notified.add(run);
    run.finally(() => this.#notified.delete(run)).catch(() => {});
  }

  async run(chainId: string): Promise<ChainEnd> {
    const chain = await this.#begin(chainId);
    if (!chain) return 'not-run';
    const run = new ChainRun(chain, {
      clientName: this.#name,
      clientPid: process.pid,
      control: this.#control,
      target: this.#target,
      env: this.#env,
    });
    try {
      return await this.#withinTime(run);
    } finally {
      await this.#control.rows(
        'DELETE FROM timetable.active_chain WHERE chain_id = $1 AND client_name = $2',
        [chainId, this.#name],
      );
    }
  }

  /** Runs every live chain that is due at this time. @returns the names of those that ran */
  async tick(at: Date = new Date()): Promise<string[]> {
    const due = await this.#control.rows<Chain>(
      `SELECT chain_id, chain_name FROM timetable.chain
       WHERE live AND (client_name = $1 OR client_name IS NULL)
         AND CASE WHEN run_at LIKE '@%' THEN false ELSE timetable.is_cron_in_time(run_at, $2) END`,
      [this.#name, at],
    );
    const ran: string[] = [];
    const worker = async (): Promise<void> => {
      for (let chain = due.shift(); chain; chain = due.shift()) {
        if ((await this.run(chain.chain_id)) !== 'not-run') ran.push(chain.chain_name);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    return ran;
  }

  /** What the real one writes down as it ticks by schedule. */
  async logTick(): Promise<void> {
    await this.#control.rows(
      "INSERT INTO timetable.log (pid, log_level, client_name, message) VALUES ($1, 'INFO', $2, 'Retrieve scheduled chains to run')",
      [process.pid, this.#name],
    );
  }

  async stop(): Promise<void> {
    while (this.#notified.size > 0) await Promise.allSettled(this.#notified);
    await this.#control.rows('DELETE FROM timetable.active_session WHERE client_name = $1', [this.#name]);
    await this.#control.close();
  }

  /** Takes the chain if it may run here and now. */
  async #begin(chainId: string): Promise<Chain | undefined> {
    await this.#forgetTheDead();
    const [chain] = await this.#control.rows<Chain>(
      `WITH allowed AS (
         SELECT * FROM timetable.chain c
         WHERE chain_id = $1 AND (client_name = $2 OR client_name IS NULL)
           AND coalesce(max_instances, 16) > (SELECT count(*) FROM timetable.active_chain a WHERE a.chain_id = c.chain_id)
       ), started AS (
         INSERT INTO timetable.active_chain(chain_id, client_name) SELECT chain_id, $2 FROM allowed
       )
       SELECT chain_id, chain_name, self_destruct, on_error, coalesce(timeout, 0) AS timeout FROM allowed`,
      [chainId, this.#name],
    );
    return chain;
  }

  async #withinTime(run: ChainRun): Promise<ChainEnd> {
    const deadline = new AbortController();
    const ran = run.run().then((succeeded): ChainEnd => (succeeded ? 'succeeded' : 'failed'));
    const hangs = sleep(this.#hangSeconds * 1000, 'hangs' as const, { signal: deadline.signal });
    hangs.catch(() => {});
    try {
      const end = await Promise.race([ran, hangs]);
      if (end !== 'hangs') return end;
      await run.abort();
      await ran.catch(() => {});
      return end;
    } finally {
      deadline.abort();
    }
  }
}

const MINUTE = 60_000;

/** A client of the stand-in that ticks now and each minute from then on, however long its chains run. */
class StandInTicker implements TickingClient {
  readonly #client: StandInClient;
  readonly #ticks = new Set<Promise<unknown>>();
  readonly #timer: NodeJS.Timeout;

  constructor(client: StandInClient) {
    this.#client = client;
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), MINUTE);
  }

  #tick(): void {
    const tick = Promise.all([this.#client.logTick(), this.#client.tick()]);
    this.#ticks.add(tick);
    tick.finally(() => this.#ticks.delete(tick)).catch(() => {});
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#ticks);
    await this.#client.stop();
  }
}

/** The runner in this folder, with the schema in fixtures/timetable. */
export const standIn: Engine = {
  name: 'stand-in',
  init: (server, database) => createTimetable(server, database),
  connect: (server, database, clientName, options) =>
    StandInClient.connect(server, database, clientName, options),
  runChains: (...run) => runEach(standIn.connect, ...run),
  async tickOnce(server, database, clientNames) {
    const ticks = clientNames.map(async (name) => {
      const client = await StandInClient.connect(server, database, name);
      try {
        return (await client.tick()).map((chain) => `${chain} on ${name}`);
      } finally {
        await client.stop();
      }
    });
    return (await Promise.all(ticks)).flat().sort();
  },
  startTicking: async (server, database, clientName) =>
    new StandInTicker(await StandInClient.connect(server, database, clientName, { hangSeconds: 60 })),
};
