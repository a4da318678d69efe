import { Failure } from '../../../model/failure.ts';
import { type Bytes, PipeError, throughProgram } from './piped.ts';

const OPTIONS = ['--file=-', '--create', '--schema=pgagent'];

/**
 * What pg_restore makes of pgAgent's part of an archive, with the name of the database.
 * @param archive a path, or its bytes
 * @throws Failure without pg_restore, and where it fails
 */
export async function* restored(archive: string | Bytes): Bytes {
  try {
    yield* typeof archive === 'string'
      ? throughProgram('pg_restore', [...OPTIONS, '--', archive], null)
      : throughProgram('pg_restore', OPTIONS, archive);
  } catch (error) {
    if (!(error instanceof PipeError)) throw error;
    throw error.isMissing
      ? new Failure(
          'failed',
          'The dump is an archive of pg_dump, and there is no pg_restore on the PATH.',
          "Install PostgreSQL's client programs, or make a plain dump: pg_dump --format=plain",
        )
      : new Failure(
          'failed',
          `pg_restore cannot read the dump: ${error.message.replace(/^pg_restore: (?:\w+: )?/, '')}`,
          'Copy or make the dump again, or use a newer pg_restore.',
        );
  }
}
