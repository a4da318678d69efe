import type { Check } from '../model/preflight.ts';
import { shellWord } from '../model/shell-word.ts';
import { listed, ok, warning } from './check.ts';

const PROGRAMS = { source: 'pgAgent', target: 'pg_timetable' } as const;

/**
 * Whether the plan is for the role as which a scheduler is connected: its rights, settings and time zone count.
 * @param connected the roles of its sessions
 * @param planned the role that the plan is for
 */
export function aboutRoles(
  side: keyof typeof PROGRAMS,
  connected: readonly string[],
  planned: string,
): readonly Check[] {
  const check = `${side}-role`;
  const program = PROGRAMS[side];
  const others = connected.filter((role) => role !== planned);
  const [other] = others;
  if (connected.length === 0) return [];
  if (other === undefined)
    return [ok(check, `${program} is connected as "${planned}", and the plan is for this role.`)];
  return [
    warning(
      check,
      `${program} is connected as ${listed(others)}, and the plan is for "${planned}": rights, settings and the time zone may differ.`,
      others.length === 1
        ? `To plan for the other role: --${side}-role ${shellWord(other)}`
        : `Name the role that the jobs run as: --${side}-role ROLE`,
    ),
  ];
}
