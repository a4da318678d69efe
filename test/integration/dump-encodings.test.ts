import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Dump } from '../../src/pgagent/dump/dump.ts';
import { readDump } from '../../src/pgagent/dump/read-dump.ts';
import { encodingOf } from '../../src/pgagent/dump/values/encoding.ts';
import { SINGLE_BYTE } from '../../src/pgagent/dump/values/single-byte.ts';
import { readLive } from '../pgagent/dump/live.ts';
import { cannotDump, pgDump } from '../pgagent/dump/pg-dump.ts';
import { createStandInPgAgent, insertJob } from '../pgagent/insert-job.ts';
import { type Server, startServer } from '../servers/postgres.ts';

const read = (path: string): Promise<Dump> => readDump(path, { historyDays: 90 });

let server: Server;

describe('a dump in another encoding than UTF-8', { skip: cannotDump }, () => {
  before(async () => {
    server = await startServer('debian-15');
  });
  after(() => server.stop());

  for (const [encoding, texts, broken] of [
    ['LATIN1', ['caf\u00e9 \u0080\u00ff'], null],
    ['LATIN2', ['\u017b\u00f3\u0142\u0107'], null],
    ['WIN1252', ['caf\u00e9 \u20ac \u201c\u201d'], '81'],
    ['WIN1251', ['\u0418\u0432\u0430\u043d'], '98'],
    ['EUC_JP', ['\u8868\u30ab\u30bf\u30ab\u30ca \uff71'], null],
    ['EUC_CN', ['\u4e2d\u6587\u30fb\u2015'], null],
    ['SQL_ASCII', ['caf\u00e9'], 'e9'],
  ] as const)
    test(`of a database in ${encoding}, in its own encoding and in others`, async () => {
      const name = encoding.toLowerCase();
      await server.createDatabase(
        name,
        `TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
      );
      await createStandInPgAgent(server, name);
      for (const text of ['plain', ...texts, 'x'])
        await insertJob(server, name, {
          name: text,
          description: text,
          host: text,
          schedules: [{ name: text }],
          steps: [{ name: text, code: `SELECT '${text}\\'` }],
        });
      const own = await readLive(server, name);
      for (const form of [
        [],
        ['--inserts'],
        ['--encoding=UTF8'],
        ...(encoding === 'EUC_JP' ? [['--encoding=SJIS']] : []),
      ])
        if (encoding !== 'SQL_ASCII' || form[0] !== '--encoding=UTF8')
          assert.deepEqual((await read(pgDump(server, name, form))).jobs, own, form.join());
      if (broken === null) return;
      const client = await server.connect(name);
      await client.query("SET client_encoding = 'SQL_ASCII'");
      await client.query(
        `UPDATE pgagent.pga_jobstep SET jstcode = jstcode || convert_from($1, getdatabaseencoding()) WHERE jstjobid = 2`,
        [Buffer.from(broken, 'hex')],
      );
      await client.query(
        `UPDATE pgagent.pga_job SET jobdesc = convert_from($1, getdatabaseencoding()) WHERE jobid = 3`,
        [Buffer.from(broken, 'hex')],
      );
      await client.end();
      const { jobs, encoding: told } = await read(pgDump(server, name));
      assert.equal(told, encoding);
      assert.deepEqual(jobs, await readLive(server, name));
      assert.equal(jobs[1]?.isUnreadable, true);
    });

  test('each byte of each encoding of one byte is what PostgreSQL reads', async () => {
    const client = await server.connect('postgres');
    await client.query(`CREATE FUNCTION pg_temp.read(byte int, encoding text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN convert_from(set_byte('\\x00', 0, byte), encoding); EXCEPTION WHEN others THEN RETURN NULL; END $$`);
    for (const encoding of ['LATIN1', ...Object.keys(SINGLE_BYTE)]) {
      const { rows } = await client.query<{ text: string | null }>(
        'SELECT pg_temp.read(byte, $1) AS text FROM generate_series(1, 255) byte ORDER BY byte',
        [encoding],
      );
      const { decode } = encodingOf(encoding);
      const read = rows.map((_, index) => decode(Buffer.of(index + 1)));
      assert.deepEqual(
        read.map(({ text, isBroken }) => (isBroken ? null : text)),
        rows.map(({ text }) => text),
        encoding,
      );
    }
    await client.end();
  });

  test('each pair of bytes that PostgreSQL reads in the other encodings, but for three signs in EUC_KR', async () => {
    const client = await server.connect('postgres');
    await client.query(`CREATE FUNCTION pg_temp.read(pair bytea, encoding text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN convert_from(pair, encoding); EXCEPTION WHEN others THEN RETURN NULL; END $$`);
    for (const [encoding, from, unread] of [
      ['EUC_JP', 0xa1, 0],
      ['EUC_CN', 0xa1, 0],
      ['EUC_KR', 0xa1, 3],
      ['GBK', 0x81, 0],
      ['SJIS', 0x81, 0],
    ] as const) {
      const { rows } = await client.query<{ pair: Buffer; text: string }>(
        `SELECT pair, pg_temp.read(pair, $1) AS text
           FROM generate_series($2::int, 254) lead, generate_series(64, 254) trail,
                LATERAL (SELECT set_byte(set_byte('\\x0000', 0, lead), 1, trail)) p (pair)
          WHERE NOT (lead BETWEEN 160 AND 223 AND $1 = 'SJIS') AND pg_temp.read(pair, $1) IS NOT NULL`,
        [encoding, from],
      );
      const { decode } = encodingOf(encoding);
      const read = rows.map(({ pair, text }) => ({ ...decode(pair), expected: text }));
      assert.equal(read.filter(({ isBroken }) => isBroken).length, unread, encoding);
      assert.deepEqual(
        read.filter(({ text, isBroken, expected }) => !isBroken && text !== expected),
        [],
        encoding,
      );
      assert.ok(rows.length > 6_000, String(rows.length));
    }
    await client.end();
  });
});
