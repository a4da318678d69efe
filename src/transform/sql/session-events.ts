import { isNotConstant } from './constant-text.ts';
import { as, constantText, type Fields, fieldsOf, listOf, namesOf, textOf } from './node.ts';
import type { Statement } from './parse.ts';
import { type RelationUse, relationsOf } from './relations.ts';
import { isRoleSetting, settingChanges } from './settings.ts';
import { functionName, nodesOf, statementFields } from './walk.ts';

export type SessionThingKind =
  | 'temporary-table'
  | 'temporary-function'
  | 'prepared-statement'
  | 'advisory-lock'
  | 'cursor'
  | 'sequence-value'
  | 'role'
  | 'session-authorization';

/** Something that lives in a session, beyond the transaction that made it. */
export interface SessionThing {
  readonly kind: SessionThingKind;
  /** What tells it from others of its kind. */
  readonly key: string;
  /** For a reader, such as `temporary table "x"`. */
  readonly what: string;
}

export type SessionEvent =
  /** Comes into being; `own` things are gone by themselves when the step ends. */
  | { readonly act: 'leave' | 'own' | 'use' | 'drop' | 'drop-if-there'; readonly thing: SessionThing }
  | { readonly act: 'drop-all'; readonly kinds: readonly SessionThingKind[] };

/** What a statement does with the things of its session: uses first, then what it makes, as PostgreSQL does. */
export function sessionEvents(statement: Statement): readonly SessionEvent[] {
  const fields = statementFields(statement);
  return [
    ...nodesOf(statement).flatMap(({ kind, fields: inner }) => OF_NODES[kind]?.(inner) ?? []),
    ...(statement.type === 'DropStmt' ? [] : relationEvents(statement, fields)),
    ...(OF_STATEMENTS[statement.type]?.(fields) ?? []),
    ...settingChanges(statement).flatMap(roleEvents),
  ];
}

type Reading = (fields: Fields) => readonly SessionEvent[];

const LABELS = {
  'temporary-table': 'temporary table',
  'temporary-function': 'temporary function',
  'prepared-statement': 'prepared statement',
  cursor: 'cursor',
} as const;

function named(
  act: 'leave' | 'own' | 'use' | 'drop' | 'drop-if-there',
  kind: keyof typeof LABELS,
  name: string | null,
) {
  if (name === null || isNotConstant(name)) return [];
  return [{ act, thing: { kind, key: name, what: `${LABELS[kind]} "${name}"` } }];
}

const HOLD = 0x20;

const OF_STATEMENTS: Readonly<Record<string, Reading>> = {
  PrepareStmt: ({ name }) => named('leave', 'prepared-statement', textOf(name)),
  DeallocateStmt: ({ name }) =>
    name === undefined
      ? [{ act: 'drop-all', kinds: ['prepared-statement'] }]
      : named('drop', 'prepared-statement', textOf(name)),
  DeclareCursorStmt: ({ portalname, options }) =>
    named((Number(options) & HOLD) === 0 ? 'own' : 'leave', 'cursor', textOf(portalname)),
  FetchStmt: ({ portalname }) => named('use', 'cursor', textOf(portalname)),
  ClosePortalStmt: ({ portalname }) =>
    portalname === undefined
      ? [{ act: 'drop-all', kinds: ['cursor'] }]
      : named('drop', 'cursor', textOf(portalname)),
  DiscardStmt: ({ target }) => [{ act: 'drop-all', kinds: DISCARDED[String(target)] ?? [] }],
  DropStmt: dropEvents,
  CreateFunctionStmt: ({ funcname }) => {
    const [schema, name] = namesOf(funcname);
    return schema === 'pg_temp' ? named('leave', 'temporary-function', name ?? null) : [];
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
    'role',
    'session-authorization',
  ],
};

const OF_NODES: Readonly<Record<string, Reading>> = {
  ExecuteStmt: ({ name }) => named('use', 'prepared-statement', textOf(name)),
  CurrentOfExpr: ({ cursor_name }) => named('use', 'cursor', textOf(cursor_name)),
  FuncCall: callEvents,
};

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
  return [
    ...used.flatMap(({ name }) => named('use', 'temporary-table', name)),
    ...created.flatMap((use) => named(act(use), 'temporary-table', use.name)),
  ];
}

function isDroppedOnCommit({ oncommit, into, intoClause }: Fields): boolean {
  return [oncommit, fieldsOf(into).onCommit, fieldsOf(intoClause).onCommit].includes('ONCOMMIT_DROP');
}

const SEQUENCE_VALUE: SessionThing = {
  kind: 'sequence-value',
  key: '',
  what: 'the last value of a sequence (currval, lastval)',
};

// A default can draw from a sequence, and so can a procedure.
function makesNumbers(): readonly SessionEvent[] {
  return [{ act: 'leave', thing: SEQUENCE_VALUE }];
}

const LOCKS: Readonly<Record<string, 'leave' | 'drop'>> = {
  pg_advisory_lock: 'leave',
  pg_advisory_lock_shared: 'leave',
  pg_try_advisory_lock: 'leave',
  pg_try_advisory_lock_shared: 'leave',
  pg_advisory_unlock: 'drop',
  pg_advisory_unlock_shared: 'drop',
};

function callEvents(call: Fields): readonly SessionEvent[] {
  const { schema, name } = functionName(call);
  if (schema === 'pg_temp') return named('use', 'temporary-function', name);
  if (schema !== null && schema !== 'pg_catalog') return [];
  const lock = LOCKS[name];
  if (lock !== undefined) return [{ act: lock, thing: lockOf(listOf(call.args), name.endsWith('_shared')) }];
  switch (name) {
    case 'pg_advisory_unlock_all':
      return [{ act: 'drop-all', kinds: ['advisory-lock'] }];
    case 'nextval':
    case 'setval':
      return makesNumbers();
    case 'currval':
    case 'lastval':
      return [{ act: 'use', thing: SEQUENCE_VALUE }];
    default:
      return [];
  }
}

function lockOf(args: readonly unknown[], isShared: boolean): SessionThing {
  const numbers = args.map(numberText);
  const what = numbers.includes(null) ? 'an advisory lock' : `advisory lock ${numbers.join(', ')}`;
  const keys = args.map((arg, index) => numbers[index] ?? JSON.stringify(arg, withoutPlace));
  return { kind: 'advisory-lock', key: `${isShared ? 'shared ' : ''}${keys.join(', ')}`, what };
}

function withoutPlace(member: string, value: unknown): unknown {
  return member === 'location' ? undefined : value;
}

function numberText(arg: unknown): string | null {
  const cast = as('TypeCast', arg);
  if (cast !== null) return numberText(cast.arg);
  const sign = as('A_Expr', arg);
  if (sign !== null && sign.lexpr === undefined && namesOf(sign.name)[0] === '-') {
    const number = numberText(sign.rexpr);
    return number === null ? null : `-${number}`;
  }
  const constant = as('A_Const', arg);
  if (constant === null || constantText(arg) !== null) return null;
  if (constant.ival !== undefined) return String(fieldsOf(constant.ival).ival ?? 0);
  return textOf(fieldsOf(constant.fval).fval);
}

function roleEvents({
  name,
  value,
  isLocal,
}: ReturnType<typeof settingChanges>[number]): readonly SessionEvent[] {
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
