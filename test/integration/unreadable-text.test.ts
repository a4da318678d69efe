import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { planSchema } from '../../src/model/plan.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

/** A byte that is no UTF-8, or no character at all, by the encoding of the database. */
const BROKEN = { SQL_ASCII: 'e9', WIN1252: '81' } as const;
type Encoding = keyof typeof BROKEN;

/** Where such a text stands: in jobs 2 to 6. */
const PLACES = [
  ['pga_job', 'jobname', 'jobid'],
  ['pga_job', 'jobhostagent', 'jobid'],
  ['pga_schedule', 'jscname', 'jscjobid'],
  ['pga_jobstep', 'jstname', 'jstjobid'],
  ['pga_jobstep', 'jstcode', 'jstjobid'],
] as const;
const BAD = PLACES.map((_, index) => index + 2);

/** A source of seven jobs, five of them with a broken text, and a target. */
async function twoDatabases(encoding: Encoding, name: string): Promise<readonly string[]> {
  const locale = "LC_COLLATE 'C' LC_CTYPE 'C'";
  await server.createDatabase(`${name}_s`, `TEMPLATE template0 ENCODING '${encoding}' ${locale}`);
  await server.createDatabase(`${name}_t`);
  await createStandInPgAgent(server, `${name}_s`);
  await createTimetable(server, `${name}_t`);
  for (const job of ['first', 'caf', 'b', 'c', 'd', 'e', 'last'])
    await insertJob(server, `${name}_s`, {
      name: job,
      schedules: [{ minutes: [0], hours: [3] }],
      steps: [{ name: 'a', code: 'SELECT 1', database: `${name}_t` }],
    });
  const client = await server.connect(`${name}_s`);
  await client.query("SET client_encoding = 'SQL_ASCII'");
  for (const [index, [table, column, id]] of PLACES.entries())
    await client.query(
      `UPDATE pgagent.${table} SET ${column} = ${column} || convert_from($1, getdatabaseencoding()) WHERE ${id} = $2`,
      [Buffer.from(BROKEN[encoding], 'hex'), BAD[index]],
    );
  await client.end();
  return ['-s', server.uri(`${name}_s`), '-t', server.uri(`${name}_t`)];
}

const chainNames = async (name: string): Promise<readonly string[]> =>
  (await server.run(`${name}_t`, 'SELECT chain_name FROM timetable.chain ORDER BY 1')).rows.map(
    ({ chain_name }) => chain_name,
  );

for (const encoding of ['SQL_ASCII', 'WIN1252'] as const) {
  describe(`a source in ${encoding} with texts that are not UTF-8`, () => {
    const name = encoding.toLowerCase();
    let sides: readonly string[];
    before(async () => {
      sides = await twoDatabases(encoding, name);
    });

    test('each such job is left out by its advisory, with the query that finds all of them', async () => {
      const { code, stdout, stderr } = await pga2timetable([...sides, '--dry-run', '--format', 'json']);
      assert.equal(code, 6, stderr);
      const { jobs } = planSchema.parse(JSON.parse(stdout));
      assert.deepEqual(
        jobs.map(({ moved }) => moved),
        ['whole', 'none', 'none', 'none', 'none', 'none', 'whole'],
      );
      assert.equal(jobs[1]?.jobName, 'caf\uFFFD');
      const queries = jobs.slice(1, -1).map(({ advisories: [advisory] }) => {
        assert.equal(advisory?.code, 'unreadable-text');
        return advisory.message.slice(advisory.message.indexOf('DO $$'));
      });
      const notices: string[] = [];
      const client = await server.connect(`${name}_s`);
      client.on('notice', ({ message }) => notices.push(message ?? ''));
      await client.query(queries[0] ?? '');
      await client.end();
      assert.deepEqual(
        notices.sort(),
        BAD.map((id) => `job ${id}`),
      );
    });

    for (const [selection, jobs, expected] of [
      [BAD.flatMap((id) => ['--exclude-job', String(id)]), 2, 0],
      [['--exclude-job', 'caf?', '--exclude-job', '?'], 2, 0],
      [['--job', 'first', '--job', 'last'], 2, 0],
      [['--job', '2', '--job', '1'], 1, 6],
    ] as const) {
      test(`${selection.join(' ')}: ${jobs} to move, and exit code ${expected}`, async () => {
        const { code, stdout, stderr } = await pga2timetable([...sides, '--dry-run', ...selection]);
        assert.equal(code, expected, stderr);
        assert.match(
          stdout,
          new RegExp(`: ${jobs} to move, 0 not scheduled, ${expected === 6 ? 1 : 0} left out`),
        );
      });
    }

    test('a cutover, verify and undo of the others', async () => {
      const cutover = ['--disable-source', '--without-client', '--wait', '0'];
      const moved = await pga2timetable([...sides, ...cutover]);
      assert.equal(moved.code, 6, moved.stderr);
      assert.match(moved.stdout, /unreadable-text/);
      assert.deepEqual(await chainNames(name), ['first @ schedule 1', 'last @ schedule 1']);
      const enabled = async (): Promise<readonly number[]> =>
        (
          await server.run(`${name}_s`, 'SELECT jobid FROM pgagent.pga_job WHERE jobenabled ORDER BY 1')
        ).rows.map(({ jobid }) => jobid);
      assert.deepEqual(await enabled(), BAD);

      const verify = ['verify', ...sides, '--without-client'];
      const verified = await pga2timetable(verify);
      assert.equal(verified.code, 5, verified.stderr);
      assert.match(verified.stdout, /unreadable-text: it has text that is not UTF-8/);
      const others = await pga2timetable([...verify, ...BAD.flatMap((id) => ['--exclude-job', String(id)])]);
      assert.equal(others.code, 0, others.stdout);

      const undone = await pga2timetable(['undo', ...sides]);
      assert.equal(undone.code, 0, undone.stderr);
      assert.deepEqual(await enabled(), [1, ...BAD, 7]);
    });

    test('disabled jobs are no reason for exit code 6, unless --schedules all asks for them', async () => {
      await server.run(
        `${name}_s`,
        'UPDATE pgagent.pga_job SET jobenabled = false WHERE jobid BETWEEN 2 AND 6',
      );
      assert.equal((await pga2timetable([...sides, '--dry-run'])).code, 0);
      assert.equal((await pga2timetable([...sides, '--dry-run', '--schedules', 'all'])).code, 6);
    });
  });
}

test('UTF8: U+FFFD is a character like any other', async () => {
  await server.createDatabase('whole_t');
  await createStandInPgAgent(server, 'whole_t');
  await createTimetable(server, 'whole_t');
  await insertJob(server, 'whole_t', { name: 'caf\uFFFD', steps: [{ name: 'a', code: 'SELECT 1' }] });
  const { code, stderr } = await pga2timetable(['-s', server.uri('whole_t')]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await chainNames('whole'), ['caf\uFFFD @ schedule 1']);
});
