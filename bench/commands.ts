import type { Goal } from './figures.ts';
import { type Ran, runTool } from './run-tool.ts';
import type { Stage, State } from './stage.ts';
import type { Kind } from './workload.ts';

/** A command that is measured on a whole workload, beside the floor. */
export interface Command {
  /** For `--only`. */
  readonly key: string;
  readonly name: string;
  /** The tool's arguments, or null for the script of SQL alone. */
  readonly args: readonly string[] | null;
  readonly from: State;
  /** How it leaves the database, where the next one can use that. */
  readonly leaves: State | 'used';
  readonly check: 'written' | 'as-in-pgagent' | 'nothing-left' | null;
  readonly goal?: Goal;
  readonly memory: Goal;
}

const MEMORY: Goal = { reach: 130, stretch: 100 };
const dryRun = { key: 'dry-run', from: 'fresh', leaves: 'fresh', check: null, memory: MEMORY } as const;
const migrate = { args: [], from: 'fresh', leaves: 'used', check: 'written', memory: MEMORY } as const;
const script = { ...migrate, args: null, check: 'as-in-pgagent' } as const;
const asMoved = { from: 'moved', leaves: 'moved', check: null, memory: MEMORY } as const;

/** The commands on each workload, in the order in which one can use what the last has left. */
export const COMMANDS: Readonly<Record<Kind, readonly Command[]>> = {
  same: [
    { ...dryRun, name: 'dry run, table', args: ['--dry-run'], goal: { reach: 1, stretch: 0.6 } },
    {
      ...{ ...dryRun, name: 'dry run, JSON', args: ['--dry-run', '--format', 'json'] },
      goal: { reach: 1.3, stretch: 0.8 },
    },
    { ...script, key: 'script', name: 'a script of SQL alone' },
    {
      ...{ ...migrate, key: 'migrate', name: 'migrate', leaves: 'moved' },
      goal: { reach: 1.5, stretch: 1, never: 2 },
    },
    {
      ...{ ...asMoved, key: 'verify', name: 'verify', args: ['verify', '--without-client'] },
      goal: { reach: 1, stretch: 0.5 },
    },
    {
      ...{ ...asMoved, key: 'again', name: 'migrate, nothing to change', args: [], check: 'written' },
      goal: { reach: 1, stretch: 0.5 },
    },
    {
      ...{ ...asMoved, key: 'undo', name: 'undo', args: ['undo'], leaves: 'used', check: 'nothing-left' },
      goal: { reach: 1, stretch: 0.5 },
    },
  ],
  distinct: [
    { ...script, key: 'distinct', name: 'a script of SQL alone, every schedule different' },
    {
      ...{ ...migrate, key: 'distinct', name: 'migrate, every schedule different' },
      goal: { reach: 1.8, stretch: 1.3 },
    },
  ],
  parsed: [
    {
      ...{ ...migrate, key: 'parsed', name: 'migrate, SQL to be parsed' },
      memory: { reach: 180, stretch: 100 },
    },
  ],
};

/**
 * Runs a command on a stage that is as the command asks for.
 * @throws Error if it fails, or has not written the expected rows
 */
export async function runCommand(stage: Stage, { args, check }: Command): Promise<Ran> {
  const ran = await (args === null ? stage.runPublished() : runTool([...args, '--source', stage.conninfo]));
  if (check === 'written') await stage.assertWritten();
  if (check === 'as-in-pgagent') await stage.assertAsInPgAgent();
  if (check === 'nothing-left') await stage.assertNothingLeft();
  return ran;
}
