import { Scalar, type ScalarTag } from 'yaml';
import { stringifyString } from 'yaml/util';

// Control and format characters, what breaks lines for some readers and not for others, what no reader takes as it is.
const HIDDEN = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}`;
const ESCAPED = new RegExp(String.raw`[${HIDDEN}"\\]`, 'gu');
const UNSAFE_IN_LINES = new RegExp(String.raw`(?![\n\t])[${HIDDEN}]`, 'u');

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

/** A text between double quotes, which every reader of YAML 1.1 and 1.2 reads back as it was. */
export function quoted(text: string): string {
  return `"${text.replace(ESCAPED, (character) => SHORT[character] ?? escaped(character))}"`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code > 0xffff ? ['U', 8] : code > 0xff ? ['u', 4] : ['x', 2];
  return `\\${letter}${code.toString(16).padStart(digits as number, '0')}`;
}

/**
 * Whether a text can stand in lines of its own. Blanks at its beginning, or at the end of its last line, would be read
 * back by some readers only.
 */
export function isInLines(text: string): boolean {
  return /^\S[\s\S]*\n[\s\S]*\S\n?$/.test(text) && !UNSAFE_IN_LINES.test(text);
}

/** A name, which stays on its line. */
export function name(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/** Texts are never left bare: `yes`, `1e3`, `~` and `2026-01-01` are something else to the reader. */
export const TEXT: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (text) => text,
  stringify: (node, context, onComment, onChompKeep) => {
    const { value } = node as Scalar<string>;
    if (context.implicitKey) return value;
    if (node.type === 'QUOTE_DOUBLE' || context.inFlow || !isInLines(value)) return quoted(value);
    return stringifyString(
      { ...node, type: 'BLOCK_LITERAL' } as Scalar<string>,
      context,
      onComment,
      onChompKeep,
    );
  },
};
