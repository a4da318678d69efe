import type { Conninfo } from '../postgres/conninfo.ts';
import type { Endpoint } from '../postgres/endpoint.ts';
import type { SavedPlan } from '../saved-plan/comparison.ts';
import type { KeyPlace } from '../saved-plan/key.ts';
import type { NamedShell, Shell } from '../transform/step/shell.ts';

export const FORMATS = ['table', 'json', 'sql', 'yaml', 'html', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** What the user asks for, checked. */
export interface Settings {
  /** The options that shape chains and that the user named, by their names; a pattern of jobs or a host is not among them. */
  readonly given: ReadonlySet<string>;
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  readonly excludedJobs: readonly string[];
  readonly partial: boolean;
  readonly shellName: string;
  readonly shell: Shell;
  readonly hostShells: ReadonlyMap<string, NamedShell>;
  readonly paused: boolean;
  readonly pauseDormant: boolean;
  /** Days of pgAgent's log to read; 0 for none. */
  readonly history: number;
  readonly schedules: 'pending' | 'active' | 'all';
  readonly onDemand: boolean;
  readonly overlap: 'keep' | 'exact';
  readonly lastDay: 'keep' | 'honor';
  readonly transaction: 'step' | 'chain';
  readonly jobTransactions: ReadonlyMap<string, 'step' | 'chain' | 'joined'>;
  readonly stripPasswords: boolean;
  readonly showSecrets: boolean;
  readonly allowManyChains: boolean;
  /** Whose TimeZone counts: what the daemon connects as; null for the user of this run. */
  readonly sourceRole: string | null;
  readonly targetRole: string | null;
  readonly sourceTimeZone: string | null;
  /** By which the steps of a dump are sorted; null for whatever all collations agree on. */
  readonly collation: string | null;
  readonly acceptTimeZone: boolean;
  /** For verify: a job that is disabled counts as enabled if one of its chains is live. */
  readonly isAfterCutover: boolean;
  readonly clientNames: ReadonlyMap<string, string>;
  /** Jobs of any host are meant to run on every client. */
  readonly everyClient: boolean;
  readonly stepConninfo: Conninfo | null;
  readonly strict: boolean;
  readonly onConflict: 'error' | 'skip' | 'replace';
  /** Also what was changed by hand, or what this tool did not make. */
  readonly force: boolean;
  readonly disableSource: boolean;
  /** Milliseconds. */
  readonly wait: number;
  readonly runOverdue: boolean;
  readonly withoutClient: boolean;
  /** Write without asking first. */
  readonly yes: boolean;
  /** The file of a saved plan; null for a plan of this moment. */
  readonly plan: string | null;
  /** What that file holds. */
  readonly savedPlan: SavedPlan | null;
  /** Where the key is that the digests of a saved plan are made with. */
  readonly keyPlace: KeyPlace;
  /** The file that the result goes to; null for standard output. */
  readonly output: string | null;
  /** Whether that file may be there already. */
  readonly overwrite: boolean;
  readonly progress: boolean;
  readonly format: Format;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** The same for jobs of a live pgAgent. */
export interface LiveSettings extends Settings {
  readonly from: 'live';
  readonly source: Endpoint;
  readonly target: Endpoint;
  /** Whether the target was left to be the source. */
  readonly isTargetSource: boolean;
}

/** The same for jobs of a dump. */
export interface DumpSettings extends Settings {
  readonly from: 'dump';
  /** Its file or folder; `-` is standard input. */
  readonly dump: string;
  /** null where no database is asked. */
  readonly target: Endpoint | null;
  /** The database that pg_timetable will live in, where no target tells it; null where nobody says. */
  readonly targetDatabase: string | null;
}

/** Whether what is printed is carried out by another program: such a run writes nothing itself. */
export function isCarriedOut(format: Format): boolean {
  return format === 'sql' || format === 'yaml';
}
