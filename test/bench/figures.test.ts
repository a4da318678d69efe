import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spread, table } from '../../bench/figures.ts';

test('the middle of an even count lies between two', () => {
  assert.deepEqual(spread([9, 1, 4]), { min: 1, median: 4, max: 9 });
  assert.deepEqual(spread([4, 10, 1, 2]), { min: 1, median: 3, max: 10 });
});

test('a goal is judged by the median of the ratios, and met by what equals it', () => {
  const goal = { reach: 1.5, stretch: 1, never: 2 };
  const figure = (...ratios: readonly number[]) =>
    ({ name: 'migrate', unit: 'ms', values: [100], ratios, of: 'floor', goal }) as const;
  const lines = table([figure(0.5, 1, 2), figure(1, 1.5, 2), figure(1, 1.51, 2), figure(0.5, 0.6, 2.01)]);
  assert.deepEqual(
    lines.split('\n').map((line) => /[-+]*$/.exec(line)?.[0]),
    ['', '++', '+', '-', '-'],
  );
});
