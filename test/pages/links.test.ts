import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import { anchorsOf, PAGES, type Page, partsOf } from './page.ts';

const ELSEWHERE = /^(?:https?:|mailto:)/;

/** The links of a page that lead nowhere, each with its line. */
function brokenLinks(page: Page, pages: readonly Page[] = PAGES): readonly string[] {
  return partsOf(page).elements.flatMap(({ line, text }) =>
    linksIn(text)
      .filter((link) => !ELSEWHERE.test(link) && !leadsSomewhere(link, page, pages))
      .map((link) => `${page.file}:${line}: ${link}`),
  );
}

// What stands between backticks is no link.
function linksIn(text: string): readonly string[] {
  const bare = text.replaceAll(/(`+).+?\1(?!`)/g, 'code');
  return [...bare.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

function leadsSomewhere(link: string, page: Page, pages: readonly Page[]): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page.file : posix.join(posix.dirname(page.file), path);
  if (path !== '' && !existsSync(file)) return false;
  if (anchor === undefined) return true;
  const other = pages.find((one) => one.file === file);
  return other !== undefined && anchorsOf(other).has(anchor);
}

describe('links', () => {
  const written = (text: string): Page => ({ file: 'docs/written.md', text });

  for (const [text, broken] of [
    ['[a](cutover.md)', []],
    ['[a](cutover.md#5-undo), [b](#a-heading)\n\n## A heading\n', []],
    ['[a](cutovers.md)', ['docs/written.md:1: cutovers.md']],
    ['\n\n[a](cutover.md#6-undo)', ['docs/written.md:3: cutover.md#6-undo']],
    ['[a](#no-heading)', ['docs/written.md:1: #no-heading']],
    ['![a](images/none.png)', ['docs/written.md:1: images/none.png']],
    ['`[a](none.md)`, [b](https://example.org/none)', []],
    ['```text\n[a](none.md)\n```\n', []],
  ] as const)
    test(`${JSON.stringify(text)} has ${broken.length === 0 ? 'no broken link' : `the broken link ${broken[0]}`}`, () => {
      const page = written(text);
      assert.deepEqual(brokenLinks(page, [...PAGES, page]), broken);
    });

  test('of all pages lead to a file and a heading that exist', () => {
    assert.ok(PAGES.length > 100, String(PAGES.length));
    assert.deepEqual(
      PAGES.flatMap((page) => brokenLinks(page)),
      [],
    );
  });

  test('of docs/README.md lead to every page beside it', () => {
    const index = PAGES.find(({ file }) => file === 'docs/README.md');
    assert.ok(index);
    const listed = partsOf(index).elements.flatMap(({ text }) => linksIn(text));
    const beside = PAGES.flatMap(({ file }) => /^docs\/([^/]+\.md)$/.exec(file)?.[1] ?? []);
    assert.deepEqual(
      beside.filter((name) => name !== 'README.md' && !listed.includes(name)),
      [],
    );
  });
});
