import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wantsColor } from '../../src/cli/color-wish.ts';

type Environment = Readonly<Record<string, string>>;

/** What no-color.org, chalk and Node say of each. */
const CASES: readonly (readonly [environment: Environment, onTerminal: boolean, onPipe: boolean])[] = [
  [{}, true, false],
  [{ TERM: 'xterm-256color' }, true, false],
  [{ TERM: 'dumb' }, false, false],
  [{ NO_COLOR: '1' }, false, false],
  [{ NO_COLOR: '0' }, false, false],
  [{ NO_COLOR: '' }, true, false],
  [{ FORCE_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '3' }, true, true],
  [{ FORCE_COLOR: 'true' }, true, true],
  [{ FORCE_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '0' }, false, false],
  [{ FORCE_COLOR: 'false' }, false, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '0', NO_COLOR: '' }, false, false],
  [{ FORCE_COLOR: '1', TERM: 'dumb' }, true, true],
];
for (const [environment, onTerminal, onPipe] of CASES) {
  test(`colours with ${JSON.stringify(environment)}`, () => {
    const wants = (isTerminal: boolean, isRefused: boolean): boolean =>
      wantsColor({ isRefused, isTerminal, environment });
    assert.deepEqual([wants(true, false), wants(false, false)], [onTerminal, onPipe]);
    assert.deepEqual([wants(true, true), wants(false, true)], [false, false], '--no-color wins');
  });
}
