import { Failure } from '../model/failure.ts';
import type { PlanOptions } from '../model/plan.ts';
import type { Environment } from '../postgres/endpoint.ts';
import type { SavedPlan } from '../saved-plan/comparison.ts';
import { keyPlace, type PlanKey, readPlanKey } from '../saved-plan/key.ts';
import { type PlanFile, readPlanFile } from '../saved-plan/read.ts';
import { MASK } from '../secrets/mask.ts';

type Raw = Readonly<Record<string, unknown>>;

/** The options that a plan holds, by their names on the command line: what they say shapes the chains. */
export const SHAPING: Readonly<Record<string, (options: PlanOptions) => unknown>> = {
  shell: ({ shell, hostShells }) => [shell, ...pairs(hostShells)],
  partial: ({ partial }) => partial,
  paused: ({ paused }) => paused,
  'pause-dormant': ({ pauseDormant }) => pauseDormant,
  history: ({ history }) => String(history),
  schedules: ({ schedules }) => schedules,
  'on-demand': ({ onDemand }) => onDemand,
  overlap: ({ overlap }) => overlap,
  'last-day': ({ lastDay }) => lastDay,
  'allow-many-chains': ({ allowManyChains }) => allowManyChains,
  transaction: ({ transaction, jobTransactions }) => [transaction, ...pairs(jobTransactions)],
  'strip-passwords': ({ stripPasswords }) => stripPasswords,
  'accept-time-zone': ({ acceptTimeZone }) => acceptTimeZone,
  job: ({ jobs }) => jobs,
  'exclude-job': ({ excludedJobs }) => excludedJobs,
  'client-name': ({ clientNames }) => pairs(clientNames),
  'every-client': ({ everyClient }) => everyClient,
  'step-conninfo': ({ stepConninfo }) => stepConninfo ?? undefined,
  'source-role': ({ sourceRole }) => sourceRole ?? undefined,
  'target-role': ({ targetRole }) => targetRole ?? undefined,
  'source-time-zone': ({ sourceTimeZone }) => sourceTimeZone ?? undefined,
  collation: ({ collation }) => collation ?? undefined,
  'disable-source': ({ disableSource }) => disableSource,
};

function pairs(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}

/** What of a plan may be masked, each with its digest. */
const MASKED = [
  ['shell', 'shell', 'shellDigest'],
  ['step-conninfo', 'stepConninfo', 'stepConninfoDigest'],
] as const;

/** The options of a run, those of the plan among them, and the plan; null without --plan. */
export interface Planned {
  readonly options: Raw;
  readonly savedPlan: SavedPlan | null;
  /** The shaping options that the user named, now or as the plan was made. */
  readonly given: ReadonlySet<string>;
}

/**
 * Takes the options that shape a plan out of the file that `--plan` names: they count more than those of an options file.
 * @param typed the options of the command line
 * @param fromFile those of an options file
 * @throws Failure of code `usage` for a file that is no plan, options that contradict it, or another key
 */
export async function withPlannedOptions(
  typed: Raw,
  fromFile: Raw,
  environment: Environment,
): Promise<Planned> {
  const options = { ...fromFile, ...typed };
  const { plan: file } = options;
  if (typeof file !== 'string' || file.trim() === '')
    return { options, savedPlan: null, given: new Set(shapingIn(options)) };
  const plan = await readPlanFile(file);
  const given = shapingIn(typed);
  refuseContradictions(given, plan.header.options);
  refuseMasked(given, plan);
  const planned = Object.entries(SHAPING).filter(([name]) => !given.includes(name));
  return {
    given: new Set(plan.header.options.given ?? Object.keys(SHAPING)),
    options: {
      ...options,
      ...Object.fromEntries(planned.map(([name, read]) => [name, read(plan.header.options)])),
    },
    savedPlan: { ...plan, key: keyOf(plan, environment), targetAddress: addressOf(plan.header.target.host) },
  };
}

function shapingIn(options: Raw): readonly string[] {
  return Object.keys(SHAPING).filter((name) => name in options);
}

function refuseContradictions(given: readonly string[], planned: PlanOptions): void {
  const mayStand = new Set<string>([
    ...(planned.disableSource ? ['disable-source'] : []),
    ...MASKED.flatMap(([name, , digest]) => (planned[digest] === undefined ? [] : [name])),
  ]);
  const [first] = given.filter((name) => !mayStand.has(name));
  if (first === undefined) return;
  throw new Failure(
    'usage',
    `--${first} cannot be used with --plan: the plan says what is written.`,
    `Leave it out, or make a new plan with --${first}.`,
  );
}

function refuseMasked(given: readonly string[], { file, header: { options } }: PlanFile): void {
  for (const [name, value, digest] of MASKED) {
    if (given.includes(name) || !options[value]?.includes(MASK)) continue;
    throw options[digest] === undefined
      ? new Failure(
          'usage',
          `The plan ${file} does not say which password its --${name} holds.`,
          'Make it with --output FILE, which writes a keyed digest down.',
        )
      : new Failure(
          'usage',
          `The --${name} of the plan holds a password, and its file does not.`,
          `Use the same --${name} again.`,
        );
  }
}

function keyOf({ file, secretKey }: PlanFile, environment: Environment): PlanKey | null {
  if (secretKey === null || secretKey === undefined) return null;
  const key = readPlanKey(keyPlace(environment), false);
  if (key.id === secretKey) return key;
  throw new Failure(
    'usage',
    `The plan ${file} was made with another key, so changed passwords cannot be found.`,
    'Apply it as the user who made it, with the same PGA2TIMETABLE_PLAN_KEY, or make a new plan.',
  );
}

/** @param host null in a plan without a target, which no run can apply */
function addressOf(host: string | null): SavedPlan['targetAddress'] {
  if (host === null) return { host: '', port: 0 };
  const colon = host.lastIndexOf(':');
  return { host: host.slice(0, colon), port: Number(host.slice(colon + 1)) };
}
