import { counted } from '../../model/counted.ts';
import { Failure } from '../../model/failure.ts';
import { shellWord } from '../../model/shell-word.ts';
import { UTC, type Zone } from '../../model/zone.ts';
import { onSide } from '../../postgres/query-errors.ts';
import { alterStatement, readZone, sameClock, zoneExists } from '../../postgres/time-zone.ts';
import { type ClockSide, type Clocks, DAYS_OF_HISTORY, TWO_YEARS, zoneOf } from '../clocks.ts';
import type { DumpSettings } from '../settings.ts';
import { zoneWithoutServer } from './zone-without-server.ts';

/**
 * The clocks of a dump, which does not tell pgAgent's: `--source-time-zone` does. Without a target that is pg_timetable's too.
 * @param target null where none is asked
 * @param now milliseconds since 1970 UTC
 * @throws Failure of code `usage` for a zone that is not there
 */
export async function readDumpClocks(
  settings: DumpSettings,
  target: ClockSide | null,
  now: number,
): Promise<Clocks> {
  const { sourceTimeZone: stated } = settings;
  if (target === null) {
    const source = stated === null ? null : statedZone(stated, now);
    return { source, target: source ?? UTC, areSame: source !== null, mend: null };
  }
  const effective = await zoneOf('target', target, settings.targetRole);
  const ofTarget = await onSide('target', () => readZone(target.client, effective.name, now));
  if (stated === null) return { source: null, target: ofTarget, areSame: false, mend: null };
  const source = await onSide('target', () => zoneOnTarget(target, stated, now));
  return {
    source,
    target: ofTarget,
    areSame: sameClock(source, ofTarget, now, now + TWO_YEARS),
    mend: alterStatement(effective, source.name),
  };
}

function statedZone(name: string, now: number): Zone {
  const zone = zoneWithoutServer(name, now, DAYS_OF_HISTORY);
  if (zone !== null) return zone;
  const remedy = nameOfPosix(name, now);
  if (remedy === null)
    throw unknown(
      name,
      'no time zone has this name',
      `${NAMES} Only a server can read POSIX zones: IST-5:30.`,
    );
  throw unknown(name, 'only a server can read this time zone', remedy);
}

const NAMES = 'Names stand in pg_timezone_names: Europe/Berlin, UTC.';
/** GMT+3, <-03>3: an abbreviation, and whole hours west of UTC. PostgreSQL's documentation, "POSIX Time Zone Specifications". */
const POSIX = /^(?:[a-z]{3,}|<[^<>]+>)([+-]?)0*(\d{1,2})(?::?00)?$/i;

/** What to say in place of a POSIX zone; null for any other, and where no name has those hours. */
function nameOfPosix(name: string, now: number): string | null {
  const [, sign = '', hours = ''] = POSIX.exec(name) ?? [];
  const isEast = sign === '-';
  const same = `Etc/GMT${isEast ? '-' : '+'}${hours}`;
  if (hours === '' || zoneWithoutServer(same, now, 0) === null) return null;
  return `PostgreSQL reads ${name} as ${counted(Number(hours), 'hour')} ${isEast ? 'east' : 'west'} of UTC. Use its name: --source-time-zone ${same}`;
}

async function zoneOnTarget({ client }: ClockSide, name: string, now: number): Promise<Zone> {
  if (!(await zoneExists(client, name))) throw unknown(name, 'the target knows no such time zone');
  return readZone(client, name, now, DAYS_OF_HISTORY);
}

function unknown(name: string, what: string, remedy = NAMES): Failure {
  return new Failure('usage', `--source-time-zone ${shellWord(name)}: ${what}.`, remedy);
}
