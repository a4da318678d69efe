import type { Asked } from '../../model/groups.ts';
import type { PlanHeader, PlanOptions, ServerFacts, Summary } from '../../model/plan.ts';
import type { Check, CheckStatus } from '../../model/preflight.ts';
import { shellWord } from '../../model/shell-word.ts';
import { serverDetails } from '../place.ts';
import { preflightCounts } from '../preflight.ts';
import { askedMarkup } from './asked.ts';
import { figure, figured, html, type Markup } from './markup.ts';
import { timeText } from './times.ts';

/** From where to where, when, with which options, and whether it was written. */
export function factsList(header: PlanHeader, plannedAt: string, written: boolean): Markup {
  return html`<dl class="facts">
<div><dt>From</dt><dd>${server('pgAgent', header.source)}</dd></div>
<div><dt>To</dt><dd>${server('pg_timetable', header.target)}</dd></div>
<div><dt>Planned</dt><dd><time datetime="${header.plannedAt}">${timeText(plannedAt)}</time></dd></div>
<div><dt>Written</dt><dd>${written ? 'yes, into the target' : 'no: this is a plan, and nothing was changed'}</dd></div>
<div><dt>Options</dt><dd>${optionsText(header.options)}</dd></div>
</dl>
`;
}

function server(name: string, facts: ServerFacts): Markup {
  const { schemaVersion, user } = facts;
  const as = user === null ? null : html` as <bdi>${user}</bdi>`;
  return html`${name} ${schemaVersion}${placeMarkup(facts)}${as} <span class="quiet">${serverDetails(facts)}</span>`;
}

function placeMarkup({ database, host, dump }: ServerFacts): Markup {
  return html`${database === null ? null : html` in <bdi>${database}</bdi>`}${host === null ? null : html` on <bdi>${host}</bdi>`}${
    dump === undefined ? null : html` from the dump <bdi>${dump.file}</bdi>`
  }`;
}

/** Those that are not as they are by themselves. */
function optionsText(options: PlanOptions): Markup {
  const given = [
    ...(options.shell === 'sh' ? [] : [`--shell ${shellWord(options.shell)}`]),
    ...Object.entries(options.hostShells).map(([host, shell]) => `--shell ${shellWord(`${host}=${shell}`)}`),
    ...(options.schedules === 'pending' ? [] : [`--schedules ${options.schedules}`]),
    ...(options.overlap === 'keep' ? [] : [`--overlap ${options.overlap}`]),
    ...(options.lastDay === 'keep' ? [] : [`--last-day ${options.lastDay}`]),
    ...(options.transaction === 'step' ? [] : [`--transaction ${options.transaction}`]),
    ...Object.entries(options.jobTransactions).map(
      ([job, value]) => `--transaction ${shellWord(`${job}=${value}`)}`,
    ),
    ...flags(options),
    ...options.jobs.map((name) => `--job ${shellWord(name)}`),
    ...options.excludedJobs.map((name) => `--exclude-job ${shellWord(name)}`),
    ...Object.entries(options.clientNames).map(
      ([host, name]) => `--client-name ${shellWord(`${host}=${name}`)}`,
    ),
    ...named('--step-conninfo', options.stepConninfo),
    ...named('--source-role', options.sourceRole),
    ...named('--target-role', options.targetRole),
    ...named('--source-time-zone', options.sourceTimeZone),
    ...named('--collation', options.collation ?? null),
  ];
  return given.length === 0
    ? html`none`
    : html`<ul class="options">${given.map((option) => html`<li><code>${option}</code></li>`)}</ul>`;
}

function flags(options: PlanOptions): readonly string[] {
  const all = {
    '--partial': options.partial,
    '--paused': options.paused,
    '--pause-dormant': options.pauseDormant,
    '--on-demand': options.onDemand,
    '--allow-many-chains': options.allowManyChains,
    '--every-client': options.everyClient,
    '--strip-passwords': options.stripPasswords,
    '--accept-time-zone': options.acceptTimeZone,
    '--disable-source': options.disableSource,
  };
  return Object.entries(all).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
}

function named(option: string, value: string | null): readonly string[] {
  return value === null ? [] : [`${option} ${shellWord(value)}`];
}

/** Jobs that cannot be written beside what the target has. */
export interface Conflicts {
  readonly jobs: number;
  /** Each job and why, the first of them. */
  readonly texts: readonly string[];
}

const MOST_CONFLICTS = 20;

function conflictList({ jobs, texts }: Conflicts): Markup | null {
  if (jobs === 0) return null;
  const shown = texts.slice(0, MOST_CONFLICTS);
  const rest = jobs - shown.length;
  return html`<p class="stops">${figured(jobs, 'job')} ${jobs === 1 ? 'is' : 'are'} in conflict with what the target has, which stops a run.</p>
<ul class="skipped">${shown.map((text) => html`<li>${text}</li>`)}${rest > 0 ? html`<li>and ${figured(rest, 'more job')}</li>` : null}</ul>
`;
}

/** What the run asks of the reader, and its numbers. */
export function summarySection(
  summary: Summary,
  asked: Asked,
  cutover: readonly string[],
  conflicts: Conflicts,
): Markup {
  const { jobs, chains, liveChains, tasks, advisories } = summary;
  const rest: readonly (readonly [number, string])[] = [
    [summary.jobsMovedInPart, 'moved in part'],
    [summary.jobsReplaced, 'replaced in the target'],
    [summary.jobsSkipped, 'left as they are in the target (--on-conflict skip)'],
    [summary.jobsKept, 'there already, as planned'],
    [summary.jobsSwitched, 'of these switched on or off, or handed over'],
  ];
  return html`<section id="summary" aria-labelledby="summary-h">
<h2 id="summary-h">${figured(jobs, 'job')}</h2>
${askedMarkup(asked)}<p>${figured(chains, 'chain')} (${figure(liveChains)} live), ${figured(tasks, 'task')}. ${figured(
    advisories.error,
    'error',
  )}, ${figured(advisories.warning, 'warning')}, ${figure(advisories.info)} info.</p>
${rest.filter(([count]) => count > 0).map(([count, what]) => html`<p>${figured(count, 'job')} ${what}.</p>`)}${
  summary.expiredExceptions > 0
    ? html`<p>${figured(summary.expiredExceptions, 'exception')} of days that are over.</p>`
    : null
}${conflictList(conflicts)}${cutover.map((line) => html`<p>${line}</p>`)}
</section>
`;
}

/** What was looked at before, gravest first; what passed is folded. */
export function preflightSection(checks: readonly Check[]): Markup | null {
  if (checks.length === 0) return null;
  const order: readonly CheckStatus[] = ['stop', 'warning', 'note'];
  const found = order.flatMap((status) => checks.filter((check) => check.status === status));
  const fine = checks.filter(({ status }) => status === 'ok');
  return html`<section id="preflight" aria-labelledby="preflight-h">
<h2 id="preflight-h">Preflight</h2>
<p>${preflightCounts(checks)}</p>
${found.length === 0 ? null : checkList(found)}${
  fine.length === 0
    ? null
    : html`<details class="fine"><summary>Checks that passed</summary>
${checkList(fine)}</details>
`
}</section>
`;
}

function checkList(checks: readonly Check[]): Markup {
  return html`<ul class="checks">
${checks.map(
  ({ status, message, remedy }) =>
    html`<li><span class="tag ${status}">${status}</span><span>${message}${
      remedy === null ? null : html` <span class="remedy">${remedy}</span>`
    }</span></li>
`,
)}</ul>
`;
}
