import type { Node } from './node.ts';

/** What a text of SQL holds, by PostgreSQL's own grammar. */
export type SqlText =
  /** No statement at all. */
  | { readonly kind: 'empty'; readonly hasComment: boolean }
  /** The parser does not take it, or it is too long to look into. The reason repeats nothing of the text. */
  | { readonly kind: 'unread'; readonly why: string }
  | { readonly kind: 'statements'; readonly statements: readonly Statement[] };

export interface Statement {
  /** The kind of the node, such as `DeleteStmt`. */
  readonly type: string;
  readonly node: Node;
  /** What a DO block in PL/pgSQL runs, blocks in it included; empty for any other statement. */
  readonly inside: readonly Statement[];
  /** Whether a DO block runs more than `inside` tells: another language, or text put together at run time. */
  readonly isInsideUnread: boolean;
}

/** What came of something that may throw. */
export type Attempt<T> = { readonly value: T } | { readonly error: unknown };
