import { FIELDS } from './algebra.ts';
import type { CalendarProduct } from './calendar.ts';
import { cronLine } from './cron-line.ts';

type Field = (typeof FIELDS)[number];

/** Values of one field that stand in exactly the same products, and so never need to be told apart. */
type ValueClass = readonly number[];

/** A field and the classes that its values fall into. */
interface Axis {
  readonly field: Field;
  readonly classes: readonly ValueClass[];
}

/** Places in the grid of some axes: the number of a class on each of them. */
type Cell = readonly number[];

/** Beyond this many cells the fields are tried in few orders: still exact, but perhaps not the fewest. */
const MOST_CELLS_SEARCHED = 2_000;

/**
 * The same minutes in as few products as a search over the order of the fields finds, and of these the shortest as cron lines.
 * @param products no two of which share a minute
 * @returns products no two of which share a minute
 */
export function fewestProducts(products: readonly CalendarProduct[]): readonly CalendarProduct[] {
  const [first] = products;
  if (first === undefined || products.length === 1) return products;
  const axes = FIELDS.map((field): Axis => ({ field, classes: valueClasses(products, field) }));
  const varying = axes.filter(({ classes }) => classes.length > 1);
  const cells = products.flatMap((product) => cellsOf(product, varying));
  const isLarge = cells.length > MOST_CELLS_SEARCHED;
  const candidates = varying.map((_, index) => splitAlong(cells, varying, index, isLarge, new Map()));
  const filled = candidates.map((found) => found.map((part) => ({ ...first, ...part })));
  return filled.reduce((best, found) => (isBetter(found, best) ? found : best), products);
}

/** Fewer lines are better, and of as many the shorter ones. */
function isBetter(a: readonly CalendarProduct[], b: readonly CalendarProduct[]): boolean {
  return a.length === b.length ? textLength(a) < textLength(b) : a.length < b.length;
}

function textLength(products: readonly CalendarProduct[]): number {
  return products.reduce((sum, product) => sum + cronLine(product).length, 0);
}

function valueClasses(products: readonly CalendarProduct[], field: Field): readonly ValueClass[] {
  const classes = new Map<string, number[]>();
  for (const value of new Set(products.flatMap((product) => product[field]))) {
    const key = products.map((product) => (product[field].includes(value) ? '1' : '0')).join('');
    const known = classes.get(key);
    if (known) known.push(value);
    else classes.set(key, [value]);
  }
  return [...classes.values()];
}

function cellsOf(product: CalendarProduct, axes: readonly Axis[]): readonly Cell[] {
  return axes.reduce<readonly Cell[]>(
    (cells, { field, classes }) => {
      const inside = classes.flatMap(([value], index) =>
        value !== undefined && product[field].includes(value) ? [index] : [],
      );
      return cells.flatMap((cell) => inside.map((index) => [...cell, index]));
    },
    [[]],
  );
}

type Part = Partial<Record<Field, readonly number[]>>;
type Known = Map<string, readonly Part[]>;

/** Splits along the axis that needs the fewest parts. */
function split(
  cells: readonly Cell[],
  axes: readonly Axis[],
  isLarge: boolean,
  known: Known,
): readonly Part[] {
  if (axes.length === 0) return [{}];
  const key = `${axes.map(({ field }) => field).join()} ${keyOf(cells)}`;
  const before = known.get(key);
  if (before) return before;
  const orders = isLarge ? axes.slice(0, 1) : axes;
  const found = orders
    .map((_, index) => splitAlong(cells, axes, index, isLarge, known))
    .reduce((best, parts) => (parts.length < best.length ? parts : best));
  known.set(key, found);
  return found;
}

/** Takes the classes of one axis together that have the same cells on all the others. */
function splitAlong(
  cells: readonly Cell[],
  axes: readonly Axis[],
  along: number,
  isLarge: boolean,
  known: Known,
): readonly Part[] {
  const axis = axes[along];
  if (axis === undefined) return [];
  const sections = new Map<number, Cell[]>();
  for (const cell of cells) {
    const place = cell[along] ?? 0;
    const section = sections.get(place) ?? [];
    section.push(cell.filter((_, index) => index !== along));
    sections.set(place, section);
  }
  const groups = new Map<string, { section: readonly Cell[]; values: number[] }>();
  for (const [place, section] of sections) {
    const group = groups.get(keyOf(section)) ?? { section, values: [] };
    group.values.push(...(axis.classes[place] ?? []));
    groups.set(keyOf(section), group);
  }
  const others = axes.filter((_, index) => index !== along);
  return [...groups.values()].flatMap(({ section, values }) => {
    const sorted = values.toSorted((a, b) => a - b);
    return split(section, others, isLarge, known).map((part) => ({ ...part, [axis.field]: sorted }));
  });
}

function keyOf(cells: readonly Cell[]): string {
  return cells
    .map((cell) => cell.join())
    .sort()
    .join(' ');
}
