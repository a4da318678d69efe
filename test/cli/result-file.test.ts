import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
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
import { takeFreeName } from '../../src/cli/take-free-name.ts';
import { Failure } from '../../src/model/failure.ts';
import { unlessPosix } from '../posix.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-result-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
function place(): { there: string; file: string } {
  const there = mkdtempSync(join(folder, `${++count}-`));
  return { there, file: join(there, 'result.json') };
}

test('a result takes its name once it is whole', async () => {
  const { there, file } = place();
  const output = await ResultFile.open(file, 0o600, false);
  await output.print('one ');
  await output.print('two');
  assert.ok(!readdirSync(there).includes('result.json'));
  await output.end();
  await output.discard();
  assert.equal(readFileSync(file, 'utf8'), 'one two');
  if (!unlessPosix) assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(there), ['result.json']);
});

const isThere = (error: unknown): boolean =>
  error instanceof Failure && error.code === 'usage' && /is there already/.test(error.message);

test('a file that is there is refused, and stays as it was', { skip: unlessPosix }, async () => {
  const { there, file } = place();
  writeFileSync(file, 'former');
  const link = join(there, 'link');
  symlinkSync('result.json', link);
  for (const name of [file, link]) await assert.rejects(ResultFile.open(name, 0o600, false), isThere);
  assert.deepEqual(readdirSync(there).sort(), ['link', 'result.json']);
  assert.equal(readFileSync(file, 'utf8'), 'former');
});

test('with the wish to replace it, it is replaced once the result is whole', {
  skip: unlessPosix,
}, async () => {
  const { there, file } = place();
  writeFileSync(file, 'former', { mode: 0o640 });
  const output = await ResultFile.open(file, 0o666, true);
  await output.print('new');
  assert.equal(readFileSync(file, 'utf8'), 'former');
  await output.end();
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.equal(statSync(file).mode & 0o137, 0, 'and nobody may do more with it than with the former');
  assert.deepEqual(readdirSync(there), ['result.json']);
});

for (const [what, make] of [
  ['file', (file: string) => writeFileSync(file, 'of somebody else')],
  ['link that leads nowhere', (file: string) => symlinkSync('none', file)],
  ['folder', (file: string) => mkdirSync(file)],
] as const) {
  test(`a ${what} that came in the meantime stays`, { skip: unlessPosix }, async () => {
    const { there, file } = place();
    const output = await ResultFile.open(file, 0o600, false);
    await output.print('mine');
    make(file);
    const before = lstatSync(file);
    await assert.rejects(output.end(), isThere);
    await output.discard();
    assert.equal(lstatSync(file).ino, before.ino);
    assert.deepEqual(readdirSync(there), ['result.json']);
  });
}

test('where there are no links a file takes a free name, and no other', async () => {
  const { there, file } = place();
  const noLinks = async (): Promise<void> => {
    throw Object.assign(new Error('no links here'), { code: 'ENOTSUP' });
  };
  const whole = join(there, 'whole');
  writeFileSync(whole, 'mine');
  assert.equal(await takeFreeName(whole, file, noLinks), true);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  writeFileSync(whole, 'another');
  assert.equal(await takeFreeName(whole, file, noLinks), false);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  await assert.rejects(takeFreeName(join(there, 'none'), join(there, 'free'), noLinks));
  assert.deepEqual(readdirSync(there).sort(), ['result.json', 'whole'], 'nor does an empty one stay behind');
});

test('a pipe and a device are no files, however they are named', { skip: unlessPosix }, async () => {
  const { there } = place();
  const pipe = join(there, 'pipe');
  execFileSync('mkfifo', [pipe]);
  symlinkSync('/dev/zero', join(there, 'device'));
  for (const name of [pipe, join(there, 'device'), '/dev/null', '/dev/zero']) {
    for (const mayReplace of [false, true])
      await assert.rejects(ResultFile.open(name, 0o600, mayReplace), /is no file/, name);
  }
});

test('what did not become whole leaves nothing, and the former file as it was', async () => {
  const { there, file } = place();
  writeFileSync(file, 'former');
  const output = await ResultFile.open(file, 0o600, true);
  await output.print('one');
  await output.discard();
  assert.deepEqual(readdirSync(there), ['result.json']);
  assert.equal(readFileSync(file, 'utf8'), 'former');
});

test('a link stays one, and what it leads to is replaced', { skip: unlessPosix }, async () => {
  const { there, file } = place();
  writeFileSync(file, 'former');
  const link = join(there, 'link');
  symlinkSync('result.json', link);
  const output = await ResultFile.open(link, 0o600, true);
  await output.print('new');
  await output.end();
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readlinkSync(link), 'result.json');
  assert.equal(readFileSync(file, 'utf8'), 'new');
});

test('a link that leads nowhere is a mistake of the command line', { skip: unlessPosix }, async () => {
  const { there, file } = place();
  symlinkSync(join(there, 'none', 'none'), file);
  await assert.rejects(ResultFile.open(file, 0o600, false), isThere);
  await assert.rejects(ResultFile.open(file, 0o600, true), /is a link that leads nowhere/);
  assert.ok(lstatSync(file).isSymbolicLink());
});

test('a name that ends as a folder does is one', async () => {
  const { there } = place();
  await assert.rejects(ResultFile.open(join(there, 'none/'), 0o600, false), /names a folder/);
});

test('a result may be long', async () => {
  const { file } = place();
  const output = await ResultFile.open(file, 0o600, false);
  const part = 'x'.repeat(1_000_000);
  for (let parts = 0; parts < 5; parts += 1) await output.print(part);
  await output.end();
  assert.equal(statSync(file).size, 5_000_000);
});

test('a folder without a right to write is a mistake of the command line', {
  skip: unlessPosix,
}, async () => {
  const { there, file } = place();
  chmodSync(there, 0o500);
  // Root may write anywhere, so it is somebody else for as long as that.
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o755);
  if (isRoot) process.seteuid?.(65_534);
  try {
    await assert.rejects(ResultFile.open(file, 0o600, false), /you may not write there/);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('a name that cannot be one is a mistake of the command line', { skip: unlessPosix }, async () => {
  for (const name of [
    folder,
    '/dev/null',
    join(folder, 'none', 'x'),
    join(folder, 'x'.repeat(300)),
    'a\0b',
  ]) {
    await assert.rejects(
      ResultFile.open(name, 0o600, false),
      (error: unknown) => error instanceof Failure && error.code === 'usage',
    );
  }
});
