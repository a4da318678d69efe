import { planJob } from '../src/transform/plan-job.ts';
import { loadSqlParser, readSql } from '../src/transform/sql/parse.ts';
import { context, job, sqlStep } from '../test/job-builders.ts';

/*
 * How much of planning is reading SQL, and what is saved where texts are read again: each pass of a run plans every job
 * anew. Few jobs have texts that are all remembered, many have not.
 */
const TEXTS: readonly (readonly [string, (number: number) => string])[] = [
  ['a comment', (number) => `SELECT ${number} -- ${'a line of a text of some length '.repeat(35)}`],
  ['a DELETE', (number) => `DELETE FROM audit_${number} WHERE at < now() - interval '90 days'`],
  [
    'a report',
    (number) =>
      `INSERT INTO report (day, n, total) SELECT date_trunc('day', at), count(*), sum(amount)
         FROM orders o JOIN customers c ON c.id = o.customer WHERE o.id > ${number} AND c.country IN ('de', 'at') GROUP BY 1`,
  ],
  [
    'a block',
    (number) =>
      `DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM t WHERE id > ${number};
         IF n > 0 THEN PERFORM refresh(${number}); END IF; END $$`,
  ],
];
// Together shorter than what is kept, and first.
const FEW = 10;
const MANY = 2_000;

/** Microseconds of the processor: what else the machine does counts less than on the wall clock. */
function time(action: () => void): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** Microseconds a job of two steps, in a first and in a second pass; what the first spends on the parser alone. */
function passes(text: (number: number) => string, count: number, from: number): readonly number[] {
  const given = context();
  const jobs = Array.from({ length: count }, (_, index) =>
    job({
      id: index,
      steps: [0, 1].map((place) => sqlStep({ id: 2 * index + place, code: text(from + 2 * index + place) })),
    }),
  );
  const plan = (): void => {
    for (const one of jobs) planJob(one, given);
  };
  const first = time(plan);
  const second = time(plan);
  const parser = time(() => {
    for (let number = 0; number < 2 * count; number += 1) readSql(text(from + (2 * count + number) * 10));
  });
  return [first, second, parser].map((microseconds) => microseconds / count);
}

await loadSqlParser();
for (const [, text] of TEXTS) passes(() => text(9), 500, 0);
process.stdout.write('                   jobs   first pass  second pass  of it    parser\n');
for (const count of [FEW, MANY]) {
  for (const [name, text] of TEXTS) {
    const [first = 0, second = 0, parser = 0] = passes(text, count, 1_000_000);
    process.stdout.write(
      `${name.padEnd(15)} ${String(count).padStart(7)} ${first.toFixed(0).padStart(9)} µs ${second.toFixed(0).padStart(9)} µs ${(second / first).toFixed(2).padStart(6)} ${parser.toFixed(0).padStart(6)} µs\n`,
    );
  }
}
