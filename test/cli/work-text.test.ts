import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workText } from '../../src/cli/formats/work-text.ts';

const NOTHING = { newChains: 0, replacingChains: 0, switchedJobs: 0, handedOver: 0 };

for (const [work, text] of [
  [{}, ''],
  [{ newChains: 1 }, 'write 1 chain to "app"'],
  [{ switchedJobs: 2 }, 'switch the chains of 2 jobs on or off'],
  [{ handedOver: 1 }, 'disable 1 job in pgAgent'],
  [{ switchedJobs: 1, handedOver: 1 }, 'switch the chains of 1 job on or off and disable 1 job in pgAgent'],
  [
    { newChains: 3, replacingChains: 1, switchedJobs: 1, handedOver: 2 },
    'write 3 chains (1 replaces an older one) to "app", switch the chains of 1 job on or off, and disable 2 jobs in pgAgent',
  ],
] as const)
  test(`what a run would do: ${text || 'nothing'}`, () =>
    assert.equal(workText({ ...NOTHING, ...work }, ' to "app"'), text));
