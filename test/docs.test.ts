import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Schedule } from '../src/model/job.ts';
import type { ChainPlan, JobPlan } from '../src/model/plan.ts';
import type { TransformOptions } from '../src/transform/context.ts';
import { planJob } from '../src/transform/plan-job.ts';
import { type Chosen, context, exception, job, schedule, span } from './job-builders.ts';

const PAGE = readFileSync(new URL('../docs/schedules.md', import.meta.url), 'utf8');
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const OPTIONS: Readonly<Record<string, Partial<TransformOptions>>> = {
  '': {},
  '--last-day honor': { lastDay: 'honor' },
  '--overlap exact': { overlap: 'exact' },
};

type Row = Readonly<Record<string, string>>;

/** The tables of a part of the page: rows by the names in their head. */
function tables(heading: string): readonly (readonly Row[])[] {
  const [, part = ''] = PAGE.split(`\n## ${heading}\n`);
  const texts = (part.split('\n## ')[0] ?? '').match(/(?:^\|.*\n)+/gm) ?? [];
  return texts.map((text) => {
    const [head = [], , ...rows] = text.trim().split('\n').map(cells);
    return rows.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column] ?? ''])));
  });
}

function cells(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
}

/** `-`, `0,30`, `9-15`, `Mon-Fri`, `Jan,Apr`: numbers, or names counted from `first` on. */
function values(text = '-', names: readonly string[] = [], first = 0): readonly number[] {
  if (text === '-') return [];
  const value = (word: string): number => (names.includes(word) ? names.indexOf(word) + first : Number(word));
  const [from = '', to] = text.split('-');
  return to === undefined ? text.split(',').map(value) : span(value(from), value(to));
}

function ticked(row: Row): Chosen {
  const days = row['month days'] ?? '-';
  return {
    minutes: values(row.minutes),
    hours: values(row.hours),
    monthDays: values(days.replace(/,?last$/, '') || '-'),
    lastDay: days.endsWith('last'),
    months: values(row.months, MONTHS, 1),
    weekdays: values(row['week days'], WEEKDAYS),
  };
}

/** `start 2026-06-01 00:00; exception 12:00; exception 2026-12-24 07:30` */
function besideTheTicks(text: string): Partial<Schedule> {
  const parts = text.split('; ').map((part) => part.split(' '));
  const instant = (word: string): number | undefined => {
    const [, date, time] = parts.find(([first]) => first === word) ?? [];
    return date === undefined ? undefined : Date.parse(`${date}T${time}Z`);
  };
  const start = instant('start');
  const end = instant('end');
  return {
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    exceptions: parts.flatMap(([word, ...when]) => {
      if (word !== 'exception') return [];
      const time = when.find((one) => one.includes(':'));
      return [exception(when.find((one) => one.includes('-')) ?? null, time ? `${time}:00` : null)];
    }),
  };
}

function readSchedule(row: Row): Schedule {
  const id = Number(row.no);
  return schedule(ticked(row), { id, name: `s${id}`, ...besideTheTicks(row['beside the ticks'] ?? '') });
}

/** What the tool makes of the schedules of one job, as the page writes it. */
function written(schedules: readonly Schedule[], option: string): readonly Row[] {
  const plan = planJob(job({ schedules }), context({ options: OPTIONS[option] ?? assert.fail(option) }));
  const rows = schedules.flatMap(({ id, name }) => [
    ...plan.chains.filter(({ scheduleId }) => scheduleId === id).map((chain) => chainRow(chain, name)),
    ...coveredRows(plan, id),
  ]);
  return rows.map((row) => ({ ...row, option }));
}

function coveredRows({ skipped }: JobPlan, id: number): readonly Row[] {
  const found = skipped.filter(
    ({ reason, scheduleId }) => reason === 'schedule-covered' && scheduleId === id,
  );
  return found.map(() => ({ no: String(id), chain: 'covered', run_at: '', guard: '' }));
}

function chainRow({ chainName, scheduleId, runAt, tasks }: ChainPlan, scheduleName: string): Row {
  return {
    no: String(scheduleId),
    chain: chainName.replace(`job @ ${scheduleName}`, '').trim(),
    run_at: runAt,
    guard: guardInWords(tasks.find(({ taskName }) => taskName === 'guard')?.command),
  };
}

/** The conditions of a guard, and whether it stops its own chain or starts another one. */
function guardInWords(sql = ''): string {
  const conditions = [...sql.matchAll(/IF (.+?) THEN\b/g)].map(([, condition = '']) => condition);
  const words = conditions
    .filter((condition) => condition !== 'NOT FOUND')
    .map(inWords)
    .join(' and ');
  const steps = /chain_name = '[^']* (\[steps\])'/.exec(sql)?.[1];
  if (steps !== undefined) return words === '' ? `starts ${steps}` : `starts ${steps}, not ${words}`;
  return words === '' ? '' : `stops ${words}`;
}

function inWords(condition: string): string {
  const [, before] = /^now\(\) < '(.{16}):00\+00'$/.exec(condition) ?? [];
  const [, from] = /^now\(\) >= '(.{16}):00\+00'$/.exec(condition) ?? [];
  const [, dates] = /^now\(\)::date IN \((.+)\)$/.exec(condition) ?? [];
  if (before !== undefined) return `before ${before}`;
  if (from !== undefined) return `from ${from}`;
  if (dates !== undefined) return `on ${dates.replaceAll("'", '')}`;
  const stretches = [...condition.matchAll(/>= '(.{16})' AND now\(\)::timestamp < '(.{16})'/g)];
  if (stretches.length > 0)
    return stretches.map(([, from, before]) => `from ${from} until ${before}`).join(', ');
  if (condition === "to_char(now() + interval '1 day', 'MM-DD') = '02-29'")
    return 'on 28 February of a leap year';
  return assert.fail(`no words for ${condition}`);
}

/** Rows of a result that belong together: one job under one option. */
function planned(rows: readonly Row[], isOneJob: boolean): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${isOneJob ? 'the job' : row.no} ${row.option}`.trim();
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

for (const { heading, count, isOneJob } of [
  { heading: 'Twelve schedules', count: 12, isOneJob: false },
  { heading: 'Three schedules of one job', count: 3, isOneJob: true },
]) {
  const [given = [], result = []] = tables(heading);

  test(`docs/schedules.md, ${heading}: the page has ${count}, each with a result`, () => {
    assert.equal(given.length, count);
    assert.deepEqual(
      [...new Set(result.map(({ no }) => no))],
      given.map(({ no }) => no),
    );
  });

  for (const [name, rows] of planned(result, isOneJob)) {
    test(`docs/schedules.md: ${name} becomes what the page says`, () => {
      const numbers = rows.map(({ no }) => no);
      const schedules = given.filter(({ no }) => numbers.includes(no)).map(readSchedule);
      assert.deepEqual(written(schedules, rows[0]?.option ?? ''), rows);
    });
  }
}
