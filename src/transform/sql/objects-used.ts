import { remembering } from '../../model/remembering.ts';
import { isNotConstant } from './constant-text.ts';
import { type Fields, fieldsOf, listOf, textOf } from './node.ts';
import type { ObjectUse, RoleAttribute } from './object-use.ts';
import { type RelationUse, type Right, relationsOf } from './relations.ts';
import { settingChanges } from './settings.ts';
import type { Statement } from './statement.ts';
import { executed, functionName, nodesOf, statementFields } from './walk.ts';

/**
 * What the statements need rights for, each object once, by PostgreSQL's GRANT page and the pages of the commands.
 * What they create themselves is left out, and so are functions' insides, columns, and what only the catalogs tell.
 */
export const objectsUsed = remembering((statements: readonly Statement[]): readonly ObjectUse[] => {
  const relations = new Map<string, { readonly use: RelationUse; readonly rights: Set<Right> }>();
  const others = new Map<string, ObjectUse>();
  const made: Made = new Map();
  const note = (use: ObjectUse): void => void others.set(JSON.stringify(use), use);
  for (const statement of executed(statements)) {
    const uses = relationsOf(statement);
    for (const use of uses.filter((one) => !one.isCreated && one.rights.length > 0)) {
      if (isOwn(use, made)) continue;
      const known = relations.get(idOf(use)) ?? { use, rights: new Set() };
      for (const right of use.rights) known.rights.add(right);
      relations.set(idOf(use), known);
    }
    for (const use of functionsOf(statement)) if (!isOwn(use, made)) note(use);
    for (const what of attributesOf(statement)) note({ kind: 'role-attribute', what });
    const named = uses.filter((use) => !isOwn(use, made));
    for (const schema of schemasOf(statement, named)) note({ kind: 'schema', schema });
    for (const use of [...uses.filter(({ isCreated }) => isCreated), ...madeBeside(statement)])
      noteMade(made, use);
  }
  return [
    ...[...relations.values()].map(({ use: { schema, name }, rights }) => ({
      kind: 'relation' as const,
      schema,
      name,
      rights: [...rights],
    })),
    ...others.values(),
  ];
});

interface Name {
  readonly schema: string | null;
  readonly name: string;
}

/** What the statements have made so far: the schemas by the name. */
type Made = Map<string, Set<string | null>>;

function idOf({ schema, name }: Name): string {
  return JSON.stringify([schema, name]);
}

function noteMade(made: Made, { schema, name }: Name): void {
  made.set(name, (made.get(name) ?? new Set()).add(schema));
}

// What was made in a schema can be named without it, and the other way round.
function isOwn({ schema, name }: Name, made: Made): boolean {
  const schemas = made.get(name);
  return (
    schema === 'pg_temp' ||
    (schemas !== undefined && (schema === null || schemas.has(null) || schemas.has(schema)))
  );
}

type FunctionUse = Extract<ObjectUse, { kind: 'function' }>;

function functionsOf(statement: Statement): readonly FunctionUse[] {
  return nodesOf(statement).flatMap(({ kind, fields }) => {
    if (kind !== 'FuncCall' && kind !== 'CreateTrigStmt') return [];
    const name = functionName(fields);
    return isNotConstant(name.name) || isNotConstant(name.schema ?? '')
      ? []
      : [{ kind: 'function' as const, ...name }];
  });
}

// Functions and indexes, which are made without a table's name of their own.
function madeBeside(statement: Statement): readonly Name[] {
  const fields = statementFields(statement);
  if (statement.type === 'CreateFunctionStmt') return [functionName(fields)];
  const index = statement.type === 'IndexStmt' ? textOf(fields.idxname) : null;
  return index === null ? [] : [{ schema: textOf(fieldsOf(fields.relation).schemaname), name: index }];
}

const RENAMED: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
]);

// The schemas that something new comes into: by a new index and a new name too, but nothing temporary.
function schemasOf(statement: Statement, uses: readonly RelationUse[]): readonly (string | null)[] {
  const isNameNew =
    statement.type === 'RenameStmt' && RENAMED.has(String(statementFields(statement).renameType));
  const isBesideTable = statement.type === 'IndexStmt' || isNameNew;
  const relations = uses.filter(({ isCreated, isTemporary }) => (isCreated || isBesideTable) && !isTemporary);
  const functions = statement.type === 'CreateFunctionStmt' ? madeBeside(statement) : [];
  return [...relations, ...functions].map(({ schema }) => schema).filter((schema) => schema !== 'pg_temp');
}

type Reading = (fields: Fields) => readonly RoleAttribute[];

const always =
  (what: RoleAttribute): Reading =>
  () => [what];

const ATTRIBUTES: Readonly<Record<string, Reading>> = {
  CreatedbStmt: always('CREATEDB'),
  CreateRoleStmt: always('CREATEROLE'),
  DropRoleStmt: always('CREATEROLE'),
  AlterSystemStmt: always('SUPERUSER'),
  CreateTableSpaceStmt: always('SUPERUSER'),
  CreateEventTrigStmt: always('SUPERUSER'),
  CheckPointStmt: always('pg_checkpoint'),
  CopyStmt: copyAttribute,
  LoadStmt: ({ filename }) => (textOf(filename)?.startsWith('$libdir/plugins/') ? [] : ['SUPERUSER']),
  // Of other people's tables it only warns, and passes them over.
  VacuumStmt: ({ rels }) => (listOf(rels).length === 0 ? ['database owner'] : []),
  ReindexStmt: ({ kind }) =>
    kind === 'REINDEX_OBJECT_DATABASE' || kind === 'REINDEX_OBJECT_SYSTEM' ? ['database owner'] : [],
};

function copyAttribute({ filename, is_program, is_from }: Fields): readonly RoleAttribute[] {
  if (filename === undefined) return [];
  if (is_program === true) return ['pg_execute_server_program'];
  return [is_from === true ? 'pg_read_server_files' : 'pg_write_server_files'];
}

function attributesOf(statement: Statement): readonly RoleAttribute[] {
  const authorizes = settingChanges(statement).some(
    ({ name, value }) => name === 'session_authorization' && value !== null,
  );
  return [
    ...(ATTRIBUTES[statement.type]?.(statementFields(statement)) ?? []),
    ...(authorizes ? (['SUPERUSER'] as const) : []),
  ];
}
