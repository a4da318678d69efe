import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interrupt } from '../../src/session/interrupt.ts';

/** What a run drops when the user stops it, before it commits, meanwhile and after a commit that failed. */
function run(): { interrupt: Interrupt; stop: () => void; dropped: string[] } {
  const controller = new AbortController();
  return { interrupt: new Interrupt(controller.signal), stop: () => controller.abort(), dropped: [] };
}

test('stopping drops the connections that are open, and those that are opened later', () => {
  const { interrupt, stop, dropped } = run();
  interrupt.whenStopped(() => dropped.push('open'));
  stop();
  interrupt.whenStopped(() => dropped.push('later'));
  assert.deepEqual(dropped, ['open', 'later']);
  assert.throws(() => interrupt.check(), { code: 'interrupted' });
});

test('once it commits, stopping drops none: neither the open ones nor those that finish the work', () => {
  const { interrupt, stop, dropped } = run();
  interrupt.whenStopped(() => dropped.push('open'));
  interrupt.beginCommit();
  stop();
  interrupt.whenStopped(() => dropped.push('later'));
  interrupt.check();
  assert.deepEqual(dropped, []);
  interrupt.endCommit();
  assert.throws(() => interrupt.check(), { code: 'interrupted' });
});
