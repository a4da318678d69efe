import type { ChainPlan } from '../../model/plan.ts';
import { wallTime, type Zone } from '../../model/zone.ts';
import { chainLine } from '../../transform/chain-line.ts';
import { allHold } from '../../transform/schedule/condition.ts';
import type { FiringSet, Piece } from '../../transform/schedule/firing-set.ts';

/** Gathers when jobs come due, by what their chains say: each distinct line once, with the jobs that have it. */
export class DueMinutes {
  private readonly lines = new Map<string, { readonly piece: Piece; readonly jobIds: number[] }>();
  private readonly zones: readonly Zone[];

  /** @param zones the clocks of both sides: a job is due in a minute if it is by one of them */
  constructor(zones: readonly Zone[]) {
    this.zones = zones;
  }

  add(jobId: number, chains: readonly Pick<ChainPlan, 'runAt' | 'tasks'>[]): void {
    for (const chain of chains) {
      const { key, read } = chainLine(chain);
      this.note(jobId, key, read);
    }
  }

  addMinutes(jobId: number, set: FiringSet): void {
    for (const piece of set) this.note(jobId, JSON.stringify(piece), () => piece);
  }

  private note(jobId: number, key: string, read: () => Piece | null): void {
    const known = this.lines.get(key);
    if (known !== undefined) known.jobIds.push(jobId);
    const piece = known === undefined ? read() : null;
    if (piece !== null) this.lines.set(key, { piece, jobIds: [jobId] });
  }

  /** The jobs that are due in the minute that begins at an instant (milliseconds since 1970 UTC), ascending. */
  jobsAt(minute: number): readonly number[] {
    const found = [...this.lines.values()].flatMap(({ piece, jobIds }) =>
      this.zones.some((zone) => firesAt(piece, zone, minute)) ? jobIds : [],
    );
    return [...new Set(found)].sort((a, b) => a - b);
  }

  isDue(minute: number): boolean {
    return [...this.lines.values()].some(({ piece }) =>
      this.zones.some((zone) => firesAt(piece, zone, minute)),
    );
  }
}

function firesAt({ product, conditions }: Piece, zone: Zone, instant: number): boolean {
  const wall = wallTime(zone, instant);
  const date = new Date(wall);
  return (
    product.minutes.includes(date.getUTCMinutes()) &&
    product.hours.includes(date.getUTCHours()) &&
    product.monthDays.includes(date.getUTCDate()) &&
    product.months.includes(date.getUTCMonth() + 1) &&
    product.weekdays.includes(date.getUTCDay()) &&
    allHold(conditions, { instant, wall })
  );
}
