import { readFileSync } from 'node:fs';

/** A task of a probe, in the names of the recording. */
export interface ProbeTask {
  readonly kind: 'SQL' | 'PROGRAM';
  readonly command: string;
  readonly autonomous?: boolean;
  readonly ignoreError?: boolean;
  readonly live?: boolean;
  readonly databaseConnection?: string;
  readonly parameters?: readonly unknown[];
}

/** A row of timetable.execution_log: `task` counts from 1, null if the task is gone. */
export interface LoggedRun {
  readonly task: number | null;
  readonly returncode: number;
  readonly output: string;
}

/** What running a probe left behind. */
export interface Outcome {
  readonly chain: string;
  readonly chainGone?: boolean;
  /** About how long the chain took, where that is the point of the probe. */
  readonly seconds?: number;
  readonly seen: readonly string[];
  readonly log: readonly LoggedRun[];
  readonly errors: readonly string[];
}

/** A small chain, and what the real program did with it. */
export interface Probe {
  readonly id: string;
  readonly what: string;
  readonly chain?: { readonly onError?: string; readonly selfDestruct?: boolean };
  readonly tasks: readonly ProbeTask[];
  readonly recorded: Outcome;
}

/** Live and other chains beside two clients, and which ran where in one tick. */
export interface Scheduled {
  /** The day of the week of the recording, 0 is Sunday. */
  readonly weekday: number;
  readonly chains: readonly {
    readonly name: string;
    readonly runAt: string | null;
    readonly live: boolean;
    readonly clientName?: string | null;
  }[];
  readonly recorded: readonly string[];
}

export interface Recording {
  readonly engine: string;
  readonly probes: readonly Probe[];
  readonly scheduled: Scheduled;
}

/** The days of a year on which a line fires: how many, the first three, the last three, as MM-DD. */
export interface DaysOfYear {
  readonly count: number;
  readonly first: readonly string[];
  readonly last: readonly string[];
}

export interface CronLine {
  readonly line: string;
  readonly accepted: boolean;
  readonly reads?: Readonly<Record<'minutes' | 'hours' | 'days' | 'months' | 'weekdays', readonly number[]>>;
  readonly days?: Readonly<Record<string, DaysOfYear>>;
}

export interface Catalog {
  readonly tables: Readonly<
    Record<string, readonly { column: string; type: string; notNull: boolean; default?: string }[]>
  >;
  readonly constraints: readonly { table: string; name: string; kind: string; definition: string }[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly string[];
  readonly migrations?: readonly string[];
}

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/engine/${name}.json`, import.meta.url), 'utf8'));
}

/** The chains that the real program of this version ran. */
export function recordingOf(version: '5.13.0' | '6.3.0' | '7.0.0'): Recording {
  return recorded(`pg_timetable-${version}`) as Recording;
}

/** The cron lines shown to the real domain. */
export function cronLines(): readonly CronLine[] {
  return (recorded('cron') as { lines: CronLine[] }).lines;
}

/** The real catalogs, by names such as `timetable 7.0.0` and `pgagent 4.2.2`. */
export function catalogs(): Readonly<Record<string, Catalog>> {
  return recorded('catalogs') as Record<string, Catalog>;
}
