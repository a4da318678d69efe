import { Failure } from '../model/failure.ts';
import { errorCode } from './plain-words.ts';

/** What PostgreSQL says to every statement after one that failed, up to the end of the transaction. */
const FOLLOWS = '25P02';

/**
 * Awaits answers that are asked for at the same time; unlike `Promise.all` until the last is there.
 * @param underWay others, which only tell why one of these failed
 * @throws the first error that does not follow from another
 */
export async function together<const Answers extends readonly unknown[]>(
  answers: Answers,
  underWay: readonly unknown[] = [],
): Promise<{ -readonly [Place in keyof Answers]: Awaited<Answers[Place]> }> {
  const settled = await Promise.allSettled(answers);
  if (settled.some(isRejected)) {
    const errors = [...settled, ...(await Promise.allSettled(underWay))].filter(isRejected);
    throw (errors.find(({ reason }) => !follows(reason)) ?? errors[0])?.reason;
  }
  return settled.map((answer) => (isRejected(answer) ? undefined : answer.value)) as {
    -readonly [Place in keyof Answers]: Awaited<Answers[Place]>;
  };
}

function isRejected(answer: PromiseSettledResult<unknown>): answer is PromiseRejectedResult {
  return answer.status === 'rejected';
}

function follows(error: unknown): boolean {
  return errorCode(error instanceof Failure ? error.cause : error) === FOLLOWS;
}
