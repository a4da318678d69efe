import { isNotConstant } from './constant-text.ts';
import { as, constantText, type Fields, fieldsOf, listOf, namesOf, stringOf, textOf } from './node.ts';
import { type RelationUse, relationsOf } from './relations.ts';
import { callEvents, named } from './session-calls.ts';
import { ALL_OF_KIND, type SessionEvent } from './session-event.ts';
import type { SessionThingKind } from './session-state.ts';
import { isRoleSetting, settingChanges } from './settings.ts';
import type { Statement } from './statement.ts';
import { functionName, nodesOf, nodesOfKind, statementFields } from './walk.ts';

/** What a statement does with the things of its session: uses first, then what it makes, as PostgreSQL does. */
export function sessionEvents(statement: Statement): readonly SessionEvent[] {
  const fields = statementFields(statement);
  return [
    ...nodeEvents(statement),
    ...(statement.type === 'DropStmt' ? [] : relationEvents(statement, fields)),
    ...textEvents(statement),
    ...(OF_STATEMENTS[statement.type]?.(fields) ?? []),
    ...settingChanges(statement).flatMap(settingEvents),
    ...(callsBackendPid(statement) ? backendEvents(statement) : []),
  ];
}

function nodeEvents(statement: Statement): readonly SessionEvent[] {
  const found: SessionEvent[] = [];
  for (const { kind, fields } of nodesOf(statement)) found.push(...(OF_NODES[kind]?.(fields) ?? []));
  return found;
}

// Who it was is of interest to a later step only if somebody wrote it down.
function backendEvents({ type }: Statement): readonly SessionEvent[] {
  const isStored = ['InsertStmt', 'UpdateStmt', 'MergeStmt', 'CreateTableAsStmt'].includes(type);
  return [...named('use', 'backend', ''), ...(isStored ? named('leave', 'backend', '') : [])];
}

function callsBackendPid(statement: Statement): boolean {
  return nodesOfKind(statement, 'FuncCall').some((call) => functionName(call).name === 'pg_backend_pid');
}

type Reading = (fields: Fields) => readonly SessionEvent[];

const HOLD = 0x20;

const OF_STATEMENTS: Readonly<Record<string, Reading>> = {
  PrepareStmt: ({ name }) => named('leave', 'prepared-statement', textOf(name), true),
  LoadStmt: ({ filename }) => named('leave', 'library', textOf(filename)),
  ListenStmt: ({ conditionname }) => named('leave', 'listener', textOf(conditionname)),
  UnlistenStmt: ({ conditionname }) =>
    conditionname === undefined
      ? [{ act: 'drop-all', kinds: ['listener'] }]
      : named('drop-if-there', 'listener', textOf(conditionname)),
  CreateEnumStmt: ({ typeName }) => temporaryType(typeName),
  CreateRangeStmt: ({ typeName }) => temporaryType(typeName),
  CreateDomainStmt: ({ domainname }) => temporaryType(domainname),
  DoStmt: memoryEvents,
  VariableShowStmt: ({ name }) => usesSetting(textOf(name)),
  DeallocateStmt: ({ name }) =>
    name === undefined
      ? [{ act: 'drop-all', kinds: ['prepared-statement'] }]
      : named('drop', 'prepared-statement', textOf(name)),
  DeclareCursorStmt: ({ portalname, options }) =>
    named((Number(options) & HOLD) === 0 ? 'own' : 'leave', 'cursor', textOf(portalname), true),
  FetchStmt: ({ portalname }) => named('use', 'cursor', textOf(portalname)),
  ClosePortalStmt: ({ portalname }) =>
    portalname === undefined
      ? [{ act: 'drop-all', kinds: ['cursor'] }]
      : named('drop', 'cursor', textOf(portalname)),
  DiscardStmt: ({ target }) => [{ act: 'drop-all', kinds: DISCARDED[String(target)] ?? [] }],
  DropStmt: dropEvents,
  CreateFunctionStmt: ({ funcname, replace }) => {
    const [schema, name] = namesOf(funcname);
    return schema === 'pg_temp' ? named('leave', 'temporary-function', name ?? null, replace !== true) : [];
  },
  InsertStmt: makesNumbers,
  MergeStmt: makesNumbers,
  CopyStmt: makesNumbers,
  CallStmt: makesNumbers,
};

// DISCARD ALL also ends SET ROLE and SET SESSION AUTHORIZATION (PostgreSQL: DiscardAll).
const DISCARDED: Readonly<Record<string, readonly SessionThingKind[]>> = {
  DISCARD_TEMP: ['temporary-table'],
  DISCARD_SEQUENCES: ['sequence-value'],
  DISCARD_ALL: [
    'temporary-table',
    'prepared-statement',
    'advisory-lock',
    'cursor',
    'sequence-value',
    'listener',
    'role',
    'session-authorization',
  ],
};

const OF_NODES: Readonly<Record<string, Reading>> = {
  ExecuteStmt: ({ name }) => named('use', 'prepared-statement', textOf(name)),
  CurrentOfExpr: ({ cursor_name }) => named('use', 'cursor', textOf(cursor_name)),
  FuncCall: (call) => [...callEvents(call), ...readsSetting(call)],
  TypeCast: usesType,
  ColumnDef: usesType,
};

function readsSetting(call: Fields): readonly SessionEvent[] {
  return functionName(call).name === 'current_setting' ? usesSetting(constantText(listOf(call.args)[0])) : [];
}

function usesSetting(name: string | null): readonly SessionEvent[] {
  return name?.includes('.') ? named('use', 'custom-setting', name.toLowerCase()) : [];
}

function temporaryType(names: unknown): readonly SessionEvent[] {
  const [schema, name] = namesOf(names);
  return schema === 'pg_temp' ? named('leave', 'temporary-type', name ?? null, true) : [];
}

// As with tables: a temporary type is found without a schema before any other.
function usesType({ typeName }: Fields): readonly SessionEvent[] {
  const names = namesOf(fieldsOf(typeName).names);
  return isOfSession(names.at(-2) ?? null) ? named('use', 'temporary-type', names.at(-1) ?? null) : [];
}

// Of Perl, of Python and Tcl, of JavaScript, of R.
const MEMORIES = /\$_SHARED\b|\bGD\b|\bplv8\.\w+\s*=|\bglobalThis\b|<<-|\.GlobalEnv\b/;

/** What a block in another language than PL/pgSQL keeps there for the next. */
function memoryEvents({ args }: Fields): readonly SessionEvent[] {
  const option = (name: string): string =>
    stringOf(
      listOf(args)
        .map((arg) => fieldsOf(as('DefElem', arg)))
        .find(({ defname }) => defname === name)?.arg,
    ) ?? '';
  const language = option('language').toLowerCase();
  if (!/^pl(?:perl|python|tcl|v8|r)/.test(language) || !MEMORIES.test(option('as'))) return [];
  return [...named('use', 'language-memory', language), ...named('leave', 'language-memory', language)];
}

const DROPPED: ReadonlySet<string> = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_SEQUENCE']);

function dropEvents({ removeType, objects, missing_ok }: Fields): readonly SessionEvent[] {
  const act = missing_ok === true ? 'drop-if-there' : 'drop';
  if (DROPPED.has(String(removeType)))
    return listOf(objects).flatMap((object) => {
      const names = namesOf(as('List', object)?.items);
      return isOfSession(names.at(-2) ?? null) ? named(act, 'temporary-table', names.at(-1) ?? null) : [];
    });
  if (removeType !== 'OBJECT_FUNCTION') return [];
  return listOf(objects).flatMap((object) => {
    const [schema, name] = namesOf(as('ObjectWithArgs', object)?.objname);
    return schema === 'pg_temp' ? named(act, 'temporary-function', name ?? null) : [];
  });
}

// A temporary table is found without a schema before any other.
function isOfSession(schema: string | null): boolean {
  return schema === null || schema === 'pg_temp';
}

function relationEvents(statement: Statement, fields: Fields): readonly SessionEvent[] {
  const ofSession = relationsOf(statement).filter(({ schema }) => isOfSession(schema));
  const used = ofSession.filter(({ isCreated }) => !isCreated || fields.if_not_exists === true);
  const created = ofSession.filter(({ isCreated }) => isCreated);
  const act = (use: RelationUse) => (use.isTemporary && !isDroppedOnCommit(fields) ? 'leave' : 'own');
  // An ordinary table of that name is beside the temporary one, not in its way.
  const isNew = (use: RelationUse) =>
    use.isTemporary && fields.if_not_exists !== true && fields.replace !== true;
  return [
    ...used.flatMap(({ name }) => [...named('use', 'temporary-table', name), ...listEvents(name)]),
    ...created.flatMap((use) => named(act(use), 'temporary-table', use.name, isNew(use))),
  ];
}

const CATALOGS: ReadonlySet<string> = new Set(['pg_class', 'pg_tables', 'pg_views', 'tables', 'columns']);
const BY_TEXT = /^(?:nextval|currval|setval|to_regclass|pg_(?:total_)?relation_size|pg_table_size)$/;

/** Names of relations as texts: `'x'::regclass`, `nextval('x')`, a look into the catalog. */
function textEvents(statement: Statement): readonly SessionEvent[] {
  const isByText =
    relationsOf(statement).some(({ name }) => CATALOGS.has(name)) ||
    nodesOfKind(statement, 'FuncCall').some((call) => BY_TEXT.test(functionName(call).name)) ||
    nodesOfKind(statement, 'TypeCast').some(
      ({ typeName }) => namesOf(fieldsOf(typeName).names).at(-1) === 'regclass',
    );
  if (!isByText) return [];
  return nodesOfKind(statement, 'A_Const').flatMap((fields) => {
    const text = constantText({ A_Const: fields });
    const [, name = null] = /^(?:pg_temp\.)?"?([^".]+)"?$/.exec(text ?? '') ?? [];
    return name === null ? [] : named('use', 'temporary-table', name);
  });
}

/** Views that list what a session has. */
const LISTS: Readonly<Record<string, SessionThingKind>> = {
  pg_cursors: 'cursor',
  pg_prepared_statements: 'prepared-statement',
};

function listEvents(relation: string): readonly SessionEvent[] {
  const kind = LISTS[relation];
  return kind === undefined ? [] : [{ act: 'use', thing: { kind, key: ALL_OF_KIND, what: kind } }];
}

function isDroppedOnCommit({ oncommit, into, intoClause }: Fields): boolean {
  return [oncommit, fieldsOf(into).onCommit, fieldsOf(intoClause).onCommit].includes('ONCOMMIT_DROP');
}

// A default can draw from a sequence, and so can a procedure.
function makesNumbers(): readonly SessionEvent[] {
  return named('leave', 'sequence-value', '');
}

function settingEvents({
  name,
  value,
  isLocal,
}: ReturnType<typeof settingChanges>[number]): readonly SessionEvent[] {
  if (name.includes('.') && value !== null) return named('leave', 'custom-setting', name);
  if (name === 'seed') return named('leave', 'random-seed', '');
  if (!isRoleSetting(name) || isLocal) return [];
  const kind = name === 'role' ? 'role' : 'session-authorization';
  const role = isNotConstant(value ?? '') ? 'a role' : `"${value}"`;
  const what = `${kind === 'role' ? 'SET ROLE' : 'SET SESSION AUTHORIZATION'} ${role}`;
  const own: SessionEvent = {
    act: value === null ? 'drop-if-there' : 'leave',
    thing: { kind, key: '', what },
  };
  // A new session authorization ends SET ROLE as well.
  return kind === 'role' ? [own] : [{ act: 'drop-all', kinds: ['role'] }, own];
}
