import pg from 'pg';
import type { Target } from './connection.ts';
import { passwordInFile } from './password-file.ts';

/** A statement that the server refused. `tag` is what the statement before it in the same text had done. */
export class SqlFailure extends Error {
  readonly tag: string;

  constructor(cause: Error, tag: string) {
    const { severity, code } = cause as pg.DatabaseError;
    super(code && severity ? `${severity}: ${cause.message} (SQLSTATE ${code})` : cause.message, { cause });
    this.tag = tag;
  }
}

/** The messages that pg sends for a query of its own. */
interface Wire {
  query(text: string): void;
  parse(statement: { text: string }): void;
  bind(values: { values: readonly (string | null)[] }): void;
  describe(portal: { type: 'P' }): void;
  execute(portal: object): void;
  sync(): void;
}

/**
 * A text as a task sends it: without parameters by the simple protocol, which may hold several statements, else by the
 * extended one. Rows are dropped, the command tag is kept. Nothing answers the server's wish for COPY data.
 */
class TaskQuery implements pg.Submittable {
  tag = '';
  readonly #text: string;
  readonly #values: readonly (string | null)[];
  readonly #done: (failure?: Error) => void;

  constructor(text: string, values: readonly (string | null)[], done: (failure?: Error) => void) {
    this.#text = text;
    this.#values = values;
    this.#done = done;
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as Wire;
    if (this.#values.length === 0) {
      wire.query(this.#text);
    } else {
      wire.parse({ text: this.#text });
      wire.bind({ values: this.#values });
      wire.describe({ type: 'P' });
      wire.execute({});
      wire.sync();
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.tag = text;
  }

  handleError(error: Error): void {
    this.#done(error);
  }

  handleReadyForQuery(): void {
    this.#done();
  }

  // Rows begin: what fails from here on has a tag no more.
  handleRowDescription(): void {
    this.tag = '';
  }

  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}

/** A connection of the stand-in runner to a database. */
export class Session {
  readonly #client: pg.Client;
  readonly serverPid: number;
  #isBusy = false;
  // Chains that run beside each other share the client's session for its logs.
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(client: pg.Client) {
    this.#client = client;
    this.serverPid = (client as unknown as { processID: number }).processID;
  }

  /** Opens a session at the first host that answers. */
  static async open(target: Target): Promise<Session> {
    let failure: unknown;
    for (const { host, port } of target.hosts) {
      try {
        return await Session.#openAt(target, host, port);
      } catch (error) {
        failure = error;
      }
    }
    throw connectionFailure(failure);
  }

  static async #openAt(target: Target, host: string, port: number): Promise<Session> {
    const { user, database, passwordFile, ssl, connectSeconds } = target;
    const inFile = passwordFile && passwordInFile(passwordFile, { host, port, database, user });
    // Where the server asks for one and there is none, the real program sends an empty one, which pg refuses to do.
    const password = target.password ?? (inFile || 'none');
    const client = new pg.Client({
      host,
      port,
      user,
      password,
      database,
      ssl,
      connectionTimeoutMillis: connectSeconds * 1000,
    });
    // pg sends only the run-time parameters that it knows.
    const startup = client as unknown as { getStartupConf(): Record<string, string> };
    const known = startup.getStartupConf.bind(client);
    startup.getStartupConf = () => ({ ...known(), ...target.parameters });
    client.on('error', () => {});
    await client.connect();
    const session = new Session(client);
    if (target.parameters.client_encoding === undefined) await session.#speakAsServer();
    return session;
  }

  // pg always asks for UTF-8; the real program sends UTF-8 as well, and leaves it to the server what it takes that for.
  async #speakAsServer(): Promise<void> {
    await this.rows("SELECT set_config('client_encoding', current_setting('server_encoding'), false)");
  }

  /** Runs the text of a task. @returns the last command tag, such as `INSERT 0 1` */
  run(text: string, values: readonly (string | null)[] = []): Promise<string> {
    return this.#inTurn(
      () =>
        new Promise((done, fail) => {
          const query = new TaskQuery(text, values, (failure) =>
            failure ? fail(new SqlFailure(failure, query.tag)) : done(query.tag),
          );
          this.#client.query(query);
        }),
    );
  }

  /** Runs a query of the runner's own. In a transaction its portal stays open, and with it its snapshot. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.#inTurn(() => this.#client.query<Row>(text, [...values]))).rows;
    } catch (error) {
      throw error instanceof Error ? new SqlFailure(error, '') : error;
    }
  }

  /** Whether a statement runs in it. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  #inTurn<Result>(query: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(async () => {
      this.#isBusy = true;
      try {
        return await query();
      } finally {
        this.#isBusy = false;
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  onNotification(listener: (payload: string) => void): void {
    this.#client.on('notification', ({ payload }) => listener(payload ?? ''));
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  /** Cuts the connection without a word, which a statement that waits for ever needs. */
  cut(): void {
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

// A name with several addresses gives an AggregateError without a text.
function connectionFailure(error: unknown): Error {
  if (error instanceof AggregateError) {
    return new Error(error.errors.map((each: Error) => each.message).join('; '), { cause: error });
  }
  return new SqlFailure(error instanceof Error ? error : new Error(String(error)), '');
}
