import { remembering } from '../../model/remembering.ts';
import { isNotConstant } from './constant-text.ts';
import { as, type Fields, fieldsOf, isFields, listOf, namesOf, textOf } from './node.ts';
import type { Statement } from './statement.ts';
import { nodesOf, type Visited } from './walk.ts';

export type Right =
  | 'SELECT'
  | 'INSERT'
  | 'UPDATE'
  | 'DELETE'
  | 'TRUNCATE'
  | 'REFERENCES'
  | 'TRIGGER'
  | 'OWNER';

/** A table, view, sequence or index that a statement names. */
export interface RelationUse {
  readonly schema: string | null;
  readonly name: string;
  /** What PostgreSQL asks for; none where the statement only names it (LOCK, GRANT). */
  readonly rights: readonly Right[];
  readonly isCreated: boolean;
  /** Named TEMP where it is created. */
  readonly isTemporary: boolean;
}

/** The relations of one statement, in the order of its text; a common table expression is none. */
export const relationsOf = remembering((statement: Statement): readonly RelationUse[] => {
  const nodes = nodesOf(statement);
  const targets = new Map<Fields, Target>();
  for (const { kind, fields } of nodes) {
    for (const target of targetsOf(kind, fields)) targets.set(target.table, target);
  }
  const uses: RelationUse[] = [];
  for (const node of nodes) {
    if (node.kind === 'RangeVar') uses.push(...tableUse(node, targets.get(node.fields)));
    else if (node.kind === 'DropStmt' || node.kind === 'CommentStmt') uses.push(...droppedRelations(node));
  }
  return uses.filter(({ schema, name }) => !isNotConstant(schema ?? '') && !isNotConstant(name));
});

function tableUse({ fields, expressions }: Visited, target: Target | undefined): readonly RelationUse[] {
  const schema = textOf(fields.schemaname);
  const name = textOf(fields.relname) ?? '';
  if (target === undefined && schema === null && expressions.has(name)) return [];
  return [
    {
      schema,
      name,
      rights: target?.rights ?? ['SELECT'],
      isCreated: target?.isCreated ?? false,
      isTemporary: fields.relpersistence === 't' || schema === 'pg_temp',
    },
  ];
}

interface Target {
  readonly table: Fields;
  readonly rights: readonly Right[];
  readonly isCreated?: boolean;
}

type Reading = (fields: Fields) => readonly Target[];

function table(value: unknown, rights: readonly Right[], isCreated = false): readonly Target[] {
  const fields = as('RangeVar', value) ?? value;
  return isFields(fields) ? [{ table: fields, rights, isCreated }] : [];
}

function tables(value: unknown, rights: readonly Right[]): readonly Target[] {
  return listOf(value).flatMap((one) => table(one, rights));
}

const owned =
  (member: string): Reading =>
  (fields) =>
    table(fields[member], ['OWNER']);
const created =
  (member: string): Reading =>
  (fields) =>
    table(fields[member], [], true);

// A relation in any place that is not listed here is read.
const TARGETS: Readonly<Record<string, Reading>> = {
  InsertStmt: (fields) => table(fields.relation, insertRights(fields)),
  UpdateStmt: (fields) => table(fields.relation, isReadToo(fields) ? ['UPDATE', 'SELECT'] : ['UPDATE']),
  DeleteStmt: (fields) => table(fields.relation, isReadToo(fields) ? ['DELETE', 'SELECT'] : ['DELETE']),
  MergeStmt: (fields) => table(fields.relation, mergeRights(fields)),
  TruncateStmt: (fields) => tables(fields.relations, ['TRUNCATE']),
  CopyStmt: (fields) => table(fields.relation, fields.is_from === true ? ['INSERT'] : ['SELECT']),
  LockStmt: (fields) => tables(fields.relations, []),
  GrantStmt: (fields) => tables(fields.objects, []),
  AlterTableStmt: owned('relation'),
  AlterSeqStmt: owned('sequence'),
  AlterObjectSchemaStmt: owned('relation'),
  AlterObjectDependsStmt: owned('relation'),
  RenameStmt: owned('relation'),
  IndexStmt: owned('relation'),
  RuleStmt: owned('relation'),
  CreatePolicyStmt: owned('table'),
  AlterPolicyStmt: owned('table'),
  CreateStatsStmt: (fields) => tables(fields.relations, ['OWNER']),
  ClusterStmt: owned('relation'),
  ReindexStmt: owned('relation'),
  RefreshMatViewStmt: owned('relation'),
  VacuumRelation: owned('relation'),
  PartitionCmd: owned('name'),
  CreateTrigStmt: (fields) => [
    ...table(fields.relation, ['TRIGGER']),
    ...table(fields.constrrel, ['REFERENCES']),
  ],
  Constraint: (fields) => table(fields.pktable, ['REFERENCES']),
  CreateStmt: (fields) => [...table(fields.relation, [], true), ...tables(fields.inhRelations, ['OWNER'])],
  CreateForeignTableStmt: (fields) => table(fieldsOf(fields.base).relation, [], true),
  CreateSeqStmt: created('sequence'),
  ViewStmt: created('view'),
  CompositeTypeStmt: created('typevar'),
  IntoClause: created('rel'),
};

const NO_TARGETS: readonly Target[] = [];

function targetsOf(kind: string, fields: Fields): readonly Target[] {
  const targets = TARGETS[kind]?.(fields) ?? NO_TARGETS;
  // SELECT INTO and CREATE TABLE AS hold their table without a kind.
  return isFields(fields.intoClause) || isFields(fields.into)
    ? [...targets, ...intoTargets(fields.intoClause), ...intoTargets(fields.into)]
    : targets;
}

function intoTargets(value: unknown): readonly Target[] {
  return isFields(value) ? table(value.rel, [], true) : [];
}

const isReadToo = (fields: Fields): boolean =>
  fields.whereClause !== undefined ||
  fields.returningClause !== undefined ||
  fields.returningList !== undefined;

function insertRights(fields: Fields): readonly Right[] {
  const conflict = fieldsOf(fields.onConflictClause);
  return [
    'INSERT',
    ...(conflict.action === 'ONCONFLICT_UPDATE' ? (['UPDATE'] as const) : []),
    ...(isFields(fields.onConflictClause) || isReadToo(fields) ? (['SELECT'] as const) : []),
  ];
}

const MERGE_RIGHTS: Readonly<Record<string, Right>> = {
  CMD_INSERT: 'INSERT',
  CMD_UPDATE: 'UPDATE',
  CMD_DELETE: 'DELETE',
};

function mergeRights(fields: Fields): readonly Right[] {
  const rights = listOf(fields.mergeWhenClauses).flatMap((clause) => {
    const right = MERGE_RIGHTS[textOf(as('MergeWhenClause', clause)?.commandType) ?? ''];
    return right === undefined ? [] : [right];
  });
  return [...new Set<Right>([...rights, 'SELECT'])];
}

const RELATION_KINDS: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE',
]);
// These are named `schema.table.name`.
const PARTS_OF_TABLES: ReadonlySet<string> = new Set(['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY']);

// What DROP and COMMENT name is a list of words, not a table.
function droppedRelations({ kind, fields }: Visited): readonly RelationUse[] {
  if (kind === 'CommentStmt')
    return namedRelation(fieldsOf(as('List', fields.object)).items, textOf(fields.objtype) ?? '');
  const type = textOf(fields.removeType) ?? '';
  return listOf(fields.objects).flatMap((object) => namedRelation(fieldsOf(as('List', object)).items, type));
}

function namedRelation(items: unknown, type: string): readonly RelationUse[] {
  const words = namesOf(items);
  const names = PARTS_OF_TABLES.has(type) || type === 'OBJECT_COLUMN' ? words.slice(0, -1) : words;
  const isRelation = RELATION_KINDS.has(type) || PARTS_OF_TABLES.has(type) || type === 'OBJECT_COLUMN';
  const name = names.at(-1);
  if (!isRelation || name === undefined) return [];
  const schema = names.at(-2) ?? null;
  return [{ schema, name, rights: ['OWNER'], isCreated: false, isTemporary: schema === 'pg_temp' }];
}
