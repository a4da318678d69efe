import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planConnection } from '../../../src/transform/step/connection.ts';
import { context } from '../../job-builders.ts';
import { notes, plan, STEP_CONNINFO, written } from './planned-connection.ts';

describe('several hosts', () => {
  const cases: readonly (readonly [name: string, conninfo: string, expected: string])[] = [
    // libpq takes its default for an empty place; pgx refuses one.
    ['an empty place among the ports is 5432', 'host=a,b port=,5433', 'host=a,b port=5432,5433'],
    ['one port is for all', 'host=a,b port=5433', 'host=a,b port=5433'],
    ['in a URI', 'postgresql://a:5432,[::1]:5433/d', 'host=a,::1 port=5432,5433'],
    ['in a URI, one with a port', 'postgresql://a,b:5433/d', 'host=a,b port=5432,5433'],
    ['a plus and blanks', "host=a,b port=' 5432,+5433 '", 'host=a,b port=5432,5433'],
  ];
  for (const [name, conninfo, expected] of cases) {
    test(name, () => {
      const rest = conninfo.startsWith('postgresql') ? '?user=u&dbname=d' : ' user=u dbname=d';
      const parts = written(conninfo + rest).split(' ');
      assert.deepEqual(parts.filter((part) => /^(?:host|port)=/.test(part)).join(' '), expected);
    });
  }
});

describe("pg_timetable's own database", () => {
  const where = context({
    target: { database: 'app', endpoint: { host: 'db1.example.org', port: 5433, role: 'runner' } },
  });
  const OWN = 'host=db1.example.org port=5433 user=runner dbname=app';

  const local = [
    OWN,
    'host=DB1.example.org port=5433 user=runner dbname=app',
    'postgresql://runner@db1.example.org:5433/app?connect_timeout=10',
    `${OWN} application_name=nightly sslmode=require client_encoding=UTF8 target_session_attrs=read-write`,
    `${OWN} keepalives=1 gssencmode=disable options=''`,
    `${OWN} password=hunter22`,
    `${OWN} hostaddr=''`,
  ];
  for (const conninfo of local) {
    test(`is where this leads, so the step is local: ${conninfo}`, () => {
      assert.equal(written(conninfo, where), 'local');
      assert.ok(notes(conninfo, where).includes('info connection-own-database'));
      assert.ok(!notes(conninfo, where).includes('warning stored-password'));
      assert.doesNotMatch(JSON.stringify(plan(conninfo, where).advisories), /hunter22/);
    });
  }

  const remote = [
    ['another host', OWN.replace('db1.', 'db2.')],
    ['another name of it', OWN.replace('db1.example.org', 'db1')],
    ['another port', OWN.replace('5433', '5434')],
    ['the usual port', OWN.replace('port=5433 ', '')],
    ['another user', OWN.replace('runner', 'app')],
    ['another database', OWN.replace('dbname=app', 'dbname=sales')],
    ['one more host', OWN.replace('host=db1.example.org', 'host=db1.example.org,db2')],
    ['an address of its own', `${OWN} hostaddr=10.0.0.1`],
    ['a setting of its own', `${OWN} options=-cwork_mem=1MB`],
    ['another encoding', `${OWN} client_encoding=LATIN1`],
    ['a replica', `${OWN} target_session_attrs=standby`],
    ['a service', `${OWN} service=x`],
  ] as const;
  for (const [name, conninfo] of remote) {
    test(`is not proved by ${name}`, () => assert.match(written(conninfo, where), /dbname=/));
  }

  for (const host of ['localhost', '127.0.0.1', '::1', '/var/run/postgresql']) {
    test(`is not proved by ${host}, which may be another machine's`, () => {
      const there = context({ target: { database: 'app', endpoint: { host, port: 5432, role: 'runner' } } });
      const conninfo = `host=${host} port=5432 user=runner dbname=app`;
      assert.equal(written(conninfo, there), conninfo);
    });
  }

  test('the port that is left out is 5432', () => {
    const there = context({ target: { database: 'app', endpoint: { host: 'db1', port: 5432, role: 'u' } } });
    assert.equal(written('host=db1 user=u dbname=app', there), 'local');
    assert.equal(written("host=db1 port='' user=u dbname=app", there), 'local');
  });

  test('a database of the user’s name is one, too', () => {
    const there = context({
      target: { database: 'app', endpoint: { host: 'db1', port: 5432, role: 'app' } },
    });
    assert.equal(written('host=db1 user=app', there), 'local');
  });

  test('is where a string without a host leads that --step-conninfo completes', () => {
    const options = {
      stepConninfo: new Map([...Object.entries({ host: 'db1.example.org', port: '5433', user: 'runner' })]),
    };
    const completed = { ...where, options: { ...where.options, ...options } };
    assert.equal(written('dbname=app', completed), 'local');
    assert.equal(written('dbname=app'), 'error step-needs-conninfo');
    const elsewhere = { ...completed, target: { ...completed.target, isSourceServer: false } };
    const named = planConnection({ kind: 'database', name: 'app' }, { stepId: 1 }, elsewhere);
    assert.equal(named.kind === 'connects' && named.connection, null);
  });
});

describe('a host that is the machine of whoever connects', () => {
  const LOOPBACKS = [
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.localdomain',
      'db.localhost',
      'ip6-localhost',
      '127.0.0.1',
      '127.1.2.3',
    ],
    ...['::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '0.0.0.0', '/var/run/postgresql', '/tmp'],
  ];
  for (const host of LOOPBACKS) {
    test(`${host} is a warning`, () => {
      assert.deepEqual(notes(`host=${host} user=u dbname=d`), ['warning connection-loopback']);
      assert.deepEqual(notes(`host=db1,${host} user=u dbname=d`), ['warning connection-loopback']);
    });
  }
  for (const host of [
    'db1',
    '10.0.0.1',
    '192.168.127.1',
    'localhost.example.org',
    'mylocalhost',
    '::2',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])
    test(`${host} is none`, () => assert.deepEqual(notes(`host=${host} user=u dbname=d`), []));

  test('an address beats the name', () => {
    assert.deepEqual(notes('host=localhost hostaddr=10.0.0.1 user=u dbname=d'), ['info connection-keyword']);
    assert.deepEqual(notes('host=db1 hostaddr=127.0.0.1 user=u dbname=d'), [
      'warning connection-loopback',
      'info connection-keyword',
    ]);
  });

  test('what --step-conninfo says is said of the right machine', () => {
    const stepConninfo = new Map([...STEP_CONNINFO, ['host', '127.0.0.1']]);
    assert.deepEqual(notes('dbname=d', context({ options: { stepConninfo } })), [
      'info connection-completed',
    ]);
  });
});
