import { type Varied, varied } from '../../model/varied.ts';
import { rule } from './rule.ts';
import { shown } from './shown.ts';

/** Measured: pga_next_schedule adds a minute where none of its arrays but that of the week days has a true element. */
export const nothingTicked = rule(
  'nothing-ticked',
  'warning',
  () =>
    'has no minute, hour, month day or month ticked, which means every minute. pgAgent fires such a schedule only every other minute (a bug); the chain fires every minute, twice as often. If every other minute is right, tick the even minutes in pgAgent before you move the job.',
);

/** pgAgent: an array without a true element stands for any value. "Daily at 2:00" with no minute ticked is `* 2 * * *`. */
export const everyMinuteOfTheHour = rule(
  'every-minute-of-the-hour',
  'info',
  (runs: number, scheduleId: number) =>
    varied`has no minute ticked, which means all 60 of each hour: ${{ runs }} runs a day. The chain does the same. If one run an hour was meant, tick minute 0 before you move the job: UPDATE pgagent.pga_schedule SET jscminutes[1] = true WHERE jscid = ${{ schedule: scheduleId }};`,
);

/** Measured: beside any other month day pga_next_schedule passes the 32nd element of jscmonthdays over. */
export const lastDayOfMonth = rule(
  'last-day-of-month',
  'warning',
  () =>
    'ticks "last day of the month" beside other days. pgAgent ignores "last day" beside other days (a bug), and so will the chains. To run on the last day too: --last-day honor',
);

/** `--last-day honor`, where pga_next_schedule passes the flag over (measured). */
export const lastDayHonored = rule(
  'last-day-honored',
  'info',
  () =>
    'ticks "last day of the month" beside other days. pgAgent never fired it on the last day; its chains do, as --last-day honor asks, so the job runs more often than it did.',
);

/** Measured: pga_next_schedule builds dates such as 31 February, raises, and leaves jobagentid set. */
export const missingMonthDay = rule(
  'day-missing-in-month',
  'warning',
  (day: number, month: number) =>
    varied`makes pgAgent look for ${{ day: `${day} ${MONTHS[month - 1]}` }}, which does not exist. The search fails, and the job stands still until an agent restarts. The chain fires on each ticked day that exists, so the job may run more often than before.`,
);

const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Each minute that an exception of a time, or with --overlap exact another schedule, takes out may cost a cron line. */
export const manyChains = rule(
  'many-chains',
  'error',
  (count: number, most: number) =>
    varied`needs ${{ chains: count }} chains, more than ${String(most)}. Fewer exceptions with a time but no date, or --overlap keep, need fewer chains. To write them all: --allow-many-chains`,
);

/** One cron line is a product of five sets; a schedule may be several. */
export const severalChains = rule(
  'several-chains',
  'info',
  (count: number) =>
    varied`becomes ${{ chains: count }} chains, because one cron line cannot express it. No two of them fire in the same minute.`,
);

/** pgAgent: jobagentid IS NULL; pg_timetable: max_instances counts the runs of one chain. */
export const severalSchedules = rule(
  'several-schedules',
  'info',
  (count: number) =>
    varied`has its steps in ${{ chains: count }} chains. pgAgent never ran a job twice at once, so each chain first tries a lock of the job. If another of these chains is running, the chain stops and is logged as failed ("not run: ..."). pgAgent skipped such a run too.`,
);

/** pgAgent: one jobnextrun a job; pg_timetable: one chain a schedule. */
export const overlappingSchedules = rule(
  'overlapping-schedules',
  'warning',
  (other: string, first: string, minutes: number) =>
    varied`fires together with the schedule ${{ other }}, first at ${{ first }}, in ${{ minutes: minutes === 1 ? 'one minute' : `${minutes} minutes` }} of the next 365 days. pgAgent ran the job once then. Both chains start. If the first is still running, the second is logged as failed; otherwise the job runs twice. To run it once: --overlap exact`,
);

/** How many starts of chains come to nothing, and the first of them. */
function emptyRuns(runs: number, first: string): Varied {
  return varied`${{ runs: `${runs} empty ${runs === 1 ? 'run' : 'runs'}` }} in the next four years, first at ${{ first }}`;
}

/** A notification, by which a chain starts another one on the same client at once (measured: within 0.1 s). */
export const startedChain = rule(
  'started-chain',
  'info',
  (steps: string, runs: number, first: string) =>
    varied`has its steps in the chain "${{ chain: steps }}", whose own line never fires. The chains on its cron lines check the clock and start that chain, or nothing: ${emptyRuns(runs, first)}. pg_timetable logs each as a success. To pause the schedule, set the chains on its cron lines live = false.`,
);

/** pgAgent: pga_exception; a chain has none. Those that are over, or never met a minute of the schedule, do not count. */
export const exceptionsPending = rule(
  'exceptions',
  'info',
  (dates: readonly string[], times: readonly string[]) => {
    const [first = '', second] = [...onDates(dates), ...atTimes(times)];
    return second === undefined ? first : varied`${first} It ${second}`;
  },
);

function onDates(dates: readonly string[]): readonly Varied[] {
  if (dates.length === 0) return [];
  return [
    varied`does not fire on ${{ dates: shown(dates) }}: a guard in front of its chains skips these runs. The guard checks the clock when it runs, so a chain that waited past midnight is judged by the new day.`,
  ];
}

function atTimes(times: readonly string[]): readonly Varied[] {
  return times.length === 0
    ? []
    : [varied`never fires at ${{ times: shown(times) }}: its cron lines leave that out.`];
}

/** pgAgent: jscstart; a chain has no start. */
export const windowStarts = rule('start-in-future', 'info', (start: string, isGuarded: boolean) =>
  isGuarded
    ? varied`begins only at ${{ start }}: a guard in front of its chains skips earlier runs. To avoid such runs, leave the schedule on pgAgent until then: --schedules active`
    : varied`begins only at ${{ start }}: its cron lines are not due before.`,
);

/** pgAgent: jscend; a chain has no end. */
export const windowEnds = rule(
  'end-in-future',
  'info',
  (end: string, clears: string | null) =>
    varied`ends at ${{ end }}: a guard skips the first run of each chain after that, and sets the chain live = false.${clears === null ? '' : varied` Until then the guard runs before every run. If this end only stands for "never", drop it before you migrate: ${clears}`}`,
);

/** Measured, Europe/Berlin: pg_timetable runs a minute twice that clocks going back repeat, pgAgent once. */
export const repeatedHour = rule(
  'repeated-hour',
  'warning',
  (stretch: string) =>
    varied`has minutes in the time that daylight saving repeats, next ${{ time: stretch }}. The chain runs them twice; pgAgent ran them once. If the steps must not run twice, move the schedule to another hour in pgAgent first.`,
);

/** Measured, Europe/Berlin: pg_timetable runs in both of the hours that clocks going back make of one, pgAgent only in one. */
export const repeatedHourAroundTheClock = rule(
  'repeated-hour-around-the-clock',
  'info',
  (stretch: string) =>
    varied`runs at every hour, so the chain runs twice in the hour that daylight saving repeats, next ${{ time: stretch }}. pgAgent ran once in it.`,
);

/** Both read the minute in the session's TimeZone. */
export const timeZoneDiffers = rule(
  'time-zone-differs',
  'error',
  (source: string, target: string, statement: string) =>
    `pgAgent's TimeZone is ${source}, pg_timetable's is ${target}: every chain would fire at other hours. These are the zones of the roles that connect now. To name the roles of the daemons: --source-role, --target-role. If the environment of pgAgent sets its zone: --source-time-zone. To give pg_timetable the zone of pgAgent, run this on the target and restart pg_timetable: ${statement} To move the jobs to the target's hours instead: --accept-time-zone`,
);

/** `--accept-time-zone`. */
export const timeZoneAccepted = rule(
  'time-zone-accepted',
  'warning',
  (source: string | null, target: string) =>
    `pgAgent's TimeZone is ${source ?? 'not known'}, pg_timetable's is ${target}. The chains fire at the same hours on the clock of ${target}, which are other moments. Starts and ends of schedules keep their moments.`,
);

/** `--schedules active`. */
export const notActive = rule(
  'not-active',
  'warning',
  (start: string) =>
    varied`begins only at ${{ start }}, and --schedules active leaves it out. It stays on pgAgent, which will fire it.`,
);

/** pgAgent: UPDATE pgagent.pga_job SET jobnextrun = now() (measured); pg_timetable: a notification, which timetable.notify_chain_start sends in a way that may count several times (measured). */
export const onDemand = rule(
  'on-demand',
  'info',
  (call: string) =>
    varied`has no enabled schedule and is started by hand. Its chain has a line that never fires. timetable.notify_chain_start may start it several times. This call starts it once, within a minute; no row means that no client is connected: ${{ call }}`,
);

/** pg_timetable: the only way for a first task to keep the others from running is to fail (measured). */
export const failedOnPurpose = rule(
  'failed-on-purpose',
  'info',
  (runs: number, first: string) =>
    varied`has a guard that skips runs. pg_timetable logs each as failed ("not run: ..."): ${emptyRuns(runs, first)}.`,
);

/** PostgreSQL: an index row of a B-tree takes a third of a page. */
export const nameTooLong = rule(
  'name-too-long',
  'error',
  (bytes: number, most: number) =>
    varied`needs a chain name of ${{ bytes }} bytes; the unique index of timetable.chain takes ${String(most)} at most. Shorten the name of the job or the schedule in pgAgent.`,
);
