import type { ChainNow, JobRecord, LiveChange } from '../model/record.ts';

/** A chain as this run would make it. */
export interface WantedChain {
  readonly chainName: string;
  readonly live: boolean;
}

/** What a run finds of one job on the target. */
export interface CurrentState {
  /** null for a job that this tool has not moved there. */
  readonly record: JobRecord | null;
  /** Its recorded chains, by id; one that is gone is missing. */
  readonly chainsNow: ReadonlyMap<number, ChainNow>;
  /** Names that this run would give and that chains have which are not of the record. */
  readonly takenNames: readonly string[];
  /** Those of them that the record has for another source: this one under another name, as a rule. */
  readonly namesOfOthers: readonly string[];
  /** Whether the record is of a job that had this id before. */
  readonly isAnotherJob: boolean;
  /** Whether its chains were written from a dump, and this is its live source, or another dump of it. */
  readonly isFromDump: boolean;
  /** Whether this tool has disabled the job in pgAgent. */
  readonly isDisabledByUs: boolean;
}

/** What a run would do with one job. */
export interface Wish {
  readonly chains: readonly WantedChain[];
  /** Of the chains as they are planned now, and as they are planned by the clock of the record. */
  readonly digests: readonly string[];
  /** Of a job from a dump: what alone differs, in words; null where the job or the options may have changed. */
  readonly thanFromDump: string | null;
  /** Whether the job would move completely, so that pgAgent need not run it. */
  readonly isWhole: boolean;
  readonly onConflict: 'error' | 'skip' | 'replace';
  readonly force: boolean;
}

/** What becomes of a job on the target. */
export type Action =
  /** Nothing of it is to be there. */
  | { readonly kind: 'none' }
  | { readonly kind: 'create' }
  /** Its chains are there as planned; some are to be switched on or off. */
  | { readonly kind: 'keep'; readonly record: JobRecord; readonly switched: readonly LiveChange[] }
  | { readonly kind: 'replace'; readonly oldChains: readonly number[]; readonly oldNames: readonly string[] }
  /** Left as it is, as the user wishes. */
  | { readonly kind: 'skip'; readonly because: readonly string[]; readonly remedy: Remedy }
  | { readonly kind: 'conflict'; readonly because: readonly string[]; readonly remedy: Remedy };

/** What would let a run go on: to replace, to replace by force, or only to undo first, or to make a record this source's. */
export type Remedy = 'replace' | 'force' | 'undo' | 'adopt';

/** Decides one job. Pure. */
export function reconcile(current: CurrentState, wish: Wish): Action {
  const { record, takenNames, namesOfOthers } = current;
  if (namesOfOthers.length > 0) return stop(namesOfOthers.map(ofOthersText), 'adopt', wish);
  if (record === null) return reconcileNew(takenNames, wish);
  if (current.isAnotherJob)
    return stop(
      [`the job "${record.jobName}" that moved under this id is gone, and its chains stay`],
      'undo',
      wish,
    );
  const byHand = handChanges(record, current.chainsNow, wish.chains);
  const isAsPlanned = wish.digests.includes(record.planDigest);
  if (isAsPlanned && byHand.length === 0) return keep(record, current.chainsNow, wish.chains);
  const because = [
    ...byHand,
    ...(isAsPlanned ? [] : [wish.thanFromDump ?? changedText(record, current)]),
    ...takenNames.map(takenText),
  ];
  if (wish.chains.length === 0)
    return stop(['its chains of an earlier run would have no successor', ...because], 'undo', wish);
  if (current.isDisabledByUs && !wish.isWhole)
    return stop(['it is disabled in pgAgent, and would move in part only', ...because], 'undo', wish);
  // What never ran can be made anew without anybody missing it.
  const isUnused = record.phase === 'cutting-over' || (isUnusedDump(current) && wish.onConflict !== 'skip');
  const isUntouched = isUnused && byHand.length === 0 && takenNames.length === 0;
  const mayReplace =
    isUntouched || (wish.onConflict === 'replace' && (wish.force || byHand.length + takenNames.length === 0));
  if (mayReplace)
    return { kind: 'replace', oldChains: record.chains.map(({ id }) => id), oldNames: takenNames };
  return stop(because, byHand.length + takenNames.length > 0 ? 'force' : 'replace', wish);
}

function changedText(record: JobRecord, { isFromDump }: CurrentState): string {
  const written = `the job or the options changed since ${quoted(record.chains)} ${was(record)} written`;
  return isFromDump ? `${written} from a dump, or the dump did not tell all` : written;
}

function isUnusedDump({ isFromDump, chainsNow, record }: CurrentState): boolean {
  return isFromDump && record?.chains.every(({ id }) => !chainsNow.get(id)?.live) === true;
}

function reconcileNew(takenNames: readonly string[], wish: Wish): Action {
  if (wish.chains.length === 0) return { kind: 'none' };
  if (takenNames.length === 0) return { kind: 'create' };
  if (wish.onConflict === 'replace' && wish.force)
    return { kind: 'replace', oldChains: [], oldNames: takenNames };
  return stop(takenNames.map(takenText), 'force', wish);
}

function stop(because: readonly string[], remedy: Remedy, { onConflict }: Wish): Action {
  return { kind: onConflict === 'skip' ? 'skip' : 'conflict', because, remedy };
}

function ofOthersText(name: string): string {
  return `"${name}" is a chain that this tool made for another source`;
}

function takenText(name: string): string {
  return `"${name}" is a chain that this tool did not make for it`;
}

function keep(
  record: JobRecord,
  chainsNow: ReadonlyMap<number, ChainNow>,
  wanted: readonly WantedChain[],
): Action {
  const switched = record.chains.flatMap(({ id, name }): LiveChange[] => {
    const now = chainsNow.get(id);
    const live = wantedLive(name, wanted);
    return now === undefined || live === null || now.live === live ? [] : [{ chainId: id, live }];
  });
  return { kind: 'keep', record, switched: switched.filter(({ chainId }) => !isRetired(chainsNow, chainId)) };
}

// A chain whose guard has taken it out of service stays so.
function isRetired(chainsNow: ReadonlyMap<number, ChainNow>, id: number): boolean {
  const now = chainsNow.get(id);
  return now?.retires === true && !now.live;
}

/** null for a chain that would not be made any more, since its time is over. */
function wantedLive(name: string, wanted: readonly WantedChain[]): boolean | null {
  return wanted.find(({ chainName }) => chainName === name)?.live ?? null;
}

/**
 * What somebody did to the chains of a job since they were written: one sentence each.
 * @param wanted what they would be; null where they are to go, so that one switched on by hand is no loss
 */
export function handChanges(
  record: JobRecord,
  chainsNow: ReadonlyMap<number, ChainNow>,
  wanted: readonly WantedChain[] | null,
): readonly string[] {
  return record.chains.flatMap((chain) => {
    const now = chainsNow.get(chain.id);
    if (now === undefined) return [`"${chain.name}" is gone`];
    if (now.digest !== chain.digest) return [`"${chain.name}" was changed by hand`];
    // A cutover that stands halfway has not made them live yet.
    if (now.live === chain.live || record.phase === 'cutting-over' || record.phase === 'undoing') return [];
    if (!now.live && now.retires) return [];
    const isWanted = wanted === null ? now.live : wantedLive(chain.name, wanted) === now.live;
    return isWanted ? [] : [`"${chain.name}" was switched ${now.live ? 'on' : 'off'} by hand`];
  });
}

function quoted(chains: readonly { readonly name: string }[]): string {
  return chains.map(({ name }) => `"${name}"`).join(', ');
}

function was({ chains }: JobRecord): string {
  return chains.length === 1 ? 'was' : 'were';
}
