import { varied } from '../../model/varied.ts';
import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** libpq and pgx: what a connection string leaves out comes from the environment of the program. */
export const connectionCompleted = rule(
  'connection-completed',
  'info',
  (keywords: readonly string[]) =>
    varied`has a connection string that left ${{ keywords: shown(keywords) }} to the defaults of pgAgent's machine. --step-conninfo supplies that.`,
);

/** libpq and pgx read these where they run. */
export const connectionFiles = rule(
  'connection-files',
  'warning',
  (keywords: readonly string[]) =>
    varied`has a connection string that names files or a service (${{ keywords: shown(keywords) }}). pg_timetable's user reads them on pg_timetable's machine now. Put them there.`,
);

/** Recorded: pgx sends a keyword it does not know to the server, which refuses the connection. */
export const connectionKeyword = rule(
  'connection-keyword',
  'info',
  (keywords: readonly string[]) =>
    varied`has a connection string with keywords that pg_timetable's driver does not know: ${{ keywords: shown(keywords) }}. The rest is kept.`,
);

/** A loopback name or a Unix socket is the machine of whoever connects. */
export const connectionLoopback = rule(
  'connection-loopback',
  'warning',
  (hosts: readonly string[]) =>
    varied`connects to ${{ hosts: shown(hosts) }}. That was pgAgent's machine, and is pg_timetable's now. Unless both run on one machine, write the name of the server in pgAgent first.`,
);

/** Measured: of a remote task pg_timetable logs the whole connection string, of a local one there is none. */
export const connectionOwnDatabase = rule(
  'connection-own-database',
  'info',
  (role: string) =>
    `has a connection string to pg_timetable's own database as "${role}", the role of pg_timetable (--target-role). The step becomes a local task, and the string is not stored.`,
);

/** pgAgent (connection.cpp, CONNinfo::Get) ran it by its own connection string, with its own user. */
export const remoteRole = rule(
  'remote-role',
  'warning',
  (database: string, role: string, formerRole: string) =>
    varied`ran in the database "${{ database }}" as "${{ formerRole }}" and will run as "${{ role }}" (--step-conninfo). The rights of this role there are not checked.`,
);

/** libpq: PQconninfoParse refuses it, or nothing in pgx stands for it. */
export const connectionUnreadable = rule(
  'connection-unreadable',
  'error',
  (why: string) =>
    varied`has a connection string that cannot be kept: ${{ why }}. Fix it in pgAgent, then run this again.`,
);

/** Recorded: pgx sends a keyword it does not know to the server, which refuses the connection. */
export const connectionWeakened = rule(
  'connection-weakened',
  'warning',
  (keywords: readonly string[]) =>
    varied`has a connection string with a safeguard that pg_timetable's driver does not know: ${{ keywords: shown(keywords) }}. The safeguard is lost. Require it on the server instead, or remove it in pgAgent.`,
);

const BEFORE = {
  quotes:
    'pgAgent 4 puts connection strings together without quotes, so as a rule it could not connect and the step failed each time',
  password:
    'pgAgent 4.2.2 sends ***** in its place, so where the server asks for a password the step failed each time (older ones and 4.2.3 send it)',
  control: 'sh refuses to run such a file where it is dash, as on Debian and Ubuntu (exit code 126)',
  libpq:
    'only libpq 19 knows it, so with an older one pgAgent could not connect and the step failed each time',
} as const;

/** Measured: dash 0.5.12 on each control character; connection.cpp, CONNinfo::Parse writes keyword=value as they are, and in 4.2.2 ***** for a password. */
export const neverRan = rule(
  'never-ran',
  'warning',
  (what: string, why: keyof typeof BEFORE) =>
    varied`has ${{ what }}: ${BEFORE[why]}. It has probably never worked under pgAgent; after the move it will. Check pga_jobsteplog.`,
);

/** pgAgent takes the rest from its own connection or from its machine; pgx would take it from other defaults. */
export const stepNeedsConninfo = rule(
  'step-needs-conninfo',
  'error',
  (what: string, isOwnUnknown = false) =>
    `${what}; how pg_timetable reaches it is not known.${isOwnUnknown ? ' If pg_timetable will live in that database: --target-database NAME.' : ''} Use the address as pg_timetable's machine sees it: --step-conninfo "host=... port=... user=...".`,
);

const HOLDS = {
  connection:
    'has a password in its connection string, which pg_timetable copies into timetable.log on every run.',
  text: 'seems to hold a password in its text, which pg_timetable copies into timetable.execution_log on every run.',
  script:
    'seems to hold a password, which pg_timetable copies into timetable.execution_log on every run. Meanwhile ps shows it.',
} as const;

/** Measured: the connection string goes to timetable.log on every run, a script to execution_log.params and ps. */
export const storedPassword = rule(
  'stored-password',
  'warning',
  (where: keyof typeof HOLDS) =>
    `${HOLDS[where]} Use ~/.pgpass, or a file that only its user can read, on pg_timetable's machine instead.`,
);

/** Measured: without a password in the string, or with an empty PGPASSWORD, libpq and pgx look into ~/.pgpass. */
export const passwordStripped = rule(
  'password-stripped',
  'info',
  (where: string) => varied`is written without its password (--strip-passwords): ${{ where }}.`,
);

/** What is not certain to mean the same without it is left as it is. */
export const passwordNotStripped = rule(
  'password-not-stripped',
  'error',
  (where: 'text' | 'connection string') =>
    `seems to hold a password in its ${where} that --strip-passwords cannot remove without changing what the step does. Remove it in pgAgent, or run without --strip-passwords.`,
);
