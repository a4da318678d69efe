import { Failure } from '../../../model/failure.ts';

/** What the lexer may be in, with what a dump that ends there is cut in. */
const MODES = {
  code: 'a statement',
  string: 'a text in quotes',
  name: 'a name in quotes',
  dollar: 'a text in dollar quotes',
  lineComment: 'a comment',
  blockComment: 'a comment',
  command: 'a command of psql',
  restOfCopy: 'a COPY',
  skippedRows: 'the rows of a COPY',
  keptRows: 'the rows of a COPY',
} as const;

export type Mode = keyof typeof MODES;

export function cutWithin(mode: Mode, line: number): Failure {
  return new Failure(
    'failed',
    `The dump ends in line ${line}, within ${MODES[mode]}: it is cut.`,
    'Copy or make the dump again.',
  );
}

/** @param isRow whether it is a row of pgAgent, which may be longer */
export function tooLong(isRow: boolean, line: number): Failure {
  return new Failure(
    'failed',
    isRow
      ? `The row in line ${line} of the dump, of pgAgent, is longer than 64 MiB.`
      : `The statement in line ${line} of the dump is longer than 1 MiB.`,
    'Check that the file is a dump of pg_dump, and make it again.',
  );
}
