import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job } from '../../src/model/job.ts';
import { UTC } from '../../src/model/zone.ts';
import type { TransformOptions } from '../../src/transform/context.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { context, exception, job, NOW, sqlStep } from '../job-builders.ts';
import { Dice, randomSchedule } from '../proof/random-schedules.ts';
import { runs } from '../property-runs.ts';
import { BERLIN } from '../zones.ts';

const POOL = 12;
const YEARS = [2026, 2027];
const DAY = 86_400_000;
const CODES = [
  'SELECT 1',
  'CREATE TEMP TABLE t AS SELECT 1 AS a',
  "INSERT INTO t SELECT nextval('s')",
  'SELECT * FROM pg_stat_activity',
  'SET search_path = x',
  'SELEC 1',
];

// Few of each, so that most of what is planned was planned before, for another job or on another clock.
const wheres = fc.record({
  zone: fc.constantFrom(UTC, BERLIN),
  now: fc.constantFrom(NOW, NOW + 200 * DAY),
  options: fc.record<Partial<TransformOptions>>({
    schedules: fc.constantFrom('active', 'pending', 'all'),
    overlap: fc.constantFrom('keep', 'exact'),
    lastDay: fc.constantFrom('keep', 'honor'),
    transaction: fc.constantFrom('step', 'chain', 'joined'),
    allowManyChains: fc.boolean(),
  }),
});
const picked = fc.record({
  where: wheres,
  name: fc.constantFrom('nightly', 'weekly'),
  enabled: fc.boolean(),
  schedules: fc.array(fc.nat(POOL - 1), { minLength: 1, maxLength: 3 }),
  codes: fc.array(fc.constantFrom(...CODES), { minLength: 1, maxLength: 3 }),
});

type Picked = typeof picked extends fc.Arbitrary<infer T> ? T : never;

function jobOf({ name, enabled, schedules, codes }: Picked, seed: number, id: number): Job {
  return job({
    id,
    name,
    enabled,
    schedules: schedules.map((place, index) => ({
      ...randomSchedule(new Dice(seed + place), YEARS, 10 * id + index),
      name: `${name} ${index}`,
    })),
    steps: codes.map((code, index) => sqlStep({ id: 10 * id + index, name: `step ${index}`, code })),
  });
}

let asked = 0;

/** The same job as nobody planned it before: an exception that never matches, since it has seconds, is in no other. */
function anew(one: Job): Job {
  asked += 1;
  const inert = exception(null, `00:00:${60 + asked}`);
  return {
    ...one,
    schedules: one.schedules.map((each) => ({ ...each, exceptions: [...each.exceptions, inert] })),
  };
}

test('a plan is the same whether its schedules were planned before or not', () => {
  fc.assert(
    fc.property(fc.array(picked, { minLength: 2, maxLength: 8 }), fc.nat(1_000), (all, seed) => {
      for (const [index, one] of all.entries()) {
        const where = context(one.where);
        const planned = jobOf(one, seed, index + 1);
        assert.deepEqual(planJob(planned, where), planJob(anew(planned), where));
      }
    }),
    runs(100),
  );
});
