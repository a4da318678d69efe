import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ResultFile } from '../../src/cli/result-file.ts';
import { Failure } from '../../src/failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-result-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
function place(): { there: string; file: string } {
  const there = mkdtempSync(join(folder, `${++count}-`));
  return { there, file: join(there, 'result.json') };
}

test('a result takes its name once it is whole', async () => {
  const { there, file } = place();
  const output = await ResultFile.open(file, 0o600);
  await output.print('one ');
  await output.print('two');
  assert.ok(!readdirSync(there).includes('result.json'));
  await output.end();
  await output.discard();
  assert.equal(readFileSync(file, 'utf8'), 'one two');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(there), ['result.json']);
});

test('what did not become whole leaves nothing, and the former file as it was', async () => {
  const { there, file } = place();
  writeFileSync(file, 'former');
  const output = await ResultFile.open(file, 0o600);
  await output.print('one');
  await output.discard();
  assert.deepEqual(readdirSync(there), ['result.json']);
  assert.equal(readFileSync(file, 'utf8'), 'former');
});

test('a link stays one, and what it leads to is replaced', async () => {
  const { there, file } = place();
  writeFileSync(file, 'former');
  const link = join(there, 'link');
  symlinkSync('result.json', link);
  const output = await ResultFile.open(link, 0o600);
  await output.print('new');
  await output.end();
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readlinkSync(link), 'result.json');
  assert.equal(readFileSync(file, 'utf8'), 'new');
});

test('a link that leads nowhere is replaced', async () => {
  const { there, file } = place();
  symlinkSync(join(there, 'none', 'none'), file);
  const output = await ResultFile.open(file, 0o600);
  await output.end();
  assert.ok(lstatSync(file).isFile());
});

test('a result may be long', async () => {
  const { file } = place();
  const output = await ResultFile.open(file, 0o600);
  const part = 'x'.repeat(1_000_000);
  for (let parts = 0; parts < 5; parts += 1) await output.print(part);
  await output.end();
  assert.equal(statSync(file).size, 5_000_000);
});

test('a folder without a right to write is a mistake of the command line', async () => {
  const { there, file } = place();
  chmodSync(there, 0o500);
  // Root may write anywhere, so it is somebody else for as long as that.
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o755);
  if (isRoot) process.seteuid?.(65_534);
  try {
    await assert.rejects(ResultFile.open(file, 0o600), /you may not write there/);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('a name that cannot be one is a mistake of the command line', async () => {
  for (const name of [
    folder,
    '/dev/null',
    join(folder, 'none', 'x'),
    join(folder, 'x'.repeat(300)),
    'a\0b',
  ]) {
    await assert.rejects(
      ResultFile.open(name, 0o600),
      (error: unknown) => error instanceof Failure && error.code === 'usage',
    );
  }
});
