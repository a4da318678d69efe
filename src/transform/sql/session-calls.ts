import { isNotConstant } from './constant-text.ts';
import { as, constantText, type Fields, fieldsOf, listOf, namesOf, textOf } from './node.ts';
import { ALL_OF_KIND, type SessionEvent, type SessionThing } from './session-event.ts';
import { type Act, type FunctionAct, SESSION_STATE, type SessionThingKind } from './session-state.ts';
import { functionName } from './walk.ts';

/** An event about a thing that is known by its name; none where that is known only when the statement runs. */
export function named(
  act: Act,
  kind: SessionThingKind,
  name: string | null,
  isNew = false,
): readonly SessionEvent[] {
  if (name === null || isNotConstant(name)) return [];
  const { what, isUnique } = SESSION_STATE[kind];
  const thing = { kind, key: name, what: name === '' ? what : `${what} "${name}"` };
  return [{ act, thing, ...(isNew && isUnique ? { isNew } : {}) }];
}

// By the name of a function: what it does, and of which kind.
const OF_FUNCTIONS: ReadonlyMap<string, readonly (readonly [SessionThingKind, FunctionAct])[]> = new Map(
  (Object.keys(SESSION_STATE) as SessionThingKind[]).flatMap((kind) =>
    Object.entries(SESSION_STATE[kind].functions ?? {}).map(([name, acts]) => [
      name,
      [acts].flat().map((act) => [kind, act] as const),
    ]),
  ),
);

const LOCKS: Readonly<Record<string, 'leave' | 'drop'>> = {
  pg_advisory_lock: 'leave',
  pg_advisory_lock_shared: 'leave',
  pg_try_advisory_lock: 'leave',
  pg_try_advisory_lock_shared: 'leave',
  pg_advisory_unlock: 'drop',
  pg_advisory_unlock_shared: 'drop',
};

/** What a call does with the things of its session. */
export function callEvents(call: Fields): readonly SessionEvent[] {
  const { schema, name } = functionName(call);
  if (schema === 'pg_temp') return named('use', 'temporary-function', name);
  const args = listOf(call.args);
  const isBuiltIn = schema === null || schema === 'pg_catalog';
  const lock = isBuiltIn ? LOCKS[name] : undefined;
  if (lock !== undefined) return [{ act: lock, thing: lockOf(args, name.endsWith('_shared')) }];
  return (OF_FUNCTIONS.get(name) ?? []).flatMap(([kind, act]) =>
    isBuiltIn || SESSION_STATE[kind].isContributed ? eventsOf(kind, act, args) : [],
  );
}

function eventsOf(
  kind: SessionThingKind,
  { act, name, count, only }: FunctionAct,
  args: readonly unknown[],
): readonly SessionEvent[] {
  const counted = constantBoolean(args.at(-1)) === null ? args : args.slice(0, -1);
  if (count !== undefined && counted.length !== count) return [];
  if (only !== undefined && constantBoolean(argument(args, only[0], only[2])) !== only[1]) return [];
  if (act === 'drop-all') return [{ act, kinds: [kind] }];
  if (name === 'all') return [{ act, thing: { kind, key: ALL_OF_KIND, what: kind } }];
  return named(act, kind, name === undefined ? '' : constantText(args[name]), act === 'leave');
}

function argument(args: readonly unknown[], place: number, name: string | undefined): unknown {
  const byName = args.map((arg) => as('NamedArgExpr', arg)).find((arg) => arg !== null && arg.name === name);
  return byName?.arg ?? args[place];
}

// A constant false is printed as an empty one.
function constantBoolean(value: unknown): boolean | null {
  const text = constantText(value);
  if (text !== null) return /^(?:t|true|f|false)$/i.test(text) ? /^t/i.test(text) : null;
  const constant = as('A_Const', value);
  return constant?.boolval === undefined ? null : fieldsOf(constant.boolval).boolval === true;
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
