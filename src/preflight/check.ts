import type { Check, CheckStatus } from '../model/preflight.ts';

const of =
  (status: CheckStatus) =>
  (check: string, message: string, remedy: string | null = null): Check => ({
    check,
    status,
    message,
    remedy,
  });

export const ok = of('ok');
export const note = of('note');
export const warning = of('warning');
/** Always with what to do: it becomes the error that the run ends with. */
export const stop = (check: string, message: string, remedy: string): Check =>
  of('stop')(check, message, remedy);

const MOST_SHOWN = 20;

/** Names in quotes, the first twenty of them. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map((name) => `"${name}"`);
  const rest = names.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `1 chain`, `2 chains` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
