import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RecordedOptions } from '../../src/model/record.ts';
import type { JobRow } from '../../src/pgagent/job-rows.ts';
import { contextForJob, optionsToRecord, refuseMasked } from '../../src/session/recorded-options.ts';
import { readStepConninfo } from '../../src/transform/step/libpq-values.ts';
import { parseShell } from '../../src/transform/step/shell.ts';
import { context, job } from '../job-builders.ts';
import { jobRecord, NO_OPTIONS } from '../planning/records.ts';

const RECORDED_ROLES = {
  sourceRole: null,
  targetRole: null,
  sourceTimeZone: null,
  acceptTimeZone: false,
};
const ROLES = { ...RECORDED_ROLES, collation: null };
const CREATED = '2020-01-01 00:00:00';
const JOB = job({ hostAgent: 'h1' });
const current = (options: RecordedOptions | null, created = CREATED) => ({
  job: JOB,
  row: { created } as JobRow,
  record: jobRecord({ jobCreated: CREATED, options }),
});
const RECORDED: RecordedOptions = {
  schedules: 'all',
  onDemand: true,
  partial: true,
  shell: 'bash',
  transaction: 'joined',
  overlap: 'exact',
  lastDay: 'honor',
  allowManyChains: true,
  clientNames: { h1: 'w1' },
  everyClient: false,
  stepConninfo: 'host=db1 user=etl',
  stripPasswords: true,
  pauseDormant: true,
  ...RECORDED_ROLES,
};

/** What would be recorded of a job that is planned by what the record says, and by this run's options. */
function again(
  given: readonly string[],
  options: Parameters<typeof context>[0] = {},
  recorded: RecordedOptions | null = RECORDED,
): RecordedOptions {
  const planned = contextForJob(current(recorded), context(options), new Set(given));
  return optionsToRecord(JOB, planned, ROLES, true, planned.options.pauseDormant === 'held');
}

describe('the options that a job moved with', () => {
  test('count for it in a later run that names none', () => assert.deepEqual(again([]), RECORDED));

  test('do not count where the record is of a job that had its id before, or of version 0.1.0', () => {
    const planned = contextForJob(current(RECORDED, '2024-05-05 00:00:00'), context(), new Set());
    assert.deepEqual(optionsToRecord(JOB, planned, ROLES, true, false), NO_OPTIONS);
    assert.deepEqual(again([], {}, null), NO_OPTIONS);
  });

  const named: readonly (readonly [string, Parameters<typeof context>[0], Partial<RecordedOptions>])[] = [
    ['schedules', {}, { schedules: 'pending' }],
    ['on-demand', {}, { onDemand: false }],
    ['partial', {}, { partial: false }],
    ['shell', {}, { shell: 'sh' }],
    ['transaction', {}, { transaction: 'step' }],
    ['overlap', {}, { overlap: 'keep' }],
    ['last-day', {}, { lastDay: 'keep' }],
    ['allow-many-chains', {}, { allowManyChains: false }],
    ['strip-passwords', {}, { stripPasswords: false }],
    ['pause-dormant', { options: { pauseDormant: true } }, { pauseDormant: false }],
    ['client-name', { options: { clientNames: new Map([['h1', 'w2']]) } }, { clientNames: { h1: 'w2' } }],
    [
      'step-conninfo',
      { options: { stepConninfo: readStepConninfo('host=db2 user=me') } },
      { stepConninfo: 'host=db2 user=me' },
    ],
  ];
  for (const [name, options, is] of named)
    test(`--${name} of this run counts more, and alone`, () =>
      assert.deepEqual(again([name], options), { ...RECORDED, ...is }));

  test('an option for another host leaves those of this one', () => {
    const zsh = parseShell('zsh');
    assert.ok(zsh);
    const others = {
      clientNames: new Map([['h2', 'w9']]),
      hostShells: new Map([['h2', { name: 'zsh', shell: zsh }]]),
    };
    assert.deepEqual(again([], { options: others }), RECORDED);
  });

  test('--every-client counts more than a recorded client of any host, and a client of this run more than it', () => {
    const any = job({ hostAgent: '' });
    const planned = (
      recorded: Partial<RecordedOptions>,
      options: Parameters<typeof context>[0],
      given: string[],
    ) =>
      optionsToRecord(
        any,
        contextForJob(
          { ...current({ ...NO_OPTIONS, ...recorded }), job: any },
          context(options),
          new Set(given),
        ),
        ROLES,
        false,
        false,
      );
    const isMain = { clientNames: { '': 'main' } };
    assert.deepEqual(planned(isMain, { options: { everyClient: true } }, ['every-client']), {
      ...NO_OPTIONS,
      everyClient: true,
    });
    assert.deepEqual(planned({ everyClient: true }, {}, []), { ...NO_OPTIONS, everyClient: true });
    assert.deepEqual(
      planned({ everyClient: true }, { options: { clientNames: new Map([['', 'main']]) } }, ['client-name']),
      { ...NO_OPTIONS, ...isMain },
    );
  });

  test('hold no password: a run that needs it asks for the option, and one that names it goes on', () => {
    const given = context({
      options: { stepConninfo: readStepConninfo('host=db1 user=etl password=planted-secret') },
    });
    const masked = optionsToRecord(JOB, given, ROLES, true, false);
    assert.equal(masked.stepConninfo, 'host=db1 user=etl password=*****');
    assert.throws(() => refuseMasked(current(masked), context(), new Set()), {
      message: 'Job 1 moved with a --step-conninfo that holds a password, and the record keeps no password.',
      remedy: 'Use the same --step-conninfo again.',
    });
    refuseMasked(current(masked), given, new Set());
    assert.equal(optionsToRecord(JOB, given, ROLES, false, false).stepConninfo, null);
  });
});
