import yargs from 'yargs';
import { Failure } from '../failure.ts';
import { OPTIONS } from './options.ts';
import { suggestion } from './suggestion.ts';

/** What a command line comes to: options to run with, or a text to show. */
export type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'options'; readonly options: Record<string, unknown> };

/**
 * Reads the command line.
 * @throws Failure of code `usage`
 */
export async function parse(argv: readonly string[], version: string): Promise<Parsed> {
  refuseValuesOfFlags(argv);
  const parser = yargs()
    .scriptName('pga2timetable')
    .usage(
      '$0 [migrate] [options]\n\nMoves the jobs of pgAgent into pg_timetable, and says exactly what changes.',
    )
    .command(['migrate', '$0'], 'Move the jobs (the default command)')
    .options({ ...OPTIONS })
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'greedy-arrays': false,
      'strip-aliased': true,
    })
    .locale('en')
    .strict()
    .wrap(100)
    .version(version)
    .help()
    .alias('help', 'h')
    .epilogue(
      'Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 conflict, 6 done but jobs were left out, 130 interrupted.',
    )
    .exitProcess(false)
    .fail(false);
  let text = '';
  try {
    const options = await parser.parseAsync(
      [...argv],
      {},
      (_error: unknown, _argv: unknown, output: string) => {
        text = output;
      },
    );
    if (text !== '') return { kind: 'text', text };
    refuseWords(options._);
    return { kind: 'options', options };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    const [, valueless] = /^Not enough arguments following: (\S+)/.exec(message) ?? [];
    throw new Failure(
      'usage',
      valueless === undefined ? `${message}.` : `--${valueless} needs a value.`,
      suggestion(message, Object.keys(OPTIONS)),
    );
  }
}

// yargs takes --dry-run=yes for false, and a run that was to be dry would write.
function refuseValuesOfFlags(argv: readonly string[]): void {
  for (const argument of argv) {
    const [, name] = /^--?([\w-]+)=/.exec(argument) ?? [];
    if (name !== undefined && (OPTIONS[name]?.type === 'boolean' || name === 'help' || name === 'version')) {
      throw new Failure('usage', `--${name} takes no value.`, `Write --${name} alone, or leave it out.`);
    }
  }
}

// What stands behind a lone -- would be passed over, and with it a --dry-run.
function refuseWords(words: readonly (string | number)[]): void {
  const [first] = words.filter((word, index) => index > 0 || word !== 'migrate');
  if (first === undefined) return;
  throw new Failure(
    'usage',
    `Unknown argument: ${first}.`,
    'Give options without a -- in front of them; see pga2timetable --help.',
  );
}
