import type { Job } from '../model/job.ts';
import type { Advisory, JobPlan } from '../model/plan.ts';
import { onSide } from '../postgres/query-errors.ts';
import { actingRole, type Logins } from '../session/logins.ts';
import type { Session } from '../session/session.ts';
import { NeededObjects } from '../timetable/needed-objects.ts';
import { findMissingRights } from '../timetable/rights.ts';
import { schemasOf, settingDifferences } from '../timetable/role-settings.ts';
import {
  chainIsolation,
  descriptionsStay,
  jobLogHidden,
  missingRights,
  oldTarget,
  pgagentCode,
  programTasks,
  schedulerDifferences,
  settingsDiffer,
  sqlSteps,
  stillEnabled,
  timeZoneAccepted,
  timeZoneDiffers,
  timeZoneUnknown,
  transactionTimeout,
  unrecordedTarget,
} from '../transform/advisories/index.ts';
import { rightsOfStep } from '../transform/rights-of-step.ts';

/** What the advisories of the whole run depend on, gathered job by job. */
export class Traits {
  private readonly logins: Logins | null;
  readonly programs = new Set<string>();
  readonly liveChains = new Map<string | null, number>();
  readonly hosts = new Map<string | null, Set<string>>();
  hasSqlSteps = false;
  /** Steps that pgAgent ran as its own user and pg_timetable will in its own database. */
  hasLocalSteps = false;
  readonly needed = new NeededObjects();
  /** Enabled jobs that moved whole, and the schedules that moved of enabled jobs that did so in part. */
  readonly movedWhole: number[] = [];
  readonly schedulesInPart: number[] = [];
  hasChains = false;
  describedJobs = 0;

  /** @param logins null where no target is looked at */
  constructor(logins: Logins | null) {
    this.logins = logins;
  }

  add(job: Job, plan: JobPlan): void {
    if (plan.chains.length === 0) return;
    this.hasChains = true;
    const isLeft = plan.isDormant ?? false;
    if (job.enabled && plan.moved === 'whole' && !isLeft) this.movedWhole.push(job.id);
    if (job.enabled && plan.moved === 'part' && !isLeft)
      this.schedulesInPart.push(...plan.chains.flatMap(({ scheduleId }) => scheduleId ?? []));
    if ([job, ...job.schedules, ...job.steps].some(({ description }) => description !== ''))
      this.describedJobs += 1;
    for (const { kind, command, parameters, stepId } of plan.chains[0]?.tasks ?? []) {
      if (kind === 'PROGRAM') this.programs.add(programOf(command, parameters[0] ?? []));
      else if (stepId !== null) this.hasSqlSteps = true;
    }
    for (const { clientName } of plan.chains.filter(({ live }) => live)) {
      this.liveChains.set(clientName, (this.liveChains.get(clientName) ?? 0) + 1);
      this.hosts.set(clientName, (this.hosts.get(clientName) ?? new Set()).add(job.hostAgent));
    }
    this.addLocalSteps(job, plan);
  }

  private addLocalSteps(job: Job, { chains }: JobPlan): void {
    const local = new Set(
      chains
        .flatMap(({ tasks }) => tasks)
        .filter(({ kind, live, databaseConnection }) => kind === 'SQL' && live && databaseConnection === null)
        .flatMap(({ stepId, joinedStepIds = [] }) => [stepId, ...joinedStepIds]),
    );
    for (const step of job.steps) {
      // A connection string says itself who connects.
      if (step.kind !== 'sql' || step.connection.kind !== 'database' || !local.has(step.id)) continue;
      this.hasLocalSteps = true;
      if (!isOneRole(this.logins))
        this.needed.add({ jobId: job.id, stepId: step.id, stepName: step.name }, rightsOfStep(step.code));
    }
  }
}

// env runs another one.
function programOf(command: string, words: readonly string[]): string {
  const named = words.find((word) => !word.includes('='));
  return command.endsWith('/env') && named !== undefined ? `${command} ${named}` : command;
}

/**
 * Everything that is to be said of a run as a whole.
 * @param searching for code that uses pgAgent, under way
 */
export async function aboutRun(
  session: Session,
  traits: Traits,
  logins: Logins | null,
  searching: ReturnType<Session['codeThatUsesPgAgent']>,
): Promise<readonly Advisory[]> {
  const about = [...session.aboutSource, ...aboutClocks(session), ...aboutTarget(session)];
  if (!traits.hasChains) return about;
  const { history } = session;
  const enabled = traits.movedWhole.length + traits.schedulesInPart.length > 0;
  return [
    ...about,
    schedulerDifferences({}),
    ...(traits.hasSqlSteps ? [sqlSteps({})] : []),
    ...(traits.hasLocalSteps && logins !== null ? await aboutLogins(session, traits, logins) : []),
    ...aboutTimeouts(session),
    ...aboutIsolation(session),
    ...aboutCode(await searching),
    ...(history?.isLogReadable === false ? [jobLogHidden({}, session.header.source.user ?? '')] : []),
    ...(traits.programs.size > 0 ? [programTasks({}, [...traits.programs])] : []),
    ...(traits.describedJobs > 0 ? [descriptionsStay({}, traits.describedJobs)] : []),
    // The preflight warns of live chains from a dump, which no option of its run can hand over.
    ...(enabled &&
    traits.liveChains.size > 0 &&
    !session.context.options.disableSource &&
    session.header.source.dump === undefined
      ? [stillEnabled({}, traits.movedWhole, traits.schedulesInPart)]
      : []),
  ];
}

function aboutClocks({ clocks, header }: Session): readonly Advisory[] {
  if (clocks.areSame) return [];
  const { source, target, mend } = clocks;
  if (header.options.acceptTimeZone) return [timeZoneAccepted({}, source?.name ?? null, target.name)];
  return source === null || mend === null
    ? [timeZoneUnknown({})]
    : [timeZoneDiffers({}, source.name, target.name, mend)];
}

function aboutTarget({ target }: Session): readonly Advisory[] {
  return [
    ...(target.isOld ? [oldTarget({})] : []),
    ...(target.isRecorded ? [] : [unrecordedTarget({}, target.schemaVersion)]),
  ];
}

function aboutTimeouts({ target, context }: Session): readonly Advisory[] {
  const { transactionTimeouts } = target;
  return transactionTimeouts.length > 0
    ? [transactionTimeout({}, transactionTimeouts, context.options.transaction === 'chain')]
    : [];
}

function aboutIsolation({ target: { isolation } }: Session): readonly Advisory[] {
  return isolation === 'read committed' || isolation === 'read uncommitted'
    ? []
    : [chainIsolation({}, isolation)];
}

function aboutCode(search: Awaited<ReturnType<Session['codeThatUsesPgAgent']>>): readonly Advisory[] {
  if (search === null) return [];
  return search.kind === 'denied' || search.code.length > 0 ? [pgagentCode({}, search)] : [];
}

async function aboutLogins(session: Session, traits: Traits, logins: Logins): Promise<readonly Advisory[]> {
  return [...aboutSettings(session, logins), ...(await aboutRights(session, traits, logins))];
}

function aboutSettings({ target: { transactionTimeouts } }: Session, logins: Logins): readonly Advisory[] {
  const { source, target, isSameServer, hiddenBy } = logins;
  if (source === null) return [];
  if (hiddenBy.length > 0) return [settingsDiffer({}, { kind: 'hidden', by: hiddenBy })];
  const differences = settingDifferences(source, target, isSameServer)
    // These have an advisory of their own.
    .filter(({ name }) => !transactionTimeouts.some((text) => text.startsWith(`${name} =`)));
  if (differences.length === 0) return [];
  return [settingsDiffer({}, { kind: 'found', had: source, will: target, differences })];
}

async function aboutRights(
  { targetClient }: Session,
  traits: Traits,
  logins: Logins,
): Promise<readonly Advisory[]> {
  if (targetClient === null || isOneRole(logins)) return [];
  const former = logins.source === null ? null : actingRole(logins.source);
  const role = actingRole(logins.target);
  const path = logins.target.settings.get('search_path')?.value ?? '"$user", public';
  const missing = await onSide('target', () =>
    findMissingRights(
      targetClient,
      {
        role,
        path: schemasOf(path, { role, hasOwnSchema: true }),
        formerRole: logins.isSameServer ? former : null,
      },
      traits.needed,
    ),
  );
  return missing.length > 0 ? [missingRights({}, former, role, missing)] : [];
}

function isOneRole(logins: Logins | null): boolean {
  if (logins === null || logins.source === null) return false;
  const { source, target, isSameServer } = logins;
  return isSameServer && actingRole(source) === actingRole(target);
}
