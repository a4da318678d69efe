import type { Job, Timing } from '../model/job.ts';
import type { Advisory, ChainPlan } from '../model/plan.ts';
import { isoInZone, type RepeatedStretch } from '../model/zone.ts';
import {
  anyHost,
  anyHostSeveralClients,
  boundToClient,
  everyMinuteOfTheHour,
  exceptionsPending,
  failedOnPurpose,
  lastDayHonored,
  lastDayOfMonth,
  lockTimeout,
  missingMonthDay,
  noEnabledStep,
  nothingTicked,
  overlappingSchedules,
  repeatedHour,
  repeatedHourAroundTheClock,
  severalChains,
  severalSchedules,
  startedChain,
  windowEnds,
  windowStarts,
} from './advisories/index.ts';
import type { About } from './advisories/rule.ts';
import type { Context } from './context.ts';
import { clientName, NEVER, type ScheduleChains } from './plan-chains.ts';
import { asksForLastDay, calendarProduct, hasOnlyLastDay } from './schedule/calendar.ts';
import type { PendingExceptions, TimeOfDay } from './schedule/exceptions.ts';
import { missingDate } from './schedule/missing-date.ts';
import { overlaps } from './schedule/overlaps.ts';
import type { Firing } from './schedule/plan-schedule.ts';
import { nextRepeated } from './schedule/repeated-time.ts';
import { cutToMinute, LATEST_INSTANT } from './schedule/schedule-set.ts';
import { FOUR_YEARS } from './schedule/stopped-runs.ts';

/** What is to be said of the schedules that are carried over. */
export function aboutSchedules(
  job: Job,
  parts: readonly ScheduleChains[],
  context: Context,
): readonly Advisory[] {
  // What comes of runs is nothing to a job that does not run.
  const running = job.enabled ? parts : [];
  const shared = overlaps(
    running.map(({ firing }) => firing),
    context.zone,
    context.now,
  );
  const withChains = parts.filter(({ chains }) => chains.length > 0);
  return withChains.flatMap((part) => [
    ...aboutTicks(part.firing, context),
    ...aboutWindow(part.firing, context),
    ...aboutChains(part),
    ...(running.includes(part) ? aboutRuns(part, context) : []),
    ...shared
      .filter(({ later }) => later === part.firing)
      .map(({ earlier, first, minutes }) =>
        overlappingSchedules(
          aboutOf(part.firing),
          `"${earlier.schedule.name}"`,
          isoInZone(context.zone, first),
          minutes,
        ),
      ),
  ]);
}

function aboutOf({ schedule }: Firing): About {
  return { scheduleId: schedule.id };
}

function aboutTicks(firing: Firing, { options, zone, now }: Context): readonly Advisory[] {
  const { schedule, timing, exceptions } = firing;
  const about = aboutOf(firing);
  const found: Advisory[] = [];
  if (isBare(timing)) found.push(nothingTicked(about));
  if (leavesMinuteOpen(timing)) found.push(everyMinuteOfTheHour(about, runsADay(firing), schedule.id));
  const missing = missingDate(timing, zone, now);
  if (missing !== null) found.push(missingMonthDay(about, missing.day, missing.month));
  if (asksForLastDay(timing) && !hasOnlyLastDay(timing))
    found.push(options.lastDay === 'honor' ? lastDayHonored(about) : lastDayOfMonth(about));
  const { dates, times } = inWords(exceptions);
  if (dates.length + times.length > 0) found.push(exceptionsPending(about, dates, times));
  return found;
}

// Measured: week days do not count.
function isBare({ minutes, hours, monthDays, months }: Timing): boolean {
  return ![minutes, hours, monthDays, months].some((elements) => elements.includes(true));
}

/** Whether something is ticked, and no minute. */
function leavesMinuteOpen({ minutes, hours, monthDays, months, weekdays }: Timing): boolean {
  return !minutes.includes(true) && [hours, monthDays, months, weekdays].some((of) => of.includes(true));
}

function runsADay({ timing, exceptions }: Firing): number {
  const { hours, minutes } = calendarProduct(timing);
  return hours.length * minutes.length - exceptions.times.length;
}

function inWords({ dates, times, moments }: PendingExceptions): {
  dates: readonly string[];
  times: readonly string[];
} {
  return {
    dates: [...dates, ...moments.map(({ date, ...at }) => `${date} at ${clock(at)}`)],
    times: times.map(clock),
  };
}

function clock({ hour, minute }: TimeOfDay): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

function aboutWindow({ schedule, set }: Firing, { now, zone }: Context): readonly Advisory[] {
  const { id, start, end } = schedule;
  const found: Advisory[] = [];
  const isGuarded = set.some(({ conditions }) =>
    conditions.some((one) => one.kind === 'from' && one.instant === cutToMinute(start)),
  );
  if (cutToMinute(start) > now)
    found.push(windowStarts({ scheduleId: id }, isoInZone(zone, start), isGuarded));
  if (end !== null && end >= now && end < LATEST_INSTANT)
    found.push(
      windowEnds({ scheduleId: id }, isoInZone(zone, end), end > now + FOUR_YEARS ? clearsEnd(id) : null),
    );
  return found;
}

/** An end that far away is one that somebody had to enter, as a rule. */
function clearsEnd(id: number): string {
  return `UPDATE pgagent.pga_schedule SET jscend = NULL WHERE jscid = ${id};`;
}

function aboutChains({ firing, chains }: ScheduleChains): readonly Advisory[] {
  const lines = chains.filter(({ runAt }) => runAt !== NEVER);
  return lines.length > 1 ? [severalChains(aboutOf(firing), lines.length)] : [];
}

function aboutRuns(part: ScheduleChains, context: Context): readonly Advisory[] {
  const repeated = nextRepeated(part.firing.set, context.zone, context.now);
  const say = isAroundTheClock(part.firing) ? repeatedHourAroundTheClock : repeatedHour;
  return [
    ...aboutGuards(part, context),
    ...(repeated ? [say(aboutOf(part.firing), stretchText(repeated))] : []),
  ];
}

function aboutGuards(
  { firing, stopped, stepsChain }: ScheduleChains,
  { zone }: Context,
): readonly Advisory[] {
  if (!firing.isLive || stopped.first === null) return [];
  const first = isoInZone(zone, stopped.first);
  if (stepsChain !== null) return [startedChain(aboutOf(firing), stepsChain, stopped.runs, first)];
  return [failedOnPurpose(aboutOf(firing), stopped.runs, first)];
}

function isAroundTheClock({ timing }: Firing): boolean {
  return calendarProduct(timing).hours.length === 24;
}

function stretchText({ start, end }: RepeatedStretch): string {
  const text = (wall: number): string => new Date(wall).toISOString();
  return `on ${text(start).slice(0, 10)} from ${text(start).slice(11, 16)} to ${text(end).slice(11, 16)}`;
}

/** What is to be said of the job as a whole. */
export function aboutJob(
  job: Job,
  chains: readonly ChainPlan[],
  runsAnything: boolean,
  context: Context,
): readonly Advisory[] {
  const { options, target } = context;
  const { connectedClients, knownClients, transactionTimeouts } = target;
  const client = clientName(job, context);
  const found: Advisory[] = [];
  const withSteps = chains.filter(({ tasks }) => tasks.some(({ stepId }) => stepId !== null));
  if (withSteps.length > 1) {
    found.push(severalSchedules({}, withSteps.length));
    if (transactionTimeouts.length > 0) found.push(lockTimeout({}, transactionTimeouts));
  }
  if (client !== null) found.push(boundToClient({}, client, connectedClients.includes(client)));
  else if (knownClients.length > 1 && !options.everyClient)
    found.push(anyHostSeveralClients({}, knownClients));
  else found.push(anyHost({}, options.everyClient));
  if (!runsAnything) found.push(noEnabledStep({}));
  return found;
}
