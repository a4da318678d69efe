import { as, type Fields, listOf, stringOf, textOf } from './node.ts';
import type { Statement } from './statement.ts';
import { statementFields } from './walk.ts';

/** What a statement does that PostgreSQL refuses while a session is in the database. */
export interface NeedsEmpty {
  readonly database: string;
  /** Such as `DROP DATABASE`. */
  readonly what: string;
}

/** What the statements do to databases in which no session may be (PostgreSQL: CountOtherDBBackends and where it is called). */
export function needsEmptyDatabases(statements: readonly Statement[]): readonly NeedsEmpty[] {
  return statements.flatMap((statement) => NEEDS[statement.type]?.(statementFields(statement)) ?? []);
}

const NEEDS: Readonly<Record<string, (fields: Fields) => readonly NeedsEmpty[]>> = {
  // WITH (FORCE) ends these sessions.
  DropdbStmt: ({ dbname, options }) =>
    has(options, 'force') ? [] : [{ database: textOf(dbname) ?? '', what: 'DROP DATABASE' }],
  RenameStmt: ({ renameType, subname }) =>
    renameType === 'OBJECT_DATABASE'
      ? [{ database: textOf(subname) ?? '', what: 'ALTER DATABASE ... RENAME' }]
      : [],
  AlterDatabaseStmt: ({ dbname, options }) =>
    has(options, 'tablespace')
      ? [{ database: textOf(dbname) ?? '', what: 'ALTER DATABASE ... SET TABLESPACE' }]
      : [],
  CreatedbStmt: ({ options }) => {
    const template = stringOf(optionOf(options, 'template')?.arg) ?? 'template1';
    return [{ database: template, what: 'CREATE DATABASE ... TEMPLATE' }];
  },
};

/**
 * What keeps sessions from coming, in words: a step after it that has its connection already still worked under pgAgent.
 */
export function limitsSessions(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap((statement) => {
    const words = LIMITS[statement.type]?.(statementFields(statement)) ?? null;
    return words === null ? [] : [words];
  });
}

const LIMITS: Readonly<Record<string, (fields: Fields) => string | null>> = {
  AlterDatabaseStmt: ({ options }) =>
    has(options, 'allow_connections')
      ? 'ALTER DATABASE ... ALLOW_CONNECTIONS'
      : has(options, 'connection_limit')
        ? 'ALTER DATABASE ... CONNECTION LIMIT'
        : null,
  AlterRoleStmt: ({ options }) =>
    has(options, 'canlogin')
      ? 'ALTER ROLE ... LOGIN'
      : has(options, 'connectionlimit')
        ? 'ALTER ROLE ... CONNECTION LIMIT'
        : null,
  GrantStmt: ({ is_grant, objtype, privileges }) =>
    is_grant !== true &&
    objtype === 'OBJECT_DATABASE' &&
    (privileges === undefined ||
      listOf(privileges).some((one) => as('AccessPriv', one)?.priv_name === 'connect'))
      ? 'REVOKE CONNECT ON DATABASE'
      : null,
};

function has(options: unknown, name: string): boolean {
  return optionOf(options, name) !== undefined;
}

function optionOf(options: unknown, name: string): Fields | undefined {
  return listOf(options)
    .map((one) => as('DefElem', one))
    .find((one): one is Fields => textOf(one?.defname)?.toLowerCase() === name);
}
