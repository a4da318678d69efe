import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { ObjectUse } from '../../src/transform/sql/object-use.ts';
import { objectsUsed } from '../../src/transform/sql/objects-used.ts';
import { debian15, type Server, startServer } from '../servers/postgres.ts';
import { EMPTY, LEFT_BEHIND, LEFT_OPEN, REFUSED } from '../transform/sql/cases.ts';
import { statementsOf } from '../transform/sql/statements.ts';

// The same tables of cases that the readings are held to, and what real servers make of them.

const SETTINGS = { wal_level: 'logical', max_prepared_transactions: '2' };

let servers: readonly Server[] = [];
before(async () => {
  const embedded = await startServer('embedded', SETTINGS);
  servers = debian15() === null ? [embedded] : [embedded, await startServer('debian-15', SETTINGS)];
  for (const server of servers) {
    await server.createDatabase('app');
    await server.run(
      'app',
      `CREATE ROLE app; GRANT app TO postgres;
       CREATE TABLE t (a int); CREATE INDEX i ON t (a);
       CREATE TABLE pt (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF pt FOR VALUES IN (1);
       CREATE SUBSCRIPTION sub CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false, slot_name = 'x');
       ALTER SUBSCRIPTION sub ENABLE`,
    );
  }
});
after(() => {
  for (const server of servers) server.stop();
});

async function onEach(work: (client: pg.Client, server: Server) => Promise<void>): Promise<void> {
  assert.ok(servers.length > 0);
  for (const server of servers) {
    const client = await server.connect('app');
    try {
      await work(client, server);
    } finally {
      await client.end();
    }
  }
}

/** The error that a text ends with; null for none. */
async function errorOf(client: pg.Client, sql: string): Promise<pg.DatabaseError | null> {
  return client.query(sql).then(
    () => null,
    (error: pg.DatabaseError) => error,
  );
}

test('texts that hold no statement are empty queries to the server', async () => {
  await onEach(async (client) => {
    for (const [sql] of EMPTY) assert.equal((await client.query(sql)).command, null, JSON.stringify(sql));
  });
});

test('the server refuses inside a transaction what is read as refused, in these words, and takes the rest', async () => {
  const ACTIVE_TRANSACTION = '25001';
  await onEach(async (client, { major }) => {
    for (const [sql, words] of REFUSED) {
      await client.query('BEGIN');
      const error = await errorOf(client, sql);
      const refusal = error?.code === ACTIVE_TRANSACTION ? error.message : null;
      const expected = words === null ? null : `${words} cannot run inside a transaction block`;
      assert.equal(refusal, expected, `${sql} on ${major}`);
      await client.query('ROLLBACK');
    }
  });
});

test('a transaction is open on the server where one is read as left open', async () => {
  await onEach(async (_, server) => {
    for (const [sql, isOpen] of LEFT_OPEN) {
      const client = await server.connect('app');
      await client.query(sql);
      const { rows } = await server.run(
        'app',
        `SELECT state FROM pg_stat_activity WHERE query = ${client.escapeLiteral(sql)}`,
      );
      assert.deepEqual(rows, [{ state: isOpen ? 'idle in transaction' : 'idle' }], sql);
      await client.end();
      await server.run('app', "ROLLBACK PREPARED 'x'").catch(() => {});
    }
  });
});

const IN_SESSION = `
  SELECT 'temporary table "' || relname || '"' AS what FROM pg_class
    WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v', 'S')
  UNION ALL SELECT 'prepared statement "' || name || '"' FROM pg_prepared_statements
  UNION ALL SELECT 'cursor "' || name || '"' FROM pg_cursors WHERE is_holdable
  UNION ALL SELECT 'advisory lock ' || CASE objsubid WHEN 1 THEN objid::text ELSE classid || ', ' || objid END
    FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
  UNION ALL SELECT 'LISTEN "' || channel || '"' FROM pg_listening_channels() AS channel
  UNION ALL SELECT 'SET ROLE "' || current_user || '"' WHERE current_user <> session_user
  UNION ALL SELECT 'SET SESSION AUTHORIZATION "' || session_user || '"' WHERE session_user <> 'postgres'`;

test('the server has in a session what is read as left behind', async () => {
  await onEach(async (_, server) => {
    for (const [sql, expected] of LEFT_BEHIND) {
      const client = await server.connect('app');
      await client.query(sql);
      const { rows } = await client.query(IN_SESSION);
      assert.deepEqual(rows.map(({ what }) => what).sort(), expected, sql);
      await client.end();
    }
  });
});

const RIGHTS: readonly string[] = [
  'SELECT * FROM a, s.b',
  'INSERT INTO a VALUES (1)',
  'INSERT INTO a SELECT x FROM s.b',
  'INSERT INTO a VALUES (1) RETURNING x',
  'INSERT INTO a VALUES (1) ON CONFLICT (x) DO NOTHING',
  'INSERT INTO a VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2',
  'UPDATE a SET x = 1',
  'UPDATE a SET x = 1 WHERE x = 2',
  'UPDATE a SET x = 1 FROM s.b WHERE a.x = b.x',
  'DELETE FROM a',
  'DELETE FROM a WHERE x = 1',
  'DELETE FROM a USING s.b WHERE a.x = b.x',
  'MERGE INTO a USING s.b ON a.x = b.x WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT VALUES (b.x)',
  'MERGE INTO a USING s.b ON a.x = b.x WHEN MATCHED THEN DELETE',
  'WITH w AS (DELETE FROM a RETURNING x) INSERT INTO s.b SELECT x FROM w',
  'TRUNCATE a',
  'ANALYZE a',
  'REINDEX TABLE a',
  'CLUSTER a USING a_pkey',
  'REFRESH MATERIALIZED VIEW m',
  'CREATE INDEX ON a (x)',
  'CREATE INDEX a_x ON a (x); DROP INDEX a_x',
  'ALTER TABLE a ADD y int',
  'ALTER TABLE parted ATTACH PARTITION a FOR VALUES IN (1)',
  'ALTER TABLE a RENAME TO z',
  'DROP TABLE a',
  "COMMENT ON TABLE a IS 'x'",
  'CREATE TABLE s.z (x int)',
  'CREATE TABLE z PARTITION OF parted FOR VALUES IN (2)',
  'CREATE TABLE z (x int REFERENCES a)',
  'CREATE TABLE z AS SELECT * FROM a; INSERT INTO z SELECT 1; DROP TABLE z',
  'CREATE TEMP TABLE z AS SELECT * FROM a; DELETE FROM z',
  'CREATE SEQUENCE z',
  'CREATE FUNCTION z() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; SELECT z()',
  'CREATE TRIGGER z AFTER INSERT ON a EXECUTE FUNCTION tr()',
  'SELECT f(), s.g()',
  'CALL s.p()',
  'DO $$ BEGIN PERFORM f(); DELETE FROM a; EXECUTE $q$ANALYZE m$q$; END $$',
  "COPY a FROM '/dev/null'",
  "COPY (SELECT x FROM a) TO '/dev/null'",
  "COPY a TO PROGRAM 'cat > /dev/null'",
  'CREATE ROLE z',
  'CHECKPOINT',
];

const THERE = `
  CREATE SCHEMA s;
  CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE s.b (x int); INSERT INTO s.b VALUES (1), (2);
  CREATE TABLE parted (x int NOT NULL) PARTITION BY LIST (x);
  CREATE MATERIALIZED VIEW m AS SELECT 1 AS x;
  CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION s.g() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1';
  REVOKE ALL ON ALL ROUTINES IN SCHEMA public, s FROM PUBLIC;
  REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public, s TO app`;

/** What gives the role each right by itself. */
function grants(use: ObjectUse): readonly string[] {
  if (use.kind === 'role-attribute')
    return [use.what.startsWith('pg_') ? `GRANT ${use.what} TO app` : `ALTER ROLE app ${use.what}`];
  if (use.kind === 'schema') return [`GRANT CREATE ON SCHEMA ${use.schema ?? 'public'} TO app`];
  const name = `${use.schema ?? 'public'}.${use.name}`;
  if (use.kind === 'function') return [`GRANT EXECUTE ON ROUTINE ${name} TO app`];
  return use.rights.map((right) =>
    right === 'OWNER' ? `ALTER TABLE ${name} OWNER TO app` : `GRANT ${right} ON ${name} TO app`,
  );
}

test('with the rights that are read a role may, and without any one of them it may not', async () => {
  const DENIED = '42501';
  await onEach(async (client, { major }) => {
    for (const sql of RIGHTS) {
      const all = objectsUsed(statementsOf(sql)).flatMap(grants);
      assert.ok(all.length > 0, sql);
      const runWith = async (given: readonly string[]): Promise<string | null> => {
        await client.query(`BEGIN; ${THERE}`);
        for (const grant of given) await client.query(grant);
        await client.query('SET LOCAL ROLE app');
        const warnings: string[] = [];
        const listen = ({ message }: { message?: string | undefined }): void =>
          void warnings.push(message ?? '');
        client.on('notice', listen);
        const error = await errorOf(client, sql);
        client.off('notice', listen);
        await client.query('ROLLBACK');
        // VACUUM and ANALYZE only warn, and pass the table over.
        if (
          warnings.some((warning) =>
            /permission denied|skipping it|only table or database owner/.test(warning),
          )
        )
          return DENIED;
        return error === null ? null : error.code === DENIED ? DENIED : error.message;
      };
      assert.equal(await runWith(all), null, `${sql} on ${major} with ${all.join('; ')}`);
      for (const one of all)
        assert.equal(
          await runWith(all.filter((grant) => grant !== one)),
          DENIED,
          `${sql} on ${major} without ${one}`,
        );
    }
  });
});
