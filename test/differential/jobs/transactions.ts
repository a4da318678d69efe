import { type DifferentialJob, psql, write } from '../differential-job.ts';

const IN_PIECES = `CREATE PROCEDURE in_pieces(pieces int) LANGUAGE plpgsql AS $$
  BEGIN
    FOR piece IN 1..pieces LOOP
      INSERT INTO seen (what) VALUES ('piece ' || piece);
      COMMIT;
    END LOOP;
    INSERT INTO seen (what) VALUES ('taken back');
    ROLLBACK;
  END $$`;
const TIMES = 'SELECT count(DISTINCT at), count(DISTINCT id) FROM times';

/** Where transactions and sessions begin and end. */
export const TRANSACTION_JOBS: readonly DifferentialJob[] = [
  {
    id: 'call-commits',
    what: 'a procedure that commits and rolls back by itself',
    setup: IN_PIECES,
    steps: [{ name: '1', code: 'CALL in_pieces(3)' }],
    after: { seen: ['piece 1', 'piece 2', 'piece 3'] },
  },
  {
    id: 'call-commits-then-fails',
    what: 'what a procedure has committed stays when it fails',
    setup: `CREATE PROCEDURE half() LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO seen (what) VALUES ('kept'); COMMIT; INSERT INTO seen (what) VALUES ('lost'); PERFORM 1 / 0; END $$`,
    steps: [{ name: '1', code: 'CALL half()', ends: 'failed' }],
    after: { end: 'failed', seen: ['kept'] },
  },
  {
    id: 'do-commits',
    what: 'a DO block that commits',
    steps: [
      {
        name: '1',
        code: `DO LANGUAGE plpgsql $$
          BEGIN
            FOR n IN 1..3 LOOP
              INSERT INTO seen (what) VALUES (n::text);
              IF n % 2 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
            END LOOP;
          END $$`,
      },
    ],
    inOneTransaction: { leftOut: 'refused-in-transaction' },
    after: { seen: ['1', '3'] },
  },
  {
    id: 'call-beside-another-statement',
    what: 'a procedure that commits fails when its text holds another statement',
    setup: IN_PIECES,
    steps: [{ name: '1', code: 'SELECT 1; CALL in_pieces(1)', ends: 'failed' }],
    after: { end: 'failed' },
  },
  {
    id: 'begin-commit',
    what: 'explicit transactions inside a step, and statements behind them',
    steps: [
      { name: '1', code: `BEGIN; ${write('committed')}; COMMIT; ${write('and after')}` },
      { name: '2', code: `BEGIN; ${write('taken back')}; ROLLBACK` },
      {
        name: '3',
        code: `START TRANSACTION ISOLATION LEVEL SERIALIZABLE; SAVEPOINT a; ${write('to a')}; ROLLBACK TO a; ${write('kept')}; END`,
      },
    ],
    after: { seen: ['committed', 'and after', 'kept'] },
  },
  {
    id: 'commit-in-the-middle',
    what: 'COMMIT without BEGIN ends the implicit transaction, an error takes back only what is behind it',
    steps: [
      {
        name: '1',
        code: `${write('before')}; COMMIT; ${write('lost')}; SELECT 1 / 0; ${write('never')}`,
        ends: 'failed',
      },
    ],
    after: { end: 'failed', seen: ['before'] },
  },
  {
    id: 'begin-left-open',
    what: 'a transaction left open',
    steps: [{ name: '1', code: `BEGIN; ${write('left open')}` }],
    after: { seen: [] },
    advisories: ['open-transaction'],
  },
  {
    id: 'begin-left-open-for-the-next-step',
    what: 'a transaction left open for the next step to end',
    steps: [
      { name: '1', code: `BEGIN; ${write('left open')}` },
      { name: '2', code: 'COMMIT' },
    ],
    after: { seen: ['left open'] },
    differs: { advisory: 'open-transaction', step: '1', underTimetable: { seen: [] } },
  },
  {
    id: 'begin-fails-half-way',
    what: 'an explicit transaction that fails half-way is still there for the next step under pgAgent',
    steps: [
      { name: '1', code: `BEGIN; ${write('lost')}; SELECT 1 / 0; COMMIT`, onError: 'i', ends: 'failed' },
      { name: '2', code: write('next'), ends: 'failed' },
    ],
    after: { end: 'failed' },
    differs: {
      advisory: 'explicit-transaction',
      step: '1',
      underTimetable: { end: 'succeeded', ends: { '2': 'ok' }, seen: ['next'] },
    },
  },
  {
    id: 'error-in-the-middle',
    what: 'several statements are one implicit transaction: an error takes all of them back',
    steps: [
      { name: '1', code: write('step before') },
      { name: '2', code: `${write('lost')}; SELECT 1 / 0; ${write('never')}`, ends: 'failed' },
      { name: '3', code: write('never'), ends: 'not run' },
    ],
    inOneTransaction: { does: { seen: [] } },
    after: { end: 'failed', seen: ['step before'] },
  },
  {
    id: 'deferred-constraint',
    what: 'a deferred constraint is checked when the step ends',
    setup: 'CREATE TABLE once (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
    steps: [
      { name: '1', code: 'INSERT INTO once VALUES (1); INSERT INTO once VALUES (1); DELETE FROM once' },
      { name: '2', code: 'INSERT INTO once VALUES (2), (2)', ends: 'failed' },
      { name: '3', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed', rows: { 'SELECT count(*) FROM once': ['0'] } },
  },
  {
    id: 'each-step-its-own-time',
    what: 'now() and the transaction number are each step’s own',
    setup: 'CREATE TABLE times (at timestamptz DEFAULT now(), id xid8 DEFAULT pg_current_xact_id())',
    steps: [
      { name: '1', code: 'INSERT INTO times DEFAULT VALUES; INSERT INTO times DEFAULT VALUES' },
      { name: '2', code: 'INSERT INTO times DEFAULT VALUES' },
    ],
    inOneTransaction: { does: { rows: { [TIMES]: ['1|1'] } } },
    after: { rows: { [TIMES]: ['2|2'] } },
  },
  {
    id: 'seen-by-others',
    what: 'what a step did is there for other connections while the next step runs',
    steps: [
      { name: '1', code: 'CREATE TABLE shared AS SELECT 7 AS a' },
      {
        name: '2',
        kind: 'b',
        code: psql('INSERT INTO seen (what) SELECT a::text FROM shared'),
      },
      { name: '3', code: `${write('and back')}; DROP TABLE shared` },
    ],
    after: { seen: ['7', 'and back'] },
  },
];
