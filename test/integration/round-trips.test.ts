import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { start } from '../cli/run.ts';
import { CountingProxy, type Trips } from '../servers/counting-proxy.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

/** Milliseconds; longer than whatever the tool computes between two answers. */
const ROUND_TRIP = 100;
/** Of a dry run. */
const MOST_TRIPS = 15;
const MOST_STATEMENTS = 105;
/** For 200 jobs: jobs, exceptions, schedules, steps. For 500: their states. For 250: the names that are taken. */
const STATEMENTS_A_THOUSAND = (1_000 / 200) * 4 + 1_000 / 500 + 1_000 / 250;

describe('round trips of a dry run', () => {
  let server: Server;
  let here: Both;
  let proxy: CountingProxy;
  let port: number;
  before(async () => {
    server = await startServer('embedded');
    here = await Both.create(server, 'here');
    await Both.create(server, 'there');
    for (let number = 1; number <= 5; number += 1) await here.insert({ name: `job ${number}` });
    proxy = new CountingProxy(ROUND_TRIP);
    port = await proxy.to(server);
  });
  after(() => {
    proxy.close();
    server.stop();
  });

  async function dryRun(target: string): Promise<Trips> {
    const end = (database: string): string =>
      `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`;
    const { code, stderr } = await start([
      '--dry-run',
      '-s',
      end('here'),
      '-t',
      end(target),
      '--step-conninfo',
      'host=db1 user=me',
    ]).result;
    assert.equal(code, 0, stderr);
    return proxy.take();
  }

  const told = ({ links }: Trips): string =>
    links.map((texts, index) => `${index + 1}: ${texts.map(shortened).join('\n   ')}`).join('\n');

  for (const target of ['here', 'there'])
    test(`of 5 jobs to the database ${target}: at most ${MOST_TRIPS}, one after the other, with those of its connections`, async () => {
      const trips = await dryRun(target);
      assert.ok(trips.chain <= MOST_TRIPS, `${trips.chain}\n${told(trips)}`);
      assert.ok(trips.statements.length <= MOST_STATEMENTS, `${trips.statements.length}`);
    });

  test(`1,000 jobs more take ${STATEMENTS_A_THOUSAND} statements more`, async () => {
    const few = await dryRun('here');
    await here.rows(`
      INSERT INTO pgagent.pga_job (jobjclid, jobname) SELECT 1, 'more ' || n FROM generate_series(1, 1000) n;
      INSERT INTO pgagent.pga_schedule (jscjobid, jscname, jscstart)
      SELECT jobid, 's', '2020-01-01' FROM pgagent.pga_job WHERE jobname LIKE 'more %';
      INSERT INTO pgagent.pga_jobstep (jstjobid, jstname, jstkind, jstcode, jstdbname)
      SELECT jobid, 'a', 's', 'SELECT 1', 'here' FROM pgagent.pga_job WHERE jobname LIKE 'more %'`);
    const many = await dryRun('here');
    assert.equal(many.statements.length - few.statements.length, STATEMENTS_A_THOUSAND);
  });
});

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 80);
}
