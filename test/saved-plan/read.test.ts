import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/model/failure.ts';
import type { PlanDocument } from '../../src/model/plan.ts';
import { Tally } from '../../src/planning/tally.ts';
import { type PlanFile, toPlanFile } from '../../src/saved-plan/read.ts';
import { chain, groupedJob, task } from '../job-builders.ts';
import { runs } from '../property-runs.ts';
import { HEADER } from '../report/samples.ts';

const JOBS = [
  groupedJob(),
  groupedJob({ jobId: 2, chains: [chain({ tasks: [task(), task({ stepId: null })] })] }),
];

function document(more: object = {}): PlanDocument {
  const tally = new Tally();
  for (const job of JOBS) tally.add(job);
  return {
    ...HEADER,
    preflight: [],
    jobs: JOBS,
    advisories: [],
    decisions: [],
    summary: tally.summary(false),
    secretKey: null,
    ...more,
  };
}

const read = (value: unknown): PlanFile => toPlanFile('p.json', JSON.stringify(value));

test('a plan file is read as it was written', () => {
  const { plannedAt, header, jobs, secretKey } = read(document());
  assert.equal(new Date(plannedAt).toISOString(), HEADER.plannedAt);
  assert.deepEqual(header, HEADER);
  assert.deepEqual([...jobs.values()], JOBS);
  assert.equal(secretKey, null);
});

test('the millisecond of its instant counts', () => {
  assert.equal(read(document({ plannedAt: '1970-01-01T00:00:01.001Z' })).plannedAt, 1_001);
});

describe('no plan is', () => {
  const { plannedAt: _, ...older } = document();
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /is no JSON/],
    ['a word', 'plan', /is no JSON/],
    ['the beginning of one', JSON.stringify(document()).slice(0, 300), /ends in the middle/],
    ['one with a brace too many', `${JSON.stringify(document())}}`, /is no JSON/],
    ['null', 'null', /is no plan: it holds something else/],
    ['a list', '[]', /is no plan/],
    [
      'of the version before',
      JSON.stringify(document({ planVersion: 1 })),
      /has version 1; .* version 2 only/,
    ],
    ['of a later version', JSON.stringify(document({ planVersion: 3 })), /has version 3; .* version 2 only/],
    ['a verification', JSON.stringify({ verifyVersion: 1 }), /planVersion is missing/],
    ['of before there were saved ones', JSON.stringify(older), /plannedAt is missing/],
    ['of no instant', JSON.stringify(document({ plannedAt: 'yesterday' })), /plannedAt is missing or/],
    [
      'of a second',
      JSON.stringify(document({ plannedAt: '2026-01-01T00:00:00Z' })),
      /plannedAt is missing or/,
    ],
    ['with a job twice', JSON.stringify(document({ jobs: [JOBS[0], JOBS[0]] })), /names a job twice/],
    [
      'the listing of a run',
      JSON.stringify(document({ summary: { ...document().summary, written: true } })),
      /printed that wrote/,
    ],
    [
      'one with a chain of another kind',
      JSON.stringify(document({ jobs: [JOBS[0], { ...JOBS[1], chains: [{ ...chain(), runAt: 1 }] }] })),
      /: jobs\[1\]\.chains\[0\]\.runAt is missing or not as it has to be/,
    ],
  ];
  for (const [name, text, message] of cases) {
    test(name, () => {
      assert.throws(
        () => toPlanFile('p.json', text),
        (error: unknown) => error instanceof Failure && error.code === 'usage' && message.test(error.message),
      );
    });
  }

  test('and what it holds is not repeated', () => {
    for (const text of ['{"a": open sesame}', JSON.stringify(document({ jobs: 'open sesame' }))])
      assert.throws(
        () => toPlanFile('p.json', text),
        (error: Failure) => !error.message.includes('sesame'),
      );
  });
});

/** The places of a document: every path to a value. */
function paths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => paths(inner, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  Reflect.set(copy, name, replaced(Reflect.get(copy, name), rest, by));
  return copy;
}

function isReadOrRefused(text: string): boolean {
  try {
    return toPlanFile('p.json', text).jobs instanceof Map;
  } catch (error) {
    if (error instanceof Failure && error.code === 'usage' && error.message.length < 1_000) return true;
    throw error;
  }
}

test('whatever stands in a file is read or refused in a sentence', () => {
  const places = paths(document());
  const mutated = fc
    .tuple(fc.constantFrom(...places), fc.jsonValue())
    .map(([path, value]) => JSON.stringify(replaced(document(), path, value)));
  const whole = JSON.stringify(document());
  const cut = fc.nat(whole.length).map((length) => whole.slice(0, length));
  const texts = fc.oneof(mutated, mutated, cut, fc.json(), fc.string());
  fc.assert(fc.property(texts, isReadOrRefused), runs(3_000));
});
