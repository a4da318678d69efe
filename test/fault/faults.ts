import assert from 'node:assert/strict';
import type { Statement, When } from '../servers/fault-proxy.ts';

/** `cut`: the connection; `backend`: the session's, by pg_terminate_backend; `server`: stopped at once, and started; `kill`: the tool, by SIGKILL. */
export type Kind = 'cut' | 'backend' | 'server' | 'kill';

/**
 * - `all`: every statement
 * - `writing`: those in front of the first that writes, and behind the last COMMIT, are left to other scenarios
 * - `sample`: of `writing`, each statement once or twice, a COMMIT by every fault
 */
export type Extent = 'all' | 'writing' | 'sample';

export interface Fault {
  readonly at: number;
  readonly when: When;
  readonly kind: Kind;
}

const LOCK = 'pg_try_advisory_lock';
const KILLED: Omit<Fault, 'at'> = { kind: 'kill', when: 'after' };
const OTHERS: readonly Omit<Fault, 'at'>[] = [
  { kind: 'cut', when: 'before' },
  { kind: 'backend', when: 'after' },
  { kind: 'server', when: 'before' },
  { kind: 'cut', when: 'after' },
  { kind: 'backend', when: 'before' },
  { kind: 'server', when: 'after' },
];
const READS = /^\s*(?:SELECT|WITH|SET)\b(?!.*pg_try_advisory_lock)/s;

/**
 * Faults for every statement, of which there are seven: the tool killed behind it (dying in front of a statement is dying
 * behind the last), or one of the others. From the first statement that writes to the last COMMIT each is killed behind;
 * a COMMIT gets all seven, another that writes five, one that reads two. Statements outside get one, another in each scenario.
 * @param turn of the scenario
 */
export function everyStatement(
  statements: readonly Statement[],
  turn: number,
  extent: Extent,
): readonly Fault[] {
  const first = statements.findIndex(({ text }) => text.includes(LOCK));
  const last = statements.findLastIndex(({ text }) => isCommit(text));
  assert.ok(first > 0 && last > first, 'a run that writes takes its turn, and commits');
  return statements.flatMap(({ text }, index) => {
    const isInside = index >= first && index <= last;
    if (extent !== 'all' && !isInside) return [];
    const inside = extent === 'sample' ? sampleFaults : insideFaults;
    const faults = isInside ? inside(text, index + turn) : [outsideFault(index, turn)];
    return faults
      .filter((_, place) => IS_WHOLE || (index * 3 + place + turn) % (isCommit(text) ? 2 : SHARE) === 0)
      .map((fault) => ({ at: index + 1, ...fault }));
  });
}

/** The whole matrix takes most of an hour (`npm run faults`); each run of the tests takes every commit in half of the ways, and a share of the rest. */
const IS_WHOLE = process.env.FAULTS === 'all';
const SHARE = 16;

function insideFaults(text: string, turn: number): readonly Omit<Fault, 'at'>[] {
  if (isCommit(text)) return [KILLED, ...OTHERS];
  const one = OTHERS[turn % OTHERS.length] ?? KILLED;
  if (READS.test(text)) return [KILLED, one];
  const ends = OTHERS.filter(
    ({ kind, when }) => kind !== 'cut' && (when === 'after') === ((turn % 2 === 0) === (kind === 'server')),
  );
  return [KILLED, ...OTHERS.filter(({ kind }) => kind === 'cut'), ...ends];
}

function sampleFaults(text: string, turn: number): readonly Omit<Fault, 'at'>[] {
  const one = OTHERS[turn % OTHERS.length] ?? KILLED;
  if (isCommit(text)) return [KILLED, ...OTHERS];
  return READS.test(text) ? [turn % 4 === 0 ? KILLED : one] : [KILLED, one];
}

// Starting a process takes longer than all the rest, so where nothing is written yet it is killed at one in seven.
function outsideFault(index: number, turn: number): Omit<Fault, 'at'> {
  if (turn === 0 && index % 7 === 0) return KILLED;
  return OTHERS[(index + turn) % OTHERS.length] ?? KILLED;
}

/** Also one in a message with its deadline. */
function isCommit(text: string): boolean {
  return /\bCOMMIT$/.test(text);
}
