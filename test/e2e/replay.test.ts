import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type pg from 'pg';
import type { Schedule } from '../../src/model/job.ts';
import { UTC } from '../../src/model/zone.ts';
import { allHold } from '../../src/transform/schedule/condition.ts';
import { cronLine } from '../../src/transform/schedule/cron-line.ts';
import { missingDate } from '../../src/transform/schedule/missing-date.ts';
import { planSchedule } from '../../src/transform/schedule/plan-schedule.ts';
import { context, exception, schedule } from '../job-builders.ts';
import { drawSchedules, noted } from '../pgagent/drawn-schedules.ts';
import { at, CASES, NINE, oneWeek } from '../pgagent/hard-schedules.ts';
import { type Defect, dueMinutes, isAlmostEmpty, judge, type Verdict } from '../pgagent/judge.ts';
import { drawMonthEnds, FAILING_DATE, failingDate } from '../pgagent/missing-dates.ts';
import { createPgAgent } from '../pgagent/real.ts';
import {
  createReplay,
  type Period,
  period,
  type Replayed,
  replay,
  shown,
  startOf,
} from '../pgagent/replay.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { meaning } from '../transform/schedule/cron-reader.ts';

// A larger run: REPLAY_SCHEDULES=300 REPLAY_YEARS=2.
const SCHEDULES = Number(process.env.REPLAY_SCHEDULES ?? 100);
const YEARS = Number(process.env.REPLAY_YEARS ?? 1);
const SEED = Number(process.env.REPLAY_SEED ?? 20240229);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const PERIOD = period('2024-01-01T00:00Z', `${2024 + YEARS}-01-01T00:00Z`);

/** Every minute of a period at which the chains of a schedule come due: their lines by the naive reader, guards included. */
function chainMinutes(one: Schedule, { from, to }: Period): readonly number[] {
  const fate = planSchedule(one, context({ now: from - MINUTE, options: { allowManyChains: true } }));
  if (fate.kind !== 'fires') return [];
  const found: number[] = [];
  for (const { product, conditions } of fate.set) {
    const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = cronLine(product).split(' ');
    const [inMinutes, inHours] = [meaning(minutes, 'minutes') ?? [], meaning(hours, 'hours') ?? []];
    for (let day = startOf(DAY, from); day <= to; day += DAY) {
      const date = new Date(day);
      const isDue =
        meaning(days, 'days')?.includes(date.getUTCDate()) &&
        meaning(months, 'months')?.includes(date.getUTCMonth() + 1) &&
        meaning(weekdays, 'weekdays')?.includes(date.getUTCDay());
      if (!isDue) continue;
      for (const hour of inHours) {
        for (const minute of inMinutes) {
          const instant = day + (hour * 60 + minute) * MINUTE;
          const counts = instant >= from && instant <= to && allHold(conditions, { instant, wall: instant });
          if (counts) found.push(instant);
        }
      }
    }
  }
  return found.sort((a, b) => a - b);
}

function hasLastDayBesideOthers({ monthDays }: Schedule): boolean {
  return monthDays[31] === true && monthDays.indexOf(true) < 31;
}

/** The last day of its month, which is not ticked as a day of its own. */
function isLastDayAlone({ monthDays }: Schedule, instant: number): boolean {
  const day = new Date(instant).getUTCDate();
  const isLast = new Date(instant + 24 * 60 * MINUTE).getUTCDate() === 1;
  return isLast && monthDays[day - 1] !== true;
}

/** What many comparisons came to. */
class Count {
  private schedules = 0;
  private minutes = 0;
  private fired = 0;
  private idle = 0;
  private readonly defects = new Map<Defect, { schedules: number; minutes: number }>();
  private readonly strange: string[] = [];

  add(one: Schedule, { from, to }: Period, { fired, stuck }: Replayed, { defects, strange }: Verdict): void {
    this.schedules += 1;
    this.minutes += (startOf(MINUTE, stuck?.at ?? to) - from) / MINUTE + 1;
    this.fired += fired.length;
    if (fired.length === 0) this.idle += 1;
    for (const [name, minutes] of defects) {
      const sum = this.defects.get(name) ?? { schedules: 0, minutes: 0 };
      this.defects.set(name, { schedules: sum.schedules + 1, minutes: sum.minutes + minutes });
    }
    if (strange.length > 0) this.strange.push(`${noted(one)}: ${strange.slice(0, 5).join('; ')}`);
  }

  report(t: TestContext): void {
    t.diagnostic(
      `${this.schedules} schedules (${this.idle} never fire), ${this.minutes} minutes compared, ${this.fired} fired`,
    );
    for (const [name, { schedules, minutes }] of this.defects)
      t.diagnostic(`${name}: ${schedules} schedules, ${minutes} due minutes did not fire`);
    assert.deepEqual(this.strange, []);
  }
}

describe('the real pga_next_schedule against the plain reading', () => {
  let server: Server;
  let client: pg.Client;

  before(async () => {
    server = await startServer('debian-15');
    await server.createDatabase('app');
    await createPgAgent(server, 'app');
    await createReplay(server, 'app');
    client = await server.connect('app');
  });
  after(async () => {
    await client.end();
    server.stop();
  });

  test('chosen by hand', async (t) => {
    const count = new Count();
    for (const { name, schedule: one, within, runMinutes = 0, fired, defects = {} } of CASES) {
      await t.test(name, async () => {
        const replayed = await replay(client, one, within, runMinutes);
        const verdict = judge(one, within, replayed, runMinutes);
        count.add(one, within, replayed, verdict);
        assert.deepEqual(verdict.strange, []);
        assert.deepEqual(
          typeof fired === 'number' ? replayed.fired.length : replayed.fired.map(shown),
          fired,
        );
        assert.deepEqual(Object.fromEntries(verdict.defects), defects);
        assert.deepEqual(chainMinutes(one, within), dueMinutes(one, within));
      });
    }
    count.report(t);
  });

  test('the advisory day-missing-in-month: from any day, pgAgent fails where it says and nowhere else', async (t) => {
    await client.query(FAILING_DATE);
    let failing = 0;
    const drawn = drawMonthEnds(3 * SCHEDULES, SEED);
    for (const one of drawn) {
      const expected = await failingDate(client, one);
      const found = missingDate(one, UTC, at('2023-01-01T00:00'));
      assert.equal(found === null ? null : `${found.day}.${found.month}`, expected, noted(one));
      if (expected !== null) failing += 1;
    }
    t.diagnostic(`${drawn.length} schedules, of which ${failing} make pgAgent fail`);
    assert.ok(failing > drawn.length / 4 && failing < (drawn.length * 3) / 4);
  });

  describe('ids and instants that do not fit', () => {
    test('an exception whose id is above 32,767 stops the job when it is met', async () => {
      const sequence = `'pgagent.pga_exception_jexid_seq'`;
      await client.query(`SELECT setval(${sequence}, 32767)`);
      const one = schedule(NINE, { exceptions: [exception('2024-05-03', null)] });
      const { fired, stuck } = await replay(client, one, oneWeek, 0);
      await client.query(`SELECT setval(${sequence}, 1)`);
      assert.deepEqual(fired.map(shown), ['2024-05-01 09:00', '2024-05-02 09:00']);
      assert.deepEqual(stuck, {
        kind: 'error',
        at: at('2024-05-02T09:00:03'),
        error: 'smallint out of range',
      });
    });

    test('a schedule that begins at infinity is an error, not one that never fires', async () => {
      const { fired, stuck } = await replay(client, schedule(NINE, { start: Infinity }), oneWeek, 0);
      assert.deepEqual(fired, []);
      assert.equal(stuck?.kind === 'error' ? stuck.error : '', 'smallint out of range');
    });
  });

  describe(`${SCHEDULES} random schedules, ${YEARS} year(s) from 2024 on`, () => {
    let random: readonly Schedule[];
    before(() => {
      random = drawSchedules({ schedules: SCHEDULES, within: PERIOD, mostRuns: 3_000 * YEARS, seed: SEED });
    });

    test('the chains come due at the very minutes of the plain reading, to which pgAgent is held below', (t) => {
      let minutes = 0;
      for (const one of random) {
        const due = dueMinutes(one, PERIOD);
        assert.deepEqual(chainMinutes(one, PERIOD), due, noted(one));
        minutes += due.length;
      }
      t.diagnostic(`${random.length} schedules, ${minutes} due minutes, each once`);
    });

    test('jobs that take no time', async (t) => {
      const count = new Count();
      let beside = 0;
      for (const one of random) {
        const replayed = await replay(client, one, PERIOD, 0);
        const verdict = judge(one, PERIOD, replayed, 0);
        count.add(one, PERIOD, replayed, verdict);
        if (hasLastDayBesideOthers(one)) {
          beside += 1;
          assert.deepEqual(replayed.fired.filter((instant) => isLastDayAlone(one, instant)).map(shown), []);
        }
        // Behind a run the search begins in an hour that is ticked, so only the opening of a window can mislead it.
        const opening = startOf(MINUTE, one.start);
        const misled = verdict.passedOver.filter(({ sought }) => sought !== opening);
        if (!isAlmostEmpty(one)) assert.deepEqual(misled, [], noted(one));
      }
      t.diagnostic(`the last day beside others: ${beside} schedules, never on the last day`);
      count.report(t);
    });

    for (const runMinutes of [7, 25, 70]) {
      test(`jobs of ${runMinutes} minutes`, async (t) => {
        const count = new Count();
        for (const one of random) {
          const replayed = await replay(client, one, PERIOD, runMinutes);
          count.add(one, PERIOD, replayed, judge(one, PERIOD, replayed, runMinutes));
        }
        count.report(t);
      });
    }
  });
});
