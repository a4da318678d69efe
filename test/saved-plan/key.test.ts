import assert from 'node:assert/strict';
import { createHmac, scryptSync } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { keyPlace, readPlanKey } from '../../src/saved-plan/key.ts';
import { unlessPosix } from '../posix.ts';

const folder = mkdtempSync(join(tmpdir(), 'pga2tt-key-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
/** A place of its own, with a key file of this text. */
function place(text: string | null = null): { file: string; environment: { XDG_STATE_HOME: string } } {
  const state = join(folder, String(++count));
  const file = join(state, 'pga2timetable', 'plan.key');
  if (text !== null) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
  }
  return { file, environment: { XDG_STATE_HOME: state } };
}

const HEX = 'ab'.repeat(32);

describe('a key in words', () => {
  test('has sixteen characters at least', () => {
    assert.throws(() => keyPlace({ PGA2TIMETABLE_PLAN_KEY: 'x'.repeat(15) }), /too short/);
    assert.deepEqual(keyPlace({ PGA2TIMETABLE_PLAN_KEY: 'x'.repeat(16) }), {
      kind: 'words',
      words: 'x'.repeat(16),
    });
  });

  test('is not repeated where it is too short', () => {
    assert.throws(
      () => keyPlace({ PGA2TIMETABLE_PLAN_KEY: 'sesame' }),
      (error: Failure) => !`${error.message}${error.remedy}`.includes('sesame'),
    );
  });

  test('is stretched by scrypt, and makes HMAC-SHA-256', () => {
    const words = 'open sesame, please';
    const key = scryptSync(words, 'pga2timetable plan key', 32);
    const expected = createHmac('sha256', key).update('text').digest('hex');
    assert.equal(readPlanKey({ kind: 'words', words }, false).digest('text'), expected);
  });

  test('has an id that another one has not', () => {
    const [one, same, other] = ['open sesame, please', 'open sesame, please', 'open sesame, pleasE'].map(
      (words) => readPlanKey({ kind: 'words', words }, false).id,
    );
    assert.equal(one, same);
    assert.notEqual(one, other);
    assert.match(one ?? '', /^[\da-f]{16}$/);
  });
});

describe('where the key file is', { skip: unlessPosix }, () => {
  const cases: readonly (readonly [string, Record<string, string>, string])[] = [
    ['below XDG_STATE_HOME', { XDG_STATE_HOME: '/s', HOME: '/h' }, '/s/pga2timetable/plan.key'],
    ['below HOME', { HOME: '/h' }, '/h/.local/state/pga2timetable/plan.key'],
    [
      'not below a relative path',
      { XDG_STATE_HOME: 's', HOME: '/h' },
      '/h/.local/state/pga2timetable/plan.key',
    ],
    [
      'not where words are empty',
      { PGA2TIMETABLE_PLAN_KEY: '', HOME: '/h' },
      '/h/.local/state/pga2timetable/plan.key',
    ],
  ];
  for (const [name, environment, file] of cases) {
    test(name, () => assert.deepEqual(keyPlace(environment), { kind: 'file', file }));
  }
});

describe('a key file', () => {
  test('is made at need, for its owner alone, and read again', () => {
    const { file, environment } = place();
    assert.throws(() => readPlanKey(keyPlace(environment), false), /there is no/);
    const made = readPlanKey(keyPlace(environment), true);
    if (!unlessPosix) assert.equal(statSync(file).mode & 0o777, 0o600);
    if (!unlessPosix) assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
    assert.match(readFileSync(file, 'utf8'), /^[\da-f]{64}\n$/);
    assert.deepEqual(readdirSync(dirname(file)), ['plan.key']);
    for (const mayMake of [true, false])
      assert.equal(readPlanKey(keyPlace(environment), mayMake).id, made.id);
  });

  test('holds 32 bytes in hex, which are the key', () => {
    const { environment } = place(`${HEX}\n`);
    const expected = createHmac('sha256', Buffer.from(HEX, 'hex')).update('text').digest('hex');
    assert.equal(readPlanKey(keyPlace(environment), false).digest('text'), expected);
  });

  test('is of no use through a link', { skip: unlessPosix }, () => {
    const { file: real } = place(HEX);
    const { file, environment } = place(HEX);
    rmSync(file);
    symlinkSync(real, file);
    assert.throws(() => readPlanKey(keyPlace(environment), true), /symbolic link/);
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    symlinkSync(dirname(real), join(linked, 'pga2timetable'));
    assert.throws(() => readPlanKey(keyPlace({ XDG_STATE_HOME: linked }), true), /symbolic link/);
  });

  for (const mode of [0o640, 0o604, 0o620]) {
    test(`is of no use where others have rights: ${mode.toString(8)}`, { skip: unlessPosix }, () => {
      const { file, environment } = place(HEX);
      chmodSync(file, mode);
      assert.throws(() => readPlanKey(keyPlace(environment), true), /by others/);
    });
  }

  test('is of no use where others may replace it', { skip: unlessPosix }, () => {
    const { file, environment } = place(HEX);
    chmodSync(dirname(file), 0o770);
    assert.throws(() => readPlanKey(keyPlace(environment), true), /by others/);
  });

  // Only root can give a file to somebody else.
  if (process.getuid?.() === 0)
    test('is of no use where it is somebody else’s', () => {
      const { file, environment } = place(HEX);
      chownSync(file, 65_534, 65_534);
      assert.throws(() => readPlanKey(keyPlace(environment), true), /another user/);
    });

  for (const text of ['', HEX.slice(1), `${HEX}0`, 'open sesame, please', HEX.toUpperCase()]) {
    test(`is of no use with another text: ${JSON.stringify(text.slice(-20))}`, () => {
      const { environment } = place(text);
      assert.throws(
        () => readPlanKey(keyPlace(environment), true),
        (error: unknown) => error instanceof Failure && /holds no key/.test(error.message),
      );
    });
  }

  test('that is a folder, or cannot be made, is a failure in plain words', { skip: unlessPosix }, () => {
    const { file, environment } = place(HEX);
    rmSync(file);
    mkdirSync(file);
    assert.throws(() => readPlanKey(keyPlace(environment), true), Failure);
    assert.throws(() => readPlanKey(keyPlace({ XDG_STATE_HOME: '/dev/null' }), true), Failure);
  });
});
