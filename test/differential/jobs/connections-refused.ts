import type { DifferentialJob } from '../differential-job.ts';
import { ARCHIVE, ARRIVED, arrive, reaches, WHERE } from './connections.ts';

/** A step that pgAgent cannot connect for; pg_timetable can. */
const neverRan = (
  id: string,
  what: string,
  conninfo: string,
  expression: string,
  arrived: string,
): DifferentialJob => ({
  id,
  what,
  archive: ARCHIVE,
  steps: [{ name: '1', code: arrive(expression), conninfo, ends: 'failed' }],
  after: { end: 'failed', archiveRows: { [ARRIVED]: [] } },
  differs: {
    advisory: 'never-ran',
    step: '1',
    underTimetable: { end: 'succeeded', ends: { '1': 'ok' }, archiveRows: { [ARRIVED]: [arrived] } },
  },
});

/** What pgAgent could not connect with, and passwords. */
export const REFUSED_CONNECTION_JOBS: readonly DifferentialJob[] = [
  reaches(
    'password-where-none-is-asked',
    'a password in the connection string where the server asks for none',
    'host={host} port={port} user=loader password=S3cret dbname={archive}',
    WHERE,
    '{archive} as loader',
    ['stored-password', 'never-ran'],
  ),
  neverRan(
    'quoted-application-name',
    'an application name of two words, which pgAgent passes on without quotes',
    "host={host} port={port} user=postgres dbname={archive} application_name='two words'",
    "current_setting('application_name')",
    'two words',
  ),
  neverRan(
    'quoted-options',
    'options of two words',
    "host={host} port={port} user=postgres dbname={archive} options='-c work_mem=7MB'",
    "current_setting('work_mem')",
    '7MB',
  ),
  neverRan(
    'quoted-user',
    'a user with a blank and a quote in the name',
    "host={host} port={port} user='joe\\'s desk' dbname={archive}",
    WHERE,
    "{archive} as joe's desk",
  ),
  neverRan(
    'quoted-user-in-uri',
    'the same user in a URI',
    "postgresql://joe's%20desk@127.0.0.1:{port}/{archive}",
    WHERE,
    "{archive} as joe's desk",
  ),
  {
    id: 'database-with-a-blank',
    what: 'a database with a blank and a quote in its name',
    archive: ARCHIVE,
    archiveSuffix: " joe's old things",
    steps: [{ name: '1', code: arrive(WHERE), database: '{archive}', ends: 'failed' }],
    after: { end: 'failed', archiveRows: { [ARRIVED]: [] } },
    differs: {
      advisory: 'never-ran',
      step: '1',
      underTimetable: {
        end: 'succeeded',
        ends: { '1': 'ok' },
        archiveRows: { [ARRIVED]: ['{archive} as postgres'] },
      },
    },
  },
  {
    id: 'password',
    what: 'a password that the server asks for: pgAgent 4.2.2 sends stars in its place',
    archive: ARCHIVE,
    steps: [
      {
        name: '1',
        code: arrive(WHERE),
        conninfo: 'host={host} port={port} user=guarded password=S3cret dbname={archive}',
        ends: 'failed',
      },
    ],
    after: { end: 'failed', archiveRows: { [ARRIVED]: [] } },
    advisories: ['stored-password'],
    differs: {
      advisory: 'never-ran',
      step: '1',
      underTimetable: {
        end: 'succeeded',
        ends: { '1': 'ok' },
        archiveRows: { [ARRIVED]: ['{archive} as guarded'] },
      },
    },
  },
  {
    id: 'password-file',
    what: 'a password from a file that the connection string names, and one that is in no file',
    archive: ARCHIVE,
    steps: [
      {
        name: '1',
        kind: 'b',
        code: `umask 077; printf '%s\\n' '# who may' '{host}:{port}:*:somebody:x' '*:*:*:guarded:S3cret' > '{dir}/pgpass'`,
      },
      {
        name: '2',
        code: arrive(WHERE),
        conninfo: 'host={host} port={port} user=guarded dbname={archive} passfile={dir}/pgpass',
      },
      { name: '3', kind: 'b', code: `rm '{dir}/pgpass'` },
      {
        name: '4',
        code: 'SELECT 1',
        conninfo: 'host={host} port={port} user=guarded dbname={db} passfile={dir}/pgpass',
        ends: 'failed',
      },
    ],
    after: { end: 'failed', archiveRows: { [ARRIVED]: ['{archive} as guarded'] } },
    advisories: ['stored-password', 'connection-files'],
  },
];
