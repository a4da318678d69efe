import { stage } from '../model/progress.ts';
import { begin, commit } from '../postgres/commit.ts';
import { onSide } from '../postgres/query-errors.ts';
import type { WritingSession } from '../session/session.ts';
import type { Outcome, Run } from './run.ts';
import { writeJobs } from './write-jobs.ts';

/** Writes chains of which none is live: nothing has to be awaited, and no job changes hands. */
export async function writePaused(
  { planned, found, interrupt, onProgress }: Run,
  session: WritingSession,
): Promise<Outcome> {
  const { targetClient: client } = session;
  return onSide('target', async () => {
    const transaction = await begin(client);
    const written = await stage(
      onProgress,
      'Writing',
      async () => found.tally.summary(false).jobs,
      (step) => writeJobs(session, planned, () => {}, step),
    );
    interrupt.beginCommit();
    try {
      await commit(client, transaction, () => session.connect('target'), 'target');
    } catch (error) {
      interrupt.endCommit();
      throw error;
    }
    return { written, cutover: null, replacement: null };
  });
}
