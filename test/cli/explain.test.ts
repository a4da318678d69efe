import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { explanation, pagesOf } from '../../src/cli/explanation.ts';
import { pga2timetable } from './run.ts';

const PAGES = new URL('../../docs/advisories/', import.meta.url);
const CODES = readdirSync(PAGES).map((file) => file.replace('.md', ''));

test('explain CODE prints the page of the code', async () => {
  const { code, stdout, stderr } = await pga2timetable(['explain', 'shared-session']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(stdout, readFileSync(new URL('shared-session.md', PAGES), 'utf8'));
});

test('explain alone lists each code with its severity and what it is about', async () => {
  const { code, stdout } = await pga2timetable(['explain']);
  assert.equal(code, 0);
  const lines = stdout.split('\n').slice(0, -1);
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    [...CODES].sort(),
  );
  for (const line of lines) assert.match(line, /^[a-z-]+ +(?:info|warning|error) .*\S/);
});

test('a code that there is not ends with 2 and the nearest ones, and repeats nothing', async () => {
  const near = await pga2timetable(['explain', 'shared-sesion']);
  assert.deepEqual([near.code, near.stdout], [2, '']);
  assert.match(near.stderr, /There is no advisory of that code\.\n {2}Did you mean shared-session\?/);
  const far = await pga2timetable(['explain', '../../etc/passwd']);
  assert.deepEqual([far.code, far.stdout], [2, '']);
  assert.match(far.stderr, /To list the codes: pga2timetable explain/);
  assert.doesNotMatch(far.stderr, /passwd/);
});

test('a command of the tool on a page can be pasted: it begins with npx', () => {
  for (const [code, page] of pagesOf(codesOfPages()))
    assert.doesNotMatch(page, /(?:^|`)pga2timetable (?:--|(?:undo|verify|explain|migrate) --)/m, code);
});

function codesOfPages(): readonly string[] {
  return explanation(null, 200)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '');
}
