import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { parse } from '../src/cli/command-line.ts';
import { maskSecrets } from '../src/secrets/mask.ts';
import { PAGES, partsOf } from './pages/page.ts';

/** What no text of the tool, its comments and its documentation says: riddles for a reader who learned English at school. */
const BANNED: readonly string[] = [
  ...['comes to life', 'come to life', 'nothing tells', 'is told', 'are told', 'passed over', 'passes over'],
  ...[
    'pass over',
    'by runs of their own',
    'had their turn',
    'nor was before',
    'what moved would',
    'had both had',
  ],
  ...['stands behind', 'behind the tick', 'takes back', 'take back', 'as it should be', 'is given by'],
  ...['in the same move', 'move whole', 'stay whole', 'of late', 'makes up for', 'a defect'],
];

function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file).split(sep).join('/'));
}

test('no file of the source and of the documentation holds a banned phrase', () => {
  const files = [...filesIn('src', '.ts'), ...filesIn('docs', '.md'), 'README.md', 'CONTRIBUTING.md'];
  assert.ok(files.length > 300, String(files.length));
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .toLowerCase()
      .split('\n')
      .flatMap((line, index) =>
        BANNED.filter((phrase) => line.includes(phrase)).map((phrase) => `${file}:${index + 1}: ${phrase}`),
      ),
  );
  assert.deepEqual(found, []);
});

test('no text of the tool looks like a secret, so nothing in it is masked', () => {
  const files = filesIn('src', '.ts');
  const texts = files.flatMap((file) => textsIn(file).map((text) => ({ file, text })));
  assert.ok(texts.length > 5_000, String(texts.length));
  assert.deepEqual(
    texts.filter(({ text }) => maskSecrets(text) !== text),
    [],
  );
});

const MOST_WORDS = 25;
/** What stands for a value in a text: it is none of its words. */
const VALUE = ' \u0001 ';
/** Scripts, styles and lists of names: no text for a reader of the terminal. */
const NO_TEXT =
  /^src\/(?:report\/html\/|transform\/sql\/|transform\/step\/(?:harmless-modules|script-file|batch-file)|timetable\/record\.ts)/;

/** A string of the source as a reader gets it, the longer way through its conditions; null for what is no string. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isTaggedTemplateExpression(node)) return textOf(node.template);
  if (ts.isTemplateExpression(node))
    return (
      node.head.text +
      node.templateSpans.map((span) => (textOf(span.expression) ?? VALUE) + span.literal.text).join('')
    );
  if (ts.isConditionalExpression(node)) {
    const texts = [node.whenTrue, node.whenFalse].flatMap((one) => textOf(one) ?? []);
    return texts.sort((a, b) => b.length - a.length)[0] ?? null;
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const parts = [textOf(node.left), textOf(node.right)];
    return parts.some((part) => part !== null) ? parts.map((part) => part ?? VALUE).join('') : null;
  }
  return null;
}

function textsIn(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text === null) ts.forEachChild(node, visit);
    else found.push(text);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

/** Words as a reader counts them: not values, names in quotes, options, and SQL to be run. */
function wordsOf(sentence: string): readonly string[] {
  return sentence
    .replaceAll(/`[^`]*`|"[^"]*"|\([^()]*\)/g, VALUE)
    .replaceAll(/\b(?:GRANT|UPDATE|ALTER|CREATE|SELECT|DELETE) [^;]*(?:;|$)/g, VALUE)
    .split(/\s+/)
    .filter((word) => /[a-z]/i.test(word) && !word.startsWith('--'));
}

/** An element of a page as it is read: cells one by one, links by their text. */
function readOut(text: string): readonly string[] {
  const plain = text.replaceAll(/\]\([^)]*\)/g, ']').replaceAll('**', '');
  return plain.startsWith('|') ? plain.replaceAll(/`[^`]*`/g, VALUE).split('|') : [plain];
}

function longSentences(text: string): readonly string[] {
  return text.split(/(?<=[.!?])(?=\s|$)/).filter((sentence) => wordsOf(sentence).length > MOST_WORDS);
}

describe(`no sentence has more than ${MOST_WORDS} words`, () => {
  test('counted without values, options, names in quotes and SQL', () => {
    const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');
    assert.deepEqual(longSentences(`${words(MOST_WORDS)}. ${words(MOST_WORDS)}.`), []);
    assert.equal(longSentences(`${words(MOST_WORDS + 1)}.`).length, 1);
    assert.deepEqual(longSentences(`${words(MOST_WORDS)} --force "a b" ${VALUE} GRANT a ON b TO c;`), []);
  });

  test('in what the tool prints: advisories, checks, failures', () => {
    const files = filesIn('src', '.ts').filter((file) => !NO_TEXT.test(file));
    assert.ok(files.length > 200, String(files.length));
    const found = files.flatMap((file) =>
      textsIn(file)
        // What has lines is a statement or a script.
        .filter((text) => !text.includes('\n') && !/^\s*(?:SELECT|FROM) /.test(text))
        .flatMap(longSentences)
        .map((sentence) => `${file}: ${sentence.trim()}`),
    );
    assert.deepEqual(found, []);
  });

  test('in the pages: paragraphs, items and cells of tables', () => {
    const found = PAGES.flatMap((page) =>
      partsOf(page).elements.flatMap(({ line, text }) =>
        readOut(text)
          .flatMap(longSentences)
          .map((sentence) => `${page.file}:${line}: ${sentence.trim()}`),
      ),
    );
    assert.deepEqual(found, []);
  });

  test('in the help', async () => {
    for (const command of ['migrate', 'verify', 'undo', 'explain', 'schema']) {
      const parsed = await parse([command, '--help'], '0');
      assert.ok(parsed.kind === 'text');
      const about = parsed.text.replaceAll(/\n {31}/g, ' ').split('\n');
      assert.deepEqual(about.flatMap(longSentences), []);
    }
  });
});
