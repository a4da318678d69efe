import type { Advisory } from '../../model/plan.ts';

const EMPTY_RUNS = /: \d+ empty runs? in the next four years, first at \S+(?=\.)/g;

/** What these advisories say of the time that comes, and would say otherwise each time they are made. */
const OF_THE_CLOCK: Readonly<Record<string, readonly [pattern: RegExp, instead: string]>> = {
  'overlapping-schedules': [/, first at \S+, in (?:one minute|\d+ minutes) of the next 365 days/g, ''],
  'repeated-hour': [/, next on \S+ from \S+ to \d\d:\d\d/g, ''],
  'repeated-hour-around-the-clock': [/, next on \S+ from \S+ to \d\d:\d\d/g, ''],
  'failed-on-purpose': [EMPTY_RUNS, ''],
  'started-chain': [EMPTY_RUNS, ''],
};

/** The message of an advisory without what only the clock makes different. */
export function timelessMessage({ code, message }: Pick<Advisory, 'code' | 'message'>): string {
  const [pattern, instead] = OF_THE_CLOCK[code] ?? [];
  return pattern === undefined ? message : message.replace(pattern, instead ?? '');
}
