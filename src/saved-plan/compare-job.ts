import { LOG_CODES } from '../model/history.ts';
import type { Advisory, ChainPlan, JobPlan, TaskPlan } from '../model/plan.ts';
import { content } from './seal.ts';

const LONGEST_VALUE = 60;

const MOVED: Readonly<Record<JobPlan['moved'], string>> = {
  whole: 'whole',
  part: 'in part',
  none: 'not at all',
};

/**
 * What of a job is other than a saved plan says, in words that hold no text of a step.
 * What would write the same rows counts as the same.
 * @param saved as the file holds it
 * @param now planned anew and sealed
 */
export function jobDifferences(saved: JobPlan, now: JobPlan): readonly string[] {
  if (saved.chains.length === 0 && now.chains.length === 0) return [];
  const found = [
    ...changed('its name', saved.jobName, now.jobName),
    ...changed('its host', saved.hostAgent, now.hostAgent),
    ...(saved.enabled === now.enabled ? [] : [`it is ${now.enabled ? 'enabled' : 'disabled'} now`]),
    ...(saved.moved === now.moved
      ? []
      : [`it was to move ${MOVED[saved.moved]}, and moves ${MOVED[now.moved]} now`]),
    ...chainsDiffer(saved.chains, now.chains),
    ...newWarnings(saved.advisories, now.advisories),
  ];
  // A step stands in every chain of its job.
  return [...new Set(found)];
}

function changed(what: string, was: Value, is: Value): readonly string[] {
  return was === is ? [] : [`${what} was ${inWords(was)}, is ${inWords(is)}`];
}

type Value = string | number | boolean | null;

function inWords(value: Value): string {
  if (value === null) return 'none';
  if (typeof value !== 'string') return String(value);
  return `"${value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}...` : value}"`;
}

function chainsDiffer(saved: readonly ChainPlan[], now: readonly ChainPlan[]): readonly string[] {
  const name = ({ chainName }: ChainPlan): string => chainName;
  const twice = namedTwice(saved, name).map((one) => `the plan has the chain ${inWords(one)} twice`);
  const differences = paired(saved, now, name).flatMap(([was, is]) => {
    if (is === undefined) return [`the chain ${inWords(was?.chainName ?? '')} is gone`];
    return was === undefined ? [`the chain ${inWords(is.chainName)} is new`] : chainDiffers(was, is);
  });
  return [...twice, ...differences];
}

function chainDiffers(was: ChainPlan, is: ChainPlan): readonly string[] {
  const of = `of ${inWords(is.chainName)}`;
  return [
    ...changed(`run_at ${of}`, was.runAt, is.runAt),
    ...changed(`client_name ${of}`, was.clientName, is.clientName),
    ...changed(`live ${of}`, was.live, is.live),
    ...changed(`max_instances ${of}`, was.maxInstances, is.maxInstances),
    ...changed(`timeout ${of}`, was.timeout, is.timeout),
    ...changed(`the schedule ${of}`, was.scheduleId, is.scheduleId),
    ...tasksDiffer(was.tasks, is.tasks, of),
  ];
}

function tasksDiffer(saved: readonly TaskPlan[], now: readonly TaskPlan[], of: string): readonly string[] {
  const name = ({ stepId, taskName }: TaskPlan): string =>
    stepId === null ? `the task "${taskName}" ${of}` : `step ${stepId}`;
  const twice = namedTwice(saved, name).map((one) => `the plan has ${one} twice`);
  const differences = paired(saved, now, name).flatMap(([was, is]) => {
    const task = is ?? was;
    if (task === undefined) return [];
    const label = task.stepId === null ? name(task) : `${name(task)} ${inWords(task.taskName)}`;
    if (was === undefined || is === undefined) return [`${label} is ${is === undefined ? 'gone' : 'new'}`];
    return taskDiffers(was, is).map((difference) => `${label}: ${difference}`);
  });
  return [...twice, ...differences];
}

function taskDiffers(was: TaskPlan, is: TaskPlan): readonly string[] {
  return [
    ...changed('its name', was.taskName, is.taskName),
    ...changed('its place', was.taskOrder, is.taskOrder),
    ...changed('its kind', was.kind, is.kind),
    ...changed('ignore_error', was.ignoreError, is.ignoreError),
    ...changed('autonomous', was.autonomous, is.autonomous),
    ...changed('live', was.live, is.live),
    ...contentDiffers(was, is),
  ];
}

// Texts are not repeated: masking is the last fence around a password, not the only one.
function contentDiffers(was: TaskPlan, is: TaskPlan): readonly string[] {
  if (content(was) === content(is)) {
    if (was.secretDigest === is.secretDigest) return [];
    return was.secretDigest === undefined
      ? ['the plan does not say which password it holds: only --output writes that down']
      : ['its password is another one'];
  }
  const isElsewhere = was.databaseConnection !== is.databaseConnection;
  const isOtherText =
    content({ ...was, databaseConnection: null }) !== content({ ...is, databaseConnection: null });
  return [
    ...(isElsewhere ? ['its connection is another one'] : []),
    ...(isOtherText ? ['its text is another one'] : []),
  ];
}

const OF_THE_LOG: ReadonlySet<string> = new Set(LOG_CODES);

/** Those that a reader weighs, without what the log says, which is another with each run. */
export function lastingWarnings(advisories: readonly Advisory[]): readonly Advisory[] {
  return advisories.filter(({ severity, code }) => severity !== 'info' && !OF_THE_LOG.has(code));
}

/** What tells an advisory of a job from its others, whatever words it is said in. */
export function keyOfAdvisory({ code, scheduleId, stepId }: Advisory): string {
  return JSON.stringify([code, scheduleId, stepId]);
}

/** Nobody has read them in the plan. */
function newWarnings(saved: readonly Advisory[], now: readonly Advisory[]): readonly string[] {
  const known = new Set(saved.map(keyOfAdvisory));
  return lastingWarnings(now)
    .filter((advisory) => !known.has(keyOfAdvisory(advisory)))
    .map(({ code, severity }) => `the ${severity} ${code} is new`);
}

/** The names that several values of an edited file share, of which `paired` sees the last alone. */
function namedTwice<T>(values: readonly T[], name: (value: T) => string): readonly string[] {
  const names = values.map(name);
  return [...new Set(names.filter((one, at) => names.indexOf(one) !== at))];
}

/** The values of two lists that go by one name, in the order of the first list. */
function paired<T>(
  before: readonly T[],
  after: readonly T[],
  name: (value: T) => string,
): readonly (readonly [T | undefined, T | undefined])[] {
  const was = new Map(before.map((value) => [name(value), value]));
  const is = new Map(after.map((value) => [name(value), value]));
  return [...new Set([...was.keys(), ...is.keys()])].map((key) => [was.get(key), is.get(key)]);
}
