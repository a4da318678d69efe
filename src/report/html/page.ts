import { createHash } from 'node:crypto';
import type { Asked } from '../../model/groups.ts';
import type { Advisory, PlanHeader, Summary } from '../../model/plan.ts';
import type { Check } from '../../model/preflight.ts';
import type { WeekPicture } from '../../model/week-picture.ts';
import { type Shown, shownHeader } from '../../secrets/masked.ts';
import { placeText, zoneText } from '../place.ts';
import { busiestSection } from './busiest.ts';
import { type Conflicts, factsList, preflightSection, summarySection } from './facts.ts';
import { filterForm } from './filter.ts';
import { advisoryList } from './job-card.ts';
import { html, Markup } from './markup.ts';
import { pageText } from './page-text.ts';
import { weekSection } from './picture.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** What a page is made of. */
export interface Report extends Asked {
  readonly header: PlanHeader;
  /** When it was planned, by the target's clock: ISO 8601. */
  readonly plannedAt: string;
  readonly summary: Summary;
  /** What is to be said of a cutover; nothing where none was made. */
  readonly cutover: readonly string[];
  readonly conflicts: Conflicts;
  readonly checks: readonly Check[];
  /** Of the run as a whole. */
  readonly advisories: readonly Advisory[];
  readonly picture: WeekPicture;
  /** The cards of the jobs in their order. */
  readonly cards: readonly string[];
  readonly shown: Shown;
  /** The pages of the advisories by their codes, as Markdown. */
  readonly pages: ReadonlyMap<string, string>;
}

const PLAIN_NAMES = { database: (name: string) => name, other: (name: string) => name };

/** A browser looks after each group by itself: that is cheaper than after each job. */
const CARDS_A_GROUP = 40;

/** The page in parts, which together are one file that asks for no other. */
export function* pageParts(report: Report): Generator<string> {
  const header = shownHeader(report.header, report.shown);
  const { summary, cutover, conflicts, checks, advisories, picture, cards, plannedAt, pages } = report;
  const { source, target } = header;
  const title = `pgAgent to pg_timetable: ${placeText(source, PLAIN_NAMES).replace(/^in /, '')}`;
  yield head(title);
  yield html`<body>
<p class="skip-links"><a class="skip" href="#main">Skip to the report</a><a class="skip" href="#jobs-h">Skip to the jobs</a></p>
<header>
<h1>From pgAgent to pg_timetable</h1>
${factsList(header, plannedAt, summary.written)}</header>
<nav aria-label="Sections"><ul>${sections(report).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${summarySection(summary, report, cutover, conflicts)}${preflightSection(checks)}${weekSection(picture, { source: zoneText(source), target: zoneText(target) })}${busiestSection(picture)}${runSection(advisories)}<section id="all" aria-labelledby="jobs-h">
<h2 id="jobs-h" tabindex="-1">Jobs and their chains</h2>
${filterForm(summary.chains, summary.jobs)}${cards.length === 0 ? html`<p>No job was selected.</p>` : null}<div id="jobs">
`.text;
  for (let index = 0; index < cards.length; index += CARDS_A_GROUP)
    yield `<div class="group">\n${cards.slice(index, index + CARDS_A_GROUP).join('')}</div>\n`;
  yield html`</div>
</section>
${codesSection(pages)}</main>
<footer><p>Made by pga2timetable.</p></footer>
${element('script', SCRIPT)}</body>
</html>
`.text;
}

function sections({ checks, advisories, pages }: Report): readonly (readonly [string, string])[] {
  return [
    ['summary', 'Summary'],
    ...(checks.length > 0 ? [['preflight', 'Preflight'] as const] : []),
    ['week', 'When jobs run'],
    ['busiest', 'Busiest minutes'],
    ...(advisories.length > 0 ? [['run', 'The run as a whole'] as const] : []),
    ['all', 'Jobs and chains'],
    ...(pages.size > 0 ? [['codes', 'What the advisories mean'] as const] : []),
  ];
}

function runSection(advisories: readonly Advisory[]): Markup | null {
  if (advisories.length === 0) return null;
  return html`<section id="run" aria-labelledby="run-h">
<h2 id="run-h">For the run as a whole</h2>
${advisoryList(advisories, false)}
</section>
`;
}

/** A file that is handed on has no docs folder beside it. */
function codesSection(pages: Report['pages']): Markup | null {
  if (pages.size === 0) return null;
  const known = new Set(pages.keys());
  const codes = [...known].sort();
  return html`<section id="codes" aria-labelledby="codes-h">
<h2 id="codes-h">What the advisories mean</h2>
${codes.map(
  (code) =>
    html`<details class="meaning" id="code-${code}"><summary><code>${code}</code></summary>
${pageText(pages.get(code) ?? '', known)}</details>
`,
)}</section>
`;
}

// Nothing is fetched, and nothing runs but what stands here as it stands here.
function head(title: string): string {
  const policy = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
${element('style', STYLE)}</head>
`.text;
}

function element(name: 'style' | 'script', text: string): Markup {
  return new Markup(`<${name}>${text}</${name}>\n`);
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
