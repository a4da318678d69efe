import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { byTool, failureOf } from '../postgres/outcome.ts';
import { createAuthority, createHome, hasOpenssl } from '../servers/certificates.ts';

const SECRET = 'pw-tops3cret';
const SSL_REQUEST_LENGTH = 8;

/** A message of the protocol: AuthenticationXXX with this code. */
function authentication(code: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.write('R');
  head.writeUInt32BE(8 + rest.length, 1);
  head.writeUInt32BE(code, 5);
  return Buffer.concat([head, rest]);
}

/** An ErrorResponse with this SQLSTATE. */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
  const head = Buffer.from('E....');
  head.writeUInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

const CLEAR = authentication(3);
const GSS = authentication(7);
const SCRAM = authentication(10, Buffer.from('SCRAM-SHA-256\0\0'));
const OAUTH = authentication(10, Buffer.from('OAUTHBEARER\0\0'));
const IN = authentication(0);

describe('a server that is none of PostgreSQL’s', () => {
  let server: Server;
  let received = '';
  let connections = 0;
  /** The first byte of the latest connection. */
  let firstByte: number | undefined;
  // Each connection begins anew.
  let answers: () => (socket: Socket, message: Buffer) => void = () => () => {};
  const conninfo = (more: string): string =>
    `host=localhost hostaddr=127.0.0.1 port=${(server.address() as AddressInfo).port} user=me password=${SECRET} connect_timeout=2 ${more}`;
  const env = { HOME: createHome({}) };

  before(async () => {
    server = createServer((socket) => {
      connections += 1;
      const answer = answers();
      socket.on('error', () => {});
      socket.once('data', (message: Buffer) => {
        firstByte = message[0];
      });
      socket.on('data', (message: Buffer) => {
        received += message.toString('latin1');
        answer(socket, message);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  after(() => server.close());

  const answersOnce = (...messages: readonly Buffer[]): void => {
    received = '';
    connections = 0;
    answers = () => {
      const rest = [...messages];
      return (socket) => {
        const next = rest.shift();
        if (next !== undefined) socket.write(next);
      };
    };
  };

  const cases: readonly [fact: string, messages: readonly Buffer[], more: string, RegExp][] = [
    ['asks for Kerberos', [GSS], 'sslmode=disable', /asks for Kerberos/],
    ['asks for OAuth', [OAUTH], 'sslmode=disable', /a proof that this tool does not know/],
    [
      'ends SCRAM without a proof of its own',
      [SCRAM, IN],
      'sslmode=disable',
      /did not prove that it knows the password/,
    ],
    [
      'asks for the password in clear, against channel_binding',
      [CLEAR],
      'sslmode=disable channel_binding=require',
      /channel_binding=require/,
    ],
    [
      'asks for the password in clear, against require_auth',
      [CLEAR],
      'sslmode=disable require_auth=scram-sha-256',
      /asks for password, which require_auth leaves out/,
    ],
    [
      'lets in without a question, against require_auth',
      [IN],
      'sslmode=disable require_auth=!none',
      /asks for no proof/,
    ],
    [
      'lets in without a question, against channel_binding',
      [IN],
      'sslmode=disable channel_binding=require',
      /channel_binding=require/,
    ],
    [
      'speaks plainly behind its word for TLS',
      [Buffer.concat([Buffer.from('S'), IN])],
      'sslmode=require',
      /error establishing an SSL/,
    ],
    ['has no TLS', [Buffer.from('N')], 'sslmode=require', /does not speak TLS/],
    ['never answers', [], 'sslmode=disable', /did not answer in time/],
  ];
  for (const [fact, messages, more, expected] of cases) {
    test(`that ${fact} is left, and hears no password`, async () => {
      answersOnce(...messages);
      assert.match(await failureOf(conninfo(more), env), expected);
      assert.ok(received.length > 0 && !received.includes(SECRET), received);
    });
  }

  test('is asked with TLS too under sslmode=allow, but not once it has let one in', async () => {
    answersOnce(refusal('28P01'));
    await byTool(conninfo('sslmode=allow'), env);
    assert.equal(connections, 2);
    answersOnce(Buffer.concat([IN, refusal('3D000')]));
    await byTool(conninfo('sslmode=allow'), env);
    assert.equal(connections, 1);
    answersOnce(refusal('28P01'));
    await byTool(conninfo('sslmode=disable'), env);
    assert.equal(connections, 1);
  });

  test('sslnegotiation=direct begins with TLS, and no other way, whatever the process has as its environment', async () => {
    const begin = async (more: string): Promise<number | undefined> => {
      answersOnce(Buffer.from('N'), refusal('28000'));
      await byTool(conninfo(more), env);
      return firstByte;
    };
    const HANDSHAKE = 0x16;
    process.env.PGSSLNEGOTIATION = 'direct';
    assert.equal(await begin('sslmode=require sslnegotiation=direct'), HANDSHAKE);
    assert.equal(await begin('sslmode=require'), 0);
    assert.equal(await begin('sslmode=disable'), 0);
    delete process.env.PGSSLNEGOTIATION;
  });

  test('a password in clear is sent where nothing speaks against it', async () => {
    answersOnce(CLEAR, refusal('28P01'));
    await byTool(conninfo('sslmode=disable'), env);
    assert.ok(received.includes(SECRET));
  });

  test('the name of the host is sent with TLS, unless sslsni=0 or there is none', {
    skip: !hasOpenssl,
  }, async () => {
    const { certificate, key } = createAuthority('authority of the test').issue('localhost');
    const files = { cert: readFileSync(certificate), key: readFileSync(key) };
    let name: unknown = null;
    answers = () => (socket, message) => {
      if (message.length !== SSL_REQUEST_LENGTH) return;
      socket.removeAllListeners('data');
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, ...files });
      secure.on('error', () => {});
      secure.once('data', () => {
        name = (secure as TLSSocket & { servername?: unknown }).servername;
        secure.destroy();
      });
    };
    const sent = async (more: string): Promise<unknown> => {
      name = 'nothing came';
      await byTool(conninfo(`sslmode=require ${more}`), env);
      return name;
    };
    assert.equal(await sent(''), 'localhost');
    assert.equal(await sent('host=db1.example.org'), 'db1.example.org');
    assert.equal(await sent("hostaddr=''"), 'localhost');
    assert.equal(await sent('sslsni=0'), false);
    assert.equal(await sent("sslsni=0 hostaddr=''"), false);
    assert.equal(await sent('host=127.0.0.1'), false);
    // What is lost once TLS is there is not tried without it.
    connections = 0;
    await byTool(conninfo('sslmode=prefer'), env);
    assert.equal(connections, 1);
    assert.equal(await sent("host=''"), false);
  });
});
