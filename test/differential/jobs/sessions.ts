import { type DifferentialJob, write } from '../differential-job.ts';

/** What a step leaves in its session, and whether the next one finds it. */
export const SESSION_JOBS: readonly DifferentialJob[] = [
  {
    id: 'search-path-in-one-step',
    what: 'SET search_path and calls in one step',
    setup: `CREATE SCHEMA other; CREATE FUNCTION other.greet() RETURNS text LANGUAGE sql AS $$ SELECT 'from other' $$`,
    steps: [
      {
        name: '1',
        code: 'SET search_path = other, public; INSERT INTO seen (what) SELECT greet(); RESET search_path',
      },
      {
        name: '2',
        code: 'SET LOCAL search_path = other, public; INSERT INTO seen (what) SELECT greet()',
      },
    ],
    inOneTransaction: 'same',
    after: { seen: ['from other', 'from other'] },
  },
  {
    id: 'settings-do-not-last',
    what: 'SET in one step is not there in the next, but for the name of a custom setting',
    steps: [
      { name: '1', code: "SET work_mem = '77MB'; SET application.actor = 'x'" },
      {
        name: '2',
        code: "INSERT INTO seen (what) VALUES (current_setting('work_mem')), (coalesce(current_setting('application.actor', true), 'unknown'))",
      },
    ],
    inOneTransaction: { does: { seen: ['77MB', 'x'] } },
    after: { seen: ['4MB', ''] },
    differs: { advisory: 'shared-session', underTimetable: { seen: ['4MB', 'unknown'] } },
  },
  {
    id: 'set-role',
    what: 'SET ROLE in one step, and who the next one is',
    steps: [
      { name: '1', code: 'SET ROLE reader; INSERT INTO seen (what) SELECT current_user' },
      { name: '2', code: 'INSERT INTO seen (what) SELECT current_user' },
    ],
    inOneTransaction: 'same',
    after: { seen: ['reader', 'reader'] },
    differs: { advisory: 'shared-session', underTimetable: { seen: ['reader', 'postgres'] } },
  },
  {
    id: 'set-session-authorization',
    what: 'SET SESSION AUTHORIZATION in one step, and who the next one is',
    steps: [
      { name: '1', code: 'SET SESSION AUTHORIZATION reader; INSERT INTO seen (what) SELECT session_user' },
      { name: '2', code: 'INSERT INTO seen (what) SELECT session_user' },
    ],
    inOneTransaction: 'same',
    after: { seen: ['reader', 'reader'] },
    differs: { advisory: 'shared-session', underTimetable: { seen: ['reader', 'postgres'] } },
  },
  {
    id: 'temporary-table',
    what: 'a temporary table for the next step',
    steps: [
      { name: '1', code: 'CREATE TEMP TABLE kept AS SELECT 1 AS a' },
      { name: '2', code: "INSERT INTO seen (what) SELECT 'kept ' || a FROM kept" },
    ],
    inOneTransaction: 'same',
    after: { seen: ['kept 1'] },
    differs: {
      advisory: 'shared-session',
      underTimetable: { end: 'failed', ends: { '2': 'failed' }, seen: [] },
    },
  },
  {
    id: 'temporary-table-in-one-step',
    what: 'a temporary table that one step makes and uses',
    steps: [
      {
        name: '1',
        code: `CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT 1 AS a; INSERT INTO seen (what) SELECT 'mine ' || a FROM mine`,
      },
      { name: '2', code: write('behind') },
    ],
    inOneTransaction: 'same',
    after: { seen: ['mine 1', 'behind'] },
  },
  {
    id: 'prepared-statement',
    what: 'a prepared statement for the next step',
    steps: [
      { name: '1', code: 'PREPARE insertion (text) AS INSERT INTO seen (what) VALUES ($1)' },
      { name: '2', code: "EXECUTE insertion ('prepared')" },
    ],
    inOneTransaction: 'same',
    after: { seen: ['prepared'] },
    differs: {
      advisory: 'shared-session',
      underTimetable: { end: 'failed', ends: { '2': 'failed' }, seen: [] },
    },
  },
  {
    id: 'session-lock',
    what: 'a session advisory lock that the next step gives back',
    steps: [
      { name: '1', code: 'SELECT pg_advisory_lock(42)' },
      { name: '2', code: 'INSERT INTO seen (what) SELECT pg_advisory_unlock(42)::text' },
    ],
    inOneTransaction: 'same',
    after: { seen: ['true'] },
    differs: { advisory: 'shared-session', underTimetable: { seen: ['false'] } },
  },
  {
    id: 'cursor-with-hold',
    what: 'a cursor held for the next step',
    steps: [
      { name: '1', code: 'DECLARE held CURSOR WITH HOLD FOR SELECT 1' },
      { name: '2', code: 'FETCH held' },
    ],
    inOneTransaction: 'same',
    after: {},
    differs: { advisory: 'shared-session', underTimetable: { end: 'failed', ends: { '2': 'failed' } } },
  },
  {
    id: 'sequence-currval',
    what: 'currval() of what the step before drew',
    setup: 'CREATE SEQUENCE drawn',
    steps: [
      { name: '1', code: "SELECT nextval('drawn')" },
      { name: '2', code: "INSERT INTO seen (what) SELECT currval('drawn')::text" },
    ],
    inOneTransaction: 'same',
    after: { seen: ['1'] },
    differs: {
      advisory: 'shared-session',
      underTimetable: { end: 'failed', ends: { '2': 'failed' }, seen: [] },
    },
  },
];
