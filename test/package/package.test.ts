import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { before, test } from 'node:test';
import { PAGES, partsOf } from '../pages/page.ts';

interface Packed {
  /** Bytes of the archive, and of the files in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const MB = 1_000_000;
const MOST = { size: 1.5 * MB, unpackedSize: 5 * MB };

let packed: Packed;
let files: ReadonlySet<string>;
before(() => {
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  packed = (JSON.parse(stdout) as Packed[])[0] ?? assert.fail(stderr);
  files = new Set(packed.files.map(({ path }) => path));
});

test('the package is small', () => {
  assert.ok(packed.size < MOST.size, `${packed.size} bytes packed`);
  assert.ok(packed.unpackedSize < MOST.unpackedSize, `${packed.unpackedSize} bytes unpacked`);
});

test('it holds the program and its documentation, and no test, fixture or picture', () => {
  const known =
    /^(?:bin\/(?:pga2timetable\.js|package\.json)|dist\/[\w-]+\.(?:js|wasm)|dist\/LICENSES\.txt|docs\/.*\.(?:md|json|yml)|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
  assert.deepEqual(
    [...files].filter((file) => !known.test(file)),
    [],
  );
  for (const file of ['bin/pga2timetable.js', 'dist/pga2timetable.js', 'dist/libpg-query.wasm', 'README.md'])
    assert.ok(files.has(file), file);
});

test('it brings no other package, and no script that npm asks about before it installs', () => {
  const { dependencies, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies?: unknown;
    scripts: Record<string, string>;
  };
  assert.equal(dependencies, undefined);
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.ok(!(name in scripts), name);
});

/** What is only in a checkout. */
const OF_CHECKOUT =
  /^(?:CONTRIBUTING\.md|docs\/images\/[\w-]+\.(?:png|svg)|test\/.+|bench\/.+|\.github\/.+)$/;

test('every link of a page in it leads to a page in it, a few to the checkout', () => {
  const packedPages = PAGES.filter(({ file }) => files.has(file));
  assert.ok(packedPages.length > 100, String(packedPages.length));
  const broken = packedPages.flatMap((page) => {
    const text = partsOf(page).elements.map((element) => element.text);
    return [...text.join('\n').matchAll(/\]\(([^)\s#]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target) && !leadsIn(page.file, target))
      .map((target) => `${page.file}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

function leadsIn(page: string, target: string): boolean {
  const file = posix.join(posix.dirname(page), target);
  const isFolder = [...files].some((one) => one.startsWith(`${file}/`));
  return files.has(file) || isFolder || OF_CHECKOUT.test(file);
}
