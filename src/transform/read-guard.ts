import { startOfDate } from '../model/zone.ts';
import { startingGuard, stoppingGuard } from './guard.ts';
import type { Condition, Stretch } from './schedule/condition.ts';
import { readLiteral } from './sql-text.ts';

/** A guard as it stands in a target. */
export interface WrittenGuard {
  readonly conditions: readonly Condition[];
  /** The chain that it starts; null for one that stops its own chain. */
  readonly starts: string | null;
}

const STOP = /^ {2}IF (.+?) THEN\b/gm;
const STARTS = /^ {5}FROM timetable\.chain WHERE chain_name = (E?'(?:[^']|'')*');$/m;
const STRETCH = /^now\(\)::timestamp >= '([^']+)' AND now\(\)::timestamp < '([^']+)'$/;
const START = '  PERFORM pg_notify(';

/**
 * Reads the text of a guard back.
 * @returns null for anything that this version of the tool would not have written, to the letter
 */
export function readGuard(command: string): WrittenGuard | null {
  const conditions: Condition[] = [];
  // What is after the start holds a name, and names hold anything.
  const [stops = ''] = command.split(START, 1);
  for (const [, expression = ''] of stops.matchAll(STOP)) {
    const condition = readCondition(expression);
    if (condition === null) return null;
    conditions.push(condition);
  }
  const [, name] = STARTS.exec(command) ?? [];
  const starts = name === undefined ? null : readLiteral(name);
  const again = starts === null ? stoppingGuard(conditions, 1) : startingGuard(conditions, starts, 1);
  return again.command === command ? { conditions, starts } : null;
}

/** The condition that fails where the expression is true. */
function readCondition(expression: string): Condition | null {
  const [, inner] = /^NOT \((.+)\)$/.exec(expression) ?? [];
  if (inner !== undefined) {
    const condition = readCondition(inner);
    return condition && { kind: 'not', condition };
  }
  const [, from] = /^now\(\) < '([^']+)'$/.exec(expression) ?? [];
  if (from !== undefined) return { kind: 'from', instant: readTime(from) };
  const [, before] = /^now\(\) >= '([^']+)'$/.exec(expression) ?? [];
  if (before !== undefined) return { kind: 'before', instant: readTime(before) };
  const [, dates] = /^now\(\)::date IN \((.+)\)$/.exec(expression) ?? [];
  if (dates !== undefined)
    return { kind: 'not-on', dates: dates.split(', ').map((date) => date.slice(1, -1)) };
  if (expression.startsWith('to_char(')) return { kind: 'not-leap-eve' };
  const stretches = expression.split(' OR ').flatMap(readStretch);
  return stretches.length === 0 ? null : { kind: 'not-at', stretches };
}

function readStretch(expression: string): readonly Stretch[] {
  const [, from, before] = STRETCH.exec(expression) ?? [];
  return from === undefined || before === undefined
    ? []
    : [{ from: readTime(`${from}:00+00`), before: readTime(`${before}:00+00`) }];
}

// Date.parse knows no years of five digits without a sign.
function readTime(text: string): number {
  const [, date = '', time = ''] = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d)\+00$/.exec(text) ?? [];
  return (startOfDate(date) ?? 0) + Date.parse(`1970-01-01T${time}Z`) || 0;
}
