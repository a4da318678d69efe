import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type ClientTick, readActiveChains, readTicks, tickOf } from '../../src/timetable/ticks.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { findProgram } from './engine.ts';
import { initReal } from './real.ts';
import { createTimetable } from './schema.ts';
import { StandInClient } from './stand-in.ts';

const HOUR = Date.UTC(2026, 2, 3, 12);
/** An instant, by minutes and seconds of that hour. */
const at = (minute: number, second: number): number => HOUR + minute * 60_000 + second * 1000;

interface Case {
  readonly fact: string;
  readonly loggedTick?: number;
  readonly connectionStarts?: readonly number[];
  readonly liveChains?: number;
  readonly second: number | null;
  readonly margin: number;
}

const cases: readonly Case[] = [
  { fact: 'nothing is known of a client that shows nothing', second: null, margin: 30 },
  {
    fact: 'its log alone tells, to a second',
    loggedTick: at(4, 17.25),
    second: 17.25,
    margin: 1,
  },
  {
    fact: 'its one connection tells, to two seconds',
    connectionStarts: [at(0, 59.5)],
    second: 59.5,
    margin: 2,
  },
  {
    fact: 'most of its connections tell, by the first of them, over the edge of a minute',
    connectionStarts: [at(0, 59.9), at(3, 0.1), at(7, 30), at(7, 45)],
    second: 59.9,
    margin: 1,
  },
  {
    fact: 'connections half a second apart are not of one tick',
    connectionStarts: [at(0, 10), at(3, 10.5)],
    second: null,
    margin: 30,
  },
  {
    fact: 'connections less than half a second apart are of one tick',
    connectionStarts: [at(0, 10), at(3, 10.499)],
    second: 10,
    margin: 1,
  },
  {
    fact: 'two places of the minute with as many connections tell nothing',
    connectionStarts: [at(0, 10), at(1, 10), at(2, 40), at(3, 40)],
    second: null,
    margin: 30,
  },
  {
    fact: 'the log wins over connections that were opened when chains ended',
    loggedTick: at(4, 10),
    connectionStarts: [at(0, 40), at(1, 45), at(2, 50)],
    second: 10,
    margin: 1,
  },
  {
    fact: 'where most connections say another second, the client’s clock may be off by so much',
    loggedTick: at(4, 57),
    connectionStarts: [at(0, 2), at(1, 2), at(2, 50)],
    second: 57,
    margin: 6,
  },
  {
    fact: 'half of the connections say nothing against the log',
    loggedTick: at(4, 57),
    connectionStarts: [at(0, 2), at(1, 2), at(2, 40), at(3, 50)],
    second: 57,
    margin: 1,
  },
  {
    fact: 'connections within a second of the log agree with it',
    loggedTick: at(4, 20),
    connectionStarts: [at(0, 19), at(1, 19)],
    second: 20,
    margin: 1,
  },
  // 10,000 chains: 3 seconds and one.
  {
    fact: 'behind many chains the log may be late',
    loggedTick: at(4, 12),
    liveChains: 10_000,
    second: 12,
    margin: 4,
  },
  {
    fact: 'behind many chains the log came late if most connections say so',
    loggedTick: at(4, 12),
    connectionStarts: [at(0, 8), at(1, 8)],
    liveChains: 10_000,
    second: 8,
    margin: 1,
  },
  {
    fact: 'behind many chains one connection does not say so',
    loggedTick: at(4, 12),
    connectionStarts: [at(0, 8)],
    liveChains: 10_000,
    second: 12,
    margin: 4,
  },
  {
    fact: 'the log does not come later than its chains take',
    loggedTick: at(4, 12.5),
    connectionStarts: [at(0, 8), at(1, 8)],
    liveChains: 10_000,
    second: 12.5,
    margin: 5.5,
  },
  {
    fact: 'the log does not come before its tick',
    loggedTick: at(4, 12),
    connectionStarts: [at(0, 14), at(1, 14)],
    liveChains: 10_000,
    second: 12,
    margin: 4,
  },
];

describe('the second of a tick', () => {
  for (const { fact, loggedTick = null, connectionStarts = [], liveChains = 0, second, margin } of cases) {
    test(fact, () => {
      const tick = tickOf({ clientName: 'w1', isConnected: true, loggedTick, connectionStarts, liveChains });
      assert.deepEqual([tick.second, tick.margin], [second, margin]);
    });
  }
});

describe('clients of the target', () => {
  let server: Server;
  let client: pg.Client;
  before(async () => {
    server = await startServer('embedded');
    await createTimetable(server, 'postgres');
    client = await open('postgres');
  });
  after(async () => {
    await client.end();
    server.stop();
  });

  const open = async (database: string): Promise<pg.Client> => {
    const opened = await server.connect(database);
    await opened.query('SET search_path = pg_catalog');
    return opened;
  };
  const tickNamed = async (name: string): Promise<ClientTick | undefined> =>
    (await readTicks(client)).find(({ clientName }) => clientName === name);
  /** How far an instant of the server's clock lies from a second of the minute, in seconds, either way. */
  const apart = (second: number, time: number): number => {
    const gap = Math.abs(((time / 1000) % 60) - second);
    return Math.min(gap, 60 - gap);
  };
  const log = (name: string, pid: number, when: number, message = 'Retrieve scheduled chains to run') =>
    client.query(
      "INSERT INTO timetable.log (ts, client_name, pid, log_level, message) VALUES ($1, $2, $3, 'INFO', $4)",
      [new Date(when), name, pid, message],
    );

  test('a client that logs nothing ticks at the second at which it connected', async () => {
    const runner = await StandInClient.connect(server, 'postgres', 'w1');
    const now = Date.now();
    await sleep(1200);
    const tick = await tickNamed('w1');
    assert.equal(tick?.isConnected, true);
    assert.deepEqual(tick.source, { kind: 'sessions', agreeing: 1, connections: 1 });
    assert.ok(apart(tick.second ?? -100, now) < 1, `${tick.second}`);
    await runner.stop();
    assert.deepEqual(await readTicks(client), []);
  });

  test('the newest line of the log that this very process wrote about a tick tells', async () => {
    const runner = await StandInClient.connect(server, 'postgres', 'w1');
    const { rows } = await client.query('SELECT client_pid::int AS pid FROM timetable.active_session');
    const { pid } = rows[0];
    // The 18.5th second of a minute, not longer ago than 100 seconds.
    const newest = Math.floor((Date.now() - 18_500 - 40_000) / 60_000) * 60_000 + 18_500;
    await client.query(
      `INSERT INTO timetable.chain (chain_name, live, client_name)
       SELECT n || coalesce(name, ''), live, name
         FROM generate_series(1, 1000) AS n, (VALUES ('w1', true), (NULL, true), ('w2', true)) AS c (name, live)
        UNION ALL SELECT 'paused ' || n, false, 'w1' FROM generate_series(1, 1000) AS n`,
    );
    await log('w1', pid, newest - 10_000);
    await log('w1', pid, newest);
    await log('w1', pid, newest + 5_000, 'Starting chain');
    await log('w1', pid, newest + 6_000, 'Retrieve scheduled chains to run @reboot');
    await log('w1', pid + 1, newest + 7_000);
    await log('w2', pid, newest + 8_000);
    assert.deepEqual(await tickNamed('w1'), {
      // 2,000 chains are its own or any client's.
      ...{ clientName: 'w1', isConnected: true, second: 18.5, margin: 1.6 },
      source: { kind: 'log', at: newest },
    });
    await client.query(
      "UPDATE timetable.log SET ts = ts - interval '2 minutes' WHERE pid = $1 AND client_name = 'w1'",
      [pid],
    );
    assert.equal((await tickNamed('w1'))?.source?.kind, 'sessions');
    await client.query('DELETE FROM timetable.chain');
    await runner.stop();
  });

  test('a chain runs while its client is there, and is left over when that was killed', async () => {
    await client.query("INSERT INTO timetable.chain (chain_id, chain_name) VALUES (5, 'a'), (6, 'b')");
    const runner = await StandInClient.connect(server, 'postgres', 'w1');
    await client.query(
      `INSERT INTO timetable.active_chain (chain_id, client_name, started_at)
       VALUES (5, 'w1', '2026-03-03 12:00:00+00'), (6, 'gone', now())`,
    );
    await client.query("INSERT INTO timetable.active_session VALUES (1, -7, 'gone')");
    const startedAt = HOUR;
    assert.deepEqual(
      (await readActiveChains(client)).map((row) => ({
        ...row,
        startedAt: Math.min(row.startedAt ?? 0, HOUR),
      })),
      [
        { chainId: '5', clientName: 'w1', startedAt, isClientConnected: true, openTransactions: 0 },
        { chainId: '6', clientName: 'gone', startedAt, isClientConnected: false, openTransactions: 0 },
      ],
    );
    assert.equal((await tickNamed('gone'))?.isConnected, false);
    const busy = await server.connect('postgres');
    await busy.query('BEGIN');
    const [{ pid }] = (await busy.query('SELECT pg_backend_pid() AS pid')).rows;
    await client.query("INSERT INTO timetable.active_session VALUES (2, $1, 'gone')", [pid]);
    assert.deepEqual(
      (await readActiveChains(client)).map(({ openTransactions }) => openTransactions),
      [0, 1],
    );
    await busy.query('COMMIT');
    await busy.query('SELECT pg_advisory_lock(1)');
    assert.deepEqual(
      (await readActiveChains(client)).map(({ openTransactions }) => openTransactions),
      [0, 0],
    );
    await client.query("UPDATE timetable.active_session SET started_at = now() - interval '1 day'");
    assert.deepEqual(
      (await readActiveChains(client)).map(({ isClientConnected }) => isClientConnected),
      [false, false],
    );
    await busy.end();
    await runner.stop();
  });

  const program = findProgram();
  for (const level of program === null ? [] : ['info', 'none']) {
    test(`the real pg_timetable that logs ${level} takes its chains at the second that is read`, async () => {
      const database = `real_${level}`;
      await server.createDatabase(database);
      await initReal(program ?? '', server, database);
      await server.run(
        database,
        `CREATE TABLE ran (at timestamptz);
         SELECT timetable.add_job('j', '* * * * *', 'INSERT INTO public.ran VALUES (clock_timestamp())')`,
      );
      const runner = spawn(
        program ?? '',
        [...['--clientname', 'w1', '--log-database-level', level], ...['--connstr', server.uri(database)]],
        { stdio: 'ignore' },
      );
      const own = await open(database);
      try {
        let ran: Date | undefined;
        for (let i = 0; i < 100 && ran === undefined; i++) {
          await sleep(100);
          ran = (await own.query('SELECT at FROM public.ran')).rows[0]?.at;
        }
        assert.ok(ran, 'no chain ran');
        // Rows come to timetable.log up to two seconds late.
        await sleep(2500);
        const [tick] = await readTicks(own);
        assert.equal(tick?.source?.kind, level === 'info' ? 'log' : 'sessions');
        assert.ok(apart(tick?.second ?? -100, ran.getTime()) < 1, `${tick?.second}, ran at ${ran}`);
      } finally {
        runner.kill('SIGKILL');
        await own.end();
      }
    });
  }
});
