import { Failure } from '../model/failure.ts';
import { jobPattern } from '../model/job-pattern.ts';
import { shellWord } from '../model/shell-word.ts';
import type { Client } from '../postgres/connect.ts';
import { asBytes, readBytes } from './unreadable-jobs.ts';

const NAMES_A_BATCH = 5_000;

/** What jobs are selected by. */
export interface NamedJob {
  readonly id: number;
  readonly name: string;
}

interface Pattern {
  readonly option: string;
  readonly text: string;
  readonly matches: (id: number, name: string) => boolean;
}

/**
 * The ids of the jobs that the user asks for, ascending; null where that is every job.
 * A pattern of digits is an id; anything else is a glob on the name: `*` any text, `?` any character.
 * @throws Failure of code `usage` for a pattern that no job fits
 */
export async function selectJobs(
  client: Client,
  wanted: readonly string[],
  unwanted: readonly string[],
  unreadable: ReadonlySet<number>,
): Promise<readonly number[] | null> {
  return selectFrom(names(client, unreadable), wanted, unwanted);
}

/**
 * Makes sure that each pattern of an option fits a job, where there are any.
 * @throws Failure of code `usage`
 */
export async function requireJobs(
  client: Client,
  option: string,
  patterns: readonly string[],
  unreadable: ReadonlySet<number>,
): Promise<void> {
  return requireFrom(names(client, unreadable), option, patterns);
}

/** The same among any jobs. */
export async function requireFrom(
  from: AsyncIterable<NamedJob>,
  option: string,
  patterns: readonly string[],
): Promise<void> {
  if (patterns.length === 0) return;
  const missing = new Set(patterns.map((text) => pattern(option, text)));
  let jobs = 0;
  for await (const { id, name } of from) {
    jobs += 1;
    for (const one of missing) if (one.matches(id, name)) missing.delete(one);
    if (missing.size === 0) return;
  }
  const [first] = missing;
  if (first && jobs > 0) throw noSuchJob(first);
}

/** The same among any jobs. Where there are none, nothing is left out: a loop over databases goes on. */
export async function selectFrom(
  jobs: AsyncIterable<NamedJob>,
  wanted: readonly string[],
  unwanted: readonly string[],
): Promise<readonly number[] | null> {
  if (wanted.length === 0 && unwanted.length === 0) return null;
  const include = wanted.map((text) => pattern('--job', text));
  const exclude = unwanted.map((text) => pattern('--exclude-job', text));
  const unmatched = new Set([...include, ...exclude]);
  const selected: number[] = [];
  let all = 0;
  for await (const { id, name } of jobs) {
    all += 1;
    const fits = (candidate: Pattern): boolean => {
      const does = candidate.matches(id, name);
      if (does) unmatched.delete(candidate);
      return does;
    };
    const isWanted = include.length === 0 || include.filter(fits).length > 0;
    const isUnwanted = exclude.filter(fits).length > 0;
    if (isWanted && !isUnwanted) selected.push(id);
  }
  if (all === 0 && include.length === 0) return null;
  const [missing] = unmatched;
  if (missing) throw noSuchJob(missing);
  if (selected.length === 0) {
    throw new Failure('usage', '--job and --exclude-job leave no job.', 'To list the jobs: --dry-run');
  }
  return selected;
}

async function* names(client: Client, unreadable: ReadonlySet<number>): AsyncGenerator<NamedJob> {
  for (let last = -(2 ** 31); ; ) {
    const { rows } = await client.query<{ id: number; name: string | null; bytes: Buffer | null }>(
      `SELECT jobid AS id, CASE WHEN jobid <> ALL ($2::int[]) THEN jobname END AS name,
              CASE WHEN jobid = ANY ($2::int[]) THEN ${asBytes('jobname')} END AS bytes
         FROM pgagent.pga_job
        WHERE jobid > $1
        ORDER BY jobid
        LIMIT ${NAMES_A_BATCH}`,
      [last, [...unreadable]],
    );
    for (const { id, name, bytes } of rows)
      yield { id, name: name ?? (bytes === null ? '' : readBytes(bytes)) };
    const lastOfBatch = rows.at(-1);
    if (lastOfBatch === undefined || rows.length < NAMES_A_BATCH) return;
    last = lastOfBatch.id;
  }
}

function pattern(option: string, text: string): Pattern {
  return { option, text, matches: jobPattern(text) };
}

function noSuchJob({ option, text }: Pattern): Failure {
  return new Failure(
    'usage',
    `${option} ${shellWord(text)}: no job has that ${/^\d+$/.test(text) ? 'id' : 'name'}.`,
    'To list the names: pga2timetable --dry-run. * matches any text; digits alone are an id.',
  );
}
