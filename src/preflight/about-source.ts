import type { Check } from '../model/preflight.ts';
import type { Disabling } from '../pgagent/disabling-rights.ts';
import type { EdbJobs } from '../pgagent/edb-jobs.ts';
import type { findLogsBehind } from '../pgagent/jobs-look.ts';
import type { SourceFacts } from '../pgagent/source.ts';
import type { DatabasesBySchema } from '../postgres/databases-with-schema.ts';
import { setvalFor } from '../postgres/sequences-behind.ts';
import { counted, listed, note, ok, stop, warning } from './check.ts';

/** What the run will do on the source. */
export interface SourceUse {
  readonly disablesJobs: boolean;
  readonly liveChains: number;
}

/** Version, schema and state of the source, and what the run needs there. */
export function aboutSource(source: SourceFacts, disabling: Disabling | null): readonly Check[] {
  return [
    aboutVersion(source),
    ...aboutRecovery(source, disabling !== null),
    ...(disabling === null || source.isInRecovery ? [] : aboutDisabling(source.user, disabling)),
  ];
}

/** The schemas whose tables and daemon were read and run; a script without an extension tells its first digit alone. */
const KNOWN = /^(?:3\.4|4\.[0-2]|[34], not an extension,)$/;

/** @param serverVersion null where it is not known */
export function aboutVersion({
  schemaVersion,
  serverVersion,
}: {
  readonly schemaVersion: string;
  readonly serverVersion: string | null;
}): Check {
  const server = serverVersion === null ? '' : ` on PostgreSQL ${versionOf(serverVersion)}`;
  const found = `pgAgent ${schemaVersion}${server}, schema readable`;
  if (KNOWN.test(schemaVersion)) return ok('source-version', `${found}.`);
  return warning(
    'source-version',
    `${found}. This tool knows the schemas 3.4 to 4.2: another may run jobs differently.`,
    'Read its release notes, and check the first runs after the move.',
  );
}

/** "15.8" of "15.8 (Debian 15.8-1.pgdg120+1)" */
export function versionOf(serverVersion: string): string {
  return serverVersion.split(' ', 1)[0] ?? serverVersion;
}

function aboutRecovery({ isInRecovery }: SourceFacts, disablesJobs: boolean): readonly Check[] {
  if (!isInRecovery) return [ok('source-recovery', 'The source is not in recovery.')];
  if (disablesJobs)
    return [
      stop(
        'source-recovery',
        'The source is in recovery (a replica): its jobs cannot be disabled there.',
        'Name its primary by --source, or leave --disable-source out.',
      ),
    ];
  return [
    note(
      'source-recovery',
      'The source is in recovery (a replica). It may lack the newest changes to jobs, and does not show who is connected to its primary.',
    ),
  ];
}

function aboutDisabling(user: string, { isReadOnly, deniedColumns }: Disabling): readonly Check[] {
  const checks: Check[] = [];
  if (isReadOnly)
    checks.push(
      stop(
        'source-rights',
        `The source is read-only for the user "${user}" (default_transaction_read_only): jobs cannot be disabled.`,
        'Connect as another user, or change that setting.',
      ),
    );
  if (deniedColumns.length > 0)
    checks.push(
      stop(
        'source-rights',
        `The user "${user}" may not disable jobs: it lacks UPDATE on ${deniedColumns.join(', ')} of pgagent.pga_job.`,
        `Grant it: GRANT UPDATE (${deniedColumns.join(', ')}) ON pgagent.pga_job TO "${user}";`,
      ),
    );
  return checks.length > 0
    ? checks
    : [ok('source-rights', `The user "${user}" may disable jobs and enable them again.`)];
}

/** Whether a pgAgent would run the jobs beside the chains. */
export function aboutAgents(
  { agents, isInRecovery }: SourceFacts,
  { disablesJobs, liveChains }: SourceUse,
): Check {
  const check = 'pgagent-connected';
  if (agents.length === 0) return ok(check, 'No pgAgent is connected to the source.');
  if (liveChains > 0 && !disablesJobs) {
    const { message, remedy } = agentStop(agents, isInRecovery);
    return stop(check, message, remedy);
  }
  const connected = `A pgAgent ${isInRecovery ? 'may be connected (a replica does not show it)' : 'is connected to the source'}, on ${listed(agents)}`;
  return note(
    check,
    liveChains > 0
      ? `${connected}: the moment at which its jobs are disabled will be chosen so that none runs twice.`
      : `${connected}, and no job that is enabled there gets a live chain, so nothing runs twice.`,
  );
}

/** What stops a run when an agent and live chains would meet. */
export function agentStop(
  stations: readonly string[],
  isInRecovery: boolean,
): { readonly message: string; readonly remedy: string } {
  const what = isInRecovery ? 'may be connected (a replica does not show it)' : 'is connected to the source';
  const where = stations.map((station) => `"${station}"`).join(', ');
  return {
    message: `A pgAgent ${what}, on ${where}, and the chains would be live: each job would run on both sides.`,
    remedy:
      'Use --disable-source, which hands the jobs over while the agent runs. Or stop the agent first, or use --paused.',
  };
}

const HINDERS = {
  pga_joblog: 'pgAgent cannot log a run, so it takes a job that is due and never runs it',
  pga_jobsteplog: 'pgAgent cannot log a step, so a run of a job ends before its first step',
};

/** Sequences of pgAgent's logs that give numbers which are taken. */
export function aboutLogSequences(behind: Awaited<ReturnType<typeof findLogsBehind>>): readonly Check[] {
  const check = 'source-sequences';
  if (behind.length === 0) return [ok(check, "The sequences of pgAgent's logs give new numbers.")];
  return behind.map((log) =>
    warning(
      check,
      `The sequence of ${log.table} is behind its table: ${HINDERS[log.name]}.`,
      `Run on the source: ${setvalFor(log)}`,
    ),
  );
}

/** pgAgent in other databases of the source's server: their jobs are no part of this run. */
export function aboutInstallations({
  found,
  without,
  refused,
  untried,
}: DatabasesBySchema): readonly Check[] {
  const check = 'other-pgagents';
  const checks: Check[] = [];
  if (found.length > 0)
    checks.push(
      note(
        check,
        `pgAgent is in ${counted(found.length, 'other database')} of the source's server too: ${listed(found)}. This run does not read the jobs there.`,
        'Move them in separate runs: --source "dbname=..." and its --target.',
      ),
    );
  else if (refused.length + untried.length === 0)
    checks.push(
      ok(
        check,
        without === 0
          ? "The source's server has no other database."
          : `No other database of the source's server holds a schema pgagent (${counted(without, 'database')} looked into).`,
      ),
    );
  const notKnown: readonly (readonly [readonly string[], string])[] = [
    [refused, 'this user could not connect there'],
    [untried, 'a run looks into 100 other databases at most, and for two seconds'],
  ];
  for (const [databases, why] of notKnown)
    if (databases.length > 0)
      checks.push(note(check, `Whether pgAgent is in ${listed(databases)} too is not known: ${why}.`));
  return checks;
}

/** EDB's DBMS_JOB, whose jobs are pgAgent's or, since it has its own scheduler, none of pgAgent's. */
export function aboutEdbJobs({ isEdb, packages, hasOwnScheduler }: EdbJobs): readonly Check[] {
  const check = 'dbms-job';
  if (hasOwnScheduler)
    return [
      warning(
        check,
        "EDB's edb_job_scheduler is installed in the source's database. Its jobs (DBMS_JOB, DBMS_SCHEDULER) are in sys.jobs, not in pgAgent, and are not moved.",
        'To list them: SELECT * FROM sys.jobs. They keep running as before.',
      ),
    ];
  if (!isEdb && packages.length === 0) return [];
  const what = packages.length > 0 ? packages.join(' and ') : 'DBMS_JOB';
  return [
    note(
      check,
      `${isEdb ? 'The source is EDB Postgres Advanced Server' : `The source has ${what}`}: jobs made by ${what} may be kept in pgAgent's tables, and then move like any other. Code that calls ${what} keeps changing pgAgent's tables only.`,
      'Search for such calls before the jobs are disabled on pgAgent.',
    ),
  ];
}
