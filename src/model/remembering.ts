/** A run plans a job at two moments: now, and when its record was made. */
const MOST_KNOWN = 2;

/**
 * A pure function that remembers, for each object, what it made of it last, and before that of other arguments. These are
 * compared by identity, so nothing leaks from one clock or set of options into another; what nobody holds any more is
 * forgotten with it.
 */
export function remembering<About extends object, Rest extends readonly unknown[], Made>(
  make: (about: About, ...rest: Rest) => Made,
): (about: About, ...rest: Rest) => Made {
  const all = new WeakMap<About, readonly { readonly rest: Rest; readonly made: Made }[]>();
  return (about, ...rest) => {
    const known = all.get(about) ?? [];
    for (const one of known) if (areSame(one.rest, rest)) return one.made;
    const made = make(about, ...rest);
    all.set(about, [{ rest, made }, ...known.slice(0, MOST_KNOWN - 1)]);
    return made;
  };
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  for (let index = 0; index < others.length; index += 1)
    if (!Object.is(some[index], others[index])) return false;
  return true;
}
