import type * as z from 'zod';
import { Failure } from '../model/failure.ts';
import { textOfFile } from '../saved-plan/text-file.ts';
import type { Command } from './command-names.ts';
import { holdsPassword } from './next-commands.ts';
import { ALL_OPTIONS, NOT_IN_FILE, OPTIONS_OF } from './options.ts';
import { optionsFileSchema } from './options-file-schema.ts';
import { closest, PASSWORD_REMEDY } from './suggestion.ts';

type Raw = Readonly<Record<string, unknown>>;

const LONGEST_NAME = 40;

/**
 * The options in the file that `--config` names: those that the command has.
 * @param typed the options of the command line
 * @throws Failure of code `usage` for a file that is none
 */
export async function optionsOfFile(typed: Raw, command: Command): Promise<Raw> {
  const { config: file } = typed;
  // readSettings says what is wrong with the value itself.
  if (typeof file !== 'string' || file.trim() === '') return {};
  const what = `options file ${file}`;
  const found = optionsIn(what, await textOfFile(file, what, 'Name another file, or leave --config out.'));
  return Object.fromEntries(Object.entries(found).filter(([name]) => name in OPTIONS_OF[command]));
}

/**
 * Reads the text of an options file.
 * @param what the file, as a failure names it
 * @throws Failure of code `usage`
 */
export function optionsIn(what: string, text: string): Raw {
  const value = parsed(what, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(what, 'is no JSON object', 'Write options by their names: { "overlap": "exact" }');
  for (const name of Object.keys(value)) refuseName(what, name);
  for (const [name, one] of Object.entries(value))
    if ([one].flat().some((text) => typeof text === 'string' && holdsPassword(text)))
      throw wrong(what, `has a password in "${name}"`, PASSWORD_REMEDY);
  const result = optionsFileSchema.safeParse(value);
  if (result.success) return value as Raw;
  const [issue] = result.error.issues;
  throw wrong(what, ...aboutIssue(issue));
}

function parsed(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says would repeat a part of the file.
    throw wrong(what, 'is no JSON', 'Check its commas, quotes and brackets. JSON has no comments.');
  }
}

function refuseName(what: string, name: string): void {
  if (Object.hasOwn(optionsFileSchema.shape, name)) return;
  const shown = `"${name.slice(0, LONGEST_NAME)}"`;
  if (NOT_IN_FILE.includes(name))
    throw wrong(what, `has ${shown}, which cannot be in a file`, `Write --${name} on the command line.`);
  const close = closest(name, Object.keys(optionsFileSchema.shape)).map((one) => `"${one}"`);
  const remedy = close.length > 0 ? `Did you mean ${close.join(' or ')}?` : 'The names: pga2timetable --help';
  throw wrong(
    what,
    `has ${shown}, which is no option`,
    /^pass|password/i.test(name) ? PASSWORD_REMEDY : remedy,
  );
}

function aboutIssue(issue: z.core.$ZodIssue | undefined): readonly [what: string, remedy: string] {
  const option = String(issue?.path[0] ?? '');
  const says = issue?.code === 'invalid_type' ? typeOf(option) : (issue?.message ?? 'cannot be read');
  return [`is wrong: "${option}" ${says}`, 'See pga2timetable schema config.'];
}

function typeOf(option: string): string {
  const { type, array } = ALL_OPTIONS[option] ?? {};
  if (type === 'boolean') return 'takes true or false';
  return array === true ? 'takes a list of texts in quotes: ["...", "..."]' : 'takes a text in quotes';
}

function wrong(what: string, how: string, remedy: string): Failure {
  return new Failure('usage', `The ${what} ${how}.`, remedy);
}
