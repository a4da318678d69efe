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
    handedOver,
    tally,
  }: Pick<PlanOverview, 'newChains' | 'replacingChains' | 'handedOver' | 'tally'>,
  where = '',
): string {
  const { jobsSwitched } = tally.summary(false);
  const replacing =
    replacingChains === 0
      ? ''
      : ` (${replacingChains} ${replacingChains === 1 ? 'replaces an older one' : 'replace older ones'})`;
  return [
    ...(newChains > 0 ? [`write ${counted(newChains, 'chain')}${replacing}${where}`] : []),
    ...(handedOver === 0 && jobsSwitched > 0
      ? [`switch the chains of ${counted(jobsSwitched, 'job')} on or off`]
      : []),
    ...(handedOver > 0 ? [`disable ${counted(handedOver, 'job')} in pgAgent`] : []),
  ].join(' and ');
}
