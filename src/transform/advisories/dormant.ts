import { type Varied, varied } from '../../model/varied.ts';
import { rule } from './rule.ts';

/** What a rule of this family says beside its own: times as the reader sees them. */
interface Outlook {
  /** The last success that the log knows; null for none. */
  readonly lastSuccess: string | null;
  /** The next minute at which its schedules are due; null for a job that is started by hand. */
  readonly next: string | null;
  /** Whether its chains are created paused. */
  readonly isPaused: boolean;
}

function outlook({ lastSuccess, next, isPaused }: Outlook): Varied | string {
  const success =
    lastSuccess === null
      ? 'No success is in the log.'
      : varied`Its last success was on ${{ success: lastSuccess }}.`;
  if (isPaused) return success;
  const when = next === null ? '' : varied`, first on ${{ next }}`;
  return varied`${success} After the move its chains run when they are due${when}. To create them paused: --pause-dormant`;
}

/** pga_joblog.jlgstatus: f, or d for a run that its agent did not end. */
export const jobAlwaysFailed = rule(
  'job-always-failed',
  'warning',
  (runs: number, first: string, last: string, more: Outlook) =>
    varied`failed in all ${{ runs }} logged runs since ${{ first }}, last on ${{ last }}. ${outlook(more)}`,
);

/** pgAgent: an agent runs what is due within seconds, and what became due while none was there as soon as one starts. */
export const jobNotRun = rule(
  'job-not-run',
  'warning',
  (last: string, due: number, more: Outlook) =>
    varied`has not run since ${{ last }}, although it was due ${{ due: times(due) }} and pgAgent ran other jobs. ${outlook(more)}`,
);

export const jobNeverRan = rule(
  'job-never-ran',
  'warning',
  (due: number, more: Outlook) =>
    varied`has never run, although it was due ${{ due: times(due) }} and pgAgent ran other jobs. ${outlook(more)}`,
);

/** pgAgent: WHERE jobnextrun <= now(), which holds for no NULL. */
export const nextRunMissing = rule(
  'next-run-missing',
  'warning',
  (more: Outlook) =>
    varied`is enabled and has no next run (pga_job.jobnextrun is NULL), so pgAgent does not run it. ${outlook(more)}`,
);

/** An UPDATE that sets jobnextrun itself does not compute it (measured). */
export const nextRunLate = rule(
  'next-run-late',
  'warning',
  (nextRun: string, more: Outlook) =>
    varied`does not run in pgAgent before ${{ later: nextRun }} (pga_job.jobnextrun), although its schedules are due earlier. ${outlook(more)}`,
);

/** `--pause-dormant` */
export const pausedAsDormant = rule(
  'paused-as-dormant',
  'info',
  () =>
    'stood still under pgAgent: its chains are created with live = false, and its pgAgent job stays as it is (--pause-dormant). To move it like the others later: pga2timetable undo --job ID, then migrate without --pause-dormant.',
);

/** Nothing else of pgAgent's needs this right. */
export const jobLogHidden = rule(
  'job-log-hidden',
  'info',
  (user: string) =>
    `The user "${user}" may not read pgagent.pga_joblog, so jobs that stood still may be missing here. Grant it: GRANT SELECT ON pgagent.pga_joblog TO "${user}"; or look at no log: --history 0`,
);

function times(due: number): string {
  return due === 1 ? 'once' : `${due} times`;
}
