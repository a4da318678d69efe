import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { countRecorded, jobsIn, stillUnfinished } from '../cutover/unfinished.ts';
import { counted } from '../model/counted.ts';
import { Failure } from '../model/failure.ts';
import type { PlanHeader } from '../model/plan.ts';
import { type OnProgress, stage } from '../model/progress.ts';
import type { LostMinute, UndoneJob, UndoSummary } from '../model/undo-result.ts';
import { isoInZone } from '../model/zone.ts';
import { lookAtDisabling } from '../pgagent/disabling-rights.ts';
import { onSide } from '../postgres/query-errors.ts';
import { type Interrupt, interruptible } from '../session/interrupt.ts';
import { openSession } from '../session/open-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { LiveSettings, Settings } from '../session/settings.ts';
import { missingCutoverRights } from '../timetable/cutover-rights.ts';
import { countPhases } from '../timetable/record.ts';
import { recordRights } from '../timetable/record-rights.ts';
import { hasRecord } from '../timetable/record-table.ts';
import { nextRunOf } from '../transform/schedule/job-minutes.ts';
import { listUndoing, type Undoing } from './find-jobs.ts';
import { ReturnJobs, type TakenBack } from './return-jobs.ts';

/** How an undo ended. */
export interface Undo {
  readonly header: Pick<PlanHeader, 'source' | 'target'>;
  readonly jobs: readonly UndoneJob[];
  /** Due minutes that neither side ran, or may not have run. */
  readonly missed: readonly LostMinute[];
  readonly summary: UndoSummary;
  /** Why a run would change nothing; only of a dry run. */
  readonly reason: Failure | null;
  /** Jobs of an earlier cutover or undo that are still unfinished and were not selected. */
  readonly leftUnfinished: number;
}

/** What an undo asks of its caller. */
export interface Hooks {
  /** Ends the run as soon as nothing has been committed. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /**
   * Asked before anything is changed, with no session open on either side; a rejection ends the run. What it said yes to is
   * looked up once more then, and has to be the same. Without it nobody is asked.
   */
  readonly confirm?: ((found: Undo) => Promise<void>) | undefined;
}

/**
 * Takes out what earlier runs put in and enables what they disabled, or with `dryRun` finds out what that would be.
 * @throws Failure where nothing was changed, or of code `unfinished`
 */
export async function undo(settings: LiveSettings, hooks: Hooks): Promise<Undo> {
  return interruptible(hooks.signal, (interrupt) => findAndReturn(settings, hooks, interrupt));
}

async function findAndReturn(
  settings: LiveSettings,
  hooks: Hooks,
  interrupt: Interrupt,
  confirmed: Undo | null = null,
): Promise<Undo> {
  const { onProgress, confirm } = hooks;
  // Jobs are selected among those of the record.
  const session = await stage(onProgress, 'Connecting', null, () =>
    openSession({ ...settings, jobs: [], excludedJobs: [] }, interrupt),
  );
  let jobs: readonly Undoing[] = [];
  try {
    await refuseUnreadable(session);
    const total = (): Promise<number> => countRecorded(session);
    jobs = await stage(onProgress, 'Looking up', total, (step) => listUndoing(session, settings, step));
    if (jobs.length === 0) await refuseOthers(session);
    const reason = whyNot(session, jobs, settings) ?? (await whyDenied(session, jobs));
    if (reason !== null && !settings.dryRun) throw reason;
    const found: Undo = { ...resultOf(session, jobs, null), reason, leftUnfinished: 0 };
    if (settings.dryRun || jobs.length === 0) return found;
    if (confirm !== undefined && confirmed === null) {
      await session.close();
      await confirm(found);
      return await findAndReturn(settings, hooks, interrupt, found);
    }
    if (confirmed !== null) refuseOther(confirmed, found);
    // A snapshot older than the last change of a task would keep the index from use that many chains are deleted by.
    session.endSnapshot();
    const returnJobs = new ReturnJobs(session, jobs, settings, interrupt, onProgress);
    const taken = await stage(onProgress, 'Undoing', null, () =>
      session.isOneDatabase ? returnJobs.together() : returnJobs.apart(),
    );
    return {
      ...resultOf(session, jobs, taken),
      reason: null,
      leftUnfinished: await countUnfinished(session),
    };
  } catch (error) {
    throw stillUnfinished(error, { found: unfinishedOf(jobs) });
  } finally {
    await session.close();
  }
}

/** What was found once more has to be what somebody said yes to; when a job is due next is another by then. */
function refuseOther(confirmed: Undo, found: Undo): void {
  const told = ({ jobs }: Undo): unknown => jobs.map((job) => ({ ...job, nextRun: null }));
  if (isDeepStrictEqual(told(confirmed), told(found))) return;
  throw new Failure(
    'conflict',
    'The jobs or their chains changed after they were shown. Nothing was changed by this run.',
    'Run this again and read once more what it would do.',
  );
}

async function countUnfinished(session: LiveSession): Promise<number> {
  const left = await Promise.all([jobsIn(session, 'cutting-over'), jobsIn(session, 'undoing')]).catch(
    () => [],
  );
  return left.reduce((sum, number) => sum + number, 0);
}

// The record tells sources by their cluster and the name of their database.
async function refuseOthers({ targetClient, sourceKey, sourceKeys }: LiveSession): Promise<void> {
  const others = await onSide('target', async () =>
    (await hasRecord(targetClient))
      ? (await countPhases(targetClient)).filter(({ source }) => !sourceKeys.includes(source))
      : [],
  );
  const [first] = others;
  if (first === undefined) return;
  const sources = [...new Set(others.map(({ source }) => source))];
  const jobs = others.reduce((sum, one) => sum + one.jobs, 0);
  throw new Failure(
    'refused',
    `The target holds nothing that was moved from this source (${sourceKey}); it holds ${counted(jobs, 'job')} of ${sources.join(', ')}.`,
    `If this is the same source with a new name (renamed database, restored server), run on the target: UPDATE pga2timetable.job SET source = ${pg.escapeLiteral(sourceKey)} WHERE source = ${pg.escapeLiteral(first.source)};`,
  );
}

function unfinishedOf(jobs: readonly Undoing[]): string | null {
  const left = jobs.filter(({ record: { phase } }) => phase === 'cutting-over' || phase === 'undoing').length;
  if (left === 0) return null;
  return `A cutover or an undo of ${counted(left, 'job')} is unfinished`;
}

const MOST_SHOWN = 20;

function whyNot(session: LiveSession, jobs: readonly Undoing[], settings: Settings): Failure | null {
  const changed = jobs.flatMap(({ changedByHand }) => changedByHand);
  // One that is gone already loses nothing.
  const lost = changed.filter((text) => !text.endsWith(' is gone'));
  if (lost.length > 0 && !settings.force) {
    const shown = lost.slice(0, MOST_SHOWN).join('; ');
    const more = lost.length > MOST_SHOWN ? `; and ${lost.length - MOST_SHOWN} more` : '';
    return new Failure(
      'conflict',
      `Chains were changed after this tool wrote them: ${shown}${more}.`,
      'To remove them anyway: --force (changes by hand are lost).',
    );
  }
  const replica = [
    ...(session.target.isInRecovery ? ['target'] : []),
    ...(session.source.isInRecovery && jobs.some(({ job }) => job === 'enabled') ? ['source'] : []),
  ];
  if (replica.length > 0)
    return new Failure(
      'refused',
      `The ${replica.join(' and the ')} is in recovery (a replica): it cannot be written.`,
      'Name the primary.',
    );
  return null;
}

// Who may not read the record would be told that there is nothing.
async function refuseUnreadable({ target, targetClient }: LiveSession): Promise<void> {
  const rights = await onSide('target', () => recordRights(targetClient));
  if (rights.kind !== 'not-usable') return;
  throw denied('target', target.user, rights.missing, rights.missing.map(grantOf));
}

/** Before the first chain stops: whether the last step can be taken too. */
async function whyDenied(session: LiveSession, jobs: readonly Undoing[]): Promise<Failure | null> {
  if (jobs.length === 0) return null;
  const missing = await onSide('target', () =>
    missingCutoverRights(session.targetClient, { replaces: true, setsLive: true }),
  );
  if (missing.length > 0) return denied('target', session.target.user, missing, missing.map(grantOf));
  if (session.target.isReadOnly) return readOnly('target', session.target.user);
  if (!jobs.some(({ job }) => job === 'enabled')) return null;
  const { deniedColumns, isReadOnly } = await onSide('source', () => lookAtDisabling(session.sourceClient));
  if (isReadOnly) return readOnly('source', session.source.user);
  if (deniedColumns.length === 0) return null;
  const columns = deniedColumns.join(', ');
  return denied(
    'source',
    session.source.user,
    [`UPDATE (${columns}) on pgagent.pga_job`],
    [`GRANT UPDATE (${columns}) ON pgagent.pga_job`],
  );
}

// `DELETE on timetable.chain`
function grantOf(right: string): string {
  const [what = '', on = ''] = right.split(' on ');
  return `GRANT ${what} ON ${on}`;
}

function denied(
  side: 'source' | 'target',
  user: string,
  rights: readonly string[],
  grants: readonly string[],
): Failure {
  const to = pg.escapeIdentifier(user);
  return new Failure(
    'refused',
    `The user "${user}" lacks on the ${side}: ${rights.join(', ')}.`,
    `Grant it: ${grants.map((grant) => `${grant} TO ${to};`).join(' ')}`,
  );
}

function readOnly(side: 'source' | 'target', user: string): Failure {
  return new Failure(
    'refused',
    `The ${side} is read-only for the user "${user}" (default_transaction_read_only).`,
    'Connect as another user, or change that setting.',
  );
}

function resultOf(
  session: LiveSession,
  jobs: readonly Undoing[],
  taken: TakenBack | null,
): Pick<Undo, 'header' | 'jobs' | 'missed' | 'summary'> {
  const undone = jobs.map(({ record, job, minutes, zone, held, chainsNow, changedByHand }): UndoneJob => {
    const there = new Set(chainsNow.map(({ id }) => id));
    const nextRun =
      taken === null ? nextRunOf(minutes, zone, session.context.now) : taken.nextRuns.get(record.jobId);
    return {
      jobId: record.jobId,
      jobName: record.jobName,
      chains: record.chains.filter(({ id }) => there.has(id)).map(({ name }) => name),
      job,
      nextRun: job === 'enabled' && held === null && nextRun ? isoInZone(zone, nextRun) : null,
      held,
      changedByHand,
    };
  });
  const { source: zone } = session.clocks;
  return {
    header: session.header,
    jobs: undone,
    missed: (taken?.missed ?? []).map(
      ({ minute, ...rest }): LostMinute => ({ minute: isoInZone(zone, minute), ...rest }),
    ),
    summary: {
      jobs: jobs.length,
      chains: undone.reduce((sum, { chains }) => sum + chains.length, 0),
      enabled: undone.filter(({ job }) => job === 'enabled').length,
      undone: taken !== null,
    },
  };
}
