import { groupBy } from '../../model/group-by.ts';
import type { JobDifference, WeekPicture } from '../../model/week-picture.ts';
import { folded } from './asked.ts';
import { figure, figured, html, type Markup } from './markup.ts';
import { hoursText, hourText } from './times.ts';

const MOST_OPEN = 20;

/** What is not alike before and after: each text once, then the jobs with their numbers. */
export function differencesMarkup({ differences, differingJobs, clients }: WeekPicture): Markup | null {
  if (differingJobs === 0) return null;
  const rest = differingJobs - differences.length;
  const groups = groupBy(differences, (one) => textOf(one, clients));
  return html`<h3>What differs</h3>
${[...groups].map(
  ([text, jobs]) => html`<p class="differs">${text}</p>
${folded(jobs.map(jobItem), MOST_OPEN, 'job')}`,
)}${rest > 0 ? html`<p class="note">And ${figured(rest, 'more job')}.</p>` : null}`;
}

function textOf({ lost, added, repeated, isLive, isOnEveryClient }: JobDifference, clients: number): string {
  if (!isLive) return 'No chain of these jobs is live, so pg_timetable does not run them.';
  return [
    ...(lost > 0 ? ['In some minutes pgAgent runs the job and no chain starts (fewer).'] : []),
    ...(added > 0 ? ['In some minutes a chain starts and pgAgent does not run the job (more).'] : []),
    ...(repeated > 0 ? [repeatedText(isOnEveryClient, clients)] : []),
  ].join(' ');
}

function repeatedText(isOnEveryClient: boolean, clients: number): string {
  return isOnEveryClient
    ? `The chains are bound to no client, so each of the ${figure(clients)} clients runs them (repeated). To run them on one: --client-name =NAME`
    : 'In minutes that schedules of the job share, pgAgent runs it once and each chain starts (repeated). To start one: --overlap exact';
}

function jobItem({ jobId, jobName, lost, added, repeated, hours }: JobDifference): Markup {
  const counts: readonly (readonly [number, string])[] = [
    [lost, 'fewer'],
    [added, 'more'],
    [repeated, 'repeated'],
  ];
  const facts = counts.filter(([count]) => count > 0).map(([count, what]) => `${figure(count)} ${what}`);
  const sum = (side: 'before' | 'after'): number => hours.reduce((total, one) => total + one[side], 0);
  const [only] = hours;
  const where = hours.length === 1 && only ? hourText(only.hour) : hoursText(hours.map(({ hour }) => hour));
  return html`<li><a href="#job-${jobId}">Job ${jobId} <bdi>${jobName}</bdi></a>: ${facts.join(', ')}. <span class="where">${where}: ${figure(
    sum('before'),
  )} before, ${figure(sum('after'))} after.</span></li>
`;
}
