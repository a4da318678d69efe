import { Failure } from '../model/failure.ts';
import type { Job } from '../model/job.ts';
import type { RecordedOptions } from '../model/record.ts';
import { shellWord } from '../model/shell-word.ts';
import { formatConninfo } from '../postgres/conninfo.ts';
import { MASK } from '../secrets/mask.ts';
import { HIDING } from '../secrets/masked.ts';
import type { Context } from '../transform/context.ts';
import { contextOf } from '../transform/job-options.ts';
import { readStepConninfo } from '../transform/step/libpq-values.ts';
import { withoutPassword } from '../transform/step/password-file.ts';
import { parseShell, shellName } from '../transform/step/shell.ts';
import type { CurrentJob } from './current-jobs.ts';
import { isOfThisJob } from './original-state.ts';
import type { Settings } from './settings.ts';

type Roles = Pick<Settings, 'sourceRole' | 'targetRole' | 'sourceTimeZone' | 'collation' | 'acceptTimeZone'>;

/** What a job is planned by: the options of this run, and where it leaves one out, those that the job moved with. */
export function contextForJob(
  { job, row, record }: Pick<CurrentJob, 'job' | 'row' | 'record'>,
  context: Context,
  given: ReadonlySet<string>,
): Context {
  const recorded = recordedOf({ row, record });
  if (recorded === null) return context;
  const { options } = context;
  const pick = <Name extends keyof RecordedOptions & keyof Context['options']>(option: string, name: Name) =>
    ({ [name]: given.has(option) ? options[name] : recorded[name] }) as Pick<Context['options'], Name>;
  return {
    ...context,
    options: {
      ...options,
      ...pick('schedules', 'schedules'),
      ...pick('on-demand', 'onDemand'),
      ...pick('partial', 'partial'),
      ...pick('transaction', 'transaction'),
      ...pick('overlap', 'overlap'),
      ...pick('last-day', 'lastDay'),
      ...pick('allow-many-chains', 'allowManyChains'),
      ...pick('strip-passwords', 'stripPasswords'),
      pauseDormant: given.has('pause-dormant') || !recorded.pauseDormant ? options.pauseDormant : 'held',
      shell:
        given.has('shell') || options.hostShells.has(job.hostAgent)
          ? options.shell
          : (parseShell(recorded.shell) ?? options.shell),
      everyClient: given.has('every-client')
        ? options.everyClient
        : recorded.everyClient && !options.clientNames.has(''),
      clientNames: new Map([
        ...Object.entries(recorded.clientNames).filter(([host]) => host !== '' || !given.has('every-client')),
        ...options.clientNames,
      ]),
      stepConninfo: options.stepConninfo ?? stepConninfoOf(recorded),
    },
  };
}

function recordedOf({ row, record }: Pick<CurrentJob, 'row' | 'record'>): RecordedOptions | null {
  return record !== null && isOfThisJob(row, record) ? record.options : null;
}

function stepConninfoOf({ stepConninfo }: RecordedOptions): Context['options']['stepConninfo'] {
  return stepConninfo === null || stepConninfo.includes(MASK) ? null : readStepConninfo(stepConninfo);
}

/**
 * Refuses to plan a job anew by an option that is in the record without its password.
 * @throws Failure of code `usage`
 */
export function refuseMasked(
  current: Pick<CurrentJob, 'job' | 'row' | 'record'>,
  { options }: Context,
  given: ReadonlySet<string>,
): void {
  const recorded = recordedOf(current);
  if (recorded === null) return;
  const { id, hostAgent } = current.job;
  const hasShell = given.has('shell') || options.hostShells.has(hostAgent);
  if (!hasShell && recorded.shell.includes(MASK)) throw needed(id, 'shell');
  if (options.stepConninfo === null && recorded.stepConninfo?.includes(MASK))
    throw needed(id, 'step-conninfo');
}

function needed(jobId: number, option: string): Failure {
  return new Failure(
    'usage',
    `Job ${jobId} moved with a --${option} that holds a password, and the record keeps no password.`,
    `Use the same --${option} again.`,
  );
}

/**
 * What the record keeps of the options of a job.
 * @param context the job's own
 * @param needsConninfo whether a step of the job is reached by --step-conninfo
 * @param isDormant whether its chains are paused by --pause-dormant
 */
export function optionsToRecord(
  job: Job,
  context: Context,
  { sourceRole, targetRole, sourceTimeZone, collation, acceptTimeZone }: Roles,
  needsConninfo: boolean,
  isDormant: boolean,
): RecordedOptions {
  const { options } = contextOf(job, context);
  const client = options.clientNames.get(job.hostAgent);
  const conninfo = needsConninfo ? options.stepConninfo : null;
  const { schedules, onDemand, partial, transaction, overlap, lastDay, allowManyChains } = options;
  return {
    ...{ schedules, onDemand, partial, transaction, overlap, lastDay, allowManyChains },
    shell: HIDING.text(options.hostShells.get(job.hostAgent)?.name ?? shellName(options.shell)),
    clientNames: client === undefined ? {} : { [job.hostAgent]: client },
    everyClient: options.everyClient && job.hostAgent === '',
    stepConninfo:
      conninfo === null
        ? null
        : HIDING.conninfo(formatConninfo(options.stripPasswords ? withoutPassword(conninfo) : conninfo)),
    stripPasswords: options.stripPasswords,
    pauseDormant: isDormant,
    ...{ sourceRole, targetRole, sourceTimeZone, acceptTimeZone },
    ...(collation === null ? {} : { collation }),
  };
}

/** How many jobs moved with the same options. */
export interface OptionCount {
  readonly options: RecordedOptions;
  readonly jobs: number;
}

const RUN_WIDE = ['sourceRole', 'targetRole', 'sourceTimeZone', 'collation'] as const;

/**
 * The settings, with what counts for the run as a whole out of the record: who connects as whom, and on which clock.
 * @param jobs how many jobs are selected: another clock is accepted only where all of them had it accepted
 */
export function withRecordedRoles<One extends Settings>(
  settings: One,
  counts: readonly OptionCount[],
  jobs: number,
): One {
  const roles = RUN_WIDE.map((name) => {
    const values = new Set(counts.map(({ options }) => options[name] ?? null));
    const [only = null] = values;
    return [name, settings[name] ?? (values.size === 1 ? only : null)] as const;
  });
  const accepted = counts.reduce((sum, one) => sum + (one.options.acceptTimeZone ? one.jobs : 0), 0);
  return {
    ...settings,
    ...Object.fromEntries(roles),
    acceptTimeZone: settings.acceptTimeZone || (accepted > 0 && accepted >= jobs),
  };
}

/** What a run takes out of the record, as it would be given on the command line; null for nothing. */
export function fromRecord(
  counts: readonly OptionCount[],
  settings: Settings,
  given: Settings,
): string | null {
  const jobsOf = new Map<string, number>();
  for (const { options, jobs } of counts)
    for (const text of taken(options, settings, given)) jobsOf.set(text, (jobsOf.get(text) ?? 0) + jobs);
  if (jobsOf.size === 0) return null;
  const texts = [...jobsOf].map(([text, jobs]) => `${text} (${jobs === 1 ? '1 job' : `${jobs} jobs`})`);
  return `From the record of earlier runs: ${texts.join(', ')}.`;
}

function taken(options: RecordedOptions, settings: Settings, given: Settings): readonly string[] {
  const flags = (
    [
      ['on-demand', options.onDemand],
      ['every-client', options.everyClient && !given.clientNames.has('')],
      ['partial', options.partial],
      ['allow-many-chains', options.allowManyChains],
      ['strip-passwords', options.stripPasswords],
      ['pause-dormant', options.pauseDormant ?? false],
    ] as const
  ).flatMap(([name, isSet]) => (isSet && !given.given.has(name) ? [`--${name}`] : []));
  const words = (
    [
      ['schedules', options.schedules, 'pending'],
      ['shell', options.shell, 'sh'],
      ['transaction', options.transaction, 'step'],
      ['overlap', options.overlap, 'keep'],
      ['last-day', options.lastDay, 'keep'],
    ] as const
  ).flatMap(([name, value, usual]) =>
    value === usual || given.given.has(name) ? [] : [`--${name} ${shellWord(value)}`],
  );
  const clients = Object.entries(options.clientNames).flatMap(([host, name]) =>
    given.clientNames.has(host) || (host === '' && given.given.has('every-client'))
      ? []
      : [`--client-name ${shellWord(`${host}=${name}`)}`],
  );
  const conninfo =
    options.stepConninfo === null || given.stepConninfo !== null
      ? []
      : [`--step-conninfo ${shellWord(options.stepConninfo)}`];
  const roles = (
    [
      ['source-role', 'sourceRole'],
      ['target-role', 'targetRole'],
      ['source-time-zone', 'sourceTimeZone'],
      ['collation', 'collation'],
    ] as const
  ).flatMap(([name, key]) =>
    given[key] === null && settings[key] !== null && settings[key] === options[key]
      ? [`--${name} ${shellWord(settings[key])}`]
      : [],
  );
  const accepted = settings.acceptTimeZone && !given.acceptTimeZone ? ['--accept-time-zone'] : [];
  return [...flags, ...words, ...clients, ...conninfo, ...roles, ...accepted];
}
