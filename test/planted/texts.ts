import { conninfoQuoted, doubleQuoted, escaped, shellQuoted, sqlQuoted } from './secrets.ts';

/** A text with a secret in it; null where that way of writing cannot hold this one. */
export type Planting = readonly [name: string, text: (secret: string) => string | null];

const CMD = /["%^&|<>!()]/;

export const SCRIPTS: readonly Planting[] = [
  ['PGPASSWORD in single quotes', (s) => `PGPASSWORD=${shellQuoted(s)} psql -h db1 -c 'SELECT 1'`],
  ['PGPASSWORD in both quotes', (s) => `PGPASSWORD='${s.replaceAll("'", `'"'"'`)}' psql -h db1`],
  ['PGPASSWORD in double quotes', (s) => `export PGPASSWORD=${doubleQuoted(s)}; psql -h "db1"`],
  [
    'PGPASSWORD in one kind of quotes after the other',
    (s) => `PGPASSWORD=${shellQuoted(s.slice(0, 4))}${doubleQuoted(` ${s.slice(4)}`)} psql`,
  ],
  ["PGPASSWORD in $'...'", (s) => `PGPASSWORD=$'${s.replace(/['\\]/g, '\\$&')}' psql`],
  ['PGPASSWORD with backslashes', (s) => `PGPASSWORD=${escaped(s)} psql -h db1`],
  [
    'PGPASSWORD in a quoted word',
    (s) => `docker run -e ${shellQuoted(`PGPASSWORD=${s}`)} postgres pg_dump app`,
  ],
  ['PGPASSWORD in a word in double quotes', (s) => `env ${doubleQuoted(`PGPASSWORD=${s}`)} pg_dump app`],
  ['PGPASSWORD of another name', (s) => `PGPASSWORD_PROD=${shellQuoted(s)}\npsql`],
  ['set', (s) => (CMD.test(s) ? null : `@echo off\r\nset PGPASSWORD=${s}\r\npsql -h db1`)],
  ['set in quotes', (s) => (CMD.test(s) ? null : `set "PGPASSWORD=${s}" && psql -h db1`)],
  ['PowerShell, single quotes', (s) => `$env:PGPASSWORD = '${s.replaceAll("'", "''")}'; psql -h db1`],
  ['PowerShell, double quotes', (s) => `$env:PGPASSWORD="${s.replace(/["$`]/g, '`$&')}"\r\npsql -h db1`],
  ['csh', (s) => `setenv PGPASSWORD ${shellQuoted(s)}`],
  ['--password=', (s) => `mysqldump --password=${shellQuoted(s)} app`],
  ['--password apart', (s) => `mongodump --password ${doubleQuoted(s)} --db app`],
  ['--password= in a quoted word', (s) => `mysqldump ${shellQuoted(`--password=${s}`)} app`],
  [
    'a connection string in double quotes',
    (s) => `psql ${doubleQuoted(`host=db1 password=${conninfoQuoted(s)} dbname=app`)}`,
  ],
  [
    'a connection string in single quotes',
    (s) => `psql ${shellQuoted(`host=db1 password=${conninfoQuoted(s)}`)} -c 'SELECT 1'`,
  ],
  [
    'a connection string with backslashes',
    (s) => `psql ${shellQuoted(`host=db1 password=${escaped(s)} dbname=app`)}`,
  ],
  ['a URI', (s) => `pg_dump postgresql://me:${encodeURIComponent(s)}@db1:5432/app > x`],
  ['a URI in quotes', (s) => (/[/@?]/.test(s) ? null : `psql ${doubleQuoted(`postgres://me:${s}@db1/app`)}`)],
  [
    'a URI with a parameter',
    (s) => `psql "postgresql://db1/app?user=me&password=${encodeURIComponent(s)}&sslmode=require"`,
  ],
  [
    'Python',
    (s) =>
      `#!/usr/bin/env python3\nimport psycopg2\nc = psycopg2.connect(host='db1', password=${JSON.stringify(s)}, user='me')`,
  ],
  [
    'Python, the environment',
    (s) => `#!/usr/bin/python3\nos.environ['PGPASSWORD'] = ${JSON.stringify(s)}\nos.system('psql')`,
  ],
  [
    'Perl, the environment',
    (s) => `#!/usr/bin/perl\n$ENV{PGPASSWORD} = '${s.replace(/['\\]/g, '\\$&')}';\nsystem('psql');`,
  ],
  [
    'Ruby',
    (s) =>
      `#!/usr/bin/env ruby\nPG.connect(user: 'me', :password => '${s.replace(/['\\]/g, '\\$&')}', host: 'db1')`,
  ],
  ['JSON', (s) => `curl -d '{"user": "me", "password": ${JSON.stringify(s)}, "x": 1}' https://example.org`],
  [
    'a password file',
    (s) => `cat > ~/.pgpass <<'EOF'\ndb1:5432:app:me:${s.replace(/[:\\]/g, '\\$&')}\nEOF\npsql`,
  ],
  ['docker login', (s) => `docker login -u me -p ${shellQuoted(s)} example.org && ssh -p 22 'db1'`],
  ['mysql', (s) => `mysqldump -u me -p${shellQuoted(s)} app | gzip > 'x'`],
  ['sshpass', (s) => `sshpass -p ${doubleQuoted(s)} ssh -p 22 me@db1 "ls"`],
  ['curl', (s) => `curl -u ${shellQuoted(`me:${s}`)} https://example.org/x`],
];

const LITERAL = (s: string): string => `E'${s.replace(/['\\]/g, '\\$&')}'`;

export const STATEMENTS: readonly Planting[] = [
  ['ALTER ROLE', (s) => `ALTER ROLE me PASSWORD ${sqlQuoted(s)} VALID UNTIL '2030-01-01'`],
  ["ALTER ROLE, E'...'", (s) => `ALTER ROLE me WITH ENCRYPTED PASSWORD ${LITERAL(s)}; SELECT 1`],
  ['ALTER ROLE, dollar quotes', (s) => `ALTER ROLE me PASSWORD $p$${s}$p$; SELECT '1'`],
  [
    'ALTER ROLE in EXECUTE',
    (s) => `DO $do$ BEGIN EXECUTE ${sqlQuoted(`ALTER ROLE me PASSWORD ${sqlQuoted(s)}`)}; END $do$`,
  ],
  [
    'a user mapping',
    (s) => `CREATE USER MAPPING FOR me SERVER s OPTIONS (user 'me', password ${sqlQuoted(s)})`,
  ],
  [
    'dblink',
    (s) =>
      `SELECT dblink_connect('c', ${sqlQuoted(`host=db1 password=${conninfoQuoted(s)} dbname=app`)}); SELECT 2`,
  ],
  [
    "dblink, E'...'",
    (s) => `SELECT dblink_exec(${LITERAL(`host=db1 password=${conninfoQuoted(s)}`)}, 'VACUUM')`,
  ],
  [
    'dblink with backslashes',
    (s) => `SELECT dblink_connect(${sqlQuoted(`host=db1 password=${escaped(s)} dbname=app`)})`,
  ],
  [
    'dblink by URI',
    (s) =>
      `SELECT dblink_exec('postgresql://me:${encodeURIComponent(s).replaceAll("'", '%27')}@db1/app', 'VACUUM')`,
  ],
  [
    'a subscription',
    (s) =>
      `CREATE SUBSCRIPTION s CONNECTION ${sqlQuoted(`host=db1 password=${conninfoQuoted(s)}`)} PUBLICATION p`,
  ],
  ['COPY TO PROGRAM', (s) => `COPY t TO PROGRAM ${sqlQuoted(`PGPASSWORD=${shellQuoted(s)} psql -h db1`)}`],
];
