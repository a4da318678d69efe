import { printable } from '../report/printable.ts';
import { maskSecrets } from '../secrets/mask.ts';

/** A failure in one or two lines, or more with details: what happened, what to do. */
export function failureText(message: string, remedy: string, details: readonly string[] = []): string {
  const lines = [...details.map((detail) => `- ${detail}`), remedy];
  return [`pga2timetable: ${printable(maskSecrets(message))}\n`]
    .concat(lines.map((line) => `  ${printable(maskSecrets(line))}\n`))
    .join('');
}
