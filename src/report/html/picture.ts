import type { HoursOfWeek, WeekPicture } from '../../model/week-picture.ts';
import { differencesMarkup } from './differences.ts';
import { figure, figured, html, type Markup } from './markup.ts';
import { timeText, twoDigits, WEEKDAYS } from './times.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** Shades of a cell beyond none. */
const SHADES = 5;

/** When jobs run before and after, side by side, and in words where that is not alike. */
export function weekSection(picture: WeekPicture, zones: { source: string; target: string }): Markup {
  const { from, until, weeks, clockChanges, clients } = picture;
  return html`<section id="week" aria-labelledby="week-h">
<h2 id="week-h">When jobs run, before and after</h2>
${verdict(picture)}
<p class="note">Runs in each hour of the week, added up over ${weeks} full weeks, ${timeText(from)} to ${timeText(until)}, by the
clock of the target (${zones.target}).</p>
${weekTables(picture)}${differencesMarkup(picture)}<p class="note">Both tables count the same instants. Before: pgAgent, by the enabled schedules of enabled jobs as they are ticked, on its
own clock (${zones.source}), once a minute whatever the number of schedules; where pgAgent itself ran less than was ticked, the
advisories of the job say so. After: pg_timetable, by the chains that are live, guards included, once what moves is off in
pgAgent${clients > 1 ? html`, and a chain that is bound to no client once on each of the ${figure(clients)} clients` : null}.${staying(picture)}${
    clockChanges.length === 0
      ? null
      : html` Clocks change in these weeks: ${clockChanges.map(timeText).join(', ')}.`
  } What differs only after these weeks is not counted here: the advisories name it, and pga2timetable verify compares every kind of year.</p>
</section>
`;
}

function staying({ stayingJobs }: WeekPicture): Markup | null {
  if (stayingJobs === 0) return null;
  return html` ${figured(stayingJobs, 'job')} ${stayingJobs === 1 ? 'stays' : 'stay'} on pgAgent: counted on both sides,
since pgAgent keeps running ${stayingJobs === 1 ? 'it' : 'them'} as long as an agent runs.`;
}

function verdict(picture: WeekPicture): Markup {
  return html`${picture.differingJobs === 0 ? alike(picture) : unlike(picture)}${underrun(picture)}`;
}

function alike({ before, stayingJobs, weeks }: WeekPicture): Markup {
  const isAny = before.some((count) => count > 0);
  const stay =
    stayingJobs === 0
      ? ''
      : ` ${figured(stayingJobs, 'job')} of these ${stayingJobs === 1 ? 'stays' : 'stay'} on pgAgent.`;
  return html`<p class="verdict alike"><span aria-hidden="true">=</span> ${
    isAny
      ? `In these ${weeks} weeks every job runs in the minutes that are ticked, as often before as after.${stay}`
      : `Nothing runs by the clock in these ${weeks} weeks, before or after.`
  }</p>
`;
}

function unlike(picture: WeekPicture): Markup {
  const { differingHours, differingJobs, waitingJobs, weeks, others } = picture;
  const waiting =
    waitingJobs === 0
      ? null
      : ` ${figured(waitingJobs, 'job')} that ran before ${waitingJobs === 1 ? 'has' : 'have'} no live chain.`;
  const hidden = hasChoice(picture) ? others.leftOutDiffering : 0;
  return html`<p class="verdict differ"><span aria-hidden="true">≠</span> ${figured(differingJobs, 'job')} ${
    differingJobs === 1 ? 'does' : 'do'
  } not run after as before in these ${weeks} weeks, in ${figured(differingHours.length, 'hour')} of the week: outlined in the second table.${
    hidden === 0
      ? null
      : ` ${figured(hidden, 'job')} of these ${hidden === 1 ? 'runs' : 'run'} in every hour: tick the box to see ${hidden === 1 ? 'it' : 'them'} there.`
  }${waiting}</p>
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

/** Jobs that run around the clock would drown the others: they are left out until the reader asks for them. */
function weekTables(picture: WeekPicture): Markup {
  const { others } = picture;
  const all = tablePair('all', '', picture);
  if (!hasChoice(picture)) return all;
  const jobs = figured(others.leftOut, 'job');
  return html`<input type="checkbox" id="constant"><label for="constant">Also count ${jobs} that ${
    others.leftOut === 1 ? 'runs' : 'run'
  } in every hour of the week</label>
${tablePair('some', `, without ${jobs}`, others)}${all}`;
}

/** Whether some jobs are left out and others are there. */
function hasChoice({ others: { leftOut, before, after } }: WeekPicture): boolean {
  return leftOut > 0 && [...before, ...after].some((count) => count > 0);
}

function tablePair(
  name: string,
  label: string,
  { before, after, differingHours }: Pick<WeekPicture, 'before' | 'after' | 'differingHours'>,
): Markup {
  const most = Math.max(...before, ...after, 1);
  const differing = new Set(differingHours);
  return html`<div class="weeks ${name}">
${weekTable(`Before: pgAgent${label}`, before, most, null)}
${weekTable(`After: pg_timetable${label}`, after, most, { differing, before })}
</div>
`;
}

/** @param compared what the cells are held against; null in the first table */
function weekTable(
  title: string,
  counts: HoursOfWeek,
  most: number,
  compared: { readonly differing: ReadonlySet<number>; readonly before: HoursOfWeek } | null,
): Markup {
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
        compared?.differing.has(place) ? (compared.before[place] ?? 0) : null,
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
