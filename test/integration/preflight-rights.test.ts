import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { TABLE } from '../../src/timetable/record-table.ts';
import { dryRun } from '../cli/dry-run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

interface Right {
  readonly take: string;
  readonly options?: readonly string[];
  readonly check: string;
  readonly says: RegExp;
  /** What the server refuses to this user without the right. */
  readonly refused: string;
  /** What it allows once the remedy is followed, where that is another statement. */
  readonly allowed?: string;
  readonly on?: 'here' | 'there';
}

const DISABLE = ['--disable-source', '--without-client'];
const REPLACE = ['--on-conflict', 'replace'];
const RECORD = 'pga2timetable.job';

const RIGHTS: readonly Right[] = [
  {
    take: 'DROP SCHEMA pga2timetable CASCADE; REVOKE CREATE ON DATABASE DB FROM mover',
    check: 'record',
    says: /may not create the schema pga2timetable/,
    refused: 'CREATE SCHEMA pga2timetable',
    allowed: `CREATE TABLE ${RECORD} (id int)`,
  },
  {
    take: 'REVOKE USAGE ON SCHEMA pga2timetable FROM mover',
    check: 'record',
    says: /: USAGE on schema pga2timetable\./,
    refused: `SELECT FROM ${RECORD}`,
  },
  {
    take: `DROP TABLE ${RECORD}; REVOKE CREATE ON SCHEMA pga2timetable FROM mover`,
    check: 'record',
    says: /: CREATE on schema pga2timetable\./,
    refused: `CREATE TABLE ${RECORD} (id int)`,
  },
  ...(
    [
      ['SELECT', `SELECT FROM ${RECORD}`],
      ['INSERT', `INSERT INTO ${RECORD} VALUES (1)`],
      ['UPDATE', `UPDATE ${RECORD} SET job_id = 1`],
      ['DELETE', `DELETE FROM ${RECORD}`],
    ] as const
  ).map(([right, refused]) => ({
    take: `REVOKE ${right} ON ${RECORD} FROM mover`,
    check: 'record',
    says: new RegExp(`: ${right} on pga2timetable\\.job\\.`),
    refused,
  })),
  ...(
    [
      ['INSERT', 'chain', "INSERT INTO timetable.chain (chain_name) VALUES ('x')"],
      ['INSERT', 'task', "INSERT INTO timetable.task (task_order, command) VALUES (1, 'x')"],
      ['INSERT', 'parameter', "INSERT INTO timetable.parameter VALUES (1, 1, '[]')"],
      ['SELECT', 'chain', 'SELECT FROM timetable.chain'],
      ['SELECT', 'active_session', 'SELECT FROM timetable.active_session'],
    ] as const
  ).map(([right, table, refused]) => ({
    take: `REVOKE ${right} ON timetable.${table} FROM mover`,
    check: 'target-rights',
    says: new RegExp(`lacks on the target: ${right} on timetable\\.${table}\\.`),
    refused,
  })),
  {
    take: 'REVOKE DELETE ON timetable.chain FROM mover',
    options: REPLACE,
    check: 'target-rights',
    says: /what these options do to chains: DELETE on timetable\.chain\./,
    refused: 'DELETE FROM timetable.chain',
  },
  {
    take: 'REVOKE SELECT ON timetable.parameter FROM mover',
    options: REPLACE,
    check: 'target-rights',
    says: /: SELECT on timetable\.parameter\./,
    refused: 'SELECT FROM timetable.parameter',
  },
  {
    take: 'REVOKE UPDATE ON timetable.chain FROM mover',
    options: DISABLE,
    check: 'target-rights',
    says: /: UPDATE on timetable\.chain\./,
    refused: 'UPDATE timetable.chain SET live = true',
  },
  ...['jobenabled = false', 'jobchanged = now()', 'jobnextrun = now()'].map((change): Right => {
    const [column = ''] = change.split(' ');
    const others = ['jobenabled', 'jobchanged', 'jobnextrun'].filter((name) => name !== column).join(', ');
    return {
      on: 'here',
      take: `REVOKE UPDATE ON pgagent.pga_job FROM mover; GRANT UPDATE (${others}) ON pgagent.pga_job TO mover`,
      options: DISABLE,
      check: 'source-rights',
      says: new RegExp(`lacks UPDATE on ${column} of pgagent\\.pga_job`),
      refused: `UPDATE pgagent.pga_job SET ${change}`,
    };
  }),
];

describe('each right that a run needs, taken away in turn', () => {
  const name = 'app';
  /** A server of one pgAgent, and one of one pg_timetable. */
  let here: Server;
  let there: Server;
  before(async () => {
    here = await startServer('embedded');
    there = await startServer('embedded');
    for (const server of [here, there]) {
      await server.run('postgres', 'CREATE ROLE mover LOGIN');
      await server.createDatabase(name);
    }
    await createStandInPgAgent(here, name);
    await createTimetable(there, name);
    await insertJob(here, name, {
      name: 'nightly',
      schedules: [{ minutes: [0], hours: [3] }],
      steps: [{ name: 'a', code: 'SELECT 1' }],
    });
    await here.run(
      name,
      `GRANT USAGE ON SCHEMA pgagent TO mover; GRANT SELECT ON ALL TABLES IN SCHEMA pgagent TO mover;
       GRANT UPDATE ON pgagent.pga_job TO mover`,
    );
  });
  after(() => {
    here.stop();
    there.stop();
  });
  const GRANTED = `
    GRANT CREATE ON DATABASE DB TO mover;
    DROP SCHEMA IF EXISTS pga2timetable CASCADE;
    CREATE SCHEMA pga2timetable;
    ${TABLE};
    GRANT USAGE, CREATE ON SCHEMA pga2timetable TO mover;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${RECORD} TO mover;
    GRANT USAGE ON SCHEMA timetable TO mover;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA timetable TO mover;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO mover`;
  const options = (more: readonly string[]): string[] => [
    ...['-s', here.uri(name, 'mover'), '-t', there.uri(name, 'mover')],
    ...['--step-conninfo', `host=127.0.0.1 port=${here.port} user=mover`, ...more],
  ];
  const asMover = async (server: Server, sql: string): Promise<string> => {
    const client = new pg.Client({ connectionString: server.uri(name, 'mover') });
    await client.connect();
    try {
      await client.query(`BEGIN; ${sql}; ROLLBACK`);
      return '00000';
    } catch (error) {
      return (error as { code?: string }).code ?? '';
    } finally {
      await client.end();
    }
  };

  test('with all of them nothing stops it', async () => {
    await there.run(name, GRANTED.replaceAll('DB', name));
    for (const more of [[], REPLACE, DISABLE]) {
      const { code, checks } = await dryRun(options(more));
      assert.deepEqual(
        checks.filter(({ status }) => status === 'stop'),
        [],
      );
      assert.equal(code, 0, more.join(' '));
    }
  });

  test('what only replacing and disabling need is asked of no other run', async () => {
    await there.run(name, GRANTED.replaceAll('DB', name));
    await there.run(
      name,
      'REVOKE UPDATE, DELETE ON ALL TABLES IN SCHEMA timetable FROM mover; REVOKE SELECT ON timetable.parameter FROM mover',
    );
    await here.run(name, 'REVOKE UPDATE ON pgagent.pga_job FROM mover');
    assert.equal((await dryRun(options([]))).code, 0);
    await here.run(name, 'GRANT UPDATE ON pgagent.pga_job TO mover');
  });

  for (const { take, options: more = [], check, says, refused, allowed = refused, on = 'there' } of RIGHTS) {
    test(`${take}${more.length > 0 ? ` (${more[0]})` : ''}`, async () => {
      const server = on === 'here' ? here : there;
      await there.run(name, GRANTED.replaceAll('DB', name));
      await server.run(name, take.replaceAll('DB', name));
      assert.equal(await asMover(server, refused), '42501', 'it is needed');
      const found = await dryRun(options(more));
      assert.equal(found.code, 3);
      const { status, message, remedy } = found.one(check);
      assert.equal(status, 'stop');
      assert.match(message, says);
      const mend = remedy?.slice(remedy.indexOf(': ') + 2) ?? '';
      await server.run(name, mend);
      assert.notEqual(await asMover(server, allowed), '42501', mend);
      assert.equal((await dryRun(options(more))).code, 0, mend);
    });
  }
});
