import { setTimeout as sleep } from 'node:timers/promises';
import { pga2timetable } from '../test/cli/run.ts';
import { createTimetable } from '../test/engine/schema.ts';
import { createStandInPgAgent } from '../test/pgagent/insert-job.ts';
import { agentProgram, createPgAgent } from '../test/pgagent/real.ts';
import { startServer } from '../test/servers/postgres.ts';

/** Jobs that are moved, and jobs and chains beside them that nobody moves. */
const JOBS = 10_000;
const OTHERS = 100;
const PAUSE_MILLISECONDS = 50;
const ALONE_MILLISECONDS = 3_000;

/** The longest time that each statement of an onlooker took, milliseconds. */
class Longest {
  readonly waits = new Map<string, number>();

  async time<T>(what: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.waits.set(what, Math.max(this.waits.get(what) ?? 0, performance.now() - start));
    return result;
  }
}

const server = await startServer('embedded');
await server.createDatabase('busy');
// pgAgent's own schema has the trigger that computes a next run.
await (agentProgram() === null ? createStandInPgAgent : createPgAgent)(server, 'busy');
await createTimetable(server, 'busy');
// Due half an hour away, so that the moment is any minute.
const away = (new Date().getUTCMinutes() + 30) % 60;
await server.run(
  'busy',
  `INSERT INTO pgagent.pga_job (jobjclid, jobname)
   SELECT 1, CASE WHEN n <= ${JOBS} THEN 'job ' ELSE 'other ' END || n FROM generate_series(1, ${JOBS + OTHERS}) n;
   INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname)
   SELECT jobid, 'step ' || n, 's', 'SELECT ' || jobid, 'busy' FROM pgagent.pga_job, generate_series(1, 2) n;
   INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart, jscminutes)
   SELECT jobid, 's', '2020-01-01', ARRAY(SELECT m = ${away} FROM generate_series(0, 59) m) FROM pgagent.pga_job;
   INSERT INTO timetable.chain (chain_name, run_at, live) SELECT 'own ' || n, '* * * * *', true FROM generate_series(1, ${OTHERS}) n;
   ANALYZE`,
);

let isOver = false;
const longest = new Longest();

/** What a daemon of pgAgent does: it looks, takes a job, and lets it go. */
async function actAsAgent(): Promise<void> {
  const client = await server.connect('busy');
  await client.query(
    "INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'bench')",
  );
  for (let turn = 0; !isOver; turn += 1) {
    await longest.time('pgAgent looks', () =>
      client.query(
        `SELECT j.jobid FROM pgagent.pga_job j
          WHERE jobenabled AND jobagentid IS NULL AND jobnextrun <= now() AND (jobhostagent = '' OR jobhostagent = 'bench')
          ORDER BY jobnextrun`,
      ),
    );
    const isMoved = turn % 2 === 0;
    const id = isMoved ? 1 + Math.floor(Math.random() * JOBS) : JOBS + 1 + Math.floor(Math.random() * OTHERS);
    const whose = isMoved ? 'a job that moves' : 'another job';
    await longest.time(`pgAgent takes ${whose}`, () =>
      client.query(
        'UPDATE pgagent.pga_job SET jobagentid = pg_backend_pid(), joblastrun = now() WHERE jobagentid IS NULL AND jobid = $1',
        [id],
      ),
    );
    await longest.time(`pgAgent ends ${whose}`, () =>
      client.query('UPDATE pgagent.pga_job SET jobagentid = NULL, jobnextrun = NULL WHERE jobid = $1', [id]),
    );
    await sleep(PAUSE_MILLISECONDS);
  }
  await client.end();
}

/** What a client of pg_timetable does: it fetches what is due, and notes what it starts and ends. */
async function actAsTimetable(): Promise<void> {
  const client = await server.connect('busy');
  while (!isOver) {
    const { rows } = await longest.time('pg_timetable fetches', () =>
      client.query(
        `SELECT chain_id FROM timetable.chain
          WHERE live AND (client_name = 'bench' OR client_name IS NULL) AND timetable.is_cron_in_time(run_at, now())`,
      ),
    );
    const id = rows[Math.floor(Math.random() * rows.length)]?.chain_id;
    await longest.time('pg_timetable starts a chain', () =>
      client.query("INSERT INTO timetable.active_chain (chain_id, client_name) VALUES ($1, 'bench')", [id]),
    );
    await longest.time('pg_timetable ends a chain', () =>
      client.query('DELETE FROM timetable.active_chain WHERE chain_id = $1', [id]),
    );
    await sleep(PAUSE_MILLISECONDS);
  }
  await client.end();
}

/** Milliseconds for which the row of a job that moves was locked without a break. */
async function watchRow(): Promise<number> {
  const client = await server.connect('busy');
  let held = 0;
  let since: number | null = null;
  while (!isOver) {
    const isFree = await client
      .query('SELECT FROM pgagent.pga_job WHERE jobid = $1 FOR KEY SHARE NOWAIT', [Math.floor(JOBS / 2)])
      .then(
        () => true,
        () => false,
      );
    since = isFree ? null : (since ?? performance.now());
    if (since !== null) held = Math.max(held, performance.now() - since);
    await sleep(5);
  }
  await client.end();
  return held;
}

const row = (what: string, milliseconds: number): void => {
  process.stdout.write(`${what.padEnd(34)} ${milliseconds.toFixed(0).padStart(6)} ms\n`);
};

const onlookers = [actAsAgent(), actAsTimetable()];
const held = watchRow();
await sleep(ALONE_MILLISECONDS);
process.stdout.write('alone, the longest of each:\n');
for (const [what, milliseconds] of longest.waits) row(what, milliseconds);
longest.waits.clear();
const start = performance.now();
const { code, stderr } = await pga2timetable([
  ...[
    '--source',
    server.conninfo('busy'),
    '--disable-source',
    '--without-client',
    '--exclude-job',
    'other *',
    '--quiet',
  ],
]);
const took = performance.now() - start;
process.stdout.write(`\nbeside a migration of ${JOBS} jobs, the longest of each:\n`);
for (const [what, milliseconds] of longest.waits) row(what, milliseconds);
longest.waits.clear();
// A fetch looks at each chain that is live: what it takes is no wait.
await sleep(ALONE_MILLISECONDS);
isOver = true;
await Promise.all(onlookers);
process.stdout.write('\nalone again, with the new chains live:\n');
for (const [what, milliseconds] of longest.waits) row(what, milliseconds);
process.stdout.write('\n');
row('a row of pga_job was locked', await held);
row('the migration', took);
server.stop();
if (code !== 0) process.stderr.write(stderr);
process.exitCode = code === 0 ? 0 : 1;
