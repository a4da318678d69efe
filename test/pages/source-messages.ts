import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ANYTHING = '.+?';
/** Letters that a message must have of its own, beside what is put into it. */
const FEWEST_LETTERS = 12;
/** Forms of one text that are told apart: a text with many conditions is no message. */
const MOST_FORMS = 64;

/** The forms of a string of the source, as regular expressions: what is put into it is anything, a condition is two forms. */
function formsOf(node: ts.Node): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [escaped(node.text)];
  if (ts.isParenthesizedExpression(node)) return formsOf(node.expression);
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce<readonly string[]>(
      (before, span) => joined(joined(before, formsOf(span.expression)), [escaped(span.literal.text)]),
      [escaped(node.head.text)],
    );
  if (ts.isConditionalExpression(node)) return [...formsOf(node.whenTrue), ...formsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return joined(formsOf(node.left), formsOf(node.right));
  return [ANYTHING];
}

function joined(before: readonly string[], after: readonly string[]): readonly string[] {
  return before.flatMap((one) => after.map((other) => one + other)).slice(0, MOST_FORMS);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function lettersOf(form: string): number {
  return form.replaceAll(ANYTHING, '').replaceAll(/[^a-z]/gi, '').length;
}

/** Every text of the source that is long enough to be a message, as what matches it. */
export function sourceMessages(): readonly RegExp[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    for (const form of formsOf(node)) if (lettersOf(form) >= FEWEST_LETTERS) found.add(form);
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    const path = join('src', file);
    if (path.endsWith('.ts'))
      visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return [...found].map((form) => new RegExp(`^${form}\\.?$`, 's'));
}
