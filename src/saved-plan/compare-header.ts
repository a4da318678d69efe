import type { PlanHeader, PlanOptions, ServerFacts } from '../model/plan.ts';

type Side = 'source' | 'target';
const SIDES: readonly Side[] = ['source', 'target'];

/** Why these two databases are not those that a plan was made with; empty where they are. */
export function otherDatabases(saved: PlanHeader, now: PlanHeader): readonly string[] {
  return SIDES.flatMap((side) => otherDatabase(side, saved[side], now[side]));
}

function otherDatabase(side: Side, was: ServerFacts, is: ServerFacts): readonly string[] {
  const names =
    was.database === is.database
      ? []
      : [
          `the ${side} was ${databaseOf(was)}, is ${is.database === null ? databaseOf(is) : `"${is.database}"`}`,
        ];
  if (was.identity !== null && is.identity !== null)
    return was.identity === is.identity ? names : [...names, `the ${side} is on another server`];
  // Only an address is left to tell servers apart.
  return was.host === is.host
    ? names
    : [
        ...names,
        was.host === null || is.host === null
          ? `the ${side} was ${hostOf(was)}, is ${hostOf(is)}`
          : `the ${side} was at ${was.host}, is at ${is.host}, and this user may not see whether that is one server`,
      ];
}

function databaseOf({ database }: ServerFacts): string {
  return database === null ? 'a database without a name' : `the database "${database}"`;
}

function hostOf({ host, dump }: ServerFacts): string {
  if (host !== null) return `the server at ${host}`;
  return dump === undefined ? 'no server' : 'a dump';
}

/** What counts for every job: the wall clocks, and what the options were. */
export function otherConditions(saved: PlanHeader, now: PlanHeader): readonly string[] {
  const clocks = SIDES.flatMap((side) =>
    changed(`TimeZone of the ${side}`, saved[side].timeZone, now[side].timeZone),
  );
  return [...clocks, ...otherOptions(saved.options, now.options)];
}

// The options of a plan come out of its file, so only what is masked there can be another.
function otherOptions(was: PlanOptions, is: PlanOptions): readonly string[] {
  return [
    ...(was.shell === is.shell && was.shellDigest === is.shellDigest
      ? []
      : ['--shell is not what the plan was made with']),
    ...(was.stepConninfo === is.stepConninfo && was.stepConninfoDigest === is.stepConninfoDigest
      ? []
      : ['--step-conninfo is not what the plan was made with']),
  ];
}

/** What is another and changes nothing by itself. */
export function headerNotes(saved: PlanHeader, now: PlanHeader): readonly string[] {
  return SIDES.flatMap((side) => {
    const was = saved[side];
    const is = now[side];
    const product = side === 'source' ? 'pgAgent' : 'pg_timetable';
    return [
      ...changed(`the address of the ${side}`, was.host, is.host),
      ...changed(`the user on the ${side}`, was.user, is.user),
      ...changed(`PostgreSQL of the ${side}`, was.serverVersion, is.serverVersion),
      ...changed(`the schema of ${product}`, was.schemaVersion, is.schemaVersion),
    ];
  });
}

function changed(what: string, was: string | null, is: string | null): readonly string[] {
  return was === is ? [] : [`${what} was ${was ?? 'not known'}, is ${is ?? 'not known'}`];
}
