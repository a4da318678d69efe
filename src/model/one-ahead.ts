import { held } from './held.ts';

/**
 * What is made of each item, in their order. Making the next begins before the last is handed out: a server works on the one
 * while the other is used.
 * @throws what making an item failed with, after those before it were handed out
 */
export async function* oneAhead<Item, Made>(
  items: AsyncIterable<Item>,
  make: (item: Item) => Promise<Made>,
): AsyncGenerator<Made> {
  let last: Promise<Made> | null = null;
  for await (const item of items) {
    const made = held(make(item));
    if (last !== null) yield await last;
    last = made;
  }
  if (last !== null) yield await last;
}
