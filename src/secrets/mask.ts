import { PATTERNS, type SecretPattern, SIGNS } from './patterns.ts';

/** What stands in a secret's place wherever something is shown. */
export const MASK = '*****';

const MOST_ROUNDS = 5;

/** The text with what looks like a password replaced. It would rather hide too much than show one. */
export function maskSecrets(text: string): string {
  const signs = new Set(Object.keys(SIGNS).filter((sign) => SIGNS[sign as keyof typeof SIGNS].test(text)));
  if (signs.size === 0) return text;
  return maskBy(
    text,
    PATTERNS.filter(({ sign }) => signs.has(sign)),
  );
}

/** The text with what the patterns find replaced. */
export function maskBy(text: string, patterns: readonly SecretPattern[]): string {
  let masked = text;
  // What one pattern hides can let an earlier one see more.
  for (let round = 0, before = ''; masked !== before && round < MOST_ROUNDS; round += 1) {
    before = masked;
    masked = patterns.reduce(maskBehind, masked);
  }
  return masked;
}

function maskBehind(text: string, { lead, end }: SecretPattern): string {
  let masked = '';
  let kept = 0;
  lead.lastIndex = 0;
  for (let match = lead.exec(text); match !== null; match = lead.exec(text)) {
    const start = lead.lastIndex;
    const stop = end(text, start, match);
    const blanks = /^\s*/.exec(text.slice(start, stop))?.[0] ?? '';
    if (stop <= start || text.startsWith(MASK, start + blanks.length)) continue;
    masked += `${text.slice(kept, start)}${blanks}${MASK}`;
    kept = stop;
    lead.lastIndex = stop;
  }
  return masked + text.slice(kept);
}

/** A connection string in the keyword/value form of this tool's own writer, with its passwords replaced. */
export function maskConninfo(text: string): string {
  const masked = text.replace(/([^ =]+)=('(?:[^'\\]|\\[\s\S])*'|[^ ]*)/g, (pair, keyword: string) =>
    /^(?:ssl)?password$/.test(keyword) ? `${keyword}=${MASK}` : pair,
  );
  return maskSecrets(masked);
}

/** Whether the text holds what looks like a password. */
export function holdsSecret(text: string): boolean {
  return maskSecrets(text) !== text;
}
