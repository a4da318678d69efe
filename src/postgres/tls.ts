import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import { Failure } from '../model/failure.ts';
import { isCertificateFor } from './certificate-name.ts';
import { type Endpoint, isBySocket } from './endpoint.ts';
import { FOR_ANOTHER_HOST } from './plain-words.ts';
import type { TlsSettings } from './tls-settings.ts';
import { isWindows } from './user-files.ts';

/** With TLS or without. */
export type Way = 'tls' | 'plain';

/** The ways to try, in order, as libpq reads sslmode; by a Unix socket there is no TLS. */
export function waysToTry(endpoint: Endpoint): readonly Way[] {
  if (isBySocket(endpoint)) return ['plain'];
  switch (endpoint.tls.mode) {
    case 'disable':
      return ['plain'];
    case 'allow':
      return ['plain', 'tls'];
    case 'prefer':
      return ['tls', 'plain'];
    default:
      return ['tls'];
  }
}

/**
 * How to speak TLS, with the files read (libpq: initialize_SSL).
 * @throws Failure of code `failed`: a file that is needed is missing or is not what it should be
 */
export function tlsOptions(endpoint: Endpoint, side: string): ConnectionOptions {
  const { tls } = endpoint;
  const name = tls.sendsHostName ? tls.serverName : null;
  return {
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    ...verification(tls, side),
    ...(tls.sendsCertificate ? clientCertificate(tls, side) : {}),
    // Else pg takes the host that it is given, which may be an address.
    ...(name !== null && isIP(name) === 0 ? { servername: name } : {}),
  };
}

// Where the authority's file is there the server is always held to it, whatever the sslmode.
function verification(tls: TlsSettings, side: string): ConnectionOptions {
  if (tls.mode === 'verify-full' && tls.serverName === null)
    fail(`sslmode=verify-full needs the name of the host of the ${side}`, 'Set host= beside hostaddr=.');
  const checkServerIdentity = identityCheck(tls);
  if (tls.rootCertificates === 'system')
    return { rejectUnauthorized: true, ca: systemAuthorities(), checkServerIdentity };
  if (existsSync(tls.rootCertificates)) {
    const ca = readCertificates(tls.rootCertificates, 'sslrootcert', side);
    return { rejectUnauthorized: true, ca, checkServerIdentity, ...revocation(tls, side) };
  }
  if (!tls.mode.startsWith('verify')) return { rejectUnauthorized: false };
  return fail(
    `There is no ${tls.rootCertificates}, which sslmode=${tls.mode} needs for the ${side}`,
    'Name the file of the authority by sslrootcert=, or set sslrootcert=system.',
  );
}

function identityCheck({
  mode,
  serverName,
}: TlsSettings): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_, { subject, subjectaltname }) =>
    mode !== 'verify-full' || isCertificateFor(serverName ?? '', { subjectaltname, commonName: subject?.CN })
      ? undefined
      : new Error(FOR_ANOTHER_HOST);
}

const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

// The authorities that Node brings along are none that the administrator of this machine has added.
function systemAuthorities(): string | string[] {
  const bundle = [process.env.SSL_CERT_FILE ?? '', ...SYSTEM_BUNDLES].find(
    (file) => file !== '' && existsSync(file),
  );
  return bundle === undefined ? [...rootCertificates] : readFileSync(bundle, 'utf8');
}

function revocation({ revocationList, revocationFolder }: TlsSettings, side: string): ConnectionOptions {
  const files = [
    ...(existsSync(revocationList) ? [revocationList] : []),
    // OpenSSL looks for names such as 9d66eef0.r0 (openssl rehash).
    ...(revocationFolder === null
      ? []
      : namesIn(revocationFolder, side).filter((name) => /\.r\d+$/.test(name))),
  ];
  if (files.length === 0 && revocationFolder !== null)
    fail(`The sslcrldir of the ${side}, ${revocationFolder}, has no list`, 'Run openssl rehash on it.');
  const crl = files.map((file) => readText(file, 'list of revoked certificates', side));
  return files.length === 0 ? {} : { crl };
}

function namesIn(folder: string, side: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch (cause) {
    throw new Failure('failed', `The sslcrldir of the ${side}, ${folder}, cannot be read.`, CHECK_PATH, {
      cause,
    });
  }
}

// libpq goes on without a certificate that is not there.
function clientCertificate({ certificate, key, keyPassword }: TlsSettings, side: string): ConnectionOptions {
  if (!existsSync(certificate)) return {};
  const cert = readCertificates(certificate, 'sslcert', side);
  if (!existsSync(key))
    fail(`The ${side} has a certificate, but no key: there is no ${key}`, 'Name it by sslkey=.');
  refuseReadableKey(key);
  const text = readText(key, 'sslkey', side);
  if (keyPassword === null && /ENCRYPTED/.test(text))
    fail(`The key of the ${side}, ${key}, is encrypted`, 'Use sslpassword in the connection string.');
  return { cert, key: text, ...(keyPassword === null ? {} : { passphrase: keyPassword }) };
}

const OF_OTHERS = 0o077;
// A key of root's may be read by a group.
const OF_OTHERS_BUT_READING_GROUP = 0o037;

function refuseReadableKey(key: string): void {
  const { mode, uid } = statSync(key);
  if (isWindows || (mode & (uid === 0 ? OF_OTHERS_BUT_READING_GROUP : OF_OTHERS)) === 0) return;
  fail(`The key ${key} may be read by others`, 'chmod 600 it.');
}

// Node would take an empty list for its own.
function readCertificates(file: string, keyword: string, side: string): string {
  const text = readText(file, keyword, side);
  if (!/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(text))
    fail(`The ${keyword} of the ${side}, ${file}, holds no certificate`, 'It is a file of PEM.');
  return text;
}

const CHECK_PATH = 'Check the path and its rights.';

function readText(path: string, what: string, side: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Failure('failed', `The ${what} of the ${side}, ${path}, cannot be read.`, CHECK_PATH, {
      cause,
    });
  }
}

function fail(what: string, remedy: string): never {
  throw new Failure('failed', `${what}.`, remedy);
}
