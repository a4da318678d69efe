import { Failure } from '../model/failure.ts';

/** For a command that reads no dump. */
export function needsLive(command: string): Failure {
  return new Failure(
    'usage',
    `${command} needs the live source: a dump does not tell how the jobs are now.`,
    'Use --source in place of --dump.',
  );
}
