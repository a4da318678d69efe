import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { OPTIONS_OF } from '../../src/cli/options.ts';
import { type Planned, SHAPING, withPlannedOptions } from '../../src/cli/planned-options.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { Failure } from '../../src/model/failure.ts';
import { type PlanOptions, planOptionsSchema } from '../../src/model/plan.ts';
import { Tally } from '../../src/planning/tally.ts';
import { planHeader } from '../../src/session/plan-header.ts';
import { HEADER } from '../report/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-options-'));
after(() => rmSync(folder, { recursive: true }));

/** Each other than its default. */
const ALL: PlanOptions = {
  shell: 'bash',
  hostShells: { '': 'cmd', WIN1: 'env -i sh -c' },
  partial: true,
  paused: true,
  pauseDormant: true,
  history: 30,
  schedules: 'active',
  onDemand: true,
  overlap: 'exact',
  lastDay: 'honor',
  allowManyChains: true,
  transaction: 'chain',
  jobTransactions: { '17': 'joined', 'a=b*': 'step' },
  stripPasswords: true,
  acceptTimeZone: true,
  jobs: ['1', 'a*'],
  excludedJobs: ['b*'],
  clientNames: { '': 'w1', node1: 'w2=x' },
  everyClient: true,
  stepConninfo: "host=db1 user='o brien'",
  sourceRole: 'agent',
  targetRole: 'scheduler',
  sourceTimeZone: 'Europe/Berlin',
  collation: null,
  disableSource: true,
  given: ['last-day', 'shell'],
};

function planned(
  options: Partial<PlanOptions>,
  typed: Readonly<Record<string, unknown>> = {},
  fromFile: Readonly<Record<string, unknown>> = {},
): Promise<Planned> {
  const file = join(folder, 'plan.json');
  const document = {
    ...HEADER,
    target: { ...HEADER.target, host: '/var/run/x:y:6543' },
    options: { ...HEADER.options, ...options },
    preflight: [],
    jobs: [],
    advisories: [],
    decisions: [],
    summary: new Tally().summary(false),
    secretKey: null,
  };
  writeFileSync(file, JSON.stringify(document));
  return withPlannedOptions({ plan: file, ...typed }, fromFile, {});
}

test('every option of a plan comes back out of its file as it was', async () => {
  // Two of them contradict each other, and two more.
  for (const given of [
    { ...ALL, paused: false, everyClient: false },
    { ...ALL, disableSource: false, clientNames: { node1: 'w2=x' } },
  ]) {
    const { options, savedPlan, given: named } = await planned(given);
    const settings = readSettings('migrate', options, {}, savedPlan, named);
    assert.deepEqual(planHeader(settings, 0, HEADER.source, HEADER.target).options, given);
  }
  assert.deepEqual(
    Object.keys(ALL).sort(),
    Object.keys(planOptionsSchema.unwrap().shape)
      .filter((name) => !name.endsWith('Digest'))
      .sort(),
  );
});

test('every option of the command line either shapes the plan or may stand beside it', () => {
  const free = [
    ...[
      'source',
      'target',
      'dump',
      'target-database',
      'dry-run',
      'config',
      'strict',
      'on-conflict',
      'force',
      'wait',
      'run-overdue',
      'yes',
    ],
    ...[
      'without-client',
      'plan',
      'format',
      'output',
      'overwrite',
      'show-secrets',
      'quiet',
      'verbose',
      'no-color',
      'no-progress',
    ],
  ];
  assert.deepEqual([...Object.keys(SHAPING), ...free].sort(), Object.keys(OPTIONS_OF.migrate).sort());
});

test('the target’s address is that of the plan, a colon in it or not', async () => {
  assert.deepEqual((await planned({})).savedPlan?.targetAddress, { host: '/var/run/x:y', port: 6543 });
});

describe('beside a plan', () => {
  for (const name of Object.keys(SHAPING)) {
    test(`--${name} is a mistake that names it`, async () => {
      await assert.rejects(
        planned({}, { [name]: 'x' }),
        (error: unknown) =>
          error instanceof Failure &&
          error.code === 'usage' &&
          error.message.startsWith(`--${name} cannot be used with --plan`),
      );
    });
  }

  test('what an options file says counts less', async () => {
    const { options, given } = await planned(
      { overlap: 'exact', given: [] },
      {},
      { overlap: 'keep', wait: '1h' },
    );
    assert.deepEqual([options.overlap, options.wait, given.size], ['exact', '1h', 0]);
  });

  test('--disable-source may be said again, where the plan says it', async () => {
    const { options } = await planned({ disableSource: true }, { 'disable-source': true });
    assert.equal(options['disable-source'], true);
  });

  test('a masked option has to be given again, and is taken as given', async () => {
    const masked = { stepConninfo: 'host=h user=me password=*****', stepConninfoDigest: 'd' };
    await assert.rejects(planned(masked), /holds a password, and its file does not/);
    const { options } = await planned(masked, { 'step-conninfo': 'x' });
    assert.ok(!JSON.stringify(options).includes('*****'));
  });

  test('a masked option without a digest is refused, given again or not', async () => {
    const masked = { shell: 'env PGPASSWORD=***** sh -c' };
    await assert.rejects(planned(masked), /does not say which password its --shell holds/);
    await assert.rejects(planned(masked, { shell: 'x' }), /--shell cannot be used with --plan/);
  });

  test('an option that is no longer one is a mistake of its file', async () => {
    const { options, savedPlan } = await planned({ shell: 'nosuchshell' });
    assert.throws(() => readSettings('migrate', options, {}, savedPlan), /--shell is "nosuchshell"/);
  });
});

test('without --plan the options stay as they are, and those of the command line count more than those of a file', async () => {
  for (const plan of [{}, { plan: '' }, { plan: ['a', 'b'] }])
    assert.deepEqual(
      await withPlannedOptions({ ...plan, shell: ['sh'] }, { shell: ['bash'], partial: true }, {}),
      {
        options: { ...plan, shell: ['sh'], partial: true },
        savedPlan: null,
        given: new Set(['shell', 'partial']),
      },
    );
});

test('a plan of version 0.1.0, which does not say what was named, leaves nothing to the record', async () => {
  assert.deepEqual([...(await planned({})).given], Object.keys(SHAPING));
});
