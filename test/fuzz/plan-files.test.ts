import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OPTIONS_OF } from '../../src/cli/options.ts';
import { SHAPING } from '../../src/cli/planned-options.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Job } from '../../src/model/job.ts';
import type { ChainPlan, JobPlan, PlanHeader } from '../../src/model/plan.ts';
import { Tally } from '../../src/planning/tally.ts';
import { printJson } from '../../src/report/json.ts';
import { Comparison } from '../../src/saved-plan/comparison.ts';
import { keyPlace, readPlanKey } from '../../src/saved-plan/key.ts';
import { toPlanFile } from '../../src/saved-plan/read.ts';
import { Seal } from '../../src/saved-plan/seal.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { batchStep, context, exception, job, NOW, schedule, sqlStep } from '../job-builders.ts';
import { HEADER, stream } from '../report/samples.ts';
import { assertPlainFailure, SECRET, texts } from './inputs.ts';
import { trapped } from './trapped.ts';

const FILES = 9_000;

const KEY = readPlanKey(keyPlace({ PGA2TIMETABLE_PLAN_KEY: 'sixteen letters!' }), false);
const PLANNED_HEADER: PlanHeader = { ...HEADER, plannedAt: new Date(NOW).toISOString() };
const JOBS: readonly Job[] = [
  job(),
  job({
    id: 2,
    name: 'all kinds',
    hostAgent: 'node1',
    schedules: [
      schedule({ minutes: [0], hours: [3] }, { exceptions: [exception('2026-05-01', null)] }),
      schedule({ minutes: [30], monthDays: [1, 15] }, { id: 2, name: 'monthly', end: NOW + 1e10 }),
    ],
    steps: [
      sqlStep(),
      batchStep(`PGPASSWORD=${SECRET} psql -c 'SELECT 1'`, { id: 2, name: 'batch', onError: 'ignore' }),
      sqlStep({
        id: 3,
        name: 'far',
        connection: { kind: 'conninfo', conninfo: `host=db1 user=me dbname=x password=${SECRET}` },
      }),
      sqlStep({ id: 4, name: 'off', enabled: false }),
    ],
  }),
  job({ id: 3, name: 'off', enabled: false, schedules: [schedule({ lastDay: true })] }),
];

/** What is planned for these options: what a run would write. */
function planned(options: PlanHeader['options']): Planned {
  const key = JSON.stringify(options);
  const found = KNOWN.get(key) ?? planAnew(options);
  KNOWN.set(key, found);
  return found;
}

interface Planned {
  readonly plans: readonly JobPlan[];
  readonly header: PlanHeader;
}
const KNOWN = new Map<string, Planned>();

function planAnew(options: PlanHeader['options']): { plans: readonly JobPlan[]; header: PlanHeader } {
  const raw = Object.fromEntries(
    Object.entries(OPTIONS_OF.migrate).map(([name, option]) => [name, option.default]),
  );
  const shaping = Object.fromEntries(Object.entries(SHAPING).map(([name, of]) => [name, of(options)]));
  const settings = readSettings('migrate', { ...raw, ...shaping }, {});
  const given = context({ options: settings });
  return { plans: JOBS.map((one) => planJob(one, given)), header: { ...PLANNED_HEADER, options } };
}

const WHOLE: unknown = JSON.parse(await savedText());

async function savedText(): Promise<string> {
  const { plans, header } = planned(HEADER.options);
  const tally = new Tally();
  for (const plan of plans) tally.add(plan);
  const parts: string[] = [];
  await printJson(
    header,
    [],
    stream(plans),
    { advisories: [], decisions: [], summary: tally.summary(false) },
    new Seal(() => KEY),
    async (text) => {
      parts.push(text);
    },
  );
  assert.ok(!parts.join('').includes(SECRET));
  return parts.join('');
}

type Path = readonly string[];

function paths(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => paths(inner, [...path, name]))];
}

/** The value with another in a place: `change` gets what stands there, and null takes it out. */
function changed(
  value: unknown,
  [name, ...rest]: Path,
  change: (old: unknown) => readonly unknown[],
): unknown {
  if (name === undefined) return change(value)[0];
  if (Array.isArray(value)) {
    const at = Number(name);
    return value.flatMap((item, index) =>
      index !== at ? [item] : rest.length > 0 ? [changed(item, rest, change)] : change(item),
    );
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, item]) => {
      if (key !== name) return [[key, item]];
      return rest.length > 0
        ? [[key, changed(item, rest, change)]]
        : change(item)
            .slice(0, 1)
            .map((one) => [key, one]);
    }),
  );
}

const places = paths(WHOLE);
// Most places of the document are in advisories and next runs, which are not written.
const written = places.filter((path) =>
  /^(?:jobs,\d+(?:,chains,\d+(?:,tasks.*)?|,chains)?(?:,\w+)?|options.*|source.*|target.*)$/.test(
    path.join(),
  ),
);
const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -1,
    1e300,
    2 ** 53,
    0.5,
    '',
    [],
    {},
    'SELECT 2',
    '* * * * *',
    'x',
    [['x']],
  ),
  texts,
  fc.jsonValue({ maxDepth: 2 }),
  fc
    .constantFrom(...places.slice(0, 400))
    .map((path) => path.reduce<unknown>((at, name) => Reflect.get(at as object, name), WHOLE)),
);
const changes: fc.Arbitrary<(old: unknown) => readonly unknown[]> = fc.oneof(
  values.map((value) => () => [value]),
  fc.constantFrom<(old: unknown) => readonly unknown[]>(
    () => [],
    (old) => [old, old],
    (old) => [
      typeof old === 'string'
        ? `${old} `
        : typeof old === 'number'
          ? old + 1
          : typeof old === 'boolean'
            ? !old
            : Array.isArray(old)
              ? [...old].reverse()
              : old,
    ],
    (old) => [
      old,
      typeof old === 'object' && old !== null ? { ...old, runAt: '1 1 1 1 1', command: 'SELECT 2' } : 'x',
    ],
    (old) => [
      typeof old === 'object' && old !== null ? { ...old, runAt: '1 1 1 1 1', command: 'SELECT 2' } : 'x',
      old,
    ],
  ),
);
const mutants = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...places), fc.constantFrom(...written), fc.constantFrom(...written)),
      changes,
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((all) => {
    const document = all.reduce<unknown>((at, [path, change]) => {
      try {
        return changed(at, path, change);
      } catch {
        return at;
      }
    }, WHOLE);
    return JSON.stringify(document) ?? '';
  });
const whole = JSON.stringify(WHOLE);
const texts1 = fc.oneof(
  { weight: 14, arbitrary: mutants },
  { weight: 1, arbitrary: fc.nat(whole.length).map((length) => whole.slice(0, length)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(whole.length), texts)
      .map(([at, text]) => whole.slice(0, at) + text + whole.slice(at)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        `\ufeff${whole}`,
        whole.replaceAll(',', ',\r\n'),
        Buffer.from(whole, 'utf16le').toString('latin1'),
        '['.repeat(50_000),
      ],
      ...[
        `{"planVersion":2,${whole.slice(1)}`,
        `{"__proto__":{"jobs":[]},${whole.slice(1)}`,
        whole.replace('"jobs"', '"__proto__"'),
      ],
      ...[
        `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
        `${whole}${whole}`,
        '',
        'null',
        '[]',
        '1e999',
        '"x"',
        `{"jobs":[],${whole.slice(1)}`,
      ],
      ...[whole.replace('"planVersion":2', '"planVersion":1'), whole.replace('"runAt":"', '"runAt":"1 ')],
    ),
  },
);

/** What of a plan is written, whatever its order. */
function rowsOf(plans: Iterable<JobPlan>): readonly string[] {
  return [...plans]
    .flatMap(({ jobId, chains }) => chains.map((chain) => JSON.stringify([jobId, chainRow(chain)])))
    .sort();
}

function chainRow({
  chainName,
  runAt,
  clientName,
  live,
  maxInstances,
  timeout,
  tasks,
}: ChainPlan): readonly unknown[] {
  const rows = tasks.map((task) => [
    ...[
      task.taskName,
      task.taskOrder,
      task.kind,
      task.command,
      task.parameters,
      task.script,
      task.databaseConnection,
    ],
    ...[task.ignoreError, task.autonomous, task.live, task.stepId, task.secretDigest],
  ]);
  return [
    chainName,
    runAt,
    clientName,
    live,
    maxInstances,
    timeout,
    rows.map((row) => JSON.stringify(row)).sort(),
  ];
}

test('a plan file, whatever it holds, is read or refused; what it would have written otherwise is never taken for fitting', async (t) => {
  const seen = { refused: 0, conflict: 0, fits: 0 };
  const seal = new Seal(() => KEY);
  const sprung = await trapped(async () =>
    fc.assert(
      fc.property(texts1, (text) => {
        try {
          const plan = toPlanFile('plan.json', text);
          const { plans, header } = planned(plan.header.options);
          const target = { host: 'h', port: 1 };
          const comparison = new Comparison(
            { ...plan, key: plan.secretKey ? KEY : null, targetAddress: target },
            header,
            NOW,
          );
          for (const one of plans) comparison.add(one, one);
          const failure = comparison.failure();
          if (failure !== null) throw failure;
          assert.deepEqual(rowsOf(plan.jobs.values()), rowsOf(plans.map((one) => seal.job(one))));
          seen.fits += 1;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          assertPlainFailure(error);
          assert.ok(['usage', 'conflict'].includes(error.code), error.code);
          seen[error.code === 'conflict' ? 'conflict' : 'refused'] += 1;
        }
        assert.deepEqual(Object.keys(Object.prototype), []);
      }),
      { numRuns: FILES },
    ),
  );
  assert.deepEqual(sprung, []);
  for (const count of Object.values(seen)) assert.ok(count > FILES / 100, JSON.stringify(seen));
  t.diagnostic(`${FILES} inputs: plan files, ${JSON.stringify(seen)}`);
});
