import type { Conninfo } from '../../postgres/conninfo.ts';
import type { TargetTraits } from '../context.ts';
import { hostsOf } from './libpq-values.ts';
import { type KeywordRule, keywordRule } from './pgx-keywords.ts';

/** What became of keywords that are not carried over as they are. */
export interface Notes {
  readonly changed: readonly string[];
  readonly weakened: readonly string[];
  /** Read on pg_timetable's machine. */
  readonly files: readonly string[];
}

/** What pgx is to read, and what is to be said of it. */
export interface Translation {
  readonly pairs: ReadonlyMap<string, string>;
  readonly notes: Notes;
}

interface Draft {
  readonly pairs: Map<string, string>;
  readonly changed: string[];
  readonly weakened: string[];
  readonly files: string[];
}

const DEFAULT_PORT = '5432';

/** Writes down only what pgx knows, and says what became of the rest. */
export function translate(conninfo: Conninfo, target: TargetTraits): Translation {
  const draft: Draft = { pairs: new Map(), changed: [], weakened: [], files: [] };
  for (const [keyword, value] of conninfo) {
    const rule = keywordRule(keyword, value);
    if (rule !== null && rule.kind !== 'refuse' && value !== '') apply(rule, keyword, value, target, draft);
  }
  const { pairs, ...notes } = draft;
  if (conninfo.get('hostaddr')) {
    pairs.set('host', hostsOf(conninfo).join(','));
    if (conninfo.has('host') && conninfo.get('sslmode') === 'verify-full')
      notes.weakened.push("hostaddr (the server's certificate must name the address now)");
  }
  // An empty place among several ports is libpq's default; pgx refuses it.
  const ports = pairs
    .get('port')
    ?.split(',')
    .map((port) => port || DEFAULT_PORT);
  if (ports) pairs.set('port', ports.join(','));
  return { pairs, notes: { ...notes, files: notes.files.map((keyword) => alone(keyword, pairs)) } };
}

// libpq looks for the other one in ~/.postgresql.
function alone(keyword: string, pairs: ReadonlyMap<string, string>): string {
  const partner = { sslcert: 'sslkey', sslkey: 'sslcert' }[keyword];
  return partner === undefined || pairs.has(partner)
    ? keyword
    : `${keyword} (the driver fails without ${partner} beside it)`;
}

function apply(
  rule: Exclude<KeywordRule, { kind: 'refuse' }>,
  keyword: string,
  value: string,
  target: TargetTraits,
  { pairs, changed, weakened, files }: Draft,
): void {
  if (rule.kind === 'keep' || rule.kind === 'keep-file' || (rule.kind === 'keep-if' && rule.known(target))) {
    pairs.set(keyword, value);
    if (rule.kind === 'keep-file') files.push(keyword);
  } else if (rule.kind === 'rename') {
    if (!pairs.has(rule.to)) pairs.set(rule.to, value);
    changed.push(`${keyword} (${rule.note})`);
  } else if (rule.kind === 'unused') {
    changed.push(`${keyword} (pgAgent leaves it out too)`);
  } else {
    (rule.weakens ? weakened : changed).push(`${keyword} (${rule.lost})`);
  }
}
