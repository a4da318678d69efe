import { type Check, isOfConcern } from '../model/preflight.ts';
import { shellWord } from '../model/shell-word.ts';
import type { ClientRole } from '../timetable/client-role.ts';
import type { ClientSightings } from '../timetable/clients.ts';
import type { LeftRun } from '../timetable/left-runs.ts';
import { counted, listed, note, ok, stop, warning } from './check.ts';

const MOST_CLIENTS = 50;

/** How many live chains each client is to run; under null those that every client runs. */
export type ChainsByClient = ReadonlyMap<string | null, number>;

export interface ClientNeed {
  readonly liveChains: ChainsByClient;
  /** The host agents of the jobs of these chains, '' for any host. */
  readonly hosts: ReadonlyMap<string | null, ReadonlySet<string>>;
  readonly disablesJobs: boolean;
  /** Whether pgAgent runs none of the jobs any more: an earlier cutover disabled them. */
  readonly areDisabled: boolean;
  /** Whether chains that every client runs were not asked for (--every-client). */
  readonly runsSeveralTimes: boolean;
  readonly isWithoutClient: boolean;
}

/** Whether somebody is there who will run the chains: a line a client. */
export function aboutClients(need: ClientNeed, sightings: ClientSightings): readonly Check[] {
  const { liveChains } = need;
  if (liveChains.size === 0)
    return [ok('clients', 'No chain will be live, so none needs a pg_timetable client.')];
  const checks = [...liveChains].map(([name, chains]) =>
    name === null ? aboutAnyClient(chains, need, sightings) : aboutClient(name, chains, need, sightings),
  );
  // What stops the run, or may go wrong, is not cut off by what is well.
  const grave = checks.filter(isOfConcern);
  const shown = [...grave, ...checks.filter((check) => !grave.includes(check))].slice(0, MOST_CLIENTS);
  const rest = checks.length - shown.length;
  return rest > 0
    ? [...shown, note('clients', `So it is with ${counted(rest, 'more client')}, or better.`)]
    : shown;
}

function aboutClient(
  name: string,
  chains: number,
  need: ClientNeed,
  { connected, seen, unread }: ClientSightings,
): Check {
  const bound = `${counted(chains, 'live chain')} ${chains === 1 ? 'is' : 'are'} bound to it`;
  if (connected.has(name)) return ok('clients', `Client "${name}" is connected. ${bound}.`);
  const start = `Start it: pg_timetable --clientname=${shellWord(name)}.`;
  const absence = `Client "${name}" is not connected`;
  const another = toUseAnother(need.hosts.get(name) ?? [name], [...connected.keys()].sort());
  if (need.disablesJobs)
    return nobodyThere(`${absence}. ${bound}`, need, start, connected.size > 0 ? [another] : []);
  if (seen.has(name)) return note('clients', `${absence} now; it was before. ${bound}.`, start);
  if (unread.length > 0)
    return note(
      'clients',
      `${absence}. ${bound}. Whether it ever was connected cannot be seen without ${unread.join(', ')}.`,
      start,
    );
  return warning('clients', `${absence} and has never connected. ${bound}.`, `${start} ${another}`);
}

/** The options that bind the jobs of hosts to a connected client, or to `CLIENT` where none is. */
function toUseAnother(hosts: Iterable<string>, connected: readonly string[]): string {
  const [client = 'CLIENT'] = connected;
  const options = [...hosts].map((host) => `--client-name ${shellWord(`${host}=${client}`)}`);
  const others = connected.length > 1 ? ` (connected: ${listed(connected)})` : '';
  return `To use another client${others}: ${options.join(' ')}`;
}

function aboutAnyClient(chains: number, need: ClientNeed, { connected, hasSeenAny }: ClientSightings): Check {
  const chainsOf = counted(chains, 'live chain');
  const isOne = chains === 1;
  if (connected.size > 1 && need.runsSeveralTimes)
    return warning(
      'clients',
      `Each of ${connected.size} connected clients runs ${chainsOf}: ${listed([...connected.keys()].sort())}.`,
      'For one client: --client-name =NAME. If all are meant: --every-client.',
    );
  const unbound = `${chainsOf} ${isOne ? 'is' : 'are'} not bound to a client, so every pg_timetable client runs ${isOne ? 'it' : 'them'}.`;
  if (connected.size > 0)
    return ok('clients', `${unbound} Connected: ${listed([...connected.keys()].sort())}.`);
  const start = 'Start one: pg_timetable --clientname=NAME.';
  if (need.disablesJobs) return nobodyThere(`${unbound} None is connected`, need, start);
  return note(
    'clients',
    hasSeenAny
      ? `${unbound} None is connected now; one was before.`
      : `${unbound} No client has connected yet.`,
    start,
  );
}

function nobodyThere(
  absence: string,
  { areDisabled, isWithoutClient }: Pick<ClientNeed, 'areDisabled' | 'isWithoutClient'>,
  start: string,
  another: readonly string[] = [],
): Check {
  const message = areDisabled
    ? `${absence}. The jobs are disabled in pgAgent, so nothing runs them now.`
    : `${absence}. Once disabled in pgAgent, the jobs would run nowhere.`;
  if (isWithoutClient) return warning('clients', message, start);
  const ways = [start, ...(areDisabled ? [] : another), 'To continue without it: --without-client.'];
  return stop('clients', message, ways.join(' '));
}

/** Whether the role that --target-role names can be pg_timetable's. */
export function aboutClientRole(role: string, { mayLogIn, missing }: ClientRole): Check {
  const check = 'client-role';
  if (!mayLogIn)
    return warning(
      check,
      `The role "${role}", which pg_timetable will connect as, may not log in.`,
      `ALTER ROLE "${role}" LOGIN; or name another by --target-role.`,
    );
  if (missing.length > 0)
    return warning(
      check,
      `The role "${role}", which pg_timetable will connect as, could not run a chain: it lacks ${missing.join(', ')}.`,
      'Grant this, or name the role that pg_timetable really connects as: --target-role',
    );
  return ok(
    check,
    `The role "${role}", which pg_timetable will connect as, has all that pg_timetable needs.`,
  );
}

/**
 * @param left null where timetable.active_chain may not be read
 * @param ownNames the chains of this plan that the target has already
 */
export function aboutLeftRuns(
  left: readonly LeftRun[] | null,
  ownNames: readonly string[],
): readonly Check[] {
  const check = 'active-chains';
  if (left === null)
    return [
      note(
        check,
        'Whether runs that ended without a word are left in timetable.active_chain cannot be seen: SELECT on it is lacking.',
      ),
    ];
  if (left.length === 0) return [ok(check, 'No stale rows in timetable.active_chain.')];
  const own = new Set(ownNames);
  const blocking = left.filter(({ blocks }) => blocks);
  const names = [...new Set(blocking.map(({ chainName, chainId }) => chainName ?? `chain ${chainId}`))];
  const ofPlan = names.filter((name) => own.has(name));
  const what = `timetable.active_chain has ${counted(left.length, 'stale row')}: nothing runs there`;
  if (blocking.length === 0) return [note(check, `${what}; no chain is blocked by that.`, remedyOf(left))];
  const shown = ofPlan.length > 0 ? ofPlan : names;
  const whose = ofPlan.length > 0 ? ', of this plan,' : '';
  const message = `${what}: ${listed(shown)}${whose} will not start again until then (max_instances).`;
  return [ofPlan.length > 0 ? warning(check, message, remedyOf(left)) : note(check, message, remedyOf(left))];
}

// A row of a client that is gone is cleared by whichever connects next, one of a living client only by its own restart.
function remedyOf(left: readonly LeftRun[]): string {
  const alive = [
    ...new Set(left.filter(({ isConnected }) => isConnected).map(({ clientName }) => clientName)),
  ];
  if (alive.length === 0) return 'The next pg_timetable that connects clears that.';
  return `Restart the client ${listed(alive)}: only that clears it.`;
}
