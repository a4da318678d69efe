import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readChainsNow } from '../../src/timetable/chain-digests.ts';
import { pga2timetable } from '../cli/run.ts';
import { createTimetable, TIMETABLE_VERSIONS } from '../engine/schema.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

/*
 * The record keeps a digest of each chain, computed from what is written. What the server computes from the rows has to be
 * the same: else every later run would take the chains for changed by hand.
 */
const CONTROLS = Array.from({ length: 31 }, (_, code) => String.fromCharCode(code + 1)).join('');
const HOSTILE = ['"\\/\b\f\t', CONTROLS, '\u007f\u0080ÿ', "'; DROP", '\\u0041', '{"a": [1, null]}', ''];
const BEYOND_LATIN1 = ['\u2028\u2029', '夜間 👨\u200d👩\u200d👧', 'e\u0301'];

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

interface Row {
  readonly id: number;
  readonly digest: string;
}

async function compare(database: string, texts: readonly string[]): Promise<void> {
  await createStandInPgAgent(server, database);
  for (const [index, text] of texts.entries())
    await insertJob(server, database, {
      name: `job ${index} ${text}`,
      schedules: [
        { name: `s ${text}`, minutes: [0, 7], hours: [2], weekdays: [1] },
        { name: 'guarded', minutes: [0], hours: [3], monthDays: [13], weekdays: [5] },
      ],
      steps: [
        { name: `sql ${text}`, code: `SELECT 1 -- ${text}`, onError: 'i' },
        { name: `batch ${text}`, kind: 'b', code: `echo '${text}'` },
      ],
    });
  const { code, stderr } = await pga2timetable(['-s', server.uri(database), '--paused', '--quiet']);
  // A batch step with letters beyond ASCII stays where the target is not in UTF-8.
  assert.ok(code === 0 || code === 6, stderr);
  const client = await server.connect(database);
  try {
    const { rows } = await client.query<Row>(
      "SELECT (c ->> 'id')::float8 AS id, c ->> 'digest' AS digest FROM pga2timetable.job, jsonb_array_elements(chains) c",
    );
    assert.ok(rows.length > texts.length);
    const now = await readChainsNow(
      client,
      rows.map(({ id }) => id),
    );
    for (const { id, digest } of rows) assert.equal(digest, now.get(id)?.digest, `chain ${id}`);
  } finally {
    await client.end();
  }
}

for (const version of TIMETABLE_VERSIONS.filter((one) => !one.startsWith('4.0')))
  test(`a chain written on the schema of ${version} has the digest that was recorded`, async () => {
    const database = `v${version.replaceAll('.', '_')}`;
    await server.createDatabase(database);
    await createTimetable(server, database, version);
    await compare(database, [...HOSTILE, ...BEYOND_LATIN1]);
  });

test('in a database of another encoding, too', async () => {
  await server.createDatabase('latin', "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
  await createTimetable(server, 'latin');
  await compare('latin', HOSTILE);
});
