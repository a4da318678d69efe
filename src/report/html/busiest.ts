import type { WeekPicture } from '../../model/week-picture.ts';
import { figure, figured, html, type Markup } from './markup.ts';
import { timeText } from './times.ts';

const MOST_OPEN = 5;
/** What pg_timetable runs at once by default (--cron-workers). */
const WORKERS = 16;

/** The minutes in which most chains start together. */
export function busiestSection(picture: WeekPicture): Markup {
  const { busiest, weeks } = picture;
  return html`<section id="busiest" aria-labelledby="busiest-h">
<h2 id="busiest-h">Busiest minutes</h2>
${
  busiest.length === 0
    ? html`<p>No two chains start in the same minute of these ${weeks} weeks.</p>
`
    : table(picture)
}</section>
`;
}

function table({ busiest, weeks, clients }: WeekPicture): Markup {
  const most = busiest[0]?.starts ?? 0;
  return html`<p class="note">${clients > 1 ? 'Each client' : 'pg_timetable'} runs ${WORKERS} chains at once by default (--cron-workers); the others wait.${
    most > WORKERS
      ? ` In these ${weeks} weeks up to ${figure(most)} start together.`
      : ` In these ${weeks} weeks no more than that start together.`
  }</p>
<table class="busy">
<caption>Chains that start in one minute, most first; minutes of the same chains are one line</caption>
<thead><tr><th scope="col">Chains</th><th scope="col">First at</th><th scope="col">Minutes in ${weeks} weeks</th><th scope="col">Which</th></tr></thead>
<tbody>
${busiest.map(
  ({ starts, first, minutes, chainNames }) =>
    html`<tr><th scope="row">${figure(starts)}</th><td class="time">${timeText(first)}</td><td class="number">${figure(minutes)}</td><td>${names(chainNames, starts)}</td></tr>
`,
)}</tbody>
</table>
`;
}

function names(chainNames: readonly string[], starts: number): Markup {
  const item = (name: string): Markup => html`<li><bdi>${name}</bdi></li>`;
  const open = html`<ul class="names">${chainNames.slice(0, MOST_OPEN).map(item)}</ul>`;
  if (starts <= MOST_OPEN) return open;
  const rest = starts - chainNames.length;
  return html`${open}<details><summary>${figured(starts - MOST_OPEN, 'more chain')}</summary><ul class="names">${chainNames
    .slice(MOST_OPEN)
    .map(item)}${rest > 0 ? html`<li>and ${figured(rest, 'more chain')}</li>` : null}</ul></details>`;
}
