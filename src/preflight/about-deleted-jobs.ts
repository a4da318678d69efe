import type { Check } from '../model/preflight.ts';
import type { DeletedJob } from '../session/deleted-jobs.ts';
import { counted, listed, note, warning } from './check.ts';

const MOST_NAMED = 20;

/** Jobs of the record that were deleted in pgAgent: the plan no longer has them, and their chains stay. */
export function aboutDeletedJobs(jobs: readonly DeletedJob[]): readonly Check[] {
  const idle = jobs.filter(({ runsNowhere }) => runsNowhere);
  const others = jobs.filter(({ runsNowhere }) => !runsNowhere);
  const live = others.reduce((sum, { liveChains }) => sum + liveChains, 0);
  const notLive = others.reduce((sum, { otherChains }) => sum + otherChains, 0);
  return [
    ...aboutThese(warning, idle, 'None of the chains is live, so nothing runs them.'),
    ...aboutThese(note, others, `The chains stay: ${live} live, ${notLive} not live.`),
  ];
}

function aboutThese(as: typeof note, jobs: readonly DeletedJob[], chains: string): readonly Check[] {
  if (jobs.length === 0) return [];
  const names = listed(jobs.map(({ jobName }) => jobName));
  const ids = jobs.length > MOST_NAMED ? [] : jobs.map(({ jobId }) => jobId);
  return [
    as(
      'deleted-jobs',
      `${counted(jobs.length, 'job')} that moved earlier ${jobs.length === 1 ? 'was' : 'were'} deleted in pgAgent: ${names}. ${chains}`,
      `To remove the chains: pga2timetable undo ${ids.length === 0 ? '--job ID' : ids.map((id) => `--job ${id}`).join(' ')}`,
    ),
  ];
}
