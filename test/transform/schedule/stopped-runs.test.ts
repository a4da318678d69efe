import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC } from '../../../src/model/zone.ts';
import type { Condition } from '../../../src/transform/schedule/condition.ts';
import { stoppedRuns } from '../../../src/transform/schedule/stopped-runs.ts';
import { NOW } from '../../job-builders.ts';
import { EVERY } from './every-day.ts';

const NINE = { ...EVERY, minutes: [0], hours: [9] };
const DAY = 86_400_000;
const notOn = (...dates: readonly string[]): Condition => ({ kind: 'not-on', dates });
const notAt = (from: string, before: string): Condition => ({
  kind: 'not-at',
  stretches: [{ from: Date.parse(from), before: Date.parse(before) }],
});
const from = (instant: number): Condition => ({ kind: 'from', instant });
const before = (instant: number): Condition => ({ kind: 'before', instant });

describe('how many runs of a daily schedule a guard stops in four years, and the first of them', () => {
  // NOW is noon of 16 April 2026, so nine of the 17th is the next run; the four years end at noon of 16 April 2030.
  const cases: readonly [string, readonly Condition[], number, string | null][] = [
    ['no guard', [], 0, null],
    ['a date', [notOn('2026-12-25')], 1, '2026-12-25T09:00Z'],
    ['two dates', [notOn('2026-12-25', '2027-12-25')], 2, '2026-12-25T09:00Z'],
    ['today, whose run is over', [notOn('2026-04-16')], 0, null],
    ['the last day of the four years', [notOn('2030-04-16')], 1, '2030-04-16T09:00Z'],
    ['the day behind them', [notOn('2030-04-17')], 0, null],
    ['the start in three days', [from(NOW + 3 * DAY)], 3, '2026-04-17T09:00Z'],
    // Then the chain is not live any more.
    ['the end in three days: once behind it', [before(NOW + 3 * DAY)], 1, '2026-04-20T09:00Z'],
    ['the end just before nine', [before(Date.parse('2026-04-17T09:00Z'))], 1, '2026-04-17T09:00Z'],
    ['the end in five years', [before(NOW + 5 * 366 * DAY)], 0, null],
    ['a date and the end', [notOn('2026-04-18'), before(NOW + 3 * DAY)], 2, '2026-04-18T09:00Z'],
    ['a date behind the end', [notOn('2026-04-25'), before(NOW + 3 * DAY)], 1, '2026-04-20T09:00Z'],
    [
      'only on one date: all others but it',
      [{ kind: 'not', condition: notOn('2026-12-25') }],
      1_460,
      '2026-04-17T09:00Z',
    ],
    ['nine of one date', [notAt('2026-12-25T09:00Z', '2026-12-26T00:00Z')], 1, '2026-12-25T09:00Z'],
    ['ten of one date, which it has not', [notAt('2026-12-25T10:00Z', '2026-12-26T00:00Z')], 0, null],
    [
      'only at nine of one date: all others but it',
      [{ kind: 'not', condition: notAt('2026-12-25T09:00Z', '2026-12-25T10:00Z') }],
      1_460,
      '2026-04-17T09:00Z',
    ],
    ['28 February of 2028', [{ kind: 'not-leap-eve' }], 1, '2028-02-28T09:00Z'],
  ];
  for (const [name, conditions, runs, first] of cases) {
    test(name, () => {
      const found = stoppedRuns([{ product: NINE, conditions }], UTC, NOW);
      assert.deepEqual(found, { runs, first: first === null ? null : Date.parse(first) });
    });
  }

  test('those of all pieces add up', () => {
    const other = { ...EVERY, minutes: [0], hours: [8] };
    const found = stoppedRuns(
      [
        { product: NINE, conditions: [notOn('2026-12-25')] },
        { product: other, conditions: [notOn('2026-12-24'), before(NOW + 3 * 365 * DAY)] },
      ],
      UTC,
      NOW,
    );
    assert.deepEqual(found, { runs: 3, first: Date.parse('2026-12-24T08:00Z') });
  });
});
