import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asLogged,
  hasGaps,
  isAtTheEdge,
  judgeMoment,
  lastMinuteBehind,
  lostMinutes,
  mayGoLive,
  mayStop,
  missedMinutes,
  type Situation,
  stopDeadline,
  stopOf,
  type Tick,
  unsureMinutes,
} from '../../src/cutover/moment/moment.ts';
import { HOUR, MINUTE } from './two-engines.ts';

/** A moment, in seconds into the hour, in words: `now no-agent`, `wait quiet-minute`. */
function judged(second: number, more: Partial<Situation> = {}): string {
  const judgement = judgeMoment({
    now: HOUR + second * 1000,
    offset: 0,
    hasAgent: true,
    isBusy: false,
    isDue: always,
    ticks: [AT_30],
    deadline: HOUR,
    ...more,
  });
  return judgement.kind === 'now' ? `now ${judgement.how}` : `wait ${judgement.because}`;
}

const always = (): boolean => true;
const never = (): boolean => false;
const AT_30: Tick = { second: 30, margin: 1 };
const UNKNOWN: Tick = { second: null, margin: 0 };
/** Due in these minutes of the hour. */
const dueIn =
  (...minutes: readonly number[]) =>
  (instant: number): boolean =>
    minutes.includes((instant - HOUR) / MINUTE);

test('while an agent runs a job, or is about to, nothing is handed over', () => {
  assert.equal(judged(40, { isBusy: true }), 'wait jobs-run');
  assert.equal(judged(40, { isBusy: true, hasAgent: false }), 'wait jobs-run');
});

test('without an agent the jobs go at once, due or not', () => {
  for (const second of [1, 20, 59.9]) {
    assert.equal(judged(second, { hasAgent: false }), 'now no-agent');
    assert.equal(judged(second, { hasAgent: false, isDue: never }), 'now no-agent');
  }
});

test('without an agent, a minute that one may have run must be over on the target too', () => {
  const behind = { hasAgent: false, offset: -3000, ticks: [UNKNOWN], isDue: dueIn(-1) };
  // The minute ends on the target at 3 s, and half a second is left for the reading of the clocks.
  assert.equal(judged(3.4, behind), 'wait edge');
  assert.equal(judged(3.5, behind), 'now no-agent');
});

test('in a minute in which no job is due, 1.5 s are kept from its edges', () => {
  const quiet = { isDue: dueIn(-1), ticks: [AT_30] };
  assert.equal(judged(1.499, quiet), 'wait edge');
  assert.equal(judged(1.5, quiet), 'now quiet-minute');
  assert.equal(judged(58.5, quiet), 'now quiet-minute');
  assert.equal(judged(58.501, quiet), 'wait edge');
  const later = { isDue: never, deadline: HOUR + 10 * MINUTE };
  assert.equal(judged(10, later), 'now quiet-minute', 'another quiet minute is not waited for');
  const early = { ...quiet, ticks: [{ second: 1, margin: 1 }] };
  assert.equal(judged(58.5, early), 'now quiet-minute', 'nothing is due at the next early tick');
});

test('a quiet minute is waited for if it begins 1.5 s before the waiting ends, also past a good second', () => {
  const soon = (milliseconds: number) => ({ isDue: dueIn(0), deadline: HOUR + MINUTE + milliseconds });
  assert.equal(judged(40, soon(1500)), 'wait quiet-minute');
  assert.equal(judged(40, soon(1499)), 'now both-ran');
});

test('both have had their turn half a second behind the latest that the last client ticks', () => {
  assert.equal(judged(31.499), 'wait both-ran');
  assert.equal(judged(31.5), 'now both-ran');
  const two = { ticks: [{ second: 40, margin: 2 }, AT_30] };
  assert.equal(judged(42.499, two), 'wait both-ran');
  assert.equal(judged(42.5, two), 'now both-ran');
  assert.equal(judged(58.5), 'now both-ran');
  assert.equal(judged(58.501), 'wait both-ran');
});

test('an early tick of the next minute closes the moment 1.5 s and half a second before it', () => {
  const early = { ticks: [{ second: 1, margin: 1 }] };
  assert.equal(judged(58, early), 'now both-ran');
  assert.equal(judged(58.001, early), 'wait both-ran');
});

test('where a tick is not known, or too late in the minute, the jobs go at 57 s and the chains behind the tick', () => {
  for (const ticks of [[UNKNOWN], [], [AT_30, UNKNOWN], [{ second: 55.6, margin: 1 }]]) {
    assert.equal(judged(56.999, { ticks }), 'wait both-ran');
    assert.equal(judged(57, { ticks }), 'now split');
    assert.equal(judged(58.5, { ticks }), 'now split');
    assert.equal(judged(58.501, { ticks }), 'wait both-ran');
  }
  // At 55 s and its margin and a half the moment is 1.5 s long: 57 to 58.5.
  assert.equal(judged(57, { ticks: [{ second: 55.5, margin: 1 }] }), 'now both-ran');
});

test('a second that is known too near to the edge of the minute may be on its other side', () => {
  assert.equal(judged(57, { ticks: [{ second: 0.9, margin: 1 }] }), 'now split');
  assert.equal(judged(57, { ticks: [{ second: 1, margin: 1 }] }), 'now both-ran');
});

test('the tick is counted by the target’s clock, which may be in another minute', () => {
  // The target is 3 s behind: its second 58 of this minute is second 61 here.
  assert.equal(judged(10, { offset: -3000, ticks: [{ second: 58, margin: 1 }] }), 'wait both-ran');
  assert.equal(judged(34.499, { offset: -3000 }), 'wait both-ran');
  assert.equal(judged(34.5, { offset: -3000 }), 'now both-ran');
  assert.equal(judged(28.5, { offset: 3000 }), 'now both-ran');
  // 59 s behind, the target ends its due minute when the quiet one is nearly over: that is none to wait for.
  const far = { offset: -59_000, ticks: [UNKNOWN], isDue: dueIn(0) };
  assert.equal(judged(57, { ...far, deadline: HOUR + MINUTE + 1500 }), 'now split');
  // In a quiet minute the target may still be in the one before, or in the next one already.
  const behind = { offset: -3000, ticks: [{ second: 58, margin: 1 }], isDue: dueIn(-1) };
  assert.equal(judged(2.499, behind), 'wait edge');
  assert.equal(judged(2.5, behind), 'now quiet-minute');
  const ahead = { offset: 3000, ticks: [{ second: 1, margin: 1 }], isDue: dueIn(1) };
  assert.equal(judged(55, ahead), 'now quiet-minute');
  assert.equal(judged(55.001, ahead), 'wait edge');
});

test('chains go live when every client has ticked in the due minutes that pgAgent has run', () => {
  const split = { taken: HOUR, isDue: always, ticks: [AT_30], offset: 0 };
  assert.equal(mayGoLive(HOUR + 31_499, split), false);
  assert.equal(mayGoLive(HOUR + 31_500, split), true);
  assert.equal(mayGoLive(HOUR + 34_499, { ...split, offset: -3000 }), false);
  assert.equal(mayGoLive(HOUR + 34_500, { ...split, offset: -3000 }), true);
  assert.equal(mayGoLive(HOUR + 1, { ...split, isDue: never }), true, 'a minute in which nothing is due');
  assert.equal(mayGoLive(HOUR + 1, { ...split, isDue: dueIn(-2) }), true, 'a minute long over');
});

test('a tick that is not known may come until the minute is over on the target', () => {
  const split = { taken: HOUR, isDue: always, ticks: [UNKNOWN], offset: 0 };
  assert.equal(mayGoLive(HOUR + 60_499, split), false);
  assert.equal(mayGoLive(HOUR + 60_500, split), true);
  assert.equal(mayGoLive(HOUR + 63_499, { ...split, offset: -3000 }), false);
});

test('a minute is missed for certain if its last tick was before the chains went live, perhaps from its first on', () => {
  const split = { taken: HOUR, isDue: dueIn(0, 1), ticks: [AT_30], offset: 0 };
  const next = HOUR + MINUTE;
  const missed = (second: number, more = {}) => {
    const live = next + second * 1000;
    return missedMinutes({ sent: live, landed: live }, { ...split, ...more });
  };
  assert.deepEqual(missed(28.499), []);
  assert.deepEqual(missed(28.5), [{ minute: next, isCertain: false }]);
  assert.deepEqual(missed(31.499), [{ minute: next, isCertain: false }]);
  assert.deepEqual(missed(31.5), [{ minute: next, isCertain: true }]);
  const two = { ticks: [AT_30, { second: 5, margin: 1 }] };
  assert.deepEqual(missed(10, two), [{ minute: next, isCertain: false }], 'the other client may run it');
  assert.deepEqual(missed(500, { isDue: dueIn(0, 1, 3) }), [
    { minute: next, isCertain: true },
    { minute: HOUR + 3 * MINUTE, isCertain: true },
  ]);
  const edge = { ticks: [{ second: 59, margin: 1 }] };
  assert.deepEqual(missed(0, edge), [{ minute: next, isCertain: false }], 'it may tick at second 0 as well');
  assert.deepEqual(missed(-2, { ticks: [{ second: 2, margin: 1 }], offset: 3000 }), [
    { minute: next, isCertain: false },
  ]);
});

test('chains stop when every client has ticked in what is due, or at the end of the minute', () => {
  const may = (second: number, ticks: readonly Tick[], isDue = always) =>
    mayStop(HOUR + second * 1000, { isDue, ticks, offset: 0 });
  assert.equal(may(31.499, [AT_30]), false);
  assert.equal(may(31.5, [AT_30]), true);
  assert.equal(may(58.501, [AT_30]), true, 'pgAgent takes the next minute late');
  assert.equal(may(87, [AT_30]), true);
  assert.equal(may(87.001, [AT_30]), false, 'the next tick may come before the commit');
  // The window of second 59 ends in the next minute.
  assert.equal(may(60.499, [{ second: 59, margin: 1 }]), false);
  assert.equal(may(1.5, [AT_30], never), true);
  assert.equal(may(59.9, [], always), true, 'no client, no tick');
  assert.equal(may(56.999, [UNKNOWN]), false);
  assert.equal(may(57, [UNKNOWN]), true);
});

test('chains are exchanged between the ticks of all clients; a minute whose ticks the commit met is named', () => {
  const turns = {
    isDue: always,
    ticks: [
      { second: 10, margin: 1 },
      { second: 40, margin: 1 },
    ],
    offset: 0,
  };
  const at = (second: number): number => HOUR + second * 1000;
  assert.equal(hasGaps(HOUR, turns), true);
  // From the last tick and its half second to the first of the next minute, less 1.5 s and half a second.
  assert.deepEqual(
    [mayStop(at(41.499), turns), mayStop(at(41.5), turns), mayStop(at(25), turns)],
    [false, true, false],
  );
  assert.equal(stopDeadline(at(41.5), turns), at(67));
  const unsure = (sent: number, landed: number): readonly number[] =>
    unsureMinutes({ sent: at(sent), landed: at(landed) }, turns).map((minute) => (minute - HOUR) / MINUTE);
  assert.deepEqual(unsure(41.5, 68.499), []);
  assert.deepEqual(unsure(41.499, 41.6), [0], 'the second client may not have ticked yet');
  assert.deepEqual(unsure(41.5, 68.5), [1], 'the first client may have ticked before it landed');
  assert.deepEqual(unsure(25, 130), [0, 1, 2]);
  assert.deepEqual(unsureMinutes({ sent: at(25), landed: at(26) }, { ...turns, ticks: [] }), []);
  const unknown = { isDue: always, ticks: [UNKNOWN], offset: 0 };
  assert.equal(hasGaps(HOUR, unknown), false);
});

test('a job that goes back takes the minute in which it is enabled late, unless a client may have run it', () => {
  const turns = { isDue: always, ticks: [AT_30], offset: 0 };
  assert.equal(lastMinuteBehind(HOUR + 40_000, HOUR + 41_000, turns), HOUR);
  assert.equal(lastMinuteBehind(HOUR + 40_000, HOUR + 60_000, turns), HOUR);
  assert.equal(lastMinuteBehind(HOUR + 40_000, HOUR + 119_999, turns), HOUR);
  assert.equal(
    lastMinuteBehind(HOUR + 40_000, HOUR + 120_000, turns),
    HOUR + MINUTE,
    'one run is made up for',
  );
  // 3 s ahead, the target may have ticked at its second 0 of the next minute: at 56.5 s here.
  const ahead = { ...turns, ticks: [UNKNOWN], offset: 3000 };
  assert.equal(lastMinuteBehind(HOUR + 56_499, HOUR + 56_600, ahead), HOUR);
  assert.equal(lastMinuteBehind(HOUR + 56_500, HOUR + 56_600, ahead), HOUR + MINUTE);
  assert.equal(lastMinuteBehind(HOUR + 56_500, HOUR + 56_600, { ...ahead, ticks: [] }), HOUR);
  // No client is connected, and the last was seen then.
  const gone = (lastTurn: number | null) =>
    lastMinuteBehind(HOUR + 10_000, HOUR + 11_000, { ...turns, ticks: [], lastTurn });
  assert.equal(gone(null), HOUR, 'nobody knows: one may have run this minute');
  assert.equal(gone(HOUR - 1), HOUR - MINUTE);
  assert.equal(gone(HOUR), HOUR);
});

test('a minute is lost to both for certain if no client can have ticked in it before the chains stopped', () => {
  const turns = { isDue: always, ticks: [AT_30], offset: 0 };
  const lost = (second: number, upTo = HOUR) =>
    lostMinutes(stopOf({ sent: HOUR + second * 1000, landed: HOUR + second * 1000 }, turns), upTo, always);
  assert.deepEqual(lost(31.5), []);
  assert.deepEqual(lost(31.499), [{ minute: HOUR, isCertain: false }]);
  assert.deepEqual(lost(28.5), [{ minute: HOUR, isCertain: false }]);
  assert.deepEqual(lost(28.499), [{ minute: HOUR, isCertain: true }]);
  assert.deepEqual(lost(31.5, HOUR + MINUTE), [{ minute: HOUR + MINUTE, isCertain: true }]);
});

test('a tick that the log does not show yet may still come; after a while the client hangs, and nobody knows its second', () => {
  const at = (second: number): number => HOUR + second * 1000;
  const shown = (loggedAt: number, now: number): Tick => asLogged(AT_30, loggedAt, now, 0);
  assert.deepEqual(shown(at(30), at(31)), AT_30);
  assert.deepEqual(shown(at(-30), at(29.9)), AT_30, 'the tick of this minute is not due');
  assert.deepEqual(shown(at(-30), at(32)), { ...AT_30, overdue: 2000 });
  assert.deepEqual(shown(at(-30), at(34)), { ...AT_30, overdue: 4000 });
  assert.deepEqual(shown(at(-30), at(34.001)), { ...AT_30, second: null, lastTick: at(-30) });
  assert.deepEqual(asLogged(AT_30, at(-30), at(40), 3000).lastTick, at(-33));
  assert.deepEqual(asLogged(UNKNOWN, at(-30), at(40), 0), UNKNOWN);
  // Not both have looked for what is due, until the log says so.
  const late = { ticks: [{ ...AT_30, overdue: 2500 }] };
  assert.equal(judged(32.5, late), 'wait both-ran');
  assert.equal(judged(32.5), 'now both-ran');
  assert.equal(judged(40, { ticks: [{ ...AT_30, second: null }] }), 'wait both-ran');
  const stopped = { sent: at(57.5), landed: at(57.6) };
  const hangs = { isDue: always, ticks: [{ ...AT_30, second: null, lastTick: at(-30) }], offset: 0 };
  assert.deepEqual(lostMinutes(stopOf(stopped, hangs), HOUR, always), [{ minute: HOUR, isCertain: false }]);
});

test('the last 1.5 s before a tick are an edge', () => {
  const turns = { isDue: always, ticks: [AT_30], offset: 0 };
  assert.equal(isAtTheEdge(HOUR + 58_500, turns), false);
  assert.equal(isAtTheEdge(HOUR + 86_999, turns), false);
  assert.equal(isAtTheEdge(HOUR + 87_000, turns), true);
  const ahead = { ...turns, ticks: [UNKNOWN], offset: 3000 };
  assert.equal(isAtTheEdge(HOUR + 54_999, ahead), false);
  assert.equal(isAtTheEdge(HOUR + 55_000, ahead), true);
});
