/** A node of PostgreSQL's own parse tree: one member, named after the kind of the node. */
export type Node = Readonly<Record<string, unknown>>;

/** The members of a node, which are absent where PostgreSQL's own value is zero, false or empty. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The members of a node of one kind; null where it is of another. */
export function as(kind: string, value: unknown): Fields | null {
  const fields = fieldsOf(value)[kind];
  return isFields(fields) ? fields : null;
}

/** The text of a String node. */
export function stringOf(value: unknown): string | null {
  const string = as('String', value);
  // An empty string is left out of the tree.
  return string === null ? null : (textOf(string.sval) ?? '');
}

/** The parts of a name, outermost first. */
export function namesOf(value: unknown): readonly string[] {
  return listOf(value).map((part) => stringOf(part) ?? '');
}

/** A constant's text; null for anything else, numbers included. */
export function constantText(value: unknown): string | null {
  let inner = value;
  for (let cast = as('TypeCast', inner); cast !== null; cast = as('TypeCast', inner)) inner = cast.arg;
  const constant = as('A_Const', inner);
  return constant !== null && isFields(constant.sval) ? (textOf(constant.sval.sval) ?? '') : null;
}

/** Kinds of nodes have a capital, members of nodes do not. */
export function isKind(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 65 && first <= 90;
}
