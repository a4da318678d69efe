import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { loadedBy } from './loaded.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/pga2timetable.js', import.meta.url));

function node(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '' },
  });
  return { code: status, stdout, stderr };
}

for (const version of ['18.20.4', '20.18.3', '16.0.0']) {
  test(`Node ${version} is too old: one sentence, and no stack trace`, () => {
    const older = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
    const { code, stdout, stderr } = node('--import', `data:text/javascript,${older}`, PROGRAM, '--dry-run');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.equal(stderr, `pga2timetable needs Node.js 20.19 or later; this is ${version}.\n`);
  });
}

for (const [what, bundle] of [
  ['a bundle that is not there', null],
  ['a run that never says how it ended', 'export const main = () => new Promise(() => {});'],
] as const)
  test(`${what} is no success`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'pga2tt-'));
    cpSync(dirname(PROGRAM), join(folder, 'bin'), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    if (bundle !== null) {
      writeFileSync(join(folder, 'dist/package.json'), '{ "type": "module" }');
      writeFileSync(join(folder, 'dist/pga2timetable.js'), bundle);
    }
    // As some set it in NODE_OPTIONS.
    assert.equal(node('--unhandled-rejections=none', join(folder, 'bin/pga2timetable.js'), 'verify').code, 1);
    rmSync(folder, { recursive: true });
  });

test('the entry has no syntax that Node 12 does not know', async () => {
  const code = readFileSync(PROGRAM, 'utf8');
  const as = async (target: string): Promise<string> => (await transform(code, { target })).code;
  assert.equal(await as('node12.22'), await as('esnext'));
});

test('--version loads the entry alone; --help loads no database driver', async () => {
  const version = await loadedBy('--version');
  assert.deepEqual(version.files, ['pga2timetable.js']);
  const help = await loadedBy('--help');
  assert.ok(help.files.length > 2 && help.files.length < 20, help.files.join('\n'));
});
