import type { Figure, Goal } from './figures.ts';
import { type Ran, runTool } from './run-tool.ts';
import type { Stage, Stages, State } from './stage.ts';

/** A command that is measured on a whole workload, beside the floor. */
interface Command {
  /** For `--only`. */
  readonly key: string;
  readonly name: string;
  readonly from: State;
  /** How it leaves the database, where the next one can use that. */
  readonly leaves: State | 'used';
  readonly run: (stage: Stage) => Promise<Ran>;
  readonly check?: (stage: Stage) => Promise<void>;
  readonly goal?: Goal;
  readonly memory?: Goal;
}

const tool =
  (...args: readonly string[]) =>
  (stage: Stage): Promise<Ran> =>
    runTool([...args, '--source', stage.conninfo]);
const isWritten = (stage: Stage): Promise<void> => stage.assertWritten();

/** The commands on jobs that share their schedules, in the order in which one can use what the last has left. */
const SAME: readonly Command[] = [
  {
    ...{ key: 'dry-run', name: 'dry run, table', from: 'fresh', leaves: 'fresh', run: tool('--dry-run') },
    goal: { reach: 1, stretch: 0.6 },
  },
  {
    ...{ key: 'dry-run', name: 'dry run, JSON', from: 'fresh', leaves: 'fresh' },
    run: tool('--dry-run', '--format', 'json'),
    goal: { reach: 1.3, stretch: 0.8 },
  },
  {
    ...{ key: 'script', name: 'a script of SQL alone', from: 'fresh', leaves: 'used' },
    run: (stage) => stage.runPublished(),
    check: (stage) => stage.assertAsInPgAgent(),
    goal: { reach: 1.4, stretch: 1.3 },
  },
  {
    ...{ key: 'migrate', name: 'migrate', from: 'fresh', leaves: 'moved', run: tool(), check: isWritten },
    goal: { reach: 1.5, stretch: 1, never: 2 },
  },
  {
    ...{ key: 'verify', name: 'verify', from: 'moved', leaves: 'moved' },
    run: tool('verify', '--without-client'),
    goal: { reach: 1, stretch: 0.5 },
  },
  {
    ...{ key: 'again', name: 'migrate, nothing to change', from: 'moved', leaves: 'moved' },
    ...{ run: tool(), check: isWritten },
    goal: { reach: 1, stretch: 0.5 },
  },
  {
    ...{ key: 'undo', name: 'undo', from: 'moved', leaves: 'used', run: tool('undo') },
    check: (stage) => stage.assertNothingLeft(),
    goal: { reach: 1, stretch: 0.5 },
  },
];
const DISTINCT: readonly Command[] = [
  {
    ...{ key: 'distinct', name: 'migrate, every schedule different', from: 'fresh', leaves: 'used' },
    ...{ run: tool(), check: isWritten },
    goal: { reach: 1.8, stretch: 1.3 },
  },
];
const PARSED: readonly Command[] = [
  {
    ...{ key: 'parsed', name: 'migrate, SQL to be parsed', from: 'fresh', leaves: 'used' },
    ...{ run: tool(), check: isWritten },
    memory: { reach: 180, stretch: 100 },
  },
];

/** What is asked for on the command line. */
export interface Wanted {
  readonly jobs: number;
  readonly pairs: number;
  /** Whether the command of this key is to run. */
  readonly has: (key: string) => boolean;
  readonly say: (text: string) => void;
}

/** Measures every wanted command, each right after its floor, in turn. */
export async function measureBulk(stages: Stages, wanted: Wanted): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [kind, all] of [
    ['same', SAME],
    ['distinct', DISTINCT],
    ['parsed', PARSED],
  ] as const) {
    const commands = all.filter(({ key }) => wanted.has(key));
    if (commands.length === 0) continue;
    wanted.say(`${wanted.jobs} jobs (${kind})`);
    const stage = await stages.get({ jobs: wanted.jobs, kind });
    const pairs = new Map(commands.map((command) => [command, [] as { floor: Ran; ran: Ran }[]]));
    let state: State | 'used' = 'used';
    for (let pair = 1; pair <= wanted.pairs; pair += 1) {
      for (const command of commands) {
        wanted.say(`pair ${pair} of ${wanted.pairs}: ${command.name}`);
        if (state !== command.from) await stage.put(command.from);
        const floor = await stage.runFloor();
        const ran = await command.run(stage);
        await command.check?.(stage);
        state = command.leaves;
        pairs.get(command)?.push({ floor, ran });
      }
    }
    figures.push(...floorFigure(kind, [...pairs.values()].flat()));
    for (const [command, ran] of pairs) figures.push(...commandFigures(command, ran));
  }
  return figures;
}

function floorFigure(kind: string, pairs: readonly { floor: Ran }[]): readonly Figure[] {
  const values = pairs.map(({ floor }) => floor.milliseconds);
  return [{ name: `floor (${kind})`, unit: 'ms', values }];
}

const MEMORY: Goal = { reach: 130, stretch: 100 };

function commandFigures(
  { name, goal, memory = MEMORY }: Command,
  pairs: readonly { floor: Ran; ran: Ran }[],
): readonly Figure[] {
  const values = pairs.map(({ ran }) => ran.milliseconds);
  const ratios = pairs.map(({ floor, ran }) => ran.milliseconds / floor.milliseconds);
  const peaks = pairs.map(({ ran }) => ran.mebibytes).filter((peak) => !Number.isNaN(peak));
  const time: Figure = {
    name,
    unit: 'ms',
    values,
    ratios,
    of: 'floor',
    ...(goal === undefined ? {} : { goal }),
  };
  if (peaks.length === 0) return [time];
  return [time, { name: '  its peak memory', unit: 'MiB', values: peaks, goal: memory }];
}
