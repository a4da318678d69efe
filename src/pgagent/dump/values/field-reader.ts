import { Failure } from '../../../model/failure.ts';
import type { KeptTable } from '../tables.ts';
import type { Encoding } from './encoding.ts';
import { type Moment, millisOf, momentOf } from './timestamp.ts';

/** A row as it stands in the dump. */
export interface RawRow {
  readonly table: KeptTable;
  readonly line: number;
  readonly columns: readonly string[];
  readonly fields: readonly (Buffer | null)[];
}

/** Reads the fields of a row by their columns. */
export class FieldReader {
  /** Whether a text that a plan is made of was not in the dump's encoding. */
  isBroken = false;
  private readonly row: RawRow;
  private readonly encoding: Encoding;

  constructor(row: RawRow, encoding: Encoding) {
    this.row = row;
    this.encoding = encoding;
  }

  bytes(column: string): Buffer | null {
    return this.row.fields[this.row.columns.indexOf(column)] ?? null;
  }

  /** A text that a plan is made of. */
  text(column: string): string | null {
    return this.read(column, true);
  }

  /** A text that is only kept: a server in SQL_ASCII sends it whatever it holds. */
  keptText(column: string): string | null {
    return this.read(column, this.encoding.name !== 'SQL_ASCII');
  }

  /** A text of ASCII: a list, a date. */
  plain(column: string): string | null {
    return this.bytes(column)?.toString('latin1') ?? null;
  }

  integer(column: string): number {
    return this.integerOrNull(column) ?? this.fail(column, 'is no whole number');
  }

  integerOrNull(column: string): number | null {
    const text = this.plain(column);
    if (text === null) return null;
    return /^-?\d{1,10}$/.test(text) ? Number(text) : this.fail(column, 'is no whole number');
  }

  /** Anything else than a boolean stays what it is, for the check of the whole row. */
  boolean(column: string): unknown {
    const text = this.plain(column);
    if (text === 't' || text === 'true') return true;
    return text === 'f' || text === 'false' ? false : text;
  }

  moment(column: string): Moment | null {
    const text = this.plain(column);
    if (text === null) return null;
    return momentOf(text) ?? this.fail(column, 'is no time with an offset');
  }

  millis(column: string): number | null {
    const moment = this.moment(column);
    return moment === null ? null : millisOf(moment);
  }

  private read(column: string, counts: boolean): string | null {
    const bytes = this.bytes(column);
    if (bytes === null) return null;
    const { text, isBroken } = this.encoding.decode(bytes);
    if (isBroken && counts) this.isBroken = true;
    return text;
  }

  // The contents may hold a password.
  private fail(column: string, what: string): never {
    const { table, line } = this.row;
    throw new Failure(
      'failed',
      `Line ${line} of the dump, a row of pgagent.${table}, cannot be read: ${column} ${what}.`,
      'Make the dump again with pg_dump.',
    );
  }
}
