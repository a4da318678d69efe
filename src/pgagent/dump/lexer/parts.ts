/** What is done with the rows of a COPY. */
export type RowUse = 'skip' | 'keep';

/** What is done with a statement. */
export type StatementUse =
  | 'skip'
  /** Its text is wanted. */
  | 'text'
  /** Its groups in parentheses are wanted, one by one: an INSERT. */
  | 'groups'
  /** As psql reads it: BEGIN ... END within is one statement, with semicolons in it. */
  | 'routine';

/** Who listens to the parts of a dump. Lines count from 1. */
export interface PartListener {
  /** A comment of one line between statements, without its dashes. */
  comment(text: string): void;
  /** A command of psql, without its backslash. */
  command(text: string): void;
  /** By the head of a statement: its text up to its first parenthesis, its first text in quotes, or its end. */
  statement(head: string): StatementUse;
  /** The text of a statement. For COPY ... FROM stdin: what to do with the rows that follow; otherwise null. */
  text(text: Buffer, line: number): RowUse | null;
  /** What is in parentheses, and the text since the group before, or since the statement's begin. */
  group(before: string, content: Buffer, line: number): void;
  /** The end of a statement whose groups were wanted. */
  endOfGroups(): void;
  /** A line of a COPY that is kept. */
  row(text: Buffer, line: number): void;
}
