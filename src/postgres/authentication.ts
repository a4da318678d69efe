import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type pg from 'pg';
import { Failure } from '../model/failure.ts';
import type { Endpoint } from './endpoint.ts';
import { lookUpPassword } from './password-file.ts';
import { errorText, place } from './plain-words.ts';
import type { Method } from './required-authentication.ts';

/** How far an attempt has come. */
export interface Progress {
  isReached: boolean;
  isSecure: boolean;
  isAuthenticated: boolean;
  /** What the server has asked for. */
  asked: Method;
  /** Whether the password is bound to the TLS connection. */
  isBound: boolean;
  /** The file that the password came from, or null. */
  passwordFile: string | null;
}

/** What pg's client has, and its types have not. */
interface Wire extends NodeJS.EventEmitter {
  stream: Socket | TLSSocket;
  attachListeners(stream: Socket): void;
}
export type Inside = pg.Client & {
  readonly connection: Wire;
  /** Of BackendKeyData; null where none came. */
  readonly processID: number | null;
  readonly saslSession?: { readonly mechanism: string } | null;
};

const WITH_BINDING = 'SCRAM-SHA-256-PLUS';

/** Holds a client that is about to connect to channel_binding and require_auth, and tells how far it comes. */
export class Authentication {
  readonly progress: Progress = {
    isReached: false,
    isSecure: false,
    isAuthenticated: false,
    asked: 'none',
    isBound: false,
    passwordFile: null,
  };
  readonly #endpoint: Endpoint;
  readonly #side: string;

  constructor(endpoint: Endpoint, side: string) {
    this.#endpoint = endpoint;
    this.#side = side;
  }

  watch(client: Inside): void {
    const { connection } = client;
    const { progress } = this;
    connection.once('connect', () => {
      progress.isReached = true;
    });
    connection.once('sslconnect', () =>
      connection.stream.once('secureConnect', () => {
        progress.isSecure = true;
      }),
    );
    connection.prependListener('authenticationCleartextPassword', () => {
      progress.asked = 'password';
    });
    connection.prependListener('authenticationMD5Password', () => {
      progress.asked = 'md5';
    });
    connection.prependListener('authenticationSASL', ({ mechanisms }: { mechanisms: readonly string[] }) => {
      progress.asked = mechanisms.some((name) => name.startsWith('SCRAM-SHA-256'))
        ? 'scram-sha-256'
        : 'oauth';
      progress.isBound = progress.isSecure && mechanisms.includes(WITH_BINDING);
    });
    // What was offered may not be what was taken.
    connection.prependListener('authenticationSASLContinue', () => {
      progress.isBound = client.saslSession?.mechanism === WITH_BINDING;
    });
    connection.once('authenticationOk', () => {
      const problem = this.#problemAtTheEnd(client);
      if (problem === null) progress.isAuthenticated = true;
      else connection.stream.destroy(problem);
    });
    closeOnNonsense(connection);
  }

  /** What to answer a server that asks for a password; pg calls it for every way of asking. */
  password(): string {
    const problem = this.#problem();
    if (problem !== null) throw problem;
    const { password } = this.#endpoint;
    if (password !== null) return password;
    const found = lookUpPassword(this.#endpoint.passwordFile, passwordKey(this.#endpoint));
    if (found.kind === 'found' && found.password !== '') {
      this.progress.passwordFile = this.#endpoint.passwordFile;
      return found.password;
    }
    throw this.#failure(
      'the server asks for a password',
      found.kind === 'ignored' ? `${found.why}.` : 'Set PGPASSWORD, or use ~/.pgpass.',
    );
  }

  #problem(): Failure | null {
    const { channelBinding, allowedMethods } = this.#endpoint;
    const { asked, isBound } = this.progress;
    if (!allowedMethods.has(asked)) {
      const how = asked === 'none' ? 'the server asks for no proof' : `the server asks for ${asked}`;
      return this.#failure(
        `${how}, which require_auth leaves out`,
        'Check the server’s pg_hba.conf, or require_auth.',
      );
    }
    if (channelBinding !== 'require' || isBound) return null;
    return this.#failure(
      'the server does not bind the password to the TLS connection, which channel_binding=require asks for',
      'Check the server’s pg_hba.conf (hostssl, scram-sha-256), or set channel_binding=prefer.',
    );
  }

  // A server that ends an exchange early has not shown that it knows the password.
  #problemAtTheEnd({ saslSession }: Inside): Failure | null {
    if (!saslSession) return this.#problem();
    return this.#failure('the server did not prove that it knows the password', 'Check who answers there.');
  }

  #failure(what: string, remedy: string): Failure {
    return new Failure(
      'failed',
      `Cannot connect to the ${this.#side} (${place(this.#endpoint)}): ${what}.`,
      remedy,
    );
  }
}

function passwordKey({ host, port, database, user }: Endpoint) {
  return { host, port, database, user };
}

// pg's parser throws at a request that it does not know, where nobody could catch it.
function closeOnNonsense(connection: Wire): void {
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const before = new Set(stream.listeners('data'));
    attach(stream);
    for (const listener of stream.listeners('data')) {
      if (before.has(listener)) continue;
      stream.removeListener('data', listener as (chunk: Buffer) => void);
      stream.on('data', (chunk: Buffer) => {
        try {
          listener.call(stream, chunk);
        } catch (error) {
          stream.destroy(error instanceof Error ? error : new Error(errorText(error)));
        }
      });
    }
  };
}
