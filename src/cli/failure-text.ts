import { printable } from '../report/printable.ts';
import { maskSecrets } from '../secrets/mask.ts';

/** A failure in one or two lines, or more with details: what happened, what to do. */
export function failureText(message: string, remedy: string, details: readonly string[] = []): string {
  const lines = [...details.map((detail) => `- ${detail}`), remedy];
  return [`pga2timetable: ${printable(maskSecrets(message))}\n`]
    .concat(lines.map((line) => `  ${printable(maskSecrets(line))}\n`))
    .join('');
}

/** For a run that has committed and could not print its result whole. */
export function brokenOffText(done: string, error: unknown, remedy: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return failureText(
    `${done}, but the listing broke off: ${message.replace(/ Nothing was (?:written|changed)\.$/, '')}`,
    remedy,
  );
}
