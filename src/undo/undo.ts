import pg from 'pg';
import { EXIT, type ExitCode, exitCodeOf } from '../cli/exit-code.ts';
import { failureText } from '../cli/failure-text.ts';
import { Progress } from '../cli/progress.ts';
import { color, type Terminal, unlessClosed } from '../cli/terminal.ts';
import { nextRunOf } from '../cutover/moment/schedule-minutes.ts';
import { countRecorded, jobsIn, stillUnfinished } from '../cutover/unfinished.ts';
import { Failure } from '../model/failure.ts';
import type { LostMinute, UndoneJob, UndoSummary } from '../model/undo-result.ts';
import { isoInZone } from '../model/zone.ts';
import { lookAtDisabling } from '../pgagent/disabling-rights.ts';
import { onSide } from '../postgres/query-errors.ts';
import { counted } from '../report/counted.ts';
import { printDocument } from '../report/json.ts';
import { printUndo } from '../report/undo.ts';
import type { Interrupt } from '../session/interrupt.ts';
import { openSession, type Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { missingCutoverRights } from '../timetable/cutover-rights.ts';
import { countPhases } from '../timetable/record.ts';
import { recordRights } from '../timetable/record-rights.ts';
import { hasRecord } from '../timetable/record-table.ts';
import { listUndoing, type Undoing } from './find-jobs.ts';
import { ReturnJobs, type TakenBack } from './return-jobs.ts';

/**
 * Takes out what earlier runs put in and enables what they disabled, or with `--dry-run` shows what that would be.
 * @returns the exit code
 * @throws Failure where nothing was changed, or of code `unfinished`
 */
export async function undo(settings: Settings, terminal: Terminal, interrupt: Interrupt): Promise<ExitCode> {
  // Jobs are selected among those of the record.
  const { bar } = terminal;
  const session = await bar.during({ doing: 'Connecting', total: null }, () =>
    openSession({ ...settings, jobs: [], excludedJobs: [] }, interrupt),
  );
  let jobs: readonly Undoing[] = [];
  try {
    await refuseUnreadable(session);
    const lookingUp = { doing: 'Looking up', total: () => countRecorded(session) };
    jobs = await bar.during(lookingUp, (step) => listUndoing(session, settings, step));
    if (jobs.length === 0) await refuseOthers(session);
    const reason = whyNot(session, jobs, settings) ?? (await whyDenied(session, jobs));
    if (reason !== null && !settings.dryRun) throw reason;
    if (settings.dryRun || jobs.length === 0) {
      await unlessClosed(() => show(session, jobs, null, settings, terminal));
      if (reason === null) return EXIT.done;
      await terminal.stderr.print(failureText(`A run would stop here: ${reason.message}`, reason.remedy));
      return exitCodeOf(reason.code);
    }
    const returnJobs = new ReturnJobs(session, jobs, settings, interrupt, new Progress(terminal, settings));
    const taken = await bar.during({ doing: 'Taking back', total: null }, () =>
      session.isOneDatabase ? returnJobs.together() : returnJobs.apart(),
    );
    await unlessClosed(() => show(session, jobs, taken, settings, terminal));
    return await codeWhenDone(session, terminal);
  } catch (error) {
    throw stillUnfinished(error, { found: unfinishedOf(jobs) });
  } finally {
    await session.close();
  }
}

/** What stood half-way and was not selected still does. */
async function codeWhenDone(session: Session, terminal: Terminal): Promise<ExitCode> {
  const left = await Promise.all([jobsIn(session, 'cutting-over'), jobsIn(session, 'undoing')]).catch(
    () => [],
  );
  const jobs = left.reduce((sum, number) => sum + number, 0);
  if (jobs === 0) return EXIT.done;
  await terminal.stderr.print(
    failureText(
      `A cutover or an undo of ${counted(jobs, 'job')} more stands half-way: some may run nowhere.`,
      'Run undo again without --job and --exclude-job, or finish the cutover: migrate --disable-source.',
    ),
  );
  return EXIT.unfinished;
}

// The record tells sources by their cluster and the name of their database.
async function refuseOthers({ targetClient, sourceKey }: Session): Promise<void> {
  const others = await onSide('target', async () =>
    (await hasRecord(targetClient))
      ? (await countPhases(targetClient)).filter(({ source }) => source !== sourceKey)
      : [],
  );
  const [first] = others;
  if (first === undefined) return;
  const sources = [...new Set(others.map(({ source }) => source))];
  const jobs = others.reduce((sum, one) => sum + one.jobs, 0);
  throw new Failure(
    'refused',
    `The target holds nothing that was moved from this source (${sourceKey}); it holds ${counted(jobs, 'job')} of ${sources.join(', ')}.`,
    `If that is this source under another name (a renamed database, a restored or upgraded server), run on the target: UPDATE pga2timetable.job SET source = ${pg.escapeLiteral(sourceKey)} WHERE source = ${pg.escapeLiteral(first.source)};`,
  );
}

function unfinishedOf(jobs: readonly Undoing[]): string | null {
  const left = jobs.filter(({ record: { phase } }) => phase === 'cutting-over' || phase === 'undoing').length;
  if (left === 0) return null;
  return `A cutover or an undo of ${counted(left, 'job')} stands half-way`;
}

const MOST_SHOWN = 20;

function whyNot(session: Session, jobs: readonly Undoing[], settings: Settings): Failure | null {
  const changed = jobs.flatMap(({ changedByHand }) => changedByHand);
  // One that is gone already loses nothing.
  const lost = changed.filter((text) => !text.endsWith(' is gone'));
  if (lost.length > 0 && !settings.force) {
    const shown = lost.slice(0, MOST_SHOWN).join('; ');
    const more = lost.length > MOST_SHOWN ? `; and ${lost.length - MOST_SHOWN} more` : '';
    return new Failure(
      'conflict',
      `Chains are not as this tool wrote them: ${shown}${more}.`,
      '--force takes them out all the same; what was done by hand is lost.',
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
async function refuseUnreadable({ target, targetClient }: Session): Promise<void> {
  const rights = await onSide('target', () => recordRights(targetClient));
  if (rights.kind !== 'not-usable') return;
  throw denied('target', target.user, rights.missing, rights.missing.map(grantOf));
}

/** Before the first chain stops: whether the last step can be taken too. */
async function whyDenied(session: Session, jobs: readonly Undoing[]): Promise<Failure | null> {
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

async function show(
  session: Session,
  jobs: readonly Undoing[],
  taken: TakenBack | null,
  settings: Settings,
  terminal: Terminal,
): Promise<void> {
  const { source: zone } = session.clocks;
  const undone = jobs.map(({ record, job, minutes, zone, changedByHand }): UndoneJob => {
    const nextRun =
      taken === null ? nextRunOf(minutes, zone, session.context.now) : taken.nextRuns.get(record.jobId);
    return {
      jobId: record.jobId,
      jobName: record.jobName,
      chains: record.chains.map(({ name }) => name),
      job,
      nextRun: job === 'enabled' && nextRun ? isoInZone(zone, nextRun) : null,
      changedByHand,
    };
  });
  const summary: UndoSummary = {
    jobs: jobs.length,
    chains: undone.reduce((sum, { chains }) => sum + chains.length, 0),
    enabled: undone.filter(({ job }) => job === 'enabled').length,
    undone: taken !== null,
  };
  const { source, target } = session.header;
  const missed = (taken?.missed ?? []).map(
    ({ minute, ...rest }): LostMinute => ({
      minute: isoInZone(zone, minute),
      ...rest,
    }),
  );
  const print = (text: string): Promise<void> => terminal.stdout.print(text);
  if (settings.format === 'json') {
    const head = { undoVersion: 1, source, target };
    await printDocument({ head, jobs: stream(undone), tail: async () => ({ missed, summary }) }, print);
    return;
  }
  const { width, lastLineWidth, stdoutHasColor } = terminal;
  const style = { width, lastLineWidth, color: color(stdoutHasColor), isQuiet: settings.quiet };
  await printUndo({ source, target }, undone, missed, summary, style, print);
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
