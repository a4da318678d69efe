import { Failure } from '../model/failure.ts';
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
export function place({ host, address, port, database, user }: Endpoint): string {
  const named = host.includes(':') ? `[${host}]` : host;
  const where = address === null || address === host ? named : `${named} (${address})`;
  return `${where}:${port}, database "${database}", user "${user}"`;
}

const NO_TLS = 'The server does not support SSL connections';
const NOT_LET_IN = '28000';
const WRONG_PASSWORD = '28P01';
export const FOR_ANOTHER_HOST = 'the certificate is for another host';

/** Of the errors of one attempt with TLS and one without, the one that says more than that this way is closed. */
export function tellingError(errors: readonly unknown[]): unknown {
  const isClosedDoor = (error: unknown): boolean =>
    errorCode(error) === NOT_LET_IN || errorText(error) === NO_TLS;
  return (
    errors.find((error) => !isClosedDoor(error)) ??
    errors.find((error) => errorText(error) !== NO_TLS) ??
    errors[0]
  );
}

/**
 * A failed connection in plain words, with what to do.
 * @param passwordFile where the password came from, if from a file
 */
export function describeConnectError(
  error: unknown,
  endpoint: Endpoint,
  side: string,
  passwordFile: string | null = null,
): Failure {
  if (error instanceof Failure) return error;
  const [what, remedy] = CONNECT_ERRORS[errorCode(error)] ?? byText(errorText(error), errorCode(error));
  const source =
    errorCode(error) === WRONG_PASSWORD && passwordFile !== null ? ` (it came from ${passwordFile})` : '';
  return new Failure(
    'failed',
    `Cannot connect to the ${side} (${place(endpoint)}): ${what}${source}.`,
    remedy,
    {
      cause: error,
    },
  );
}

type Words = readonly [what: string, remedy: string];

const CHECK_ADDRESS = 'Check host and port, or set --source and --target (PGHOST and PGPORT without them).';
const CHECK_HBA = 'Check the server’s pg_hba.conf.';
const CHECK_PASSWORD = 'Set PGPASSWORD, or use ~/.pgpass.';

const CONNECT_ERRORS: Readonly<Record<string, Words>> = {
  ECONNREFUSED: ['no server listens there', CHECK_ADDRESS],
  ENOENT: ['there is no such Unix socket', CHECK_ADDRESS],
  EACCES: ['this user may not open that Unix socket', CHECK_ADDRESS],
  ENOTFOUND: ['there is no such host', CHECK_ADDRESS],
  EAI_AGAIN: ['the name of the host cannot be looked up now', CHECK_ADDRESS],
  ETIMEDOUT: ['the server did not answer in time', CHECK_ADDRESS],
  EHOSTUNREACH: ['the host cannot be reached', CHECK_ADDRESS],
  ECONNRESET: ['the server closed the connection', 'Look into its log.'],
  [WRONG_PASSWORD]: ['the password is wrong', CHECK_PASSWORD],
  '3D000': ['there is no such database', 'Check dbname (PGDATABASE).'],
  '53300': ['the server has no connection left', 'Try again when others have ended.'],
  '57P03': ['the server is starting up or shutting down', 'Try again in a moment.'],
};

const BY_TEXT: readonly (readonly [RegExp, (text: string) => Words])[] = [
  [/timeout/i, () => ['the server did not answer in time', CHECK_ADDRESS]],
  [/SSL connections/, () => ['the server does not speak TLS', 'Set sslmode=prefer, or sslmode=disable.']],
  [
    /Unknown authentication/,
    () => ['the server asks for Kerberos, or another proof that this tool does not know', CHECK_HBA],
  ],
  [/SASL: Only mechanism/, () => ['the server asks for a proof that this tool does not know', CHECK_HBA]],
  [
    /SASL.*(signature|nonce)/,
    () => ['the server did not prove that it knows the password', 'Check who answers there.'],
  ],
  [
    new RegExp(FOR_ANOTHER_HOST),
    () => [
      'its certificate is for another host',
      'Name the host as the certificate does, or set sslmode=verify-ca.',
    ],
  ],
];

const NOT_ACCEPTED = 'Name the authority by sslrootcert=, or set sslmode=require.';

/** OpenSSL's codes by what they are about; a server tells by an alert what it has against the client. */
const BY_CODE: readonly (readonly [RegExp, (text: string) => Words])[] = [
  [
    /^28000$/,
    (text) => [
      `the server does not let this user in (${text})`,
      'Check the user, sslmode and the server’s pg_hba.conf.',
    ],
  ],
  [/^CERT_HAS_EXPIRED$/, () => ['its certificate has expired', 'Renew it on the server.']],
  [/^CERT_REVOKED$/, () => ['its certificate has been revoked', 'Renew it on the server.']],
  [
    /CRL/,
    (text) => [
      `the list of revoked certificates does not serve (${text})`,
      'Renew it, or check sslcrl and sslcrldir.',
    ],
  ],
  [
    /CERT_REQUIRED|CERTIFICATE_REQUIRED/,
    () => ['the server asks for a client certificate', 'Name it by sslcert= and sslkey=.'],
  ],
  [
    /ALERT.*(PROTOCOL_VERSION)|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS/,
    () => [
      'the two have no version of TLS in common',
      'Check ssl_min_protocol_version and ssl_max_protocol_version.',
    ],
  ],
  [
    /ALERT/,
    (text) => [`the server does not accept the client certificate (${text})`, 'Check sslcert and sslkey.'],
  ],
  [
    /KEY_VALUES_MISMATCH/,
    () => ['the client certificate and its key do not belong together', 'Check sslcert and sslkey.'],
  ],
  [
    /BAD_DECRYPT|PASSPHRASE|INTERRUPTED_OR_CANCELLED/,
    () => ['the password of the client key is wrong', 'Check sslpassword.'],
  ],
  [
    /^ERR_OSSL/,
    (text) => [
      `the client certificate or its key cannot be read (${text})`,
      'They are files of PEM: check sslcert and sslkey.',
    ],
  ],
  [/CERT|ISSUER|SIGNATURE/, (text) => [`its certificate is not accepted (${text})`, NOT_ACCEPTED]],
];

function byText(text: string, code: string): Words {
  const words =
    BY_TEXT.find(([pattern]) => pattern.test(text)) ?? BY_CODE.find(([pattern]) => pattern.test(code));
  return words?.[1](text) ?? [text, CHECK_ADDRESS];
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
