import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { type Endpoint, isBySocket, readEndpoint } from '../../src/postgres/endpoint.ts';
import { unlessPosix } from '../posix.ts';

type Variables = Readonly<Record<string, string>>;

const HOME = { HOME: '/home/me' };
const read = (conninfo: string | null, env: Variables = {}): Endpoint =>
  readEndpoint(conninfo, '--source', { ...HOME, ...env });

test('without anything each default is libpq’s, but for a limit of 10 seconds', { skip: unlessPosix }, () => {
  const { host, ...endpoint } = read('host=db1 user=me');
  assert.equal(host, 'db1');
  assert.deepEqual(
    { ...endpoint, allowedMethods: endpoint.allowedMethods.size },
    {
      address: null,
      port: 5432,
      user: 'me',
      password: null,
      passwordFile: '/home/me/.pgpass',
      database: 'me',
      tls: {
        mode: 'prefer',
        serverName: 'db1',
        negotiation: 'postgres',
        rootCertificates: '/home/me/.postgresql/root.crt',
        certificate: '/home/me/.postgresql/postgresql.crt',
        key: '/home/me/.postgresql/postgresql.key',
        keyPassword: null,
        sendsCertificate: true,
        sendsHostName: true,
        revocationList: '/home/me/.postgresql/root.crl',
        revocationFolder: null,
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
      },
      channelBinding: 'prefer',
      allowedMethods: 7,
      sessionAttributes: 'any',
      connectTimeoutSeconds: 10,
      options: null,
    },
  );
});

describe('each variable of libpq that changes a connection is followed', () => {
  const cases: readonly [
    variable: string,
    value: string,
    (endpoint: Endpoint) => unknown,
    expected?: unknown,
  ][] = [
    ['PGHOST', 'db2', ({ host }) => host],
    ['PGHOSTADDR', '10.0.0.1', ({ address }) => address],
    ['PGPORT', '5433', ({ port }) => String(port)],
    ['PGUSER', 'you', ({ user }) => user],
    ['PGPASSWORD', 'pw', ({ password }) => password],
    ['PGPASSFILE', '/f', ({ passwordFile }) => passwordFile],
    ['PGDATABASE', 'app', ({ database }) => database],
    ['PGOPTIONS', '-c geqo=off', ({ options }) => options],
    ['PGCONNECT_TIMEOUT', '7', ({ connectTimeoutSeconds }) => String(connectTimeoutSeconds)],
    ['PGTARGETSESSIONATTRS', 'primary', ({ sessionAttributes }) => sessionAttributes],
    ['PGSSLMODE', 'verify-ca', ({ tls }) => tls.mode],
    ['PGREQUIRESSL', '1', ({ tls }) => tls.mode, 'require'],
    ['PGREQUIRESSL', '0', ({ tls }) => tls.mode, 'prefer'],
    ['PGSSLROOTCERT', '/r', ({ tls }) => tls.rootCertificates],
    ['PGSSLCERT', '/c', ({ tls }) => tls.certificate],
    ['PGSSLKEY', '/k', ({ tls }) => tls.key],
    ['PGSSLCERTMODE', 'disable', ({ tls }) => tls.sendsCertificate, false],
    ['PGSSLCRL', '/l', ({ tls }) => tls.revocationList],
    ['PGSSLCRLDIR', '/d', ({ tls }) => tls.revocationFolder],
    ['PGSSLSNI', '0', ({ tls }) => tls.sendsHostName, false],
    ['PGSSLMINPROTOCOLVERSION', 'tlsv1.3', ({ tls }) => tls.minVersion, 'TLSv1.3'],
    ['PGSSLMAXPROTOCOLVERSION', 'TLSv1.2', ({ tls }) => tls.maxVersion],
    ['PGCHANNELBINDING', 'require', ({ channelBinding }) => channelBinding],
    ['PGREQUIREAUTH', 'none', ({ allowedMethods }) => [...allowedMethods].join(), 'none'],
  ];
  for (const [variable, value, part, expected = value] of cases) {
    test(`${variable}=${value}`, () => {
      assert.equal(part(read('', { [variable]: value })), expected);
      assert.notEqual(variable === 'PGREQUIRESSL' && value === '0' ? null : part(read('')), expected);
    });
  }

  test('an empty variable is none', () =>
    assert.equal(read('host=db1', { PGSSLMODE: '', PGPORT: '' }).port, 5432));
  test('an empty keyword keeps its variable away', () => {
    assert.equal(read("host=db1 password=''", { PGPASSWORD: 'pw' }).password, null);
    assert.equal(read("host=db1 sslmode=''", { PGSSLMODE: 'require' }).tls.mode, 'prefer');
  });
  test('variables that change nothing here are passed over', () => {
    const names = [
      'PGAPPNAME',
      'PGCLIENTENCODING',
      'PGSSLCOMPRESSION',
      'PGLOADBALANCEHOSTS',
      'PGKRBSRVNAME',
      'PGGSSLIB',
      'PGGSSDELEGATION',
    ];
    const more = ['PGMAXPROTOCOLVERSION', 'PGDATESTYLE', 'PGTZ', 'PGGEQO', 'PGLOCALEDIR'];
    const env = Object.fromEntries([...names, ...more].map((name) => [name, 'x']));
    assert.deepEqual(read('host=db1', env), read('host=db1'));
  });
});

describe('what cannot be followed is refused with what to do', () => {
  const cases: readonly [fact: string, conninfo: string, RegExp, Variables?][] = [
    ['several hosts', 'host=a,b', /several hosts/],
    ['several addresses', 'hostaddr=10.0.0.1,10.0.0.2', /several hosts/],
    ['several ports', 'host=a port=1,2', /several hosts/],
    ['an abstract socket', 'host=@pg', /abstract Unix socket/],
    ['a name for an address', 'hostaddr=localhost', /hostaddr that is no address/],
    ['a port of 0', 'port=0', /port that does not exist/],
    ['a port of 65536', 'port=65536', /port that does not exist/],
    ['a port with letters', 'port=54x', /port that is no number/],
    ['Kerberos', 'gssencmode=require', /Kerberos/],
    ['Kerberos from the environment', '', /Kerberos/, { PGGSSENCMODE: 'require' }],
    ['the owner of a socket', 'host=/tmp requirepeer=postgres', /requirepeer/],
    ['the owner of a socket from the environment', 'host=/tmp', /requirepeer/, { PGREQUIREPEER: 'postgres' }],
    ['replication', 'replication=database', /replication/],
    ['a newer protocol', 'min_protocol_version=3.2', /version 3.0/],
    ['a key of SCRAM', 'scram_client_key=hunter2', /scram_client_key/],
    ['OAuth', 'oauth_issuer=hunter2', /oauth_issuer/],
    ['a keyword that libpq has not', 'colour=hunter2', /"colour" in it, which this tool does not know/],
    ['TLS that has to ask for a certificate', 'sslcertmode=require', /sslcertmode=require/],
    ['direct TLS that may be left', 'sslnegotiation=direct', /sslnegotiation=direct/],
    ['the authorities of the machine without the name', 'sslrootcert=system sslmode=require', /verify-full/],
    [
      'no version of TLS',
      'ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2',
      /from TLSv1.3 to TLSv1.2/,
    ],
    ['a key in an engine', 'sslkey=pkcs11:id=1', /engine/],
    ['a mode that does not exist', 'sslmode=on', /an sslmode that does not exist/],
    ['a mode in capitals', 'sslmode=REQUIRE', /an sslmode that does not exist/],
    ['a time limit of words', 'connect_timeout=soon', /connect_timeout that is no number/],
  ];
  for (const [fact, conninfo, expected, env] of cases) {
    test(fact, () => {
      assert.throws(
        () => read(conninfo, env),
        (error: unknown) => {
          assert.ok(error instanceof Failure && error.code === 'usage' && error.remedy !== '');
          assert.match(error.message, expected);
          assert.ok(!`${error.message} ${error.remedy}`.includes('hunter2'));
          return true;
        },
      );
    });
  }
  test('the owner of a socket is no matter where there is none', () => {
    assert.equal(read('host=db1 requirepeer=postgres').host, 'db1');
    assert.equal(read('host=/tmp hostaddr=10.0.0.1 requirepeer=postgres').address, '10.0.0.1');
  });
});

test('the limit for connecting: 0 or less is none, 1 is 2 seconds', () => {
  const seconds = (text: string): number => read(`host=db1 connect_timeout=${text}`).connectTimeoutSeconds;
  assert.deepEqual(['0', '-1', '1', '2', '3', "' 30 '", "''"].map(seconds), [0, 0, 2, 2, 3, 30, 10]);
  // Node starts a timer of more than 2^31 ms at once.
  assert.ok(seconds('999999999') * 1000 < 2 ** 31);
});

test('certificates are for the host, also where the connection goes to an address', () => {
  const named = read('host=db1 hostaddr=10.0.0.1');
  assert.deepEqual([named.host, named.address, named.tls.serverName], ['db1', '10.0.0.1', 'db1']);
  const bare = read('hostaddr=10.0.0.1');
  assert.deepEqual([bare.host, bare.address, bare.tls.serverName], ['10.0.0.1', '10.0.0.1', null]);
});

test('a folder is a socket, unless an address stands beside it', () => {
  assert.equal(isBySocket(read('host=/tmp')), true);
  assert.equal(isBySocket(read('host=/tmp hostaddr=10.0.0.1')), false);
  assert.equal(isBySocket(read('host=db1')), false);
});

describe('what cannot be followed is named by the place that it stands in', () => {
  const cases: readonly (readonly [conninfo: string | null, env: Variables, message: RegExp])[] = [
    [null, { PGHOST: 'a,b' }, /^PGHOST names several hosts/],
    [null, { PGHOST: 'a', PGHOSTADDR: '10.0.0.1,10.0.0.2' }, /^PGHOSTADDR names several hosts/],
    ['dbname=app', { PGPORT: 'many' }, /^PGPORT has a port that is no number/],
    [null, { PGPORT: '99999' }, /^PGPORT has a port that does not exist/],
    [null, { PGHOST: '@/tmp' }, /^PGHOST names an abstract Unix socket/],
    [null, { PGHOSTADDR: 'db1' }, /^PGHOSTADDR has a hostaddr that is no address/],
    [null, { PGCONNECT_TIMEOUT: 'x' }, /^PGCONNECT_TIMEOUT has a connect_timeout that is no number/],
    [null, { PGSSLMODE: 'maybe' }, /^PGSSLMODE has an sslmode/],
    [null, { PGREQUIREAUTH: 'magic' }, /^PGREQUIREAUTH has a require_auth/],
    [null, { PGSSLCERTMODE: 'require' }, /^PGSSLCERTMODE: sslcertmode=require/],
    [null, { PGGSSENCMODE: 'require' }, /^PGGSSENCMODE: encryption by Kerberos/],
    [null, { PGSSLROOTCERT: 'system', PGREQUIRESSL: '1' }, /^PGSSLROOTCERT: sslrootcert=system/],
    ['host=a,b', { PGHOST: 'c' }, /^--source names several hosts/],
    ['host=a', { PGHOST: 'b,c', PGPORT: '1' }, /^$/],
  ];
  for (const [conninfo, env, message] of cases) {
    test(`${conninfo ?? 'nothing'} ${JSON.stringify(env)}`, () => {
      let found = '';
      try {
        read(conninfo, env);
      } catch (error) {
        assert.ok(error instanceof Failure);
        found = error.message;
      }
      assert.match(found, message);
    });
  }
});
