import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Server } from '../servers/postgres.ts';
import { realEngine } from './real.ts';
import { standIn } from './stand-in.ts';

/** `not-run`: bound to another client, or as many instances as allowed are running. */
export type ChainEnd = 'succeeded' | 'failed' | 'hangs' | 'not-run';

export interface ClientOptions {
  /** A chain that has not ended after this many seconds hangs; 8 if not given. It is stopped, and with it what other
   *  clients of the real program do in this database. */
  readonly hangSeconds?: number;
  /** Set over the environment of the client, which its programs inherit. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A connected client: what `pg_timetable --debug --clientname NAME` is. */
export interface EngineClient {
  /** Runs a chain, live or not, and says how it ended. Rows may come to timetable.log until `stop()`. */
  run(chainId: string): Promise<ChainEnd>;
  /** Disconnects the client. */
  stop(): Promise<void>;
}

/** A client that runs chains by schedule, as a user starts it: what `pg_timetable --clientname NAME` is. */
export interface TickingClient {
  /** Disconnects the client; what runs is waited for by the stand-in, and cut by the real one. */
  stop(): Promise<void>;
}

/** What runs chains: the real pg_timetable, or the stand-in. Ids of chains are text, for they are bigint. */
export interface Engine {
  /** '7.0.0' or 'stand-in'. */
  readonly name: string;
  /** Makes the timetable schema in the database. */
  init(server: Server, database: string): Promise<void>;
  /** Connects a client that runs a chain only when told to. */
  connect(
    server: Server,
    database: string,
    clientName: string,
    options?: ClientOptions,
  ): Promise<EngineClient>;
  /** Runs each chain once, one after the other, as a client of this name. */
  runChains(
    server: Server,
    database: string,
    chainIds: readonly string[],
    clientName: string,
    options?: ClientOptions,
  ): Promise<ReadonlyMap<string, ChainEnd>>;
  /** One tick of each client, by the clock: "chain on client" of every chain started, sorted. */
  tickOnce(server: Server, database: string, clientNames: readonly string[]): Promise<readonly string[]>;
  /** Starts a client that ticks now, and again each minute at this second. */
  startTicking(server: Server, database: string, clientName: string): Promise<TickingClient>;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The path of a program that PATH finds, or null. */
export function onPath(program: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder || '.', program);
    if (isProgram(file)) return file;
  }
  return null;
}

/** The path of the real pg_timetable, from PG_TIMETABLE or from PATH, or null. */
export function findProgram(): string | null {
  const named = process.env.PG_TIMETABLE;
  if (!named) return onPath('pg_timetable');
  if (!isProgram(named)) throw new Error(`PG_TIMETABLE is no program: ${named}`);
  return named;
}

/** The real pg_timetable if this machine has it, else the stand-in. */
export function findEngine(): Engine {
  const program = findProgram();
  return program ? realEngine(program) : standIn;
}
