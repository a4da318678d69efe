import { Failure } from '../model/failure.ts';

/** The ways to prove oneself that a server can ask for; `none`: it asks for nothing. */
const METHODS = ['password', 'md5', 'gss', 'sspi', 'scram-sha-256', 'oauth', 'none'] as const;
export type Method = (typeof METHODS)[number];

/** The ways that require_auth leaves. */
export type AllowedMethods = ReadonlySet<Method>;

/**
 * Reads require_auth: names with commas between, all with `!` in front or none of them.
 * @returns every way, where nothing is asked for
 * @throws Failure of code `usage`
 */
export function readRequiredAuthentication(text: string, option: string): AllowedMethods {
  if (text === '') return new Set(METHODS);
  const refuse = (what: string): never => {
    throw new Failure(
      'usage',
      `${option} has a require_auth ${what}.`,
      `Its methods are ${METHODS.join(', ')}.`,
    );
  };
  const words = text.split(',');
  const isNegative = words.every((word) => word.startsWith('!'));
  if (!isNegative && words.some((word) => word.startsWith('!')))
    refuse('with "!" before some of its methods only');
  const named = words.map((word) => {
    const name = word.replace(/^!/, '');
    return METHODS.find((method) => method === name) ?? refuse('with a method that does not exist');
  });
  if (new Set(named).size < named.length) refuse('that names a method twice');
  return new Set(METHODS.filter((method) => named.includes(method) !== isNegative));
}
