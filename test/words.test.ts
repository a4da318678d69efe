import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** What no text of the tool, its comments and its documentation says: riddles for a reader who learned English at school. */
const BANNED: readonly string[] = [
  ...['comes to life', 'come to life', 'nothing tells', 'is told', 'are told', 'passed over', 'passes over'],
  ...[
    'pass over',
    'by runs of their own',
    'had their turn',
    'nor was before',
    'what moved would',
    'had both had',
  ],
  ...['stands behind', 'behind the tick', 'takes back', 'take back', 'as it should be', 'is given by'],
  ...['in the same move', 'move whole', 'stay whole', 'of late', 'makes up for', 'a defect'],
];

function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));
}

test('no file of the source and of the documentation holds a banned phrase', () => {
  const files = [...filesIn('src', '.ts'), ...filesIn('docs', '.md'), 'README.md', 'CONTRIBUTING.md'];
  assert.ok(files.length > 300, String(files.length));
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .toLowerCase()
      .split('\n')
      .flatMap((line, index) =>
        BANNED.filter((phrase) => line.includes(phrase)).map((phrase) => `${file}:${index + 1}: ${phrase}`),
      ),
  );
  assert.deepEqual(found, []);
});
