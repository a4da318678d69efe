import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pga2timetable } from '../cli/run.ts';
import { freePort, owner, type Server, startServer } from '../servers/postgres.ts';
import { Both } from './both-schemas.ts';

const PGBOUNCER = '/usr/sbin/pgbouncer';

describe('behind pgbouncer', { skip: existsSync(PGBOUNCER) ? false : 'needs pgbouncer' }, () => {
  let server: Server;
  let place: Both;
  let folder: string;
  before(async () => {
    server = await startServer('embedded');
    place = await Both.create(server, 'app');
    await place.insert({ name: 'nightly' });
    folder = mkdtempSync(join(tmpdir(), 'pga2tt-pooler-'));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'users'), '"postgres" ""\n');
  });
  after(() => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startPooler(mode: string): Promise<{ uri: string; process: ChildProcess }> {
    const port = await freePort();
    const file = join(folder, `${mode}.ini`);
    writeFileSync(
      file,
      `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = ${mode}
default_pool_size = 1
`,
    );
    const process = spawn(PGBOUNCER, ['-q', file], { ...owner(), cwd: '/', stdio: 'ignore' });
    const uri = `postgresql://postgres@127.0.0.1:${port}/app`;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const client = new pg.Client({ connectionString: uri });
      const isThere = await client.connect().then(
        () => true,
        () => false,
      );
      await client.end();
      if (isThere) break;
      await sleep(50);
    }
    return { uri, process };
  }

  for (const mode of ['transaction', 'session']) {
    test(`pool_mode = ${mode}: every command refuses with 3, and leaves nothing on the pooled backend`, async () => {
      const { uri, process } = await startPooler(mode);
      try {
        for (const command of [['--dry-run'], [], ['verify'], ['undo']]) {
          const { code, stdout, stderr } = await pga2timetable([...command, '-s', uri]);
          assert.equal(code, 3, stderr);
          assert.equal(stdout, '');
          assert.match(
            stderr,
            /A connection pooler is between this tool and the source \(127\.0\.0\.1:\d+, database "app"/,
          );
          assert.match(
            stderr,
            /Use a direct connection: --source with the host and port of PostgreSQL itself\./,
          );
        }
        const target = await pga2timetable(['--dry-run', '-s', server.uri('app'), '-t', uri]);
        assert.equal(target.code, 3);
        assert.match(target.stderr, /and the target \([\s\S]*: --target with/);
        // The one backend of the pool is the one that the runs had.
        const other = new pg.Client({ connectionString: uri });
        await other.connect();
        const { rows } = await other.query(
          `SELECT current_setting('search_path') AS path, current_setting('lock_timeout') AS "lockTimeout",
                  (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks`,
        );
        await other.end();
        assert.deepEqual(rows, [{ path: '"$user", public', lockTimeout: '0', locks: 0 }]);
        assert.equal(await place.value('SELECT count(*)::int FROM timetable.chain'), 0);
      } finally {
        process.kill();
      }
    });
  }

  test('the same server without it is no pooler', async () => {
    const { code, stderr } = await pga2timetable(['--dry-run', '-s', server.uri('app')]);
    assert.equal(code, 0, stderr);
  });
});
