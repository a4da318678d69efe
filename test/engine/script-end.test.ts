import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

describe('when pg_timetable kills its program, the script goes, and its file', () => {
  for (const { sh, folder } of SYSTEMS) {
    test(`where sh is ${sh}`, { skip: without(sh, 'perl') }, async () => {
      const text = '#!/usr/bin/env perl\n$| = 1; print "$$\\n"; sleep 60; print "never\\n"';
      const { program, programArguments } = asFile(text);
      const { child, ended, printed } = start(program, programArguments, {
        path: `${folder}:${process.env.PATH}`,
      });
      await until(() => printed().endsWith('\n'));
      const pid = printed().trim();
      assert.equal(readdirSync(temporary).length, 1);
      child.kill('SIGKILL');
      const { status, out } = await ended;
      assert.deepEqual([status, out], ['SIGKILL', `${pid}\n`]);
      await until(() => readdirSync(temporary).length === 0);
      await until(() => isGone(pid));
    });

    test(`a service that is stopped lets the script tidy up, where sh is ${sh}`, {
      skip: without(sh),
    }, async () => {
      const text =
        '#!/bin/sh -p\ntrap "sleep 0.3; echo tidy; exit 8" TERM\necho begun\nwhile :; do sleep 0.05; done';
      const { program, programArguments } = asFile(text);
      const { child, ended, printed } = start(program, programArguments, {
        path: `${folder}:${process.env.PATH}`,
      });
      await until(() => printed() === 'begun\n');
      process.kill(-Number(child.pid), 'SIGTERM');
      const { status, out } = await ended;
      assert.deepEqual([status, out], [8, 'begun\ntidy\n']);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }
});

function isGone(pid: string): boolean {
  // Nobody may have asked yet how it ended.
  return !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

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

describe("the tool's own script needs sh, mktemp, mkfifo, chmod and rm, no more", () => {
  for (const { sh, folder } of SYSTEMS) {
    test(`where sh is ${sh}`, { skip: without(sh, 'perl') }, async () => {
      const text = '#!/usr/bin/perl\nprint "ran\\n"; exit 3';
      assert.deepEqual(await run(text, { path: folder }), { status: 3, out: 'ran\n', err: '' });
    });
  }
});
