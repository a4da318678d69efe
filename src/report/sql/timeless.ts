import type { Advisory } from '../../model/plan.ts';

/** What these advisories say of the time that comes, and would say otherwise each time they are made. */
const OF_THE_CLOCK: Readonly<Record<string, readonly [pattern: RegExp, instead: string]>> = {
  'overlapping-schedules': [/, first at \S+, in (?:one minute|\d+ minutes) of the next 365 days/g, ''],
  'repeated-hour': [/, next on \S+ from \S+ to \d\d:\d\d/g, ''],
  'repeated-hour-around-the-clock': [/, next on \S+ from \S+ to \d\d:\d\d/g, ''],
  'failed-on-purpose': [/ (?:once|\d+ times) in the next four years, first at \S+(?=\.)/g, ''],
  'started-chain': [/ \d+ failed runs into the log in the next four years/g, ' failed runs into the log'],
};

/** The message of an advisory without what only the clock makes different. */
export function timelessMessage({ code, message }: Pick<Advisory, 'code' | 'message'>): string {
  const [pattern, instead] = OF_THE_CLOCK[code] ?? [];
  return pattern === undefined ? message : message.replace(pattern, instead ?? '');
}
