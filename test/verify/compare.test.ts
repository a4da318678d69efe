import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '../../src/model/job.ts';
import { UTC } from '../../src/model/zone.ts';
import type { Condition } from '../../src/transform/schedule/condition.ts';
import type { Piece } from '../../src/transform/schedule/firing-set.ts';
import { firstDifferences, type Terms } from '../../src/verify/compare/compare.ts';
import { exception, NOW, schedule, span } from '../job-builders.ts';

const HOUR = 3_600_000;
const TERMS: Terms = { now: NOW, zone: UTC, lastDay: 'keep' };

/** Monday to Friday of the 1st and 15th, at 9:00 and 9:30. */
const TICKED = schedule({ minutes: [0, 30], hours: [9], monthDays: [1, 15], weekdays: [1, 2, 3, 4, 5] });
const LINE: Piece = {
  product: {
    minutes: [0, 30],
    hours: [9],
    monthDays: [1, 15],
    months: span(1, 12),
    weekdays: [1, 2, 3, 4, 5],
  },
  conditions: [],
};

const notAt = (from: string, before: string): Condition => ({
  kind: 'not-at',
  stretches: [{ from: Date.parse(from), before: Date.parse(before) }],
});

const areEqual = (one: Schedule, piece = LINE, terms = TERMS): boolean =>
  firstDifferences({ schedules: [one], pieces: [piece] }, terms).length === 0;

const flipped = (elements: readonly boolean[], at: number): readonly boolean[] =>
  elements.map((value, index) => (index === at ? !value : value));

const withProduct = (change: Partial<Piece['product']>): Piece => ({
  ...LINE,
  product: { ...LINE.product, ...change },
});

test('what was proved of one content is not said of another: each part of both sides counts', () => {
  assert.ok(areEqual(TICKED));
  const schedules: Readonly<Record<string, Partial<Schedule>>> = {
    minute: { minutes: flipped(TICKED.minutes, 59) },
    hour: { hours: flipped(TICKED.hours, 23) },
    'week day': { weekdays: flipped(TICKED.weekdays, 0) },
    'month day': { monthDays: flipped(TICKED.monthDays, 30) },
    month: { months: flipped(TICKED.months, 11) },
    start: { start: NOW + 100 * 24 * HOUR },
    end: { end: NOW + 100 * 24 * HOUR },
    'date of an exception': { exceptions: [exception('2026-05-01', null)] },
    'time of an exception': { exceptions: [exception(null, '09:30:00')] },
  };
  for (const [what, change] of Object.entries(schedules)) {
    assert.ok(!areEqual({ ...TICKED, ...change }), what);
    assert.ok(areEqual(TICKED), `${what}: the first is equal still`);
  }
  const pieces: Readonly<Record<string, Piece>> = {
    minute: withProduct({ minutes: [0] }),
    hour: withProduct({ hours: [9, 10] }),
    'month day': withProduct({ monthDays: [1, 15, 31] }),
    month: withProduct({ months: span(1, 11) }),
    'week day': withProduct({ weekdays: [1, 2, 3, 4] }),
    'guard of a time': { ...LINE, conditions: [notAt('2026-05-01T09:30Z', '2026-05-01T10:00Z')] },
    guard: { ...LINE, conditions: [{ kind: 'not-on', dates: ['2026-05-01'] }] },
  };
  for (const [what, piece] of Object.entries(pieces)) assert.ok(!areEqual(TICKED, piece), what);
});

test('how the flag of the last day is read, and from when on, counts too', () => {
  const flagged = schedule({
    minutes: [0, 30],
    hours: [9],
    monthDays: [1, 15],
    lastDay: true,
    weekdays: [1, 2, 3, 4, 5],
  });
  assert.ok(areEqual(flagged));
  assert.ok(!areEqual(flagged, LINE, { ...TERMS, lastDay: 'honor' }));
  // 1 May 2026 is a Friday; afterwards the exception is over.
  const excepted = { ...TICKED, exceptions: [exception('2026-05-01', null)] };
  assert.ok(!areEqual(excepted));
  assert.ok(areEqual(excepted, LINE, { ...TERMS, now: Date.UTC(2026, 4, 2) }));
});

test('a time of a date that the chains leave out is held against the exception, minute by minute', () => {
  const excepted = (time: string): Schedule => ({ ...TICKED, exceptions: [exception('2026-05-01', time)] });
  const guarded = { ...LINE, conditions: [notAt('2026-05-01T09:00Z', '2026-05-01T09:30Z')] };
  assert.ok(areEqual(excepted('09:00:00'), guarded));
  assert.ok(!areEqual(excepted('09:30:00'), guarded));
  assert.ok(!areEqual(TICKED, guarded));
});

test('a start that is over is as good as any other', () => {
  assert.ok(areEqual({ ...TICKED, start: NOW - 1 }));
  assert.ok(areEqual({ ...TICKED, start: NOW - 1_000 * HOUR }));
});
