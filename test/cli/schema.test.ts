import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pga2timetable } from './run.ts';

const docs = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

for (const [words, file] of [
  [[], 'plan.schema.json'],
  [['plan'], 'plan.schema.json'],
  [['verify'], 'verification.schema.json'],
  [['undo'], 'undo.schema.json'],
  [['config'], 'config.schema.json'],
] as const) {
  test(`schema ${words.join(' ')} prints docs/${file}`, async () => {
    const { code, stdout, stderr } = await pga2timetable(['schema', ...words]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, docs(file));
  });
}

for (const [words, message] of [
  [['verification'], 'There is no schema of "verification".\n  The schemas are plan, verify, undo, config.'],
  [['Plan'], 'There is no schema of "Plan".\n  The schemas are plan, verify, undo, config.'],
  [['password=x'], 'There is no schema of that name.\n  The schemas are plan, verify, undo, config.'],
  [['undo', 'plan'], 'Unknown argument: plan.\n  See pga2timetable schema --help.'],
  [
    ['--', 'undo'],
    'Unknown argument: undo.\n  Write options without a -- before them; see pga2timetable --help.',
  ],
  [['--source', 'x'], 'Unknown argument: source.\n  See pga2timetable schema --help.'],
] as const) {
  test(`schema ${words.join(' ')} is refused`, async () => {
    const { code, stdout, stderr } = await pga2timetable(['schema', ...words]);
    assert.deepEqual([code, stdout, stderr], [2, '', `pga2timetable: ${message}\n`]);
  });
}

test('a word that looks like it leads to it', async () => {
  const { code, stderr } = await pga2timetable(['shema']);
  assert.equal(code, 2);
  assert.match(stderr, /Did you mean schema\?/);
});
