import type { PlanningSession } from '../../session/session.ts';
import type { DumpSettings } from '../../session/settings.ts';
import { nextCommand } from '../next-commands.ts';

/** The commands that follow a run. */
export interface FollowingCommands {
  /** Once the chains are written. */
  readonly whenWritten: readonly (readonly [what: string, command: string])[];
  readonly undo: string;
  /** What writes the plan that a dry run has shown; with more options. */
  readonly write: (more?: readonly string[]) => string;
  /** Whether a saved plan of this run can be applied. */
  readonly canBeApplied: boolean;
}

/** @param words those of this run */
export function followingCommands(words: readonly string[], session: PlanningSession): FollowingCommands {
  return session.from === 'live' ? onLive(words) : onDump(words, session.settings);
}

function onLive(words: readonly string[]): FollowingCommands {
  const undo = nextCommand(words, 'undo', 'ends');
  return {
    whenWritten: [
      ['Next', nextCommand(words, 'verify', 'ends')],
      ['Back', undo],
    ],
    undo,
    write: (more) => nextCommand(words, '', 'all', more),
    canBeApplied: true,
  };
}

/** Stands for the connection of the live pgAgent, which a run on a dump does not know. */
const LIVE = ['--source', 'CONN'];

function onDump(words: readonly string[], { target, paused }: DumpSettings): FollowingCommands {
  const unnamed = target === null ? ['--target', 'CONN'] : [];
  const undo = nextCommand(words, 'undo', 'ends', [...unnamed, ...LIVE]);
  return {
    whenWritten: [
      ['Next', nextCommand(words, 'verify', 'ends', LIVE)],
      ['Cutover', nextCommand(words, '', 'ends', [...LIVE, '--disable-source'])],
      ['Back', undo],
    ],
    undo,
    write: (more = []) =>
      nextCommand(words, '', 'targeted', [...unnamed, ...(paused ? [] : ['--paused']), ...more]),
    canBeApplied: target !== null && paused,
  };
}
