import type { FailureCode } from '../failure.ts';

/** The exit codes: a contract with scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  conflict: 4,
  differs: 5,
  jobsLeftOut: 6,
  halfway: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_FAILURE: Readonly<Record<FailureCode, ExitCode>> = {
  failed: EXIT.failed,
  usage: EXIT.usage,
  refused: EXIT.refused,
  conflict: EXIT.conflict,
  halfway: EXIT.halfway,
  interrupted: EXIT.interrupted,
};

export function exitCodeOf(code: FailureCode): ExitCode {
  return OF_FAILURE[code];
}
