import { readFileSync, statSync } from 'node:fs';
import { isWindows } from './user-files.ts';

/** What a password is looked up by; all four as libpq compares them, letter by letter. */
export interface PasswordKey {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** What a password file had. `ignored` says in plain words why libpq would not have read it. */
export type Lookup =
  | { readonly kind: 'found'; readonly password: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'ignored'; readonly why: string };

/** The folders that a libpq without a host looks for its socket in: Debian's, and PostgreSQL's own. */
export const SOCKET_FOLDERS: readonly string[] = ['/var/run/postgresql', '/tmp'];

const OF_OTHERS = 0o077;

/** Looks into a password file as libpq does (libpq: passwordFromFile). A file that is not there has none. */
export function lookUpPassword(file: string, key: PasswordKey): Lookup {
  try {
    const facts = statSync(file);
    if (!facts.isFile()) return { kind: 'ignored', why: `${file} is not a plain file` };
    if (!isWindows && (facts.mode & OF_OTHERS) !== 0)
      return { kind: 'ignored', why: `${file} was not read, because others may read it: chmod 600 it` };
    const password = findPassword(readFileSync(file, 'utf8'), key);
    return password === null ? { kind: 'none' } : { kind: 'found', password };
  } catch {
    return { kind: 'none' };
  }
}

/** The password of the first line that fits, or null. */
export function findPassword(text: string, { host, port, database, user }: PasswordKey): string | null {
  const wanted = [SOCKET_FOLDERS.includes(host) ? 'localhost' : host, String(port), database, user];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const [fields, ...rest] = fieldsOf(line.replace(/\r$/, ''));
    if (fields === undefined || rest.length < wanted.length) continue;
    const given = [fields, ...rest];
    if (wanted.every((value, index) => given[index]?.raw === '*' || given[index]?.text === value))
      return given[wanted.length]?.text ?? null;
  }
  return null;
}

// A backslash takes the next character as it is; an escaped * is no joker.
function fieldsOf(line: string): readonly { raw: string; text: string }[] {
  return (line.match(/(?:^|:)(?:\\[\s\S]|[^:\\]|\\$)*/g) ?? [])
    .map((part, index) => (index === 0 && !part.startsWith(':') ? part : part.slice(1)))
    .map((raw) => ({ raw, text: raw.replace(/\\([\s\S])/g, '$1') }));
}
