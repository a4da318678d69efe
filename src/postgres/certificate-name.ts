import { isIP } from 'node:net';

/** What a certificate says whom it is for, as Node shows it. */
export interface CertificateNames {
  /** Such as `DNS:db1, IP Address:10.0.0.1`; missing without any. */
  readonly subjectaltname?: string | undefined;
  /** Several where the subject has several. */
  readonly commonName?: string | readonly string[] | undefined;
}

/**
 * Whether a certificate is for this host, by libpq's rules: the common name counts where no alternative name is of the host's kind, and a
 * `*` stands for one whole label in front (libpq: pgtls_verify_peer_name_matches_certificate_guts).
 */
export function isCertificateFor(host: string, { subjectaltname, commonName }: CertificateNames): boolean {
  const alternatives = alternativeNames(subjectaltname ?? '');
  const matches = ([kind, name]: AlternativeName): boolean =>
    kind === 'DNS' ? isSameName(name, host) : isSameAddress(name, host);
  if (alternatives.some(matches)) return true;
  const kindOfHost = isIP(host) === 0 ? 'DNS' : 'IP Address';
  if (alternatives.some(([kind]) => kind === kindOfHost)) return false;
  const [common] = typeof commonName === 'string' ? [commonName] : (commonName ?? []);
  return common !== undefined && isSameName(common, host);
}

type AlternativeName = readonly [kind: 'DNS' | 'IP Address', name: string];

// Node quotes a name that holds what would end it.
function alternativeNames(text: string): readonly AlternativeName[] {
  const items = text.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? [];
  return items.flatMap((item): AlternativeName[] => {
    const [, kind, name = ''] = /^\s*(DNS|IP Address):(.*)$/s.exec(item) ?? [];
    if (kind !== 'DNS' && kind !== 'IP Address') return [];
    return [[kind, name.startsWith('"') ? String(JSON.parse(name)) : name]];
  });
}

function isSameName(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  if (wanted === given) return true;
  if (!wanted.startsWith('*.') || wanted.length < 3) return false;
  const label = given.slice(0, given.length - wanted.length + 1);
  return given.length >= wanted.length && given.endsWith(wanted.slice(1)) && !label.includes('.');
}

function isSameAddress(address: string, host: string): boolean {
  return isIP(host) !== 0 && canonical(address) === canonical(host);
}

// Node writes an IPv6 address of a certificate in full, in capitals.
function canonical(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address;
}
