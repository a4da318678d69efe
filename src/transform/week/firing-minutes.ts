import { instantsAt, type WallTime, wallTime, type Zone } from '../../model/zone.ts';
import { type CalendarDay, dayOnWall, hasDay } from '../schedule/calendar.ts';
import { allHold, daysNamed, type Moment } from '../schedule/condition.ts';
import type { Piece } from '../schedule/firing-set.ts';
import { isShut, plainEdges } from '../schedule/next-runs.ts';
import { MinuteSet } from './minute-set.ts';
import { MINUTE, type Period } from './period.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/**
 * What happens to a minute that clocks going back repeat (measured): pg_timetable runs it both times, pgAgent the second
 * time only.
 */
export type Repeating = 'both' | 'second';

interface DayOnWall {
  readonly day: WallTime;
  readonly date: CalendarDay;
  readonly edges: readonly [Moment, Moment] | null;
}

/** A scheduler's view of a period: the days on its own wall clock, which need not be that of the period. */
export class Scheduler {
  private readonly days: readonly DayOnWall[];
  private readonly zone: Zone;
  private readonly period: Period;
  private readonly repeating: Repeating;

  constructor(zone: Zone, period: Period, repeating: Repeating) {
    this.zone = zone;
    this.period = period;
    this.repeating = repeating;
    const days: DayOnWall[] = [];
    const first = Math.floor(wallTime(zone, period.start) / DAY) * DAY - DAY;
    for (let day = first; day <= wallTime(zone, period.end) + DAY; day += DAY)
      days.push({ day, date: dayOnWall(day), edges: plainEdges(zone, day) });
    this.days = days;
  }

  /** The minutes of the period at which a piece comes due. */
  minutesOf(piece: Piece): MinuteSet {
    const { start, end, minutes } = this.period;
    const set = new MinuteSet(minutes);
    const note = (instant: number): void => {
      if (start <= instant && instant < end) set.add(Math.floor((instant - start) / MINUTE));
    };
    const named = new Set(daysNamed(piece.conditions));
    for (const { day, date, edges: atEdges } of this.days) {
      const edges = named.has(day) ? null : atEdges;
      if (!hasDay(piece.product, date) || (edges && isShut(piece, edges))) continue;
      if (edges?.every((moment) => allHold(piece.conditions, moment)))
        eachMinute(piece, (offset) => note(edges[0].instant + offset));
      else
        eachMinute(piece, (offset) => {
          for (const instant of this.instantsOf(piece, day + offset)) note(instant);
        });
    }
    return set;
  }

  private instantsOf({ conditions }: Piece, wall: WallTime): readonly number[] {
    const instants = instantsAt(this.zone, wall);
    const due = this.repeating === 'both' ? instants : instants.slice(-1);
    return due.filter((instant) => allHold(conditions, { instant, wall }));
  }
}

function eachMinute({ product }: Piece, see: (offset: number) => void): void {
  for (const hour of product.hours) {
    for (const minute of product.minutes) see(hour * HOUR + minute * MINUTE);
  }
}
