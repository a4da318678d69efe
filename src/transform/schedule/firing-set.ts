import { groupBy } from '../../model/group-by.ts';
import { difference, intersection } from './algebra.ts';
import type { CalendarProduct } from './calendar.ts';
import { type Condition, conditionsKey, contradict, negated } from './condition.ts';
import { fewestProducts } from './fewest-products.ts';

/** Minutes of the calendar that count while all of the conditions hold. */
export interface Piece {
  readonly product: CalendarProduct;
  readonly conditions: readonly Condition[];
}

/** When a schedule fires: pieces that share no minute. */
export type FiringSet = readonly Piece[];

/** The minutes that belong to both. */
export function commonMinutes(a: FiringSet, b: FiringSet): FiringSet {
  return a.flatMap((one) =>
    b.flatMap((other): FiringSet => {
      const product = intersection(one.product, other.product);
      const conditions = both(one.conditions, other.conditions);
      return product === null || conditions === null ? [] : [{ product, conditions }];
    }),
  );
}

/** The minutes of `a` that `b` has not. */
export function withoutMinutes(a: FiringSet, b: FiringSet): FiringSet {
  return b.reduce((left, piece) => left.flatMap((one) => withoutPiece(one, piece)), a);
}

function withoutPiece(piece: Piece, other: Piece): FiringSet {
  const shared = intersection(piece.product, other.product);
  if (shared === null) return [piece];
  const apart = difference(piece.product, other.product).map((product) => ({ ...piece, product }));
  return [...apart, ...whereOneFails({ ...piece, product: shared }, other.conditions)];
}

/** The piece where at least one of the conditions fails: the first does, or the first holds and the second fails... */
export function whereOneFails(piece: Piece, conditions: readonly Condition[]): FiringSet {
  return conditions.flatMap((condition, index): FiringSet => {
    const failing = both(piece.conditions, [...conditions.slice(0, index), negated(condition)]);
    return failing === null ? [] : [{ ...piece, conditions: failing }];
  });
}

/** All of the conditions, each once; null where two contradict each other. */
function both(a: readonly Condition[], b: readonly Condition[]): readonly Condition[] | null {
  const all = new Map([...a, ...b].map((condition) => [conditionsKey([condition]), condition]));
  return contradict([...all.values()]) ? null : [...all.values()];
}

/** The same minutes in as few pieces as may be: pieces of the same conditions share their products anew. */
export function fewestPieces(set: FiringSet): FiringSet {
  const groups = groupBy(set, ({ conditions }) => conditionsKey(conditions));
  return [...groups.values()].flatMap((pieces) =>
    fewestProducts(pieces.map(({ product }) => product)).map((product) => ({
      product,
      conditions: pieces[0]?.conditions ?? [],
    })),
  );
}
