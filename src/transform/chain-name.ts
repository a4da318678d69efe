import type { Context } from './context.ts';

/** What the tool itself may put after a name: an id, a place among several chains, or what the chain is for. */
const LOOKS_LIKE_OURS = / (?:#\d+|\[(?:\d+\/\d+|steps|on demand)\])$/;

/** `<job> @ <schedule>`: what a chain is called unless another schedule would get the same name. */
export function plainChainName(jobName: string, scheduleName: string): string {
  return `${jobName} @ ${scheduleName}`;
}

/**
 * The name of a schedule's chain, the same for the same source whatever else is selected.
 * A name that ends like one of the tool's own additions gets the id too, so that the two kinds never meet.
 * @param isShared whether another schedule of the source has the same plain name
 */
export function chainName(
  jobName: string,
  schedule: { id: number; name: string },
  isShared: boolean,
): string {
  const plain = plainChainName(jobName, schedule.name);
  return isShared || LOOKS_LIKE_OURS.test(plain) ? `${plain} #${schedule.id}` : plain;
}

/** The name of one of the chains that a schedule needs. */
export function partName(base: string, index: number, of: number): string {
  return of === 1 ? base : `${base} [${index + 1}/${of}]`;
}

/** What the names of all chains of a schedule begin with. */
export function baseOf(chain: string): string {
  return chain.replace(/ \[(?:\d+\/\d+|steps)\]$/, '');
}

/** Whether a chain bears the base name of a schedule, alone or with what tells its several chains apart. */
export function belongsTo(chain: string, base: string): boolean {
  return chain === base || baseOf(chain) === base;
}

/** The longest of the names of a schedule's chains. */
export function longestName(base: string, chains: number): string {
  const last = partName(base, chains - 1, chains);
  return last.length > stepsName(base).length || chains <= 1 ? last : stepsName(base);
}

/** The chain that holds the steps where others only start it. */
export function stepsName(base: string): string {
  return `${base} [steps]`;
}

/**
 * The name of the chain of a job that is started by hand.
 * @param isShared whether another job of the source has the same name
 */
export function onDemandName(job: { id: number; name: string }, isShared: boolean): string {
  const name = `${job.name} [on demand]`;
  return isShared || LOOKS_LIKE_OURS.test(job.name) ? `${name} #${job.id}` : name;
}

/** The name of a schedule's chain, or what the names of its several chains begin with. */
export function baseName(
  job: { name: string },
  schedule: { id: number; name: string },
  { ambiguousSchedules, recordedNames }: Pick<Context, 'ambiguousSchedules' | 'recordedNames'>,
): string {
  const recorded = recordedNames?.get(schedule.id);
  if (recorded !== undefined) return recorded;
  return chainName(job.name, schedule, ambiguousSchedules.has(schedule.id));
}
