import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  dateOnWall,
  instantsAt,
  isoInZone,
  repeatedStretches,
  startOfDate,
  UTC,
  wallTime,
  type Zone,
} from '../../src/model/zone.ts';
import { runs } from '../property-runs.ts';
import { BERLIN, fixedZone } from '../zones.ts';

const utc = Date.parse;
const NEW_YORK = fixedZone(-240);
const INDIA = fixedZone(330);

describe('what the wall shows', () => {
  const cases: readonly [string, Zone, string, string][] = [
    ['in UTC the same', UTC, '2026-07-01T10:00:30Z', '2026-07-01T10:00:30Z'],
    ['Berlin in winter', BERLIN, '2026-01-01T00:00Z', '2026-01-01T01:00Z'],
    ['Berlin in summer', BERLIN, '2026-07-01T00:00Z', '2026-07-01T02:00Z'],
    ['the last second of winter', BERLIN, '2026-03-29T00:59:59Z', '2026-03-29T01:59:59Z'],
    ['the first second of summer', BERLIN, '2026-03-29T01:00:00Z', '2026-03-29T03:00:00Z'],
    ['the last second of summer', BERLIN, '2026-10-25T00:59:59Z', '2026-10-25T02:59:59Z'],
    ['the first second of winter', BERLIN, '2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z'],
    ['India, half an hour', INDIA, '2026-01-01T20:00Z', '2026-01-02T01:30Z'],
    ['west of Greenwich', NEW_YORK, '2026-01-01T02:00Z', '2025-12-31T22:00Z'],
  ];
  for (const [name, zone, instant, wall] of cases)
    test(name, () => assert.equal(wallTime(zone, utc(instant)), utc(wall)));

  test('at infinity: infinity', () => {
    assert.equal(wallTime(BERLIN, Infinity), Infinity);
    assert.equal(wallTime(BERLIN, -Infinity), -Infinity);
  });
});

describe('the instants at which the wall shows a time', () => {
  const cases: readonly [string, Zone, string, readonly string[]][] = [
    ['one, in UTC', UTC, '2026-03-29T02:30Z', ['2026-03-29T02:30Z']],
    ['one, in summer', BERLIN, '2026-07-01T09:00Z', ['2026-07-01T07:00Z']],
    ['the minute before the hour that clocks pass over', BERLIN, '2026-03-29T01:59Z', ['2026-03-29T00:59Z']],
    ['none at its first minute', BERLIN, '2026-03-29T02:00Z', []],
    ['none at its last minute', BERLIN, '2026-03-29T02:59Z', []],
    ['the minute after it', BERLIN, '2026-03-29T03:00Z', ['2026-03-29T01:00Z']],
    ['the minute before the hour that is repeated', BERLIN, '2026-10-25T01:59Z', ['2026-10-24T23:59Z']],
    ['two at its first minute', BERLIN, '2026-10-25T02:00Z', ['2026-10-25T00:00Z', '2026-10-25T01:00Z']],
    ['two at its last minute', BERLIN, '2026-10-25T02:59Z', ['2026-10-25T00:59Z', '2026-10-25T01:59Z']],
    ['the minute after it', BERLIN, '2026-10-25T03:00Z', ['2026-10-25T02:00Z']],
  ];
  for (const [name, zone, wall, instants] of cases)
    test(`${name} (${wall})`, () => assert.deepEqual(instantsAt(zone, utc(wall)), instants.map(utc)));
});

describe('the stretches that are shown twice', () => {
  const first = {
    start: utc('2026-10-25T02:00Z'),
    end: utc('2026-10-25T03:00Z'),
    instant: utc('2026-10-25T01:00Z'),
  };

  test('Berlin: from two to three of the last Sunday of October, and not in March', () => {
    const found = repeatedStretches(BERLIN, utc('2026-01-01T00:00Z'));
    assert.deepEqual(found[0], first);
    assert.deepEqual(
      found.map(({ start }) => dateOnWall(start)),
      ['2026-10-25', '2027-10-31', '2028-10-29'],
    );
  });

  test('from the instant of the change on, it included', () => {
    assert.deepEqual(repeatedStretches(BERLIN, first.instant)[0], first);
    assert.equal(dateOnWall(repeatedStretches(BERLIN, first.instant + 1)[0]?.start ?? 0), '2027-10-31');
  });

  test('half an hour where clocks go back by half an hour', () => {
    const change = utc('2026-04-04T15:00Z');
    const lordHowe: Zone = {
      name: 'Australia/Lord_Howe',
      offsets: [
        { from: -Infinity, seconds: 39_600 },
        { from: change, seconds: 37_800 },
      ],
    };
    assert.deepEqual(repeatedStretches(lordHowe, 0), [
      { start: utc('2026-04-05T01:30Z'), end: utc('2026-04-05T02:00Z'), instant: change },
    ]);
  });

  test('none without a change', () => assert.deepEqual(repeatedStretches(INDIA, 0), []));
});

describe('an instant in words', () => {
  const cases: readonly [string, Zone, string, string][] = [
    ['UTC', UTC, '2026-04-16T12:00:00Z', '2026-04-16T12:00:00+00:00'],
    ['Berlin in summer', BERLIN, '2027-03-28T01:30:00Z', '2027-03-28T03:30:00+02:00'],
    ['the hour before', BERLIN, '2027-03-28T00:30:00Z', '2027-03-28T01:30:00+01:00'],
    ['half an hour east', INDIA, '2026-01-01T00:00:00Z', '2026-01-01T05:30:00+05:30'],
    ['west', NEW_YORK, '2026-01-01T02:00:05Z', '2025-12-31T22:00:05-04:00'],
    ['three and a half hours west', fixedZone(-210), '2026-01-01T04:00:00Z', '2026-01-01T00:30:00-03:30'],
    ['half an hour west', fixedZone(-30), '2026-01-01T00:30:00Z', '2026-01-01T00:00:00-00:30'],
    ['the last year of four digits', UTC, '9999-12-31T23:59:59Z', '9999-12-31T23:59:59+00:00'],
    // ISO 8601 writes more digits with a sign.
    ['the first of five', fixedZone(60), '9999-12-31T23:59:59Z', '+010000-01-01T00:59:59+01:00'],
  ];
  for (const [name, zone, instant, text] of cases)
    test(name, () => assert.equal(isoInZone(zone, utc(instant)), text));
});

describe('a date', () => {
  const cases: readonly [string, string | null][] = [
    ['2026-04-16', '2026-04-16T00:00Z'],
    ['2028-02-29', '2028-02-29T00:00Z'],
    ['0099-01-01', '0099-01-01T00:00Z'],
    ['12026-01-01', '+012026-01-01T00:00Z'],
    ['infinity', null],
    ['-infinity', null],
    ['0044-03-15 BC', null],
    ['', null],
  ];
  for (const [text, start] of cases) {
    test(`"${text}" begins ${start === null ? 'never' : `at ${start}`}`, () => {
      assert.equal(startOfDate(text), start === null ? null : utc(start));
      if (start !== null) assert.equal(dateOnWall(utc(start) + 86_399_999), text);
    });
  }
});

describe('a zone of many rules', () => {
  const HOUR = 3_600_000;
  const zones = fc
    .array(
      fc.record({ gap: fc.integer({ min: 1, max: 400 }), seconds: fc.integer({ min: -167, max: 167 }) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    .map((changes): Zone => {
      let from = utc('2026-01-01T00:00Z');
      return {
        name: 'drawn',
        offsets: changes.map(({ gap, seconds }, index) => {
          from += gap * HOUR;
          return { from: index === 0 ? -Infinity : from, seconds: seconds * 3_600 };
        }),
      };
    });
  const instants = fc
    .integer({ min: -400, max: 20_000 })
    .map((halves) => utc('2026-01-01T00:00Z') + (halves * HOUR) / 2);

  test('is read like one of few: each rule from its beginning to that of the next', () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const rules = zone.offsets.map((rule, index) => ({
          ...rule,
          before: zone.offsets[index + 1]?.from ?? Infinity,
        }));
        const now = rules.find(({ from, before }) => from <= at && at < before);
        assert.equal(wallTime(zone, at), at + (now?.seconds ?? 0) * 1_000);
        const shown = rules
          .map(({ from, before, seconds }) => ({ from, before, instant: at - seconds * 1_000 }))
          .filter(({ from, before, instant }) => from <= instant && instant < before)
          .map(({ instant }) => instant);
        assert.deepEqual(instantsAt(zone, at), shown);
      }),
      runs(2_000),
    );
  });
});
