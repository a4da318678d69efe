/** Blanks of SQL, with its comments. */
export const GAP = String.raw`(?:\s+|(?=/\*))(?:(?:/\*(?:[^*]|\*(?!/)){0,200}\*/|--[^\n]{0,200}\n)\s*){0,20}`;

const NAME = String.raw`(?:[\w$.]|"[^"\n]{1,63}"){1,200}`;
// Where a statement may begin: not in `call update x`.
const BEGIN = String.raw`(?:(?<![\w.-][ \t]{1,9})|(?<=\b(?:begin|then|else|loop|as|explain|analyze)[ \t]{1,9}))`;
// UPDATE ONLY name AS alias, or the UPDATE of INSERT ... ON CONFLICT and of MERGE.
const UPDATE = String.raw`\b(?:${BEGIN}update${GAP}(?:only${GAP})?${NAME}(?:\s?\*)?${GAP}(?:(?:as${GAP})?(?!set\b)${NAME}${GAP})?|(?:do|then)${GAP}update${GAP})`;
const UPDATE_UP_TO_SET = new RegExp(`${UPDATE}$`, 'i');
const UPDATE_WITH_SET = new RegExp(String.raw`${UPDATE}set\s`, 'i');
// NULL, a number, a column of another table, an expression.
const NO_TEXT =
  /(?:(?:null|default|true|false|current_\w{1,30}|-?\d{1,30}(?:\.\d{1,30})?|[a-z_]\w{0,62}\.[a-z_]\w{0,62})(?![\w.]|\s*\()|[a-z_]\w{0,62}(?=\s{0,9}(?:[-+*/]|\|\|)))/iy;
const LONGEST_STATEMENT = 2_000;

/** Whether the SET at a place is that of an UPDATE. */
export function isSetOfUpdate(text: string, index: number): boolean {
  return UPDATE_UP_TO_SET.test(statementBefore(text, index));
}

/** Whether an UPDATE of SQL assigns something at a place that is no literal, and so no secret. */
export function isNoLiteral(text: string, index: number, begin: number): boolean {
  NO_TEXT.lastIndex = begin;
  return NO_TEXT.test(text) && UPDATE_WITH_SET.test(statementBefore(text, index));
}

function statementBefore(text: string, index: number): string {
  const front = text.slice(Math.max(0, index - LONGEST_STATEMENT), index);
  return front.slice(front.lastIndexOf(';') + 1);
}
