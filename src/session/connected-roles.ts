import type { SourceFacts } from '../pgagent/source.ts';
import type { TargetFacts } from '../timetable/target.ts';
import type { Settings } from './settings.ts';

/** The roles of one side's sessions, as far as this run sees what is stored for roles. */
interface Side<Facts> {
  readonly facts: Facts;
  readonly seesStored: boolean;
}

/**
 * The settings with the roles as which the two schedulers are connected, where nobody names others: their rights and
 * settings count, not those of this run. A saved plan keeps the roles that it was made for.
 * @param source null for a dump
 */
export function withConnectedRoles<One extends Settings>(
  settings: One,
  source: Side<Pick<SourceFacts, 'user' | 'agentRoles'>> | null,
  target: Side<Pick<TargetFacts, 'user' | 'clientRoles'>>,
): One {
  if (settings.savedPlan !== null) return settings;
  const seen = ({ seesStored }: { readonly seesStored: boolean }, roles: readonly string[], user: string) =>
    seesStored && roles.length === 1 && roles[0] !== user ? roles[0] : undefined;
  return {
    ...settings,
    sourceRole:
      settings.sourceRole ??
      (source === null ? undefined : seen(source, source.facts.agentRoles, source.facts.user)) ??
      null,
    targetRole: settings.targetRole ?? seen(target, target.facts.clientRoles, target.facts.user) ?? null,
  };
}
