import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UTC, type Zone } from '../../src/model/zone.ts';
import { oneRunAtATime, startingGuard, stoppingGuard } from '../../src/transform/guard.ts';
import { readGuard } from '../../src/transform/read-guard.ts';
import type { Condition } from '../../src/transform/schedule/condition.ts';
import { literal } from '../../src/transform/sql-text.ts';
import { BERLIN, fixedZone } from '../zones.ts';
import { runGuard, type Verdict } from './guard-reader.ts';

const utc = Date.parse;
const FROM: Condition = { kind: 'from', instant: utc('2026-05-01T08:00Z') };
const BEFORE: Condition = { kind: 'before', instant: utc('2026-06-01T10:01Z') };
const NOT_ON: Condition = { kind: 'not-on', dates: ['2026-05-02', '2026-05-25'] };
const NOT_AT: Condition = {
  kind: 'not-at',
  stretches: [
    { from: utc('2026-05-02T09:30Z'), before: utc('2026-05-02T10:00Z') },
    { from: utc('2026-05-25T23:00Z'), before: utc('2026-05-26T00:00Z') },
  ],
};
const EVERY_KIND: readonly Condition[] = [
  FROM,
  BEFORE,
  NOT_ON,
  NOT_AT,
  { kind: 'not-leap-eve' },
  { kind: 'not', condition: NOT_ON },
];

test('a guard reads as a person would write it', () => {
  const { command, ...rest } = stoppingGuard([NOT_ON, FROM, BEFORE], 1);
  assert.deepEqual(rest, {
    taskName: 'guard',
    taskOrder: 1,
    kind: 'SQL',
    parameters: [],
    databaseConnection: null,
    ignoreError: false,
    autonomous: true,
    live: true,
    stepId: null,
  });
  assert.equal(
    command,
    `DO $guard$ BEGIN
  -- Made by pga2timetable: skips runs that a cron line cannot leave out. To run them too, delete this task.
  IF now()::date IN ('2026-05-02', '2026-05-25') THEN RAISE EXCEPTION 'not run: an exception of the schedule'; END IF;
  IF now() < '2026-05-01 08:00:00+00' THEN RAISE EXCEPTION 'not run: only from 2026-05-01 08:00:00+00 on'; END IF;
  IF now() >= '2026-06-01 10:01:00+00' THEN
    UPDATE timetable.chain SET live = false
     WHERE chain_id = nullif(current_setting('pg_timetable.current_chain_id', true), '')::bigint;
    COMMIT;
    RAISE EXCEPTION 'not run: only before 2026-06-01 10:01:00+00';
  END IF;
END $guard$`,
  );
});

describe('a guard lets a run through, or not', () => {
  const cases: readonly [string, Condition, Zone, string, boolean][] = [
    ['from: in its first second', FROM, UTC, '2026-05-01T08:00:00Z', true],
    ['from: a second before', FROM, UTC, '2026-05-01T07:59:59Z', false],
    ['before: in the last second', BEFORE, UTC, '2026-06-01T10:00:59Z', true],
    ['before: a second later', BEFORE, UTC, '2026-06-01T10:01:00Z', false],
    ['on a date: the last second before it', NOT_ON, UTC, '2026-05-01T23:59:59Z', true],
    ['on a date: its first second', NOT_ON, UTC, '2026-05-02T00:00:00Z', false],
    ['on a date: its last second', NOT_ON, UTC, '2026-05-02T23:59:59Z', false],
    ['on a date: the first second behind it', NOT_ON, UTC, '2026-05-03T00:00:00Z', true],
    ['on the second of two dates', NOT_ON, UTC, '2026-05-25T12:00:00Z', false],
    [
      'a date is one of the zone: in Berlin it begins two hours sooner',
      NOT_ON,
      BERLIN,
      '2026-05-01T22:00:00Z',
      false,
    ],
    ['and in New York four hours later', NOT_ON, fixedZone(-240), '2026-05-02T03:59:59Z', true],
    ['at a time of a date: the last second before it', NOT_AT, UTC, '2026-05-02T09:29:59Z', true],
    ['at a time of a date: its first second', NOT_AT, UTC, '2026-05-02T09:30:00Z', false],
    ['a run that is late for it', NOT_AT, UTC, '2026-05-02T09:59:59Z', false],
    ['the next run of the day', NOT_AT, UTC, '2026-05-02T10:00:00Z', true],
    ['that time of another date', NOT_AT, UTC, '2026-05-03T09:30:00Z', true],
    ['the second of two times', NOT_AT, UTC, '2026-05-25T23:59:59Z', false],
    ['that time by the clock of the zone: Berlin', NOT_AT, BERLIN, '2026-05-02T07:30:00Z', false],
    ['28 February of a leap year', { kind: 'not-leap-eve' }, UTC, '2028-02-28T12:00:00Z', false],
    ['29 February', { kind: 'not-leap-eve' }, UTC, '2028-02-29T12:00:00Z', true],
    ['28 February of a common year', { kind: 'not-leap-eve' }, UTC, '2027-02-28T12:00:00Z', true],
    ['27 February of a leap year', { kind: 'not-leap-eve' }, UTC, '2028-02-27T12:00:00Z', true],
    ['only on a date: on it', { kind: 'not', condition: NOT_ON }, UTC, '2026-05-25T00:00:00Z', true],
    [
      'only on a date: a second before',
      { kind: 'not', condition: NOT_ON },
      UTC,
      '2026-05-24T23:59:59Z',
      false,
    ],
  ];
  for (const [name, condition, zone, text, runs] of cases) {
    test(name, () => {
      const retires = !runs && condition.kind === 'before';
      for (const { command } of [stoppingGuard([condition], 1), startingGuard([condition], 'x', 1)])
        assert.deepEqual(runGuard(command, zone, utc(text)), { runs, retires });
    });
  }

  test('each of several conditions counts', () => {
    const { command } = stoppingGuard([FROM, NOT_ON, BEFORE], 1);
    const runs = (text: string): boolean => runGuard(command, UTC, utc(text)).runs;
    assert.deepEqual(
      ['2026-04-30T12:00Z', '2026-05-02T12:00Z', '2026-05-03T12:00Z', '2026-06-02T12:00Z'].map(runs),
      [false, false, true, false],
    );
  });
});

describe('behind its end a chain takes itself out of service, and never sooner', () => {
  for (const { command } of [stoppingGuard([NOT_ON, BEFORE], 1), startingGuard([NOT_ON, BEFORE], 'x', 1)]) {
    const at = (text: string): Verdict => runGuard(command, UTC, utc(text));
    test(command.includes('RETURN') ? 'one that starts another' : 'one with steps', () => {
      assert.deepEqual(at('2026-06-01T10:00:59Z'), { runs: true, retires: false });
      assert.deepEqual(at('2026-06-01T10:01:00Z'), { runs: false, retires: true });
      assert.deepEqual(at('2026-05-02T10:00:00Z'), { runs: false, retires: false }, 'on an exception');
    });
  }
});

test('a guard reads the clock of its transaction alone, and needs nothing else of the session but the chain it runs in', () => {
  for (const { command } of [stoppingGuard(EVERY_KIND, 1), startingGuard(EVERY_KIND, 'x', 1)]) {
    assert.doesNotMatch(command, /clock_timestamp|current_date|current_timestamp|localtime/i);
    assert.match(command, /-- Made by pga2timetable: /);
  }
});

test('a time of a date reads as a person would write it', () => {
  assert.match(
    stoppingGuard([NOT_AT], 1).command,
    / {2}IF now\(\)::timestamp >= '2026-05-02 09:30' AND now\(\)::timestamp < '2026-05-02 10:00' OR now\(\)::timestamp >= '2026-05-25 23:00' AND now\(\)::timestamp < '2026-05-26 00:00' THEN RAISE EXCEPTION 'not run: an exception of the schedule'; END IF;\n/,
  );
});

test('a guard of every kind is read back as it was written', () => {
  for (const guard of [stoppingGuard(EVERY_KIND, 1), startingGuard(EVERY_KIND, 'x', 1)])
    assert.deepEqual(readGuard(guard.command)?.conditions, EVERY_KIND);
});

test('the same need has the same text', () => {
  const make = (): string => stoppingGuard([...EVERY_KIND], 1).command;
  assert.equal(make(), make());
});

describe('a guard that starts another chain', () => {
  const start = (name: string): string => startingGuard([FROM], name, 1).command;

  test('does so on its own client, and says so if that chain is gone', () => {
    assert.ok(
      start('job @ often [steps]').endsWith(`
  IF now() < '2026-05-01 08:00:00+00' THEN RETURN; END IF; -- only from 2026-05-01 08:00:00+00 on
  PERFORM pg_notify(current_setting('pg_timetable.current_client_name'), format('{"ConfigID": %s, "Command": "START", "Ts": %s, "Delay": 0}', chain_id, extract(epoch FROM now())::bigint + 604800))
     FROM timetable.chain WHERE chain_name = 'job @ often [steps]';
  IF NOT FOUND THEN RAISE EXCEPTION 'the chain with the steps is gone: %', 'job @ often [steps]'; END IF;
END $guard$`),
    );
  });

  for (const name of ["it's", 'C:\\x', '$guard$', "$guard$ $guard_$ '\\", 'a\nb', '100 %']) {
    test(`${JSON.stringify(name)} is quoted`, () => {
      const command = start(name);
      const [, tag = ''] = /^DO (\$\w+\$)/.exec(command) ?? [];
      assert.equal(command.split(tag).length, 3, 'the quotes of the body stand at its ends only');
      assert.ok(command.endsWith(tag));
      assert.equal(command.split(literal(name)).length, 3, 'in the search and in the message');
    });
  }
});

describe('one run at a time', () => {
  const { command, autonomous, taskOrder, taskName } = oneRunAtATime(`pgAgent job 5 "it's" of "app"`, 2);

  test('tries a lock of the transaction, never waits, and fails where it is taken', () => {
    assert.equal(
      command,
      `DO $lock$ BEGIN
  -- Made by pga2timetable: the job is several chains, and pgAgent never ran it beside itself. To allow that, see docs/advisories/several-schedules.md.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('pgAgent job 5 "it''s" of "app"', 0)) THEN
    RAISE EXCEPTION 'not run: another chain of the job is still running';
  END IF;
END $lock$`,
    );
  });

  test("stands in the chain's own transaction, where the lock lasts as long as the chain", () => {
    assert.deepEqual([taskName, taskOrder, autonomous], ['one run at a time', 2, false]);
  });

  test('a name with the quotes of the body in it', () => {
    const nasty = oneRunAtATime('$lock$', 1).command;
    assert.ok(nasty.startsWith('DO $lock_$') && nasty.endsWith('$lock_$'));
  });
});
