import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { handOver, MINUTE, type ModelClient, returnJobs, type World } from '../cutover/two-engines.ts';

const always = (): boolean => true;

/** Some thousand worlds in which everything is in the worst place by turns. */
function* worlds(): Generator<World> {
  const schedules = [always, (minute: number) => minute % 2 !== 0, (minute: number) => minute % 2 === 0];
  for (const isDue of schedules)
    for (const offset of [-3000, -1000, 0, 1000, 3000])
      for (let second = 0; second < MINUTE; second += 500)
        for (const error of [-900, 0, 900, null])
          for (const isOneDatabase of [true, false])
            yield {
              ...COMMON,
              isDue,
              offset,
              measured: offset,
              isOneDatabase,
              clients: [client(second, error)],
            };
}

const COMMON = {
  agentTakes: 5000,
  runs: 500,
  agent: 'agent',
  begins: 100,
  wait: 90_000,
  look: 700,
  disables: 100,
  commits: 200,
  goesLive: 100,
} as const;

function client(second: number, error: number | null, margin = 1): ModelClient {
  return { second, error, margin };
}

const milliseconds = (from: number, to: number): fc.Arbitrary<number> => fc.integer({ min: from, max: to });
const DAYS = 40;

const randomWorld: fc.Arbitrary<World> = fc
  .record({
    due: fc.oneof(
      fc.constant(always),
      fc
        .array(fc.boolean(), { minLength: DAYS, maxLength: DAYS })
        .map((drawn) => (minute: number) => drawn[minute + 10] ?? false),
    ),
    agentTakes: milliseconds(1, 10_000),
    runs: fc.oneof(fc.constant(0), milliseconds(0, 20_000)),
    agent: fc.constantFrom('agent' as const, 'agent' as const, 'no-agent' as const),
    clients: fc.array(
      fc.record({
        second: milliseconds(0, 59_999),
        error: fc.option(milliseconds(-1000, 1000)),
        margin: fc.constantFrom(1, 2),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    offset: milliseconds(-3000, 3000),
    measuring: milliseconds(-150, 150),
    begins: milliseconds(0, 120_000),
    wait: fc.constantFrom(0, 20_000, 90_000, 300_000),
    look: milliseconds(300, 900),
    disables: milliseconds(0, 150),
    commits: milliseconds(0, 150),
    goesLive: milliseconds(0, 300),
    isOneDatabase: fc.boolean(),
  })
  .map(({ due, measuring, ...world }) => ({ ...world, isDue: due, measured: world.offset + measuring }));

function checkHandover(world: World): void {
  const result = handOver(world);
  const why = JSON.stringify({ ...world, result });
  assert.notEqual(result, null, `no moment: ${why}`);
  if (result === null) return;
  assertNamed(result, why);
}

function checkTakingBack(world: World): void {
  assertNamed(returnJobs(world), JSON.stringify(world));
}

function assertNamed(
  { twice, missed, named }: Pick<ReturnType<typeof returnJobs>, 'twice' | 'missed' | 'named'>,
  why: string,
): void {
  assert.deepEqual(twice, [], `run twice: ${why}`);
  const names = named.map(({ minute }) => minute);
  assert.deepEqual(
    missed.filter((minute) => !names.includes(minute)),
    [],
    `not named: ${why}`,
  );
  const certain: readonly number[] = named.filter(({ isCertain }) => isCertain).map(({ minute }) => minute);
  assert.deepEqual(
    certain.filter((minute) => !missed.includes(minute)),
    [],
    `falsely certain: ${why}`,
  );
}

test('whenever the clients tick and however far the clocks are apart, no minute is run twice and a missed one is named', () => {
  for (const world of worlds()) {
    checkHandover(world);
    checkTakingBack(world);
  }
});

test('the same in drawn worlds: agents, clients, schedules, clocks, waits and delays', () => {
  fc.assert(fc.property(randomWorld, checkHandover), { numRuns: 4000 });
});

test('a job that goes back is run twice in no minute either, in drawn worlds', () => {
  fc.assert(fc.property(randomWorld, checkTakingBack), { numRuns: 4000 });
});

test('where a client ticks between 5 s and 54 s and the clocks agree, no minute is missed', () => {
  for (let second = 5000; second <= 54_000; second += 700) {
    for (const isOneDatabase of [true, false]) {
      const world = {
        ...COMMON,
        isDue: always,
        offset: 0,
        measured: 0,
        isOneDatabase,
        clients: [client(second, 500)],
      };
      assert.deepEqual(handOver(world)?.named, []);
    }
  }
});

test('an undo loses no minute, at whatever second a client ticks whose minute is known', () => {
  for (let second = 2000; second <= 58_000; second += 250)
    for (const offset of [-3000, 0, 3000])
      for (const isOneDatabase of [true, false])
        for (const error of [-900, 900]) {
          const world = { ...COMMON, isDue: always, offset, measured: offset, isOneDatabase };
          assert.deepEqual(
            returnJobs({ ...world, clients: [client(second, error)] }).named,
            [],
            `${second} ${error}`,
          );
        }
});
