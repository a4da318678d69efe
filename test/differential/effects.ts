import type { DifferentialJob, StepEnd } from './differential-job.ts';
import { filesIn, fillIn, type Place, takeOut } from './place.ts';

/** A step that ran. */
export interface StepRun {
  readonly step: string;
  readonly end: StepEnd;
  /** What it wrote, for steps that say what they print. */
  readonly printed?: string;
}

/** What a run of a job left behind, in words that do not depend on the scheduler or the place. */
export interface Effects {
  readonly end: string;
  /** In the order in which they ran. */
  readonly steps: readonly StepRun[];
  readonly seen: readonly string[];
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly archiveRows: Readonly<Record<string, readonly string[]>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Looks at what a run left in its databases and its folder. */
export async function effectsIn(
  place: Place,
  job: DifferentialJob,
  ran: Pick<Effects, 'end' | 'steps'>,
): Promise<Effects> {
  const { 'SELECT what FROM seen ORDER BY n': seen = [], ...rows } = await rowsOf(place, place.database, [
    'SELECT what FROM seen ORDER BY n',
    ...queriesOf(job, 'rows'),
  ]);
  const effects: Effects = {
    ...ran,
    seen,
    rows,
    archiveRows: await rowsOf(place, place.archive, queriesOf(job, 'archiveRows')),
    files: filesIn(place),
  };
  return takeOut(effects, place);
}

function queriesOf(job: DifferentialJob, which: 'rows' | 'archiveRows'): readonly string[] {
  return Object.keys({ ...job.after[which], ...job.differs?.underTimetable[which] });
}

// As text, so that no driver's idea of a type comes between.
const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** The rows of queries, written as psql -At does, by the text of the query. */
async function rowsOf(
  place: Place,
  database: string,
  queries: readonly string[],
): Promise<Record<string, string[]>> {
  if (queries.length === 0) return {};
  const client = await place.server.connect(database);
  try {
    const found: Record<string, string[]> = {};
    for (const query of queries) {
      const { rows } = await client.query<(string | null)[]>({
        text: fillIn(query, place),
        rowMode: 'array',
        types: AS_TEXT,
      });
      found[query] = rows.map((row) => row.map((value) => value ?? '').join('|'));
    }
    return found;
  } finally {
    await client.end();
  }
}
