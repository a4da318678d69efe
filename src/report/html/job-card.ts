import { groupOf } from '../../model/groups.ts';
import type { Advisory, ChainPlan, JobPlan, Severity, TaskPlan } from '../../model/plan.ts';
import { type Shown, shownTask } from '../../secrets/masked.ts';
import { NEEDS_CONNINFO, proposalOf } from '../needs-conninfo.ts';
import { scheduleInWords } from '../words.ts';
import { codeLink } from './asked.ts';
import { code, html, type Markup } from './markup.ts';
import { timeText } from './times.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

const FATE: Readonly<Record<JobPlan['moved'], string>> = {
  whole: 'moves',
  part: 'moves in part',
  none: 'stays on pgAgent',
};

const ACTION: Readonly<Record<NonNullable<JobPlan['action']>, string | null>> = {
  none: null,
  create: null,
  keep: 'in the target already, as planned',
  replace: 'replaced in the target',
  skip: 'left as it is in the target (--on-conflict skip)',
  conflict: 'in conflict with what the target has',
};

/**
 * A job with its chains, and all that is to be said of it.
 * @param areAllChanged whether the run changes when all jobs run
 */
export function jobCard(plan: JobPlan, shown: Shown, areAllChanged = false): Markup {
  const { jobId, jobName, moved, enabled, hostAgent, chains, skipped } = plan;
  const proposed = proposalOf(plan);
  const advisories = [...plan.advisories, ...proposed.advisories];
  const action = plan.action === undefined ? null : ACTION[plan.action];
  const grave = ORDER.find((one) => advisories.some(({ severity }) => severity === one)) ?? 'none';
  const traits = [
    enabled ? 'enabled' : 'disabled in pgAgent',
    hostAgent === '' ? 'any host' : html`host <bdi>${hostAgent}</bdi>`,
    ...(action === null ? [] : [action]),
  ];
  return html`<article class="job" id="job-${jobId}" aria-labelledby="h-${jobId}" data-group="${groupOf(plan, areAllChanged)}" data-grave="${grave}" data-codes="${codesOf(advisories).join(' ')}">
<h3 id="h-${jobId}"><span class="id">Job ${jobId}</span> <bdi>${jobName}</bdi></h3>
<p class="traits"><span class="fate ${moved}">${isIdle(plan) ? 'not scheduled' : FATE[moved]}</span>${traits.map((trait) => html` · ${trait}`)}</p>
${skipped.length === 0 ? null : html`<ul class="skipped">${skipped.map(({ message }) => html`<li>${message}</li>`)}</ul>\n`}${advisoryList(advisories, true)}${chains.map((chain) => chainDetails(chain, shown))}${proposed.chains.map((chain) => chainDetails(chain, shown, NEEDS_CONNINFO))}</article>
`;
}

function codesOf(advisories: readonly Advisory[]): readonly string[] {
  return [...new Set(advisories.map((one) => one.code))];
}

function isIdle({ moved, skipped }: JobPlan): boolean {
  return moved === 'none' && skipped.some(({ reason }) => reason === 'job-cannot-run');
}

/** Advisories, gravest first: in a job's card their codes, and on demand what each says. */
export function advisoryList(advisories: readonly Advisory[], isFolded: boolean): Markup | null {
  if (advisories.length === 0) return null;
  const sorted = ORDER.flatMap((severity) => advisories.filter((one) => one.severity === severity));
  const list = html`<ul class="advisories">
${sorted.map((advisory) => advisoryItem(advisory, isFolded))}</ul>`;
  if (!isFolded) return list;
  const codes = [...new Map(sorted.map((one) => [one.code, one.severity]))];
  return html`<details class="advise"><summary>${codes.map(
    ([name, severity]) => html`<span class="${severity}"><b>${severity}</b> ${name}</span> `,
  )}</summary>${list}</details>
`;
}

function advisoryItem(advisory: Advisory, isOfJob: boolean): Markup {
  const { severity, message } = advisory;
  return html`<li><span class="tag ${severity}">${severity}</span><span>${codeLink(advisory.code)} ${isOfJob ? subject(advisory) : null}${message}</span></li>
`;
}

function subject({ scheduleId, scheduleName, stepId, stepName }: Advisory): Markup {
  if (scheduleId !== undefined) return html`Schedule ${scheduleId} <bdi>“${scheduleName ?? ''}”</bdi> `;
  if (stepId !== undefined) return html`Step ${stepId} <bdi>“${stepName ?? ''}”</bdi> `;
  return html`The job `;
}

/** @param mark why the chain is not written; null where it is */
function chainDetails(chain: ChainPlan, shown: Shown, mark: string | null = null): Markup {
  const { chainName, runAt, clientName, live, nextRuns, maxInstances, timeout, chainId, tasks } = chain;
  const facts = [
    ...(chainId === undefined ? [] : [`chain_id ${chainId}`]),
    `max_instances ${maxInstances}`,
    ...(timeout > 0 ? [`timeout ${timeout} ms`] : []),
    ...(nextRuns.length > 0 ? [`next ${nextRuns.map(timeText).join(', ')}`] : []),
  ];
  return html`<details class="chain${mark === null ? '' : ' proposed'}"><summary><b><bdi>${chainName}</bdi></b> <code>${runAt}</code> <span class="words">${scheduleInWords(chain)}</span> <span class="client">${
    clientName === null ? 'every client' : html`client <bdi>${clientName}</bdi>`
  }</span> ${liveness(live, mark)}</summary>
<p class="more">${facts.join(' · ')}</p>
<ol class="tasks">
${tasks.map((task) => taskItem(shownTask(task, shown)))}</ol></details>
`;
}

function liveness(live: boolean, mark: string | null): Markup {
  if (mark !== null) return html`<span class="rests">${mark}: not written</span>`;
  return html`<span class="${live ? 'live' : 'rests'}">${live ? 'live' : 'not live'}</span>`;
}

/** @param task as it is to be shown */
function taskItem(task: TaskPlan): Markup {
  const { taskOrder, taskName, kind, command, databaseConnection, parameters, script } = task;
  const traits = [
    kind === 'PROGRAM' ? html`program <code>${command}</code>` : sqlKind(task),
    ...(databaseConnection === null ? [] : [html`connection <code>${databaseConnection}</code>`]),
    ...(task.ignoreError ? ['continues after an error'] : []),
    ...(task.live ? [] : ['not live']),
    ...(task.taskId === undefined ? [] : [`task_id ${task.taskId}`]),
  ];
  return html`<li><p><span class="order">${taskOrder}</span> <bdi>${taskName}</bdi>${traits.map((trait) => html` · ${trait}`)}</p>${
    kind === 'SQL'
      ? code(command)
      : script === undefined
        ? parameters.map(argumentsOf)
        : html`<p class="arguments">the text as a file</p>${code(script)}`
  }</li>
`;
}

function sqlKind({ autonomous, databaseConnection }: TaskPlan): string {
  if (autonomous) return 'SQL, autonomous';
  return databaseConnection === null ? 'SQL, local' : 'SQL, remote';
}

/** The arguments of one execution: the last one, as a rule the script, stands by itself. */
function argumentsOf(row: readonly string[]): Markup {
  const head = row.slice(0, -1);
  return html`${head.length === 0 ? null : html`<p class="arguments">arguments <code>${head.join(' ')}</code> and</p>`}${code(row.at(-1) ?? '')}`;
}
