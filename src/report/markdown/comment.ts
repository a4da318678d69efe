import { counted } from '../../model/counted.ts';
import {
  type Asked,
  type Decision,
  type GroupCounts,
  jobsText,
  ofOneJob,
  type StayingJob,
  stayHeading,
} from '../../model/groups.ts';
import type { JobPlan, PlanHeader, ServerFacts } from '../../model/plan.ts';
import { type Check, isOfConcern } from '../../model/preflight.ts';
import type { AdvisoryGroup } from '../advisories.ts';
import { placeText } from '../place.ts';
import { preflightCounts } from '../preflight.ts';
import { ChainTable } from './chain-table.ts';
import { differences, infoLine } from './differences.ts';
import { fitting } from './room.ts';
import { code, prose } from './spans.ts';

/** What a comment is made of. */
export interface CommentParts extends Asked {
  readonly header: PlanHeader;
  readonly written: boolean;
  /** What a run would do, in words; empty for nothing. */
  readonly work: string;
  /** Whether something keeps a run from doing so. */
  readonly isStopped: boolean;
  readonly checks: readonly Check[];
  /** By code. */
  readonly advisories: ReadonlyMap<string, AdvisoryGroup>;
  /** What is to be said of a cutover or of replaced chains. */
  readonly cutover: readonly string[];
}

/** GitHub takes 65,536 characters in a comment; GitLab more. */
const MOST_CHARACTERS = 60_000;
/** What the sections before the chains may take of them. */
const ROOM = { cutover: 4_000, decide: 8_000, stay: 10_000, preflight: 4_000, differs: 16_000 };

/** The plan as Markdown for the comment of a merge request: of any length, what matters first. */
export async function commentText(parts: CommentParts, jobs: AsyncIterable<JobPlan>): Promise<string> {
  const { groups, decisions, staying, checks, advisories, cutover } = parts;
  const differs = differences(advisories);
  const front = [
    headText(parts),
    section(
      '',
      cutover.map((line) => `- ${prose(line)}\n`),
      ROOM.cutover,
    ),
    section('Decide', decisions.map(decisionLine), ROOM.decide),
    section(stayHeading(staying), staying.map(stayingLine), ROOM.stay, groups.stay),
    section('Preflight', preflightLines(checks), ROOM.preflight),
    section('What differs', differs.lines, ROOM.differs, differs.count),
    infoLine(advisories),
  ].join('');
  const room = MOST_CHARACTERS - front.length;
  const chains = new ChainTable();
  for await (const { jobId, chains: own } of jobs) for (const chain of own) chains.add(jobId, chain, room);
  return `${front}${chains.text(room)}`;
}

function headText({ header, written, groups, work, isStopped }: CommentParts): string {
  const { source, target, plannedAt } = header;
  const jobs = groups.unchanged + groups.decide + groups.stay + groups.notScheduled;
  return `## From pgAgent to pg_timetable: ${counted(jobs, 'job')}

pgAgent ${serverText(source)}, to pg_timetable ${serverText(target)}. Planned ${code(plannedAt)}.
${written ? 'The chains are written.' : `Nothing was written.\n${workLine(work, isStopped)}`}

${countsTable(groups)}`;
}

function workLine(work: string, isStopped: boolean): string {
  if (work === '') return 'A run would change nothing.';
  return `${isStopped ? 'Once nothing stops it, a run would' : 'A run would'} ${work}.`;
}

function serverText(facts: ServerFacts): string {
  const place = placeText(facts, { database: code, other: code });
  return `${prose(facts.schemaVersion.replace(/,$/, ''))} ${place}`.trimEnd();
}

function countsTable({ unchanged, paused, decide, stay, notScheduled, excluded }: GroupCounts): string {
  return `| unchanged | to decide | stay | not scheduled |
|---:|---:|---:|---:|
| ${unchanged}${paused === 0 ? '' : ` (${paused} paused)`} | ${decide} | ${stay} | ${notScheduled} |
${excluded === 0 ? '' : `\n${counted(excluded, 'more job')} excluded by \`--job\` or \`--exclude-job\`.\n`}`;
}

/** Nothing where there is nothing to say. */
function section(title: string, lines: readonly string[], room: number, count = lines.length): string {
  if (count === 0) return '';
  const more = (rest: number): string => `- and ${rest} more: \`--format json\` lists them\n`;
  return `${title === '' ? '' : `\n### ${title}\n`}\n${fitting(lines, room, more, count)}`;
}

function decisionLine({ code: name, jobs, job, what, option }: Decision): string {
  const text =
    job === undefined
      ? prose(jobsText({ jobs, what }))
      : `Job ${job.jobId} ${code(job.jobName)} ${prose(ofOneJob(what))}`;
  return `- ${text}${optionText(option)} (${code(name)})\n`;
}

function stayingLine({ jobId, jobName, what, option }: StayingJob): string {
  return `- Job ${jobId} ${code(jobName)}: ${prose(what.replace(/\.$/, ''))}${optionText(option)}\n`;
}

function optionText(option: string | null): string {
  return option === null ? '' : `. To change it: ${code(option)}`;
}

function preflightLines(checks: readonly Check[]): readonly string[] {
  if (checks.length === 0) return [];
  const concerns = checks.filter(isOfConcern);
  return [
    ...concerns.map(
      ({ status, message, remedy }) => `- **${status}** ${prose(`${message} ${remedy ?? ''}`.trim())}\n`,
    ),
    `- ${preflightCounts(checks)}\n`,
  ];
}
