/** As many of the newest as `read-history.ts` reads. */
const MOST_ROWS = 500_000;

/** A row of pga_joblog. Times are milliseconds since 1970 UTC; `end` is null while it runs. */
export interface LogRow {
  readonly id: number;
  readonly jobId: number;
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
}

/** Keeps the newest rows of a log of any length. */
export class LogRows {
  private rows: LogRow[] = [];
  /** The lowest id of all rows, kept or not. */
  private oldest = Infinity;
  private newest = -Infinity;
  /** The newest time in any row. */
  newestTime = -Infinity;

  add(row: LogRow): void {
    this.rows.push(row);
    this.oldest = Math.min(this.oldest, row.id);
    this.newest = Math.max(this.newest, row.id);
    const time = row.end ?? row.start;
    if (Number.isFinite(time)) this.newestTime = Math.max(this.newestTime, time);
    if (this.rows.length >= 2 * MOST_ROWS) this.forget();
  }

  /** The rows that count, by their ids. */
  get kept(): readonly LogRow[] {
    this.forget();
    return this.rows.sort((a, b) => a.id - b.id);
  }

  /** How many ids they span, at the most MOST_ROWS. */
  get span(): number {
    return Math.min(this.newest - this.oldest, MOST_ROWS);
  }

  private forget(): void {
    this.rows = this.rows.filter(({ id }) => id > this.newest - MOST_ROWS);
  }
}
