import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spread, table } from '../../bench/figures.ts';

test('the middle of an even count lies between two', () => {
  assert.deepEqual(spread([9, 1, 4]), { min: 1, median: 4, max: 9 });
  assert.deepEqual(spread([4, 10, 1, 2]), { min: 1, median: 3, max: 10 });
});

test('a goal is judged by the median of the ratios, and met by what equals it', () => {
  const goal = { reach: 1.5, stretch: 1 };
  const figure = (ratios: readonly number[]) =>
    ({ name: 'migrate', unit: 'ms', values: [100], ratios, of: 'floor', goal }) as const;
  const marks = table([figure([0.5, 1, 9]), figure([1, 1.5, 2]), figure([1, 1.51, 2])]).split('\n');
  assert.deepEqual(
    marks.slice(1).map((line) => /\S+$/.exec(line)?.[0]),
    ['++', '+', '-'],
  );
});
