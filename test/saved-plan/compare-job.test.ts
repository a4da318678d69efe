import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Advisory, JobPlan } from '../../src/model/plan.ts';
import { jobDifferences } from '../../src/saved-plan/compare-job.ts';
import { chain, jobPlan, task } from '../job-builders.ts';

const withTask = (more: Parameters<typeof task>[0]): JobPlan =>
  jobPlan({ chains: [chain({ tasks: [task(more)] })] });
const withChain = (more: Parameters<typeof chain>[0]): JobPlan => jobPlan({ chains: [chain(more)] });
const advisory = (severity: Advisory['severity'], message = 'm', stepId = 1): Advisory => ({
  code: 'any-host-several-clients',
  severity,
  message,
  link: 'l',
  stepId,
});

describe('what is said of a job that changed', () => {
  const cases: readonly (readonly [string, JobPlan, JobPlan, readonly string[]])[] = [
    ['its name', jobPlan(), jobPlan({ jobName: 'b' }), ['its name was "job", is "b"']],
    ['its host', jobPlan(), jobPlan({ hostAgent: 'n1' }), ['its host was "", is "n1"']],
    ['disabled', jobPlan(), jobPlan({ enabled: false }), ['it is disabled now']],
    ['enabled', jobPlan({ enabled: false }), jobPlan(), ['it is enabled now']],
    [
      'left out',
      jobPlan(),
      jobPlan({ moved: 'none', chains: [] }),
      ['it was to move whole, and moves not at all now', 'the chain "job @ often" is gone'],
    ],
    [
      'moved after all',
      jobPlan({ moved: 'none', chains: [] }),
      jobPlan({ moved: 'part' }),
      ['it was to move not at all, and moves in part now', 'the chain "job @ often" is new'],
    ],
    [
      'run_at',
      withChain({ runAt: '0 3 * * *' }),
      withChain({ runAt: '0 4 * * *' }),
      ['run_at of "job @ often" was "0 3 * * *", is "0 4 * * *"'],
    ],
    [
      'client_name',
      withChain({}),
      withChain({ clientName: 'w1' }),
      ['client_name of "job @ often" was none, is "w1"'],
    ],
    ['live', withChain({}), withChain({ live: false }), ['live of "job @ often" was true, is false']],
    [
      'max_instances',
      withChain({}),
      withChain({ maxInstances: 2 }),
      ['max_instances of "job @ often" was 1, is 2'],
    ],
    ['timeout', withChain({}), withChain({ timeout: 5 }), ['timeout of "job @ often" was 0, is 5']],
    [
      'schedule',
      withChain({}),
      withChain({ scheduleId: null }),
      ['the schedule of "job @ often" was 1, is none'],
    ],
    [
      'a step more',
      withChain({}),
      withChain({ tasks: [task(), task({ stepId: 2, taskName: 'b', taskOrder: 20 })] }),
      ['step 2 "b" is new'],
    ],
    ['a step less', withChain({}), withChain({ tasks: [] }), ['step 1 "step" is gone']],
    [
      'a guard more',
      withChain({}),
      withChain({ tasks: [task({ stepId: null, taskName: 'guard', taskOrder: 1 }), task()] }),
      ['the task "guard" of "job @ often" is new'],
    ],
    ['place', withTask({}), withTask({ taskOrder: 20 }), ['step 1 "step": its place was 10, is 20']],
    ['step name', withTask({}), withTask({ taskName: 'b' }), ['step 1 "b": its name was "step", is "b"']],
    [
      'kind',
      withTask({}),
      withTask({ kind: 'PROGRAM' }),
      ['step 1 "step": its kind was "SQL", is "PROGRAM"'],
    ],
    [
      'ignore_error',
      withTask({}),
      withTask({ ignoreError: true }),
      ['step 1 "step": ignore_error was false, is true'],
    ],
    [
      'autonomous',
      withTask({}),
      withTask({ autonomous: false }),
      ['step 1 "step": autonomous was true, is false'],
    ],
    ['task live', withTask({}), withTask({ live: false }), ['step 1 "step": live was true, is false']],
    ['command', withTask({}), withTask({ command: 'x' }), ['step 1 "step": its text is another one']],
    [
      'parameters',
      withTask({}),
      withTask({ parameters: [['-c']] }),
      ['step 1 "step": its text is another one'],
    ],
    [
      'arguments laid out in other rows',
      withTask({ parameters: [['a'], ['b']] }),
      withTask({ parameters: [['a', 'b']] }),
      ['step 1 "step": its text is another one'],
    ],
    ['script', withTask({}), withTask({ script: 'x' }), ['step 1 "step": its text is another one']],
    [
      'connection and text',
      withTask({}),
      withTask({ databaseConnection: 'host=h', command: 'x' }),
      ['step 1 "step": its connection is another one', 'step 1 "step": its text is another one'],
    ],
    [
      'password',
      withTask({ secretDigest: 'a' }),
      withTask({ secretDigest: 'b' }),
      ['step 1 "step": its password is another one'],
    ],
    [
      'a password where ***** stood by itself',
      withTask({ secretDigest: 'a' }),
      withTask({}),
      ['step 1 "step": its password is another one'],
    ],
    [
      'a password of which the plan says nothing',
      withTask({}),
      withTask({ secretDigest: 'a' }),
      ['step 1 "step": the plan does not say which password it holds: only --output writes that down'],
    ],
    [
      'a warning that nobody has read',
      jobPlan(),
      jobPlan({ advisories: [advisory('warning')] }),
      ['the warning any-host-several-clients is new'],
    ],
    [
      'a warning about another step',
      jobPlan({ advisories: [advisory('warning')] }),
      jobPlan({ advisories: [advisory('warning', 'm', 2)] }),
      ['the warning any-host-several-clients is new'],
    ],
    [
      'a value that fills the screen',
      withChain({}),
      withChain({ runAt: 'x'.repeat(100) }),
      [`run_at of "job @ often" was "* * * * *", is "${'x'.repeat(60)}..."`],
    ],
  ];
  for (const [name, saved, now, expected] of cases) {
    test(name, () => assert.deepEqual(jobDifferences(saved, now), expected));
  }
});

describe('no difference is', () => {
  const cases: readonly (readonly [string, JobPlan, JobPlan])[] = [
    ['the next runs', jobPlan(), withChain({ nextRuns: ['2026-01-01T00:00:00Z'] })],
    ['ids of what was written', jobPlan(), withChain({ chainId: 1, tasks: [task({ taskId: 1 })] })],
    [
      'an advisory in other words',
      jobPlan({ advisories: [advisory('warning')] }),
      jobPlan({ advisories: [advisory('warning', 'n')] }),
    ],
    ['an advisory less', jobPlan({ advisories: [advisory('warning')] }), jobPlan()],
    ['something to know', jobPlan(), jobPlan({ advisories: [advisory('info')] })],
    [
      'what was left out for a reason of its own',
      jobPlan(),
      jobPlan({ skipped: [{ reason: 'schedule-disabled', message: 'm', scheduleId: 4 }] }),
    ],
    [
      'anything of a job that stays on pgAgent',
      jobPlan({ moved: 'none', chains: [] }),
      jobPlan({ moved: 'none', chains: [], jobName: 'b', enabled: false }),
    ],
  ];
  for (const [name, saved, now] of cases) {
    test(name, () => assert.deepEqual(jobDifferences(saved, now), []));
  }
});

test('a step that stands in several chains is named once', () => {
  const of = (command: string): JobPlan =>
    jobPlan({ chains: ['a', 'b', 'c'].map((chainName) => chain({ chainName, tasks: [task({ command })] })) });
  assert.deepEqual(jobDifferences(of('SELECT 1'), of('SELECT 2')), [
    'step 1 "step": its text is another one',
  ]);
});

test('no text of a step is repeated', () => {
  const found = jobDifferences(
    withTask({ command: 'qqq text', databaseConnection: 'host=qqq' }),
    withTask({ command: 'rrr text', parameters: [['rrr']], databaseConnection: 'host=rrr' }),
  );
  assert.doesNotMatch(found.join('\n'), /qqq|rrr/);
});

test('a chain or a task that stands twice in a file is a difference, whichever of the two fits', () => {
  const other = chain({ runAt: '1 1 1 1 1' });
  for (const chains of [
    [other, chain()],
    [chain(), other],
    [chain(), chain()],
  ])
    assert.ok(
      jobDifferences(jobPlan({ chains }), jobPlan()).includes('the plan has the chain "job @ often" twice'),
    );
  const tasks = [task({ command: 'SELECT 2' }), task()];
  assert.deepEqual(jobDifferences(jobPlan({ chains: [chain({ tasks })] }), jobPlan()), [
    'the plan has step 1 twice',
  ]);
});
