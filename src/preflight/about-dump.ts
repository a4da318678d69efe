import type { Check } from '../model/preflight.ts';
import type { Zone } from '../model/zone.ts';
import type { DumpFacts } from '../session/dump/facts.ts';
import { NEWEST, type TargetFacts } from '../timetable/target.ts';
import { aboutVersion } from './about-source.ts';
import { counted, listed, note, warning } from './check.ts';

/**
 * What a dump tells of its pgAgent, and what it cannot.
 * @param liveChains how many live chains belong to jobs that were enabled
 */
export function aboutDump(
  { schemaVersion, serverVersion, newestTime, agents }: DumpFacts,
  liveChains: number,
): readonly Check[] {
  return [
    schemaVersion === null
      ? note(
          'source-version',
          'The dump does not tell the version of pgAgent. This tool knows the schemas 3.4 to 4.2.',
        )
      : aboutVersion({ schemaVersion: `${schemaVersion}, not an extension,`, serverVersion }),
    note(
      'source-dump',
      newestTime === null
        ? 'The jobs come from a dump that holds no time. What changed in pgAgent since is not known.'
        : `The jobs come from a dump, which is not older than ${timeOf(newestTime)}. What changed in pgAgent since is not known.`,
      'Before the cutover, run this again with --source.',
    ),
    aboutAgents(agents, liveChains),
  ];
}

function aboutAgents(agents: readonly string[], liveChains: number): Check {
  const check = 'pgagent-connected';
  const named = agents.length === 0 ? 'It names no agent.' : `It names agents on ${listed(agents)}.`;
  const unseen = `Whether a pgAgent runs these jobs cannot be seen in a dump. ${named}`;
  return liveChains === 0
    ? note(check, unseen)
    : warning(
        check,
        `${unseen} ${counted(liveChains, 'chain')} of this plan would be live: their jobs may run on both sides.`,
        'Use --paused, or stop pgAgent first.',
      );
}

function timeOf(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * For a plan without a target.
 * @param database in which pg_timetable will live; '' where nobody says
 */
export function aboutNoTarget({ database }: Pick<TargetFacts, 'database'>): readonly Check[] {
  const check = 'target-version';
  return [
    note(
      check,
      `This is a plan for pg_timetable ${NEWEST}: without --target nothing is checked there.`,
      'To check a target and to write to it: --target CONN',
    ),
    ...(database === ''
      ? [
          note(
            check,
            'The database of pg_timetable is not known, so no step runs in it.',
            'To name it: --target-database NAME',
          ),
        ]
      : []),
  ];
}

/** For a plan without a target, which would have to go by pgAgent's clock. */
export function aboutZoneOfNoTarget({ name }: Zone): Check {
  return note(
    'time-zones',
    `This plan is right for a pg_timetable whose sessions have TimeZone ${name}, as pgAgent's had.`,
    `Check it in a session of pg_timetable's role: SHOW TimeZone`,
  );
}
