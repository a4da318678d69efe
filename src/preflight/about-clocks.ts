import type { Check } from '../model/preflight.ts';
import type { ClockOffset } from '../postgres/server-clock.ts';
import { note, ok, warning } from './check.ts';

const SECOND = 1_000;

/** @param difference how far the source's clock is ahead of the target's; null where both sides are one server */
export function aboutServerClocks(difference: ClockOffset | null): Check {
  const check = 'server-clocks';
  if (difference === null) return ok(check, 'Both sides are one server, with one clock.');
  const apart = Math.abs(difference.ahead);
  const precision = `measured to ${inSeconds(difference.uncertainty)}`;
  if (apart - difference.uncertainty > SECOND) {
    const which = difference.ahead > 0 ? 'behind' : 'ahead of';
    return warning(
      check,
      `The clock of the target's server is ${inSeconds(apart)} ${which} the source's (${precision}): jobs will start that much ${difference.ahead > 0 ? 'later' : 'earlier'} than under pgAgent.`,
      'Set both clocks by NTP before the cutover.',
    );
  }
  if (apart + difference.uncertainty > SECOND)
    return note(
      check,
      `The clocks of the two servers may be more than a second apart: ${inSeconds(apart)}, ${precision}.`,
    );
  return ok(check, `The clocks of the two servers are ${inSeconds(apart)} apart (${precision}).`);
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / SECOND).toFixed(milliseconds < 10 * SECOND ? 3 : 0)} s`;
}

/** The second of the minute at which a client of pg_timetable takes up chains. */
export interface ClientTick {
  readonly clientName: string;
  /** null where it is not known. */
  readonly second: number | null;
  /** The truth is at most so many seconds from it. */
  readonly margin: number;
}

const TOO_NEAR = 2;

/** The clients whose tick comes within two seconds of a minute's edge: under load they lose a minute and double the next. */
export function aboutTicks(ticks: readonly ClientTick[]): readonly Check[] {
  return ticks.map(aboutTick);
}

function aboutTick({ clientName, second, margin }: ClientTick): Check {
  const check = 'client-tick';
  if (second === null)
    return note(check, `At which second of a minute the client "${clientName}" starts chains is not known.`);
  const fromEdge = Math.min(second, 60 - second);
  const give = margin < 0.1 ? '' : `, give or take ${margin.toFixed(1)} s`;
  const at = `The client "${clientName}" starts chains at second ${second.toFixed(1)} of each minute${give}`;
  if (fromEdge - margin > TOO_NEAR) return ok(check, `${at}.`);
  const tell = fromEdge > TOO_NEAR ? note : warning;
  return tell(
    check,
    `${at}: within two seconds of the minute's edge it can lose one minute and run the next one's chains twice.`,
    `Start the client "${clientName}" again at another second of the minute, such as 20.`,
  );
}
