import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { barLine, TerminalBar } from '../../src/cli/progress-bar.ts';
import { stage } from '../../src/model/progress.ts';

const CLEAR = '\r\u001b[K';

/** A terminal, and a clock that goes on when told. */
function place(columns = 80): { bar: TerminalBar; written: string[]; wait: (milliseconds: number) => void } {
  const written: string[] = [];
  let time = 5_000;
  const stream = {
    columns,
    write: (text: string | Uint8Array) => {
      written.push(String(text));
      return true;
    },
  };
  return {
    bar: new TerminalBar(stream as ConstructorParameters<typeof TerminalBar>[0], () => time),
    written,
    wait: (milliseconds) => {
      time += milliseconds;
    },
  };
}

async function during<T>(
  bar: TerminalBar,
  total: number | null,
  work: (step: () => void) => Promise<T>,
): Promise<T> {
  const count = total === null ? null : async (): Promise<number> => total;
  return stage(
    (event) => bar.see(event),
    'Planning',
    count,
    async (step) => {
      await setImmediate();
      return work(step);
    },
  );
}

test('a bar with counts and the time left, which is gone when the work is done', async () => {
  const { bar, written, wait } = place();
  const result = await during(bar, 4, async (step) => {
    wait(1_000);
    step();
    return 'done';
  });
  assert.equal(result, 'done');
  assert.deepEqual(written, [`${CLEAR}Planning [######------------------] 1 of 4 jobs, 3 s left`, CLEAR]);
});

test('nothing is shown in the first second', async () => {
  const { bar, written, wait } = place();
  await during(bar, 4, async (step) => {
    wait(999);
    step();
  });
  assert.deepEqual(written, []);
});

test('it is drawn at most five times a second, and not once all is done', async () => {
  const { bar, written, wait } = place();
  await during(bar, 1_000, async (step) => {
    wait(1_000);
    for (let job = 1; job < 500; job += 1) {
      step();
      wait(4);
    }
    wait(500);
    for (let job = 500; job <= 1_000; job += 1) step();
    assert.equal(written.filter((text) => text.includes('jobs')).length, 11, written.join('\n'));
    wait(10_000);
    const before = written.length;
    step();
    assert.equal(written.length, before);
  });
});

test('what is written above it takes it off its line, and it comes back', async () => {
  const { bar, written, wait } = place();
  await during(bar, 3, async (step) => {
    bar.clear();
    assert.deepEqual(written, [], 'where there is none yet, nothing is to be taken off');
    wait(1_000);
    step();
    bar.clear();
    assert.equal(written.at(-1), CLEAR);
    wait(200);
    step();
    assert.match(written.at(-1) ?? '', /2 of 3 jobs, 1 s left/);
  });
  assert.equal(written.at(-1), CLEAR);
});

test('work that fails leaves no bar either', async () => {
  const { bar, written, wait } = place();
  const work = during(bar, 3, async (step) => {
    wait(1_000);
    step();
    throw new Error('broken off');
  });
  await assert.rejects(work, /broken off/);
  assert.equal(written.at(-1), CLEAR);
});

test('a step that takes long is seen to go on', async () => {
  const written: string[] = [];
  const stream = { columns: 80, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  const bar = new TerminalBar(stream as ConstructorParameters<typeof TerminalBar>[0]);
  await during(bar, null, () => new Promise((done) => setTimeout(done, 1_300)));
  assert.match(written[0] ?? '', /Planning, [2-9] s$/);
  assert.equal(written.at(-1), CLEAR);
});

const COUNT = { doing: 'Planning', total: 12_345, done: 6_172, begin: 0 };

test('a narrow terminal loses the bar first, then the time, then the counts', () => {
  const forms: readonly (readonly [columns: number, line: string])[] = [
    [79, 'Planning [###########-------------] 6,172 of 12,345 jobs, 11 s left'],
    [66, 'Planning 6,172 of 12,345 jobs, 11 s left'],
    [40, 'Planning 6,172 of 12,345 jobs, 11 s left'],
    [39, 'Planning 6,172 of 12,345 jobs'],
    [28, 'Planning 49 %'],
    [12, '49 %'],
    [3, ''],
  ];
  for (const [columns, line] of forms) assert.equal(barLine(COUNT, 10_000, columns), line);
});

test('the bar is told the width anew each time, and leaves the last column free', async () => {
  const written: string[] = [];
  const stream = { columns: 66, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  let time = 0;
  const bar = new TerminalBar(stream as ConstructorParameters<typeof TerminalBar>[0], () => time);
  await during(bar, 10_000, async (step) => {
    for (const columns of [120, 60, 20, 3, 0]) {
      stream.columns = columns;
      time += 1_000;
      step();
      const room = columns === 0 ? 78 : columns;
      assert.ok((written.at(-1) ?? '').length - CLEAR.length < room, `${columns}: ${written.at(-1)}`);
    }
  });
});

test('times are told in the unit that fits', () => {
  const left = (done: number, elapsed: number): string =>
    barLine({ ...COUNT, total: 100, done }, elapsed, 79);
  assert.match(left(50, 99_000), /, 99 s left$/);
  assert.match(left(50, 99_001), /, 2 min left$/);
  assert.match(left(50, 99 * 60_000), /, 99 min left$/);
  assert.match(left(50, 120 * 60_000), /, 2 hours left$/);
  assert.match(left(0, 5_000), /0 of 100 jobs$/);
});
