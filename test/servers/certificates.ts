import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether certificates can be made here. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** The files of a certificate and of its key. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of the test's own, in a temporary folder, gone with the process. */
export interface Authority {
  readonly folder: string;
  readonly certificate: string;
  /** The name that OpenSSL looks it up by in a folder. */
  readonly hash: string;
  /**
   * @param alternatives such as `DNS:localhost`; '' leaves the common name alone
   * @param until a day of the past makes one that has expired
   */
  issue(commonName: string, alternatives?: string, until?: string): Certificate;
  /** A list that revokes these. */
  revoke(name: string, certificates: readonly Certificate[]): string;
}

const CONFIG = `
[ca]
default_ca = here
[here]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;

export function createAuthority(name: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'pga2tt-ca-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const openssl = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', 'openssl.cnf'];
  writeFileSync(join(folder, 'openssl.cnf'), CONFIG);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01');
  openssl(
    'req',
    '-x509',
    ...EC,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-extensions',
    'authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  const CA = ['ca', '-batch', '-notext', '-config', 'openssl.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key'];
  let issued = 0;
  return {
    folder,
    certificate: join(folder, 'ca.crt'),
    hash: openssl('x509', '-in', 'ca.crt', '-noout', '-subject_hash').trim(),
    issue: (commonName, alternatives = '', until = '') => {
      issued += 1;
      const [key, request, certificate] = ['key', 'csr', 'crt'].map((end) => `leaf-${issued}.${end}`) as [
        string,
        string,
        string,
      ];
      writeFileSync(
        join(folder, 'extensions'),
        `basicConstraints = CA:false\n${alternatives && `subjectAltName = ${alternatives}\n`}`,
      );
      openssl('req', '-new', ...EC, '-subj', `/CN=${commonName}`, '-keyout', key, '-out', request);
      const validity = until === '' ? [] : ['-startdate', '20200101000000Z', '-enddate', until];
      openssl(...CA, ...validity, '-extfile', 'extensions', '-in', request, '-out', certificate);
      chmodSync(join(folder, key), 0o600);
      return { certificate: join(folder, certificate), key: join(folder, key) };
    },
    revoke: (file, certificates) => {
      for (const { certificate } of certificates) openssl(...CA, '-revoke', certificate);
      openssl(...CA, '-gencrl', '-out', file);
      return join(folder, file);
    },
  };
}

/** The same key, with a password on it. */
export function encryptKey({ certificate, key }: Certificate, password: string): Certificate {
  const encrypted = `${key}.encrypted`;
  const { status, stderr } = spawnSync('openssl', [
    'pkcs8',
    '-topk8',
    '-in',
    key,
    '-out',
    encrypted,
    '-passout',
    `pass:${password}`,
  ]);
  if (status !== 0) throw new Error(String(stderr));
  chmodSync(encrypted, 0o600);
  return { certificate, key: encrypted };
}

/** A home folder of the test's own, with these files in it, readable by their owner alone. */
export function createHome(files: Readonly<Record<string, string>>, mode = 0o600): string {
  const home = mkdtempSync(join(tmpdir(), 'pga2tt-home-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, '.postgresql'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text, { mode });
  return home;
}
