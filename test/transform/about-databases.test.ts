import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Step } from '../../src/model/job.ts';
import { planJob } from '../../src/transform/plan-job.ts';
import { batchStep, context, job, sqlStep } from '../job-builders.ts';

const stepConninfo = new Map([
  ['host', 'db1'],
  ['user', 'me'],
]);
const CODES = ['empty-database', 'empty-database-own', 'session-limit'];

/** A step of SQL in a database, or a script. */
type Given = readonly [database: string, sql: string] | string;

/** pgAgent is in "agent", pg_timetable in "app", on one server. */
function said(...steps: readonly Given[]): readonly string[] {
  const built = steps.map((given, index): Step => {
    const more = { id: index + 1, name: `s${index + 1}` };
    return typeof given === 'string'
      ? batchStep(given, more)
      : sqlStep({ ...more, code: given[1], connection: { kind: 'database', name: given[0] } });
  });
  const where = context({ source: { database: 'agent' }, options: { stepConninfo } });
  return planJob(job({ steps: built }), where)
    .advisories.filter(({ code }) => CODES.includes(code))
    .map(({ severity, code, stepId }) => `${severity} ${code} ${stepId}`);
}

describe('what needs a database without sessions', () => {
  const FOUND = ['warning empty-database 2'];
  const cases: readonly (readonly [string, readonly Given[], readonly string[]])[] = [
    [
      'a step before it was there',
      [
        ['old', 'SELECT 1'],
        ['app', 'DROP DATABASE old'],
      ],
      FOUND,
    ],
    [
      'with IF EXISTS',
      [
        ['old', 'SELECT 1'],
        ['app', 'DROP DATABASE IF EXISTS old'],
      ],
      FOUND,
    ],
    [
      'no step was there',
      [
        ['new', 'SELECT 1'],
        ['app', 'DROP DATABASE old'],
      ],
      [],
    ],
    [
      'only a later step is',
      [
        ['app', 'DROP DATABASE old'],
        ['old', 'SELECT 1'],
      ],
      [],
    ],
    [
      'it ends the sessions itself',
      [
        ['old', 'SELECT 1'],
        ['app', 'DROP DATABASE old WITH (FORCE)'],
      ],
      [],
    ],
    [
      'it renames',
      [
        ['old', 'SELECT 1'],
        ['app', 'ALTER DATABASE old RENAME TO older'],
      ],
      FOUND,
    ],
    [
      'it moves',
      [
        ['old', 'SELECT 1'],
        ['app', 'ALTER DATABASE old SET TABLESPACE slow'],
      ],
      FOUND,
    ],
    [
      'it copies',
      [
        ['old', 'SELECT 1'],
        ['app', 'CREATE DATABASE new TEMPLATE old'],
      ],
      FOUND,
    ],
    [
      'it makes a new one',
      [
        ['old', 'SELECT 1'],
        ['app', 'CREATE DATABASE new'],
      ],
      [],
    ],
    [
      'it sets another option',
      [
        ['old', 'SELECT 1'],
        ['app', 'ALTER DATABASE old SET work_mem = 1024'],
      ],
      [],
    ],
    ['pgAgent itself is there', [['app', 'DROP DATABASE agent']], ['warning empty-database 1']],
    [
      'pg_timetable itself is there',
      [
        ['old', 'SELECT 1'],
        ['old', 'DROP DATABASE app'],
      ],
      ['warning empty-database-own 2'],
    ],
    ['dropdb', [['old', 'SELECT 1'], 'dropdb -h db old && createdb old'], FOUND],
    ['dropdb --if-exists', [['old', 'SELECT 1'], 'dropdb --if-exists "old"'], FOUND],
    ['dropdb of another', [['old', 'SELECT 1'], 'dropdb old_copy; dropdb older'], []],
    ['dropdb --force', [['old', 'SELECT 1'], 'dropdb --force old'], []],
    ['psql', [['old', 'SELECT 1'], 'psql -c "DROP DATABASE old" postgres'], FOUND],
    ['psql with force', [['old', 'SELECT 1'], 'psql -c "DROP DATABASE old WITH (FORCE)" postgres'], []],
    [
      'psql over a variable',
      [['old', 'SELECT 1'], 'DB="old"\nexport X=y\npsql -c "DROP DATABASE IF EXISTS $DB" postgres'],
      FOUND,
    ],
    ['dropdb over several lines', [['old', 'SELECT 1'], `N=old;\ndropdb \\\n -h db \${N}`], FOUND],
    ['dropdb of another variable', [['old', 'SELECT 1'], 'DB=older\ndropdb $DB $X'], []],
    ['pg_restore that makes it anew', [['old', 'SELECT 1'], 'pg_restore -cC -d postgres /b/old.dump'], FOUND],
    [
      'pg_restore by long options',
      [['old', 'SELECT 1'], 'pg_restore --create --clean -d postgres old.dump'],
      FOUND,
    ],
    ['pg_restore that makes it', [['old', 'SELECT 1'], 'pg_restore -Fc -C -d postgres old.dump'], []],
    ['pg_restore into it', [['old', 'SELECT 1'], 'pg_restore -c -C -d old /b/other.dump'], []],
    [
      'by dblink',
      [
        ['old', 'SELECT 1'],
        ['app', "SELECT dblink_exec('dbname=postgres', 'DROP DATABASE old')"],
      ],
      FOUND,
    ],
    [
      'the words alone',
      [
        ['old', 'SELECT 1'],
        ['app', "SELECT 'DROP DATABASE old'"],
      ],
      [],
    ],
    [
      'a new one of template1, where a step was',
      [
        ['template1', 'SELECT 1'],
        ['app', 'CREATE DATABASE new'],
      ],
      FOUND,
    ],
    [
      'the sessions are ended first',
      [
        ['old', 'SELECT 1'],
        ['app', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'old'"],
        ['app', 'DROP DATABASE old'],
      ],
      [],
    ],
    [
      'a script ends the sessions, and drops it',
      [
        ['old', 'SELECT 1'],
        'psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity" -c "DROP DATABASE old" postgres',
      ],
      [],
    ],
    ['createdb', [['old', 'SELECT 1'], 'createdb -T old copy'], FOUND],
    ['a name as part of another', [['old', 'SELECT 1'], 'psql -c "DROP DATABASE old2"'], []],
  ];
  for (const [name, steps, expected] of cases) test(name, () => assert.deepEqual(said(...steps), expected));
});

describe('what limits who may connect', () => {
  const LATER = ['app', 'SELECT 1'] as const;
  for (const sql of [
    'ALTER DATABASE app ALLOW_CONNECTIONS false',
    'ALTER DATABASE app CONNECTION LIMIT 1',
    'ALTER ROLE me NOLOGIN',
    'ALTER ROLE me CONNECTION LIMIT 0',
    'REVOKE CONNECT ON DATABASE app FROM PUBLIC',
    'REVOKE ALL ON DATABASE app FROM PUBLIC',
  ])
    test(sql, () => {
      assert.deepEqual(said(['app', sql], LATER), ['warning session-limit 1']);
      assert.deepEqual(said(`psql -c "${sql}"`, LATER), ['warning session-limit 1'], 'in a script');
      assert.deepEqual(said(['app', sql], 'ls'), [], 'nobody connects after it');
      assert.deepEqual(said(LATER, ['app', sql]), []);
    });
  for (const sql of [
    'ALTER ROLE me SET work_mem = 1024',
    'GRANT CONNECT ON DATABASE app TO me',
    'REVOKE TEMP ON DATABASE app FROM me',
  ])
    test(`not ${sql}`, () => {
      assert.deepEqual(said(['app', sql], LATER), []);
      assert.deepEqual(said(`psql -c "${sql}"`, LATER), [], 'in a script');
    });
});
