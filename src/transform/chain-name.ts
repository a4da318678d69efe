/** What the tool itself may put behind a name: the schedule's id, or a place among several chains. */
const LOOKS_LIKE_OURS = / (?:#\d+|\[\d+\/\d+\])$/;

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
