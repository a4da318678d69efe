import { type DifferentialJob, write } from '../differential-job.ts';

const WIDE = 'CREATE TABLE wide AS SELECT generate_series(1, 1000) AS a';

/** A megabyte of statements that each do a little. */
const MEGABYTE = Array.from({ length: 10_000 }, (_, n) => `SELECT ${n}, '${'x'.repeat(90)}' /* ; */;`).join(
  '\n',
);

/** What one SQL step may say. */
export const SQL_JOBS: readonly DifferentialJob[] = [
  {
    id: 'copy-from-stdin',
    what: 'COPY FROM STDIN counts as done under pgAgent, and waits for ever under pg_timetable',
    steps: [
      { name: '1', code: 'COPY seen (what) FROM STDIN' },
      { name: '2', code: write('behind') },
    ],
    after: { seen: ['behind'] },
    differs: {
      advisory: 'copy-from-stdin',
      step: '1',
      underTimetable: { end: 'hangs', ends: { '1': 'not run', '2': 'not run' }, seen: [] },
    },
  },
  {
    id: 'copy-to-stdout',
    what: 'COPY TO STDOUT, whose rows nobody reads, and a statement behind it',
    setup: WIDE,
    steps: [
      { name: '1', code: 'COPY wide TO STDOUT' },
      { name: '2', code: `COPY wide TO STDOUT; ${write('in the same text')}` },
      { name: '3', code: write('behind') },
    ],
    after: { seen: ['in the same text', 'behind'] },
  },
  {
    id: 'comments-only',
    what: 'a text of comments fails under pgAgent, and is a success that does nothing under pg_timetable',
    steps: [
      { name: '1', code: '-- nothing yet\n/* nor /* here */ */ ;', ends: 'failed' },
      { name: '2', code: write('behind'), ends: 'not run' },
    ],
    after: { end: 'failed' },
    differs: {
      advisory: 'comment-only',
      step: '1',
      underTimetable: { end: 'succeeded', ends: { '1': 'ok', '2': 'ok' }, seen: ['behind'] },
    },
  },
  {
    id: 'blank-text',
    what: 'a text of blanks fails',
    steps: [
      { name: '1', code: ' \n\t', onError: 'i', ends: 'failed' },
      { name: '2', code: '', ends: 'failed' },
    ],
    after: { end: 'failed' },
    advisories: ['empty-sql'],
  },
  {
    id: 'notify-listen-notice',
    what: 'NOTIFY, LISTEN, UNLISTEN and RAISE at each level that goes on',
    steps: [
      { name: '1', code: "NOTIFY channel, 'done'; LISTEN channel; NOTIFY channel; UNLISTEN *" },
      {
        name: '2',
        code: `DO $$BEGIN
          RAISE DEBUG 'd'; RAISE LOG 'l'; RAISE INFO 'i'; RAISE NOTICE 'n'; RAISE WARNING 'w';
          ${write('raised')};
        END$$`,
      },
      { name: '3', code: "SELECT pg_notify('channel', 'again')" },
    ],
    after: { seen: ['raised'] },
  },
  {
    id: 'guard-raises',
    what: "an owner's first step that raises an exception stops the job",
    steps: [
      {
        name: '1 - check',
        code: `DO $$BEGIN
          IF pg_postmaster_start_time() > now() - interval '1 year' THEN RAISE EXCEPTION 'server has just started'; END IF;
        END$$`,
        ends: 'failed',
      },
      { name: '2 - work', code: write('never'), ends: 'not run' },
    ],
    after: { end: 'failed' },
  },
  {
    id: 'guard-passes',
    what: 'the same step lets the job go on',
    steps: [
      {
        name: '1 - check',
        code: "DO $$BEGIN IF pg_is_in_recovery() THEN RAISE EXCEPTION 'this is a replica'; END IF; END$$",
      },
      { name: '2 - work', code: write('worked') },
    ],
    inOneTransaction: 'same',
    after: { seen: ['worked'] },
  },
  {
    id: 'exception-block',
    what: 'a DO block that handles its errors',
    steps: [
      {
        name: '1',
        code: `DO $body$
          DECLARE r record;
          BEGIN
            FOR r IN SELECT unnest(ARRAY[1, 0, 2]) AS n LOOP
              BEGIN
                INSERT INTO seen (what) VALUES ((10 / r.n)::text);
              EXCEPTION WHEN division_by_zero THEN
                INSERT INTO seen (what) VALUES ('caught ' || SQLSTATE);
              END;
            END LOOP;
          END
          $body$ LANGUAGE plpgsql`,
      },
    ],
    inOneTransaction: 'same',
    after: { seen: ['10', 'caught 22012', '5'] },
  },
  {
    id: 'non-ascii',
    what: 'text in many languages, in strings, names and comments',
    setup: 'CREATE TABLE "задачи" ("größe" text)',
    steps: [
      {
        name: 'Schritt für 日本語 – ½ 😀',
        code: `/* комментарий: “” */ INSERT INTO "задачи" ("größe") VALUES ('naïve – 日本語 😀'); -- ağ\n${write('é')}`,
      },
    ],
    inOneTransaction: 'same',
    after: { seen: ['é'], rows: { 'SELECT "größe" FROM "задачи"': ['naïve – 日本語 😀'] } },
  },
  {
    id: 'punctuation',
    what: 'names and texts full of punctuation',
    setup: `CREATE TABLE "a ""b"" 'c' \\d" ("x;y" text)`,
    steps: [
      {
        name: `1 "quoted" 'single' \\back $dollar %percent {brace} [x] <y> & | ; : , . ? ! @ # ^ * ~ \``,
        code: `INSERT INTO "a ""b"" 'c' \\d" ("x;y") VALUES ('it''s "so"; \\n $1 %s ? :name @x #{y} \`cmd\` $(x) && | <>')`,
      },
      { name: '2 - SELECT 1; DROP TABLE seen', code: write("'; DROP TABLE seen; --") },
    ],
    inOneTransaction: 'same',
    after: {
      seen: ["'; DROP TABLE seen; --"],
      rows: {
        'SELECT "x;y" FROM "a ""b"" \'c\' \\d"': [
          `it's "so"; \\n $1 %s ? :name @x #{y} \`cmd\` $(x) && | <>`,
        ],
      },
    },
  },
  {
    id: 'dollar-quotes',
    what: 'dollar quotes inside dollar quotes, and dollars that are none',
    steps: [
      {
        name: '1',
        code: `CREATE FUNCTION quoted() RETURNS text LANGUAGE plpgsql AS $outer$
          BEGIN RETURN $inner$it's $$not$$ the end; BEGIN$inner$ || '$5'; END $outer$;
          INSERT INTO seen (what) VALUES (quoted()), ($a$COPY seen FROM STDIN; -- $b$$a$)`,
      },
    ],
    inOneTransaction: 'same',
    after: { seen: ["it's $$not$$ the end; BEGIN$5", 'COPY seen FROM STDIN; -- $b$'] },
  },
  {
    id: 'escape-strings',
    what: "E'' and U&'' strings, backslashes in plain ones, and line ends of Windows kept as they are",
    steps: [
      {
        name: '1',
        code: `INSERT INTO seen (what) VALUES (E'tab\\tquote\\'s \\u00e9'), (U&'d\\0061ta'), ('C:\\new\\dir'), (B'101'::text);\r\nINSERT INTO seen (what) SELECT length('a\r\nb')::text`,
      },
    ],
    inOneTransaction: 'same',
    after: { seen: ["tab\tquote's é", 'data', 'C:\\new\\dir', '101', '4'] },
  },
  {
    id: 'trailing-semicolons',
    what: 'a text with empty statements around and between',
    steps: [
      { name: '1', code: `;; ${write('first')};;;${write('second')} ;;` },
      { name: '2', code: `${write('third')};\n-- the end` },
    ],
    inOneTransaction: 'same',
    after: { seen: ['first', 'second', 'third'] },
  },
  {
    id: 'megabyte',
    what: 'a text of a megabyte',
    steps: [{ name: '1', code: `${MEGABYTE}\n${write('behind it all')}` }],
    inOneTransaction: 'same',
    after: { seen: ['behind it all'] },
    advisories: ['sql-unread'],
  },
  {
    id: 'psql-commands',
    what: "psql's own commands and variables are no SQL, and fail",
    steps: [
      { name: '1', code: '\\set x 1\nSELECT :x', onError: 'i', ends: 'failed' },
      { name: '2', code: "SELECT 'SELECT 1' \\gexec", onError: 'i', ends: 'failed' },
      { name: '3', code: 'SELECT $1', ends: 'failed' },
    ],
    after: { end: 'failed' },
    advisories: ['sql-unread'],
  },
  {
    id: 'syntax-error-behind',
    what: 'a text with a syntax error at its end does nothing at all',
    steps: [{ name: '1', code: `${write('never')}; SELEC 1`, ends: 'failed' }],
    after: { end: 'failed' },
    advisories: ['sql-unread'],
  },
  {
    id: 'rows-nobody-reads',
    what: 'queries whose rows nobody reads: many, none, wide',
    steps: [
      { name: '1', code: "SELECT g, repeat('x', 1000) FROM generate_series(1, 5000) g" },
      { name: '2', code: 'SELECT 1 WHERE false' },
      { name: '3', code: "EXPLAIN SELECT 1; SHOW ALL; VALUES (1, 'a'), (2, NULL)" },
      { name: '4', code: 'SELECT' },
      { name: '5', code: write('behind') },
    ],
    inOneTransaction: 'same',
    after: { seen: ['behind'] },
  },
  {
    id: 'session-defaults',
    what: 'the settings of the session in which a step runs',
    steps: [
      {
        name: '1',
        code: `INSERT INTO seen (what)
          SELECT name || '=' || current_setting(name) FROM unnest(ARRAY['DateStyle', 'IntervalStyle', 'TimeZone',
            'client_encoding', 'standard_conforming_strings', 'search_path', 'extra_float_digits', 'bytea_output',
            'client_min_messages', 'statement_timeout', 'lock_timeout', 'default_transaction_isolation', 'role',
            'session_authorization', 'synchronous_commit']) AS name`,
      },
    ],
    after: {
      seen: [
        'DateStyle=ISO, MDY',
        'IntervalStyle=postgres',
        'TimeZone=UTC',
        'client_encoding=UTF8',
        'standard_conforming_strings=on',
        'search_path="$user", public',
        'extra_float_digits=1',
        'bytea_output=hex',
        'client_min_messages=notice',
        'statement_timeout=0',
        'lock_timeout=0',
        'default_transaction_isolation=read committed',
        'role=none',
        'session_authorization=postgres',
        'synchronous_commit=on',
      ],
    },
  },
  {
    id: 'ddl',
    what: 'tables, functions, triggers and grants made and dropped by a step',
    steps: [
      {
        name: '1',
        code: `CREATE TABLE made (a int PRIMARY KEY);
          CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO seen (what) VALUES ('made ' || NEW.a); RETURN NEW; END $$;
          CREATE TRIGGER remember AFTER INSERT ON made FOR EACH ROW EXECUTE FUNCTION remember();
          GRANT SELECT ON made TO reader`,
      },
      { name: '2', code: 'INSERT INTO made SELECT generate_series(1, 2)' },
      { name: '3', code: 'TRUNCATE made; DROP TABLE made; DROP FUNCTION remember()' },
    ],
    inOneTransaction: 'same',
    after: { seen: ['made 1', 'made 2'], rows: { "SELECT to_regclass('made')": [''] } },
  },
];
