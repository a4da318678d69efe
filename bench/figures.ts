/** What a figure is to be at the most: enough, and more than enough. */
export interface Goal {
  readonly reach: number;
  readonly stretch: number;
  /** What not even the worst run may exceed. */
  readonly never?: number;
}

/** One row of the table. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'MiB' | 'x' | '';
  readonly values: readonly number[];
  /** The same divided by what ran right before, and what that was. */
  readonly ratios?: readonly number[];
  readonly of?: string;
  readonly goal?: Goal;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The least, the one in the middle and the greatest of some numbers. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (place: number): number => sorted[place] ?? Number.NaN;
  const half = (sorted.length - 1) / 2;
  return {
    min: at(0),
    median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2,
    max: at(sorted.length - 1),
  };
}

const spreadColumns = (numbers: readonly number[] | undefined, digits: number): readonly string[] => {
  if (numbers === undefined) return ['', '', ''];
  const { min, median, max } = spread(numbers);
  return [min, median, max].map((number) => number.toFixed(digits));
};

const HEADER = ['', 'unit', 'min', 'median', 'max', 'ratio to', 'min', 'median', 'max', 'reach', 'stretch'];

/** `++` where the median is at most the stretch, `+` the reach, `-` where it is more or one run is beyond what none may. */
function mark({ values, ratios, goal }: Figure): string {
  if (goal === undefined) return '';
  const { median, max } = spread(ratios ?? values);
  if (median > goal.reach || max > (goal.never ?? max)) return '-';
  return median > goal.stretch ? '+' : '++';
}

/** The table as text. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, unit, values, ratios, of, goal } = figure;
    return [
      ...[name, unit],
      ...spreadColumns(values, unit === 'x' ? 2 : 0),
      of ?? '',
      ...spreadColumns(ratios, 2),
      ...[goal?.reach, goal?.stretch].map((number) => number?.toString() ?? ''),
      mark(figure),
    ];
  });
  const lines = [[...HEADER, ''], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) =>
          column === 0 || column === 1 || column === 5
            ? text.padEnd(widths?.[column] ?? 0)
            : text.padStart(widths?.[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
