import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { parse } from '../../src/cli/command-line.ts';
import { ALL_OPTIONS, OPTIONS_OF } from '../../src/cli/options.ts';
import { optionsOfFile } from '../../src/cli/options-file.ts';
import { withPlannedOptions } from '../../src/cli/planned-options.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { Failure } from '../../src/model/failure.ts';
import { Tally } from '../../src/planning/tally.ts';
import type { Environment } from '../../src/postgres/endpoint.ts';
import type { Settings } from '../../src/session/settings.ts';
import { HEADER } from '../report/samples.ts';
import { assertPlainFailure, longTexts, secretConninfos, texts } from './inputs.ts';
import { trapped } from './trapped.ts';

const WHOLE_LINES = 2_000;
const OPTION_SETS = 16_000;

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-fuzz-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const document = (options: object, more: object = {}): string =>
  JSON.stringify({
    ...HEADER,
    options: { ...HEADER.options, ...options },
    ...{
      preflight: [],
      jobs: [],
      advisories: [],
      decisions: [],
      summary: new Tally().summary(false),
      secretKey: null,
    },
    ...more,
  });
mkdirSync(join(folder, 'empty'));
const PLANS = [
  file('plan.json', document({})),
  file('disabling.json', document({ disableSource: true, clientNames: { a: 'b=c' } })),
  file('masked.json', document({ stepConninfo: 'host=h user=u password=*****', stepConninfoDigest: 'd' })),
  file('keyed.json', document({}, { secretKey: '0123456789abcdef' })),
  file('strange.json', document({ shell: 'a\u001b', jobs: ['', '\u202e'], clientNames: { '': '' } })),
  file('options.json', '{"overlap":"exact","job":["a"],"wait":"0","dry-run":true}'),
  file('names.json', '{"overlpa":"exact"}'),
  ...[file('cut.json', document({}).slice(0, 300)), join(folder, 'none.json'), folder],
];

const numbers = ['0', '1e3', '-1', '0x10', '90s', '5min', '25h', '9999999s'];
const words = [
  ...['table', 'json', 'yaml', 'pending', 'active', 'all', 'keep', 'exact', 'honor', 'step', 'chain'],
  ...[
    'error',
    'skip',
    'replace',
    'sh',
    'bash',
    'busybox sh -c',
    'cmd',
    'powershell',
    'a=b',
    '=w1',
    'a=b=c',
    'true',
    'false',
  ],
  ...[
    'host=db1 user=me',
    'postgres://me@db1:5433/app',
    'service=nosuch',
    'host=db1 port=99999',
    'Europe/Berlin',
  ],
];
const values = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.constantFrom(...numbers) },
  { weight: 4, arbitrary: texts },
  { weight: 4, arbitrary: secretConninfos },
  { weight: 1, arbitrary: longTexts },
  { weight: 1, arbitrary: fc.constantFrom(...PLANS) },
);

const known = Object.keys(ALL_OPTIONS);
const flags = known.filter((name) => ALL_OPTIONS[name]?.type === 'boolean');
const unknown = [
  'dry-runn',
  'sorce',
  'no-dry-run',
  'dryRun',
  'DRY-RUN',
  '__proto__.x',
  'constructor.prototype.x',
  'source.x',
  'get-yargs-completions',
  'password',
];
const names = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...known) },
  { weight: 6, arbitrary: fc.constantFrom(...flags, 'dry-run', 'plan', 'config') },
  { weight: 1, arbitrary: fc.constantFrom(...unknown) },
);
const isFlag = (name: string): boolean => flags.includes(name);
const words1 = fc.tuple(names, values).chain(([name, value]) =>
  fc.oneof(
    { weight: 10, arbitrary: fc.constant(isFlag(name) ? [`--${name}`] : [`--${name}`, value]) },
    { weight: 4, arbitrary: fc.constant(isFlag(name) ? [`--${name}`] : [`--${name}=${value}`]) },
    {
      weight: 2,
      arbitrary: fc.constantFrom([`--${name}`, value], [`--${name}=${value}`], [`-${name}`, value]),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ['-s', value],
        [`-t${value}`],
        [value],
        ['--', value],
        ['-h'],
        ['--version'],
      ),
    },
    // As a shell leaves it that was given no quotes.
    { weight: 1, arbitrary: fc.constant([`--${name}`, ...value.split(' ')]) },
  ),
);
const lines: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.constantFrom([], [], [], ['migrate'], ['verify'], ['undo'], ['migrat']),
    fc.array(words1, { maxLength: 5 }),
  )
  .map(([command, parts]) => [...command, ...parts.flat()]);

const environments: fc.Arbitrary<Environment> = fc
  .record(
    { PGPASSWORD: values, PGHOST: values, PGPORT: fc.constantFrom('1', 'x'), PGA2TIMETABLE_PLAN_KEY: values },
    { requiredKeys: [] },
  )
  .map((drawn) => ({ ...drawn, HOME: join(folder, 'empty') }));

/** The settings of a command line; null for one that only shows something. */
async function read(argv: readonly string[], environment: Environment): Promise<Settings | null> {
  const parsed = await parse(argv, '1.2.3');
  if (parsed.kind !== 'options') return null;
  const fromFile = await optionsOfFile(parsed.options, parsed.command);
  const { options, savedPlan } = await withPlannedOptions(parsed.options, fromFile, environment);
  return readSettings(parsed.command, options, environment, savedPlan);
}

test('a command line, whatever it is, comes to settings or to one plain line; a dry run stays one', async (t) => {
  const sprung = await trapped(() =>
    fc.assert(
      fc.asyncProperty(lines, environments, async (argv, environment) => {
        try {
          const settings = await read(argv, environment);
          if (argv.includes('--dry-run') && settings !== null) assert.equal(settings.dryRun, true);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          assert.equal(error.code, 'usage', error.message);
          assertPlainFailure(error);
        }
        assert.deepEqual(Object.keys(Object.prototype), []);
      }),
      { numRuns: WHOLE_LINES },
    ),
  );
  assert.deepEqual(sprung, []);
  assert.deepEqual(readdirSync(join(folder, 'empty')), []);
  t.diagnostic(`${WHOLE_LINES} inputs: whole command lines`);
});

const kinds = fc.oneof(
  { weight: 10, arbitrary: values },
  { weight: 1, arbitrary: fc.array(values, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(0, Number.NaN, null, {}, { x: 1 }, false, undefined, []) },
);
const DEFAULTS = Object.fromEntries(
  Object.entries(OPTIONS_OF.migrate).map(([name, option]) => [name, option.default]),
);
const optionSets = fc
  .array(
    fc.constantFrom(...known).chain((name) => {
      const isList = ALL_OPTIONS[name]?.array === true;
      const fitting = isFlag(name) ? fc.boolean() : isList ? fc.array(values, { maxLength: 4 }) : values;
      return fc.tuple(
        fc.constant(name),
        fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: kinds }),
      );
    }),
    { maxLength: 6 },
  )
  .map((pairs): Record<string, unknown> => ({ ...DEFAULTS, ...Object.fromEntries(pairs) }));

test('options, whatever their values, are settings or one plain line', async (t) => {
  const sprung = await trapped(async () =>
    fc.assert(
      fc.property(optionSets, environments, (options, environment) => {
        try {
          const settings = readSettings('migrate', options, environment);
          // What another program carries out, this one does not write.
          const isText = ['sql', 'yaml'].includes(settings.format);
          assert.equal(settings.dryRun, options['dry-run'] === true || isText);
          assert.ok(settings.wait >= 0 && settings.wait <= 24 * 3_600_000);
          const end = settings.from === 'live' ? settings.source : settings.target;
          assert.ok(end === null || (end.port >= 1 && end.port <= 65_535));
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          assert.equal(error.code, 'usage', error.message);
          assertPlainFailure(error);
        }
      }),
      { numRuns: OPTION_SETS },
    ),
  );
  assert.deepEqual(sprung, []);
  t.diagnostic(`${OPTION_SETS} inputs: values of options`);
});

test('the traps catch a file, a folder and a connection', async () => {
  const sprung = await trapped(async () => {
    assert.throws(() => writeFileSync(join(folder, 'x'), ''));
    assert.throws(() => mkdirSync(join(folder, 'y')));
    assert.throws(() => connect(1));
  });
  assert.deepEqual(sprung, ['writeFileSync', 'mkdirSync', 'connect']);
});
