import * as z from 'zod';
import { ALL_OPTIONS, NOT_IN_FILE } from './options.ts';
import { optionsSchema } from './options-schema.ts';

const inFile = Object.entries(optionsSchema.shape)
  .filter(([name]) => !NOT_IN_FILE.includes(name))
  .map(([name, one]) => [name, one.optional().meta({ description: describe(name) })] as const);

function describe(name: string): string | undefined {
  return ALL_OPTIONS[name]?.describe.replace(/ \(\+\)$/, '');
}

/** An options file: the options of the command line, each as it is checked there. */
export const optionsFileSchema = z.strictObject({
  $schema: z.string().optional(),
  ...Object.fromEntries(inFile),
});

export const OPTIONS_FILE = {
  schema: optionsFileSchema,
  version: 1,
  file: 'config.schema.json',
  title: 'The options file of pga2timetable',
  description:
    'What pga2timetable --config reads: options by their names on the command line. Passwords, yes, force and show-secrets are not in it.',
} as const;
