import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf, type JobGroup, ofOneJob, stayHeading } from '../../src/model/groups.ts';
import type { Advisory, JobPlan, Severity } from '../../src/model/plan.ts';
import { Decisions } from '../../src/planning/decisions.ts';
import { DECISIONS } from '../../src/transform/advisories/decisions.ts';
import * as rules from '../../src/transform/advisories/index.ts';
import { chain, jobPlan } from '../job-builders.ts';

test('each warning and each error says in a few words what it means, and no other code does', () => {
  const grave = Object.values(rules)
    .filter((rule) => 'severity' in rule && rule.severity !== 'info')
    .map(({ code }) => code)
    .sort();
  assert.deepEqual(Object.keys(DECISIONS).sort(), [...new Set(grave)]);
  for (const { what } of Object.values(DECISIONS)) {
    assert.ok(what.length <= 64, what);
    // After "1 job".
    assert.match(ofOneJob(what), /^(?:[a-z]+s|failed|may|can|cannot|never|stood) /);
    assert.doesNotMatch(ofOneJob(what), /\b(?:their|they|themselves)\b|^(?:faileds|nevers|stoods)/);
  }
});

test('what is only probable is so in the few words, too', () => {
  const { code, message } = rules.neverRan({}, 'a space in its connection string', 'quotes');
  assert.match(message, /has probably never worked/);
  assert.equal(DECISIONS[code]?.what, 'have a step that probably never worked and will run now');
});

const note = (severity: Severity, code = 'stored-password'): Advisory => ({
  code,
  severity,
  message: 'm',
  link: 'l',
});
const leftOut = { reason: 'job-left-out' as const, message: 'is left out' };

test('a job is of the first group that matches', () => {
  const cases: readonly (readonly [JobGroup, Partial<JobPlan>])[] = [
    ['unchanged', { chains: [chain()], advisories: [note('info')] }],
    ['unchanged', { chains: [chain({ live: false })] }],
    ['decide', { chains: [chain()], advisories: [note('warning')] }],
    ['decide', { chains: [chain()], moved: 'part' }],
    ['not-scheduled', { chains: [], moved: 'whole' }],
    ['not-scheduled', { chains: [], moved: 'none', advisories: [note('warning')] }],
    ['stay', { chains: [], moved: 'none', skipped: [leftOut], advisories: [note('error')] }],
    ['stay', { chains: [chain()], action: 'skip' }],
    ['stay', { chains: [chain()], action: 'conflict', advisories: [note('warning')] }],
  ];
  for (const [group, plan] of cases) assert.equal(groupOf(jobPlan(plan)), group, JSON.stringify(plan));
  assert.equal(groupOf(jobPlan({ chains: [chain()] }), true), 'decide', 'clocks that differ change all');
  assert.equal(groupOf(jobPlan({ chains: [], moved: 'whole' }), true), 'not-scheduled');
});

test('decisions count jobs, each once a code, most jobs first', () => {
  const decisions = new Decisions();
  const warned = (jobId: number, ...codes: readonly string[]): JobPlan =>
    jobPlan({ jobId, chains: [chain()], advisories: codes.map((code) => note('warning', code)) });
  decisions.add(warned(1, 'shared-session'));
  decisions.add({
    ...warned(2, 'overlapping-schedules', 'overlapping-schedules', 'shared-session'),
    jobName: 'overlapping',
  });
  decisions.add(warned(3, 'shared-session'));
  decisions.add(
    jobPlan({
      jobId: 4,
      jobName: 'Remote',
      moved: 'none',
      skipped: [leftOut],
      advisories: [note('error', 'step-needs-conninfo')],
    }),
  );
  assert.deepEqual(
    decisions.decisions.map(({ code, jobs, job, option }) => [code, jobs, job, option]),
    [
      ['shared-session', 3, undefined, '--transaction JOB=joined'],
      ['overlapping-schedules', 1, { jobId: 2, jobName: 'overlapping' }, '--overlap exact'],
    ],
  );
  assert.deepEqual(decisions.staying, [
    {
      jobId: 4,
      jobName: 'Remote',
      isInConflict: false,
      what: 'names another database',
      option: '--step-conninfo "host=... user=..."',
    },
  ]);
});

test('what stays has all its reasons, and options only where they remove all of them', () => {
  const staying = (...codes: readonly string[]) => {
    const decisions = new Decisions();
    const advisories = codes.map((code) => note('error', code));
    decisions.add(jobPlan({ moved: 'none', skipped: [leftOut], advisories }));
    return decisions.staying.map(({ what, option }) => [what, option]);
  };
  const conninfo = 'step-needs-conninfo';
  assert.deepEqual(staying(conninfo, conninfo), [
    ['names another database', '--step-conninfo "host=... user=..."'],
  ]);
  assert.deepEqual(staying(conninfo, 'copy-from-stdin', conninfo), [
    ['names another database; waits forever in COPY FROM STDIN', null],
  ]);
  assert.deepEqual(staying(conninfo, 'many-chains'), [
    [
      'names another database; needs very many chains',
      '--step-conninfo "host=... user=..." --allow-many-chains',
    ],
  ]);
});

test('one job runs, has, may and does', () => {
  assert.deepEqual(['run twice', 'have text', 'may run', 'do not run', 'cannot run'].map(ofOneJob), [
    'runs twice',
    'has text',
    'may run',
    'does not run',
    'cannot run',
  ]);
});

test('a job in conflict stays as it is, with the option that would let it go on', () => {
  for (const [remedy, option] of [
    ['replace', '--on-conflict replace'],
    ['force', '--on-conflict replace --force'],
    ['undo', null],
    ['adopt', null],
  ] as const) {
    const decisions = new Decisions();
    decisions.add(jobPlan({ action: 'skip' }), { kind: 'skip', because: ['it was changed'], remedy });
    const [job] = decisions.staying;
    assert.deepEqual([job?.what, job?.option, job?.isInConflict], ['it was changed', option, true]);
    assert.equal(stayHeading(decisions.staying), 'Stay as they are');
  }
  assert.equal(stayHeading([]), 'Stay on pgAgent');
});
