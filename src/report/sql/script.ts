import { counted } from '../../model/counted.ts';
import type { JobPlan } from '../../model/plan.ts';
import type { JobRecord } from '../../model/record.ts';
import { subject } from '../../model/subject.ts';
import type { Print } from '../json.ts';
import { NEEDS_CONNINFO, placesOf, proposalOf } from '../needs-conninfo.ts';
import { scheduleInWords } from '../words.ts';
import { chainStatements } from './chain.ts';
import { conflict, keepCheck, makeCheck } from './check.ts';
import { comment, RULE } from './comment.ts';
import { headText, type ScriptHead } from './head.ts';
import { sqlText } from './literal.ts';
import { SOURCE } from './raise.ts';
import { completeRecords, makeRecord, noteChangedChains, recordInsert, recordUpdate } from './record.ts';
import { timelessMessage } from './timeless.ts';
import type { ScriptJob, SeenChain, Work } from './work.ts';

/**
 * Prints a script for psql that does what `migrate` would do. The same jobs on the same target give the same text, but for the
 * line with the clock. Against `migrate`, `was_next_run` and `was_changed` of the record stay empty: no later command needs them.
 */
export async function printScript(
  head: ScriptHead,
  jobs: AsyncIterable<ScriptJob>,
  print: Print,
): Promise<void> {
  const script = new Script(head);
  await print(headText(head));
  for await (const job of jobs) await print(script.add(job));
  await print(script.end());
}

/** What jobs share: what stands once, in front of the first that needs it, and what went before. */
class Script {
  private hasRecord = false;
  private knowsChanges = false;
  /** Chains that a job before has taken out, of which another may think that they are there. */
  private readonly gone = new Set<number>();
  private readonly counts = { jobs: 0, chains: 0, tasks: 0, switched: 0 };
  private readonly hasTaskLive: boolean;
  private readonly sourceKey: string;

  constructor({ hasTaskLive, sourceKey }: ScriptHead) {
    this.hasTaskLive = hasTaskLive;
    this.sourceKey = sourceKey;
  }

  add({ plan, work }: ScriptJob): string {
    const about = aboutJob(plan, work);
    if (work.kind === 'conflict') return `${about}${conflict(plan.jobId, work.because)}\n`;
    if (work.kind !== 'keep' && work.kind !== 'make') return `${about}\n`;
    const adopted = work.record === null ? '' : this.adoption(work.record);
    if (work.kind === 'keep') return `${this.changes()}${about}${adopted}${this.keep(plan.jobId, work)}\n`;
    const isRecorded = work.oldChains.some(({ isAsRecorded }) => isAsRecorded);
    const needed = `${isRecorded ? this.changes() : ''}${this.record()}`;
    return `${needed}${about}${adopted}${this.make(plan, work)}`;
  }

  end(): string {
    const { jobs, chains, tasks, switched } = this.counts;
    const onAndOff = switched === 0 ? '' : ` ${counted(switched, 'chain')} switched on or off.`;
    return (
      RULE +
      (jobs > 0 ? completeRecords() : '') +
      `COMMIT;\n\\echo ${counted(jobs, 'job')} written: ${counted(chains, 'chain')}, ${counted(tasks, 'task')}.${onAndOff}\n`
    );
  }

  private adoption({ source, jobId }: JobRecord): string {
    if (source === this.sourceKey) return '';
    return (
      comment('Its chains were written from a dump of this pgAgent.') +
      `UPDATE pga2timetable.job SET source = ${SOURCE} WHERE source = ${sqlText(source)} AND job_id = ${jobId};\n`
    );
  }

  private record(): string {
    if (this.hasRecord) return '';
    this.hasRecord = true;
    return makeRecord();
  }

  private changes(): string {
    if (this.knowsChanges) return '';
    this.knowsChanges = true;
    return noteChangedChains();
  }

  private there(chains: readonly SeenChain[]): readonly SeenChain[] {
    return chains.filter(({ id }) => !this.gone.has(id));
  }

  private make(plan: JobPlan, work: Extract<Work, { kind: 'make' }>): string {
    const oldChains = this.there(work.oldChains);
    const recordedIds = work.recordedIds.filter((id) => !this.gone.has(id));
    for (const { id } of oldChains) this.gone.add(id);
    this.counts.jobs += 1;
    this.counts.chains += plan.chains.length;
    for (const { tasks } of plan.chains) this.counts.tasks += tasks.length;
    const names = plan.chains.map(({ chainName }) => chainName);
    return [
      `${makeCheck(plan.jobId, { ...work, oldChains, recordedIds }, names)}\n`,
      ...(oldChains.length === 0 ? [] : [deletion(oldChains)]),
      ...plan.chains.map((chain) => chainStatements(chain, this.hasTaskLive)),
      recordInsert(work.newRecord, work.record !== null),
    ].join('');
  }

  private keep(jobId: number, work: Extract<Work, { kind: 'keep' }>): string {
    this.counts.switched += work.switched.length;
    const switched = [true, false].map((live) => ({
      live,
      ids: work.switched.filter((one) => one.live === live).map(({ chainId }) => chainId),
    }));
    return [
      keepCheck(jobId, { ...work, chains: this.there(work.chains) }),
      ...switched
        .filter(({ ids }) => ids.length > 0)
        .map(
          ({ live, ids }) =>
            `UPDATE timetable.chain SET live = ${live} WHERE chain_id IN (${ids.join(', ')});\n`,
        ),
      ...(work.change === null ? [] : [this.record(), recordUpdate(work.change)]),
    ].join('');
  }
}

function deletion(chains: readonly SeenChain[]): string {
  return (
    chains
      .map(({ id, name }) => comment(`Chain ${id} "${name}" goes, with its tasks and parameters.`))
      .join('') +
    `DELETE FROM timetable.chain WHERE chain_id IN (${chains.map(({ id }) => id).join(', ')});\n\n`
  );
}

const FATES: Readonly<Record<Work['kind'], string>> = {
  none: 'nothing of it is written',
  skip: 'left as it is on the target',
  conflict: 'STOPS THIS SCRIPT',
  keep: 'its chains are there as planned',
  make: 'its chains are made',
};

function aboutJob(plan: JobPlan, work: Work): string {
  const fate =
    work.kind === 'make' && work.oldChains.length > 0
      ? 'its chains are replaced'
      : work.kind === 'keep' && work.switched.length > 0
        ? 'its chains are there as planned; they are switched on or off'
        : FATES[work.kind];
  const proposed = proposalOf(plan);
  const because = work.kind === 'skip' || work.kind === 'conflict' ? work.because : [];
  return [
    RULE,
    comment(`Job ${plan.jobId} "${plan.jobName}": ${fate}.`),
    ...because.map((text) => comment(`because ${text}`, '  ')),
    ...plan.chains.map((chain) =>
      comment(
        `"${chain.chainName}": ${scheduleInWords(chain)} (${chain.runAt})${chain.live ? '' : '; not live'}`,
        '  ',
      ),
    ),
    ...proposed.chains.map((chain) =>
      comment(
        `${NEEDS_CONNINFO}: "${chain.chainName}": ${scheduleInWords(chain)} (${chain.runAt}), in ${placesOf(chain)}`,
        '  ',
      ),
    ),
    ...[...plan.advisories, ...proposed.advisories].map((advisory) =>
      comment(
        `${advisory.severity} ${advisory.code}: ${subject(plan, advisory)} ${timelessMessage(advisory)} See ${advisory.link}`,
        '  ',
      ),
    ),
    ...plan.skipped.map(({ message }) => comment(`skipped: ${message}`, '  ')),
    '\n',
  ].join('');
}
