import { comment } from './comment.ts';

/** What an eye cannot see, and what ends a line. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * The comment at the end of a file of paused chains: one statement that makes live what would have been so without
 * `--paused`, each line behind `#sql `.
 */
export function makeLiveText(chainNames: readonly string[]): string {
  if (chainNames.length === 0) return '';
  const names = chainNames.map((name) => `#sql   ${literal(name)}`).join(',\n');
  return `#\n${comment('When all chains are there, this makes them live:')}#sql UPDATE timetable.chain SET live = true WHERE chain_name IN (\n${names}\n#sql );\n`;
}

/** A text as SQL reads it back, on one line. */
function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  if (!doubled.includes('\\') && doubled.search(HIDDEN) === -1) return `'${doubled}'`;
  return `E'${doubled.replaceAll('\\', '\\\\').replace(HIDDEN, escaped)}'`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
