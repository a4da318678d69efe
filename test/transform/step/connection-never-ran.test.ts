import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planConnection } from '../../../src/transform/step/connection.ts';
import { codes, context } from '../../job-builders.ts';
import { COMPLETED, notes, plan, written } from './planned-connection.ts';

describe('what pgAgent could not connect with comes to life: a warning', () => {
  const cases: readonly [string, string][] = [
    ['a database name with a space', "host=h user=u dbname='my db'"],
    ['a URI with %20', 'postgresql://u@h/my%20db'],
    ['quoted options', "host=h user=u dbname=d options='-c work_mem=7MB'"],
    ['a name that begins with a quote', "host=h user=u dbname='\\'x'"],
    ['a backslash', "host=h user=u dbname='a\\\\b'"],
    // What is empty takes the next keyword for its value.
    ['no port', "host=h port='' user=u dbname=d"],
    ['no timeout', "host=h user=u dbname=d connect_timeout=''"],
    ['no sslmode', "host=h user=u dbname=d sslmode=''"],
  ];
  for (const [name, conninfo] of cases) {
    test(name, () => assert.deepEqual(notes(conninfo), ['warning never-ran']));
  }

  for (const [name, where] of [
    ["in pg_timetable's own database", context({ target: { database: 'my db' } })],
    ['in another one', COMPLETED],
  ] as const) {
    test(`a step with only a database name that holds a space, ${name}`, () => {
      const fate = planConnection({ kind: 'database', name: 'my db' }, { stepId: 1 }, where);
      assert.equal(fate.kind, 'connects');
      assert.deepEqual(codes(fate.advisories), ['never-ran']);
    });
  }

  // Each run by pgAgent 4.2.2: success.
  for (const conninfo of [
    "host='h' user='u' dbname='d'",
    "host=h user=o\\'brien dbname=d",
    "host=h user=u dbname='it\\'s'",
    'host=h user=u dbname=a=b',
    "host=h user=u dbname=d application_name=it\\'s",
    "host=h user=u dbname=d application_name='a\\\\b'",
    "host=h user=u dbname=d application_name='x host=h'",
    "host=h user=u dbname=d application_name=''",
    "host=h user=u dbname=d password=''",
    "host=h user=u dbname=d sslsni=''",
    'host=h user=u dbname=d options=-cwork_mem=7MB',
    'host=h\nuser=u\ndbname=d',
  ]) {
    test(`what did connect is none of it: ${conninfo}`, () => assert.deepEqual(notes(conninfo), []));
  }

  test('a database name with a quote in it did connect', () => {
    const fate = planConnection({ kind: 'database', name: "it's" }, { stepId: 1 }, COMPLETED);
    assert.deepEqual(fate.advisories, []);
  });

  test('the keywords that were lost are named', () => {
    const [advisory] = plan("host=h user=u dbname='my db' options='-c a=1'").advisories;
    assert.match(advisory?.message ?? '', /\(dbname, options\)/);
  });

  test('a password needs quotes or is sent as *****: one warning, which says which', () => {
    const message = (conninfo: string): string => {
      const found = plan(conninfo).advisories.filter(({ code }) => code === 'never-ran');
      assert.equal(found.length, 1);
      return found[0]?.message ?? '';
    };
    assert.match(message("host=h user=u dbname=d password='a b'"), /without quotes/);
    assert.match(message('host=h user=u dbname=d password=ab'), /4\.2\.2 sends \*{5}/);
  });

  test('a keyword that only a later libpq knows', () => {
    assert.deepEqual(notes('service=x servicefile=/s'), ['warning never-ran', 'warning connection-files']);
    assert.equal(written('service=x servicefile=/s'), 'service=x servicefile=/s');
  });
});
