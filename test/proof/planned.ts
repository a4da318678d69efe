import assert from 'node:assert/strict';
import type { Schedule } from '../../src/model/job.ts';
import type { ChainPlan } from '../../src/model/plan.ts';
import type { Context } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { planSchedules } from '../../src/transform/plan-schedules.ts';
import { allHold, type Condition } from '../../src/transform/schedule/condition.ts';
import { job } from '../job-builders.ts';
import { FIELDS, meaning } from '../transform/schedule/cron-reader.ts';
import { holdsMinute, type WallMinute } from '../transform/schedule/plain-reading.ts';

/** A chain: its line as the naive reader reads it, and the conditions that its guard keeps. */
export interface ReadChain {
  readonly chain: ChainPlan;
  readonly conditions: readonly Condition[];
  /** By field: whether a value belongs. */
  readonly sets: readonly (readonly boolean[])[];
}

/** The chains that a job of this one schedule becomes; none where it cannot fire. */
export function chainsOf(schedule: Schedule, where: Context): readonly ReadChain[] {
  const one = job({ id: schedule.id, schedules: [schedule] });
  const { chains } = planJob(one, where);
  const [fate] = planSchedules(one, where);
  const pieces = fate?.kind === 'fires' ? fate.set : [];
  assert.ok(chains.length >= pieces.length);
  return chains.map((chain, index): ReadChain => {
    const texts = chain.runAt.split(' ');
    const sets = FIELDS.map((field, place) => {
      const values = meaning(texts[place] ?? '', field);
      assert.ok(values !== null, `the domain would refuse ${chain.runAt}`);
      return Array.from({ length: 60 }, (_, value) => values.includes(value));
    });
    return { chain, sets, conditions: pieces[index]?.conditions ?? [] };
  });
}

/** How many of the chains run in a minute. */
export function runs(chains: readonly ReadChain[], at: WallMinute, weekday: number, wall: number): number {
  let count = 0;
  for (const { sets, conditions } of chains) {
    const [minutes, hours, days, months, weekdays] = sets;
    if (
      minutes?.[at.minute] &&
      hours?.[at.hour] &&
      days?.[at.day] &&
      months?.[at.month] &&
      weekdays?.[weekday] &&
      (conditions.length === 0 || allHold(conditions, { instant: at.instant, wall }))
    )
      count += 1;
  }
  return count;
}

/**
 * Whether the schedule has this minute. `honor`: the last-day flag beside other days counts as well, so that the
 * schedule is the one without the flag or the one of the flag alone.
 */
export function reading(schedule: Schedule, lastDay: 'keep' | 'honor'): (at: WallMinute) => boolean {
  const days = schedule.monthDays.slice(0, 31);
  if (lastDay === 'keep' || !days.includes(true)) return (at) => holdsMinute(schedule, at);
  const ticked = { ...schedule, monthDays: [...days, false] };
  const last = { ...schedule, monthDays: [...days.map(() => false), schedule.monthDays[31] === true] };
  const asksForIt = schedule.monthDays[31] === true;
  return (at) => holdsMinute(ticked, at) || (asksForIt && holdsMinute(last, at));
}
