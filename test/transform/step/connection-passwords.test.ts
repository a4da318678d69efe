import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { context } from '../../job-builders.ts';
import { notes, plan, STEP_CONNINFO, written } from './planned-connection.ts';

const FILES = (conninfo: string): readonly string[] =>
  conninfo.includes('sslkey') ? ['warning connection-files'] : [];

describe('a password in a connection string', () => {
  for (const conninfo of [
    'host=h user=u dbname=d password=hunter22',
    'postgresql://u:hunter22@h/d',
    "host=h user=u dbname=d sslcert=/c sslkey=/k sslpassword='hunter22'",
  ]) {
    test(`is kept, is a warning, and is in no message: ${conninfo}`, () => {
      assert.match(written(conninfo), /hunter22/);
      assert.deepEqual(notes(conninfo), ['warning never-ran', ...FILES(conninfo), 'warning stored-password']);
      assert.doesNotMatch(JSON.stringify(plan(conninfo).advisories), /hunter22/);
    });
  }

  test('that needs quotes is quoted', () => {
    assert.match(written("host=h user=u dbname=d password='it\\'s \\\\ me'"), / password='it\\'s \\\\ me'$/);
  });
});

describe('--strip-passwords', () => {
  const strip = context({ options: { stripPasswords: true, stepConninfo: STEP_CONNINFO } });

  test('takes the password out, and says where the driver will look', () => {
    const conninfo = 'host=db1 port=5433 user=u dbname=d password=hunter22';
    assert.equal(written(conninfo, strip), 'host=db1 port=5433 user=u dbname=d');
    assert.deepEqual(notes(conninfo, strip), ['warning never-ran', 'info password-stripped']);
    assert.match(
      plan(conninfo, strip).advisories[1]?.message ?? '',
      /~\/\.pgpass .* begins with db1:5433:d:u:/,
    );
  });

  const entries: readonly (readonly [name: string, conninfo: string, entry: RegExp])[] = [
    ['the usual port', 'host=db1 user=u dbname=d', /with db1:5432:d:u:/],
    ['a Unix socket is localhost to the driver', 'host=/tmp user=u dbname=d', /with localhost:5432:d:u:/],
    ['localhost', 'host=localhost user=u dbname=d', /with localhost:5432:d:u:/],
    ['of several hosts the first', 'host=a,b port=1,2 user=u dbname=d', /with a:1:d:u:/],
    ['a colon is escaped', "host=::1 user='a:b' dbname='c\\\\d'", /with \\:\\:1:5432:c\\\\d:a\\:b:/],
    ['a file of its own', 'host=a user=u dbname=d passfile=/p', /in \/p of its own user/],
    ['a service says the rest', 'service=x user=u dbname=d', /in ~\/\.pgpass of its own user\.$/],
  ];
  for (const [name, conninfo, entry] of entries) {
    test(`the line of the password file: ${name}`, () => {
      const found = plan(`${conninfo} password=hunter22`, strip).advisories;
      assert.match(found.find(({ code }) => code === 'password-stripped')?.message ?? '', entry);
    });
  }

  test('that of a key leaves a key that must have none', () => {
    const conninfo = 'host=h user=u dbname=d sslcert=/c sslkey=/k sslpassword=hunter22';
    assert.doesNotMatch(written(conninfo, strip), /hunter22|sslpassword/);
    assert.match(JSON.stringify(plan(conninfo, strip).advisories), /sslkey names must have no password/);
  });

  test('that of --step-conninfo goes too', () => {
    const options = {
      stripPasswords: true,
      stepConninfo: new Map([...STEP_CONNINFO, ['password', 'hunter22']]),
    };
    assert.equal(written('dbname=d', context({ options })), 'host=db1 port=5433 user=runner dbname=d');
  });

  test('without a password there is nothing to say', () => {
    assert.deepEqual(notes('host=h user=u dbname=d', strip), []);
  });

  test('what looks like one in another keyword is an error: it cannot be taken out', () => {
    const conninfo = 'host=h user=u dbname=d options=-capp.api_token=hunter22';
    assert.equal(written(conninfo, strip), 'error password-not-stripped');
    assert.match(written(conninfo), /hunter22/);
    assert.deepEqual(notes(conninfo), ['warning stored-password']);
  });
});
