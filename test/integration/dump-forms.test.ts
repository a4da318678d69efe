import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import type { Start } from '../../src/model/history.ts';
import type { Job } from '../../src/model/job.ts';
import type { Dump } from '../../src/pgagent/dump/dump.ts';
import { readDump } from '../../src/pgagent/dump/read-dump.ts';
import { readJobRows } from '../../src/pgagent/job-rows.ts';
import { readHistory } from '../../src/pgagent/read-history.ts';
import type { Client } from '../../src/postgres/connect.ts';
import { fillToDump } from '../pgagent/dump/filled.ts';
import { readLive } from '../pgagent/dump/live.ts';
import { cannotDump, newPath, pgDump, run } from '../pgagent/dump/pg-dump.ts';
import { createStandInPgAgent } from '../pgagent/insert-job.ts';
import { createPgAgent } from '../pgagent/real.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const DAYS = 5;
const read = (path: string): Promise<Dump> => readDump(path, { historyDays: DAYS });

let server: Server;
/** Of the two databases, in the order of the dump. */
const live = new Map<string, readonly Job[]>();
const DATABASES = ['extension', 'script'] as const;

const made = new Map<string, string>();
/** The path of a dump of this form, made once. */
function dumped(database: string, form: readonly string[] = []): string {
  const key = [database, ...form].join(' ');
  const path = made.get(key) ?? pgDump(server, database, form);
  made.set(key, path);
  return path;
}

describe('a dump of the real pg_dump', { skip: cannotDump }, () => {
  before(async () => {
    server = await startServer('debian-15');
    for (const database of DATABASES) await server.createDatabase(database);
    await createPgAgent(server, 'extension');
    await createStandInPgAgent(server, 'script');
    for (const database of DATABASES) {
      await fillToDump(server, database);
      live.set(database, await readLive(server, database));
    }
  });
  after(() => server.stop());

  const FORMS: readonly (readonly string[])[] = [
    [],
    ['--inserts'],
    ['--column-inserts'],
    ['--inserts', '--rows-per-insert=7'],
    ['--column-inserts', '--rows-per-insert=1000', '--on-conflict-do-nothing'],
    ['--data-only'],
    ['--data-only', '--inserts', '--disable-triggers'],
    ['--schema=pgagent'],
    ['--table=pgagent.*'],
    ['--quote-all-identifiers', '--create'],
    ['--quote-all-identifiers', '--inserts', '--create', '--clean', '--if-exists'],
    ['--verbose', '--no-comments', '--no-owner', '--no-privileges'],
    ['--section=data'],
    ['--compress=1'],
    ['--format=custom'],
    ['--format=custom', '--compress=0', '--inserts'],
    ['--format=tar'],
    ['--format=directory', '--jobs=2'],
  ];
  /** pg_dump leaves out what an extension brings, but for rows of its own. */
  const OF_EXTENSION = FORMS.filter((form) => !/quote|verbose|section|compress|rows/.test(form.join()));
  for (const [database, forms] of [
    ['script', FORMS],
    ['extension', OF_EXTENSION],
  ] as const)
    for (const form of forms)
      test(`of pgAgent as ${database}, ${form.join(' ') || 'plain'}: the jobs of the live database`, async () => {
        const dump = await read(dumped(database, form));
        assert.deepEqual(dump.jobs, live.get(database));
        assert.equal(dump.malformed.size, 0);
        assert.equal(dump.encoding, 'UTF8');
        assert.match(dump.serverVersion ?? '', /^15\./);
        assert.deepEqual(dump.agents, ['host1']);
        const isNamed = form.includes('--create') || /custom|tar|directory/.test(form.join());
        assert.equal(dump.database, isNamed ? database : null);
      });

  for (const [program, ...args] of [['zstd', '-q'], ['lz4', '-q'], ['gzip']] as const)
    test(`${program}, with the name of another`, async () => {
      const path = dumped('script');
      const compressed = newPath();
      run('sh', ['-c', `${[program, ...args].join(' ')} -c < "$0" > "$1"`, path, compressed]);
      assert.deepEqual((await read(compressed)).jobs, live.get('script'));
      truncateSync(compressed, 20_000);
      await assert.rejects(read(compressed), /^Failure: The dump is cut or damaged/);
      const archive = dumped('script', ['--format=custom']);
      run('sh', ['-c', `${[program, ...args].join(' ')} -c < "$0" > "$1"`, archive, compressed]);
      assert.deepEqual((await read(compressed)).jobs, live.get('script'));
    });

  for (const zone of ['Asia/Kolkata', 'America/St_Johns', 'Europe/Berlin'])
    test(`in a session of the zone ${zone}`, async () => {
      for (const form of [[], ['--inserts']])
        assert.deepEqual(
          (await read(pgDump(server, 'script', form, { PGTZ: zone }))).jobs,
          live.get('script'),
        );
    });

  test('with standard_conforming_strings off', async () => {
    const env = { PGOPTIONS: '-c standard_conforming_strings=off' };
    for (const form of [[], ['--inserts'], ['--column-inserts']]) {
      const path = pgDump(server, 'script', form, env);
      assert.match(readFileSync(path, 'utf8'), /^SET standard_conforming_strings = off;$/m);
      assert.deepEqual((await read(path)).jobs, live.get('script'));
    }
  });

  test('with the line ends of Windows', async () => {
    for (const form of [[], ['--inserts']]) {
      const path = newPath();
      writeFileSync(path, readFileSync(dumped('script', form), 'utf8').replaceAll('\n', '\r\n'));
      assert.deepEqual((await read(path)).jobs, live.get('script'));
    }
  });

  test('how each job stood, as the live database says it', async () => {
    const client = (await server.connect('script')) as Client;
    const ids = live.get('script')?.map(({ id }) => id) ?? [];
    const rows = await readJobRows(client, ids);
    await client.end();
    const { states } = await read(pgDump(server, 'script', [], { PGTZ: 'Asia/Kolkata' }));
    assert.deepEqual([...states.keys()], ids);
    for (const [id, { host: _, ...state }] of states) {
      const { enabled, nextRun, changed, created, lastRun, agentId } = rows.get(id) ?? assert.fail();
      assert.deepEqual(state, { enabled, nextRun, changed, created, lastRun, agentId });
    }
    assert.ok([...states.values()].some(({ nextRun }) => nextRun === 'infinity'));
  });

  test('what the log tells, as the live database says it', async () => {
    const client = (await server.connect('script')) as Client;
    const { latest, sample, logged, isInUse } = await readHistory(client, DAYS);
    const { rows } = await client.query<{ key: string; host: string }>(
      'SELECT DISTINCT hashtextextended(jobhostagent, 0)::text AS key, jobhostagent AS host FROM pgagent.pga_job',
    );
    await client.end();
    const hosts = new Map(rows.map(({ key, host }) => [key, host]));
    const plain = (
      starts: readonly Start[],
      hostOf: (key: string) => string | undefined,
    ): readonly string[] =>
      starts.map(({ jobId, start, host }) => `${start} ${jobId} ${hostOf(host)}`).sort();
    for (const form of [[], ['--inserts']]) {
      const { history } = await read(dumped('script', form));
      assert.ok(history !== null);
      const unhex = (key: string): string => Buffer.from(key, 'hex').toString();
      assert.deepEqual(
        plain(history.latest, unhex),
        plain(latest, (key) => hosts.get(key)),
      );
      assert.deepEqual(
        plain(history.sample, unhex),
        plain(sample, (key) => hosts.get(key)),
      );
      assert.ok(sample.length > 200 && sample.length < 500, String(sample.length));
      assert.deepEqual(new Map([...history.logged].sort()), new Map([...logged].sort()));
      assert.equal(history.isInUse, isInUse);
    }
    const { history } = await read(pgDump(server, 'script', ['--exclude-table-data=pgagent.pga_joblog']));
    assert.equal(history, null);
  });

  test('of a cluster: the databases that have jobs, and a command that takes one of them', async () => {
    const path = newPath();
    run('pg_dumpall', [`--dbname=${server.conninfo('postgres')}`, `--file=${path}`]);
    const error = await read(path).catch((failure: unknown) => failure);
    assert.ok(error instanceof Failure);
    assert.equal(error.message, 'Several databases of the dump have jobs of pgAgent: "extension", "script".');
    const command = /Take one: (sed .*) \|/.exec(error.remedy)?.[1] ?? assert.fail(error.remedy);
    const part = newPath();
    run('sh', ['-c', `${command} > "$0"`, part]);
    const { database, jobs } = await read(part);
    assert.equal(database, 'extension');
    assert.deepEqual(jobs, live.get('extension'));
  });
});
