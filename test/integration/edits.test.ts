import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { pga2timetable, start } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { agentProgram, createPgAgent, until } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const JOBS = 12;
const ROUNDS = 10;
/** Until an edit has come in between. */
const MOST_ROUNDS = 40;
/** Done, refused, in conflict with an edit, jobs left out, and half-way in two databases: all say what to do. */
const DEFINED_ENDS: readonly (number | null)[] = [0, 3, 4, 6];

/** An edit of a job, as it was committed. */
interface Edit {
  readonly jobId: number;
  /** What the job's name, schedule and steps all say since, "gone" for a job that was deleted. */
  readonly state: string;
  readonly enabled: boolean;
  /** When the server had committed it, at the latest. Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** Somebody who edits jobs as pgAdmin does: small transactions, of which each leaves a job whose parts all say the same. */
class Editor {
  readonly edits: Edit[] = [];
  longestWait = 0;
  /** How long the editor rests now and then, milliseconds: some runs come through without an edit in between. */
  rest = 1_500;
  readonly #client: pg.Client;
  readonly #database: string;
  readonly #states = new Map<number, { version: number; steps: number; enabled: boolean }>();
  #isOver = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(client: pg.Client, database: string, jobIds: readonly number[]) {
    this.#client = client;
    this.#database = database;
    for (const id of jobIds) this.#states.set(id, { version: 0, steps: 1, enabled: true });
  }

  start(): void {
    this.#ended = this.#edit();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
    await this.#client.end();
  }

  async #edit(): Promise<void> {
    while (!this.#isOver) {
      await this.#once();
      // Busy for a while, then quiet for as long as a run takes.
      await sleep(Math.random() < 0.8 ? Math.random() * 30 : Math.random() * 3 * this.rest);
    }
  }

  async #once(): Promise<void> {
    const ids = [...this.#states.keys()];
    const id = ids[Math.floor(Math.random() * ids.length)] ?? 0;
    const draw = Math.random();
    if (draw < 0.05) await this.#delete(id);
    else if (draw < 0.1 || ids.length < JOBS / 2) await this.#create();
    else await this.#change(id, draw);
  }

  async #delete(id: number): Promise<void> {
    await this.#send('DELETE FROM pgagent.pga_job WHERE jobid = $1', [id]);
    this.#states.delete(id);
    this.edits.push({ jobId: id, state: 'gone', enabled: false, at: Date.now() });
  }

  async #create(): Promise<void> {
    await this.#send('BEGIN');
    const { rows } = await this.#send(
      "INSERT INTO pgagent.pga_job (jobjclid, jobname, jobenabled) VALUES (1, 'v0/1', true) RETURNING jobid AS id",
    );
    const jobId: number = rows[0].id;
    await this.#send(
      "INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart) VALUES ($1, 'v0/1', '2020-01-01')",
      [jobId],
    );
    await this.#addStep(jobId, 'v0/1');
    await this.#send('COMMIT');
    this.#states.set(jobId, { version: 0, steps: 1, enabled: true });
    this.edits.push({ jobId, state: 'v0/1', enabled: true, at: Date.now() });
  }

  async #addStep(jobId: number, state: string): Promise<void> {
    await this.#send(
      `INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname)
       VALUES ($1, 's' || clock_timestamp(), 's', $2, $3)`,
      [jobId, `SELECT '${state}'`, this.#database],
    );
  }

  async #change(jobId: number, draw: number): Promise<void> {
    const known = this.#states.get(jobId);
    if (known === undefined) return;
    const enabled = draw < 0.3 ? !known.enabled : known.enabled;
    const steps = draw < 0.5 ? known.steps + 1 : draw < 0.6 ? Math.max(1, known.steps - 1) : known.steps;
    const version = known.version + 1;
    const state = `v${version}/${steps}`;
    await this.#send('BEGIN');
    // By turns the job first or its parts first, so that locks are met in both orders.
    const isJobFirst = draw % 0.02 < 0.01;
    if (isJobFirst) await this.#changeJob(jobId, state, draw < 0.3 ? enabled : null);
    if (steps > known.steps) await this.#addStep(jobId, state);
    if (steps < known.steps)
      await this.#send(
        'DELETE FROM pgagent.pga_jobstep WHERE jstid = (SELECT max(jstid) FROM pgagent.pga_jobstep WHERE jstjobid = $1)',
        [jobId],
      );
    await this.#send('UPDATE pgagent.pga_jobstep SET jstcode = $2 WHERE jstjobid = $1', [
      jobId,
      `SELECT '${state}'`,
    ]);
    await this.#send(
      'UPDATE pgagent.pga_schedule SET jscname = $2, jscminutes[$3] = NOT jscminutes[$3] WHERE jscjobid = $1',
      [jobId, state, 1 + Math.floor(Math.random() * 60)],
    );
    if (!isJobFirst) await this.#changeJob(jobId, state, draw < 0.3 ? enabled : null);
    await this.#send('COMMIT');
    this.#states.set(jobId, { version, steps, enabled });
    this.edits.push({ jobId, state, enabled: draw < 0.3 && enabled, at: Date.now() });
  }

  // Disabled and enabled only where that is the edit: the tool may have disabled it meanwhile.
  async #changeJob(jobId: number, state: string, enabled: boolean | null): Promise<void> {
    await this.#send(
      'UPDATE pgagent.pga_job SET jobname = $2, jobenabled = coalesce($3, jobenabled), jobchanged = now() WHERE jobid = $1',
      [jobId, state, enabled],
    );
  }

  async #send(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    const start = performance.now();
    const result = await this.#client.query(text, [...values]);
    this.longestWait = Math.max(this.longestWait, performance.now() - start);
    return result;
  }
}

/** A job that was moved, by the record, and how it stands. */
interface Moved {
  readonly jobId: number;
  readonly phase: string;
  /** Milliseconds since 1970 UTC; null where it was not disabled. */
  readonly disabledAt: number | null;
  readonly isLive: boolean;
  readonly chainName: string;
  readonly commands: readonly string[];
}

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

test('a step that is saved while its job is being disabled is saved behind that, never unseen before it', async () => {
  await server.createDatabase('saved');
  await createStandInPgAgent(server, 'saved');
  await createTimetable(server, 'saved');
  await insertJob(server, 'saved', { name: 'job', steps: [{ name: '1', code: "SELECT 'old'" }] });
  await server.run(
    'saved',
    `CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       PERFORM pg_sleep(2);
       RETURN NEW;
     END $$;
     CREATE TRIGGER linger BEFORE UPDATE ON pgagent.pga_job FOR EACH ROW EXECUTE FUNCTION linger()`,
  );
  const { result } = start([
    ...['--source', server.conninfo('saved'), '--disable-source', '--without-client', '--quiet'],
  ]);
  await until(async () => {
    const { rowCount } = await server.run(
      'saved',
      "SELECT FROM pg_stat_activity WHERE application_name = 'pga2timetable' AND wait_event = 'PgSleep'",
    );
    return rowCount === 1;
  });
  await server.run('saved', "UPDATE pgagent.pga_jobstep SET jstcode = 'SELECT 2'");
  const { rows } = await server.run('saved', 'SELECT jobenabled FROM pgagent.pga_job');
  assert.deepEqual(rows, [{ jobenabled: false }]);
  const { code, stderr } = await result;
  assert.equal(code, 0, stderr);
});

for (const shape of ['one', 'two'] as const) {
  describe(`${shape} database(s)`, { concurrency: true }, () => {
    const source = `edited_${shape}`;
    const target = shape === 'one' ? source : 'edited_target';
    const ends = (): readonly string[] => [
      ...['--source', server.conninfo(source), '--target', server.conninfo(target)],
      ...['--wait', '5s', '--quiet', '--no-progress'],
    ];
    const jobIds: number[] = [];

    before(async () => {
      await server.createDatabase(source);
      if (target !== source) await server.createDatabase(target);
      // pgAgent's own triggers write to a job's row as its schedules change.
      await (agentProgram() === null ? createStandInPgAgent : createPgAgent)(server, source);
      await createTimetable(server, target);
      for (let n = 0; n < JOBS; n += 1)
        jobIds.push(
          await insertJob(server, source, {
            name: 'v0/1',
            schedules: [{ name: 'v0/1' }],
            steps: [{ name: 's', code: "SELECT 'v0/1'" }],
          }),
        );
    });

    async function moved(): Promise<readonly Moved[]> {
      const { rows: there } = await server.run(
        target,
        "SELECT to_regclass('pga2timetable.job') IS NOT NULL AS there",
      );
      if (!there[0].there) return [];
      const { rows } = await server.run(
        target,
        `SELECT j.job_id AS "jobId", j.phase, (extract(epoch FROM j.disabled_at) * 1000)::float8 AS "disabledAt",
                c.live AS "isLive", c.chain_name AS "chainName",
                ARRAY(SELECT command FROM timetable.task t
                       WHERE t.chain_id = c.chain_id AND task_order >= 10 ORDER BY task_order) AS commands
           FROM pga2timetable.job j
          CROSS JOIN LATERAL jsonb_array_elements(j.chains) AS e (chain)
           JOIN timetable.chain c ON c.chain_id = (e.chain ->> 'id')::bigint`,
      );
      return rows;
    }

    test('a job that is edited meanwhile is moved as one state of it, or not at all', async (t) => {
      const editor = new Editor(await server.connect(source), source, jobIds);
      editor.start();
      t.after(() => editor.stop());
      const steps = `host=${server.socketDirectory} port=${server.port} user=postgres`;
      const codes: (number | null)[] = [];
      let cutOver = 0;
      const isEnough = (): boolean => cutOver > 0 && codes.some((code) => code === 4 || code === 7);
      for (let round = 0; round < ROUNDS || (!isEnough() && round < MOST_ROUNDS); round += 1) {
        const how = round % 4 === 3 ? [] : ['--disable-source', '--without-client'];
        const began = performance.now();
        const run = await pga2timetable([
          ...[...how, '--on-conflict', 'replace', '--step-conninfo', steps],
          ...ends(),
        ]);
        editor.rest = performance.now() - began;
        codes.push(run.code);
        const allowed = shape === 'two' ? [...DEFINED_ENDS, 7] : DEFINED_ENDS;
        assert.ok(allowed.includes(run.code), `ended with ${run.code}: ${run.stderr}`);
        assert.doesNotMatch(run.stderr, /deadlock|\n\s+at /);
        const found = await moved();
        assert.deepEqual(found.flatMap(halves), []);
        assert.deepEqual(
          found.flatMap((one) => staleness(one, editor.edits)),
          [],
        );
        cutOver += found.filter(({ phase, isLive }) => phase === 'cut-over' && isLive).length;
        if (round % 3 === 2) {
          const undo = await pga2timetable(['undo', '--force', ...ends()]);
          codes.push(undo.code);
          assert.ok(allowed.includes(undo.code), `undo ended with ${undo.code}: ${undo.stderr}`);
        }
      }
      await editor.stop();
      t.diagnostic(
        `${shape}: ended with ${codes.join(' ')}; ${cutOver} jobs handed over beside ${editor.edits.length} edits, the longest wait of an edit ${editor.longestWait.toFixed(0)} ms`,
      );
      assert.ok(cutOver > 0, 'no job was handed over: the edits left no room');
      assert.ok(isEnough(), 'no edit came in between');
      assert.ok(editor.longestWait < 2_000, `an edit waited for ${editor.longestWait} ms`);
    });
  });
}

/** Parts of a chain that are not of one state of the job. */
function halves({ jobId, chainName, commands }: Moved): readonly string[] {
  const [, name, steps] = /^(v\d+\/(\d+)) @ \1(?: #\d+)?$/.exec(chainName) ?? [];
  const isWhole =
    commands.length === Number(steps) && commands.every((command) => command === `SELECT '${name}'`);
  return isWhole ? [] : [`job ${jobId}: "${chainName}" has ${JSON.stringify(commands)}`];
}

/** Chains that took over with a text older than what the job said as it was disabled. */
function staleness(
  { jobId, phase, isLive, disabledAt, chainName }: Moved,
  edits: readonly Edit[],
): readonly string[] {
  if (phase !== 'cut-over' || !isLive || disabledAt === null) return [];
  const last = edits.findLast((edit) => edit.jobId === jobId && edit.at < Math.floor(disabledAt));
  // A later run may have made it anew since.
  const isOld = last !== undefined && (last.state === 'gone' || versionOf(chainName) < versionOf(last.state));
  return isOld
    ? [`job ${jobId}: "${chainName}" is live, and was "${last.state}" before it was disabled`]
    : [];
}

function versionOf(state: string): number {
  return Number(/^v(\d+)/.exec(state)?.[1]);
}
