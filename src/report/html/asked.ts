import {
  type Asked,
  type Decision,
  type GroupCounts,
  type JobGroup,
  ofOneJob,
  type StayingJob,
  stayHeading,
} from '../../model/groups.ts';
import { figure, figured, html, type Markup } from './markup.ts';

const MOST_DECISIONS = 8;
const MOST_STAYING = 10;

/** The four groups of jobs, what is to be decided and which jobs stay; where the page's script runs, each number filters the jobs. */
export function askedMarkup({ groups, decisions, staying }: Asked): Markup {
  return html`${figures(groups)}${
    decisions.length === 0
      ? null
      : html`<h3>Decide</h3>
${folded(decisions.map(decisionItem), MOST_DECISIONS, 'code')}`
  }${
    groups.stay === 0
      ? null
      : html`<h3>${stayHeading(staying)}</h3>
<ul class="asked">
${staying.slice(0, MOST_STAYING).map(stayingItem)}${
  groups.stay > MOST_STAYING
    ? html`<li>and ${filterLink('stay', null, figured(groups.stay - MOST_STAYING, 'more job'))}</li>\n`
    : null
}</ul>
`
  }`;
}

function figures({ unchanged, paused, decide, stay, notScheduled, excluded }: GroupCounts): Markup {
  const all: readonly (readonly [JobGroup, number, string])[] = [
    ['unchanged', unchanged, paused === 0 ? 'unchanged' : `unchanged, ${figure(paused)} of them paused`],
    ['decide', decide, 'to decide'],
    ['stay', stay, stay === 1 ? 'stays as it is' : 'stay as they are'],
    ['not-scheduled', notScheduled, 'not scheduled'],
  ];
  return html`<ul class="figures">
${all.map(([group, count, name]) => {
  const label = html`<b>${figure(count)}</b> <span>${name}</span>`;
  return html`<li class="${group}">${count === 0 ? label : filterLink(group, null, label)}</li>\n`;
})}</ul>
${
  excluded === 0
    ? null
    : html`<p>${figured(excluded, 'more job')} of the source ${excluded === 1 ? 'is' : 'are'} excluded by <code>--job</code> or <code>--exclude-job</code>.</p>
`
}`;
}

/** A link to the jobs, which shows those of a group, and of a code, alone. */
function filterLink(group: JobGroup, code: string | null, text: Markup | string): Markup {
  return html`<a href="#jobs-h" data-group="${group}"${code === null ? null : html` data-code="${code}"`}>${text}</a>`;
}

function decisionItem({ code, jobs, job, what, option }: Decision): Markup {
  const label =
    job === undefined ? figured(jobs ?? 0, 'job') : html`Job ${job.jobId} <bdi>${job.jobName}</bdi>`;
  const who = jobs === null ? html`Jobs` : filterLink('decide', code, label);
  return html`<li>${who} ${jobs === 1 ? ofOneJob(what) : what}${optionText(option)} ${codeLink(code)}</li>
`;
}

function stayingItem({ jobId, jobName, what, option }: StayingJob): Markup {
  return html`<li><a href="#job-${jobId}">Job ${jobId} <bdi>${jobName}</bdi></a>: ${what.replace(/\.$/, '')}${optionText(option)}</li>
`;
}

function optionText(option: string | null): Markup {
  return option === null ? html`.` : html`. To change it: <code>${option}</code>`;
}

/** To what the page says about an advisory. */
export function codeLink(code: string): Markup {
  return html`<a href="#code-${code}"><code>${code}</code></a>`;
}

/** The first of the items, and the others on demand. */
export function folded(items: readonly Markup[], most: number, noun: string): Markup {
  const rest = items.slice(most);
  return html`<ul class="asked">
${items.slice(0, most)}</ul>
${
  rest.length === 0
    ? null
    : html`<details><summary>${figured(rest.length, `more ${noun}`)}</summary><ul class="asked">
${rest}</ul></details>
`
}`;
}
