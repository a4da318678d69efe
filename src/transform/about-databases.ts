import type { Job, Step } from '../model/job.ts';
import type { Advisory } from '../model/plan.ts';
import { ConninfoError, parseConninfo } from '../postgres/conninfo.ts';
import { emptyDatabase, emptyDatabaseOwn, sessionLimit } from './advisories/index.ts';
import type { Context } from './context.ts';
import { limitsSessions, type NeedsEmpty, needsEmptyDatabases } from './sql/empty-databases.ts';
import type { Carried } from './step/plan-step.ts';

/** A SQL step that runs, and the database of its connection. */
interface Placed {
  readonly step: Step;
  readonly database: string | null;
  readonly fate: Carried;
}

/**
 * What pgAgent's pooled connections prevented, or made possible: they stayed in a database after a step had ended. pg_timetable
 * closes the connection of a task, and keeps some to its own database.
 */
export function aboutDatabases(job: Job, running: readonly Carried[], context: Context): readonly Advisory[] {
  const placed = running.flatMap((fate): Placed[] => {
    const step = job.steps.find(({ id }) => id === fate.task.stepId);
    return step === undefined ? [] : [{ step, database: databaseOf(step), fate }];
  });
  return placed.flatMap((one, index) => {
    const before = placed.slice(0, index);
    const later = placed.slice(index + 1);
    return [...aboutEmpty(one, before, context), ...aboutLimits(one, later)];
  });
}

function databaseOf(step: Step): string | null {
  if (step.kind === 'batch') return null;
  if (step.connection.kind === 'database') return step.connection.name;
  try {
    const conninfo = parseConninfo(step.connection.conninfo);
    return conninfo.get('dbname') ?? conninfo.get('user') ?? null;
  } catch (error) {
    if (error instanceof ConninfoError) return null;
    throw error;
  }
}

function aboutEmpty(
  { step, fate }: Placed,
  before: readonly Placed[],
  context: Context,
): readonly Advisory[] {
  const { source, target } = context;
  const databases = [...before.map(({ database }) => database), source.database, target.database];
  const needed = [
    ...needsEmptyDatabases(fate.statements ?? []),
    // dblink takes SQL as a text.
    ...(fate.statements === null || /\bdblink/i.test(step.code) ? inWords(step.code, databases) : []),
  ];
  return distinct(needed).flatMap(({ database, what }) => {
    const about = { stepId: step.id };
    if (target.isSourceServer && database === target.database)
      return database === source.database ? [] : [emptyDatabaseOwn(about, what, database)];
    // Who ends the sessions first had an empty database under pgAgent, too.
    if ([...before.map((one) => one.step), step].some(({ code }) => ENDS_SESSIONS.test(code))) return [];
    const last = before.findLast((one) => one.database === database);
    if (last !== undefined)
      return [
        emptyDatabase(
          about,
          what,
          database,
          `step ${last.step.id} "${last.step.name}" had left its connection there`,
        ),
      ];
    return database === source.database
      ? [emptyDatabase(about, what, database, 'pgAgent itself is connected there')]
      : [];
  });
}

const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/\bdropdb\b(?![^\n;&|]*\s(?:-f|--force)\b)[^\n;&|]*?\s["']?(DB)["']?(?=[\s;&|)]|$)/m, 'dropdb'],
  [
    /\bdrop\s+database\s+(?:if\s+exists\s+)?"?(DB)"?(?!\s*(?:with\s*)?\(\s*force)(?![\w$])/im,
    'DROP DATABASE',
  ],
  [/\balter\s+database\s+"?(DB)"?\s+(?:rename|set\s+tablespace)\b/im, 'ALTER DATABASE'],
  [/\bcreatedb\b[^\n;&|]*\s(?:-T\s*|--template[= ])["']?(DB)["']?(?=[\s;&|)]|$)/m, 'createdb --template'],
  [/\bcreate\s+database\b[^;]{0,200}\btemplate\s*=?\s*"?(DB)"?(?![\w$])/im, 'CREATE DATABASE ... TEMPLATE'],
];

/** Without one of these no command here fits. */
const NAMES_DATABASES = /\bdropdb\b|\bcreatedb\b|\bpg_restore\b|\bdatabase\b/i;
const ENDS_SESSIONS = /\bpg_terminate_backend\b/i;
// The name of the database stands in the dump, and as a rule in the name of its file.
const RESTORES_ANEW =
  /\bpg_restore\b(?=[^\n;&|]*\s(?:--clean\b|-[COx1vew]*c))(?=[^\n;&|]*\s(?:--create\b|-[cOx1vew]*C))[^\n;&|]*/;

function distinct(needed: readonly NeedsEmpty[]): readonly NeedsEmpty[] {
  return needed.filter(
    ({ database }, index) => needed.findIndex((one) => one.database === database) === index,
  );
}

/** Of a program the words are all there is to look at. */
function inWords(text: string, databases: readonly (string | null)[]): readonly NeedsEmpty[] {
  if (!NAMES_DATABASES.test(text)) return [];
  const code = withValues(text.replace(/\\\n/g, ' '));
  const names = [...new Set(databases)].filter((name): name is string => name !== null && name !== '');
  return names.flatMap((database) => {
    const name = database.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    const restore = RESTORES_ANEW.exec(code)?.[0] ?? '';
    const isRestored = new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(
      restore.replace(/\s(?:-d\s*|--dbname[= ])\S+/, ''),
    );
    if (isRestored) return [{ database, what: 'pg_restore --clean --create' }];
    return COMMANDS.flatMap(([pattern, what]) => {
      return new RegExp(pattern.source.replace('DB', name), pattern.flags).test(code)
        ? [{ database, what }]
        : [];
    });
  });
}

/** A script whose plain variables stand for what it gave them. */
function withValues(code: string): string {
  const given = [
    ...code.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(["']?)([\w.-]+)\2[ \t]*(?:;|$)/gm),
  ];
  const values = new Map(given.map(([, name = '', , value = '']) => [name, value]));
  return code.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (all, inBraces?: string, plain?: string) => values.get(inBraces ?? plain ?? '') ?? all,
  );
}

const LIMITS: readonly (readonly [RegExp, string])[] = [
  [/\balter\s+database\s+\S+\s+(?:with\s+)?allow_connections\b/i, 'ALTER DATABASE ... ALLOW_CONNECTIONS'],
  [/\balter\s+database\s+\S+\s+(?:with\s+)?connection\s+limit\b/i, 'ALTER DATABASE ... CONNECTION LIMIT'],
  [/\balter\s+(?:role|user)\s+\S+\s+(?:with\s+)?(?:no)?login\b/i, 'ALTER ROLE ... LOGIN'],
  [/\balter\s+(?:role|user)\s+\S+\s+(?:with\s+)?connection\s+limit\b/i, 'ALTER ROLE ... CONNECTION LIMIT'],
  [/\brevoke\s+(?:connect|all(?:\s+privileges)?)\s+on\s+database\b/i, 'REVOKE CONNECT ON DATABASE'],
];

function aboutLimits({ step, fate }: Placed, later: readonly Placed[]): readonly Advisory[] {
  const limits =
    fate.statements === null
      ? LIMITS.filter(([pattern]) => pattern.test(step.code)).map(([, what]) => what)
      : limitsSessions(fate.statements);
  const then = later.filter(
    ({ database, fate: { joinedInto } }) => database !== null && joinedInto === undefined,
  );
  return limits.length > 0 && then.length > 0 ? [sessionLimit({ stepId: step.id }, limits)] : [];
}
