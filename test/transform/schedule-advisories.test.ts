import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Schedule } from '../../src/model/job.ts';
import { type Chosen, codes, context, exception, job, NOW, schedule, span } from '../job-builders.ts';
import { BERLIN } from '../zones.ts';
import { plan } from './plans.ts';

describe('schedules that meet', () => {
  const at = (id: number, minutes: readonly number[]): Schedule =>
    schedule({ minutes }, { id, name: `s${id}` });
  const cases: readonly [string, readonly Schedule[], readonly string[]][] = [
    ['one alone', [at(1, [0])], []],
    ['two that do not meet', [at(1, [0]), at(2, [5])], ['several-schedules ']],
    ['two that meet', [at(1, [0, 5]), at(2, [5])], ['overlapping-schedules 2', 'several-schedules ']],
    ['one that is disabled', [at(1, [0]), { ...at(2, [0]), enabled: false }], []],
    [
      'three of which each pair meets',
      [at(1, [0]), at(2, [0]), at(3, [0])],
      ['overlapping-schedules 2', 'overlapping-schedules 3', 'overlapping-schedules 3', 'several-schedules '],
    ],
  ];
  for (const [name, schedules, expected] of cases) {
    test(name, () => {
      const { advisories, chains } = plan(job({ schedules }));
      const found = advisories
        .filter(({ code }) => code.endsWith('-schedules'))
        .map(({ code, scheduleId }) => `${code} ${scheduleId ?? ''}`);
      assert.deepEqual([...found].sort(), expected);
      assert.equal(chains.length, schedules.filter(({ enabled }) => enabled).length);
    });
  }

  test('the other schedule is named', () => {
    const { advisories } = plan(job({ schedules: [at(1, [0]), at(2, [0])] }));
    assert.match(advisories.find(({ code }) => code === 'overlapping-schedules')?.message ?? '', /"s1"/);
  });

  test('a day that a month lacks is a warning about that schedule', () => {
    const { advisories } = plan(job({ schedules: [schedule({ monthDays: [31] }, { id: 9 })] }));
    const [found] = advisories.filter(({ code }) => code === 'day-missing-in-month');
    assert.deepEqual([found?.severity, found?.scheduleId], ['warning', 9]);
  });
});

describe('what is said of a schedule', () => {
  const NINE = { minutes: [0], hours: [9] };
  // NOW is noon of Thursday, 16 April 2026.
  const cases: readonly [string, Schedule, readonly string[]][] = [
    ['nothing, as a rule', schedule(NINE), []],
    ['nothing ticked at all', schedule(), ['warning nothing-ticked']],
    ['nothing ticked but an hour', schedule({ hours: [9] }), ['info every-minute-of-the-hour']],
    [
      'nothing ticked but Sunday',
      schedule({ weekdays: [0] }),
      ['info every-minute-of-the-hour', 'warning nothing-ticked'],
    ],
    ['nothing ticked but all hours', schedule({ hours: span(0, 23) }), ['info every-minute-of-the-hour']],
    ['all 60 minutes of an hour, ticked', schedule({ minutes: span(0, 59), hours: [9] }), []],
    ['a day that months lack', schedule({ ...NINE, monthDays: [31] }), ['warning day-missing-in-month']],
    ['the last day alone', schedule({ ...NINE, lastDay: true, months: [1] }), []],
    [
      'the last day beside the 15th',
      schedule({ ...NINE, lastDay: true, monthDays: [15] }),
      ['warning last-day-of-month'],
    ],
    ['the last day beside all 31 days', schedule({ ...NINE, lastDay: true, monthDays: span(1, 31) }), []],
    [
      'a time left out',
      schedule({ minutes: [0, 30], hours: [9] }, { exceptions: [exception(null, '09:30:00')] }),
      ['info exceptions'],
    ],
    [
      'a date left out',
      schedule(NINE, { exceptions: [exception('2026-12-25', null)] }),
      ['info exceptions', 'info failed-on-purpose'],
    ],
    ['a date of the past', schedule(NINE, { exceptions: [exception('2025-12-25', null)] }), []],
    [
      'a start to come',
      schedule(NINE, { start: NOW + 86_400_000 * 3 }),
      ['info failed-on-purpose', 'info start-in-future'],
    ],
    ['a start in the minute that runs', schedule(NINE, { start: NOW + 1 }), []],
    [
      'an end to come',
      schedule(NINE, { end: NOW + 86_400_000 * 3 }),
      ['info end-in-future', 'info failed-on-purpose'],
    ],
    ['an end at infinity', schedule(NINE, { end: Infinity }), []],
    ['several chains', schedule({ ...NINE, lastDay: true, months: [1, 4] }), ['info several-chains']],
  ];
  for (const [name, one, expected] of cases) {
    test(name, () => {
      const { advisories } = plan(job({ schedules: [one] }));
      const found = advisories
        .filter(({ scheduleId }) => scheduleId === 1)
        .map(({ severity, code }) => `${severity} ${code}`);
      assert.deepEqual([...found].sort(), expected);
      for (const { scheduleId, scheduleName } of advisories)
        assert.equal(scheduleName, scheduleId && 'often');
    });
  }

  describe('an hour ticked and no minute: the runs a day are counted', () => {
    const cases: readonly [string, Schedule, number][] = [
      ['one hour', schedule({ hours: [2] }), 60],
      ['three hours', schedule({ hours: [2, 3, 20], weekdays: [1] }), 180],
      ['no hour either', schedule({ monthDays: [1] }), 1440],
      ['a minute left out', schedule({ hours: [2] }, { exceptions: [exception(null, '02:30:00')] }), 59],
      ['one of another hour', schedule({ hours: [2] }, { exceptions: [exception(null, '03:30:00')] }), 60],
    ];
    for (const [name, one, runs] of cases) {
      test(name, () => {
        const { advisories } = plan(job({ schedules: [{ ...one, id: 12 }] }));
        const { message } = advisories.find(({ code }) => code === 'every-minute-of-the-hour') ?? {};
        assert.match(message ?? '', new RegExp(` ${runs} runs a day\\..* WHERE jscid = 12;$`));
      });
    }
  });

  describe('an end more than four years away: the statement that drops it', () => {
    // The four years from NOW end at noon of 16 April 2030.
    const cases: readonly [string, string, boolean][] = [
      ['in four years', '2030-04-16T12:00:00Z', false],
      ['a second more', '2030-04-16T12:00:01Z', true],
      ['in 2099', '2099-12-31T23:59:59Z', true],
    ];
    for (const [name, end, expected] of cases) {
      test(name, () => {
        const { advisories } = plan(job({ schedules: [schedule(NINE, { id: 12, end: Date.parse(end) })] }));
        const { message } = advisories.find(({ code }) => code === 'end-in-future') ?? {};
        const statement = 'UPDATE pgagent.pga_schedule SET jscend = NULL WHERE jscid = 12;';
        assert.equal(message?.endsWith(statement), expected);
      });
    }
  });

  test('a start says whether a guard keeps it', () => {
    const said = (start: number): string => {
      const { advisories } = plan(job({ schedules: [schedule({ ...NINE, monthDays: [1] }, { start })] }));
      return advisories.find(({ code }) => code === 'start-in-future')?.message ?? '';
    };
    assert.match(said(Date.UTC(2026, 4, 1, 9)), /: its cron lines are not due before\.$/);
    assert.match(said(Date.UTC(2026, 4, 1, 9, 1)), /: a guard .* --schedules active$/);
  });

  test('the last day beside the 15th is said otherwise where --last-day honor makes it count', () => {
    const one = job({ schedules: [schedule({ ...NINE, lastDay: true, monthDays: [15] })] });
    const said = (lastDay: 'keep' | 'honor'): readonly string[] =>
      codes(plan(one, context({ options: { lastDay } })).advisories).filter((code) =>
        code.startsWith('last-day'),
      );
    assert.deepEqual(said('keep'), ['last-day-of-month']);
    assert.deepEqual(said('honor'), ['last-day-honored']);
  });

  test('the first minute that two share, and how many a year', () => {
    const schedules = [schedule(NINE, { name: 'first' }), schedule({ minutes: [0] }, { id: 2 })];
    const { advisories } = plan(job({ schedules }), context({ zone: BERLIN }));
    const { message } = advisories.find(({ code }) => code === 'overlapping-schedules') ?? { message: '' };
    assert.match(message, /"first", first at 2026-04-17T09:00:00\+02:00, in 365 minutes/);
  });

  test('two that overlap say nothing of it once --overlap exact has parted them', () => {
    const schedules = [schedule(NINE), schedule({ minutes: [0] }, { id: 2 })];
    const { advisories } = plan(job({ schedules }), context({ options: { overlap: 'exact' } }));
    assert.equal(codes(advisories).includes('overlapping-schedules'), false);
  });
});

describe('daylight saving', () => {
  const cases: readonly [string, Chosen, readonly string[]][] = [
    ['half past two is a warning', { minutes: [30], hours: [2] }, ['warning repeated-hour']],
    ['half past one is not concerned', { minutes: [30], hours: [1] }, []],
    ['every hour is an info', { minutes: [30] }, ['info repeated-hour-around-the-clock']],
    ['every hour but one is a warning', { minutes: [30], hours: span(1, 23) }, ['warning repeated-hour']],
  ];
  for (const [name, chosen, expected] of cases) {
    test(name, () => {
      const { advisories } = plan(job({ schedules: [schedule(chosen)] }), context({ zone: BERLIN }));
      const found = advisories.filter(({ code }) => code.startsWith('repeated-hour'));
      assert.deepEqual(
        found.map(({ severity, code }) => `${severity} ${code}`),
        expected,
      );
      for (const { message } of found) assert.match(message, /on 2026-10-25 from 02:00 to 03:00/);
    });
  }
});

test('of a job that is disabled nothing is said that only comes of its runs', () => {
  const schedules = [
    schedule({ minutes: [30], hours: [2] }, { exceptions: [exception('2026-12-25', null)] }),
    schedule({ minutes: [30], hours: [2] }, { id: 2, name: 'again' }),
  ];
  const said = (enabled: boolean): readonly string[] =>
    codes(plan(job({ enabled, schedules }), context({ zone: BERLIN })).advisories);
  const ofRuns = ['failed-on-purpose', 'overlapping-schedules', 'repeated-hour'];
  assert.deepEqual(
    ofRuns.filter((code) => said(true).includes(code)),
    ofRuns,
  );
  assert.deepEqual(
    ofRuns.filter((code) => said(false).includes(code)),
    [],
  );
});

test('--overlap exact: a schedule whose minutes others have for as long as it lasts gets no chain', () => {
  const DAY = 86_400_000;
  const daily = schedule({ minutes: [0], hours: [2] }, { start: NOW + 5 * DAY, end: NOW + 600 * DAY });
  const covered = schedule(
    { minutes: [0], hours: [2], monthDays: [15] },
    { id: 2, name: 'covered', end: NOW + 400 * DAY },
  );
  const found = plan(job({ schedules: [daily, covered] }), context({ options: { overlap: 'exact' } }));
  assert.deepEqual(
    found.chains.map(({ chainName }) => chainName),
    ['job @ often'],
  );
  assert.deepEqual(
    found.skipped.map(({ reason, scheduleId }) => [reason, scheduleId]),
    [['schedule-covered', 2]],
  );
});
