import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  allHold,
  type Condition,
  conditionsKey,
  contradict,
  daysNamed,
  endOf,
  holds,
  type Moment,
  negated,
} from '../../../src/transform/schedule/condition.ts';

/** A moment where the wall is two hours ahead of UTC. */
const at = (text: string): Moment => ({
  instant: Date.parse(`${text}+02:00`),
  wall: Date.parse(`${text}Z`),
});
const EDGE = Date.parse('2026-07-01T00:00+02:00');
const FROM: Condition = { kind: 'from', instant: EDGE };
const BEFORE: Condition = { kind: 'before', instant: EDGE };
const NOT_ON: Condition = { kind: 'not-on', dates: ['2026-07-01', '2026-12-25'] };
const NOT_AT: Condition = {
  kind: 'not-at',
  stretches: [
    { from: Date.parse('2026-07-01T09:30Z'), before: Date.parse('2026-07-01T10:00Z') },
    { from: Date.parse('2026-07-02T09:30Z'), before: Date.parse('2026-07-03T00:00Z') },
  ],
};
const NOT_LEAP_EVE: Condition = { kind: 'not-leap-eve' };

describe('a condition holds', () => {
  const cases: readonly [string, Condition, string, boolean][] = [
    ['from: at that minute', FROM, '2026-07-01T00:00', true],
    ['from: not a minute before', FROM, '2026-06-30T23:59', false],
    ['before: a minute before', BEFORE, '2026-06-30T23:59', true],
    ['before: not at that minute', BEFORE, '2026-07-01T00:00', false],
    ['not on a date: its last minute before', NOT_ON, '2026-06-30T23:59', true],
    ['not on a date: its first minute', NOT_ON, '2026-07-01T00:00', false],
    ['not on a date: its last minute, by the wall', NOT_ON, '2026-07-01T23:59', false],
    ['not on a date: the first minute after', NOT_ON, '2026-07-02T00:00', true],
    ['not on a second date', NOT_ON, '2026-12-25T12:00', false],
    ['not on that day of another year', NOT_ON, '2027-12-25T12:00', true],
    ['not at a time of a date: the minute before', NOT_AT, '2026-07-01T09:29', true],
    ['not at a time of a date: that minute, by the wall', NOT_AT, '2026-07-01T09:30', false],
    ['not at a time of a date: the last minute before the next run', NOT_AT, '2026-07-01T09:59', false],
    ['not at a time of a date: the next run', NOT_AT, '2026-07-01T10:00', true],
    ['not at a time of a second date', NOT_AT, '2026-07-02T23:59', false],
    ['not at that time of another date', NOT_AT, '2026-07-03T09:30', true],
    ['28 February of a common year', NOT_LEAP_EVE, '2026-02-28T00:00', true],
    ['not 28 February of a leap year, from its first minute', NOT_LEAP_EVE, '2028-02-28T00:00', false],
    ['not 28 February of a leap year, to its last minute', NOT_LEAP_EVE, '2028-02-28T23:59', false],
    ['27 February of a leap year', NOT_LEAP_EVE, '2028-02-27T23:59', true],
    ['29 February', NOT_LEAP_EVE, '2028-02-29T00:00', true],
    ['28 February 2100, which is no leap year', NOT_LEAP_EVE, '2100-02-28T12:00', true],
    ['not 28 February 2000, which was one', NOT_LEAP_EVE, '2000-02-28T12:00', false],
  ];
  for (const [name, condition, text, expected] of cases) {
    test(name, () => {
      assert.equal(holds(condition, at(text)), expected);
      assert.equal(holds(negated(condition), at(text)), !expected, 'its contrary does not');
      assert.equal(holds(negated(negated(condition)), at(text)), expected);
    });
  }
});

test('all of several conditions must hold; without any, any moment will do', () => {
  const inside = at('2026-07-02T12:00');
  assert.equal(allHold([], inside), true);
  assert.equal(allHold([FROM, NOT_ON], inside), true);
  assert.equal(allHold([FROM, NOT_ON], at('2026-12-25T12:00')), false);
  assert.equal(allHold([FROM, BEFORE], inside), false);
});

test('the contrary of a contrary is the condition itself, so that the two are seen to be one', () => {
  for (const one of [FROM, BEFORE, NOT_ON, NOT_AT, NOT_LEAP_EVE])
    assert.deepEqual(negated(negated(one)), one);
  assert.deepEqual(negated(FROM), BEFORE);
});

describe('conditions that no moment meets', () => {
  const before = (instant: number): Condition => ({ kind: 'before', instant });
  const cases: readonly [string, readonly Condition[], boolean][] = [
    ['none', [], false],
    ['a start', [FROM], false],
    ['an end', [BEFORE], false],
    ['an end a minute behind the start', [FROM, before(EDGE + 60_000)], false],
    ['an end at the start', [FROM, BEFORE], true],
    ['an end before the start', [FROM, before(EDGE - 60_000)], true],
    ['the earlier of two ends before the start', [before(EDGE + 1), FROM, before(EDGE - 1)], true],
    ['on a date and not on it', [NOT_ON, negated(NOT_ON)], true],
    ['two lists of dates', [NOT_ON, { kind: 'not-on', dates: ['2026-07-01'] }], false],
  ];
  for (const [name, conditions, expected] of cases)
    test(name, () => assert.equal(contradict(conditions), expected));

  test('the end of several is the first of them', () => {
    assert.equal(endOf([before(7), FROM, before(5), before(6)]), 5);
    assert.equal(endOf([FROM, NOT_ON]), null);
  });
});

test('the days that conditions name, whole or in part', () => {
  const days = daysNamed([FROM, NOT_LEAP_EVE, negated(NOT_ON), NOT_AT]);
  assert.deepEqual(
    days.map((wall) => new Date(wall).toISOString().slice(0, 16)),
    ['2026-07-01T00:00', '2026-12-25T00:00', '2026-07-01T00:00', '2026-07-02T00:00'],
  );
});

test('the same conditions in any order have one key, others another', () => {
  assert.equal(conditionsKey([FROM, NOT_ON]), conditionsKey([NOT_ON, FROM]));
  const keys = [
    [],
    [FROM],
    [BEFORE],
    [NOT_ON],
    [NOT_AT],
    [negated(NOT_ON)],
    [FROM, BEFORE],
    [NOT_LEAP_EVE],
  ].map(conditionsKey);
  assert.equal(new Set(keys).size, keys.length);
});
