import type { Job } from '../model/job.ts';
import type { Advisory } from '../model/plan.ts';
import { HIDING } from '../secrets/masked.ts';
import { aboutDatabases } from './about-databases.ts';
import {
  chainTransaction,
  chainTransactionOthers,
  environmentNames,
  joinedSteps,
  madeTwice,
  settingsCarryOver,
  sharedSession as sharedSessionAdvisory,
} from './advisories/index.ts';
import { connectionKey } from './connection-key.ts';
import type { Context } from './context.ts';
import { joinSteps } from './joined-steps.ts';
import { SESSION_STATE } from './sql/session-state.ts';
import { NO_SESSION_USE, sessionUse } from './sql/session-use.ts';
import { carriedSettings, isRoleSetting } from './sql/settings.ts';
import { type SessionLink, sharedSession } from './sql/shared-session.ts';
import { environmentOf } from './step/environment.ts';
import type { Carried, StepFate } from './step/plan-step.ts';

/** What is to be said of the steps of a job with one another: those that run, in their order. */
export function aboutSteps(job: Job, fates: readonly StepFate[], context: Context): readonly Advisory[] {
  const running = runningOf(fates);
  const isChain = context.options.transaction === 'chain';
  const isJoiningNothing =
    context.options.transaction === 'joined' && running.every(({ joinedInto }) => joinedInto === undefined);
  return [
    ...(isJoiningNothing ? [joinedSteps({}, 0)] : []),
    ...aboutSession(job, running, isChain),
    ...aboutDatabases(job, running, context),
    ...aboutEnvironment(job, running),
    ...(isChain ? aboutTransaction(running) : []),
  ];
}

function runningOf(fates: readonly StepFate[]): readonly Carried[] {
  return fates.filter((fate): fate is Carried => fate.kind === 'task' && fate.task.live);
}

// What one script sets is gone when the next begins.
function aboutEnvironment(job: Job, running: readonly Carried[]): readonly Advisory[] {
  const ids = new Set(running.map(({ task }) => task.stepId));
  const scripts = job.steps.filter(({ id, kind }) => kind === 'batch' && ids.has(id));
  const taking = scripts.filter(({ code }) => environmentOf(code).length > 0);
  // A part of a password may look like a name.
  const names = [...new Set(taking.flatMap(({ code }) => environmentOf(HIDING.text(code))))].sort();
  return names.length > 0 ? [environmentNames({}, names)] : [];
}

function isLocal({ task }: Carried): boolean {
  return task.kind === 'SQL' && task.databaseConnection === null;
}

function aboutSession(job: Job, running: readonly Carried[], isChain: boolean): readonly Advisory[] {
  const stepOf = new Map(job.steps.map((step) => [step.id, step]));
  const local = new Set(running.filter(isLocal).map(({ task }) => task.stepId));
  // Nobody to share with: most jobs.
  if (running.length < 2) return [];
  const links = sharedSession(
    running.flatMap(({ task: { stepId }, statements }) => {
      const step = stepId === null ? undefined : stepOf.get(stepId);
      if (step === undefined) return [];
      const use = statements === null ? NO_SESSION_USE : sessionUse(statements);
      return [{ stepId: step.id, connectionKey: connectionKey(step), use }];
    }),
  );
  const areLocal = ({ leftBy, takenBy, madeAgainBy }: SessionLink): boolean =>
    [leftBy, ...takenBy, ...madeAgainBy].every((id) => local.has(id));
  // Tasks in the chain's transaction share its session, and so do steps in one task.
  const cut = links.filter((link) => !(isChain && areLocal(link)) && !isJoined(link, running));
  const wayOut = (): Parameters<typeof sharedSessionAdvisory>[2] => {
    const joined = runningOf(joinSteps(job, running));
    if (joined.length === running.length && cut.every((link) => isJoined(link, joined)))
      return { jobId: job.id, mode: 'joined' };
    return !isChain && cut.every(areLocal) ? { jobId: job.id, mode: 'chain' } : null;
  };
  const named = (id: number): string => `step ${id} "${stepOf.get(id)?.name ?? ''}"`;
  const shared = cut.flatMap((link) => linkText(link, named));
  return [
    ...(shared.length > 0 ? [sharedSessionAdvisory({}, shared, wayOut())] : []),
    ...cut.flatMap(({ what, leftBy, madeAgainBy }) =>
      madeAgainBy.map((stepId) => madeTwice({ stepId }, what, named(leftBy))),
    ),
  ];
}

function isJoined({ leftBy, takenBy, madeAgainBy }: SessionLink, running: readonly Carried[]): boolean {
  const home = (id: number): number | undefined =>
    running.find(({ task }) => task.stepId === id)?.joinedInto ?? id;
  const others = [...takenBy, ...madeAgainBy];
  // What is only at work must be so until the last step has ended.
  const until = others.length > 0 ? others : [running.at(-1)?.task.stepId ?? -1];
  return until.every((id) => home(id) === home(leftBy));
}

function linkText(
  { what, kind, leftBy, takenBy, madeAgainBy }: SessionLink,
  named: (id: number) => string,
): readonly string[] {
  const { loss } = SESSION_STATE[kind];
  const grave = loss === undefined ? '' : ` (${loss})`;
  if (takenBy.length === 0)
    return madeAgainBy.length > 0 ? [] : [`${named(leftBy)} leaves ${what} for the steps after it${grave}`];
  const takers = takenBy.map(named).join(', ');
  if (kind === 'role' || kind === 'session-authorization')
    return [`${takers} ran under the ${what} of ${named(leftBy)}`];
  const thing = what.replace(/^(?:an|the) /, '');
  return [`${takers} ${takenBy.length === 1 ? 'uses' : 'use'} the ${thing} of ${named(leftBy)}${grave}`];
}

/** With --transaction chain: what the chain's own transaction means for its steps. */
function aboutTransaction(running: readonly Carried[]): readonly Advisory[] {
  const local = running.filter(isLocal);
  if (local.length === 0) return [];
  const behind = running.slice(running.findIndex(isLocal) + 1);
  const others = behind.filter((one) => !isLocal(one)).map(({ task }) => `"${task.taskName}"`);
  return [
    chainTransaction({}, local.length),
    ...(others.length > 0 ? [chainTransactionOthers({}, others)] : []),
    ...local.slice(0, -1).flatMap(({ task, statements }) => {
      // What a role setting does reached the later steps under pgAgent, too.
      const names = carriedSettings(statements ?? []).filter((name) => !isRoleSetting(name));
      return names.length > 0 && task.stepId !== null
        ? [settingsCarryOver({ stepId: task.stepId }, names)]
        : [];
    }),
  ];
}
