import type { Job, Schedule } from '../job.ts';
import type { TargetChain, TargetTask } from '../target-chain.ts';
import { baseName } from '../transform/chain-name.ts';
import type { Context } from '../transform/context.ts';
import { nextRuns } from '../transform/schedule/next-runs.ts';
import type { Problem } from '../verdict.ts';
import { guardOf, minutesOf, waits } from './written-chain.ts';

const OWN_TASKS: readonly string[] = ['guard', 'release snapshot', 'one run at a time'];

/**
 * What is wrong with the chains of a job besides the minutes.
 * @param schedules those that pgAgent fires
 * @param client the name of the client that the job's host asks for; null for any
 */
export function chainProblems(
  job: Job,
  schedules: readonly Schedule[],
  chains: readonly TargetChain[],
  client: string | null,
  context: Context,
): readonly Problem[] {
  const bases = schedules.map((schedule) => baseName(job, schedule, context));
  const withSteps = chains.filter(({ tasks }) => stepsOf(tasks).length > 0);
  return chains.flatMap((chain) => {
    const isWanted = bases.some(
      (base) => chain.chainName === base || chain.chainName.startsWith(`${base} [`),
    );
    return [
      ...aboutLine(chain, chains, isWanted, context),
      ...aboutClient(chain, client),
      ...(withSteps.includes(chain) ? aboutSteps(job, chain, withSteps.length > 1) : []),
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
  if (piece === null)
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

function aboutClient({ clientName }: TargetChain, client: string | null): readonly Problem[] {
  if (clientName === client) return [];
  const is = clientName === '' ? `'', which no client has` : clientName === null ? 'NULL' : `"${clientName}"`;
  const wanted = client === null ? 'NULL, for any client' : `"${client}"`;
  return [{ code: 'client-name', message: `its client_name is ${is}; the job's host asks for ${wanted}` }];
}

function aboutSteps(
  job: Job,
  { tasks, maxInstances }: TargetChain,
  isOneOfSeveral: boolean,
): readonly Problem[] {
  const found: Problem[] = [];
  const wanted = job.steps.filter(({ enabled }) => enabled).map(({ name }) => name);
  const names = stepsOf(tasks).flatMap(({ taskName, live }) => (live ? [taskName] : []));
  if (names.join('\n') !== wanted.join('\n'))
    found.push({
      code: 'steps-changed',
      message: `its live tasks are ${list(names)}; the job's enabled steps are ${list(wanted)}`,
    });
  if (maxInstances !== 1)
    found.push({
      code: 'max-instances',
      message: `its max_instances is ${maxInstances ?? 'NULL'}, so it may run beside itself`,
    });
  const tries = tasks.some(
    ({ taskName, command, live }) =>
      live && taskName === 'one run at a time' && command.includes('pg_try_advisory_xact_lock'),
  );
  if (isOneOfSeveral && !tries)
    found.push({
      code: 'lock-missing',
      message: 'it does not try the lock that keeps the chains of the job apart',
    });
  return found;
}

function stepsOf(tasks: readonly TargetTask[]): readonly TargetTask[] {
  return tasks.filter(({ taskName, command }) => !OWN_TASKS.includes(taskName) || !isOwn(taskName, command));
}

// A step of the job may bear the name of a task of the tool.
function isOwn(taskName: string, command: string): boolean {
  return taskName === 'release snapshot' ? command === 'SELECT 1' : command.includes('Made by pga2timetable');
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
