import { counted } from '../../model/counted.ts';
import type { PlanOverview } from '../../planning/plan-all.ts';

/**
 * What a run would do: `write 3 chains (2 replace older ones) and disable 1 job in pgAgent`; empty for nothing.
 * @param where the chains go, after a blank
 */
export function workText(
  {
    newChains,
    replacingChains,
    switchedJobs,
    handedOver,
  }: Pick<PlanOverview, 'newChains' | 'replacingChains' | 'switchedJobs' | 'handedOver'>,
  where = '',
): string {
  const replacing =
    replacingChains === 0
      ? ''
      : ` (${replacingChains} ${replacingChains === 1 ? 'replaces an older one' : 'replace older ones'})`;
  const parts = [
    ...(newChains > 0 ? [`write ${counted(newChains, 'chain')}${replacing}${where}`] : []),
    ...(switchedJobs > 0 ? [`switch the chains of ${counted(switchedJobs, 'job')} on or off`] : []),
    ...(handedOver > 0 ? [`disable ${counted(handedOver, 'job')} in pgAgent`] : []),
  ];
  return parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}
