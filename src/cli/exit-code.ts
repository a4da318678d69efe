import type { FailureCode } from '../model/failure.ts';

/** The exit codes: a contract with scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  conflict: 4,
  differs: 5,
  jobsLeftOut: 6,
  unfinished: 7,
  notPrinted: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_FAILURE: Readonly<Record<FailureCode, ExitCode>> = {
  failed: EXIT.failed,
  usage: EXIT.usage,
  refused: EXIT.refused,
  conflict: EXIT.conflict,
  unfinished: EXIT.unfinished,
  interrupted: EXIT.interrupted,
};

export function exitCodeOf(code: FailureCode): ExitCode {
  return OF_FAILURE[code];
}
