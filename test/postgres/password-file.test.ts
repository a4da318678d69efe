import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { findPassword, lookUpPassword, type PasswordKey } from '../../src/postgres/password-file.ts';
import { unlessPosix } from '../posix.ts';

const KEY: PasswordKey = { host: 'db1', port: 5432, database: 'app', user: 'me' };

describe('a line of the password file', () => {
  const cases: readonly [fact: string, text: string, expected: string | null, key?: Partial<PasswordKey>][] =
    [
      ['fits by host, port, database and user', 'db1:5432:app:me:pw', 'pw'],
      ['may have jokers', '*:*:*:*:pw', 'pw'],
      ['of another host does not fit', 'db2:5432:app:me:pw', null],
      ['of another port does not fit', 'db1:5433:app:me:pw', null],
      ['of another database does not fit', 'db1:5432:app2:me:pw', null],
      ['of another user does not fit', 'db1:5432:app:you:pw', null],
      ['does not fit by a part of a name', 'db:5432:app:me:pw\ndb11:5432:app:me:pw', null],
      ['has no joker inside a name', 'db*:5432:app:me:pw', null],
      ['has no joker that is escaped', '\\*:5432:app:me:pw', null],
      ['compares capitals as such', 'DB1:5432:app:me:pw', null],
      ['compares ports letter by letter', 'db1:05432:app:me:pw', null],
      ['in front counts', 'db1:*:*:*:first\ndb1:*:*:*:second', 'first'],
      ['behind one that does not fit counts', 'db2:*:*:*:first\ndb1:*:*:*:second', 'second'],
      ['is none behind #', '#db1:*:*:*:pw', null],
      ['with a blank before # is read', ' #db1:*:*:*:pw', null],
      ['ends at a carriage return and a newline', 'db1:*:*:*:pw\r\n', 'pw'],
      ['keeps blanks', 'db1:*:*:*: p w ', ' p w '],
      ['has an escaped colon and backslash', 'db1:*:*:*:a\\:b\\\\c', 'a:b\\c'],
      ['has an escape before any character', 'd\\b1:*:*:*:a\\bc', 'abc'],
      ['keeps a backslash at the end', 'db1:*:*:*:a\\', 'a\\'],
      ['has no more than five fields', 'db1:*:*:*:pw:more', 'pw'],
      ['without a password does not fit', 'db1:*:*:*', null],
      ['with an empty password fits', 'db1:*:*:*:\ndb1:*:*:*:pw', ''],
      ['has an IPv6 address with escapes', '\\:\\:1:*:*:*:pw', 'pw', { host: '::1' }],
      [
        'says localhost for the usual folder of the socket',
        'localhost:*:*:*:pw',
        'pw',
        { host: '/var/run/postgresql' },
      ],
      ['says another folder as it is', '/srv/pg:*:*:*:pw', 'pw', { host: '/srv/pg' }],
      ['says localhost for no other folder', 'localhost:*:*:*:pw', null, { host: '/srv/pg' }],
      [
        'does not say the usual folder itself',
        '/var/run/postgresql:*:*:*:pw',
        null,
        { host: '/var/run/postgresql' },
      ],
      ['has a user with a colon', '*:*:*:a\\:b:pw', 'pw', { user: 'a:b' }],
    ];
  for (const [fact, text, expected, key] of cases)
    test(fact, () => assert.equal(findPassword(text, { ...KEY, ...key }), expected));
});

describe('the password file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pga2tt-'));
  const file = join(folder, 'pgpass');
  after(() => rmSync(folder, { recursive: true }));

  test('is read where only its owner may', () => {
    writeFileSync(file, '*:*:*:*:pw');
    for (const mode of [0o600, 0o400, 0o700]) {
      chmodSync(file, mode);
      assert.deepEqual(lookUpPassword(file, KEY), { kind: 'found', password: 'pw' });
    }
  });
  test('is passed over where anyone else has any right', { skip: unlessPosix }, () => {
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      chmodSync(file, mode);
      const found = lookUpPassword(file, KEY);
      assert.equal(found.kind, 'ignored');
      assert.match(found.kind === 'ignored' ? found.why : '', /others may read it/);
    }
  });
  test('is passed over where it is a folder', () =>
    assert.equal(lookUpPassword(folder, KEY).kind, 'ignored'));
  test('may be missing', () => assert.deepEqual(lookUpPassword(join(folder, 'none'), KEY), { kind: 'none' }));
});
