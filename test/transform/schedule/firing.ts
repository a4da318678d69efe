import assert from 'node:assert/strict';
import type { Schedule } from '../../../src/model/job.ts';
import { wallTime, type Zone } from '../../../src/model/zone.ts';
import type { Context } from '../../../src/transform/context.ts';
import { allHold } from '../../../src/transform/schedule/condition.ts';
import { cronLine } from '../../../src/transform/schedule/cron-line.ts';
import type { FiringSet } from '../../../src/transform/schedule/firing-set.ts';
import { type Firing, planSchedule } from '../../../src/transform/schedule/plan-schedule.ts';
import { FIELDS, meaning } from './cron-reader.ts';

/** A schedule that fires, planned. */
export function firing(schedule: Schedule, where: Context): Firing {
  const fate = planSchedule(schedule, where);
  assert.equal(fate.kind, 'fires', JSON.stringify(fate));
  if (fate.kind !== 'fires') throw new Error('unreachable');
  return fate;
}

/** The lines of a set, in alphabetical order. */
export function lines(set: FiringSet): readonly string[] {
  return set.map(({ product }) => cronLine(product)).sort();
}

/** How many pieces of a set come due at an instant, each line read by the naive reader of the tests. */
export function dueAt(set: FiringSet, zone: Zone): (instant: number) => number {
  const pieces = set.map(({ product, conditions }) => {
    const texts = cronLine(product).split(' ');
    const sets = FIELDS.map((field, index) => new Set(meaning(texts[index] ?? '', field) ?? []));
    return { sets, conditions };
  });
  return (instant) => {
    const wall = wallTime(zone, instant);
    const date = new Date(wall);
    const parts = [
      date.getUTCMinutes(),
      date.getUTCHours(),
      date.getUTCDate(),
      date.getUTCMonth() + 1,
      date.getUTCDay(),
    ];
    return pieces.filter(
      ({ sets, conditions }) =>
        sets.every((set, index) => set.has(parts[index] ?? -1)) && allHold(conditions, { instant, wall }),
    ).length;
  };
}
