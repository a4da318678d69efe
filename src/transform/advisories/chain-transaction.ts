import { rule } from './rule.ts';

/** pg_timetable: local SQL tasks run in the chain's own transaction (transaction.go, ExecLocalSQLTask). */
export const chainTransaction = rule(
  'chain-transaction',
  'info',
  (steps: number) =>
    `has ${steps === 1 ? 'a SQL step' : `${steps} SQL steps`} in the transaction of its chain (--transaction chain): committed when the last step of the chain has ended, and taken back by a failure that is not ignored. Under pgAgent each step committed by itself.`,
);
