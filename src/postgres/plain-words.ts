import { Failure } from '../failure.ts';
import type { Endpoint } from './endpoint.ts';

/** The SQLSTATE or system code of an error; '' without one. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The server's or the system's own words, on one line. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || errorCode(error) : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** host:port or the socket's folder, the database and the user: never the password. */
export function place({ host, port, database, user }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}, database "${database}", user "${user}"`;
}

/** A failed connection in plain words, with what to do. */
export function describeConnectError(error: unknown, endpoint: Endpoint, side: string): Failure {
  if (error instanceof Failure) return error;
  const [what, remedy] = CONNECT_ERRORS[errorCode(error)] ?? byText(errorText(error));
  return new Failure('failed', `Cannot connect to the ${side} (${place(endpoint)}): ${what}.`, remedy, {
    cause: error,
  });
}

type Words = readonly [what: string, remedy: string];

const CHECK_ADDRESS = 'Check host and port, or set --source and --target (PGHOST and PGPORT without them).';
const CHECK_PASSWORD = 'Give the password by ~/.pgpass or PGPASSWORD.';

const CONNECT_ERRORS: Readonly<Record<string, Words>> = {
  ECONNREFUSED: ['no server listens there', CHECK_ADDRESS],
  ENOENT: ['there is no such Unix socket', CHECK_ADDRESS],
  EACCES: ['this user may not open that Unix socket', CHECK_ADDRESS],
  ENOTFOUND: ['there is no such host', CHECK_ADDRESS],
  EAI_AGAIN: ['the name of the host cannot be looked up now', CHECK_ADDRESS],
  ETIMEDOUT: ['the server did not answer in time', CHECK_ADDRESS],
  EHOSTUNREACH: ['the host cannot be reached', CHECK_ADDRESS],
  ECONNRESET: ['the server closed the connection', 'Look into its log.'],
  '28P01': ['the password is wrong', CHECK_PASSWORD],
  '28000': ['the server does not let this user in', 'Check the user and the server’s pg_hba.conf.'],
  '3D000': ['there is no such database', 'Check dbname (PGDATABASE).'],
  '53300': ['the server has no connection left', 'Try again when others have ended.'],
  '57P03': ['the server is starting up or shutting down', 'Try again in a moment.'],
};

function byText(text: string): Words {
  if (/password must be a (non-empty )?string|SASL|no password/i.test(text))
    return ['the server asks for a password', CHECK_PASSWORD];
  if (/timeout/i.test(text)) return ['the server did not answer in time', CHECK_ADDRESS];
  if (/SSL connections/.test(text))
    return ['the server does not speak TLS', 'Set sslmode=prefer, or sslmode=disable.'];
  if (/altnames/i.test(text)) {
    return [
      'its certificate is for another host',
      'Name the host as the certificate does, or set sslmode=verify-ca.',
    ];
  }
  if (/certificate|self.signed/i.test(text)) {
    return [
      `its certificate is not accepted (${text})`,
      'Name the authority by sslrootcert=, or set sslmode=require.',
    ];
  }
  return [text, CHECK_ADDRESS];
}

const LOST = new Set([
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether the session is gone, rather than one statement refused. */
export function isConnectionLost(error: unknown): boolean {
  return (
    LOST.has(errorCode(error)) ||
    /Connection terminated|not queryable|Client was closed/.test(errorText(error))
  );
}
