import type { JobRecord } from '../../model/record.ts';
import { chainsNow } from '../../timetable/chain-digests.ts';
import { RUNNING_CHAINS } from '../../timetable/ticks.ts';
import { sqlJson, sqlText } from './literal.ts';
import { doBlock, raise, raiseWith, SOURCE, when } from './raise.ts';
import type { SeenChain, Work } from './work.ts';

const AGAIN = 'Make a new script, and read that.';

interface Check {
  readonly declarations: readonly string[];
  readonly body: readonly string[];
}

/**
 * Ends the script where the target is not as it was when the script was made, as far as this job goes.
 * @param names of the chains that are to be made
 */
export function makeCheck(
  jobId: number,
  work: Extract<Work, { kind: 'make' }>,
  names: readonly string[],
): string {
  const { record, oldChains, recordedIds } = work;
  return together([
    recordCheck(jobId, record),
    ...changedChecks(jobId, oldChains),
    ...(recordedIds.length === 0 ? [] : [runningCheck(jobId, recordedIds)]),
    namesCheck(
      jobId,
      names,
      oldChains.map(({ id }) => id),
    ),
  ]);
}

export function keepCheck(jobId: number, { record, chains }: Extract<Work, { kind: 'keep' }>): string {
  return together([recordCheck(jobId, record), ...changedChecks(jobId, chains)]);
}

/** The script ends at a job that conflicts. */
export function conflict(jobId: number, because: readonly string[]): string {
  return doBlock([raise(`Job ${jobId}: ${because.join('; ')}.`, AGAIN)]);
}

function together(checks: readonly Check[]): string {
  return doBlock(
    checks.flatMap(({ body }) => body),
    checks.flatMap(({ declarations }) => declarations),
  );
}

function recordCheck(jobId: number, record: JobRecord | null): Check {
  const found = `SELECT FROM pga2timetable.job WHERE source = ${SOURCE} AND job_id = ${jobId}`;
  if (record === null)
    return {
      declarations: [],
      body: when(
        `EXISTS (${found})`,
        raise(`Job ${jobId} has been moved since this script was made.`, AGAIN),
      ),
    };
  const { phase, planDigest, wasEnabled, chains } = record;
  return {
    declarations: [],
    body: when(
      `NOT EXISTS (${found} AND phase = ${sqlText(phase)} AND plan_digest = ${sqlText(planDigest)} AND was_enabled = ${wasEnabled}\n    AND chains = ${sqlJson(chains)})`,
      raise(`The record of job ${jobId} is not what it was when this script was made.`, AGAIN),
    ),
  };
}

const LISTED = "string_agg(to_json(planned.name)::text, ', ' ORDER BY planned.name)";

function changedChecks(jobId: number, chains: readonly SeenChain[]): readonly Check[] {
  const [recorded, others] = [true, false].map((is) =>
    chains.filter(({ isAsRecorded }) => isAsRecorded === is),
  );
  return [
    ...(recorded?.length ? [changedCheck(jobId, 'changed', byRecord(recorded))] : []),
    ...(others?.length ? [changedCheck(jobId, 'changed_again', byDigest(others))] : []),
  ];
}

function changedCheck(jobId: number, variable: string, query: string): Check {
  return {
    declarations: [`${variable} text := (${query});`],
    body: when(
      `${variable} IS NOT NULL`,
      raiseWith(
        `'Job ${jobId}: chains were changed by hand, or are gone, since this script was made: ' || ${variable}`,
        AGAIN,
      ),
    ),
  };
}

function byRecord(chains: readonly SeenChain[]): string {
  return `
    SELECT ${LISTED}
      FROM (VALUES${rows(chains.map((chain) => [id(chain), sqlText(chain.name), live(chain)]))}) AS planned (chain_id, name, live)
      LEFT JOIN timetable.chain c USING (chain_id)
     WHERE c.chain_id IS NULL OR coalesce(c.live, false) <> planned.live
        OR chain_id = ANY (current_setting('pga2timetable.changed')::bigint[])`;
}

function byDigest(chains: readonly SeenChain[]): string {
  const ids = chains.map((chain) => chain.id).join(', ');
  return `
    SELECT ${LISTED}
      FROM (VALUES${rows(chains.map((chain) => [id(chain), sqlText(chain.name), live(chain), sqlText(chain.digest)]))}) AS planned (chain_id, name, live, digest)
      LEFT JOIN (${chainsNow((column) => `${column} IN (${ids})`)}
      ) AS now ON now.id = planned.chain_id
     WHERE now.digest IS DISTINCT FROM planned.digest OR now.live <> planned.live`;
}

function rows(values: readonly (readonly string[])[]): string {
  return values.map((row) => `\n        (${row.join(', ')})`).join(',');
}

function id(chain: SeenChain): string {
  return `${chain.id}::bigint`;
}

// A chain may have taken itself out of service since.
function live(chain: SeenChain): string {
  return `${chain.retires ? 'NULL' : chain.live}::boolean`;
}

function runningCheck(jobId: number, ids: readonly number[]): Check {
  return {
    declarations: [
      `running text := (
    SELECT string_agg("chainId", ', ') FROM (${RUNNING_CHAINS}
    ) AS running WHERE "chainId"::bigint IN (${ids.join(', ')}));`,
    ],
    body: when(
      'running IS NOT NULL',
      raiseWith(
        `'Job ${jobId}: pg_timetable runs chains now that would be replaced (chain_id ' || running || ')'`,
        'Run this again when that has ended.',
      ),
    ),
  };
}

function namesCheck(jobId: number, names: readonly string[], going: readonly number[]): Check {
  const others = going.length === 0 ? '' : ` AND chain_id NOT IN (${going.join(', ')})`;
  return {
    declarations: [
      `taken text := (
    SELECT string_agg(to_json(chain_name)::text, ', ' ORDER BY chain_name) FROM timetable.chain
     WHERE chain_name IN (${names.map((name) => `\n        ${sqlText(name)}`).join(',')})${others});`,
    ],
    body: when(
      'taken IS NOT NULL',
      raiseWith(
        `'Job ${jobId}: the target has chains of these names, which pga2timetable did not make for it: ' || taken`,
        'Make a script with --on-conflict skip, or with --on-conflict replace --force.',
      ),
    ),
  };
}
