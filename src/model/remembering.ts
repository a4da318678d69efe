/**
 * A pure function that remembers, for each object, what it made of it last. Every other argument is compared by identity, so
 * nothing leaks from one clock or set of options into another; what nobody holds any more is forgotten with it.
 */
export function remembering<About extends object, Rest extends readonly unknown[], Made>(
  make: (about: About, ...rest: Rest) => Made,
): (about: About, ...rest: Rest) => Made {
  const known = new WeakMap<About, { readonly rest: Rest; readonly made: Made }>();
  return (about, ...rest) => {
    const last = known.get(about);
    if (last !== undefined && rest.every((value, index) => Object.is(value, last.rest[index])))
      return last.made;
    const made = make(about, ...rest);
    known.set(about, { rest, made });
    return made;
  };
}
