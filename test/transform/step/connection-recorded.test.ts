import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordingOf } from '../../engine/recordings.ts';
import { context } from '../../job-builders.ts';
import { notes, STEP_CONNINFO, written } from './planned-connection.ts';

const VERSIONS = [
  ['7.0.0', context({ target: { hasTaskLive: true, knowsSslNegotiation: true } })],
  ['6.3.0', context({ target: { hasTaskLive: false, knowsSslNegotiation: true } })],
  ['5.13.0', context({ target: { hasTaskLive: false, knowsSslNegotiation: false } })],
] as const;

/** Values that libpq takes; 1 will do for the others. */
const VALUES: Readonly<Record<string, string>> = {
  hostaddr: '10.0.0.1',
  gssencmode: 'disable',
  load_balance_hosts: 'random',
  sslcertmode: 'allow',
  channel_binding: 'prefer',
  sslnegotiation: 'direct',
  require_auth: 'scram-sha-256',
};

const REFUSED =
  /unrecognized configuration parameter "(\w+)"|parameter "(\w+)" cannot be changed now|invalid value for parameter "(\w+)"/;

for (const [version, where] of VERSIONS) {
  describe(`what pg_timetable ${version} was recorded doing with a connection string`, () => {
    const probes = recordingOf(version).probes.filter(({ id }) => id.startsWith('connection-'));
    const failing = probes.flatMap(({ recorded }) => {
      const [, ...names] = REFUSED.exec(recorded.errors.join('\n')) ?? [];
      return names.filter((name) => name !== undefined);
    });
    const strings = probes.map((probe) => {
      const text = probe.tasks[0]?.databaseConnection ?? '';
      return [
        probe.id,
        text
          .replaceAll('{host}', '/tmp/pg')
          .replaceAll('{port}', '5432')
          .replaceAll('{socket_encoded}', '%2Ftmp%2Fpg'),
      ] as const;
    });
    // client_encoding itself is known: only this value is not.
    const keywords = failing.filter((name) => name !== 'client_encoding');

    test('the recording holds its 49 probes, and keywords that the driver does not know', () => {
      assert.equal(probes.length, 49);
      assert.ok(keywords.includes('hostaddr'));
      assert.ok(keywords.includes('ssl_min_protocol_version'));
      assert.equal(keywords.includes('sslnegotiation'), version === '5.13.0');
      assert.equal(keywords.includes('channel_binding'), version !== '7.0.0');
      assert.ok(failing.includes('client_encoding'));
    });

    for (const [id, text] of strings) {
      test(`${id}: nothing is written that was recorded failing`, () => {
        const completed = { ...where, options: { ...where.options, stepConninfo: STEP_CONNINFO } };
        for (const conninfo of [written(text, where), written(text, completed)]) {
          for (const keyword of keywords)
            assert.doesNotMatch(conninfo, new RegExp(`(?:^|\\s)${keyword}\\s*=`));
          assert.doesNotMatch(conninfo, /client_encoding='?auto/);
        }
      });
    }

    test("all of libpq's keywords that were recorded failing leave a connection string that still leads there", () => {
      // requiressl is a case of its own below; nothing stands for scram_client_key.
      const lost = keywords.filter((name) => name !== 'requiressl' && name !== 'scram_client_key');
      for (const keyword of lost) {
        const value = VALUES[keyword] ?? '1';
        const expected = keyword === 'hostaddr' ? 'host=10.0.0.1 user=u dbname=d' : 'host=h user=u dbname=d';
        const text = written(`host=h user=u dbname=d ${keyword}=${value}`, where);
        assert.equal(text.replace(' application_name=1', ''), expected, keyword);
        assert.notDeepEqual(notes(`host=h user=u dbname=d ${keyword}=${value}`, where), [], keyword);
      }
    });
  });
}

describe('keywords that pgx knows are kept, by the version of the driver', () => {
  const FULL = 'host=h user=u dbname=d';
  const kept = [
    'port=5433',
    'connect_timeout=10',
    'application_name=x',
    'client_encoding=UTF8',
    'sslmode=verify-full',
    'sslsni=1',
    'krbsrvname=postgres',
    'target_session_attrs=any',
    "options='-c work_mem=7MB'",
    'sslrootcert=/ca.pem',
    'sslcert=/c.pem',
    'sslkey=/k.pem',
    'passfile=/p',
  ];
  for (const pair of kept) {
    for (const [version, where] of VERSIONS) {
      test(`${pair}, ${version}`, () => assert.equal(written(`${FULL} ${pair}`, where), `${FULL} ${pair}`));
    }
  }

  const WEAKENED = 'warning connection-weakened';
  const CHANGED = 'info connection-keyword';
  const byVersion: readonly [string, readonly string[], string][] = [
    ['channel_binding=require', ['7.0.0'], WEAKENED],
    ['channel_binding=prefer', ['7.0.0'], CHANGED],
    ['require_auth=scram-sha-256', ['7.0.0'], WEAKENED],
    ['min_protocol_version=3.2', ['7.0.0'], CHANGED],
    ['max_protocol_version=3.2', ['7.0.0'], CHANGED],
    ['sslnegotiation=direct', ['7.0.0', '6.3.0'], CHANGED],
  ];
  for (const [pair, known, advisory] of byVersion) {
    for (const [version, where] of VERSIONS) {
      const isKnown = known.includes(version);
      test(`${pair} is ${isKnown ? 'kept' : `left out, with an advisory (${advisory}),`} by ${version}`, () => {
        assert.equal(written(`${FULL} ${pair}`, where), isKnown ? `${FULL} ${pair}` : FULL);
        assert.deepEqual(notes(`${FULL} ${pair}`, where), isKnown ? [] : [advisory]);
      });
    }
  }
});
