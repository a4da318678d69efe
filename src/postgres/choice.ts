import { Failure } from '../model/failure.ts';
import type { Conninfo } from './conninfo.ts';
import type { WhereFrom } from './parameters.ts';

/**
 * One of the values that libpq has for a keyword; an empty one is the usual one.
 * @throws Failure of code `usage`
 */
export function choice<Value extends string>(
  given: Conninfo,
  keyword: string,
  values: readonly Value[],
  usual: Value,
  where: WhereFrom,
): Value {
  const text = given.get(keyword) ?? '';
  if (text === '') return usual;
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new Failure(
    'usage',
    `${where(keyword)} has ${keyword.startsWith('ssl') ? 'an' : 'a'} ${keyword} that does not exist.`,
    `It is one of ${values.join(', ')}.`,
  );
}
