import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { parseServiceFile } from '../../src/postgres/service-file.ts';

function read(text: string, name = 'app'): Record<string, string> | null {
  const found = parseServiceFile(text, name, 'services');
  return found === null ? null : Object.fromEntries(found);
}

describe('a service file', () => {
  const cases: readonly [fact: string, text: string, expected: Record<string, string> | null][] = [
    ['has the settings below the name', '[app]\nhost=db1\nport=5433', { host: 'db1', port: '5433' }],
    ['ends them at the next name', '[app]\nhost=db1\n[other]\nport=5433', { host: 'db1' }],
    [
      'is passed over up to the name',
      'what=ever\nno setting\n[other]\nhost=db2\n[app]\nhost=db1',
      { host: 'db1' },
    ],
    ['lacks the service', '[other]\nhost=db2', null],
    ['has nothing in it', '', null],
    ['knows the service without any setting', '[app]\n', {}],
    ['has blanks around lines', '  [app]  \n\thost=db1 \r\n', { host: 'db1' }],
    ['has comments and empty lines', '[app]\n\n# host=db2\n  #x\nhost=db1', { host: 'db1' }],
    ['takes a value as it is', "[app]\npassword='a b\\'=c # d", { password: "'a b\\'=c # d" }],
    ['has an empty value', '[app]\npassword=', { password: '' }],
    ['takes the first of a keyword twice', '[app]\nhost=db1\nhost=db2', { host: 'db1' }],
    ['takes the first of a service twice', '[app]\nhost=db1\n[app]\nport=1', { host: 'db1' }],
    ['knows names in capitals as others', '[APP]\nhost=db1', null],
    ['knows no part of a name', '[app2]\nhost=db1\n[ap]\nhost=db2', null],
    ['passes over what stands behind the name', '[app] # mine\nhost=db1', { host: 'db1' }],
  ];
  for (const [fact, text, expected] of cases) test(fact, () => assert.deepEqual(read(text), expected));
});

describe('a line that libpq would not read is refused by its number, without its text', () => {
  const cases: readonly [fact: string, line: string, RegExp][] = [
    ['a word', 'hunter2', /no setting in line 3 of the service file services/],
    ['a blank before =', 'password =hunter2', /line 3/],
    ['a service in a service', 'service=hunter2', /line 3/],
    ['a look-up in LDAP', 'ldap://hunter2/dc=x', /LDAP \(line 3/],
  ];
  for (const [fact, line, expected] of cases) {
    test(fact, () => {
      assert.throws(
        () => read(`# x\n[app]\n${line}`),
        (error: unknown) => {
          assert.ok(error instanceof Failure && error.code === 'usage');
          assert.match(error.message, expected);
          assert.ok(!`${error.message} ${error.remedy}`.includes('hunter2'));
          return true;
        },
      );
    });
  }
});
