import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { diagram, ROOMS } from './rooms.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const inSrc = (path: string): string => relative(SRC, path).split(sep).join('/');

/** Every file of src with what it imports: paths below src, or the names of packages. */
const imports: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const found = [
        ...readFileSync(file, 'utf8').matchAll(/(?:from|import) '([^']+)'|import\('([^']+)'\)/g),
      ];
      const named = found.map(([, plain, dynamic]) => plain ?? dynamic ?? '');
      return [
        inSrc(file),
        named.map((name) => (name.startsWith('.') ? inSrc(resolve(dirname(file), name)) : name)),
      ];
    }),
);

const filesIn = (room: string): string[] => [...imports.keys()].filter((file) => file.startsWith(`${room}/`));
const roomOf = (file: string): string => file.split('/')[0] ?? '';
const isOfTheHouse = (name: string): boolean => imports.has(name);

/** Everything that a file reaches, however indirectly. */
function reached(file: string, seen = new Set<string>()): Set<string> {
  for (const name of imports.get(file) ?? []) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (isOfTheHouse(name)) reached(name, seen);
  }
  return seen;
}

test('the house was found', () => {
  assert.ok(imports.size > 40, `${imports.size} files`);
});

test('every relative import leads to a file of src', () => {
  for (const [file, names] of imports) {
    for (const name of names.filter((one) => one.endsWith('.ts')))
      assert.ok(isOfTheHouse(name), `${file} imports ${name}`);
  }
});

test('every import from another room is one of the table of rooms', () => {
  const allowed = new Map(ROOMS.map(({ name, imports }) => [name, new Set(['model', ...imports])]));
  for (const [file, names] of imports) {
    const room = roomOf(file);
    const rooms = allowed.get(room);
    assert.ok(rooms !== undefined, `${file} is in no room of the table`);
    for (const name of names.filter(isOfTheHouse))
      assert.ok(roomOf(name) === room || rooms.has(roomOf(name)), `${file} imports ${name}`);
  }
});

test('the table of rooms has no circle, and every arrow in it is used', () => {
  const names = ROOMS.map(({ name }) => name);
  const used = new Set(
    [...imports].flatMap(([file, found]) => found.map((name) => `${roomOf(file)} ${roomOf(name)}`)),
  );
  for (const [index, { name, imports: others }] of ROOMS.entries())
    for (const other of others) {
      assert.ok(names.indexOf(other) < index, `${name} imports ${other}`);
      assert.ok(used.has(`${name} ${other}`), `nothing in ${name} imports ${other} any more`);
    }
});

test('no file imports itself, however indirectly', () => {
  for (const file of imports.keys()) assert.ok(!reached(file).has(file), file);
});

test('the drawing of the rooms in docs/architecture.md is that of the table', () => {
  const page = readFileSync(fileURLToPath(new URL('../docs/architecture.md', import.meta.url)), 'utf8');
  assert.ok(page.includes(diagram()), 'npm run architecture draws it anew');
});

test('transform and the cores of verify and cutover reach neither pg nor anything of Node', () => {
  for (const file of ['transform', 'verify/compare', 'cutover/moment'].flatMap(filesIn)) {
    const forbidden = [...reached(file)].filter((name) => name === 'pg' || name.startsWith('node:'));
    assert.deepEqual(forbidden, [], file);
  }
});

test('what prints a schema loads no database driver', () => {
  for (const file of ['cli/schema-text.ts', 'cli/command-line.ts'])
    assert.ok(imports.has(file) && !reached(file).has('pg'), file);
});

test('transform looks at no clock and no environment', () => {
  for (const file of filesIn('transform')) {
    assert.doesNotMatch(
      readFileSync(join(SRC, file), 'utf8'),
      /Date\.now\(|new Date\(\)|process\.|Math\.random/,
      file,
    );
  }
});

test('only cli prints, exits and knows the process', () => {
  for (const file of imports.keys()) {
    if (file.startsWith('cli/')) continue;
    assert.doesNotMatch(readFileSync(join(SRC, file), 'utf8'), /console\.|process\.(?:std|exit)/, file);
  }
});

test('every advisory has a page with its severity, and every page a rule', () => {
  const docs = fileURLToPath(new URL('../docs/advisories', import.meta.url));
  const rules = filesIn('transform/advisories').flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    return [...text.matchAll(/rule\(\s*'([a-z-]+)',\s*'(info|warning|error)'/g)].map(
      ([, code, severity]) => ({ code, severity }),
    );
  });
  assert.ok(rules.length > 25, `${rules.length} rules`);
  for (const { code, severity } of rules) {
    const page = readFileSync(join(docs, `${code}.md`), 'utf8');
    assert.match(page, new RegExp(`^# ${code}\n\nSeverity: ${severity}\n`), code);
    for (const heading of ['## The problem', '## What the tool does', '## What to do'])
      assert.ok(page.includes(`\n${heading}\n`), `${code}: ${heading}`);
  }
  assert.deepEqual(readdirSync(docs).sort(), rules.map(({ code }) => `${code}.md`).sort());
});
