import type { CronTimes } from '../model/cron-line.ts';
import type { TaskPlan } from '../model/plan.ts';
import { clock } from './cron-fields.ts';

/** Dates that are listed one by one. */
const MOST_DATES = 3;

const STOP = /^ {2}IF (.+?) THEN\b/gm;
const STRETCH = /'(\S+) (\S+)' AND now\(\)::timestamp < '\S+ (\S+)'/g;
const START = '  PERFORM pg_notify(';

type TimesOfDay = Pick<CronTimes, 'hours' | 'minutes'>;

/**
 * What the guard of a chain keeps out, or lets through, in words; nothing for a chain without one.
 * @param times of the chain's cron line
 */
export function guardWords(
  tasks: readonly Pick<TaskPlan, 'taskName' | 'stepId' | 'command'>[],
  times: TimesOfDay,
): readonly string[] {
  const guard = tasks.find(({ taskName, stepId }) => taskName === 'guard' && stepId === null);
  if (guard === undefined) return [];
  // After the start stands a name, and names hold anything.
  const [stops = ''] = guard.command.split(START, 1);
  const words = [...stops.matchAll(STOP)].map(([, stop = '']) => wordsOf(stop, false, times));
  return words.includes(null) ? ['less what its guard keeps out'] : words.filter((one) => one !== null);
}

/** @param isDenied whether the chain runs where the expression is true, not where it is false */
function wordsOf(stop: string, isDenied: boolean, times: TimesOfDay): string | null {
  const [, inner] = /^NOT \((.+)\)$/.exec(stop) ?? [];
  if (inner !== undefined) return wordsOf(inner, !isDenied, times);
  const [, operator, time = ''] = /^now\(\) (<|>=) '([^']+)'$/.exec(stop) ?? [];
  if (operator !== undefined)
    return (operator === '<') === isDenied
      ? `only before ${timeInWords(time)}`
      : `only from ${timeInWords(time)} on`;
  const [, dates] = /^now\(\)::date IN \((.+)\)$/.exec(stop) ?? [];
  if (dates !== undefined)
    return `${isDenied ? 'only' : 'not'} on ${shortened(dates.split(', ').map((date) => date.slice(1, -1)))}`;
  const stretches = [...stop.matchAll(STRETCH)].map((stretch) => stretchInWords(stretch, times));
  if (stretches.length > 0) return `${isDenied ? 'only' : 'not'} on ${shortened(stretches)}`;
  if (!stop.startsWith('to_char(now()')) return null;
  return `${isDenied ? 'only' : 'not'} on 28 February of leap years`;
}

// Reaches to the next minute of the schedule, so that it stops a run that starts late. What is due in it is what matters.
function stretchInWords(
  [, date, from = '', before = '']: RegExpExecArray,
  { hours, minutes }: TimesOfDay,
): string {
  const end = before === '00:00' ? '24:00' : before;
  const due = hours
    .flatMap((hour) => minutes.map((minute) => clock(hour, minute)))
    .filter((time) => from <= time && time < end);
  const [first] = due;
  const last = due.at(-1);
  if (first === undefined) return `${date} from ${from} to ${end}`;
  return `${date} ${first === last ? `at ${first}` : `from ${first} through ${last}`}`;
}

// 2027-03-01 00:00:00+00
function timeInWords(time: string): string {
  return time.replace(/(?::00)?\+00$/, ' UTC');
}

function shortened(dates: readonly string[]): string {
  const rest = dates.length - MOST_DATES;
  if (rest <= 1) return dates.join(', ');
  return `${dates.slice(0, MOST_DATES).join(', ')} and ${rest} more dates`;
}
