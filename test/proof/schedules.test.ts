import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '../../src/model/job.ts';
import { UTC, wallTime, type Zone } from '../../src/model/zone.ts';
import { allHold } from '../../src/transform/schedule/condition.ts';
import { context, span } from '../job-builders.ts';
import { runGuard } from '../transform/guard-reader.ts';
import type { WallMinute } from '../transform/schedule/plain-reading.ts';
import { BERLIN, fixedZone } from '../zones.ts';
import { chainsOf, type ReadChain, reading, runs } from './planned.ts';
import { Dice, randomSchedule } from './random-schedules.ts';

const SEED = 20_260_416;
const SCHEDULES = 10_000;
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** Before all that is compared, in any zone. */
const NOW = Date.UTC(2025, 11, 29, 12);

/** The first year from 2026 on of each kind: leap or not, by the weekday of 1 January. */
const YEARS: readonly number[] = [
  ...span(2026, 2053)
    .reduce((found, year) => {
      const length = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY;
      const kind = `${length} ${new Date(Date.UTC(year, 0, 1)).getUTCDay()}`;
      return found.has(kind) ? found : found.set(kind, year);
    }, new Map<string, number>())
    .values(),
].sort((a, b) => a - b);

interface Day {
  readonly wall: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

const dayAt = (wall: number): Day => {
  const date = new Date(wall);
  return {
    wall,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
};

const DAYS: readonly Day[] = YEARS.flatMap((year) =>
  span(0, (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY - 1).map((index) =>
    dayAt(Date.UTC(year, 0, 1) + index * DAY),
  ),
);

/** A schedule beside its chains. */
class Comparison {
  minutes = 0;
  fires = 0;
  readonly chains: readonly ReadChain[];
  private readonly holds: (at: WallMinute) => boolean;
  private readonly schedule: Schedule;
  private readonly lastDay: 'keep' | 'honor';
  private readonly zone: Zone;
  private readonly offset: number;

  constructor(schedule: Schedule, lastDay: 'keep' | 'honor', zone: Zone) {
    this.schedule = schedule;
    this.lastDay = lastDay;
    this.zone = zone;
    this.offset = (zone.offsets[0]?.seconds ?? 0) * 1_000;
    const where = context({ now: NOW, zone, options: { lastDay, allowManyChains: true } });
    this.chains = chainsOf(schedule, where);
    this.holds = reading(schedule, lastDay);
  }

  /** Compares one minute, and says whether the schedule has it. A run is due once, never twice. */
  at(day: Day, minuteOfDay: number, instant?: number): boolean {
    const onWall = day.wall + minuteOfDay * MINUTE;
    const at: WallMinute = {
      year: day.year,
      month: day.month,
      day: day.day,
      hour: Math.floor(minuteOfDay / 60),
      minute: minuteOfDay % 60,
      instant: instant ?? onWall - this.offset,
    };
    const expected = this.holds(at) ? 1 : 0;
    const found = runs(this.chains, at, day.weekday, onWall);
    if (found !== expected) this.differs(onWall, expected, found);
    this.minutes += 1;
    this.fires += expected;
    return expected === 1;
  }

  private differs(wall: number, expected: number, found: number): never {
    const { id, exceptions, start, end, ...rest } = this.schedule;
    const ticked = [rest.minutes, rest.hours, rest.monthDays, rest.months, rest.weekdays].map((elements) =>
      elements.flatMap((isTicked, index) => (isTicked ? [index] : [])).join(),
    );
    const lines = this.chains.map(({ chain, conditions }) => `${chain.runAt} ${JSON.stringify(conditions)}`);
    assert.fail(
      `schedule ${id} (${this.lastDay}, ${this.zone.name}) at ${new Date(wall).toISOString()}: ${expected} expected, ${found} found\n` +
        `elements: ${ticked.join(' | ')}\n${JSON.stringify({ start, end, exceptions })}\n${lines.join('\n')}`,
    );
  }
}

const ticked = (elements: readonly boolean[], index: number): boolean =>
  !elements.includes(true) || elements[index] === true;

/** A time of day that is ticked and one that is not; an exception's own where there is one. */
function times(
  dice: Dice,
  { hours, minutes, exceptions }: Schedule,
): { match: number; other: number | null } {
  const isMatch = (time: number): boolean =>
    ticked(hours, Math.floor(time / 60)) && ticked(minutes, time % 60);
  const all = span(0, 1_439);
  const matches = all.filter(isMatch);
  const others = all.filter((time) => !isMatch(time));
  const timed = exceptions.flatMap(({ time }) =>
    time === null ? [] : [Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))],
  );
  const known = timed.filter(isMatch);
  return {
    match: dice.one(known.length > 0 && dice.happens(0.5) ? known : matches),
    other: others.length === 0 ? null : dice.one(others),
  };
}

/** The days on which its window or an exception may cut: each of them is looked at minute by minute now and then. */
function edges({ start, end, exceptions }: Schedule, zone: Zone): readonly Day[] {
  const instants = [start, ...(end === null ? [] : [end])].filter((instant) => instant > 0);
  const walls = [
    ...instants.map((instant) => Math.floor(wallTime(zone, instant) / DAY) * DAY),
    ...exceptions.flatMap(({ date }) => (date === null ? [] : [Date.parse(date)])),
  ];
  return walls.map(dayAt).filter(({ year }) => year >= 2026);
}

test('the years of the proof are the 14 kinds of year', () => {
  assert.equal(YEARS.length, 14);
  assert.equal(DAYS.length, 7 * 365 + 7 * 366);
});

test(`the chains of ${SCHEDULES} random schedules run in exactly the minutes that the schedules have`, (t) => {
  const dice = new Dice(SEED);
  const total = { minutes: 0, fires: 0, chains: 0, guards: 0, never: 0 };
  for (let id = 1; id <= SCHEDULES; id += 1) {
    const zone = dice.happens(0.5) ? UTC : dice.one([fixedZone(330), fixedZone(-210)]);
    const one = randomSchedule(dice, YEARS, id);
    const comparison = new Comparison(one, dice.happens(0.5) ? 'keep' : 'honor', zone);
    const { match, other } = times(dice, one);
    const matching: Day[] = [];
    const rest: Day[] = [];
    for (const day of DAYS) {
      (comparison.at(day, match) ? matching : rest).push(day);
      if (other !== null) comparison.at(day, other);
    }
    for (const found of [matching, rest]) {
      if (found.length === 0) continue;
      const day = dice.one(found);
      for (let time = 0; time < 1_440; time += 1) comparison.at(day, time);
    }
    for (const day of edges(one, zone)) for (let time = 0; time < 1_440; time += 1) comparison.at(day, time);
    for (const { chain, conditions } of comparison.chains) {
      if (conditions.length === 0) continue;
      total.guards += 1;
      const command = chain.tasks.find(({ taskName }) => taskName === 'guard')?.command ?? '';
      for (const { wall } of [dice.one(DAYS), dice.one(DAYS), ...edges(one, zone)]) {
        const onWall = wall + match * MINUTE;
        const instant = onWall - (zone.offsets[0]?.seconds ?? 0) * 1_000;
        const expected = allHold(conditions, { instant, wall: onWall });
        assert.equal(runGuard(command, zone, instant).runs, expected, `schedule ${id}: ${command}`);
      }
    }
    total.minutes += comparison.minutes;
    total.fires += comparison.fires;
    total.chains += comparison.chains.length;
    if (comparison.fires === 0) total.never += 1;
  }
  t.diagnostic(
    `seed ${SEED}: ${SCHEDULES} schedules and their ${total.chains} chains compared in ${total.minutes} minutes, ` +
      `${total.fires} of them runs; ${total.guards} guards carried out; ${total.never} schedules without a run there`,
  );
  assert.ok(total.never < SCHEDULES / 3, `${total.never} schedules never fire`);
});

test('twenty random schedules, walked through a year minute by minute, ten of them in Berlin', (t) => {
  const dice = new Dice(SEED + 1);
  let minutes = 0;
  let fires = 0;
  for (const index of span(1, 20)) {
    const zone = index % 2 === 0 ? BERLIN : UTC;
    const year = dice.one([2026, 2027, 2028]);
    const one = randomSchedule(dice, [year], index);
    const comparison = new Comparison(one, dice.happens(0.5) ? 'keep' : 'honor', zone);
    const end = Date.UTC(year + 1, 0, 1);
    let day = dayAt(0);
    for (let instant = Date.UTC(year, 0, 1); instant < end; instant += MINUTE) {
      const onWall = wallTime(zone, instant);
      if (onWall < day.wall || onWall >= day.wall + DAY) day = dayAt(Math.floor(onWall / DAY) * DAY);
      comparison.at(day, (onWall - day.wall) / MINUTE, instant);
    }
    minutes += comparison.minutes;
    fires += comparison.fires;
  }
  t.diagnostic(`20 schedules compared in each of ${minutes} minutes, ${fires} of them runs`);
  assert.ok(fires > 0);
});
