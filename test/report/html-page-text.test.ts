import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pageText } from '../../src/report/html/page-text.ts';

const shown = (markdown: string): string => pageText(markdown, new Set(['known-code'])).text;

describe('the page of an advisory as HTML', () => {
  const cases: readonly (readonly [name: string, markdown: string, html: string])[] = [
    [
      'its own title is left out, other headings are labels',
      '# a\n\n## The <b>\n',
      '<p class="label">The &lt;b&gt;</p>\n',
    ],
    ['a paragraph of two lines', 'One\ntwo.\n\nThree.\n', '<p>One two.</p>\n<p>Three.</p>\n'],
    [
      'code in a fence',
      '```sql\nSELECT 1\n\n  <2\n```\nText',
      '<pre>\nSELECT 1\n\n  &lt;2</pre><p>Text</p>\n',
    ],
    ['indented code', '    a\n\n      b\n\nText', '<pre>\na\n\n  b</pre><p>Text</p>\n'],
    ['spans', '`<a>` and **b `c`**.', '<p><code>&lt;a&gt;</code> and <b>b <code>c</code></b>.</p>\n'],
    [
      'a link to a page that is there',
      '[`x`](known-code.md#y)',
      '<p><a href="#code-known-code"><code>x</code></a></p>\n',
    ],
    ['links to other places', '[a](other.md) [b](https://x.y)', '<p>a b</p>\n'],
    ['a list', '- a\n  b\n- c\n\nd', '<ul>\n<li>a b</li>\n<li>c</li>\n</ul>\n<p>d</p>\n'],
    [
      'a numbered list with code in it',
      '1. a\n\n   ```\n   b\n   ```\n2. c',
      '<ol>\n<li>a<pre>\nb</pre></li>\n<li>c</li>\n</ol>\n',
    ],
    [
      'a table',
      '| | h |\n|---|---|\n| a | `b \\| c` |\n',
      '<table>\n<thead><tr><td></td><th scope="col">h</th></tr></thead>\n<tbody>\n<tr><td>a</td><td><code>b | c</code></td></tr>\n</tbody>\n</table>\n',
    ],
  ];
  for (const [name, markdown, html] of cases) test(name, () => assert.equal(shown(markdown), html));

  test('of every page all is read: no mark is left, and no word is lost', () => {
    const folder = new URL('../../docs/advisories/', import.meta.url);
    for (const file of readdirSync(folder)) {
      const markdown = readFileSync(new URL(file, folder), 'utf8');
      const html = shown(markdown);
      const text = html.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, '');
      assert.doesNotMatch(text, /\*\*|`|\]\(|^#|>- |>\|/m, file);
      const words = (from: string): string =>
        from.replace(/&[a-z#0-9]+;|<[^>]*>/g, ' ').replace(/[^\p{L}]+/gu, ' ');
      const read = words(html).split(' ');
      const missing = words(markdown.replace(/^# .*$|^```[a-z]*$|\]\([^)]*\)|[<>&]\w*|&/gm, ' '))
        .split(' ')
        .filter((word) => !read.includes(word));
      assert.deepEqual(missing, [], file);
    }
  });
});
