import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { Server } from '../servers/postgres.ts';
import { findProgram } from './engine.ts';

/** A chain as rows hold it, its ids and the numbers in task_order apart. */
export interface ChainRow {
  readonly chain_name: string;
  readonly run_at: string;
  readonly max_instances: number;
  readonly timeout: number;
  readonly live: boolean;
  readonly self_destruct: boolean;
  readonly exclusive_execution: boolean;
  readonly client_name: string | null;
  readonly on_error: string | null;
  /** In their order. */
  readonly tasks: readonly TaskRow[];
}

export interface TaskRow {
  readonly task_name: string | null;
  readonly kind: string;
  readonly command: string;
  readonly run_as: string | null;
  readonly database_connection: string | null;
  readonly ignore_error: boolean;
  readonly autonomous: boolean;
  readonly timeout: number;
  readonly live: boolean;
  readonly parameters: readonly unknown[];
}

type Entry = Readonly<Record<string, unknown>>;

/** A member of an entry by pg_timetable's published rules: what is left out is the default. */
function member<Value extends string | number | boolean>(
  entry: Entry,
  name: string,
  ifLeftOut: Value,
): Value {
  const value = entry[name] ?? ifLeftOut;
  if (typeof value !== typeof ifLeftOut) throw new Error(`${name} is ${JSON.stringify(value)}`);
  return value as Value;
}

function textOrNull(entry: Entry, name: string): string | null {
  return member(entry, name, '') || null;
}

const KNOWN_OF_CHAIN = [
  ...['name', 'schedule', 'live', 'max_instances', 'timeout', 'self_destruct', 'exclusive', 'client_name'],
  ...['on_error', 'tasks'],
];
const KNOWN_OF_TASK = [
  ...['name', 'kind', 'command', 'parameters', 'run_as', 'connect_string', 'ignore_error', 'autonomous'],
  ...['timeout', 'live'],
];

// The importer passes over what it does not know, a misspelt name too.
function refuseUnknown(entry: Entry, known: readonly string[]): void {
  const unknown = Object.keys(entry).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`unknown member ${unknown}`);
}

/**
 * Reads a chain file as pg_timetable's documentation says, by a YAML parser of another author than the one that wrote it.
 * @throws Error where the importer of 7.0.0 refuses the whole file (measured)
 */
export function readChainFile(text: string): readonly ChainRow[] {
  const file = (load(text) ?? {}) as { readonly chains?: readonly Entry[] | null };
  return (file.chains ?? []).map((chain) => {
    refuseUnknown(chain, KNOWN_OF_CHAIN);
    const tasks = (chain.tasks ?? []) as readonly Entry[];
    if (member(chain, 'name', '') === '') throw new Error('chain name is required');
    if (tasks.length === 0) throw new Error('chain must have at least one task');
    return {
      chain_name: member(chain, 'name', ''),
      run_at: member(chain, 'schedule', '* * * * *'),
      max_instances: member(chain, 'max_instances', 0),
      timeout: member(chain, 'timeout', 0),
      live: member(chain, 'live', false),
      self_destruct: member(chain, 'self_destruct', false),
      exclusive_execution: member(chain, 'exclusive', false),
      client_name: textOrNull(chain, 'client_name'),
      on_error: textOrNull(chain, 'on_error'),
      tasks: tasks.map(readTask),
    };
  });
}

function readTask(task: Entry): TaskRow {
  refuseUnknown(task, KNOWN_OF_TASK);
  if (member(task, 'command', '') === '') throw new Error('task command is required');
  return {
    task_name: textOrNull(task, 'name'),
    kind: member(task, 'kind', 'SQL'),
    command: member(task, 'command', ''),
    run_as: textOrNull(task, 'run_as'),
    database_connection: textOrNull(task, 'connect_string'),
    ignore_error: member(task, 'ignore_error', false),
    autonomous: member(task, 'autonomous', false),
    timeout: member(task, 'timeout', 0),
    live: member(task, 'live', true),
    parameters: (task.parameters ?? []) as readonly unknown[],
  };
}

/**
 * Imports a chain file: by the real pg_timetable where this machine has it, else by the rules above.
 * @throws Error where the import fails; chains in front of the one that failed stay
 */
export async function importChainFile(server: Server, database: string, file: string): Promise<void> {
  const program = findProgram();
  if (program === null) return importByTheRules(server, database, readFileSync(file, 'utf8'));
  const { status, stdout, stderr } = spawnSync(
    program,
    ['--init', '--clientname=import', `--file=${file}`, `--connstr=${server.uri(database)}`],
    { encoding: 'utf8', timeout: 60_000 },
  );
  if (status !== 0) throw new Error(`the import ended with ${status}: ${stdout.slice(-2_000)}${stderr}`);
}

async function importByTheRules(server: Server, database: string, text: string): Promise<void> {
  const chains = readChainFile(text);
  const client = await server.connect(database);
  try {
    for (const { tasks, ...chain } of chains) {
      const id = await insert(client, 'chain', 'chain_id', chain);
      for (const [index, { parameters, ...task }] of tasks.entries()) {
        const row = { chain_id: id, task_order: (index + 1) * 10, ...task };
        const taskId = await insert(client, 'task', 'task_id', row);
        for (const [place, value] of parameters.entries())
          await insert(client, 'parameter', 'task_id', {
            task_id: taskId,
            order_id: place + 1,
            value: JSON.stringify(value),
          });
      }
    }
  } finally {
    await client.end();
  }
}

async function insert(
  client: Awaited<ReturnType<Server['connect']>>,
  table: string,
  id: string,
  row: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const places = Object.keys(row).map((_, index) => `$${index + 1}`);
  const { rows } = await client.query(
    `INSERT INTO timetable.${table} (${Object.keys(row).join(', ')}) VALUES (${places.join(', ')}) RETURNING ${id} AS id`,
    Object.values(row),
  );
  return rows[0].id;
}

/** The chains of a database, by their names; a task is live where the schema, before 7.0.0, has no column for it. */
export async function chainRows(server: Server, database: string): Promise<readonly ChainRow[]> {
  const { rows } = await server.run(
    database,
    `SELECT to_jsonb(c) - 'chain_id' || jsonb_build_object('tasks',
              (SELECT coalesce(jsonb_agg('{"live": true}' || to_jsonb(t) - 'task_id' - 'chain_id' - 'task_order' || jsonb_build_object('parameters',
                        (SELECT coalesce(jsonb_agg(p.value ORDER BY p.order_id), '[]') FROM timetable.parameter p WHERE p.task_id = t.task_id))
                       ORDER BY t.task_order), '[]')
                 FROM timetable.task t WHERE t.chain_id = c.chain_id)) AS chain
       FROM timetable.chain c ORDER BY chain_name COLLATE "C"`,
  );
  return rows.map(({ chain }) => chain as ChainRow);
}
