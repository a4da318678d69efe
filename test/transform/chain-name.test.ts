import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Job, Schedule } from '../../src/model/job.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { context, job, schedule } from '../job-builders.ts';
import { runs } from '../property-runs.ts';

/** What the reader's SQL computes: the schedules of the whole source whose `<job> @ <schedule>` occurs more than once. */
function ambiguous(source: readonly Job[]): ReadonlySet<number> {
  const all = source.flatMap(({ name, schedules }) =>
    schedules.map((one) => ({ id: one.id, plain: `${name} @ ${one.name}` })),
  );
  return new Set(
    all.filter(({ plain }) => all.filter((other) => other.plain === plain).length > 1).map(({ id }) => id),
  );
}

/** The names of all chains of the jobs chosen, out of this source. */
function names(source: readonly Job[], chosen: readonly Job[] = source): readonly string[] {
  const where = context({ ambiguousSchedules: ambiguous(source) });
  return chosen.flatMap((one) => planJob(one, where).chains.map(({ chainName }) => chainName));
}

/** A schedule that meets few others: those are planned sooner. */
function onceAYear(id: number, name: string): Schedule {
  return schedule({ minutes: [0], hours: [0], monthDays: [(id % 28) + 1], months: [1] }, { id, name });
}

type Named = readonly [job: string, ...schedules: string[]];

/** A source of jobs, each given as its name and those of its schedules; the schedules' ids count up over all from 1. */
function source(...jobs: readonly Named[]): readonly Job[] {
  return sourceFrom(1, jobs);
}

function sourceFrom(firstId: number, jobs: readonly Named[]): readonly Job[] {
  let id = firstId - 1;
  return jobs.map(([name, ...schedules], index) =>
    job({ id: index + 1, name, schedules: schedules.map((one) => onceAYear(++id, one)) }),
  );
}

describe('a chain is called <job> @ <schedule>', () => {
  const cases: readonly [string, readonly Job[], readonly string[]][] = [
    ['plainly', source(['backup', 'nightly']), ['backup @ nightly']],
    ['for each schedule', source(['backup', 'nightly', 'weekly']), ['backup @ nightly', 'backup @ weekly']],
    [
      'with the id of the schedule where two of a job have one name',
      source(['a', 's', 's']),
      ['a @ s #1', 'a @ s #2'],
    ],
    [
      'with the id where two jobs of one name have a schedule of one name',
      source(['a', 's'], ['a', 's']),
      ['a @ s #1', 'a @ s #2'],
    ],
    [
      'without it where only the jobs, or only the schedules, have one name',
      source(['a', 's'], ['a', 't'], ['b', 's']),
      ['a @ s', 'a @ t', 'b @ s'],
    ],
    [
      'with it where other names make the same of it',
      source(['a @ b', 'c'], ['a', 'b @ c']),
      ['a @ b @ c #1', 'a @ b @ c #2'],
    ],
    ['as it is, whatever it holds', source(['"a"\n\u001b[31m', "'ü' 😀"]), ['"a"\n\u001b[31m @ \'ü\' 😀']],
    ['even of nothing', source(['', '']), [' @ ']],
  ];
  for (const [name, jobs, expected] of cases) test(name, () => assert.deepEqual(names(jobs), expected));

  test('a name that ends like an id cannot be taken for another one', () => {
    const found = names(source(['a', 's', 's', 's #1', 's #2', 's #4']));
    assert.equal(new Set(found).size, 5);
    assert.equal(new Set(names(sourceFrom(10, [['a', 's', 's', 's #10']]))).size, 3);
  });
});

// Few names, so that most sources have some that meet; the first ids of the sources stand in them.
const texts = fc.constantFrom('', 'a', 'a', 'a', 'b', 'a @ a', 'a #9', 'a #10', 'a #11', 'a [1/2]', 'a\n');
const sources = fc
  .array(fc.tuple(texts, fc.array(texts, { minLength: 1, maxLength: 3 })), { minLength: 1, maxLength: 3 })
  .map((jobs) =>
    sourceFrom(
      9,
      jobs.map(([name, schedules]) => [name, ...schedules] as const),
    ),
  );

test('all names of a source are different: chain_name is UNIQUE', () => {
  fc.assert(
    fc.property(sources, (jobs) => {
      const found = names(jobs);
      assert.equal(found.length, jobs.flatMap(({ schedules }) => schedules).length);
      assert.equal(new Set(found).size, found.length, JSON.stringify(found));
    }),
    runs(150),
  );
});

test('a name does not depend on which jobs are selected, nor on which schedules can fire', () => {
  fc.assert(
    fc.property(sources, fc.nat(), (jobs, which) => {
      const chosen = jobs[which % jobs.length];
      if (chosen === undefined) return;
      const alone = names(jobs, [chosen]);
      const all = names(jobs);
      const before = jobs.slice(0, jobs.indexOf(chosen)).flatMap(({ schedules }) => schedules).length;
      assert.deepEqual(alone, all.slice(before, before + alone.length));
      const [first, ...rest] = chosen.schedules.map((one, index) => ({ ...one, enabled: index === 0 }));
      const off = first === undefined ? chosen : { ...chosen, schedules: [first, ...rest] };
      const where = context({ ambiguousSchedules: ambiguous(jobs) });
      assert.deepEqual(
        planJob(off, where).chains.map(({ chainName }) => chainName),
        alone.slice(0, 1),
      );
    }),
    runs(60),
  );
});
