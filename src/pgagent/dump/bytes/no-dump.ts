import { Failure } from '../../../model/failure.ts';
import { shellWord } from '../../../model/shell-word.ts';
import type { Form } from './form.ts';

const MAKE = 'Name a file that pg_dump or pg_dumpall made.';

/**
 * Says what the bytes are that are no dump that can be read.
 * @param path of the file; null where none has these bytes
 */
export function noDump(
  form: Exclude<Form, 'plain' | 'gzip' | 'zstd' | 'lz4' | 'custom' | 'tar'>,
  path: string | null,
): Failure {
  const file = path === null ? 'FILE' : shellWord(path);
  const pipe = (command: string): string => `Use a pipe: ${command} ${file} | pga2timetable --dump -`;
  switch (form) {
    case 'bzip2':
      return new Failure('failed', 'The dump is compressed with bzip2.', pipe('bzip2 -dc'));
    case 'xz':
      return new Failure('failed', 'The dump is compressed with xz.', pipe('xz -dc'));
    case 'zip':
      return new Failure('failed', 'The dump is in a zip archive.', pipe('unzip -p'));
    case 'utf-16':
      return new Failure(
        'failed',
        'The dump is in UTF-16, as PowerShell writes it by >.',
        'Let pg_dump write the file: pg_dump --file=FILE',
      );
    case 'other-tar':
      return new Failure(
        'failed',
        'The file is a tar archive, but not one of pg_dump.',
        'Extract the dump from the archive.',
      );
    case 'mysql':
      return new Failure('failed', 'The file is a dump of MySQL.', MAKE);
    case 'empty':
      return new Failure('failed', 'The dump is empty.', MAKE);
    case 'foreign':
      return new Failure('failed', 'Line 1 is not the head of a dump of pg_dump or pg_dumpall.', MAKE);
  }
}
