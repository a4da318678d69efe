import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Conninfo } from './conninfo.ts';
import { type Environment, userFile } from './user-files.ts';

/** What Debian's and Red Hat's packages were built with, and what PostgreSQL's own makefile has. */
const SYSTEM_FOLDERS = ['/etc/postgresql-common', '/etc/sysconfig/pgsql', '/usr/local/pgsql/etc'];

/**
 * Looks a service up as libpq does: PGSERVICEFILE or ~/.pg_service.conf, then pg_service.conf of the system
 * (libpq: parseServiceInfo).
 * @throws Failure of code `usage`: no such service, or a file that libpq would not read
 */
export function readService(name: string, environment: Environment): Conninfo {
  const files = serviceFiles(environment);
  for (const file of files) {
    const found = parseServiceFile(readText(file), name, file);
    if (found !== null) return found;
  }
  throw new Failure(
    'usage',
    `There is no service "${name}" (service=, PGSERVICE).`,
    files.length === 0
      ? 'Describe it in ~/.pg_service.conf, or name a file by PGSERVICEFILE.'
      : `Looked into ${files.join(' and ')}.`,
  );
}

function serviceFiles(environment: Environment): readonly string[] {
  const usual = userFile(environment, '.pg_service.conf', '.pg_service.conf');
  const folders = environment.PGSYSCONFDIR ? [environment.PGSYSCONFDIR] : SYSTEM_FOLDERS;
  // One that is named has to be there.
  const own = environment.PGSERVICEFILE ? [environment.PGSERVICEFILE] : [usual].filter(existsSync);
  return [
    ...own,
    ...folders
      .map((folder) => join(folder, 'pg_service.conf'))
      .filter(existsSync)
      .slice(0, 1),
  ];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure('usage', `The service file ${file} cannot be read.`, 'Check PGSERVICEFILE.', { cause });
  }
}

/**
 * The settings below `[name]`, or null where the text has no such service (libpq: parseServiceFile).
 * @param file for messages, which repeat no value
 * @throws Failure of code `usage`
 */
export function parseServiceFile(text: string, name: string, file: string): Conninfo | null {
  let found: Map<string, string> | null = null;
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '');
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (found !== null) break;
      if (line.startsWith(`[${name}]`)) found = new Map();
    } else if (found !== null) {
      const [keyword, value] = setting(line, `line ${index + 1} of the service file ${file}`);
      // Of a keyword twice libpq takes the first one here.
      if (!found.has(keyword)) found.set(keyword, value);
    }
  }
  return found;
}

function setting(line: string, where: string): readonly [keyword: string, value: string] {
  if (line.startsWith('ldap')) {
    throw new Failure(
      'usage',
      `The service is looked up in LDAP (${where}), which this tool does not do.`,
      'Write host, port, user and dbname instead.',
    );
  }
  const [, keyword, value] = /^([a-z_]+)=(.*)$/s.exec(line) ?? [];
  if (keyword === undefined || value === undefined || keyword === 'service') {
    throw new Failure(
      'usage',
      `There is no setting in ${where}.`,
      'A line is keyword=value, without blanks around "=" and without quotes; service= cannot stand there.',
    );
  }
  return [keyword, value];
}
