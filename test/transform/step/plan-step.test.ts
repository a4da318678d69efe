import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OnError } from '../../../src/model/job.ts';
import type { Advisory } from '../../../src/model/plan.ts';
import { planStep, type StepFate } from '../../../src/transform/step/plan-step.ts';
import { parseShell } from '../../../src/transform/step/shell.ts';
import { batchStep, codes, context, sqlStep } from '../../job-builders.ts';

type TaskFate = StepFate & { kind: 'task' };

function taskOf(fate: StepFate): TaskFate['task'] {
  assert.equal(fate.kind, 'task');
  return (fate as TaskFate).task;
}

function bySeverity(advisories: readonly Advisory[]): readonly string[] {
  return advisories.map(({ severity, code }) => `${severity} ${code}`);
}

const ELSEWHERE = { kind: 'database', name: 'reports' } as const;

describe('an SQL step', () => {
  test("in pg_timetable's own database is autonomous and has no connection", () => {
    const code = 'DELETE FROM log;\nVACUUM log;';
    assert.deepEqual(taskOf(planStep(sqlStep({ id: 7, name: '1 - purge', code }), context())), {
      taskName: '1 - purge',
      kind: 'SQL',
      command: code,
      parameters: [],
      databaseConnection: null,
      ignoreError: false,
      autonomous: true,
      live: true,
      stepId: 7,
    });
  });

  test('in another database needs --step-conninfo: an error that names the database and the option', () => {
    const fate = planStep(sqlStep({ id: 7, connection: ELSEWHERE }), context());
    assert.equal(fate.kind, 'not-carried');
    assert.deepEqual(bySeverity(fate.advisories), ['error step-needs-conninfo']);
    assert.equal(fate.advisories[0]?.stepId, 7);
    assert.match(fate.advisories[0]?.message ?? '', /"reports".*--step-conninfo/s);
  });

  test('in another database goes where --step-conninfo leads, with its own dbname, and commits by itself', () => {
    const stepConninfo = new Map([
      ['host', 'db1'],
      ['port', '5433'],
      ['user', 'runner'],
    ]);
    const task = taskOf(planStep(sqlStep({ connection: ELSEWHERE }), context({ options: { stepConninfo } })));
    assert.equal(task.databaseConnection, 'host=db1 port=5433 user=runner dbname=reports');
    assert.equal(task.autonomous, false);
  });

  test('in a database of that name on another server than the target is not local', () => {
    const fate = planStep(sqlStep(), context({ target: { isSourceServer: false } }));
    assert.deepEqual(codes(fate.advisories), ['step-needs-conninfo']);
  });

  test('in a database whose name differs in case only is not local', () => {
    const connection = { kind: 'database', name: 'App' } as const;
    assert.equal(planStep(sqlStep({ connection }), context()).kind, 'not-carried');
  });
});

test('a batch step is a program with one row of parameters, outside any database', () => {
  assert.deepEqual(taskOf(planStep(batchStep('echo hi', { id: 3, name: '2 - say' }), context())), {
    taskName: '2 - say',
    kind: 'PROGRAM',
    command: 'sh',
    parameters: [['-c', 'echo hi']],
    databaseConnection: null,
    ignoreError: false,
    autonomous: false,
    live: true,
    stepId: 3,
  });
});

describe('jstonerror', () => {
  const cases: readonly [string, OnError, boolean, readonly string[]][] = [
    ['f fails the job', 'fail', false, []],
    ['s counts as a success and goes on', 'success', true, ['info success-on-error']],
    ['i is ignored and goes on', 'ignore', true, []],
  ];
  for (const [name, onError, ignoreError, advisories] of cases) {
    for (const step of [sqlStep({ onError }), batchStep('echo', { onError })]) {
      test(`${name} (${step.kind})`, () => {
        const fate = planStep(step, context());
        assert.equal(taskOf(fate).ignoreError, ignoreError);
        assert.deepEqual(bySeverity(fate.advisories), advisories);
      });
    }
  }
});

describe('a disabled step', () => {
  const BEFORE_SEVEN = context({ target: { hasTaskLive: false } });

  test('is a task with live = false where the target has task.live', () => {
    const fate = planStep(sqlStep({ enabled: false }), context());
    assert.equal(taskOf(fate).live, false);
  });

  test('is left out before pg_timetable 7, with an info', () => {
    const fate = planStep(sqlStep({ id: 5, name: 'off', enabled: false }), BEFORE_SEVEN);
    assert.equal(fate.kind, 'disabled');
    assert.deepEqual(bySeverity(fate.advisories), ['info disabled-step-left-out']);
    assert.equal(fate.kind === 'disabled' && fate.skipped.stepId, 5);
    assert.equal(fate.kind === 'disabled' && fate.skipped.reason, 'step-disabled');
  });

  test('an enabled step is a live task before pg_timetable 7 too', () => {
    assert.equal(taskOf(planStep(sqlStep(), BEFORE_SEVEN)).live, true);
  });

  const blocked = [
    sqlStep({ enabled: false, connection: ELSEWHERE }),
    sqlStep({ enabled: false, connection: { kind: 'conninfo', conninfo: 'host' } }),
    sqlStep({ enabled: false, code: 'DELETE FROM pgagent.pga_job' }),
    batchStep('x'.repeat(2_000_000), { enabled: false }),
  ];
  for (const [index, step] of blocked.entries()) {
    for (const [name, where] of [
      ['7', context()],
      ['6', BEFORE_SEVEN],
    ] as const) {
      test(`never blocks its job, ${index + 1} of ${blocked.length}, pg_timetable ${name}`, () => {
        const fate = planStep(step, where);
        assert.equal(fate.kind, 'disabled');
        assert.deepEqual(bySeverity(fate.advisories), ['info disabled-step-left-out']);
      });
    }
  }
});

describe('a password in a step is a warning that does not show it', () => {
  const SECRET = 'hunter2hunter2';
  const cases = [
    [
      'in a connection string',
      sqlStep({ connection: { kind: 'conninfo', conninfo: `host=h user=u dbname=d password=${SECRET}` } }),
    ],
    [
      'in a connection URI',
      sqlStep({ connection: { kind: 'conninfo', conninfo: `postgresql://u:${SECRET}@h/d` } }),
    ],
    ['in the text of an SQL step', sqlStep({ code: `SELECT dblink_connect('host=h password=${SECRET}')` })],
    ['in PGPASSWORD of a batch step', batchStep(`PGPASSWORD=${SECRET} psql -h h`)],
  ] as const;
  for (const [name, step] of cases) {
    test(name, () => {
      const { advisories, kind } = planStep(step, context());
      assert.equal(kind, 'task');
      assert.deepEqual(
        bySeverity(advisories).filter((one) => one.includes('password')),
        ['warning stored-password'],
      );
      assert.ok(!JSON.stringify(advisories).includes(SECRET));
    });
  }

  test('in a #! line that is told of', () => {
    const { advisories } = planStep(
      batchStep(`#!/usr/bin/env -S PGPASSWORD=${SECRET} lua\nprint()`),
      context(),
    );
    assert.deepEqual(bySeverity(advisories), ['info script-file', 'warning stored-password']);
    assert.ok(!JSON.stringify(advisories).includes(SECRET));
  });

  test('in a connection string that cannot be read', () => {
    const connection = { kind: 'conninfo', conninfo: `host=h password='${SECRET}` } as const;
    const { advisories, kind } = planStep(sqlStep({ connection }), context());
    assert.equal(kind, 'not-carried');
    assert.ok(!JSON.stringify(advisories).includes(SECRET));
  });
});

describe('a batch step is looked at by its words', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['if pgrep -f nightly_export >/dev/null; then exit 1; fi', ['warning process-list']],
    ['ps ax -o args | grep "[n]ightly"', ['warning process-list']],
    ['pkill -f stale', ['warning process-list']],
    ['/usr/bin/pgrep x', ['warning process-list']],
    ['grep x /proc/1/cmdline', ['warning process-list']],
    ['cd /srv/ps && ./run-ps --https', []],
    ['psql -c "SELECT pg_terminate_backend(7)"', ['warning ends-sessions']],
    ['psql -c "UPDATE pgagent.pga_job SET jobnextrun = now()"', ['warning pgagent-in-script']],
    ['psql -c \'SELECT * FROM "pgagent"."pga_job"\'', ['warning pgagent-in-script']],
    [
      "psql -c 'SET search_path=pgagent' -c 'UPDATE pga_job SET jobenabled = false'",
      ['warning pgagent-in-script'],
    ],
    ['echo pgagent', []],
  ];
  for (const [code, expected] of cases)
    test(code, () => assert.deepEqual(bySeverity(planStep(batchStep(code), context()).advisories), expected));
});

describe('letters beyond ASCII in a batch step, where a database is not in UTF-8', () => {
  const cases: readonly [string, string, string, readonly string[]][] = [
    ['echo caf\u00e9', 'UTF8', 'UTF8', []],
    ['echo caf\u00e9', 'UTF8', 'LATIN1', ['error batch-encoding']],
    ['echo caf\u00e9', 'WIN1252', 'UTF8', ['error batch-encoding']],
    ['echo caf\u00e9', 'SQL_ASCII', 'UTF8', []],
    ['echo cafe', 'LATIN1', 'LATIN1', []],
  ];
  for (const [code, source, target, expected] of cases) {
    test(`${code}, from ${source} to ${target}: ${expected.join('') || 'nothing to say'}`, () => {
      const where = context({ source: { encoding: source }, target: { encoding: target } });
      assert.deepEqual(bySeverity(planStep(batchStep(code), where).advisories), expected);
    });
  }

  test('an SQL step is not concerned', () => {
    const where = context({ source: { encoding: 'LATIN1' }, target: { encoding: 'LATIN1' } });
    assert.equal(planStep(sqlStep({ code: "SELECT 'caf\u00e9'" }), where).kind, 'task');
  });
});

describe('the text of another family than its shell', () => {
  const BATCH = 'cd /d "D:\\Exports" && call export.bat';
  const cmd = { name: 'cmd', shell: parseShell('cmd') ?? assert.fail() };
  const sh = { name: 'sh', shell: parseShell('sh') ?? assert.fail() };

  test('is an error that names the option, with the host of its job', () => {
    const fate = planStep(batchStep(BATCH, { id: 5 }), context(), 'WIN SRV');
    assert.equal(fate.kind, 'not-carried');
    assert.deepEqual(bySeverity(fate.advisories), ['error shell-mismatch']);
    assert.equal(fate.advisories[0]?.stepId, 5);
    assert.match(fate.advisories[0]?.message ?? '', /cd \/d.*--shell 'WIN SRV=cmd'.*--shell 'WIN SRV=sh'/);
  });

  test('of a job of any host: without one', () => {
    const fate = planStep(batchStep(BATCH), context());
    assert.match(fate.advisories[0]?.message ?? '', /any host.* --shell =cmd\..* --shell =sh$/);
  });

  test('takes the shell of its host, and no other', () => {
    const options = { hostShells: new Map([['WIN1', cmd]]) };
    const task = taskOf(planStep(batchStep(BATCH), context({ options }), 'WIN1'));
    assert.equal(task.command, 'powershell');
    for (const host of ['', 'win1']) {
      const fate = planStep(batchStep(BATCH), context({ options }), host);
      assert.deepEqual(bySeverity(fate.advisories), ['error shell-mismatch']);
    }
  });

  test('is a warning where the shell is given for its host', () => {
    const options = { hostShells: new Map([['', sh]]) };
    const fate = planStep(batchStep(BATCH), context({ options }));
    assert.deepEqual(taskOf(fate).parameters, [['-c', BATCH]]);
    assert.deepEqual(bySeverity(fate.advisories), ['warning shell-mismatch-accepted']);
    const pwsh = { name: 'pwsh', shell: parseShell('pwsh') ?? assert.fail() };
    const under = planStep(batchStep(BATCH), context({ options: { hostShells: new Map([['', pwsh]]) } }));
    assert.deepEqual(bySeverity(under.advisories), ['warning shell-mismatch-accepted']);
  });

  test('never keeps a job back where the step is disabled, and is no question behind a #! line', () => {
    const fate = planStep(batchStep(BATCH, { enabled: false }), context());
    assert.deepEqual([fate.kind, bySeverity(fate.advisories)], ['disabled', ['info disabled-step-left-out']]);
    assert.equal(planStep(batchStep(`#!/bin/sh\n${BATCH}`), context()).kind, 'task');
  });

  test('a server on Windows is a weak sign', () => {
    const step = batchStep('psql -f D:\\load.sql');
    assert.equal(planStep(step, context()).kind, 'task');
    assert.equal(planStep(step, context({ source: { isOnWindows: true } })).kind, 'not-carried');
  });
});
