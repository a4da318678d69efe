import type { Job, Schedule, Step } from '../../model/job.ts';
import type { TargetChain, TargetTask } from '../../model/target-chain.ts';
import type { Problem } from '../../model/verdict.ts';
import { chainTimeout } from '../../transform/annotations.ts';
import { baseName, belongsTo } from '../../transform/chain-name.ts';
import type { Context } from '../../transform/context.ts';
import { oneRunAtATime } from '../../transform/guard.ts';
import { clientName, lockName } from '../../transform/plan-chains.ts';
import { commonMinutes } from '../../transform/schedule/firing-set.ts';
import { nextRuns } from '../../transform/schedule/next-runs.ts';
import { guardOf, isOwn, isUntouched, minutesOf, stepsOf, waits } from './written-chain.ts';

/**
 * What is wrong with the chains of a job besides the minutes.
 * @param schedules those that pgAgent fires
 */
export function chainProblems(
  job: Job,
  schedules: readonly Schedule[],
  chains: readonly TargetChain[],
  context: Context,
): readonly Problem[] {
  const bases = schedules.map((schedule) => baseName(job, schedule, context));
  const isOneOfSeveral = chains.filter((chain) => stepsOf(chain).length > 0).length > 1;
  return chains.flatMap((chain) => {
    const isWanted = bases.some((base) => belongsTo(chain.chainName, base));
    return [
      ...aboutLine(chain, chains, isWanted, context),
      ...aboutSettings(job, chain, clientName(job, context)),
      ...aboutSeveralClients(chain, context),
      ...aboutSteps(job, chain),
      ...aboutOwnTasks(job, chain, isOneOfSeveral, context),
      ...aboutTwins(job, chain, chains, context),
    ].map((problem): Problem => ({ ...problem, chainName: chain.chainName }));
  });
}

function aboutLine(
  chain: TargetChain,
  chains: readonly TargetChain[],
  isWanted: boolean,
  { now, zone }: Context,
): readonly Problem[] {
  const guard = guardOf(chain);
  const found: Problem[] = [];
  if (guard === 'changed')
    found.push({ code: 'guard-changed', message: 'its guard is not as this tool writes it' });
  const piece = minutesOf(chain, guard);
  if (piece === null && guard !== 'changed')
    found.push({
      code: 'run-at',
      message: `its run_at cannot be compared with a calendar: "${chain.runAt}"`,
    });
  const isOver = piece !== null && nextRuns([piece], zone, now, 1).length === 0;
  // A chain that another one starts runs whether it is live or not.
  if (isWanted && !chain.live && !isOver && !waits(chain))
    found.push({ code: 'not-live', message: 'it is not live: the clock does not start it' });
  if (typeof guard !== 'string' && guard.starts !== null) {
    const { starts } = guard;
    if (!chains.some(({ chainName }) => chainName === starts))
      found.push({ code: 'steps-missing', message: `the chain that it starts is not there: "${starts}"` });
  }
  return found;
}

function aboutSettings(job: Job, chain: TargetChain, client: string | null): readonly Problem[] {
  const found: Problem[] = [];
  if (chain.clientName !== client) found.push(otherClient(chain.clientName, client));
  if (stepsOf(chain).length > 0 && chain.maxInstances !== 1) {
    const is = chain.maxInstances ?? 'NULL';
    found.push({ code: 'max-instances', message: `its max_instances is ${is}, so it may run beside itself` });
  }
  const settings = [
    ...(chain.selfDestruct ? ['self_destruct takes it away after its first success'] : []),
    // None is what pgAgent knew, whatever jpgAgent was told.
    ...(chain.timeout > 0 && chain.timeout !== chainTimeout(job)
      ? [`timeout stops it after ${chain.timeout} ms`]
      : []),
    ...(chain.exclusiveExecution ? ['exclusive_execution holds up all other chains'] : []),
    ...((chain.onError ?? '') === '' ? [] : ['on_error runs SQL when it fails']),
  ];
  if (settings.length > 0) found.push({ code: 'chain-settings', message: settings.join(', ') });
  return found;
}

/** pgAgent ran a job of any host once. */
function aboutSeveralClients(
  { live, clientName: client }: TargetChain,
  { target: { connectedClients }, options }: Context,
): readonly Problem[] {
  if (!live || client !== null || options.everyClient || connectedClients.length < 2) return [];
  const shown = connectedClients.slice(0, 5).map((name) => `"${name}"`);
  const more = connectedClients.length > shown.length ? ', ...' : '';
  return [
    {
      code: 'several-clients',
      message: `each of the ${connectedClients.length} connected clients runs it (${shown.join(', ')}${more}). For one client: migrate --client-name =NAME --on-conflict replace. If all are meant: migrate --every-client`,
    },
  ];
}

function otherClient(is: string | null, wanted: string | null): Problem {
  const shown = is === '' ? `'', which no client has` : is === null ? 'NULL' : `"${is}"`;
  const asked = wanted === null ? 'NULL, for any client' : `"${wanted}"`;
  return { code: 'client-name', message: `its client_name is ${shown}; the job's host asks for ${asked}` };
}

function aboutSteps(job: Job, chain: TargetChain): readonly Problem[] {
  const guard = guardOf(chain);
  if (typeof guard !== 'string' && guard.starts !== null) return [];
  const wanted = job.steps.filter(({ enabled }) => enabled).map(stepText);
  const live = stepsOf(chain).filter((task) => task.live);
  if (areAsWanted(live, job.steps)) return [];
  const names = live.map(({ kind, taskName }) => `${kind} "${taskName}"`);
  return [
    {
      code: 'steps-changed',
      message: `its live tasks are ${list(names)}; the job's enabled steps are ${list(wanted)}`,
    },
  ];
}

/** Whether tasks are steps, each one or several SQL steps that `--transaction JOB=joined` made one task. */
function areAsWanted(tasks: readonly TargetTask[], steps: readonly Step[]): boolean {
  let left = steps.filter(({ enabled }) => enabled);
  for (const { kind, taskName } of tasks) {
    const count = left.findIndex((_, index) => {
      const some = left.slice(0, index + 1);
      const isJoined = index === 0 || some.every((step) => step.kind === 'sql');
      return (
        isJoined &&
        stepText({ kind: left[0]?.kind ?? 'sql', name: some.map(({ name }) => name).join(' + ') }) ===
          `${kind} "${taskName}"`
      );
    });
    if (count === -1) return false;
    left = left.slice(count + 1);
  }
  return left.length === 0;
}

function stepText({ kind, name }: Pick<Step, 'kind' | 'name'>): string {
  return `${kind === 'sql' ? 'SQL' : 'PROGRAM'} "${name}"`;
}

/** The tasks that the tool put in front, the guard apart: as it wrote them, and in front of the steps. */
function aboutOwnTasks(
  job: Job,
  chain: TargetChain,
  isOneOfSeveral: boolean,
  context: Context,
): readonly Problem[] {
  if (stepsOf(chain).length === 0) return [];
  const found: Problem[] = [];
  const own = chain.tasks.filter((task) => isOwn(task) && task.taskName !== 'guard');
  const inFront = chain.tasks.slice(
    0,
    chain.tasks.findIndex((task) => !isOwn(task)),
  );
  const works = (task: TargetTask): boolean =>
    isUntouched(task) && !task.autonomous && inFront.includes(task);
  for (const task of own.filter((one) => !works(one)))
    found.push({ code: 'task-changed', message: `its task "${task.taskName}" is not as this tool wrote it` });
  const lock = oneRunAtATime(lockName(job, context), 1).command;
  if (isOneOfSeveral && !own.some(({ command }) => command === lock))
    found.push({
      code: 'lock-missing',
      message: 'it does not try the lock that keeps the chains of the job apart',
    });
  if (own.length === 0 && !isOneOfSeveral)
    found.push({
      code: 'task-changed',
      message: 'its task "release snapshot" is gone: it holds back vacuum while its steps run',
    });
  return found;
}

/** Another chain of the same schedule that comes due in one of its minutes. */
function aboutTwins(
  job: Job,
  chain: TargetChain,
  chains: readonly TargetChain[],
  context: Context,
): readonly Problem[] {
  const base = job.schedules
    .map((schedule) => baseName(job, schedule, context))
    .find((one) => belongsTo(chain.chainName, one));
  const piece = minutesOf(chain, guardOf(chain));
  if (base === undefined || piece === null || !chain.live) return [];
  const earlier = chains.slice(0, chains.indexOf(chain));
  const twin = earlier.find((other) => {
    const its = minutesOf(other, guardOf(other));
    if (its === null || !other.live || !belongsTo(other.chainName, base)) return false;
    return nextRuns(commonMinutes([piece], [its]), context.zone, context.now, 1).length > 0;
  });
  if (twin === undefined) return [];
  return [{ code: 'fires-twice', message: `it comes due together with "${twin.chainName}"` }];
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
