import type { Check } from '../model/preflight.ts';
import type { DeletedJob, DeletedJobs } from '../session/deleted-jobs.ts';
import { counted, listed, note, warning } from './check.ts';

const MOST_NAMED = 20;

/** Jobs of the record that were deleted in pgAgent: the plan no longer has them, and their chains stay. */
export function aboutDeletedJobs({ jobs, recorded }: DeletedJobs): readonly Check[] {
  const idle = jobs.filter(({ runsNowhere }) => runsNowhere);
  const others = jobs.filter(({ runsNowhere }) => !runsNowhere);
  const live = others.reduce((sum, { liveChains }) => sum + liveChains, 0);
  const notLive = others.reduce((sum, { otherChains }) => sum + otherChains, 0);
  return [
    ...aboutThese(warning, idle, recorded, 'None of the chains is live, so nothing runs them.'),
    ...aboutThese(note, others, recorded, `The chains stay: ${live} live, ${notLive} not live.`),
  ];
}

function aboutThese(
  as: typeof note,
  jobs: readonly DeletedJob[],
  recorded: number,
  chains: string,
): readonly Check[] {
  if (jobs.length === 0) return [];
  const names = listed(jobs.map(({ jobName }) => jobName));
  return [
    as(
      'deleted-jobs',
      `${counted(jobs.length, 'job')} that moved earlier ${jobs.length === 1 ? 'was' : 'were'} deleted in pgAgent: ${names}. ${chains}`,
      howToRemove(jobs, recorded),
    ),
  ];
}

// No command: its lines are folded, and a part of it that is pasted may undo another move.
function howToRemove(jobs: readonly DeletedJob[], recorded: number): string {
  const undo = 'undo with the --source and --target of this run';
  const ids = jobs
    .slice(0, MOST_NAMED)
    .map(({ jobId }) => `--job ${jobId}`)
    .join(' ');
  if (jobs.length <= MOST_NAMED) return `To remove the chains: ${undo} and ${ids}`;
  return [
    `Use ${undo}`,
    'To list the jobs: --dry-run prints "not in pgAgent any more" for each',
    ...(jobs.length === recorded ? ['To remove all chains before another job moves: no --job'] : []),
    `To remove those of the first ${MOST_NAMED} jobs: ${ids}`,
  ].join('. ');
}
