import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { context } from '../../job-builders.ts';
import { COMPLETED, notes, plan, STEP_CONNINFO, written } from './planned-connection.ts';

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

describe('what pgAgent and libpq make of a string that leaves something out', () => {
  const cases: readonly (readonly [name: string, conninfo: string, expected: string])[] = [
    // CONNinfo::Get ends the string with "dbname=": libpq takes the user's name.
    ['no database: that of the user’s name', 'host=h user=app', 'host=h user=app dbname=app'],
    ['a database that is there stays', 'host=h user=app dbname=d', 'host=h user=app dbname=d'],
    // Measured: "service=prod dbname=" is the user's database, whatever the service says.
    ['a service does not name it either', 'service=prod user=app', 'service=prod user=app dbname=app'],
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
    for (const fault of [
      ...[
        'sslmode=foo',
        'target_session_attrs=some',
        'channel_binding=1',
        'gssencmode=on',
        'load_balance_hosts=1',
      ],
      ...['port=abc', 'port=99999', 'port=0', 'port=-1', "port='1 2'", 'port=\u00a05432'],
      ...['connect_timeout=soon', 'connect_timeout=+-5', 'connect_timeout=2147483648'],
      // libpq: could not match 2 port numbers to 1 hosts
      ...['port=1,2', 'host=a,b,c port=1,2', 'hostaddr=10.0.0.1,10.0.0.2 host=a', 'hostaddr=db1'],
      // What libpq alone could do.
      ...['host=a,,b', 'host=@abstract', 'scram_client_key=x', 'oauth_issuer=x'],
    ]) {
      assert.equal(written(`host=h user=u dbname=d ${fault}`), 'error connection-unreadable', fault);
    }
  });

  test('values at the edge of what libpq takes are none', () => {
    for (const fine of [
      'port=65535',
      'port=1',
      'connect_timeout=2147483647',
      'connect_timeout=0',
      'hostaddr=fe80::1%eth0',
    ])
      assert.doesNotMatch(written(`host=h user=u dbname=d ${fine}`), /^error/, fine);
  });

  test('what pgAgent leaves out is left out, and said', () => {
    assert.equal(written('host=h user=u dbname=d replication=database'), 'host=h user=u dbname=d');
    assert.deepEqual(notes('host=h user=u dbname=d replication=database'), ['info connection-keyword']);
  });
});

describe('files and services', () => {
  test('a certificate without its key, which libpq looks for at home', () => {
    const [advisory] = plan('host=h user=u dbname=d sslcert=/c').advisories;
    assert.match(advisory?.message ?? '', /sslcert \(the driver fails without sslkey beside it\)/);
  });

  test('a service without a database had that of the user’s name', () => {
    const [advisory] = plan('service=prod').advisories;
    assert.match(advisory?.message ?? '', /its dbname counts now/);
    assert.doesNotMatch(plan('service=prod dbname=d').advisories[0]?.message ?? '', /its dbname/);
  });
});
