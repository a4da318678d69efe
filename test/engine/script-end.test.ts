import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asFile, home, run, SYSTEMS, start, temporary, without } from './planned-script.ts';

describe('a text of any length arrives whole', () => {
  const LINE = '# é 😀 % \\ a line that says nothing\n';
  for (const { sh, folder } of SYSTEMS) {
    test(`1.5 MB, no newline at its end, where sh is ${sh}`, { skip: without(sh, 'cksum') }, async () => {
      const text = `${LINE.repeat(Math.floor(1_500_000 / Buffer.byteLength(LINE)))}cksum <"$0"`;
      const copy = join(home, 'copy');
      writeFileSync(copy, text);
      const { out: expected } = await start('sh', ['-c', `cksum <'${copy}'`]).ended;
      assert.match(expected, /^\d+ 14\d{5}\n$/);
      assert.deepEqual(await run(text, { path: `${folder}:${process.env.PATH}` }), {
        status: 0,
        out: expected,
        err: '',
      });
    });
  }

  test('the longest text, beside an environment of 100 KB', async () => {
    const end = 'echo end';
    const text = `#${'x'.repeat(1_966_080 - end.length - 2)}\n${end}`;
    const taken = Buffer.byteLength(Object.entries(process.env).join());
    const env = { FILLER: 'x'.repeat(Math.max(0, 100_000 - taken)) };
    assert.deepEqual(await run(text, { env }), { status: 0, out: 'end\n', err: '' });
  });
});

describe('when pg_timetable kills its program, the script ends by itself, and the next run removes its folder', () => {
  for (const { sh, folder } of SYSTEMS) {
    const place = { path: `${folder}:${process.env.PATH}` };
    test(`where sh is ${sh}`, { skip: without(sh) }, async () => {
      const text = '#!/bin/sh -p\necho begun; while [ ! -e go-on ]; do sleep 0.05; done; echo done';
      const { program, programArguments } = asFile(text);
      const { child, ended, printed } = start(program, programArguments, place);
      await until(() => printed() === 'begun\n');
      assert.equal(readdirSync(temporary).length, 1);
      child.kill('SIGKILL');
      writeFileSync(join(home, 'go-on'), '');
      const { status, out } = await ended;
      rmSync(join(home, 'go-on'));
      assert.deepEqual([status, out], ['SIGKILL', 'begun\ndone\n']);
      assert.equal(readdirSync(temporary).length, 1);
      assert.deepEqual((await run('#!/bin/sh -p\necho next', place)).out, 'next\n');
    });

    test(`a run leaves alone what another one has, where sh is ${sh}`, { skip: without(sh) }, async () => {
      const text = '#!/bin/sh -p\necho begun; while [ ! -e go-on ]; do sleep 0.05; done; cat "$0"';
      const first = asFile(text);
      const { ended, printed } = start(first.program, first.programArguments, place);
      await until(() => printed() === 'begun\n');
      const others = ['pga_step_7', 'pga_step_7_1.2', 'pga_other.999999999.a'];
      for (const name of others) mkdirSync(join(temporary, name));
      const foreign = join(temporary, 'pga_step_7.999999999.a');
      // Only root can make something for another user.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) {
        mkdirSync(foreign);
        chownSync(foreign, 65_534, 65_534);
      }
      const second = asFile('#!/bin/sh -p\necho second');
      assert.equal((await start(second.program, second.programArguments, place).ended).out, 'second\n');
      writeFileSync(join(home, 'go-on'), '');
      assert.deepEqual(await ended, { status: 0, out: `begun\n${text}`, err: '' });
      rmSync(join(home, 'go-on'));
      assert.deepEqual(
        readdirSync(temporary).sort(),
        [...others, ...(isRoot ? ['pga_step_7.999999999.a'] : [])].sort(),
      );
      for (const name of readdirSync(temporary)) rmSync(join(temporary, name), { recursive: true });
    });

    test(`a service that is stopped lets the script tidy up, where sh is ${sh}`, {
      skip: without(sh),
    }, async () => {
      const text =
        '#!/bin/sh -p\ntrap "sleep 0.3; echo tidy; exit 8" TERM\necho begun\nwhile :; do sleep 0.05; done';
      const { program, programArguments } = asFile(text);
      const { child, ended, printed } = start(program, programArguments, place);
      await until(() => printed() === 'begun\n');
      process.kill(-Number(child.pid), 'SIGTERM');
      const { status, out } = await ended;
      assert.deepEqual([status, out], [8, 'begun\ntidy\n']);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); await sleep(10)) {
    assert.ok(Date.now() < end, `not so in ten seconds: ${condition}`);
  }
}

test('a script whose child holds the output is waited for, as by pgAgent', async () => {
  const { status, out } = await run('#!/bin/sh -p\n(sleep 0.3; echo child) &\necho parent');
  assert.deepEqual([status, out], [0, 'parent\nchild\n']);
});

test('a folder that cannot be written is an error that says so', async () => {
  const { program, programArguments } = asFile('#!/bin/sh -p\necho never');
  const { status, out, err } = await start('env', ['TMPDIR=/nowhere', program, ...programArguments]).ended;
  assert.deepEqual([status, out], [1, '']);
  assert.match(err, /\/nowhere/);
});

describe("the tool's own script has six lines, and needs sh, mktemp, chmod and rm, no more", () => {
  for (const { sh, folder } of SYSTEMS) {
    test(`where sh is ${sh}`, { skip: without(sh, 'perl') }, async () => {
      const text = '#!/usr/bin/perl\nprint "ran\\n"; exit 3';
      assert.equal(asFile(text).programArguments[1]?.split('\n').length, 6);
      assert.deepEqual(await run(text, { path: folder }), { status: 3, out: 'ran\n', err: '' });
    });
  }
});
