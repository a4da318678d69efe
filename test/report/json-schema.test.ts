import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { schemaText } from '../../src/cli/schema-text.ts';
import type { PlanDocument } from '../../src/model/plan.ts';
import type { UndoneJob } from '../../src/model/undo-result.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { Tally } from '../../src/planning/tally.ts';
import { DOCUMENTS, type DocumentName, jsonSchema } from '../../src/report/json-schema.ts';
import { assertDocument, assertPrinted, closed, published, validator } from '../cli/documents.ts';
import { chain, groupedJob, task } from '../job-builders.ts';
import { CHECKS, HEADER } from './samples.ts';

const NAMES = Object.keys(DOCUMENTS) as DocumentName[];

const PLAN: PlanDocument = {
  ...HEADER,
  preflight: CHECKS,
  jobs: [
    groupedJob({
      action: 'create',
      chains: [
        chain({
          chainId: 7,
          nextRuns: ['2026-03-01T02:00:00+01:00'],
          tasks: [task({ taskId: 9, parameters: [['-c', 'true']], script: 'true', secretDigest: 'd' })],
        }),
      ],
      skipped: [{ reason: 'step-disabled', message: 'is disabled', stepId: 2 }],
      advisories: [
        { code: 'any-host', severity: 'info', message: 'm', link: 'l', scheduleId: 1, scheduleName: 's' },
      ],
    }),
  ],
  advisories: [{ code: 'sql-steps', severity: 'warning', message: 'm', link: 'l' }],
  decisions: [
    {
      ...{ code: 'empty-sql', jobs: 1, job: { jobId: 1, jobName: 'a' } },
      ...{ what: 'have an empty step', option: null },
    },
  ],
  cutover: {
    jobs: 1,
    resumed: 0,
    disabledAt: '2026-03-01T02:00:00+01:00',
    liveAt: '2026-03-01T02:00:00+01:00',
    moment: 'split',
    missed: [{ minute: '2026-03-01T02:00', jobIds: [1], isCertain: false }],
    overdue: [{ jobId: 1, dueSince: '2026-03-01T01:00', isStarted: true, mayHaveRun: false }],
    perhapsTwice: [{ minute: '2026-11-29T03:00:00+00:00', jobIds: [1] }],
    enabledAgain: [1],
    stuck: [{ jobId: 1, why: 'its agent is gone' }],
  },
  replacement: {
    jobs: 1,
    at: '2026-03-01T02:00:25+01:00',
    unsure: [{ minute: '2026-03-01T02:00:00+01:00', jobIds: [1] }],
  },
  summary: new Tally().summary(true),
  secretKey: null,
};

const SIDES = { source: HEADER.source, target: HEADER.target };

const VERDICT: Verdict = {
  jobId: 1,
  jobName: 'a',
  verdict: 'different',
  chains: ['a @ b'],
  differences: [{ minute: '2026-03-01T02:00', firesIn: 'pgAgent' }],
  problems: [{ code: 'not-live', message: 'm', chainName: 'a @ b', scheduleId: 1 }],
};

const VERIFICATION = {
  verifyVersion: 1,
  ...SIDES,
  jobs: [VERDICT],
  clocks: null,
  strayChains: ['c'],
  unattended: [{ clientName: null, chains: 1 }],
  summary: { jobs: 1, equal: 0, paused: 0, different: 1, idle: 0 },
};

const UNDONE: UndoneJob = {
  jobId: 1,
  jobName: 'a',
  chains: ['a @ b'],
  job: 'enabled',
  nextRun: null,
  held: null,
  changedByHand: [],
};

const UNDOING = {
  undoVersion: 1,
  ...SIDES,
  jobs: [UNDONE],
  missed: [{ minute: '2026-03-01T02:00', isCertain: true, jobIds: [1] }],
  summary: { jobs: 1, chains: 1, enabled: 1, undone: true },
};

const SAMPLES: Readonly<Record<DocumentName, object>> = { plan: PLAN, verify: VERIFICATION, undo: UNDOING };

/** A copy with the value at a path, such as `jobs.0.chains`, put in its place; taken out where it is undefined. */
function changed(document: object, path: string, value: unknown): object {
  const copy = structuredClone(document);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], copy);
  const holder = parent as Record<string, unknown>;
  if (value === undefined) {
    assert.ok(last in holder, `${path} is not there`);
    delete holder[last];
  } else holder[last] = value;
  return copy;
}

for (const name of NAMES) {
  describe(`the schema of ${name}`, () => {
    test('docs holds what the code makes (npm run schemas)', () => {
      const file = new URL(`../../docs/${DOCUMENTS[name].file}`, import.meta.url);
      assert.equal(readFileSync(file, 'utf8'), schemaText(name));
    });

    test('is one of draft 2020-12 with a name and a title', () => {
      const { $schema, $id, title } = jsonSchema(name, DOCUMENTS[name]);
      assert.equal($schema, 'https://json-schema.org/draft/2020-12/schema');
      assert.equal($id, `urn:pga2timetable:${name}:${name === 'plan' ? 2 : 1}`);
      assert.match(String(title), /of pga2timetable$/);
      validator(jsonSchema(name, DOCUMENTS[name]));
    });

    test('takes a whole document, with nothing in it that it does not name', () => {
      assertDocument(name, SAMPLES[name]);
    });

    test('takes what a later version adds, at the top and inside, and the strict reading of the tests does not', () => {
      const validate = validator(published(name));
      const strict = validator(closed(published(name)));
      for (const path of ['later', 'source.later', 'jobs.0.later', 'summary.later']) {
        const later = changed(SAMPLES[name], path, 1);
        assert.equal(validate(later), true, path);
        assert.equal(strict(later), false, path);
      }
    });

    test('misses each member that is always there', () => {
      const validate = validator(published(name));
      const optional = ['cutover', 'replacement', 'secretKey'];
      for (const member of Object.keys(SAMPLES[name]).filter((one) => !optional.includes(one)))
        assert.equal(validate(changed(SAMPLES[name], member, undefined)), false, member);
    });
  });
}

describe('what is no such document', () => {
  const cases: readonly [name: DocumentName, path: string, value: unknown][] = [
    ['plan', 'planVersion', 1],
    ['plan', 'jobs.0.group', undefined],
    ['plan', 'jobs.0.group', 'mood'],
    ['plan', 'summary.groups', undefined],
    ['plan', 'summary.groups.stay', undefined],
    ['plan', 'decisions.0.code', undefined],
    ['plan', 'decisions.0.jobs', undefined],
    ['plan', 'decisions.0.option', undefined],
    ['plan', 'decisions.0.option', 1],
    ['plan', 'plannedAt', 'yesterday'],
    ['plan', 'options.clientNames', { a: 1 }],
    ['plan', 'jobs', {}],
    ['plan', 'jobs.0.jobId', '1'],
    ['plan', 'jobs.0.jobId', 1.5],
    ['plan', 'jobs.0.moved', 'half'],
    ['plan', 'jobs.0.chains.0.runAt', null],
    ['plan', 'jobs.0.chains.0.tasks.0.parameters', [[1]]],
    ['plan', 'jobs.0.chains.0.tasks.0.live', undefined],
    ['plan', 'jobs.0.advisories.0.severity', 'fatal'],
    ['plan', 'jobs.0.advisories.0.link', undefined],
    ['plan', 'jobs.0.skipped.0.reason', 'mood'],
    ['plan', 'preflight.0.status', 'fine'],
    ['plan', 'preflight.0.check', 'Two Words'],
    ['plan', 'cutover.moment', 'soon'],
    ['plan', 'summary.written', 'yes'],
    ['verify', 'jobs.0.verdict', 'perhaps'],
    ['verify', 'jobs.0.problems.0.code', 'other'],
    ['verify', 'jobs.0.differences.0.firesIn', 'cron'],
    ['verify', 'clocks', 1],
    ['undo', 'jobs.0.job', 'lost'],
    ['undo', 'jobs.0.nextRun', undefined],
    ['undo', 'missed.0.isCertain', 'no'],
  ];
  for (const [name, path, value] of cases) {
    test(`${name}: ${path} ${value === undefined ? 'is not there' : JSON.stringify(value)}`, () => {
      assert.equal(validator(published(name))(changed(SAMPLES[name], path, value)), false);
    });
  }
});

test('a printed document that is not of its schema fails the test that ran the tool', () => {
  const args = ['verify', '--format', 'json'];
  const print = (document: object) => ({ code: 5, stdout: JSON.stringify(document) });
  assertPrinted(args, print(VERIFICATION));
  assert.throws(() => assertPrinted(args, print({ ...VERIFICATION, jobs: 1 })), /the verify document/);
  assert.throws(() => assertPrinted(args, print(UNDOING)), /the verify document/);
  assert.throws(() => assertPrinted(args, { code: 0, stdout: '{' }), SyntaxError);
});
