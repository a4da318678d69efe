import type { Node } from '../node.ts';
import type { Reader } from './reader.ts';
import { NotPlain } from './tokens.ts';

const LARGEST_INTEGER = 2_147_483_647;
const DEEPEST = 50;

export const string = (sval: string): Node => ({ String: { sval } });

/**
 * Reads an expression into the nodes that PostgreSQL's parser makes of it (gram.y: a_expr), from what binds least to what binds
 * most.
 * @throws NotPlain
 */
export function readExpression(reader: Reader, depth = 0): Node {
  if (depth > DEEPEST) throw new NotPlain();
  return new Expression(reader, depth).or();
}

class Expression {
  readonly #reader: Reader;
  readonly #depth: number;

  constructor(reader: Reader, depth: number) {
    this.#reader = reader;
    this.#depth = depth;
  }

  or(): Node {
    let left = this.#and();
    while (this.#reader.skips('or') !== null) left = joined('OR_EXPR', left, this.#and());
    return left;
  }

  #and(): Node {
    let left = this.#not();
    while (this.#reader.skips('and') !== null) left = joined('AND_EXPR', left, this.#not());
    return left;
  }

  #not(): Node {
    let times = 0;
    while (this.#reader.skips('not') !== null) times += 1;
    if (times > DEEPEST) throw new NotPlain();
    let arg = this.#isNull();
    for (; times > 0; times -= 1) arg = { BoolExpr: { boolop: 'NOT_EXPR', args: [arg] } };
    return arg;
  }

  #isNull(): Node {
    const arg = this.#comparison();
    if (this.#reader.skips('is') === null) return arg;
    const nulltesttype = this.#reader.skips('not') === null ? 'IS_NULL' : 'IS_NOT_NULL';
    this.#reader.take('null');
    return { NullTest: { arg, nulltesttype } };
  }

  #comparison(): Node {
    const left = this.#matched();
    const sign = this.#reader.skips('<', '>', '=', '<=', '>=', '<>', '!=');
    return sign === null ? left : operation(sign === '!=' ? '<>' : sign, left, this.#matched());
  }

  #matched(): Node {
    const left = this.#concatenated();
    const isNot = this.#reader.skips('not') !== null;
    if (this.#reader.skips('in') !== null) {
      const items = this.#listInBrackets();
      return operation(isNot ? '<>' : '=', left, { List: { items } }, 'AEXPR_IN');
    }
    if (this.#reader.skips('like') !== null)
      return operation(isNot ? '!~~' : '~~', left, this.#concatenated(), 'AEXPR_LIKE');
    if (isNot) throw new NotPlain();
    return left;
  }

  #concatenated(): Node {
    let left = this.#sum();
    while (this.#reader.skips('||') !== null) left = operation('||', left, this.#sum());
    return left;
  }

  #sum(): Node {
    let left = this.#product();
    for (let sign = this.#reader.skips('+', '-'); sign !== null; sign = this.#reader.skips('+', '-'))
      left = operation(sign, left, this.#product());
    return left;
  }

  #product(): Node {
    let left = this.#signed();
    for (let sign = this.#reader.skips('*', '/'); sign !== null; sign = this.#reader.skips('*', '/'))
      left = operation(sign, left, this.#signed());
    return left;
  }

  // Of anything but a number a minus is an operator of its own.
  #signed(): Node {
    if (this.#reader.skips('-') === null) return this.#cast();
    const number = this.#number('-');
    if (number === null || this.#reader.sees('::')) throw new NotPlain();
    return number;
  }

  #cast(): Node {
    let arg = this.#primary();
    while (this.#reader.skips('::') !== null) {
      const type = this.#reader.takeName();
      if (!TYPES.has(type)) throw new NotPlain();
      arg = typeCast(arg, [type]);
    }
    return arg;
  }

  #primary(): Node {
    const reader = this.#reader;
    const text = reader.skipsOf('string');
    if (text !== null) return stringConstant(text);
    const number = this.#number('');
    if (number !== null) return number;
    const word = reader.skips('true', 'false', 'null', 'interval', '(');
    switch (word) {
      case 'true':
        return constant({ boolval: { boolval: true } });
      case 'false':
        return constant({ boolval: {} });
      case 'null':
        return constant({ isnull: true });
      case 'interval':
        return typeCast(this.#takeString(), ['pg_catalog', 'interval']);
      case '(': {
        const inner = readExpression(reader, this.#depth + 1);
        reader.take(')');
        return inner;
      }
      default:
        return this.#named();
    }
  }

  // What is zero or false is left out of a tree.
  #number(sign: '-' | ''): Node | null {
    const text = this.#reader.skipsOf('number');
    if (text === null) return null;
    if (text.includes('.')) return constant({ fval: { fval: `${sign}${text}` } });
    const value = Number(text);
    if (value > LARGEST_INTEGER) throw new NotPlain();
    if (value === 0) return constant({ ival: {} });
    return constant({ ival: { ival: sign === '-' ? -value : value } });
  }

  #takeString(): Node {
    const text = this.#reader.skipsOf('string');
    if (text === null) throw new NotPlain();
    return stringConstant(text);
  }

  /** A call or a column. */
  #named(): Node {
    const names = this.#reader.takeNames(3).map(string);
    return this.#reader.sees('(')
      ? { FuncCall: readArguments(this.#reader, names, this.#depth) }
      : { ColumnRef: { fields: names } };
  }

  #listInBrackets(): readonly Node[] {
    this.#reader.take('(');
    const items = this.#reader.takeList(() => readExpression(this.#reader, this.#depth + 1));
    this.#reader.take(')');
    return items;
  }
}

/** `(a, b)` behind the name of a function: the members of its call. */
export function readArguments(reader: Reader, funcname: readonly Node[], depth = 0): Node {
  const isFormat = { funcformat: 'COERCE_EXPLICIT_CALL' };
  reader.take('(');
  if (reader.skips(')') !== null) return { funcname, ...isFormat };
  if (reader.skips('*') !== null) {
    reader.take(')');
    return { funcname, agg_star: true, ...isFormat };
  }
  const args = reader.takeList(() => readExpression(reader, depth + 1));
  reader.take(')');
  return { funcname, args, ...isFormat };
}

/** Types whose names are no keywords, so that they stand in the tree as they are written. */
const TYPES: ReadonlySet<string> = new Set([
  ...['text', 'date', 'timestamptz', 'timetz', 'uuid', 'jsonb', 'bytea', 'money', 'inet', 'oid', 'name'],
  ...['int2', 'int4', 'int8', 'float4', 'float8', 'bool', 'regclass', 'regproc', 'regtype', 'regnamespace'],
]);

function typeCast(arg: Node, names: readonly string[]): Node {
  return { TypeCast: { arg, typeName: { names: names.map(string), typemod: -1 } } };
}

function constant(value: Node): Node {
  return { A_Const: value };
}

function stringConstant(sval: string): Node {
  return constant({ sval: { sval } });
}

function operation(sign: string, lexpr: Node, rexpr: Node, kind = 'AEXPR_OP'): Node {
  return { A_Expr: { kind, name: [string(sign)], lexpr, rexpr } };
}

// a AND b AND c is one node (gram.y: makeAndExpr).
function joined(boolop: 'AND_EXPR' | 'OR_EXPR', left: Node, right: Node): Node {
  const inner = left.BoolExpr as { readonly boolop: string; readonly args: readonly Node[] } | undefined;
  const args = inner?.boolop === boolop ? [...inner.args, right] : [left, right];
  return { BoolExpr: { boolop, args } };
}
