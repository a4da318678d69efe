import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureText } from '../../src/cli/failure-text.ts';

test('details stand between what happened and what to do, each on a line of its own', () => {
  assert.equal(
    failureText('What.', 'Do.', ['one', 'two']),
    'pga2timetable: What.\n  - one\n  - two\n  Do.\n',
  );
  assert.equal(failureText('What.', 'Do.'), 'pga2timetable: What.\n  Do.\n');
});

test('no part of it obeys, breaks a line or shows a password', () => {
  const nasty = 'a\u001b[31m\nb password=open';
  const text = failureText(nasty, nasty, [nasty]);
  assert.equal(text.split('\n').length, 4);
  assert.equal(text.match(/a\\e\[31m\\nb password=\*{5}/g)?.length, 3);
});
