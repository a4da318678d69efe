import { counted } from '../model/counted.ts';
import { Failure } from '../model/failure.ts';
import type { Phase } from '../model/record.ts';
import { errorText } from '../postgres/plain-words.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { countPhases } from '../timetable/record.ts';
import { hasRecord } from '../timetable/record-table.ts';
import { AgentHangs } from './waiting-words.ts';

/** What an earlier run left halfway. */
export interface Unfinished {
  /** What stands halfway, in a sentence without its end; null for nothing. */
  readonly found: string | null;
  /** Why this run may not go on. */
  readonly stops: Failure | null;
  /** What it goes on with. */
  readonly note: string | null;
}

/** Looks for a cutover or an undo that was broken off. */
export async function findUnfinished(session: Session, settings: Settings): Promise<Unfinished> {
  if (!session.hasRecord) return { found: null, stops: null, note: null };
  const [undoing, cuttingOver] = await Promise.all([
    jobsIn(session, 'undoing'),
    jobsIn(session, 'cutting-over'),
  ]);
  if (undoing > 0) {
    const found = `An undo of ${counted(undoing, 'job')} is unfinished: the chains are stopped, and not all of it is undone`;
    const stops = new Failure('unfinished', `${found}.`, 'Finish it first: pga2timetable undo.');
    return { found, stops, note: null };
  }
  if (cuttingOver === 0) return { found: null, stops: null, note: null };
  const found = `A cutover of ${counted(cuttingOver, 'job')} is unfinished`;
  if (settings.disableSource) return { found, stops: null, note: `${found}: this run continues it.` };
  return {
    found,
    stops: new Failure(
      'unfinished',
      `${found}.`,
      'To finish it: run again with --disable-source. To undo it: pga2timetable undo.',
    ),
    note: null,
  };
}

/** What stops a run that is to finish what stands halfway: it still does. */
export function stillUnfinished(error: unknown, { found }: Pick<Unfinished, 'found'>): unknown {
  if (found === null || !(error instanceof Failure)) return error;
  // Where it broke off after a commit of its own, it says already what that leaves.
  if (
    error.code === 'unfinished' &&
    /unfinished|NOTHING RUNS|keeps running|do not run now/.test(error.message)
  )
    return error;
  return new Failure(
    'unfinished',
    `${wordsOf(error)} ${found}. Where jobs are disabled and their chains are not live, NOTHING RUNS THEM until this is finished.`,
    /run the same command again/i.test(error.remedy)
      ? error.remedy
      : `${error.remedy} Run the same command again: it finishes.`,
    { cause: error },
  );
}

/** How many jobs of this source the record holds in a phase. */
export async function jobsIn(session: Session, phase: Phase): Promise<number> {
  if (session.target.missingRights.length > 0) return 0;
  const found = (await phasesOf(session)).filter((one) => one.phase === phase);
  return found.reduce((sum, { jobs }) => sum + jobs, 0);
}

/** How many jobs of this source the record holds. */
export async function countRecorded(session: Session): Promise<number> {
  return (await phasesOf(session)).reduce((sum, { jobs }) => sum + jobs, 0);
}

async function phasesOf({ targetClient, sourceKeys }: Session): ReturnType<typeof countPhases> {
  if (targetClient === null) return [];
  return onSide('target', async () => {
    if (!(await hasRecord(targetClient))) return [];
    return (await countPhases(targetClient)).filter(({ source }) => sourceKeys.includes(source));
  });
}

/** Where a cutover of two databases stands when it breaks off. */
export type Stage = 'chains-wait' | 'jobs-disabled';

/** The jobs of a cutover: those that it disables, and those that an earlier run had disabled. */
export interface CutoverJobs {
  readonly fresh: number;
  readonly resumed: number;
}

const NOWHERE = 'NOTHING RUNS THEM until this is finished';

const HELD_UP = 'the jobs that wait for the agent do not run now';

const STAGES: Readonly<Record<Stage, (jobs: CutoverJobs, agentHangs: boolean) => string>> = {
  'chains-wait': ({ fresh, resumed }, agentHangs) => {
    const wait = `The chains of ${counted(fresh + resumed, 'job')} are on the target, not live`;
    if (resumed === 0) return `${wait}; ${agentHangs ? HELD_UP : 'pgAgent keeps running the jobs'}.`;
    const goesOn =
      fresh === 0
        ? ''
        : agentHangs
          ? ` Enabled jobs that wait for the agent do not run now.`
          : ` pgAgent keeps running ${fresh} of them.`;
    return `${wait}.${goesOn} ${counted(resumed, 'job')} had been disabled before: ${NOWHERE}.`;
  },
  'jobs-disabled': ({ fresh, resumed }) =>
    `${counted(fresh + resumed, 'job')} may be disabled in pgAgent while the chains are not live: ${NOWHERE}.`,
};

/** What an error says, in a sentence, without its word that nothing was written: something was, before it. */
export function wordsOf(error: unknown): string {
  const message = error instanceof Failure ? error.message : errorText(error);
  return message.replace(/ Nothing was written\.$/, '').replace(/\.?$/, '.');
}

/** What broke a cutover off, and where that leaves the jobs. */
export function brokenOff(error: unknown, stage: Stage, jobs: CutoverJobs): Failure {
  const agentHangs = error instanceof AgentHangs;
  const again = agentHangs ? error.remedy : 'Run the same command again: it finishes.';
  return new Failure(
    'unfinished',
    `${wordsOf(error)} ${STAGES[stage](jobs, agentHangs)}`,
    `${again} pga2timetable undo undoes all of it.`,
    { cause: error },
  );
}
