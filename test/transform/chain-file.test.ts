import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../src/model/job.ts';
import type { JobPlan } from '../../src/model/plan.ts';
import { forChainFile } from '../../src/transform/chain-file.ts';
import { codes, context, job, schedule, sqlStep } from '../job-builders.ts';
import { plan, reasons } from './plans.ts';

function inFile(one: Job): JobPlan {
  return forChainFile(one, plan(one));
}

test('a plan that a chain file can say stays as it is', () => {
  const one = job();
  assert.deepEqual(inFile(one), plan(one));
});

test('an empty command becomes one blank, a blank one stays', () => {
  const found = inFile(
    job({ steps: [sqlStep({ code: '' }), sqlStep({ id: 2, name: 'other', code: '  ' })] }),
  );
  assert.deepEqual(
    found.chains[0]?.tasks.slice(1).map(({ command }) => command),
    [' ', '  '],
  );
  const about = found.advisories.filter(({ code }) => code === 'chain-file-empty-command');
  assert.deepEqual(
    about.map(({ stepId, stepName }) => [stepId, stepName]),
    [[1, 'step']],
  );
});

test('a step is advised of once, however many chains have it', () => {
  const schedules = [schedule(), schedule({ hours: [2] }, { id: 2, name: 'other' })];
  const found = inFile(job({ schedules, steps: [sqlStep({ name: '' })] }));
  assert.equal(found.chains.length, 2);
  assert.equal(found.advisories.filter(({ code }) => code === 'chain-file-unnamed-step').length, 1);
});

test('a job whose chains would have no task is left out, for that one reason', () => {
  const found = inFile(
    job({ steps: [], schedules: [schedule(), schedule({}, { id: 2, name: 'off', enabled: false })] }),
  );
  assert.deepEqual(
    [found.moved, found.chains, codes(found.advisories)],
    ['none', [], ['chain-file-no-task']],
  );
  assert.deepEqual(reasons(found), ['job-left-out']);
});

test('so is one of whose chains one has a guard', () => {
  const one = job({ steps: [], schedules: [schedule({ lastDay: true, hours: [1], minutes: [0] })] });
  const counts = plan(one).chains.map(({ tasks }) => tasks.length);
  assert.deepEqual(counts, [0, 0, 1]);
  assert.equal(inFile(one).moved, 'none');
});

test('so is one whose steps are all disabled, where tasks cannot be', () => {
  const one = job({ steps: [sqlStep({ enabled: false })] });
  const found = forChainFile(one, plan(one, context({ target: { hasTaskLive: false } })));
  assert.equal(found.moved, 'none');
  assert.equal(inFile(one).chains.length, 1);
});
