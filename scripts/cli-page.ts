import { COMMANDS, type Command, SHOWING, type Showing } from '../src/cli/command-names.ts';
import { contradictionsOf } from '../src/cli/contradictions.ts';
import { DESCRIPTIONS, EXIT_CODES, WORDS } from '../src/cli/help.ts';
import { OPTIONS_OF, type Option } from '../src/cli/options.ts';

const HEAD = `# The command line

<!-- Made by npm run usage of src/cli/options.ts and the files beside it. -->

\`CONN\` is a PostgreSQL URI or a conninfo string: \`host=db1 dbname=app\`. An option that is "repeatable" may stand more than once. Every command has
\`--help\` (\`-h\`) and \`--version\`. [options.md](options.md) has the options file, colors, and more about each exit code.
`;

/** docs/cli.md: every command with its options, as the tool knows them. */
export function cliPage(): string {
  const exits = EXIT_CODES.replace(/^Exit codes: /, '').replaceAll(/(\d+) /g, '`$1` ');
  return [
    HEAD,
    ...COMMANDS.map(aboutCommand),
    ...SHOWING.map(aboutShowing),
    `## Exit codes\n\n${exits} [More about each](options.md#exit-codes).\n`,
  ].join('\n');
}

function aboutCommand(command: Command): string {
  const options = Object.entries(OPTIONS_OF[command]);
  const groups = [...new Set(options.map(([, { group }]) => group))].map((group) => {
    const rows = options.filter(([, option]) => option.group === group).map(row);
    return `**${group}**\n\n| option | default | |\n|---|---|---|\n${rows.join('')}`;
  });
  const refused = contradictionsOf(command).filter(({ message }) => areKnown(message, command));
  const name = command === 'migrate' ? '[migrate]' : command;
  return [
    heading(command, `${name} [options]`),
    ...groups,
    `**Options that exclude or need each other**\n\n${refused.map(({ message, remedy }) => `- ${inCode(`${message} ${remedy}`)}\n`).join('')}`,
  ].join('\n');
}

function row([name, { alias, value, describe, default: fallback, array, more }]: [string, Option]): string {
  const short = alias === undefined ? '' : `\`-${alias}\`, `;
  const long = `\`--${name}${value === undefined ? '' : ` ${value}`}\``;
  const text = [
    `${inCode(describe.replace(/ \(\+\)$/, ''))}.`,
    ...(array ? ['Repeatable.'] : []),
    ...(more === undefined ? [] : [more]),
  ].join(' ');
  return `| ${short}${long} | ${fallback === undefined ? '' : `\`${fallback}\``} | ${text} |\n`;
}

const OPTION = '--[a-z][a-z-]*(?: (?:json|sql|yaml|replace|skip|=NAME|FILE|plan\\.json|0)(?![\\w-]))?';
const CODE = new RegExp(`${OPTION}(?: ${OPTION})*|PG\\*|\\*+|[A-Z]*=NAME|~/\\.pgpass|live = false`, 'g');

/** Puts options, and what Markdown would read as its own, between backticks. */
function inCode(text: string): string {
  return text.replaceAll(CODE, '`$&`');
}

function areKnown(message: string, command: Command): boolean {
  return [...message.matchAll(/--([a-z][a-z-]*)/g)].every(([, name = '']) => name in OPTIONS_OF[command]);
}

function aboutShowing(command: Showing): string {
  const words = WORDS[command].map(([word, what]) => `\`${word}\`: ${what}.`);
  const names = WORDS[command].map(([word]) => `[${word}]`);
  return `${heading(command, `${command} ${names.join(' ')}`)}\n${words.join(' ')}\n`;
}

function heading(command: Command | Showing, usage: string): string {
  return `## ${command}\n\n${DESCRIPTIONS[command]}.\n\n\`\`\`text\npga2timetable ${usage}\n\`\`\`\n`;
}
