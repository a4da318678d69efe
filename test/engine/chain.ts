import type { ChildProcess } from 'node:child_process';
import type { Target } from './connection.ts';
import { Session } from './session.ts';
import { type Execution, runTask, type Task } from './task.ts';

/** A row of timetable.chain. */
export interface Chain {
  readonly chain_id: string;
  readonly chain_name: string;
  readonly self_destruct: boolean;
  readonly on_error: string | null;
  /** Milliseconds, 0 for none. */
  readonly timeout: number;
}

/** What a run of a chain needs from the client that runs it. */
export interface Surroundings {
  readonly clientName: string;
  /** The client's number in the logs. */
  readonly clientPid: number;
  /** The client's session for its logs: what is written there stays when a chain is rolled back. */
  readonly control: Session;
  /** The database of the timetable schema. */
  readonly target: Target;
  readonly env: NodeJS.ProcessEnv;
}

const TIMED_OUT = 'timed out';

/** One run of a chain: its transaction, its tasks one after the other, and all that it has open meanwhile. */
export class ChainRun {
  readonly env: NodeJS.ProcessEnv;
  readonly ownTarget: Target;
  readonly #chain: Chain;
  readonly #around: Surroundings;
  readonly #sessions = new Set<Session>();
  readonly #programs = new Set<ChildProcess>();
  #transaction: Session | undefined;
  #txid = '0';
  #aborted = false;
  #expired = false;

  constructor(chain: Chain, around: Surroundings) {
    this.#chain = chain;
    this.#around = around;
    this.env = around.env;
    this.ownTarget = around.target;
  }

  /** The session of the chain's transaction. */
  get transaction(): Session {
    if (!this.#transaction) throw new Error('the chain has not begun');
    return this.#transaction;
  }

  /** Runs the chain. @returns whether it succeeded */
  async run(): Promise<boolean> {
    this.#transaction = await this.open(this.ownTarget);
    const { timeout } = this.#chain;
    const timer = timeout > 0 ? setTimeout(() => this.#expire(), timeout) : undefined;
    try {
      const succeeded = await this.#runTransaction();
      clearTimeout(timer);
      if (succeeded && this.#chain.self_destruct) await this.#delete();
      if (!succeeded) await this.#handleError();
      return succeeded;
    } finally {
      clearTimeout(timer);
      await this.close(this.transaction);
    }
  }

  // What runs is ended: its statement with its session, its program by the signal; what a program has started goes on.
  #expire(): void {
    this.#expired = true;
    for (const program of this.#programs) program.kill('SIGKILL');
    const busy = [...this.#sessions].filter((session) => session.isBusy);
    const pids = busy.map(({ serverPid }) => serverPid);
    this.#around.control
      .rows('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [pids])
      .catch(() => {});
    for (const session of busy) session.cut();
  }

  /** Ends everything that the run has open, from outside. What it meets on its way out is not logged. */
  async abort(): Promise<void> {
    this.#aborted = true;
    for (const program of this.#programs) program.kill('SIGKILL');
    // Those of the tasks first: without the chain's own snapshot a task that waits for it would go on.
    const sessions = [...this.#sessions].reverse();
    await this.#around.control.rows('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [
      sessions.map(({ serverPid }) => serverPid),
    ]);
    for (const session of sessions) session.cut();
  }

  async open(target: Target): Promise<Session> {
    const session = await Session.open(target);
    this.#sessions.add(session);
    if (target === this.ownTarget) await this.#register(session);
    if (this.#aborted) {
      await this.close(session);
      throw new Error('the run was ended from outside');
    }
    return session;
  }

  async close(session: Session): Promise<void> {
    this.#sessions.delete(session);
    await session.close();
    await this.#around.control
      .rows('DELETE FROM timetable.active_session WHERE server_pid = $1', [session.serverPid])
      .catch(() => {});
  }

  // As the real one does with each connection to its own database.
  async #register({ serverPid }: Session): Promise<void> {
    const { clientName, clientPid, control } = this.#around;
    await control.rows('INSERT INTO timetable.active_session VALUES ($1, $2, $3)', [
      clientPid,
      serverPid,
      clientName,
    ]);
  }

  track(program: ChildProcess): void {
    this.#programs.add(program);
    program.once('exit', () => this.#programs.delete(program));
  }

  /** Sets what a task may ask about itself; no task stands for on_error. A failure is logged and passed over. */
  async tellSession(session: Session, task?: Task): Promise<void> {
    try {
      await session.rows(
        `SELECT set_config('pg_timetable.current_task_id', $1, false),
           set_config('pg_timetable.current_chain_id', $2, false),
           set_config('pg_timetable.current_client_name', $3, false)`,
        [task?.task_id ?? '0', this.#chain.chain_id, this.#around.clientName],
      );
    } catch (error) {
      await this.logError(error);
    }
  }

  /** Writes a row of timetable.execution_log. One that the database refuses is logged and passed over. */
  async recordExecution(task: Task, execution: Execution): Promise<void> {
    if (this.#aborted) return;
    const { clientName, clientPid, control } = this.#around;
    const row = [
      this.#chain.chain_id,
      task.task_id,
      this.#txid,
      execution.started,
      clientPid,
      execution.returncode,
      task.ignore_error,
      task.kind,
      task.command,
      execution.output.length > 0 ? execution.output : null,
      clientName,
      execution.params ?? '',
    ];
    try {
      await control.rows(
        `INSERT INTO timetable.execution_log(chain_id, task_id, txid, last_run, finished, pid, returncode, ignore_error,
           kind, command, output, client_name, params)
         VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6, $7, $8, $9, $10, $11, $12)`,
        row,
      );
    } catch (error) {
      await this.#log('cannot log an execution', { error: textOf(error) });
    }
  }

  async #runTransaction(): Promise<boolean> {
    const { transaction } = this;
    await transaction.run('BEGIN');
    this.#txid = await this.#virtualTransaction();
    const failed = await this.#runTasks(await this.#tasks());
    try {
      await transaction.run(failed ? 'ROLLBACK' : 'COMMIT');
    } catch (error) {
      await this.logError(error, failed);
    }
    return !failed;
  }

  // The number by which the execution log groups the tasks of one run: PostgreSQL's name of the transaction.
  async #virtualTransaction(): Promise<string> {
    const [lock] = await this.transaction.rows<{ id: string }>(
      "SELECT virtualtransaction AS id FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'virtualxid'",
    );
    const [backend = '0', local = '0'] = lock?.id.split('/') ?? [];
    return String((BigInt(backend) << 32n) + BigInt(local));
  }

  // With a parameter, so that the transaction holds a snapshot from here on, as the real one does.
  #tasks(): Promise<(Task & { parameters: string[] })[]> {
    return this.transaction.rows(
      `SELECT task_id, task_name, kind, command, run_as, database_connection, ignore_error, autonomous,
         ARRAY(SELECT value::text FROM timetable.parameter p WHERE p.task_id = t.task_id ORDER BY order_id) AS parameters
       FROM timetable.task t WHERE chain_id = $1 AND live ORDER BY task_order`,
      [this.#chain.chain_id],
    );
  }

  /** Runs the tasks in turn. @returns the one whose failure ends the chain */
  async #runTasks(tasks: readonly (Task & { parameters: string[] })[]): Promise<Task | undefined> {
    for (const task of tasks) {
      try {
        if (this.#expired) await this.logError(TIMED_OUT, task);
        if (this.#expired) throw new Error(TIMED_OUT);
        await runTask(this, task, task.parameters);
      } catch (error) {
        await this.logError(this.#expired && task.kind === 'SQL' ? TIMED_OUT : error, task);
        if (this.#aborted || !task.ignore_error) return task;
      }
    }
    return undefined;
  }

  async #delete(): Promise<void> {
    await this.#around.control.rows('DELETE FROM timetable.chain WHERE chain_id = $1', [
      this.#chain.chain_id,
    ]);
  }

  // on_error runs in a transaction of its own, after the rollback.
  async #handleError(): Promise<void> {
    if (!this.#chain.on_error || this.#aborted) return;
    const session = await this.open(this.ownTarget);
    try {
      await session.run('BEGIN');
      await this.tellSession(session);
      await session.run(this.#chain.on_error);
      await session.run('COMMIT');
    } catch (error) {
      await this.logError(error);
    } finally {
      await this.close(session);
    }
  }

  /** Writes an ERROR row of timetable.log about the chain, or about one of its tasks. */
  async logError(error: unknown, task?: Task): Promise<void> {
    if (this.#aborted) return;
    const { chain_id, chain_name } = this.#chain;
    await this.#log(task ? 'Task execution failed' : 'chain failed', {
      error: textOf(error),
      chain: { ChainID: Number(chain_id), ChainName: chain_name },
      ...(task && {
        task: {
          TaskID: Number(task.task_id),
          TaskName: task.task_name ?? '',
          Command: task.command,
          IgnoreError: task.ignore_error,
        },
      }),
    });
  }

  async #log(message: string, data: object): Promise<void> {
    await this.#around.control.rows(
      `INSERT INTO timetable.log(pid, log_level, client_name, message, message_data)
       VALUES ($1, 'ERROR', $2, $3, $4)`,
      [this.#around.clientPid, this.#around.clientName, message, data],
    );
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
