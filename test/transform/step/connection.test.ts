import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Context } from '../../../src/transform/context.ts';
import { type ConnectionFate, planConnection } from '../../../src/transform/step/connection.ts';
import { recordingOf } from '../../engine/recordings.ts';
import { codes, context } from '../../job-builders.ts';

function plan(conninfo: string, where: Context = context()): ConnectionFate {
  return planConnection({ kind: 'conninfo', conninfo }, { stepId: 1 }, where);
}

/** The connection string that is written, or the codes of the errors. */
function written(conninfo: string, where?: Context): string {
  const fate = plan(conninfo, where);
  if (fate.kind === 'connects') return fate.connection ?? 'local';
  for (const { severity } of fate.advisories) assert.equal(severity, 'error');
  return `error ${codes(fate.advisories).join(' ')}`;
}

function notes(conninfo: string, where?: Context): readonly string[] {
  return plan(conninfo, where).advisories.map(({ severity, code }) => `${severity} ${code}`);
}

const STEP_CONNINFO = new Map([
  ['host', 'db1'],
  ['port', '5433'],
  ['user', 'runner'],
]);
const COMPLETED = context({ options: { stepConninfo: STEP_CONNINFO } });

const VERSIONS = [
  ['7.0.0', context({ target: { hasTaskLive: true, knowsSslNegotiation: true } })],
  ['6.3.0', context({ target: { hasTaskLive: false, knowsSslNegotiation: true } })],
  ['5.13.0', context({ target: { hasTaskLive: false, knowsSslNegotiation: false } })],
] as const;

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
        const value = keyword === 'hostaddr' ? '10.0.0.1' : '1';
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

describe('what becomes of the rest', () => {
  const cases: readonly [string, string, string, readonly string[]][] = [
    [
      'the address becomes the host',
      'hostaddr=10.0.0.1 user=u dbname=d',
      'host=10.0.0.1 user=u dbname=d',
      ['info connection-keyword'],
    ],
    [
      'the address beats the name, in either order',
      'hostaddr=10.0.0.1 host=h user=u dbname=d',
      'host=10.0.0.1 user=u dbname=d',
      ['info connection-keyword'],
    ],
    [
      'the fallback is the application name',
      'host=h user=u dbname=d fallback_application_name=f',
      'host=h user=u dbname=d application_name=f',
      ['info connection-keyword'],
    ],
    [
      'unless there is one',
      'host=h user=u dbname=d fallback_application_name=f application_name=a',
      'host=h user=u dbname=d application_name=a',
      ['info connection-keyword'],
    ],
    [
      'keepalives',
      'host=h user=u dbname=d keepalives=1 keepalives_idle=30',
      'host=h user=u dbname=d',
      ['info connection-keyword'],
    ],
    [
      'a certificate revocation list',
      'host=h user=u dbname=d sslcrl=/x',
      'host=h user=u dbname=d',
      ['warning connection-weakened'],
    ],
    [
      'encryption by GSSAPI, asked for',
      'host=h user=u dbname=d gssencmode=require',
      'host=h user=u dbname=d',
      ['warning connection-weakened'],
    ],
    [
      'an address beside the name that the certificate must hold',
      'host=h hostaddr=10.0.0.1 user=u dbname=d sslmode=verify-full',
      'host=10.0.0.1 user=u dbname=d sslmode=verify-full',
      ['info connection-keyword', 'warning connection-weakened'],
    ],
    [
      'the owner of the server process',
      'host=h user=u dbname=d requirepeer=postgres',
      'host=h user=u dbname=d',
      ['warning connection-weakened'],
    ],
    [
      'a least TLS version',
      'host=h user=u dbname=d ssl_min_protocol_version=TLSv1.2',
      'host=h user=u dbname=d',
      ['warning connection-weakened'],
    ],
    [
      'a service is read on the other machine',
      'service=reports',
      'service=reports',
      ['warning connection-files'],
    ],
    ['an empty value is none', "host=h user=u dbname=d password=''", 'host=h user=u dbname=d', []],
    [
      'a URI',
      'postgresql://u@h:5433/d?connect_timeout=10',
      'user=u host=h port=5433 dbname=d connect_timeout=10',
      [],
    ],
    [
      'several hosts',
      'host=a,b port=5432,5433 user=u dbname=d',
      'host=a,b port=5432,5433 user=u dbname=d',
      [],
    ],
  ];
  for (const [name, conninfo, expected, advisories] of cases) {
    test(name, () => {
      const quiet = notes(conninfo).filter((one) => !one.endsWith('never-ran'));
      assert.equal(written(conninfo), expected);
      assert.deepEqual(quiet, advisories);
    });
  }

  // libpq (conninfo_storeval) reads the old keyword as sslmode: psql 15 with requiressl=1 refuses a server without TLS.
  test("requiressl=1 is libpq's old word for sslmode=require, and TLS stays required", () => {
    assert.equal(written('host=h user=u dbname=d requiressl=1'), 'host=h user=u dbname=d sslmode=require');
  });

  test("requiressl=0 is libpq's old word for sslmode=prefer", () => {
    assert.match(
      written('host=h user=u dbname=d requiressl=0'),
      /^host=h user=u dbname=d(?: sslmode=prefer)?$/,
    );
  });

  test('an empty place among the addresses leaves the name there, as in libpq', () => {
    assert.equal(written('host=a,b hostaddr=,10.0.0.2 user=u dbname=d'), 'host=a,10.0.0.2 user=u dbname=d');
  });
});

describe('a connection string that cannot be carried over', () => {
  for (const conninfo of [
    'host',
    'host=h user=u dbname=d work_mem=7MB',
    'host=h user=u database=d',
    "host='h",
    'postgresql://u@h/d?x',
  ]) {
    test(conninfo, () => assert.equal(written(conninfo), 'error connection-unreadable'));
  }
});

test('a keyword that is not known may be the rest of a password, and is not repeated', () => {
  const fate = plan('host=h user=u dbname=d password=my swordfish=x');
  assert.equal(fate.kind, 'not-carried');
  assert.doesNotMatch(JSON.stringify(fate.advisories), /swordfish/);
});

describe('what a connection string leaves to defaults, --step-conninfo has to say', () => {
  const cases: readonly [string, string, string, string][] = [
    [
      'nothing but a database',
      'dbname=d',
      'error step-needs-conninfo',
      'host=db1 port=5433 user=runner dbname=d',
    ],
    ['no host', 'user=u dbname=d', 'error step-needs-conninfo', 'host=db1 port=5433 user=u dbname=d'],
    ['no user', 'host=h dbname=d', 'error step-needs-conninfo', 'user=runner host=h dbname=d'],
    ['both are there', 'host=h user=u dbname=d', 'host=h user=u dbname=d', 'host=h user=u dbname=d'],
    [
      'an address and a user',
      'hostaddr=10.0.0.1 user=u dbname=d',
      'host=10.0.0.1 user=u dbname=d',
      'host=10.0.0.1 user=u dbname=d',
    ],
  ];
  for (const [name, conninfo, without, completed] of cases) {
    test(name, () => {
      assert.equal(written(conninfo), without);
      assert.equal(written(conninfo, COMPLETED), completed);
    });
  }

  test('an error shows the option to add', () => {
    assert.match(plan('dbname=d').advisories[0]?.message ?? '', /--step-conninfo/);
  });

  test('what was filled in is said', () => {
    assert.deepEqual(notes('dbname=d', COMPLETED), ['info connection-completed']);
  });
});

describe('what pgAgent could not connect with comes to life: a warning', () => {
  const cases: readonly [string, string][] = [
    ['a database name with a space', "host=h user=u dbname='my db'"],
    ['a URI with %20', 'postgresql://u@h/my%20db'],
    ['quoted options', "host=h user=u dbname=d options='-c work_mem=7MB'"],
    ['a quote in the user', "host=h user=o\\'brien dbname=d"],
  ];
  for (const [name, conninfo] of cases) {
    test(name, () => assert.deepEqual(notes(conninfo), ['warning never-ran']));
  }

  for (const [name, where] of [
    ["in pg_timetable's own database", context({ target: { database: 'my db' } })],
    ['in another one', COMPLETED],
  ] as const) {
    test(`a step with only a database name that holds a space, ${name}`, () => {
      const fate = planConnection({ kind: 'database', name: 'my db' }, { stepId: 1 }, where);
      assert.equal(fate.kind, 'connects');
      assert.deepEqual(codes(fate.advisories), ['never-ran']);
    });
  }

  test('a value in needless quotes did connect', () => {
    assert.deepEqual(notes("host='h' user='u' dbname='d'"), []);
  });
});

describe('a password in a connection string', () => {
  for (const conninfo of [
    'host=h user=u dbname=d password=hunter22',
    'postgresql://u:hunter22@h/d',
    "host=h user=u dbname=d sslpassword='hunter22'",
  ]) {
    test(`is kept, is a warning, and is in no message: ${conninfo}`, () => {
      assert.match(written(conninfo), /hunter22/);
      assert.deepEqual(notes(conninfo), ['warning stored-password']);
      assert.doesNotMatch(JSON.stringify(plan(conninfo).advisories), /hunter22/);
    });
  }

  test('that needs quotes is quoted', () => {
    assert.match(written("host=h user=u dbname=d password='it\\'s \\\\ me'"), / password='it\\'s \\\\ me'$/);
  });
});

describe('what pgAgent and libpq make of a string that leaves something out', () => {
  const cases: readonly (readonly [name: string, conninfo: string, expected: string])[] = [
    // CONNinfo::Get ends the string with "dbname=": libpq takes the user's name.
    ['no database: that of the user’s name', 'host=h user=app', 'host=h user=app dbname=app'],
    ['a database that is there stays', 'host=h user=app dbname=d', 'host=h user=app dbname=d'],
    ['a service may name it', 'service=prod user=app', 'service=prod user=app'],
    ['an empty host is none', "host='' user=app dbname=d", 'host=db1 port=5433 user=app dbname=d'],
    ['an empty user is none', "host=h user='' dbname=d", 'user=runner host=h dbname=d'],
    [
      'a negative timeout waits for ever',
      'host=h user=u dbname=d connect_timeout=-1',
      'host=h user=u dbname=d',
    ],
    [
      'a timeout stays',
      'host=h user=u dbname=d connect_timeout=10',
      'host=h user=u dbname=d connect_timeout=10',
    ],
  ];
  for (const [name, conninfo, expected] of cases) {
    test(name, () => {
      const inOrder = (text: string): string[] => text.split(' ').sort();
      assert.deepEqual(inOrder(written(conninfo, COMPLETED)), inOrder(expected));
    });
  }

  test('blanks and a plus around a number are libpq’s to bear, not pgx’s', () => {
    assert.equal(
      written("host=h port=' 5432 ' user=u dbname=d connect_timeout=+5"),
      'host=h port=5432 user=u dbname=d connect_timeout=5',
    );
    assert.deepEqual(notes("host=h port=' 5432 ' user=u dbname=d"), []);
  });

  test('a password of --step-conninfo goes to no other user', () => {
    const where = context({ options: { stepConninfo: new Map([...STEP_CONNINFO, ['password', 'hers']]) } });
    assert.doesNotMatch(written('user=bob dbname=d', where), /hers/);
    assert.match(written('dbname=d', where), /password=hers/);
  });

  test('a password with an @ or a / in a URI is refused, not shown as a host or a database', () => {
    for (const uri of ['postgresql://app:a@bc@db1/d', 'postgresql://app:12/bc@db1/d']) {
      assert.equal(written(uri), 'error connection-unreadable', uri);
    }
  });

  test('without --step-conninfo an empty host is an error, not a guess', () => {
    assert.equal(written("host='' user=app dbname=d"), 'error step-needs-conninfo');
  });

  test('values with which nothing connects are errors', () => {
    for (const fault of ['sslmode=foo', 'port=abc', 'port=99999', 'connect_timeout=soon']) {
      assert.equal(written(`host=h user=u dbname=d ${fault}`), 'error connection-unreadable', fault);
    }
  });

  test('what pgAgent leaves out is left out, and said', () => {
    assert.equal(written('host=h user=u dbname=d replication=database'), 'host=h user=u dbname=d');
    assert.deepEqual(notes('host=h user=u dbname=d replication=database'), ['info connection-keyword']);
  });
});
