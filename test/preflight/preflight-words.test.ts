import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Chalk } from 'chalk';
import stringWidth from 'string-width';
import { aboutClients, aboutLeftRuns } from '../../src/preflight/about-clients.ts';
import { aboutServerClocks, aboutTicks } from '../../src/preflight/about-clocks.ts';
import { aboutConnections } from '../../src/preflight/about-connections.ts';
import { aboutEdbJobs, aboutSource } from '../../src/preflight/about-source.ts';
import { preflightSection } from '../../src/report/preflight.ts';
import type { LeftRun } from '../../src/timetable/left-runs.ts';
import { CHECKS } from '../report/samples.ts';

describe('the clocks of two servers', () => {
  const cases: readonly (readonly [number, number, string])[] = [
    [0, 5, 'ok'],
    [990, 10, 'ok'],
    [990, 11, 'note'],
    [1_005, 5, 'note'],
    [1_005.1, 5, 'warning'],
    [-1_005.1, 5, 'warning'],
    [-1_005, 5, 'note'],
  ];
  for (const [ahead, uncertainty, status] of cases) {
    test(`${ahead} ms apart, give or take ${uncertainty}: ${status}`, () =>
      assert.equal(aboutServerClocks({ ahead, uncertainty }).status, status));
  }

  test('a target that is behind starts jobs later', () => {
    const behind = aboutServerClocks({ ahead: 4_200, uncertainty: 1 }).message;
    assert.match(behind, /target's server is 4\.200 s behind the source's \(measured to 0\.001 s\).* later /);
    const ahead = aboutServerClocks({ ahead: -90_000, uncertainty: 1 }).message;
    assert.match(ahead, /is 90 s ahead of the source's .* earlier /);
  });

  test('one server has one clock', () => assert.equal(aboutServerClocks(null).status, 'ok'));
});

describe('pgAgent of a version', () => {
  for (const [version, status] of [
    ['3.4', 'ok'],
    ['4.0', 'ok'],
    ['4.1', 'ok'],
    ['4.2', 'ok'],
    ['3, not an extension,', 'ok'],
    ['4, not an extension,', 'ok'],
    ['4.3', 'warning'],
    ['4.20', 'warning'],
    ['5, not an extension,', 'warning'],
    ['of an unknown version', 'warning'],
  ] as const) {
    test(`${version}: ${status}`, () => {
      const [check] = aboutSource(
        {
          database: 'app',
          user: 'me',
          serverVersion: '15.8',
          encoding: 'UTF8',
          isOnWindows: false,
          schemaVersion: version,
          now: 0,
          isInRecovery: false,
          agents: [],
          agentRoles: [],
        },
        null,
      );
      assert.equal(check?.status, status);
      assert.match(
        check?.message ?? '',
        status === 'ok' ? /schema readable\.$/ : /knows the schemas 3\.4 to 4\.2/,
      );
    });
  }
});

test('the name of a client stands as a word of the command that starts it', () => {
  for (const [name, word] of [
    ['node1', 'node1'],
    ['my host', "'my host'"],
    ["it's", String.raw`'it'\''s'`],
  ] as const) {
    const [check] = aboutClients(
      {
        liveChains: new Map([[name, 1]]),
        hosts: new Map(),
        disablesJobs: false,
        areDisabled: false,
        runsSeveralTimes: false,
        isWithoutClient: false,
      },
      { connected: new Map(), seen: new Set(), unread: [], hasSeenAny: false },
    );
    assert.ok(check?.remedy?.includes(`pg_timetable --clientname=${word}.`), check?.remedy ?? '');
  }
});

test('without a client, jobs would run nowhere once disabled, or do so already', () => {
  const said = (areDisabled: boolean): string =>
    aboutClients(
      {
        ...{ liveChains: new Map([['main', 2]]), hosts: new Map(), disablesJobs: true, areDisabled },
        ...{ runsSeveralTimes: false, isWithoutClient: false },
      },
      { connected: new Map(), seen: new Set(), unread: [], hasSeenAny: false },
    )[0]?.message ?? '';
  const absence = 'Client "main" is not connected. 2 live chains are bound to it.';
  assert.equal(said(false), `${absence} Once disabled in pgAgent, the jobs would run nowhere.`);
  assert.equal(said(true), `${absence} The jobs are disabled in pgAgent, so nothing runs them now.`);
});

describe('a client that is not connected while others are', () => {
  const remedy = (hosts: readonly string[], connected: readonly string[], areDisabled = false) =>
    aboutClients(
      {
        ...{ liveChains: new Map([['vm', 1]]), hosts: new Map([['vm', new Set(hosts)]]), disablesJobs: true },
        ...{ areDisabled, runsSeveralTimes: false, isWithoutClient: false },
      },
      {
        connected: new Map(connected.map((name) => [name, 1])),
        seen: new Set(),
        unread: [],
        hasSeenAny: true,
      },
    )[0]?.remedy;
  const start = 'Start it: pg_timetable --clientname=vm.';
  const without = 'To continue without it: --without-client.';

  test('the option that binds its jobs to the one that is', () => {
    assert.equal(
      remedy(['vm'], ['main']),
      `${start} To use another client: --client-name vm=main ${without}`,
    );
  });

  test('the option names the hosts, whatever --client-name made of them, and any host', () => {
    assert.equal(
      remedy(['', 'db 1'], ['main']),
      `${start} To use another client: --client-name =main --client-name 'db 1=main' ${without}`,
    );
  });

  test('of several clients all are named', () => {
    assert.equal(
      remedy(['vm'], ['w2', 'w1']),
      `${start} To use another client (connected: "w1", "w2"): --client-name vm=w1 ${without}`,
    );
  });

  test('no other client is offered where none is connected, or the chains are written', () => {
    assert.equal(remedy(['vm'], []), `${start} ${without}`);
    assert.equal(remedy(['vm'], ['main'], true), `${start} ${without}`);
  });
});

describe('a tick within two seconds of the edge of a minute', () => {
  for (const [second, margin, status] of [
    [0, 0.1, 'warning'],
    [2, 0, 'warning'],
    [2.1, 0, 'ok'],
    [2.1, 0.05, 'ok'],
    [2.1, 0.2, 'note'],
    [1.9, 0.2, 'warning'],
    [30, 1, 'ok'],
    [57.9, 0, 'ok'],
    [57.9, 0.2, 'note'],
    [58, 0, 'warning'],
    [59.998, 0.01, 'warning'],
    [null, 0, 'note'],
  ] as const) {
    test(`at ${second}, give or take ${margin}: ${status}`, () =>
      assert.equal(aboutTicks([{ clientName: 'w1', second, margin }])[0]?.status, status));
  }
});

describe('room for the connections of pg_timetable: 2 x 16 + 3 a client', () => {
  const statusWith = (room: number, chains: number, clients = 1, open = 0): string | undefined =>
    aboutConnections({ role: 'me', clients, open, chains }, [
      { kind: 'server', most: 1_000, inUse: 0 },
      { kind: 'role', most: 50 + room, inUse: 50 },
    ])[0]?.status;

  for (const [room, chains, status] of [
    [35, 100, 'ok'],
    [34, 100, 'warning'],
    [34, 16, 'warning'],
    [34, 15, 'note'],
    [5, 1, 'note'],
    [4, 1, 'warning'],
    [-3, 0, 'warning'],
  ] as const) {
    test(`${room} free, ${chains} live chains: ${status}`, () =>
      assert.equal(statusWith(room, chains), status));
  }

  test('two clients need twice as many, less those that they have', () => {
    assert.equal(statusWith(69, 100, 2), 'warning');
    assert.equal(statusWith(70, 100, 2), 'ok');
    assert.equal(statusWith(67, 100, 2, 3), 'ok');
    assert.equal(statusWith(66, 100, 2, 3), 'warning');
  });

  test('the tightest limit is named with what raises it', () => {
    const [check] = aboutConnections({ role: 'me', clients: 1, open: 0, chains: 20 }, [
      { kind: 'server', most: 97, inUse: 60 },
      { kind: 'database', most: 20, inUse: 8 },
    ]);
    assert.match(
      check?.message ?? '',
      /room for 12 of pg_timetable \(the database's connection limit is 20, 8 in use\)/,
    );
    assert.match(check?.remedy ?? '', /^Raise it by ALTER DATABASE/);
  });
});

describe('runs of clients that are gone', () => {
  const left = (more: Partial<LeftRun> = {}): LeftRun => ({
    chainId: '7',
    chainName: 'a @ s',
    clientName: 'w1',
    isConnected: false,
    blocks: true,
    ...more,
  });

  test('a chain of this plan that cannot start is a warning, another one a note', () => {
    assert.equal(aboutLeftRuns([left()], ['a @ s'])[0]?.status, 'warning');
    assert.equal(aboutLeftRuns([left()], ['b'])[0]?.status, 'note');
    assert.match(
      aboutLeftRuns([left(), left({ chainName: 'b' })], ['b'])[0]?.message ?? '',
      /: "b", of this plan, will not start/,
    );
    assert.match(
      aboutLeftRuns([left({ blocks: false })], ['a @ s'])[0]?.message ?? '',
      /no chain is blocked by that/,
    );
  });

  test('what clears them: any client that connects, or the restart of the one that is there', () => {
    assert.match(aboutLeftRuns([left()], [])[0]?.remedy ?? '', /^The next pg_timetable that connects/);
    assert.match(
      aboutLeftRuns([left(), left({ clientName: 'w2', isConnected: true })], [])[0]?.remedy ?? '',
      /^Restart the client "w2"/,
    );
  });

  test('none is well, and not being able to look is said', () => {
    assert.equal(aboutLeftRuns([], [])[0]?.status, 'ok');
    assert.equal(aboutLeftRuns(null, [])[0]?.status, 'note');
  });
});

test('of EDB only what is sure: pgAgent may hold the jobs, its own scheduler holds them elsewhere', () => {
  assert.deepEqual(aboutEdbJobs({ isEdb: false, packages: [], hasOwnScheduler: false }), []);
  const [edb] = aboutEdbJobs({ isEdb: true, packages: ['DBMS_JOB'], hasOwnScheduler: false });
  assert.equal(edb?.status, 'note');
  assert.match(edb.message, /may be kept in pgAgent's tables/);
  const [own] = aboutEdbJobs({ isEdb: true, packages: ['DBMS_JOB'], hasOwnScheduler: true });
  assert.equal(own?.status, 'warning');
  assert.match(own.message, /sys\.jobs.*are not moved/);
});

describe('the lines', () => {
  const style = { color: new Chalk({ level: 0 }), width: 200 };

  test('a line a check, and what to do below it', () => {
    assert.equal(
      preflightSection(CHECKS, style),
      [
        'Preflight',
        '  ok       All is well there.',
        '  note     This cannot be seen.',
        '             Look elsewhere.',
        '  warning  Nobody is there.',
        '             Start one.',
        '  STOP     It cannot be written.',
        '             Go elsewhere.',
        '',
      ].join('\n'),
    );
    assert.equal(preflightSection([], style), '');
  });

  test('no line is wider than the terminal, and nothing is lost', () => {
    const message = 'a word and another '.repeat(20).trim();
    const text = preflightSection([{ check: 'x', status: 'note', message, remedy: message }], {
      ...style,
      width: 50,
    });
    for (const line of text.split('\n')) assert.ok(stringWidth(line) <= 50, line);
    assert.equal(text.match(/word/g)?.length, 40);
  });

  test('nothing that a terminal would obey comes through', () => {
    const text = preflightSection(
      [{ check: 'x', status: 'warning', message: '\u001b[31m\nred', remedy: '\u202e' }],
      style,
    );
    for (const character of ['\u001b', '\u202e']) assert.ok(!text.includes(character), text);
    assert.equal(text.split('\n').length, 4);
  });
});
