import { Failure } from '../model/failure.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Zone } from '../model/zone.ts';
import type { Client } from '../postgres/connect.ts';
import type { LoginFacts } from '../postgres/login.ts';
import { onSide } from '../postgres/query-errors.ts';
import {
  alterStatement,
  type EffectiveTimeZone,
  effectiveTimeZone,
  readZone,
  sameClock,
  zoneExists,
} from '../postgres/time-zone.ts';
import { together } from '../postgres/together.ts';
import type { Settings } from './settings.ts';

/** What the wall clocks of the two daemons show. */
export interface Clocks {
  /** pgAgent's; null where a dump does not tell it. */
  readonly source: Zone | null;
  /** pg_timetable's. */
  readonly target: Zone;
  /** Whether they are known to show the same. */
  readonly areSame: boolean;
  /** The statement that gives pg_timetable pgAgent's clock; null where no clock is known that it should have. */
  readonly mend: string | null;
}

/** Those of two live servers. */
export interface LiveClocks extends Clocks {
  readonly source: Zone;
  readonly mend: string;
}

/** For so long clocks are compared, milliseconds. */
export const TWO_YEARS = 731 * 86_400_000;
/** Runs that should have been are looked for in the past. */
export const DAYS_OF_HISTORY = 400;

/** What tells the time zone of a daemon on one side. */
export interface ClockSide {
  readonly client: Client;
  /** The daemon's; null where there is no such role. */
  readonly login: LoginFacts | null;
  /** The server's own zone, as `serverZone` says. */
  readonly zoneOfServer: string | null;
}

/**
 * Reads the time zones that the two daemons get from their servers.
 * @param isSameServer whether the source and the target are one server, which reads a zone of both once
 * @param now milliseconds since 1970 UTC
 * @throws Failure of code `usage` for a role or a zone that is not there, or a zone that cannot be seen
 */
export async function readClocks(
  settings: Settings,
  source: ClockSide,
  target: ClockSide,
  isSameServer: boolean,
  now: number,
): Promise<LiveClocks> {
  const { sourceTimeZone, sourceRole, targetRole } = settings;
  const [sourceName, effective] = await together([
    sourceTimeZone === null
      ? zoneOf('source', source, sourceRole).then(({ name }) => name)
      : checkedZone(source.client, sourceTimeZone),
    zoneOf('target', target, targetRole),
  ]);
  const ofSource = onSide('source', () => readZone(source.client, sourceName, now, DAYS_OF_HISTORY));
  const [sourceZone, targetZone] = await together([
    ofSource,
    isSameServer && sourceName === effective.name
      ? ofSource
      : onSide('target', () => readZone(target.client, effective.name, now)),
  ]);
  return {
    source: sourceZone,
    target: targetZone,
    areSame: sameClock(sourceZone, targetZone, now, now + TWO_YEARS),
    mend: alterStatement(effective, sourceName),
  };
}

/**
 * The time zone that a daemon gets.
 * @param role who it connects as; null for who this run does
 * @throws Failure of code `usage` for a role that is not there, `failed` for a zone that cannot be seen
 */
export async function zoneOf(
  side: 'source' | 'target',
  { client, login, zoneOfServer }: ClockSide,
  role: string | null,
): Promise<EffectiveTimeZone & { kind: 'known' }> {
  return known(await onSide(side, () => effectiveTimeZone(client, login, zoneOfServer)), side, role);
}

async function checkedZone(client: Client, name: string): Promise<string> {
  if (await onSide('source', () => zoneExists(client, name))) return name;
  throw new Failure(
    'usage',
    `--source-time-zone ${shellWord(name)}: the source knows no such time zone.`,
    'Names stand in pg_timezone_names: Europe/Berlin, UTC.',
  );
}

function known(
  found: EffectiveTimeZone,
  side: 'source' | 'target',
  role: string | null,
): EffectiveTimeZone & { kind: 'known' } {
  if (found.kind === 'known') return found;
  if (found.kind === 'no-such-role')
    throw new Failure(
      'usage',
      `--${side}-role ${role}: the ${side} has no such role.`,
      'To list the roles: \\du in psql.',
    );
  const instead = side === 'source' ? ', or state it by --source-time-zone' : '';
  throw new Failure(
    'failed',
    `The TimeZone that "${found.role}" gets on the ${side} cannot be seen by this user.`,
    `Connect as "${found.role}" or as a superuser${instead}.`,
  );
}
