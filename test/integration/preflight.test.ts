import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Check } from '../../src/model/preflight.ts';
import { dryRun, type Looked } from '../cli/dry-run.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let here: Server;
before(async () => {
  here = await startServer('embedded');
  await here.run('postgres', 'CREATE ROLE mover LOGIN');
});
after(() => here.stop());

let databases = 0;

/** A database of both schemas and one job, due at 3 in the night. */
async function both(server = here): Promise<string> {
  const name = `both_${++databases}`;
  await server.createDatabase(name);
  await createStandInPgAgent(server, name);
  await createTimetable(server, name);
  await insertNightly(name, server);
  return name;
}

async function insertNightly(name: string, server = here, host = ''): Promise<void> {
  await insertJob(server, name, {
    name: `nightly ${host}`.trim(),
    host,
    schedules: [{ minutes: [0], hours: [3] }],
    steps: [{ name: 'a', code: 'SELECT 1' }],
  });
}

describe('where the preflight stands', () => {
  test('in a dry run between the servers and the chains; with --quiet only warnings and stops', async () => {
    const name = await both();
    await insertNightly(name, here, 'node1');
    const { code, stdout } = await pga2timetable(['-s', here.uri(name), '--dry-run', '--verbose'], {
      COLUMNS: '200',
    });
    assert.equal(code, 0);
    const places = ['pg_timetable  7.0.0', '\nPreflight\n', '  ok       pgAgent 4', '\njob '].map((part) =>
      stdout.indexOf(part),
    );
    assert.ok(
      places.every((place, index) => place > (places[index - 1] ?? -1)),
      stdout,
    );
    const brief = await pga2timetable(['-s', here.uri(name), '--dry-run']);
    assert.doesNotMatch(brief.stdout, /^ {2}ok /m);
    assert.match(brief.stdout, /^Preflight: \d+ checks passed, \d notes?, 1 warning\n {2}Client "node1"/m);
    const quiet = await pga2timetable(['-s', here.uri(name), '--dry-run', '--quiet'], { COLUMNS: '200' });
    const [, section = ''] = /\nPreflight\n(.*?)\n\n/s.exec(quiet.stdout) ?? [];
    assert.match(
      section,
      /^ {2}warning {2}Client "node1" is not connected and has never connected[^\n]+\n {13}Start it: /,
    );
    assert.equal(section.split('\n').length, 2, section);
  });

  test('the last screen lists two that may go wrong, and says where the others stand', async () => {
    const name = await both();
    for (const host of ['node1', 'node2', 'node3']) await insertNightly(name, here, host);
    const END =
      /^Preflight: .*, 3 warnings\n {2}Client "node1".*\n {2}Client "node2".*\n {2}and 1 more: (.*)$/m;
    const table = await pga2timetable(['-s', here.uri(name), '--dry-run']);
    assert.equal(END.exec(table.stdout)?.[1], 'see Preflight above', table.stdout);
    const json = await pga2timetable(['-s', here.uri(name), '--dry-run', '--format', 'json']);
    assert.equal(END.exec(json.stderr)?.[1], '--format table', json.stderr);
  });

  test('in a run that writes on standard error, and before that: only what is not ok, all with --verbose', async () => {
    const name = await both();
    const brief = await pga2timetable(['-s', here.uri(name)]);
    assert.equal(brief.code, 0);
    assert.doesNotMatch(brief.stdout, /Preflight/);
    assert.match(brief.stderr, /^Preflight\n {2}note {5}/);
    assert.doesNotMatch(brief.stderr, /^ {2}ok /m);
    const verbose = await pga2timetable(['-s', here.uri(name), '--verbose']);
    assert.equal(verbose.code, 0, 'all of it is there by now');
    assert.match(verbose.stderr, /^Preflight\n {2}ok {7}/);
  });

  test('what stops a run is told once, as its error, and a dry run says that it would', async () => {
    const name = await both();
    await here.run(name, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const run = await pga2timetable(['-s', here.uri(name)]);
    assert.equal(run.code, 3);
    assert.equal(run.stderr.split('is read-only for the user').length, 2, run.stderr);
    assert.match(run.stderr, /\npga2timetable: The target is read-only [^\n]+ Nothing was written\.\n/);
    const dry = await pga2timetable(['-s', here.uri(name), '--dry-run']);
    assert.equal(dry.code, 3);
    assert.match(dry.stdout, /^ {2}STOP {5}The target is read-only for the user/m);
    assert.match(dry.stderr, /A run would stop here: The target is read-only/);
  });

  test('a warning counts for --strict', async () => {
    const name = await both();
    const fine = await pga2timetable(['-s', here.uri(name), '--dry-run', '--strict', '--paused']);
    assert.equal(fine.code, 0, fine.stderr);
    await insertNightly(name, here, 'node1');
    // The other warning: the jobs stay enabled beside live chains.
    const { code, stderr } = await pga2timetable(['-s', here.uri(name), '--strict']);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /--strict: the plan has a warning, and the preflight has a warning\. Nothing was written\.\n/,
    );
  });
});

const DISABLE = ['--disable-source', '--without-client'];

describe('the source', () => {
  test('a replica: a note, and with --disable-source a stop', async () => {
    const replica = await startServer('embedded');
    try {
      await createStandInPgAgent(replica, 'postgres');
      await insertNightly('postgres', replica);
      replica.stop();
      writeFileSync(join(replica.dataDirectory, 'standby.signal'), '');
      replica.start();
      const name = await both();
      const args = [
        ...['-s', replica.uri('postgres'), '-t', here.uri(name)],
        ...['--step-conninfo', 'host=a user=b'],
      ];
      const reading = await dryRun(args);
      assert.equal(reading.one('source-recovery').status, 'note');
      assert.equal(reading.code, 0);
      const disabling = await dryRun([...args, ...DISABLE]);
      assert.equal(disabling.one('source-recovery').status, 'stop');
      assert.deepEqual(disabling.of('source-rights'), []);
      assert.equal(disabling.code, 3);
    } finally {
      replica.stop();
    }
  });

  test('read-only by default: a stop for --disable-source alone', async () => {
    const source = await both();
    const target = await both();
    await here.run(source, `ALTER DATABASE ${source} SET default_transaction_read_only = on`);
    const args = ['-s', here.uri(source), '-t', here.uri(target), '--step-conninfo', 'host=a user=b'];
    assert.equal((await dryRun(args)).code, 0);
    const { code, one } = await dryRun([...args, ...DISABLE]);
    assert.equal(code, 3);
    assert.match(one('source-rights').message, /read-only for the user "postgres"/);
  });

  test('an agent that is connected: a stop where chains would be live, else a note', async () => {
    const name = await both();
    const agent = await here.connect(name);
    await agent.query(
      `INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'db1')`,
    );
    const statusWith = async (...more: string[]): Promise<string> =>
      (await dryRun(['-s', here.uri(name), ...more])).one('pgagent-connected').status;
    try {
      assert.equal(await statusWith(), 'stop');
      assert.equal(await statusWith('--paused'), 'note');
      assert.equal(await statusWith(...DISABLE), 'note');
    } finally {
      await agent.end();
    }
    assert.equal(await statusWith(), 'ok', 'its row stays behind');
  });

  test('the next command after that stop hands the jobs over, and is not refused', async () => {
    const name = await both();
    const sessions = await Promise.all([here.connect(name), here.connect(name)]);
    const [agent, client] = sessions;
    const words = ['-s', here.uri(name), '--client-name', '=main'];
    const nextOf = async (...more: string[]): Promise<string> => {
      const { code, stdout, stderr } = await pga2timetable([...words, '--dry-run', ...more]);
      assert.equal(code, 3, stderr);
      return /^Next.*$/m.exec(`${stdout}\n${stderr}`)?.[0] ?? '';
    };
    const cutover = `npx pga2timetable --source ${here.uri(name)} --client-name =main --disable-source`;
    const strict = cutover.replace('--disable', '--strict --disable');
    const plan = join(mkdtempSync(join(tmpdir(), 'pga2tt-next-')), 'plan.json');
    try {
      await agent.query(
        `INSERT INTO pgagent.pga_jobagent (jagpid, jagstation) VALUES (pg_backend_pid(), 'db1')`,
      );
      assert.equal(await nextOf(), `Next, once nothing stops it: ${cutover}`, 'without a client');
      await client.query(`INSERT INTO timetable.active_session VALUES (1, pg_backend_pid(), 'main')`);
      assert.equal(await nextOf(), `Next: ${cutover}`);
      assert.equal(await nextOf('--strict'), `Next, once nothing stops it: ${strict}`);
      assert.equal(
        await nextOf('--format', 'json', '--output', plan),
        `Next: ${cutover} --dry-run --format json --output ${plan} --overwrite`,
        'a saved plan says whether jobs are disabled',
      );
      assert.equal((await dryRun([...words, '--disable-source'])).code, 0);
    } finally {
      await Promise.all(sessions.map((session) => session.end()));
    }
  });

  test('pgAgent in other databases of the server, and those where this user may not look', async () => {
    const server = await startServer('embedded');
    try {
      const name = await both(server);
      await server.run('postgres', 'CREATE ROLE mover LOGIN');
      await server.run(
        name,
        `GRANT USAGE ON SCHEMA pgagent, timetable TO mover; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA pgagent, timetable TO mover;
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO mover; GRANT CREATE ON DATABASE ${name} TO mover`,
      );
      const look = (): Promise<Looked> => dryRun(['-s', server.uri(name, 'mover')]);
      assert.match(
        (await look()).one('other-pgagents').message,
        /^No other database .*\(1 database looked into\)/,
      );
      await createStandInPgAgent(server, 'postgres');
      assert.match((await look()).one('other-pgagents').message, /1 other database [^:]+: "postgres"\./);
      await server.createDatabase('closed');
      await createStandInPgAgent(server, 'closed');
      await server.run('postgres', 'REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
      assert.deepEqual(
        (await look())
          .of('other-pgagents')
          .map(({ status, message }) => [status, /"\w+"/.exec(message)?.[0]]),
        [
          ['note', '"postgres"'],
          ['note', '"closed"'],
        ],
      );
      // More than a run looks into: nobody refused it.
      for (let number = 1; number <= 100; number += 1) await server.createDatabase(`more_${number}`);
      const notes = (await look()).of('other-pgagents').map(({ message }) => message);
      assert.match(
        notes[1] ?? '',
        /^Whether pgAgent is in "closed" too .*: this user could not connect there\.$/,
      );
      assert.match(
        notes[2] ?? '',
        /^Whether pgAgent is in "more_\d+".*: a run looks into 100 other databases at most/,
      );
    } finally {
      server.stop();
    }
  });

  test("EDB's packages are looked for by their schemas, and its own scheduler is told apart", async () => {
    const name = await both();
    assert.deepEqual((await dryRun(['-s', here.uri(name)])).of('dbms-job'), []);
    await here.run(name, 'CREATE SCHEMA dbms_job');
    const { status, message } = (await dryRun(['-s', here.uri(name)])).one('dbms-job');
    assert.equal(status, 'note');
    assert.match(message, /^The source has DBMS_JOB: /);
  });
});

test('a catalog that an administrator hides is a note, and the run goes on', async () => {
  const name = await both();
  await here.run(
    name,
    `GRANT USAGE ON SCHEMA pgagent, timetable TO mover; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA pgagent, timetable TO mover;
     GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO mover; GRANT CREATE ON DATABASE ${name} TO mover;
     REVOKE SELECT ON pg_catalog.pg_locks FROM PUBLIC`,
  );
  const { code, one } = await dryRun(['-s', here.uri(name, 'mover')]);
  assert.equal(code, 0);
  assert.match(one('locks').message, /could not be checked: permission denied for view pg_locks/);
});

test('a lock that writing would have to wait for is named with its process; others are not', async () => {
  const name = await both();
  const other = await here.connect(name);
  const pid = (await other.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
  const looked = async (mode: string, table: string, ...more: string[]): Promise<readonly Check[]> => {
    await other.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
    const { of } = await dryRun(['-s', here.uri(name), ...more]);
    await other.query('ROLLBACK');
    return of('locks');
  };
  try {
    assert.deepEqual(await looked('SHARE UPDATE EXCLUSIVE', 'timetable.chain'), []);
    assert.deepEqual(await looked('SHARE', 'pgagent.pga_job'), [], 'it is only read');
    for (const [table, ...more] of [['timetable.task'], ['pgagent.pga_job', ...DISABLE]] as const) {
      const [lock] = await looked('SHARE', table, ...more);
      assert.equal(lock?.status, 'warning');
      assert.match(
        lock.message,
        new RegExp(`\\(process ${pid}\\) holds a lock on ${table.replace('.', '\\.')} `),
      );
    }
  } finally {
    await other.end();
  }
});

describe('the clients of pg_timetable', () => {
  const statuses = ({ of }: Looked): string[] => of('clients').map(({ status }) => status);

  test('never there, connected, or there before by any of its traces: warnings first', async () => {
    const name = await both();
    for (const host of ['now', 'session', 'log', 'executions', 'chain', 'never'])
      await insertNightly(name, here, host);
    await here.run(name, 'DELETE FROM pgagent.pga_job WHERE jobhostagent = $$$$');
    const client = await here.connect(name);
    try {
      await client.query(
        `INSERT INTO timetable.active_session VALUES (1, pg_backend_pid(), 'now'), (2, -1, 'session');
         INSERT INTO timetable.log (pid, log_level, client_name) VALUES (1, 'INFO', 'log');
         INSERT INTO timetable.execution_log (txid, client_name) VALUES (1, 'executions');
         INSERT INTO timetable.chain (chain_name, client_name) VALUES ('other', 'chain')`,
      );
      const found = await dryRun(['-s', here.uri(name)]);
      assert.deepEqual(
        found.of('clients').map(({ status, message }) => [/Client "(\w+)"/.exec(message)?.[1], status]),
        [
          // A chain is bound to a name by whoever wrote it.
          ['chain', 'warning'],
          ['never', 'warning'],
          ['now', 'ok'],
          ['session', 'note'],
          ['log', 'note'],
          ['executions', 'note'],
        ],
      );
    } finally {
      await client.end();
    }
  });

  test('jobs for any host: whoever is connected', async () => {
    const name = await both();
    const look = (...more: string[]): Promise<Looked> => dryRun(['-s', here.uri(name), ...more]);
    const never = await look();
    assert.deepEqual(statuses(never), ['note']);
    assert.match(
      never.one('clients').message,
      /1 live chain is not bound to a client, so every pg_timetable client runs it\. No client has connected yet\./,
    );
    await here.run(name, `INSERT INTO timetable.log (pid, log_level, client_name) VALUES (1, 'INFO', 'w1')`);
    assert.match((await look()).one('clients').message, /None is connected now; one was before\./);
    const client = await here.connect(name);
    await client.query(`INSERT INTO timetable.active_session VALUES (1, pg_backend_pid(), 'w1')`);
    assert.match((await look()).one('clients').message, /Connected: "w1"\.$/);
    assert.deepEqual(statuses(await look('--disable-source')), ['ok']);
    await client.end();
    assert.deepEqual(statuses(await look('--paused')), ['ok'], 'none is needed');
  });

  test('disabling jobs that nobody would run stops, unless --without-client', async () => {
    const name = await both();
    await insertNightly(name, here, 'node1');
    await here.run(
      name,
      `INSERT INTO timetable.log (pid, log_level, client_name) VALUES (1, 'INFO', 'node1')`,
    );
    const stopped = await dryRun(['-s', here.uri(name), '--disable-source']);
    assert.equal(stopped.code, 3);
    assert.deepEqual(statuses(stopped), ['stop', 'stop']);
    const going = await dryRun(['-s', here.uri(name), ...DISABLE]);
    assert.equal(going.code, 0);
    assert.deepEqual(statuses(going), ['warning', 'warning']);
    const main = await here.connect(name);
    await main.query(`INSERT INTO timetable.active_session VALUES (1, pg_backend_pid(), 'main')`);
    const offered = await dryRun(['-s', here.uri(name), '--disable-source', '--client-name', '=main']);
    const remedies = offered.of('clients').map(({ remedy }) => remedy ?? '');
    assert.match(remedies.join(' '), / To use another client: --client-name node1=main /);
    const bound = ['--client-name', '=main', '--client-name', 'node1=main'];
    assert.equal((await dryRun(['-s', here.uri(name), '--disable-source', ...bound])).code, 0);
    await main.end();
  });

  test('a log that may not be read leaves it open', async () => {
    const name = await both();
    await insertNightly(name, here, 'node1');
    await here.run(
      name,
      `GRANT USAGE ON SCHEMA pgagent, timetable TO mover; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA pgagent, timetable TO mover;
       GRANT USAGE ON ALL SEQUENCES IN SCHEMA timetable TO mover; GRANT CREATE ON DATABASE ${name} TO mover;
       REVOKE SELECT ON timetable.log FROM mover`,
    );
    const [, bound] = (await dryRun(['-s', here.uri(name, 'mover')])).of('clients');
    assert.equal(bound?.status, 'note');
    assert.match(bound.message, /cannot be seen without timetable\.log\.$/);
  });

  test('a role that --target-role names and that cannot be a pg_timetable', async () => {
    const name = await both();
    const at = async (role: string): Promise<Check> =>
      (await dryRun(['-s', here.uri(name), '--target-role', role])).one('client-role');
    await here.run(name, 'CREATE ROLE nologin_role NOLOGIN');
    assert.match((await at('nologin_role')).message, /may not log in/);
    assert.match(
      (await at('mover')).message,
      /it lacks USAGE on schema timetable, SELECT on timetable\.chain, /,
    );
    assert.equal((await at('postgres')).status, 'ok');
  });

  test('batch steps: that --no-program-tasks cannot be seen is said once', async () => {
    const name = await both();
    assert.deepEqual((await dryRun(['-s', here.uri(name)])).of('program-tasks'), []);
    for (const job of ['x', 'y'])
      await insertJob(here, name, { name: job, steps: [{ name: 'a', kind: 'b', code: 'true' }] });
    assert.equal((await dryRun(['-s', here.uri(name)])).one('program-tasks').status, 'note');
  });
});
