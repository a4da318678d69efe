/** A room of src: what it is for, and the rooms that it may import. `model` may be imported by all. */
export interface Room {
  readonly name: string;
  readonly holds: string;
  readonly imports: readonly string[];
}

/** The rooms, each after those that it imports: `npm run check` fails on any other import. */
export const ROOMS: readonly Room[] = [
  { name: 'model', holds: 'values: job, plan, record, verdict, cron line, zone, failure', imports: [] },
  { name: 'secrets', holds: 'what a password looks like, and how it is hidden', imports: [] },
  { name: 'postgres', holds: 'connections, commits, errors in plain words', imports: [] },
  { name: 'pgagent', holds: 'the source, and only it', imports: ['postgres'] },
  { name: 'timetable', holds: 'the target, and only it', imports: ['postgres'] },
  { name: 'transform', holds: 'pure: a job becomes its plan', imports: ['postgres', 'secrets'] },
  { name: 'saved-plan', holds: 'a plan in a file, and whether it still fits', imports: ['secrets'] },
  {
    name: 'report',
    holds: 'a plan as table, JSON, SQL, YAML, HTML, Markdown; decides nothing',
    imports: ['secrets', 'timetable', 'postgres'],
  },
  {
    name: 'session',
    holds: 'both ends of a run, open, and the jobs as they are now',
    imports: ['pgagent', 'timetable', 'postgres', 'transform', 'saved-plan', 'secrets'],
  },
  {
    name: 'planning',
    holds: 'every job planned and reconciled with the target',
    imports: ['session', 'timetable', 'postgres', 'transform'],
  },
  {
    name: 'preflight',
    holds: 'the checks before anything is written',
    imports: ['planning', 'session', 'pgagent', 'timetable', 'postgres'],
  },
  {
    name: 'cutover',
    holds: 'the moment (pure), and the handover of jobs at it',
    imports: ['planning', 'session', 'pgagent', 'timetable', 'postgres', 'transform'],
  },
  {
    name: 'migrate',
    holds: 'the use case: plan, check, write',
    imports: [
      ...['cutover', 'preflight', 'planning', 'session', 'saved-plan', 'timetable', 'postgres'],
      ...['transform', 'secrets'],
    ],
  },
  {
    name: 'undo',
    holds: 'the use case: give the jobs back to pgAgent',
    imports: ['cutover', 'planning', 'session', 'pgagent', 'timetable', 'postgres', 'transform'],
  },
  {
    name: 'verify',
    holds: 'the use case: compare both sides (the comparison is pure)',
    imports: ['cutover', 'planning', 'session', 'timetable', 'postgres', 'transform'],
  },
  {
    name: 'cli',
    holds: 'arguments, terminal, exit codes',
    imports: [
      ...['migrate', 'undo', 'verify', 'report', 'planning', 'session', 'saved-plan'],
      ...['transform', 'pgagent', 'timetable', 'postgres', 'secrets'],
    ],
  },
];

/** The rooms as a Mermaid diagram: an arrow for each allowed import that no longer way implies. */
export function diagram(): string {
  const importsOf = new Map(ROOMS.map(({ name, imports }) => [name, imports]));
  const reaches = (from: string, to: string): boolean =>
    (importsOf.get(from) ?? []).some((next) => next === to || reaches(next, to));
  const arrows = ROOMS.flatMap(({ name, imports }) =>
    imports
      .filter((to) => !imports.some((other) => other !== to && reaches(other, to)))
      .map((to) => `  ${name} --> ${to}`),
  );
  const boxes = ROOMS.map(({ name, holds }) => `  ${name}["<b>${name}</b><br>${holds}"]`);
  return ['```mermaid', 'flowchart TD', ...boxes, ...arrows, '```'].join('\n');
}
