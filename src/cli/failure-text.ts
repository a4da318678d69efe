import { printable } from '../report/printable.ts';
import { maskSecrets } from '../secret.ts';

/** A failure in one or two lines: what happened, what to do. */
export function failureText(message: string, remedy: string): string {
  return `pga2timetable: ${printable(maskSecrets(message))}\n  ${printable(maskSecrets(remedy))}\n`;
}
