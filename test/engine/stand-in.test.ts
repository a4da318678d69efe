import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { debian15, type Server, startServer } from '../servers/postgres.ts';
import { cannotRunHere, insertScheduled, runProbes } from './probes.ts';
import { recordingOf } from './recordings.ts';
import { createTimetable } from './schema.ts';
import { StandInClient, standIn } from './stand-in.ts';

// What the stand-in does not do as the real program does: probe and reason. Each must still disagree.
const NOT_REPRODUCED: Readonly<Record<string, string>> = {};

const { probes, scheduled } = recordingOf('7.0.0');

let server: Server;
before(async () => {
  server = await startServer(debian15() ? 'debian-15' : 'embedded');
});
after(() => server?.stop());

function writeSummary(agree: number): void {
  const file = process.env.ENGINE_SUMMARY;
  if (file) writeFileSync(file, `${JSON.stringify({ engine: standIn.name, agree, of: probes.length })}\n`);
}

test('the stand-in runs the recorded chains as pg_timetable 7.0.0 did', async (t) => {
  assert.equal(probes.length, 104);
  const results = await runProbes(standIn, server, probes);
  writeSummary(results.filter(({ difference }) => difference === null).length);
  for (const { probe, difference } of results) {
    await t.test(`${probe.id}: ${probe.what}`, (t) => {
      const reason = NOT_REPRODUCED[probe.id] ?? cannotRunHere(probe);
      if (reason === null) return assert.equal(difference, null);
      t.diagnostic(`${probe.id} is not reproduced: ${reason}`);
      assert.notEqual(difference, null, 'it agrees: take it off the list of those not reproduced');
    });
  }
  assert.deepEqual(
    results.map(({ probe }) => probe.id),
    probes.map(({ id }) => id),
  );
  for (const id of Object.keys(NOT_REPRODUCED))
    assert.ok(
      probes.some((probe) => probe.id === id),
      id,
    );
});

/** One tick of two stand-in clients at a time of day in UTC. */
async function tickBoth(database: string, at: Date): Promise<readonly string[]> {
  const ran: string[] = [];
  for (const name of ['w1', 'w2']) {
    const client = await StandInClient.connect(server, database, name);
    for (const chain of await client.tick(at)) ran.push(`${chain} on ${name}`);
    await client.stop();
  }
  return ran.sort();
}

test('a tick runs the chains that the recorded tick ran', async () => {
  await server.createDatabase('scheduled');
  await createTimetable(server, 'scheduled');
  await insertScheduled(server, 'scheduled', scheduled);
  const sunday = new Date('2026-11-22T10:20:00Z');
  assert.equal(sunday.getUTCDay(), scheduled.weekday);
  assert.deepEqual(await tickBoth('scheduled', sunday), scheduled.recorded);
  const monday = new Date('2026-11-23T10:20:00Z');
  assert.deepEqual(
    await tickBoth('scheduled', monday),
    scheduled.recorded.filter((entry) => !entry.startsWith('sunday-')),
  );
});

test('a chain starts another by a notification', async () => {
  await server.createDatabase('starter');
  await createTimetable(server, 'starter');
  const { rows } = await server
    .run(
      'starter',
      `CREATE TABLE seen(s text);
     INSERT INTO timetable.chain(chain_name) VALUES ('started'), ('starter');
     INSERT INTO timetable.task(chain_id, task_order, command)
       SELECT chain_id, 10, 'INSERT INTO seen VALUES (''ran'')' FROM timetable.chain WHERE chain_name = 'started';
     INSERT INTO timetable.task(chain_id, task_order, command)
       SELECT starter.chain_id, 10, format(
         'SELECT timetable.notify_chain_start(%s, current_setting(''pg_timetable.current_client_name''))', started.chain_id)
       FROM timetable.chain starter, timetable.chain started
       WHERE starter.chain_name = 'starter' AND started.chain_name = 'started';
     SELECT chain_id FROM timetable.chain WHERE chain_name = 'starter';`,
    )
    .then((results) => (Array.isArray(results) ? results.at(-1) : results));
  await standIn.runChains(server, 'starter', [rows[0].chain_id], 'w1');
  assert.deepEqual((await server.run('starter', 'SELECT s FROM seen')).rows, [{ s: 'ran' }]);
});

test('a second client of the same name is refused', async () => {
  const first = await StandInClient.connect(server, 'starter', 'w1');
  await assert.rejects(StandInClient.connect(server, 'starter', 'w1'), /another client is called w1/);
  await first.stop();
});

test('what a client that is gone has left running does not count', async () => {
  await server.createDatabase('leftovers');
  await createTimetable(server, 'leftovers');
  const { rows } = await server.run(
    'leftovers',
    "INSERT INTO timetable.chain(chain_name, max_instances) VALUES ('left', 1) RETURNING chain_id",
  );
  const chain = rows[0].chain_id;
  await server.run('leftovers', `INSERT INTO timetable.active_chain VALUES (${chain}, 'gone')`);
  assert.equal((await standIn.runChains(server, 'leftovers', [chain], 'w1')).get(chain), 'succeeded');
});
