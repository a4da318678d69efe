import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Action,
  type CurrentState,
  handChanges,
  reconcile,
  type Wish,
} from '../../src/planning/reconcile.ts';
import { chainNow, jobRecord, recordedChain } from './records.ts';

const wanted = { chainName: 'job @ often', live: true };

function decided(
  standing: Partial<CurrentState> & { readonly now?: readonly ReturnType<typeof chainNow>[] } = {},
  wish: Partial<Wish> = {},
): Action {
  return reconcile(
    {
      record: jobRecord(),
      chainsNow: new Map((standing.now ?? [chainNow()]).map((chain) => [chain.id, chain])),
      takenNames: [],
      namesOfOthers: [],
      isAnotherJob: false,
      isFromDump: false,
      isDisabledByUs: false,
      ...standing,
    },
    {
      ...{ chains: [wanted], digests: ['as planned'], thanFromDump: null, isWhole: true },
      ...{ onConflict: 'error', force: false, ...wish },
    },
  );
}

const NEW = { record: null, now: [] };
const OTHER = { digests: ['otherwise'] };
const REPLACE = { onConflict: 'replace' } as const;
const FORCE = { onConflict: 'replace', force: true } as const;
const SKIP = { onConflict: 'skip' } as const;
const FOREIGN = '"job @ often" is a chain that this tool did not make for it';

describe('a job that was not moved yet', () => {
  test('is made; one that gives no chain is none', () => {
    assert.deepEqual(decided(NEW), { kind: 'create' });
    assert.deepEqual(decided(NEW, { chains: [] }), { kind: 'none' });
  });

  test('whose name another chain has: stop, leave it, and only by force replace it', () => {
    const taken = { ...NEW, takenNames: ['job @ often'] };
    const conflict = { kind: 'conflict', because: [FOREIGN], remedy: 'force' };
    assert.deepEqual(decided(taken), conflict);
    assert.deepEqual(decided(taken, REPLACE), conflict);
    assert.deepEqual(decided(taken, { force: true }), conflict, 'force alone is no wish to replace');
    assert.deepEqual(decided(taken, SKIP), { kind: 'skip', because: [FOREIGN], remedy: 'force' });
    assert.deepEqual(decided(taken, FORCE), { kind: 'replace', oldChains: [], oldNames: ['job @ often'] });
  });
});

describe('what no wish for conflicts replaces', () => {
  test('chains that the record has for another source', () => {
    const taken = { ...NEW, takenNames: ['job @ often'], namesOfOthers: ['job @ often'] };
    for (const wish of [{}, REPLACE, FORCE]) {
      const action = decided(taken, wish);
      assert.equal(action.kind, 'conflict');
      assert.equal(action.kind === 'conflict' && action.remedy, 'adopt');
    }
    assert.equal(decided(taken, SKIP).kind, 'skip');
  });

  test('chains of a job that is gone, under whose id there is another one now', () => {
    for (const wish of [{}, OTHER, REPLACE, FORCE]) {
      const action = decided({ isAnotherJob: true }, wish);
      assert.equal(action.kind === 'conflict' && action.remedy, 'undo');
    }
  });

  test('chains of a job that is disabled in pgAgent, by chains that would run a part of it', () => {
    const other = { ...OTHER, isWhole: false };
    assert.equal(decided({ isDisabledByUs: true }, { ...other, ...FORCE }).kind, 'conflict');
    assert.equal(decided({ isDisabledByUs: false }, { ...other, ...FORCE }).kind, 'replace');
    assert.equal(decided({ isDisabledByUs: true }, { ...OTHER, ...FORCE }).kind, 'replace');
    assert.equal(decided({ isDisabledByUs: true }, { isWhole: false }).kind, 'keep', 'as planned it stays');
  });
});

describe('a job whose chains are as planned', () => {
  test('stays as it is, whatever is wished for conflicts', () => {
    for (const wish of [{}, SKIP, REPLACE, FORCE])
      assert.deepEqual(decided({}, wish), { kind: 'keep', record: jobRecord(), switched: [] });
  });

  test('stays where only time has passed: planned by the clock of the record it is the same', () => {
    assert.equal(decided({}, { digests: ['by this clock', 'as planned'] }).kind, 'keep');
    assert.equal(decided({}, { digests: ['by this clock', 'as planned'], chains: [] }).kind, 'keep');
  });

  test('is switched on or off where --paused is given now or was given before', () => {
    const off = jobRecord({ chains: [recordedChain({ live: false })] });
    assert.deepEqual(decided({ record: off, now: [chainNow({ live: false })] }), {
      kind: 'keep',
      record: off,
      switched: [{ chainId: 7, live: true }],
    });
    assert.deepEqual(decided({}, { chains: [{ ...wanted, live: false }] }), {
      kind: 'keep',
      record: jobRecord(),
      switched: [{ chainId: 7, live: false }],
    });
  });

  test('a chain that its guard has taken out of service stays so; one without such a guard was switched by hand', () => {
    const retired = decided({ now: [chainNow({ live: false, retires: true })] });
    assert.deepEqual(retired, { kind: 'keep', record: jobRecord(), switched: [] });
    assert.equal(decided({ now: [chainNow({ live: false })] }).kind, 'conflict');
  });
});

describe('a job or options that are other than before', () => {
  const because = ['the job or the options changed since "job @ often" was written'];
  test('stop, leave it, or make it anew without force', () => {
    assert.deepEqual(decided({}, OTHER), { kind: 'conflict', because, remedy: 'replace' });
    assert.deepEqual(decided({}, { ...OTHER, ...SKIP }), { kind: 'skip', because, remedy: 'replace' });
    assert.deepEqual(decided({}, { ...OTHER, ...REPLACE }), {
      kind: 'replace',
      oldChains: [7],
      oldNames: [],
    });
  });

  test('a half-finished cutover is made anew at once: its chains never ran', () => {
    const half = jobRecord({ phase: 'cutting-over' });
    const action = decided({ record: half, now: [chainNow({ live: false })] }, OTHER);
    assert.deepEqual(action, { kind: 'replace', oldChains: [7], oldNames: [] });
    assert.equal(decided({ record: half, now: [chainNow({ digest: 'x' })] }, OTHER).kind, 'conflict');
    assert.equal(decided({ record: half, takenNames: ['x'] }, OTHER).kind, 'conflict');
  });

  test('a job of a dump is made anew at once by its live source, as long as none of its chains is live', () => {
    const off = { now: [chainNow({ live: false })], isFromDump: true };
    const record = jobRecord({ chains: [recordedChain({ live: false })] });
    assert.deepEqual(decided({ ...off, record }, OTHER), { kind: 'replace', oldChains: [7], oldNames: [] });
    assert.equal(decided({ ...off, record, isFromDump: false }, OTHER).kind, 'conflict');
    assert.equal(decided({ ...off, record }, { ...OTHER, ...SKIP }).kind, 'skip');
    assert.equal(decided({ ...off, record, now: [chainNow({ live: true })] }, OTHER).kind, 'conflict');
    assert.equal(decided({ ...off, record, takenNames: ['x'] }, OTHER).kind, 'conflict');
    const byHand = { ...off, record, now: [chainNow({ live: false, digest: 'x' })] };
    assert.equal(decided(byHand, OTHER).kind, 'conflict');
    assert.equal(decided({ ...off, record }).kind, 'keep', 'as planned it stays');
  });

  test('a job of a dump did not have to change: what differs stands there, or that the dump may not tell it', () => {
    const live = { isFromDump: true, now: [chainNow({ live: true })] };
    const becauseOf = (wish: Partial<Wish>): unknown => {
      const action = decided(live, { ...OTHER, ...wish });
      return action.kind === 'conflict' && action.because;
    };
    assert.deepEqual(becauseOf({ thanFromDump: 'only x differs' }), ['only x differs']);
    assert.deepEqual(becauseOf({}), [
      'the job or the options changed since "job @ often" was written from a dump, or the dump did not tell all',
    ]);
  });

  test('a job that would give no chain any more is never taken out on the way', () => {
    for (const wish of [{}, REPLACE, FORCE]) {
      const action = decided({}, { ...OTHER, ...wish, chains: [] });
      assert.equal(action.kind, 'conflict');
      assert.equal(action.kind === 'conflict' && action.remedy, 'undo');
    }
    assert.equal(decided({}, { ...OTHER, ...SKIP, chains: [] }).kind, 'skip');
  });

  test('a new name that another chain has needs force as well', () => {
    const taken = { takenNames: ['job @ seldom'] };
    assert.equal(decided(taken, { ...OTHER, ...REPLACE }).kind, 'conflict');
    assert.deepEqual(decided(taken, { ...OTHER, ...FORCE }), {
      kind: 'replace',
      oldChains: [7],
      oldNames: ['job @ seldom'],
    });
  });
});

describe('chains that were changed by hand', () => {
  const changes: Record<string, readonly [readonly ReturnType<typeof chainNow>[], string]> = {
    changed: [[chainNow({ digest: 'x' })], '"job @ often" was changed by hand'],
    gone: [[], '"job @ often" is gone'],
    'switched off': [[chainNow({ live: false })], '"job @ often" was switched off by hand'],
  };
  for (const [what, [now, because]] of Object.entries(changes)) {
    test(`${what}: stop, leave it, and only by force make it anew`, () => {
      const conflict = { kind: 'conflict', because: [because], remedy: 'force' };
      assert.deepEqual(decided({ now }), conflict);
      assert.deepEqual(decided({ now }, REPLACE), conflict);
      assert.deepEqual(decided({ now }, SKIP), { kind: 'skip', because: [because], remedy: 'force' });
      assert.deepEqual(decided({ now }, FORCE), { kind: 'replace', oldChains: [7], oldNames: [] });
    });
  }

  test('switched on by hand is no conflict where this run would switch it on', () => {
    const paused = jobRecord({ chains: [recordedChain({ live: false })] });
    assert.equal(decided({ record: paused }).kind, 'keep');
    const action = decided({ record: paused }, { chains: [{ ...wanted, live: false }] });
    assert.deepEqual(action.kind === 'conflict' && action.because, ['"job @ often" was switched on by hand']);
  });

  test('in a cutover or an undo that is unfinished, live says nothing', () => {
    for (const phase of ['cutting-over', 'undoing'] as const)
      assert.deepEqual(
        handChanges(jobRecord({ phase }), new Map([[7, chainNow({ live: false })]]), [wanted]),
        [],
      );
  });

  test('where the chains are to go, one that was switched on by hand is no loss, one that was switched off is told', () => {
    const off = jobRecord({ chains: [recordedChain({ live: false })] });
    assert.deepEqual(handChanges(off, new Map([[7, chainNow()]]), null), []);
    assert.deepEqual(handChanges(jobRecord(), new Map([[7, chainNow({ live: false })]]), null), [
      '"job @ often" was switched off by hand',
    ]);
  });

  test('two chains: each is named', () => {
    const two = jobRecord({ chains: [recordedChain(), recordedChain({ id: 8, name: 'job @ seldom' })] });
    assert.deepEqual(handChanges(two, new Map(), []), ['"job @ often" is gone', '"job @ seldom" is gone']);
  });
});
