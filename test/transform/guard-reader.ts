import assert from 'node:assert/strict';
import { dateOnWall, wallTime, type Zone } from '../../src/model/zone.ts';

/** What a guard does at an instant. */
export interface Verdict {
  /** Whether it lets the run through: does not fail, or starts the other chain. */
  readonly runs: boolean;
  /** Whether it takes its chain out of service. */
  readonly retires: boolean;
}

const ACTIONS =
  /^\s+(UPDATE timetable\.chain SET live = false\n {5}WHERE chain_id = nullif\(current_setting\('pg_timetable\.current_chain_id', true\), ''\)::bigint;\n(?: {4}COMMIT;\n)? {4})?(RAISE EXCEPTION 'not run: [^']+';|RETURN;(?: -- .+)?)\s+$/;

const STRETCH = /^now\(\)::timestamp >= '(.{16})' AND now\(\)::timestamp < '(.{16})'$/;

/**
 * Carries out the text of a guard, as PostgreSQL would at some instant in some zone; knows only what guards are made of,
 * and fails at any other text.
 */
export function runGuard(command: string, zone: Zone, instant: number): Verdict {
  const body = /^DO (\$\w+\$) BEGIN\n {2}-- Made by pga2timetable: .+\n((?: {2}.*\n)*)END \1$/.exec(
    command,
  )?.[2];
  assert.ok(body !== undefined, command);
  const blocks = [...body.matchAll(/ {2}IF (.+?) THEN\b(.*?)END IF;(?: -- [^\n]+)?\n/gs)];
  for (const [, condition = '', actions = ''] of blocks) {
    if (condition === 'NOT FOUND' || !isTrue(condition, zone, instant)) continue;
    const [, isRetired, stop] = ACTIONS.exec(actions) ?? assert.fail(actions);
    // What a guard that fails has written stays only where it is committed first.
    const isKept = stop?.startsWith('RETURN') ? !actions.includes('COMMIT') : actions.includes('COMMIT');
    assert.equal(isKept, isRetired !== undefined || stop?.startsWith('RETURN'), actions);
    return { runs: false, retires: isRetired !== undefined };
  }
  return { runs: true, retires: false };
}

function isTrue(condition: string, zone: Zone, instant: number): boolean {
  const [, negated] = /^NOT \((.*)\)$/s.exec(condition) ?? [];
  if (negated !== undefined) return !isTrue(negated, zone, instant);
  const today = dateOnWall(wallTime(zone, instant));
  const [, sign, text] = /^now\(\) (<|>=) '([^']+)'$/.exec(condition) ?? [];
  if (text !== undefined) {
    const edge = Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
    assert.ok(!Number.isNaN(edge), text);
    return sign === '<' ? instant < edge : instant >= edge;
  }
  const stretches = condition.split(' OR ').map((one) => STRETCH.exec(one));
  if (stretches.every((one) => one !== null)) {
    const now = new Date(wallTime(zone, instant)).toISOString().slice(0, 16).replace('T', ' ');
    return stretches.some(([, from = '', before = '']) => from <= now && now < before);
  }
  const [, dates] = /^now\(\)::date IN \((.+)\)$/.exec(condition) ?? [];
  if (dates !== undefined) return dates.split(', ').includes(`'${today}'`);
  if (condition === "to_char(now() + interval '1 day', 'MM-DD') = '02-29'") {
    const [year, month, day] = today.split('-').map(Number);
    return month === 2 && day === 28 && new Date(Date.UTC(year ?? 0, 1, 29)).getUTCMonth() === 1;
  }
  return assert.fail(condition);
}
