import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { catalogOfSchema, sortedConstraints } from '../engine/catalog.ts';
import { catalogs } from '../engine/recordings.ts';
import { createStandInPgAgent } from '../pgagent/insert-job.ts';
import { agentProgram, createPgAgent } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded');
});
after(() => server.stop());

/** Columns with what their defaults come to: an array of 60 false elements can be written in more ways than one. */
async function tablesByEffect(
  database: string,
  tables: Awaited<ReturnType<typeof catalogOfSchema>>['tables'],
): Promise<unknown> {
  const client = await server.connect(database);
  try {
    await client.query('BEGIN');
    const found: Record<string, unknown[]> = {};
    for (const [table, columns] of Object.entries(tables)) {
      const described: unknown[] = [];
      for (const column of columns) {
        const isSequence = column.default?.startsWith('nextval(') ?? false;
        const value =
          column.default === undefined || isSequence
            ? column.default
            : (await client.query(`SELECT (${column.default})::text AS value`)).rows[0].value;
        described.push({ ...column, default: value });
      }
      found[table] = described;
    }
    return found;
  } finally {
    await client.end();
  }
}

async function assertIsSchema42(database: string): Promise<readonly string[]> {
  const recorded = catalogs()['pgagent 4.2.2'];
  assert.ok(recorded);
  const made = await catalogOfSchema(server, database, 'pgagent');
  assert.deepEqual(Object.keys(made.tables).sort(), Object.keys(recorded.tables).sort());
  // CURRENT_TIMESTAMP differs between two transactions.
  const timeless = (value: unknown): string =>
    JSON.stringify(value).replaceAll(/\d{4}-\d\d-\d\d [\d:.+]+/g, 'now');
  assert.equal(
    timeless(await tablesByEffect(database, made.tables)),
    timeless(await tablesByEffect(database, sorted(recorded.tables))),
  );
  assert.deepEqual(made.constraints, sortedConstraints(recorded.constraints));
  return made.functions;
}

function sorted<T>(tables: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('the stand-in for pgAgent is the recorded catalog of 4.2, but for the functions of its agent', async () => {
  await server.createDatabase('stand_in');
  await createStandInPgAgent(server, 'stand_in');
  assert.deepEqual(await assertIsSchema42('stand_in'), ['pgagent.pgagent_schema_version()']);
});

// Only where pgAgent is installed: the test above runs everywhere.
if (agentProgram() !== null) {
  test('the real schema of pgAgent is the recorded catalog of 4.2', async () => {
    await server.createDatabase('real');
    await createPgAgent(server, 'real');
    assert.deepEqual(await assertIsSchema42('real'), catalogs()['pgagent 4.2.2']?.functions);
  });
}
