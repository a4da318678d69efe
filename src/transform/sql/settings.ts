import { remembering } from '../../model/remembering.ts';
import { NOT_CONSTANT } from './constant-text.ts';
import { as, constantText, fieldsOf, listOf, textOf } from './node.ts';
import type { Statement } from './statement.ts';
import { executed, functionName, nodesOfKind, statementFields } from './walk.ts';

/** A setting that a statement gives a value, or its default back. */
export interface SettingChange {
  /** In small letters; `*` for all of RESET ALL. */
  readonly name: string;
  /** Null for the default; where it is known only when the statement runs, what says so. */
  readonly value: string | null;
  /** Until the transaction ends. */
  readonly isLocal: boolean;
}

/**
 * The settings that hold for what comes after the statements in the same session and transaction, as tasks in a chain's
 * own transaction are; SET LOCAL with them. RESET takes one back. (PostgreSQL: ExecSetVariableStmt)
 */
export function carriedSettings(statements: readonly Statement[]): readonly string[] {
  const carried = new Set<string>();
  for (const { name, value } of executed(statements).flatMap(settingChanges)) {
    if (value !== null) carried.add(name);
    else if (name === ALL)
      for (const one of [...carried].filter((each) => !OUTLASTING.has(each))) carried.delete(one);
    else carried.delete(name);
  }
  // Defaults for transactions to come: what shares a transaction is in one that has begun.
  return [...carried].filter((name) => !name.startsWith('default_transaction_')).sort();
}

type RoleSetting = 'role' | 'session_authorization';
const ROLE_SETTINGS: ReadonlySet<string> = new Set<RoleSetting>(['role', 'session_authorization']);

/** Whether a setting says as whom a session works. RESET ALL leaves these, so they outlast a step of pgAgent's (measured). */
export function isRoleSetting(name: string): name is RoleSetting {
  return ROLE_SETTINGS.has(name);
}

const ALL = '*';
// RESET ALL leaves these as they are.
const OUTLASTING: ReadonlySet<string> = new Set([
  ...ROLE_SETTINGS,
  'transaction_isolation',
  'transaction_read_only',
  'transaction_deferrable',
]);

/** What a statement does to settings, by SET, RESET, DISCARD ALL or set_config. */
export const settingChanges = remembering((statement: Statement): readonly SettingChange[] => {
  const fields = statementFields(statement);
  if (statement.type === 'VariableSetStmt') return ofSet(fields);
  if (statement.type === 'DiscardStmt' && fields.target === 'DISCARD_ALL')
    return [ALL, ...OUTLASTING].map((name) => ({ name, value: null, isLocal: false }));
  return nodesOfKind(statement, 'FuncCall').flatMap((call) => {
    if (functionName(call).name !== 'set_config') return [];
    const [name, value, isLocal] = listOf(call.args);
    const setting = constantText(name)?.toLowerCase() ?? null;
    return setting === null
      ? []
      : [
          {
            name: setting,
            value: settingValue(setting, constantText(value) ?? NOT_CONSTANT),
            isLocal: isTrue(isLocal),
          },
        ];
  });
});

function ofSet(fields: Readonly<Record<string, unknown>>): readonly SettingChange[] {
  const isLocal = fields.is_local === true;
  const name = textOf(fields.name)?.toLowerCase() ?? ALL;
  const args = listOf(fields.args);
  switch (fields.kind) {
    case 'VAR_SET_VALUE':
      return [
        {
          name,
          value: settingValue(name, args.map((arg) => constantText(arg) ?? NOT_CONSTANT).join(', ')),
          isLocal,
        },
      ];
    case 'VAR_SET_CURRENT':
      return [{ name, value: NOT_CONSTANT, isLocal }];
    case 'VAR_SET_MULTI':
      // SET TRANSACTION holds for the transaction, SET SESSION CHARACTERISTICS for those after it.
      return args.flatMap((arg) => {
        const option = textOf(fieldsOf(as('DefElem', arg)).defname);
        if (option === null) return [];
        const isSession = name === 'session characteristics';
        return [{ name: isSession ? `default_${option}` : option, value: NOT_CONSTANT, isLocal: !isSession }];
      });
    default:
      return [{ name, value: null, isLocal }];
  }
}

// SET ROLE NONE is RESET ROLE.
function settingValue(name: string, value: string): string | null {
  return name === 'role' && value.toLowerCase() === 'none' ? null : value;
}

// A constant false is printed as an empty one.
function isTrue(value: unknown): boolean {
  return fieldsOf(as('A_Const', value)?.boolval).boolval === true;
}
