import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { connect } from '../../src/postgres/connect.ts';
import { type ConnectionLimit, connectionLimits } from '../../src/postgres/connection-room.ts';
import { readEndpoint } from '../../src/postgres/endpoint.ts';
import { type Server, startServer } from '../servers/postgres.ts';

let server: Server;
before(async () => {
  server = await startServer('embedded', {
    max_connections: '20',
    superuser_reserved_connections: '3',
    reserved_connections: '2',
  });
  await server.run(
    'postgres',
    `CREATE ROLE plain LOGIN; CREATE ROLE few LOGIN CONNECTION LIMIT 6; CREATE ROLE trusted LOGIN;
     GRANT pg_use_reserved_connections TO trusted`,
  );
  await server.createDatabase('narrow', 'CONNECTION LIMIT 5');
  await server.createDatabase('wide');
});
after(() => server.stop());

/** Opens sessions of a role until the server refuses one. */
async function fill(database: string, role: string): Promise<readonly pg.Client[]> {
  const open: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: server.uri(database, role) });
    client.on('error', () => {});
    try {
      await client.connect();
      open.push(client);
    } catch (error) {
      assert.match((error as { code?: string }).code ?? '', /^53300$/, String(error));
      return open;
    }
  }
}

async function limitsOf(database: string, role: string | null): Promise<readonly ConnectionLimit[]> {
  const client = await connect(readEndpoint(server.uri(database), '--target', {}), 'target');
  try {
    return await connectionLimits(client, role);
  } finally {
    await client.end();
  }
}

const CASES: readonly (readonly [string, string, string, number, readonly string[]])[] = [
  ['max_connections less all that is reserved', 'wide', 'plain', 20 - 3 - 2, ['server']],
  ['whose role may use reserved_connections', 'wide', 'trusted', 20 - 3, ['server']],
  ['superusers have all', 'narrow', 'postgres', 20, ['server']],
  ['the limit of a role', 'wide', 'few', 6, ['server', 'role']],
  ['the limit of a database', 'narrow', 'plain', 5, ['server', 'database']],
];
for (const [what, database, role, most, kinds] of CASES) {
  test(`as many sessions as the server then lets in: ${what}`, async () => {
    const limits = await limitsOf(database, role);
    assert.deepEqual(
      limits.map(({ kind }) => kind),
      kinds,
    );
    const tightest = Math.min(...limits.map((limit) => limit.most - limit.inUse));
    assert.equal(tightest, most);
    const open = await fill(database, role);
    assert.equal(open.length, most);
    if (role !== 'postgres') {
      // By a superuser's reserved connection, which is this tool's own and counts for nothing.
      const full = await limitsOf(database, role);
      assert.ok(full.some((limit) => limit.most - limit.inUse === 0));
    }
    await Promise.all(open.map((client) => client.end()));
    for (let left = 1; left > 0; ) {
      const { rows } = await server.run(
        'postgres',
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      left = rows[0].n;
    }
  });
}

test('without a name it is the role of this session', async () => {
  const [limit] = await limitsOf('wide', null);
  assert.equal(limit?.most, 20);
});
