import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC } from '../../../src/model/zone.ts';
import type { CalendarProduct } from '../../../src/transform/schedule/calendar.ts';
import type { Condition } from '../../../src/transform/schedule/condition.ts';
import {
  commonMinutes,
  fewestPieces,
  type Piece,
  withoutMinutes,
} from '../../../src/transform/schedule/firing-set.ts';
import { EVERY } from './every-day.ts';
import { dueAt } from './firing.ts';

const NINE: CalendarProduct = { ...EVERY, minutes: [0], hours: [9] };
const piece = (product: CalendarProduct, ...conditions: readonly Condition[]): Piece => ({
  product,
  conditions,
});
const CHRISTMAS: Condition = { kind: 'not-on', dates: ['2028-12-25'] };
const EVE: Condition = { kind: 'not-on', dates: ['2028-02-28'] };
const NOT_LEAP_EVE: Condition = { kind: 'not-leap-eve' };
const NOON: Condition = { kind: 'from', instant: Date.parse('2028-02-28T12:00Z') };

describe('the minutes that a set leaves over', () => {
  // The conditions of the set, and how often nine o'clock is left of a day: 28 February, 29 February, 25 December 2028.
  const cases: readonly [string, readonly Condition[], readonly number[]][] = [
    ['without a guard none', [], [0, 0, 0]],
    ['with one its date', [CHRISTMAS], [0, 0, 1]],
    ['with two the dates of both', [CHRISTMAS, NOT_LEAP_EVE], [1, 0, 1]],
    ['a minute that two guards take is left over once', [EVE, NOT_LEAP_EVE], [1, 0, 0]],
    ['or three', [EVE, NOT_LEAP_EVE, NOON], [1, 0, 0]],
  ];
  for (const [name, conditions, expected] of cases) {
    test(name, () => {
      const due = dueAt(withoutMinutes([piece(NINE)], [piece(NINE, ...conditions)]), UTC);
      const days = ['2028-02-28', '2028-02-29', '2028-12-25'];
      assert.deepEqual(
        days.map((date) => due(Date.parse(`${date}T09:00Z`))),
        expected,
      );
    });
  }

  test('what has the same guard leaves nothing', () => {
    assert.deepEqual(withoutMinutes([piece(NINE, CHRISTMAS)], [piece(NINE, CHRISTMAS)]), []);
  });
});

test('what two sets share has the guards of both, each once', () => {
  const found = commonMinutes([piece(EVERY, CHRISTMAS, EVE)], [piece(NINE, CHRISTMAS, NOON)]);
  assert.deepEqual(found, [piece(NINE, CHRISTMAS, EVE, NOON)]);
  assert.deepEqual(commonMinutes([piece(NINE)], [piece({ ...NINE, hours: [10] })]), []);
});

test('only pieces of the same guards are put together', () => {
  const ten = { ...NINE, hours: [10] };
  assert.equal(fewestPieces([piece(NINE, CHRISTMAS), piece(ten)]).length, 2);
  assert.deepEqual(fewestPieces([piece(NINE, CHRISTMAS, EVE), piece(ten, EVE, CHRISTMAS)]), [
    piece({ ...NINE, hours: [9, 10] }, CHRISTMAS, EVE),
  ]);
});
