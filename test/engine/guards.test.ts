import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { TaskPlan } from '../../src/model/plan.ts';
import { oneRunAtATime, startingGuard, stoppingGuard } from '../../src/transform/guard.ts';
import { NEVER } from '../../src/transform/plan-chains.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import type { Condition } from '../../src/transform/schedule/condition.ts';
import { context, exception, job, schedule } from '../job-builders.ts';
import { type Server, startServer } from '../servers/postgres.ts';
import { findEngine } from './engine.ts';

// Guards in a real server, under a clock that is moved. What they do is worked out by hand, all times are UTC.

const engine = findEngine();
let server: Server;
before(async () => {
  server = await startServer('embedded');
  await server.createDatabase('app');
  await engine.init(server, 'app');
});
after(() => server?.stop());

/** Calls a function with a session of its own. */
async function withSession<T>(work: (session: pg.Client) => Promise<T>): Promise<T> {
  const session = await server.connect('app');
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

async function set(session: pg.Client, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings))
    await session.query('SELECT set_config($1, $2, false)', [name, value]);
}

/** The text of a guard that takes this for the time. */
function at(guard: TaskPlan, time: string): string {
  const parts = guard.command.split('now()');
  assert.ok(parts.length > 1, 'a guard looks at the clock');
  return parts.join(`timestamptz '${time}+00'`);
}

/** Runs a text as an autonomous task does: outside a transaction. @returns what it raised, or null */
async function raised(session: pg.Client, text: string): Promise<string | null> {
  try {
    await session.query(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

let edges = 0;

/** Runs a stopping guard at a time. @returns what it raised, or 'runs' */
async function verdict(session: pg.Client, conditions: readonly Condition[], time: string): Promise<string> {
  edges += 1;
  const text = (await raised(session, at(stoppingGuard(conditions, 1), time))) ?? 'runs';
  // The time that it names is that of the condition.
  return text.replace(/(only (?:from|before)) \d+-\d\d-\d\d \d\d:\d\d:00\+00(?: on)?$/, '$1');
}

const STOPPED = {
  exception: 'not run: an exception of the schedule',
  notBegun: 'not run: only from',
  ended: 'not run: only before',
  leapEve: 'not run: not the last day of this February',
  elsewhere: 'not run: another schedule of the job has this minute',
} as const;

/** Half past nine of one date, eleven at night of another. */
const HALF_PAST_NINE: Condition = {
  kind: 'not-at',
  stretches: [
    { from: Date.UTC(2026, 2, 4, 9, 30), before: Date.UTC(2026, 2, 4, 10) },
    { from: Date.UTC(2026, 2, 5, 23), before: Date.UTC(2026, 2, 6) },
  ],
};

type Case = readonly [time: string, expected: 'runs' | keyof typeof STOPPED];

async function follows(
  condition: Condition,
  cases: readonly Case[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withSession(async (session) => {
    await set(session, { ...taskOf('0'), ...settings });
    for (const [time, expected] of cases) {
      assert.equal(
        await verdict(session, [condition], time),
        expected === 'runs' ? expected : STOPPED[expected],
        `${time} UTC, ${JSON.stringify(settings)}`,
      );
    }
  });
}

describe('an exception of a date stops the runs of that day, by the clock of the session', () => {
  const christmas: Condition = { kind: 'not-on', dates: ['2026-12-25'] };
  const zones: readonly [zone: string, cases: readonly Case[]][] = [
    [
      'UTC',
      [
        ['2026-12-24 23:59:59', 'runs'],
        ['2026-12-25 00:00:00', 'exception'],
        ['2026-12-25 23:59:59.999999', 'exception'],
        ['2026-12-26 00:00:00', 'runs'],
        ['2027-12-25 12:00:00', 'runs'],
      ],
    ],
    // An hour ahead in winter.
    [
      'Europe/Berlin',
      [
        ['2026-12-24 22:59:59', 'runs'],
        ['2026-12-24 23:00:00', 'exception'],
        ['2026-12-25 22:59:59.999999', 'exception'],
        ['2026-12-25 23:00:00', 'runs'],
      ],
    ],
    // Five hours behind in winter.
    [
      'America/New_York',
      [
        ['2026-12-25 04:59:59', 'runs'],
        ['2026-12-25 05:00:00', 'exception'],
        ['2026-12-26 04:59:59.999999', 'exception'],
        ['2026-12-26 05:00:00', 'runs'],
      ],
    ],
    // The day is always that of the whole offset, half hours too.
    [
      'Asia/Kolkata',
      [
        ['2026-12-24 18:29:59', 'runs'],
        ['2026-12-24 18:30:00', 'exception'],
        ['2026-12-25 18:29:59', 'exception'],
        ['2026-12-25 18:30:00', 'runs'],
      ],
    ],
  ];
  for (const [zone, cases] of zones) test(zone, () => follows(christmas, cases, { TimeZone: zone }));

  test('a day of 25 hours: Berlin, 25 October 2026', () =>
    follows(
      { kind: 'not-on', dates: ['2026-10-25'] },
      [
        ['2026-10-24 21:59:59', 'runs'],
        ['2026-10-24 22:00:00', 'exception'],
        ['2026-10-25 22:59:59', 'exception'],
        ['2026-10-25 23:00:00', 'runs'],
      ],
      { TimeZone: 'Europe/Berlin' },
    ));

  test('of several dates each counts, and no day between them', () =>
    follows({ kind: 'not-on', dates: ['2026-12-25', '2026-12-27', '12026-01-01'] }, [
      ['2026-12-25 12:00:00', 'exception'],
      ['2026-12-26 12:00:00', 'runs'],
      ['2026-12-27 12:00:00', 'exception'],
      ['2026-12-28 00:00:00', 'runs'],
      ['2026-01-01 00:00:00', 'runs'],
      ['12026-01-01 12:00:00', 'exception'],
    ]));

  const halfPastNine: readonly Case[] = [
    ['2026-03-04 09:29:59', 'runs'],
    ['2026-03-04 09:30:00', 'exception'],
    ['2026-03-04 09:59:59.999999', 'exception'],
    ['2026-03-04 10:00:00', 'runs'],
    ['2026-03-05 09:30:00', 'runs'],
    ['2026-03-05 23:00:00', 'exception'],
    ['2026-03-06 00:00:00', 'runs'],
    ['2026-04-03 09:30:00', 'runs'],
  ];
  test('a time of a date: until the next run of that day', () => follows(HALF_PAST_NINE, halfPastNine));
  test('a time of a date is one of the zone: Kolkata', () =>
    follows(
      HALF_PAST_NINE,
      [
        ['2026-03-04 03:59:59', 'runs'],
        ['2026-03-04 04:00:00', 'exception'],
        ['2026-03-04 04:30:00', 'runs'],
      ],
      { TimeZone: 'Asia/Kolkata' },
    ));
  test('a time of a date is no matter of DateStyle', () =>
    follows(HALF_PAST_NINE, halfPastNine, { DateStyle: 'German' }));

  for (const DateStyle of ['SQL, DMY', 'German', 'Postgres, MDY'])
    test(`the day is no matter of DateStyle: ${DateStyle}`, () =>
      follows(
        { kind: 'not-on', dates: ['2026-03-04'] },
        [
          ['2026-03-04 12:00:00', 'exception'],
          ['2026-04-03 12:00:00', 'runs'],
        ],
        { DateStyle },
      ));
});

describe('a start lets the chain run from its minute on, an end until its minute is over', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York']) {
    test(`a start, in ${zone}`, () =>
      follows(
        { kind: 'from', instant: Date.UTC(2027, 2, 1, 8, 30) },
        [
          ['2027-02-28 08:30:00', 'notBegun'],
          ['2027-03-01 08:29:59', 'notBegun'],
          ['2027-03-01 08:29:59.999999', 'notBegun'],
          ['2027-03-01 08:30:00', 'runs'],
          ['2030-01-01 00:00:00', 'runs'],
        ],
        { TimeZone: zone },
      ));

    // The last minute is 08:30.
    test(`an end, in ${zone}`, () =>
      follows(
        { kind: 'before', instant: Date.UTC(2027, 2, 1, 8, 31) },
        [
          ['2027-02-28 23:59:59', 'runs'],
          ['2027-03-01 08:30:00', 'runs'],
          ['2027-03-01 08:30:59.999999', 'runs'],
          ['2027-03-01 08:31:00', 'ended'],
          ['2030-01-01 00:00:00', 'ended'],
        ],
        { TimeZone: zone },
      ));
  }

  test('a start and an end in years of five digits', async () => {
    await follows({ kind: 'from', instant: Date.UTC(12_000, 0, 1) }, [
      ['11999-12-31 23:59:59', 'notBegun'],
      ['12000-01-01 00:00:00', 'runs'],
    ]);
    await follows({ kind: 'before', instant: Date.UTC(12_000, 0, 1) }, [
      ['11999-12-31 23:59:59', 'runs'],
      ['12000-01-01 00:00:00', 'ended'],
    ]);
  });
});

describe('28 February is no last day in a leap year', () => {
  test('the days around it, in four kinds of year', () =>
    follows({ kind: 'not-leap-eve' }, [
      ['2028-02-27 23:59:59', 'runs'],
      ['2028-02-28 00:00:00', 'leapEve'],
      ['2028-02-28 23:59:59.999999', 'leapEve'],
      ['2028-02-29 00:00:00', 'runs'],
      ['2028-02-29 23:59:59', 'runs'],
      ['2028-03-01 00:00:00', 'runs'],
      ['2027-02-28 12:00:00', 'runs'],
      ['2027-03-01 00:00:00', 'runs'],
      ['2100-02-28 12:00:00', 'runs'],
      ['2000-02-28 12:00:00', 'leapEve'],
    ]));

  test('by the clock of the session', async () => {
    const berlin: readonly Case[] = [
      ['2028-02-27 22:59:59', 'runs'],
      ['2028-02-27 23:00:00', 'leapEve'],
      ['2028-02-28 22:59:59', 'leapEve'],
      ['2028-02-28 23:00:00', 'runs'],
    ];
    const newYork: readonly Case[] = [
      ['2028-02-28 04:59:59', 'runs'],
      ['2028-02-28 05:00:00', 'leapEve'],
      ['2028-02-29 04:59:59', 'leapEve'],
      ['2028-02-29 05:00:00', 'runs'],
    ];
    await follows({ kind: 'not-leap-eve' }, berlin, { TimeZone: 'Europe/Berlin' });
    await follows({ kind: 'not-leap-eve' }, newYork, { TimeZone: 'America/New_York' });
  });
});

describe('where another schedule has the minute unless its own condition fails, the guard is turned round', () => {
  const turned: readonly [what: string, condition: Condition, cases: readonly Case[]][] = [
    [
      'only on the dates of the other one’s exceptions',
      { kind: 'not-on', dates: ['2026-12-25'] },
      [
        ['2026-12-24 23:59:59', 'elsewhere'],
        ['2026-12-25 00:00:00', 'runs'],
        ['2026-12-25 23:59:59', 'runs'],
        ['2026-12-26 00:00:00', 'elsewhere'],
      ],
    ],
    [
      'until the other one begins',
      { kind: 'from', instant: Date.UTC(2027, 2, 1, 8, 30) },
      [
        ['2027-03-01 08:29:59', 'runs'],
        ['2027-03-01 08:30:00', 'elsewhere'],
      ],
    ],
    [
      'once the other one has ended',
      { kind: 'before', instant: Date.UTC(2027, 2, 1, 8, 31) },
      [
        ['2027-03-01 08:30:59', 'elsewhere'],
        ['2027-03-01 08:31:00', 'runs'],
      ],
    ],
    [
      'only at the times of the other one’s exceptions',
      HALF_PAST_NINE,
      [
        ['2026-03-04 09:29:59', 'elsewhere'],
        ['2026-03-04 09:30:00', 'runs'],
        ['2026-03-04 10:00:00', 'elsewhere'],
      ],
    ],
    [
      'only on 28 February of a leap year',
      { kind: 'not-leap-eve' },
      [
        ['2028-02-27 23:59:59', 'elsewhere'],
        ['2028-02-28 00:00:00', 'runs'],
        ['2028-02-29 00:00:00', 'elsewhere'],
        ['2027-02-28 12:00:00', 'elsewhere'],
      ],
    ],
  ];
  for (const [what, condition, cases] of turned) test(what, () => follows({ kind: 'not', condition }, cases));
});

test('the first of several conditions that fails is the one that is named', () =>
  withSession(async (session) => {
    const both: readonly Condition[] = [
      { kind: 'from', instant: Date.UTC(2026, 11, 25) },
      { kind: 'not-on', dates: ['2026-12-24', '2026-12-26'] },
    ];
    assert.equal(await verdict(session, both, '2026-12-24 12:00:00'), STOPPED.notBegun);
    assert.equal(await verdict(session, both, '2026-12-25 12:00:00'), 'runs');
    assert.equal(await verdict(session, both, '2026-12-26 12:00:00'), STOPPED.exception);
  }));

/** Inserts a chain that the clock starts each minute, or never. @returns its id */
async function insertChain(name: string, runAt = '* * * * *'): Promise<string> {
  return withSession(async (session) => {
    const { rows } = await session.query(
      'INSERT INTO timetable.chain (chain_name, run_at, live) VALUES ($1, $2, true) RETURNING chain_id',
      [name, runAt],
    );
    return String(rows[0].chain_id);
  });
}

async function isLive(chainId: string): Promise<boolean> {
  return (await server.run('app', `SELECT live FROM timetable.chain WHERE chain_id = ${chainId}`)).rows[0]
    .live;
}

/** What pg_timetable tells an autonomous task. */
const taskOf = (chainId: string, client = 'w1'): Readonly<Record<string, string>> => ({
  'pg_timetable.current_chain_id': chainId,
  'pg_timetable.current_client_name': client,
});

describe('a chain takes itself out of service at the first run behind its end', () => {
  // Daily at 08:30, until 1 March 2027 at noon.
  const noon: Condition = { kind: 'before', instant: Date.UTC(2027, 2, 1, 12, 0) };
  const cases: readonly [time: string, expected: string, live: boolean][] = [
    ['2027-03-01 08:30:00', 'runs', true],
    ['2027-03-01 11:59:59.999999', 'runs', true],
    ['2027-03-01 12:00:00', STOPPED.ended, false],
    ['2027-03-02 08:30:00', STOPPED.ended, false],
  ];
  for (const [time, expected, live] of cases) {
    test(`${time}: ${expected}, live afterwards: ${live}`, () =>
      withSession(async (session) => {
        const [id, other] = [await insertChain(`ends ${time}`), await insertChain(`beside ${time}`)];
        await set(session, taskOf(id));
        assert.equal(await verdict(session, [noon], time), expected);
        assert.equal(await isLive(id), live);
        assert.equal(await verdict(session, [noon], time), expected, 'and once more');
        assert.equal(await isLive(id), live);
        assert.equal(await isLive(other), true);
      }));
  }

  test('no other condition does that, nor an end of another schedule', () =>
    withSession(async (session) => {
      const id = await insertChain('goes on');
      await set(session, taskOf(id));
      const others: readonly [condition: Condition, expected: string][] = [
        [{ kind: 'from', instant: Date.UTC(2028, 0, 1) }, STOPPED.notBegun],
        [{ kind: 'not-on', dates: ['2027-03-01'] }, STOPPED.exception],
        [{ kind: 'not', condition: noon }, STOPPED.elsewhere],
      ];
      for (const [condition, expected] of others)
        assert.equal(await verdict(session, [condition], '2027-03-01 08:30:00'), expected);
      assert.equal(await isLive(id), true);
    }));

  test('a guard runs outside the chain’s transaction, in which it could not commit', () => {
    assert.equal(stoppingGuard([noon], 1).autonomous, true);
    assert.equal(startingGuard([noon], 'steps', 1).autonomous, true);
  });
});

/** Runs a starting guard and listens as its client. @returns the payloads, or what it raised */
async function started(
  session: pg.Client,
  guard: TaskPlan,
  time: string,
  client = 'w1',
): Promise<readonly Readonly<Record<string, unknown>>[] | string> {
  edges += 1;
  const heard: Readonly<Record<string, unknown>>[] = [];
  const listen = ({ channel, payload }: pg.Notification): void => {
    if (channel === client) heard.push(JSON.parse(payload ?? ''));
  };
  session.on('notification', listen);
  await session.query(`LISTEN "${client.replaceAll('"', '""')}"; LISTEN done`);
  const error = await raised(session, at(guard, time));
  const done = once(session, 'notification');
  await session.query('NOTIFY done');
  if (heard.length === 0) await done;
  session.off('notification', listen);
  return error ?? heard;
}

describe('a chain that only starts another one', () => {
  const begins: Condition = { kind: 'from', instant: Date.UTC(2027, 2, 1, 8, 30) };
  const guard = (steps: string, condition: Condition = begins): TaskPlan =>
    startingGuard([condition], steps, 1);

  test('tells its own client so while its conditions hold, and else ends without an error', () =>
    withSession(async (session) => {
      const id = await insertChain('job @ often [steps]', NEVER);
      await insertChain('job @ often');
      await set(session, taskOf('1'));
      const early = Math.floor(Date.now() / 1000) - 1;
      assert.deepEqual(await started(session, guard('job @ often [steps]'), '2027-03-01 08:29:59'), []);
      const heard = await started(session, guard('job @ often [steps]'), '2027-03-01 08:30:00');
      assert.ok(typeof heard !== 'string' && heard.length === 1, JSON.stringify(heard));
      const { Ts, ...rest } = heard[0] ?? {};
      assert.deepEqual(rest, { ConfigID: Number(id), Command: 'START', Delay: 0 });
      assert.ok(Number(Ts) >= early, `${Ts}`);
    }));

  test('tells no other client', () =>
    withSession(async (session) => {
      await insertChain('of w2 [steps]', NEVER);
      await set(session, taskOf('1', 'w2'));
      assert.deepEqual(await started(session, guard('of w2 [steps]'), '2027-03-01 08:30:00', 'w1'), []);
    }));

  test('fails if the chain with the steps is gone, but not before its time', () =>
    withSession(async (session) => {
      await set(session, taskOf('1'));
      assert.deepEqual(await started(session, guard('gone [steps]'), '2027-03-01 08:29:59'), []);
      assert.equal(
        await started(session, guard('gone [steps]'), '2027-03-01 08:30:00'),
        'the chain with the steps is gone: gone [steps]',
      );
    }));

  test('starts its last run, and is out of service behind its end without an error', () =>
    withSession(async (session) => {
      const steps = await insertChain('ends [steps]', NEVER);
      const ends = guard('ends [steps]', { kind: 'before', instant: Date.UTC(2027, 2, 1, 8, 31) });
      const id = await insertChain('ends');
      await set(session, taskOf(id));
      assert.equal((await started(session, ends, '2027-03-01 08:30:59')).length, 1);
      assert.equal(await isLive(id), true);
      assert.deepEqual(await started(session, ends, '2027-03-01 08:31:00'), []);
      assert.equal(await isLive(id), false);
      assert.equal(await isLive(steps), true);
    }));
});

test('--overlap exact: on the day of the earlier schedule’s exception the later one runs, on its own neither', () =>
  withSession(async (session) => {
    const noon = { minutes: [0], hours: [12] };
    const plan = planJob(
      job({
        schedules: [
          schedule(noon, { id: 1, name: 'earlier', exceptions: [exception('2026-12-25', null)] }),
          schedule(noon, { id: 2, name: 'later', exceptions: [exception('2026-12-26', null)] }),
        ],
      }),
      context({ options: { overlap: 'exact' } }),
    );
    for (const { chainName, runAt } of plan.chains) await insertChain(chainName, runAt);
    await set(session, taskOf('1'));
    const runs = async (name: string, time: string): Promise<boolean> => {
      const { tasks } =
        plan.chains.find(({ chainName }) => chainName === name) ?? assert.fail(`no chain ${name}`);
      const [guard, ...steps] = tasks;
      assert.ok(guard);
      const heard = await started(session, guard, time);
      return steps.length > 0 ? typeof heard !== 'string' : heard.length === 1;
    };
    const found: Record<string, readonly boolean[]> = {};
    for (const day of ['24', '25', '26', '27'])
      found[day] = [
        await runs('job @ earlier', `2026-12-${day} 12:00:00`),
        await runs('job @ later', `2026-12-${day} 12:00:00`),
      ];
    assert.deepEqual(found, {
      24: [true, false],
      25: [false, true],
      // Both schedules hold 26 December but the later one’s exception is its own.
      26: [true, false],
      27: [true, false],
    });
  }));

describe('names are data, whatever is in them and whatever standard_conforming_strings says', () => {
  const NAMES = [
    "it's",
    "''; DROP SCHEMA timetable CASCADE; --",
    'back\\slash and \\',
    "\\'",
    '$guard$',
    'x $guard$ $guard_$ $guard__$ y',
    '$$',
    '$guard',
    '100% %s %L %',
    '"quoted" \\n \\x41 \\u0041 \\101',
    'two\nlines\tand a tab',
    'Überstunden 🕰️ ☕',
    '/* */ -- ; ?',
    "E'x' U&'\\0041'",
  ];
  for (const standard_conforming_strings of ['on', 'off']) {
    test(`the chain with the steps, ${standard_conforming_strings}`, () =>
      withSession(async (session) => {
        await set(session, { standard_conforming_strings, ...taskOf('1') });
        for (const name of NAMES) {
          const steps = `${name} ${standard_conforming_strings} [steps]`;
          const guard = startingGuard([], steps, 1);
          assert.equal(
            await started(session, guard, '2026-01-01 00:00:00'),
            `the chain with the steps is gone: ${steps}`,
          );
          const id = await insertChain(steps, NEVER);
          const heard = await started(session, guard, '2026-01-01 00:00:00');
          assert.ok(typeof heard !== 'string', `${name}: ${heard}`);
          assert.deepEqual(
            heard.map(({ ConfigID }) => ConfigID),
            [Number(id)],
            name,
          );
        }
      }));

    test(`the client, ${standard_conforming_strings}`, () =>
      withSession(async (session) => {
        const id = await insertChain(`for odd clients ${standard_conforming_strings}`, NEVER);
        const guard = startingGuard([], `for odd clients ${standard_conforming_strings}`, 1);
        for (const client of ['w 1', 'w"1', "w'1", 'w\\1', 'W1', 'ü', '1', 'x'.repeat(63)]) {
          await set(session, { standard_conforming_strings, ...taskOf('1', client) });
          const heard = await started(session, guard, '2026-01-01 00:00:00', client);
          assert.ok(typeof heard !== 'string', `${client}: ${heard}`);
          assert.deepEqual(
            heard.map(({ ConfigID }) => ConfigID),
            [Number(id)],
            client,
          );
        }
      }));

    test(`the job of the lock, ${standard_conforming_strings}`, () =>
      withSession(async (first) =>
        withSession(async (second) => {
          await set(second, { standard_conforming_strings });
          for (const name of [...NAMES, '$lock$ $lock_$']) {
            await first.query('BEGIN');
            assert.equal(await raised(first, oneRunAtATime(name, 1).command), null, name);
            assert.equal(await raised(second, oneRunAtATime(name, 1).command), RUNNING, name);
            await first.query('ROLLBACK');
          }
        }),
      ));
  }
});

const RUNNING = 'not run: another chain of the job is still running';

describe('a job of several chains never runs beside itself', () => {
  const lock = (name: string): string => oneRunAtATime(name, 1).command;

  test('it belongs to the chain’s own transaction', () =>
    assert.equal(oneRunAtATime('job', 1).autonomous, false));

  for (const end of ['COMMIT', 'ROLLBACK'])
    test(`the second chain stops at once while the first one’s transaction is open, and runs after ${end}`, () =>
      withSession(async (first) =>
        withSession(async (second) => {
          // Were it to wait, this is what it would fail with.
          await set(second, { statement_timeout: '3s' });
          await first.query('BEGIN');
          assert.equal(await raised(first, lock('job')), null);
          await first.query('SELECT 1');
          await second.query('BEGIN');
          const before = Date.now();
          assert.equal(await raised(second, lock('job')), RUNNING);
          assert.ok(Date.now() - before < 1_000, `${Date.now() - before} ms`);
          await second.query('ROLLBACK');
          await first.query(end);
          await second.query('BEGIN');
          assert.equal(await raised(second, lock('job')), null);
          assert.equal(await raised(first, lock('job')), RUNNING);
          await second.query(end);
        }),
      ));

  test('a chain that is cut off holds nothing up', () =>
    withSession(async (second) => {
      const first = await server.connect('app');
      await first.query('BEGIN');
      assert.equal(await raised(first, lock('job')), null);
      await first.end();
      for (let tries = 0; tries < 100 && (await raised(second, lock('job'))) !== null; tries += 1);
      assert.equal(await raised(second, lock('job')), null);
    }));

  test('different jobs do not disturb each other', () =>
    withSession(async (first) =>
      withSession(async (second) => {
        await first.query('BEGIN');
        await second.query('BEGIN');
        const names = (word: string): string[] =>
          Array.from({ length: 50 }, (_, id) => `pgAgent job ${id} "${word}" of database "app"`);
        for (const name of names('a')) assert.equal(await raised(first, lock(name)), null);
        for (const name of names('b')) assert.equal(await raised(second, lock(name)), null);
        await first.query('COMMIT');
        await second.query('COMMIT');
      }),
    ));
});

test('guards were run on both sides of every edge', (t) => {
  assert.ok(edges > 120, `${edges}`);
  t.diagnostic(`${edges} runs of guards under a moved clock, with the timetable schema of ${engine.name}`);
});
