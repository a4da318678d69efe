import { as, constantText, type Fields, listOf, namesOf } from './node.ts';

/** Stands where a text is known only when it runs: a word that can be a part of a name, or a value. */
export const NOT_CONSTANT = 'known_when_it_runs_only';

/** Whether a name is, or has in it, something that is known only when it runs. */
export function isNotConstant(name: string): boolean {
  return name.includes(NOT_CONSTANT);
}

/** The text that an expression gives, as far as the expression tells: constants, `||`, `format` and the quoting functions. */
export function tellText(expression: unknown): string {
  const constant = constantText(expression);
  if (constant !== null) return constant;
  const operation = as('A_Expr', expression);
  if (operation !== null && namesOf(operation.name).at(-1) === '||')
    return tellText(operation.lexpr) + tellText(operation.rexpr);
  const call = as('FuncCall', expression);
  return call === null ? NOT_CONSTANT : tellCall(call);
}

function tellCall(call: Fields): string {
  const [first, ...rest] = listOf(call.args);
  switch (namesOf(call.funcname).at(-1)) {
    case 'format':
      return tellFormat(tellText(first), rest);
    case 'concat':
      return [first, ...rest].map(tellText).join('');
    case 'quote_ident':
      return quoteName(tellText(first));
    case 'quote_literal':
    case 'quote_nullable':
      return quoteValue(tellText(first));
    case 'chr':
      return ' ';
    default:
      return NOT_CONSTANT;
  }
}

const DIRECTIVE = /%(?:(\d+)\$)?-?\d*([sIL%])/g;

function tellFormat(pattern: string, values: readonly unknown[]): string {
  let next = 0;
  return pattern.replace(DIRECTIVE, (_all, position: string | undefined, type: string) => {
    if (type === '%') return '%';
    if (position !== undefined) next = Number(position) - 1;
    const value = next < values.length ? tellText(values[next]) : NOT_CONSTANT;
    next += 1;
    return type === 'I' ? quoteName(value) : type === 'L' ? quoteValue(value) : value;
  });
}

function quoteName(name: string): string {
  return isPlain(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

// A name that needs no quotes, so that one put together of parts stays one name.
function isPlain(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name);
}

function quoteValue(value: string): string {
  return value === NOT_CONSTANT ? NOT_CONSTANT : `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
