import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeIn, PAGES, partsOf } from './page.ts';
import { sourceMessages } from './source-messages.ts';

const MESSAGES = sourceMessages();
/** From here on the page quotes another program. */
const OF_OTHERS = '## In the log of pg_timetable';

/** What docs/troubleshooting.md quotes of the tool: in its headings, and as the reasons of its tables. */
function quoted(): readonly string[] {
  const page = PAGES.find(({ file }) => file === 'docs/troubleshooting.md');
  assert.ok(page);
  const [own = ''] = page.text.split(OF_OTHERS);
  return partsOf({ ...page, text: own }).elements.flatMap((element) =>
    /^(?:### |\| |`Cannot)/.test(element.text) ? codeIn({ ...element, text: firstOf(element.text) }) : [],
  );
}

function firstOf(text: string): string {
  return text.startsWith('|') ? (text.split(' | ')[0] ?? '') : text.replace(/^((?:### )?`[^`]*`).*/, '$1');
}

const isOfSource = (message: string): boolean => MESSAGES.some((pattern) => pattern.test(message));

test('a message counts as one of the source only with its own words', () => {
  assert.ok(isOfSource('The database "shop" has no schema pgagent.'));
  assert.ok(!isOfSource('The database "shop" has no schema pgagents.'));
  assert.ok(isOfSource('the plan has 2 warnings'));
  assert.ok(isOfSource('the plan has a warning'));
  assert.ok(!isOfSource('the plan has 2 warning'));
  assert.ok(!isOfSource('Something that no file says in these words.'));
});

test('every message that docs/troubleshooting.md quotes is one of the source', () => {
  const messages = quoted();
  assert.ok(messages.length >= 40, String(messages.length));
  assert.deepEqual(
    messages.filter((message) => !isOfSource(message)),
    [],
  );
});
