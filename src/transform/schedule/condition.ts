import { dateOnWall, startOfDate, type WallTime } from '../../model/zone.ts';

/** What a cron line cannot say: when a line's minutes count, and when not. */
export type Condition =
  /** From this minute on. */
  | { readonly kind: 'from'; readonly instant: number }
  /** Before this minute. */
  | { readonly kind: 'before'; readonly instant: number }
  /** On no day of these: local dates, YYYY-MM-DD, ascending. */
  | { readonly kind: 'not-on'; readonly dates: readonly string[] }
  /** Within none of these stretches of a day, ascending. */
  | { readonly kind: 'not-at'; readonly stretches: readonly Stretch[] }
  /** Not on 28 February of a leap year. */
  | { readonly kind: 'not-leap-eve' }
  | { readonly kind: 'not'; readonly condition: Condition };

/** A part of a day by the clock on the wall: from a minute on, before another. */
export interface Stretch {
  readonly from: WallTime;
  readonly before: WallTime;
}

/** A minute, by the clock of the world and by that on the wall. */
export interface Moment {
  /** Milliseconds since 1970 UTC. */
  readonly instant: number;
  readonly wall: WallTime;
}

export function holds(condition: Condition, moment: Moment): boolean {
  switch (condition.kind) {
    case 'from':
      return moment.instant >= condition.instant;
    case 'before':
      return moment.instant < condition.instant;
    case 'not-on':
      return !condition.dates.includes(dateOnWall(moment.wall));
    case 'not-at':
      return !condition.stretches.some(({ from, before }) => from <= moment.wall && moment.wall < before);
    case 'not-leap-eve':
      return !isLeapEve(moment.wall);
    case 'not':
      return !holds(condition.condition, moment);
  }
}

export function allHold(conditions: readonly Condition[], moment: Moment): boolean {
  return conditions.every((condition) => holds(condition, moment));
}

export function negated(condition: Condition): Condition {
  switch (condition.kind) {
    case 'from':
      return { kind: 'before', instant: condition.instant };
    case 'before':
      return { kind: 'from', instant: condition.instant };
    case 'not':
      return condition.condition;
    default:
      return { kind: 'not', condition };
  }
}

/** The instant from which all of the conditions can hold; -Infinity for any. */
export function startOf(conditions: readonly Condition[]): number {
  return Math.max(...conditions.flatMap((condition) => (condition.kind === 'from' ? condition.instant : [])));
}

/** The instant before which all of the conditions must hold; null for none. */
export function endOf(conditions: readonly Condition[]): number | null {
  const ends = conditions.flatMap((condition) => (condition.kind === 'before' ? condition.instant : []));
  return ends.length === 0 ? null : Math.min(...ends);
}

/** The days on the wall that conditions name, as a whole or a part of them: on any other they hold all day long or not at all. */
export function daysNamed(conditions: readonly Condition[]): readonly WallTime[] {
  return conditions.flatMap((condition): readonly WallTime[] => {
    if (condition.kind === 'not') return daysNamed([condition.condition]);
    if (condition.kind === 'not-on') return condition.dates.flatMap((date) => startOfDate(date) ?? []);
    return condition.kind === 'not-at' ? condition.stretches.map(({ from }) => startOfDay(from)) : [];
  });
}

/** Whether no moment meets them all: one denies another, or they end before they begin. */
export function contradict(conditions: readonly Condition[]): boolean {
  const keys = new Set(conditions.map((condition) => conditionsKey([condition])));
  return (
    startOf(conditions) >= (endOf(conditions) ?? Infinity) ||
    conditions.some((condition) => keys.has(conditionsKey([negated(condition)])))
  );
}

const DAY = 86_400_000;

function startOfDay(wall: WallTime): WallTime {
  return Math.floor(wall / DAY) * DAY;
}

function isLeapEve(wall: WallTime): boolean {
  return dateOnWall(wall + DAY).endsWith('-02-29');
}

/** Text that is the same for the same conditions. */
export function conditionsKey(conditions: readonly Condition[]): string {
  return conditions
    .map((condition) => JSON.stringify(condition))
    .sort()
    .join();
}
