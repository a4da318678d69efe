import { Failure } from '../../model/failure.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { DumpedDatabase } from './dumped-database.ts';
import { NEEDED_TABLES } from './tables.ts';

/**
 * The database that the jobs of a dump are in.
 * @param file that holds the dump's text; null where none does
 * @throws Failure where there is none, there are several, or parts of its jobs are not in the dump
 */
export function chosenDatabase(databases: readonly DumpedDatabase[], file: string | null): DumpedDatabase {
  const withJobs = databases.filter(({ jobs }) => jobs.length > 0);
  if (withJobs.length > 1)
    throw several(
      withJobs.map(({ name }) => name ?? ''),
      file,
    );
  const withPgAgent = databases.filter(({ hasPgAgent }) => hasPgAgent);
  const chosen = withJobs[0] ?? withPgAgent.find(({ tables }) => tables.size > 0) ?? withPgAgent[0];
  if (chosen === undefined)
    throw new Failure(
      'failed',
      'The dump has no schema pgagent.',
      'Dump the database that pgAgent is in (pgAdmin puts it into "postgres").',
    );
  const missing = NEEDED_TABLES.filter((table) => !chosen.tables.has(table));
  if (missing.length === 0) return chosen;
  throw new Failure(
    'failed',
    chosen.tables.size === 0
      ? 'The dump has the schema pgagent without its rows.'
      : `The dump has no rows of ${missing.map((table) => `pgagent.${table}`).join(', ')}, which jobs are made of.`,
    'Dump it whole: pg_dump --schema=pgagent, without --schema-only, --table and --exclude-table-data',
  );
}

function several(names: readonly string[], file: string | null): Failure {
  const [first = ''] = names;
  const name = /^[\w-]+$/.test(first) ? first : 'NAME';
  return new Failure(
    'usage',
    `Several databases of the dump have jobs of pgAgent: ${names.map((one) => `"${one}"`).join(', ')}.`,
    `Take one: sed -n '/^-- Database "${name}" dump/,/^-- Database /p' ${file === null ? 'FILE' : shellWord(file)} | pga2timetable --dump -`,
  );
}
