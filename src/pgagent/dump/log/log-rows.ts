/** As many of the newest as `read-history.ts` reads. */
const MOST_ROWS = 500_000;
const ROOM = 2 * MOST_ROWS;

/** A row of pga_joblog. Times are milliseconds since 1970 UTC; `end` is null while it runs. */
export interface LogRow {
  readonly id: number;
  readonly jobId: number;
  /** One letter. */
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
}

/** Keeps the newest rows of a log of any length, in 29 MB. */
export class LogRows {
  /** The newest time in any row. */
  newestTime = -Infinity;
  /** The highest id. */
  newest = -Infinity;
  /** The lowest id of all rows, kept or not. */
  private oldest = Infinity;
  private count = 0;
  private readonly ids = new Float64Array(ROOM);
  private readonly jobIds = new Int32Array(ROOM);
  private readonly statuses = new Uint8Array(ROOM);
  private readonly starts = new Float64Array(ROOM);
  private readonly ends = new Float64Array(ROOM);

  add(row: LogRow): void {
    this.oldest = Math.min(this.oldest, row.id);
    this.newest = Math.max(this.newest, row.id);
    const time = row.end ?? row.start;
    if (Number.isFinite(time)) this.newestTime = Math.max(this.newestTime, time);
    if (this.count === ROOM) this.forgetOld();
    this.put(this.count, row);
    this.count += 1;
  }

  /** How many ids the rows that count are apart. */
  get span(): number {
    return Math.min(this.newest - this.oldest, MOST_ROWS);
  }

  /** The rows that count, by their ids. */
  *rows(): Generator<LogRow> {
    const places = this.placesThatCount();
    // As good as always they come in this order.
    places.sort((one, other) => (this.ids[one] ?? 0) - (this.ids[other] ?? 0));
    for (const place of places) yield this.at(place);
  }

  private forgetOld(): void {
    const places = this.placesThatCount().slice(0, MOST_ROWS);
    places.forEach((place, index) => {
      this.put(index, this.at(place));
    });
    this.count = places.length;
  }

  private placesThatCount(): Uint32Array {
    const places = new Uint32Array(this.count);
    let kept = 0;
    for (let place = 0; place < this.count; place += 1) {
      if ((this.ids[place] ?? 0) <= this.newest - MOST_ROWS) continue;
      places[kept] = place;
      kept += 1;
    }
    return places.subarray(0, kept);
  }

  private put(place: number, { id, jobId, status, start, end }: LogRow): void {
    this.ids[place] = id;
    this.jobIds[place] = jobId;
    this.statuses[place] = status.charCodeAt(0);
    this.starts[place] = start;
    this.ends[place] = end ?? Number.NaN;
  }

  private at(place: number): LogRow {
    const end = this.ends[place] ?? Number.NaN;
    return {
      id: this.ids[place] ?? 0,
      jobId: this.jobIds[place] ?? 0,
      status: String.fromCharCode(this.statuses[place] ?? 0),
      start: this.starts[place] ?? 0,
      end: Number.isNaN(end) ? null : end,
    };
  }
}
