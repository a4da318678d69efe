import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tsImport } from 'tsx/esm/api';
import type { Schedule } from '../../../src/model/job.ts';
import { exception, schedule } from '../../job-builders.ts';

// Modules of its own: what other tests planned has filled no table there.
const { timingOf } = (await tsImport(
  '../../../src/transform/schedule/timing.ts',
  import.meta.url,
)) as typeof import('../../../src/transform/schedule/timing.ts');

const ONE = schedule({ minutes: [1], hours: [2] }, { exceptions: [exception('2026-05-01', null)] });

describe('schedules that fire alike share one timing', () => {
  const alike: readonly [string, Partial<Schedule>][] = [
    ['the same again', {}],
    ['another id', { id: 7 }],
    ['another name and description', { name: 'x', description: 'y' }],
    ['an exception with another id', { exceptions: [{ ...exception('2026-05-01', null), id: 9 }] }],
  ];
  for (const [name, more] of alike)
    test(name, () => assert.equal(timingOf({ ...structuredClone(ONE), ...more }), timingOf(ONE)));
});

describe('and no other schedules do', () => {
  const flipped = (array: keyof Schedule, at: number): Partial<Schedule> => {
    const elements = ONE[array] as readonly boolean[];
    return { [array]: elements.map((isTicked, index) => (index === at ? !isTicked : isTicked)) };
  };
  const others: readonly [string, Partial<Schedule>][] = [
    ...(['minutes', 'hours', 'weekdays', 'monthDays', 'months'] as const).flatMap((array) =>
      [0, ONE[array].length - 1].map((at): [string, Partial<Schedule>] => [
        `${array} ${at}`,
        flipped(array, at),
      ]),
    ),
    ['disabled', { enabled: false }],
    ['a later start', { start: ONE.start + 1 }],
    ['an end', { end: ONE.start + 1 }],
    ['an end at infinity', { end: Infinity }],
    ['no exception', { exceptions: [] }],
    ['its date as a time', { exceptions: [exception(null, '2026-05-01')] }],
    ['the exception twice', { exceptions: [...ONE.exceptions, ...ONE.exceptions] }],
    ['an exception with a time too', { exceptions: [exception('2026-05-01', '00:00:00')] }],
  ];
  for (const [name, more] of others)
    test(name, () => {
      const other = { ...ONE, ...more };
      const timing = timingOf(other);
      assert.notEqual(timing, timingOf(ONE));
      const { id: _id, name: _name, description: _description, ...rest } = other;
      assert.deepEqual(timing, rest);
    });
});
