import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HIDING, REVEALING, shownHeader, shownJobPlan } from '../../src/secrets/masked.ts';
import { chain, jobPlan, task } from '../job-builders.ts';
import { ANY, MARK, PLAIN, secrets, traces } from '../planted/secrets.ts';
import { SCRIPTS, STATEMENTS } from '../planted/texts.ts';
import { runs } from '../property-runs.ts';
import { HEADER } from '../report/samples.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const encodedCommand = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');
const inPowerShell = (text: string): string => `$text = '${text.replaceAll("'", "''")}'\nexit 0`;

/** Ways in which a script can stand in the arguments of a program. */
const WRAPPINGS: readonly (readonly [name: string, row: (text: string) => readonly string[]])[] = [
  ['as it is', (text) => ['-c', text]],
  ['in base64', (text) => ['-c', `echo ${base64(text)} | base64 -d | sh`]],
  ['for PowerShell', (text) => ['-EncodedCommand', encodedCommand(text)]],
  [
    'in base64 within base64',
    (text) => ['-EncodedCommand', encodedCommand(`$b = '${base64(text)}'; run $b`)],
  ],
  ['in a string of PowerShell', (text) => ['-Command', inPowerShell(text)]],
  ['in an encoded string of PowerShell', (text) => ['-EncodedCommand', encodedCommand(inPowerShell(text))]],
];

describe('of a secret of any characters nothing is shown', () => {
  for (const [wrapping, row] of WRAPPINGS) {
    for (const [name, text] of SCRIPTS) {
      test(`${name}, ${wrapping}`, () => {
        fc.assert(
          fc.property(secrets(ANY), (secret) => {
            const script = text(secret);
            fc.pre(script !== null);
            const given = task({ kind: 'PROGRAM', parameters: [row(script ?? '')] });
            const shown = JSON.stringify(
              shownJobPlan(jobPlan({ chains: [chain({ tasks: [given] })] }), HIDING),
            );
            for (const trace of [MARK, ...traces(secret)])
              assert.ok(!shown.includes(trace), `${trace} in ${shown}`);
            for (const run of shown.match(/[A-Za-z\d+/]{16,}={0,2}/g) ?? []) {
              assert.ok(!Buffer.from(run, 'base64').toString().includes(MARK), run);
              assert.ok(!Buffer.from(run, 'base64').toString('utf16le').includes(MARK), run);
            }
          }),
          runs(10),
        );
      });
    }
  }

  for (const [name, text] of STATEMENTS) {
    test(`SQL: ${name}`, () => {
      fc.assert(
        fc.property(secrets(ANY), (secret) => {
          const given = task({ command: text(secret) ?? '' });
          const shown = JSON.stringify(
            shownJobPlan(jobPlan({ chains: [chain({ tasks: [given] })] }), HIDING),
          );
          assert.ok(!shown.includes(MARK), shown);
        }),
        runs(50),
      );
    });
  }
});

describe('a script in several arguments', () => {
  test('hides a secret wherever it is cut', () => {
    // The least that an argument of a long script has: the cut goes through each character of the secret and its name.
    const length = 30_000;
    const line = `PGPASSWORD=${MARK}hunter${MARK} psql\n`;
    for (let at = 0; at <= line.length; at += 1) {
      const script = `${' '.repeat(length - at - 1)}\n${line}y${' '.repeat(length)}`;
      const parts = script.match(/[\s\S]{1,30000}/g) ?? [];
      assert.equal(parts.length, 3);
      const shown = HIDING.row(['-c', 'runner', 'name', ...parts]);
      assert.equal(shown.length, 6);
      assert.deepEqual(shown.slice(0, 3), ['-c', 'runner', 'name']);
      const whole = shown.slice(3).join('');
      assert.ok(whole.includes('\nPGPASSWORD=***** psql\ny'));
      assert.ok(!whole.includes(MARK) && !whole.includes('hunter'));
    }
  });
});

describe('what holds no secret is shown as it is', () => {
  const rows: readonly (readonly string[])[] = [
    ['-c', 'pg_dump app > /backup/app_$(date +%Y%m%d).sql'],
    ['-c', `echo ${base64('pg_dump app > /backup/app.sql')} | base64 -d | sh`],
    ['-EncodedCommand', encodedCommand("$text = 'it''s a script'\r\nexit 0")],
    ['-c', '/usr/local/share/a/very/long/path/to/a/program/that/is/no/base64'],
    ['-c', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    [],
  ];
  for (const row of rows) test(JSON.stringify(row), () => assert.deepEqual(HIDING.row(row), row));
});

test('what is hidden in base64 is base64 of the text with the secret hidden', () => {
  const [, shown = ''] = HIDING.row(['-c', base64('PGPASSWORD=hunter22 psql -h dbé')]);
  assert.equal(Buffer.from(shown, 'base64').toString(), 'PGPASSWORD=***** psql -h dbé');
  const [, command = ''] = HIDING.row(['-c', encodedCommand('PGPASSWORD=hunter22 psql -h dbé')]);
  assert.equal(Buffer.from(command, 'base64').toString('utf16le'), 'PGPASSWORD=***** psql -h dbé');
});

test('--show-secrets shows everything as it is written', () => {
  fc.assert(
    fc.property(secrets(PLAIN), fc.constantFrom(...WRAPPINGS), (secret, [, row]) => {
      const given = jobPlan({
        chains: [
          chain({
            tasks: [
              task({ command: `ALTER ROLE me PASSWORD '${secret}'` }),
              task({ kind: 'PROGRAM', parameters: [row(`PGPASSWORD=${secret} psql`)] }),
              task({ databaseConnection: `host=db1 password=${secret}` }),
            ],
          }),
        ],
      });
      assert.deepEqual(shownJobPlan(given, REVEALING), given);
    }),
  );
});

test('the password of --step-conninfo is hidden, too', () => {
  const header = {
    ...HEADER,
    options: { ...HEADER.options, stepConninfo: "host=db1 password='a b' user=me" },
  };
  assert.equal(shownHeader(header, HIDING).options.stepConninfo, 'host=db1 password=***** user=me');
  assert.deepEqual(shownHeader(header, REVEALING), header);
});
