import type { HoursOfWeek, JobDifference, WeekPicture } from '../../model/week-picture.ts';
import { figure, figured, html, type Markup } from './markup.ts';
import { hoursText, hourText, timeText, twoDigits, WEEKDAYS } from './times.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** Shades of a cell beyond none. */
const SHADES = 5;
const MOST_OPEN = 20;

/** When jobs run before and after, side by side, and in words where that is not alike. */
export function weekSection(picture: WeekPicture, zones: { source: string; target: string }): Markup {
  const { before, after, from, until, weeks, clockChanges } = picture;
  return html`<section id="week" aria-labelledby="week-h">
<h2 id="week-h">When jobs run, before and after</h2>
${verdict(picture)}
<p class="note">Runs in each hour of the week, added up over ${weeks} full weeks, ${timeText(from)} to ${timeText(until)}, by the
clock of the target (${zones.target}).</p>
<div class="weeks">
${weekTable('Before: pgAgent', before, picture, null)}
${weekTable('After: pg_timetable', after, picture, before)}
</div>
${differences(picture)}<p class="note">Both tables count the same instants. Before: pgAgent, by the enabled schedules of enabled jobs as they are ticked, on its
own clock (${zones.source}), once a minute whatever the number of schedules; where pgAgent itself ran less than was ticked, the
advisories of the job say so. After: pg_timetable, by the chains that are live, guards included, once what moves is off in
pgAgent.${staying(picture)}${
    clockChanges.length === 0
      ? null
      : html` Clocks change in these weeks: ${clockChanges.map(timeText).join(', ')}.`
  }</p>
</section>
`;
}

function staying({ stayingJobs }: WeekPicture): Markup | null {
  if (stayingJobs === 0) return null;
  return html` ${figured(stayingJobs, 'job')} ${stayingJobs === 1 ? 'stays' : 'stay'} on pgAgent: counted on both sides,
since pgAgent goes on running ${stayingJobs === 1 ? 'it' : 'them'} as long as an agent runs.`;
}

function verdict(picture: WeekPicture): Markup {
  return html`${picture.differingJobs === 0 ? alike(picture) : unlike(picture)}${underrun(picture)}`;
}

function alike({ before, stayingJobs }: WeekPicture): Markup {
  const isAny = before.some((count) => count > 0);
  const stay =
    stayingJobs === 0
      ? ''
      : ` ${figured(stayingJobs, 'job')} of these ${stayingJobs === 1 ? 'stays' : 'stay'} on pgAgent.`;
  return html`<p class="verdict alike"><span aria-hidden="true">=</span> ${
    isAny
      ? `Before and after are alike: every job runs in the minutes that are ticked, as often.${stay}`
      : 'Nothing runs by the clock in these weeks, before or after.'
  }</p>
`;
}

function unlike({ differingHours, differingJobs, waitingJobs }: WeekPicture): Markup {
  const waiting =
    waitingJobs === 0
      ? null
      : ` ${figured(waitingJobs, 'job')} that ran before ${waitingJobs === 1 ? 'has' : 'have'} no live chain.`;
  return html`<p class="verdict differ"><span aria-hidden="true">≠</span> ${figured(differingJobs, 'job')} ${
    differingJobs === 1 ? 'does' : 'do'
  } not run after as before, in ${figured(differingHours.length, 'hour')} of the week: outlined in the second table.${waiting}</p>
`;
}

// Both tables count what is ticked, and a bug of pgAgent is not in them.
function underrun({ underrunJobs }: WeekPicture): Markup | null {
  if (underrunJobs === 0) return null;
  const them = underrunJobs === 1 ? 'it' : 'them';
  return html`<p class="verdict differ"><span aria-hidden="true">≠</span> pgAgent itself ran ${figured(underrunJobs, 'job')} less often
than is ticked; pg_timetable will run ${them} as ticked. See the advisories nothing-ticked, day-missing-in-month and never-ran.</p>
`;
}

function weekTable(
  title: string,
  counts: HoursOfWeek,
  { before, after, differingHours }: WeekPicture,
  compared: HoursOfWeek | null,
): Markup {
  const most = Math.max(...before, ...after, 1);
  const differing = new Set(differingHours);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return html`<table class="week">
<caption>${title} <span class="total">${figured(total, 'run')}</span></caption>
<thead><tr><th scope="col"><span class="sr">Hour</span></th>${WEEKDAYS.map(
    (day) => html`<th scope="col" abbr="${day}">${day.slice(0, 3)}</th>`,
  )}</tr></thead>
<tbody>
${HOURS.map(
  (hour) =>
    html`<tr><th scope="row">${twoDigits(hour)}</th>${WEEKDAYS.map((_, day) => {
      const place = day * 24 + hour;
      const count = counts[place] ?? 0;
      return cell(
        count,
        shade(count, most),
        compared !== null && differing.has(place) ? (compared[place] ?? 0) : null,
      );
    })}</tr>
`,
)}</tbody>
</table>`;
}

// By the logarithm: a job a day has to be seen beside one a minute.
function shade(count: number, most: number): number {
  if (count === 0) return 0;
  return Math.max(1, Math.ceil((Math.log(count + 1) / Math.log(most + 1)) * SHADES));
}

/** @param was in a cell that differs, the runs before; null in any other */
function cell(count: number, shade: number, was: number | null): Markup {
  const text = count === 0 ? html`<span class="zero">0</span>` : shortened(count);
  if (was === null) return html`<td class="s${shade}">${text}</td>`;
  const change = count - was;
  const words =
    change === 0 ? ', differs' : `, ${figure(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than before`;
  return html`<td class="s${shade} ne">${text}<span aria-hidden="true" class="mark">${mark(count, change)}</span><span class="sr">${words}</span></td>`;
}

const MOST_DIGITS = 6;

// Where there is no room for the change, and where runs came as others went.
function mark(count: number, change: number): string {
  const text = `${change > 0 ? '+' : '−'}${Math.abs(change)}`;
  return change === 0 || `${count}${text}`.length > MOST_DIGITS ? '≠' : text;
}

/** A number in at most four characters, in full for those who hear it. */
function shortened(count: number): Markup {
  if (count < 10_000) return html`${count}`;
  const [value, unit] = count < 1_000_000 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  const text = `${value < 10 ? value.toFixed(1) : Math.round(value)}${unit}`;
  return html`<span aria-hidden="true">${text}</span><span class="sr">${figure(count)}</span>`;
}

function differences({ differences, differingJobs }: WeekPicture): Markup | null {
  if (differingJobs === 0) return null;
  const rest = differingJobs - differences.length;
  const list = (some: readonly JobDifference[]): Markup => html`<ul class="diffs">
${some.map(difference)}</ul>
`;
  return html`<h3>What differs</h3>
${list(differences.slice(0, MOST_OPEN))}${
  differences.length <= MOST_OPEN
    ? null
    : html`<details><summary>${figured(differences.length - MOST_OPEN, 'more job')}</summary>
${list(differences.slice(MOST_OPEN))}</details>
`
}${rest > 0 ? html`<p class="note">And ${figured(rest, 'more job')}.</p>` : null}`;
}

function difference({ jobId, jobName, lost, added, repeated, isLive, hours }: JobDifference): Markup {
  const facts = [
    ...(lost === 0
      ? []
      : [
          isLive
            ? `${figured(lost, 'minute')} of pgAgent in which no chain starts`
            : `${figured(lost, 'run')} fewer, since no chain of it is live`,
        ]),
    ...(added === 0 ? [] : [`${figured(added, 'minute')} in which pgAgent does not run it`]),
    ...(repeated === 0
      ? []
      : [
          `${figured(repeated, 'more run')} in minutes that its schedules share: once in pgAgent, once a chain after (--overlap exact leaves one)`,
        ]),
  ];
  const sum = (side: 'before' | 'after'): number => hours.reduce((total, one) => total + one[side], 0);
  return html`<li><a href="#job-${jobId}">Job ${jobId} <bdi>${jobName}</bdi></a>: ${facts.join('; ')}. <span class="where">${
    hours.length === 1 && hours[0] ? hourText(hours[0].hour) : hoursText(hours.map(({ hour }) => hour))
  }: ${figure(sum('before'))} before, ${figure(sum('after'))} after.</span></li>
`;
}
