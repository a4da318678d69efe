import { Failure } from '../model/failure.ts';
import { choice } from './choice.ts';
import { type Conninfo, SSL_MODES, type SslMode } from './conninfo.ts';
import type { WhereFrom } from './parameters.ts';
import { type Environment, userFile } from './user-files.ts';

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof VERSIONS)[number];

/** What libpq's ssl keywords say, with their defaults filled in; whether the files are there is not known yet. */
export interface TlsSettings {
  readonly mode: SslMode;
  /** Whom the certificate has to be for; null where only an address is known. */
  readonly serverName: string | null;
  readonly negotiation: 'postgres' | 'direct';
  /** A file, or `system`: the authorities that this machine trusts. */
  readonly rootCertificates: string;
  readonly certificate: string;
  readonly key: string;
  readonly keyPassword: string | null;
  readonly sendsCertificate: boolean;
  readonly sendsHostName: boolean;
  readonly revocationList: string;
  readonly revocationFolder: string | null;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

/** @throws Failure of code `usage` */
export function readTlsSettings(given: Conninfo, where: WhereFrom, environment: Environment): TlsSettings {
  const file = (keyword: string, usual: string): string =>
    given.get(keyword) || userFile(environment, `.postgresql/${usual}`, usual);
  const rootCertificates = file('sslrootcert', 'root.crt');
  const mode = choice(
    given,
    'sslmode',
    SSL_MODES,
    rootCertificates === 'system' ? 'verify-full' : 'prefer',
    where,
  );
  const settings: TlsSettings = {
    mode,
    serverName: given.get('host') || (given.get('hostaddr') ? null : 'localhost'),
    negotiation: choice(given, 'sslnegotiation', ['postgres', 'direct'] as const, 'postgres', where),
    rootCertificates,
    certificate: file('sslcert', 'postgresql.crt'),
    key: file('sslkey', 'postgresql.key'),
    keyPassword: given.get('sslpassword') || null,
    sendsCertificate:
      choice(given, 'sslcertmode', ['disable', 'allow', 'require'] as const, 'allow', where) !== 'disable',
    sendsHostName: choice(given, 'sslsni', ['0', '1'] as const, '1', where) === '1',
    revocationList: file('sslcrl', 'root.crl'),
    revocationFolder: given.get('sslcrldir') || null,
    minVersion: version(given, 'ssl_min_protocol_version', 'TLSv1.2', where),
    maxVersion: version(given, 'ssl_max_protocol_version', 'TLSv1.3', where),
  };
  refuseContradictions(settings, given, where);
  return settings;
}

function version(given: Conninfo, keyword: string, usual: TlsVersion, where: WhereFrom): TlsVersion {
  const name = given.get(keyword)?.toLowerCase() ?? '';
  return choice(
    new Map([[keyword, VERSIONS.find((known) => known.toLowerCase() === name) ?? name]]),
    keyword,
    VERSIONS,
    usual,
    where,
  );
}

function refuseContradictions(settings: TlsSettings, given: Conninfo, where: WhereFrom): void {
  const { mode, negotiation, rootCertificates, minVersion, maxVersion, key } = settings;
  const refuse = (keyword: string, what: string, remedy: string): never => {
    throw new Failure('usage', `${where(keyword)}: ${what}.`, remedy);
  };
  if (rootCertificates === 'system' && mode !== 'verify-full')
    refuse(
      'sslrootcert',
      `sslrootcert=system goes with sslmode=verify-full only, not with ${mode}`,
      'Set sslmode=verify-full.',
    );
  if (negotiation === 'direct' && ['disable', 'allow', 'prefer'].includes(mode))
    refuse(
      'sslnegotiation',
      `sslnegotiation=direct does not go with sslmode=${mode}`,
      'Set sslmode=require, or a stricter one.',
    );
  if (VERSIONS.indexOf(minVersion) > VERSIONS.indexOf(maxVersion))
    refuse(
      'ssl_min_protocol_version',
      `the versions of TLS from ${minVersion} to ${maxVersion} are none`,
      'Set other versions.',
    );
  if (given.get('sslcertmode') === 'require')
    refuse(
      'sslcertmode',
      'sslcertmode=require cannot be checked by this tool',
      'Set sslcertmode=allow, and let the server ask.',
    );
  if (given.has('sslkey') && /^[^/\\]{2,}:/.test(key))
    refuse('sslkey', 'a key that an engine of OpenSSL holds cannot be used', 'Name a file by sslkey.');
}
